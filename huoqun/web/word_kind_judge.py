"""Words of the kinds in which something is decided or judged: lottery, homework, quiz, feedback day, idea call."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Book = dict[str, str | Promise]

JUDGE: dict[str, Book] = {
    "activity_kind": {
        "lottery": _("Lottery"),
        "homework": _("Homework"),
    },
    "activity_for": {
        "lottery": _("A draw that anybody can check: sealed before, revealed after."),
        "homework": _("Handed in, marked by a rubric, the best of it shown."),
    },
    "deed": {
        "lottery.win": _("won in a lottery"),
        "lottery.claim": _("claimed a prize"),
        "lottery.draw": _("drew a lottery"),
        "lottery.replace": _("put a winner out, with a reason"),
        "lottery.chances": _("changed somebody's chances"),
        "lottery.hand": _("handed a prize over"),
        "homework.review": _("marked the homework of another"),
        "homework.graded": _("homework was marked"),
        "homework.pick": _("homework was picked for the showcase"),
        "homework.return": _("gave homework back"),
        "homework.grade": _("marked homework"),
    },
    "plan": {
        "lottery.prizes": _("Prizes"),
        "lottery.chances": _("Chances"),
        "lottery.most_chances": _("Chances of one member at most"),
        "lottery.outside": _("A number of the outside world that goes into the draw"),
        "lottery.claim_days": _("Days to claim a prize"),
        "homework.tag": _("Tag of public posts"),
        "homework.rubric": _("What it is marked by"),
        "homework.graders": _("Who marks"),
        "homework.per_piece": _("Peers for each piece"),
        "homework.differ": _("Peers differ from this share of the marks, in percent"),
        "homework.late_days": _("Days it is taken late"),
        "homework.late_percent": _("Taken off for being late, in percent"),
        "homework.hours": _("Hours it takes a member"),
        "homework.on_product": _("It is about our own product"),
        "homework.full_points": _("Points for full marks"),
        "homework.review_points": _("Points for each piece marked"),
    },
    "plan_hint": {
        "lottery.prizes": _("One a line, the best first: prize | how many | sponsor | cost of one"),
        "lottery.outside": _(
            "Known only after the list is frozen, such as “the 3D number of 3 May”; then not even you can know the "
            "draw beforehand. Empty: the seed alone decides"
        ),
        "lottery.most_chances": _("Where chances grow with activity"),
        "lottery.claim_days": _("After that you may replace the winner"),
        "homework.tag": _("Without #; empty: not posted in public"),
        "homework.rubric": _("One a line: criterion | marks"),
        "homework.differ": _("Then staff decide"),
        "homework.full_points": _("In proportion for fewer; given when it is settled"),
    },
    "plan_choice": {
        "equal": _("One for each"),
        "active": _("One more for each activity of the last 90 days"),
        "by_staff": _("Staff"),
        "by_peers": _("Peers, without names"),
    },
    "answer": {
        "lottery_drawn": _("It is drawn. The words for the groups wait to be sent."),
        "lottery_replaced": _("Only this winner was replaced; everybody else keeps theirs."),
        "lottery_claimed": _("Claimed. The organisers will be in touch."),
        "homework_in": _("Handed in. Well done."),
        "homework_again": _("The new one takes the place of the old one."),
        "homework_late": _("Handed in, late but there."),
        "homework_marked": _("Thank you for reading and marking."),
        "homework_shown": _("The group may see it."),
        "homework_hidden": _("It stays with the organisers."),
        "homework_assigned": _("The pieces are with the peers."),
    },
    "refused": {
        "lottery_prizes": _("A lottery needs a prize."),
        "lottery_frozen": _("The list is frozen and published; it does not change any more."),
        "lottery_not_closed": _("Close it first: that freezes the list."),
        "lottery_outside": _("Type the outside number that was announced."),
        "lottery_no_winner": _("This number has no prize now."),
        "lottery_reason": _("Say why; the reason is published."),
        "lottery_handed": _("This prize is in the winner's hands already."),
        "lottery_nobody": _("They do not take part."),
        "lottery_not_won": _("You have no prize here."),
        "lottery_undrawn": _("Draw it first."),
        "homework_graded": _("It is marked already. Ask the organisers to give it back."),
        "homework_empty": _("Write something, or add a picture or a link."),
        "homework_public": _("Paste the link of your public post."),
        "homework_link": _("This is not a link that can be opened (https://…)."),
        "homework_marks": _("“%(name)s”: 0 to %(most)s."),
        "homework_gone": _("That piece is not there any more."),
        "homework_decided": _("The organisers have marked it already."),
        "homework_say": _("Say what is to be done anew."),
        "homework_not_closed": _("Peers mark after it is closed."),
        "homework_few": _("There must be two pieces at least."),
        "homework_rubric": _("Say what it is marked by."),
        "homework_due": _("Homework needs a moment at which it closes."),
        "homework_differ": _("Peers differ about %(n)s pieces; decide these first."),
    },
    "warning": {
        "load_heavy": _(
            "This week asks for more hours of homework than members finish. Make it shorter, or wait a week."
        ),
        "load_tired": _("The last homework had far fewer finishers than the one before it: members tire."),
        "load_product": _(
            "It is about your own product. Such homework wears members out; ask what they gain from it themselves."
        ),
    },
}
