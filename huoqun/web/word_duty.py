"""Words of duty weeks, of questions that wait, and of staffing."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

DUTY: dict[str, dict[str, str | Promise]] = {
    "duty_state": {
        "vacant": _("Nobody yet"),
        "open": _("Asked"),
        "set": _("Has said yes"),
        "running": _("On duty"),
        "done": _("Done"),
        "missed": _("Not done"),
        "over": _("Over"),
    },
    "duty_among": {
        "engaged": _("Volunteers, and the engaged (KOL and core)"),
        "volunteers": _("Volunteers alone"),
        "anybody": _("Everybody who ever spoke"),
    },
    "duty_right": {
        "sheet": _("Read the last hand-over sheet"),
        "questions": _("See the questions that wait, and tick them off"),
        "newcomers": _("See who came and was not greeted"),
        "tasks": _("See and tick off tasks of the group that are nobody's by name"),
        "votes": _("Open a small vote, three in a week at most"),
    },
    "duty_why": {
        "wanted": _("volunteered for this very week"),
        "volunteer": _("volunteers"),
        "never": _("never was on duty"),
        "least": _("had fewest turns in a year"),
        "longest": _("had the last turn longest ago"),
        "spoke": _("spoke on most days lately"),
        "equal": _("as good as the others"),
        "only": _("the only one who can"),
    },
    "duty_passed": {
        "resting": _("had a turn lately"),
        "blocked": _("cannot in this week"),
        "said_no": _("said no, or was asked in vain"),
        "in_a_row": _("is on duty the week before or after"),
    },
    "duty_wish": {
        "volunteer": _("Gladly"),
        "blocked": _("Not in this week"),
        "out": _("No turns at all"),
    },
    "duty_told": {
        "gone": _("That is not there any more; nothing was changed."),
        "days": _("Give days within the week that are not over."),
        "theirs": _("That is not possible any more: things have changed meanwhile. Nothing was changed."),
        "nobody": _("Nobody, or more than one, is called that in this group."),
        "rule": _("Weeks ahead are 1 to 52, weeks of rest 0 to 51, points at most 100,000."),
        "votes": _("Three votes in a week are enough."),
        "vote": _("A vote needs a question and at least two options, a line each."),
        "proof": _("This task asks for some words about how it was done."),
    },
    "turn": {
        "member": _("on duty"),
        "carer": _("looks after the group"),
        "host": _("host of the day"),
        "nobody": _("Nobody's turn"),
    },
    "inquiry_how": {
        "elsewhere": _("Answered elsewhere"),
        "no_question": _("No question"),
    },
    "inquiry_told": {
        "elsewhere": _("Ticked off: answered elsewhere."),
        "no_question": _("Ticked off: it asked nothing, and counts no more."),
        "undo": _("It waits again."),
    },
    "staff_role": {
        "service": _("Service"),
        "operator": _("Operator"),
        "host": _("Host"),
    },
}
LOG: dict[str, str | Promise] = {
    "duty.set_up": _("set the rota of duty weeks"),
    "duty.accept": _("a yes to a duty week"),
    "duty.decline": _("a no to a duty week"),
    "duty.another": _("had somebody else asked for a duty week"),
    "duty.name": _("named somebody for a duty week"),
    "duty.wish": _("a wish about duty weeks"),
    "duty.exchange": _("agreed to a swap or a cover of duty"),
    "duty.exchange_no": _("refused a swap or a cover of duty"),
    "duty.exchange_off": _("called off a swap or a cover of duty"),
    "duty.swap": _("swapped two duty weeks"),
    "duty.cover": _("had days of duty covered"),
    "duty.sheet": _("wrote a hand-over sheet"),
    "duty.judge": _("said whether a duty week was done"),
    "duty.task": _("did a task while on duty"),
    "duty.week": _("ran the group for a week"),
    "duty.vote": _("opened a vote while on duty"),
    "inquiry.tick": _("ticked off a question"),
    "target.aim": _("set how soon questions are answered"),
}
"""What the log and the timeline call what happens here."""
VALUE: dict[str, str | Promise] = {
    "week": _("Week from"),
    "first": _("From"),
    "last": _("Until, this day included"),
    "agreed": _("Has said yes"),
    "outcome": _("Outcome"),
    "wish": _("Wish"),
    "holds": _("It holds"),
    "active": _("Members take turns"),
    "ahead": _("Weeks planned ahead"),
    "rest": _("Weeks of rest between two turns"),
    "among": _("Who may be asked"),
    "reward": _("Title"),
    "rights": _("May"),
    "chores": _("To do this week"),
    "told": _("Told to the group"),
    "how": _("How it was ticked off"),
    "minutes": _("Target in minutes"),
    "opens": _("Opens"),
    "hosts": _("Hosts by day"),
}
"""What the log calls what was changed."""
