"""Words of the kinds in which something is decided or judged: lottery, homework, quiz, feedback day, idea call."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Book = dict[str, str | Promise]

JUDGE: dict[str, Book] = {
    "activity_kind": {
        "lottery": _("Lottery"),
    },
    "activity_for": {
        "lottery": _("A draw that anybody can check: sealed before, revealed after."),
    },
    "deed": {
        "lottery.win": _("won in a lottery"),
        "lottery.claim": _("claimed a prize"),
        "lottery.draw": _("drew a lottery"),
        "lottery.replace": _("put a winner out, with a reason"),
        "lottery.chances": _("changed somebody's chances"),
        "lottery.hand": _("handed a prize over"),
    },
    "plan": {
        "lottery.prizes": _("Prizes"),
        "lottery.chances": _("Chances"),
        "lottery.most_chances": _("Chances of one member at most"),
        "lottery.outside": _("A number of the outside world that goes into the draw"),
        "lottery.claim_days": _("Days to claim a prize"),
    },
    "plan_hint": {
        "lottery.prizes": _("One a line, the best first: prize | how many | sponsor | cost of one"),
        "lottery.outside": _(
            "Known only after the list is frozen, such as “the 3D number of 3 May”; then not even you can know the "
            "draw beforehand. Empty: the seed alone decides"
        ),
        "lottery.most_chances": _("Where chances grow with activity"),
        "lottery.claim_days": _("After that you may replace the winner"),
    },
    "plan_choice": {
        "equal": _("One for each"),
        "active": _("One more for each activity of the last 90 days"),
    },
    "answer": {
        "lottery_drawn": _("It is drawn. The words for the groups wait to be sent."),
        "lottery_replaced": _("Only this winner was replaced; everybody else keeps theirs."),
        "lottery_claimed": _("Claimed. The organisers will be in touch."),
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
    },
}
