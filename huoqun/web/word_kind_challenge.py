"""Words of the challenge."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Book = dict[str, str | Promise]

KIND: Book = {"challenge": _("Challenge")}
KIND_FOR: Book = {"challenge": _("Something is done every day for N days; each day counts, and the end is worth it.")}
DEED: Book = {
    "challenge.check_in": _("checked in"),
    "challenge.comment": _("commented on a check-in"),
    "challenge.refuse": _("had a check-in refused"),
    "challenge.uphold": _("objected, and the check-in counts"),
    "challenge.stand": _("objected, and the refusal stands"),
    "challenge.brought": _("said who brought them"),
    "challenge.leave_given": _("was given leave"),
}
PLAN: Book = {
    "challenge.days": _("Days"),
    "challenge.cutoff": _("A day ends at"),
    "challenge.zone": _("On whose clock"),
    "challenge.grace": _("Minutes of grace"),
    "challenge.proof": _("Proof"),
    "challenge.makeups": _("Days one may make up"),
    "challenge.makeup_back": _("How many days back one may make up"),
    "challenge.late": _("Who joins late"),
    "challenge.break_days": _("Days of leave one may ask for"),
    "challenge.day_points": _("Points for each check-in"),
    "challenge.needed": _("Days to have finished"),
    "challenge.bonus": _("Points for having finished"),
    "challenge.reward": _("Reward for having finished"),
    "challenge.remind": _("Remind the group so many minutes before the day ends"),
}
PLAN_HINT: Book = {
    "challenge.cutoff": _("HH:MM; before noon it is the next morning: 00:00 is midnight, 04:00 suits night owls"),
    "challenge.zone": _("On their own clock each member sets their time zone on their page"),
    "challenge.grace": _("So long after the end of a day it still counts for that day"),
    "challenge.makeups": _("0: none. A day made up counts, and pays no points"),
    "challenge.late": _(
        "Counted from joining, a number of days to finish stays what it is; without one they do every day from then on"
    ),
    "challenge.break_days": _("Staff say yes or no, and may give more; days of leave do not count"),
    "challenge.needed": _("0: every day that counts"),
    "challenge.reward": _("What they really get: five books"),
    "challenge.remind": _("0: never. One message names who is wanting; never in the group's quiet hours"),
}
PLAN_CHOICE: Book = {
    "zone_group": _("The group's"),
    "zone_member": _("Each member's own"),
    "late_missed": _("The days before are missed; they may be made up"),
    "late_joining": _("Their days count from joining"),
    "proof_none": _("None is asked"),
    "proof_text": _("A few words"),
    "proof_picture": _("A picture"),
    "proof_link": _("A link"),
}
ANSWER: Book = {
    "challenge_checked": _("You have checked in."),
    "challenge_checked_late": _("Just in time: it counts for the day before. Today's is still open."),
    "challenge_already": _("You have checked in for today already; nothing was changed."),
    "challenge_made_up": _("The day is made up."),
    "challenge_zone_set": _("Your clock is set. A day that has begun still ends by the old one."),
    "challenge_liked": _("They see that you like it."),
    "challenge_unliked": _("Your like is taken back."),
    "challenge_commented": _("Your words are there."),
    "challenge_objected": _("Your objection is with the organisers."),
    "challenge_leave_asked": _("You have asked for leave; the organisers decide."),
    "challenge_leave_granted": _("The leave is granted."),
    "challenge_leave_denied": _("The leave is denied."),
    "challenge_brought": _("Thank you; it is noted who brought you."),
    "challenge_picked": _("Picked as one of the best."),
    "challenge_unpicked": _("No longer picked."),
    "challenge_refused": _("The check-in is refused; the member can object."),
    "challenge_judged": _("The objection is decided."),
}
REFUSED: Book = {
    "challenge_not_begun": _("It has not begun yet."),
    "challenge_over": _("Its days are over."),
    "challenge_refused_today": _("Your check-in for this day was refused; you can object to that."),
    "challenge_proof_text": _("Please write a few words."),
    "challenge_proof_picture": _("Please add a picture."),
    "challenge_proof_link": _("Please add a link."),
    "challenge_link": _("This is no link; it begins with http:// or https://."),
    "challenge_dates": _("Please give a day."),
    "challenge_no_makeups": _("You have no day left to make up."),
    "challenge_makeup_day": _("Only a missed day of the last %(back)s days can be made up."),
    "challenge_zone": _("There is no such time zone; give one like Asia/Shanghai."),
    "challenge_zone_group": _("Here the group's clock counts for everybody."),
    "challenge_closes": _("It would close before its days are over. Choose a later moment, or leave it empty."),
    "challenge_own": _("That is your own check-in."),
    "challenge_enough": _("That is enough for today."),
    "challenge_reason": _("Say why, so that the member understands."),
    "challenge_not_refused": _("This check-in was not refused."),
    "challenge_code": _("Nobody here has this code."),
    "challenge_settled": _("It is settled; nothing can be changed any more."),
    "challenge_objections": _("Decide the open objections first."),
    "challenge_leave_days": _("Leave is asked for beforehand, within the days of the challenge."),
    "challenge_leave_long": _("That is too long: %(most)s days of leave are left."),
}
CHALLENGE: dict[str, Book] = {
    "activity_kind": KIND,
    "activity_for": KIND_FOR,
    "answer": ANSWER,
    "deed": DEED,
    "plan": PLAN,
    "plan_choice": PLAN_CHOICE,
    "plan_hint": PLAN_HINT,
    "refused": REFUSED,
}
