"""Words of activities: their kinds, the fields of their plans, what members are answered, why something was not done.

Each kind brings its own book (`word_kind_<…>`, or below where it is short); the families are one.
"""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from huoqun.web.word_certificate import SHOWN
from huoqun.web.word_kind_challenge import CHALLENGE
from huoqun.web.word_kind_goods import GOODS
from huoqun.web.word_kind_judge import JUDGE
from huoqun.web.word_kind_meet import MEET
from huoqun.web.word_kind_spotlight import SPOTLIGHT
from huoqun.web.word_kind_team import TEAM

Book = dict[str, str | Promise]

KIND: Book = {
    "vote": _("Vote"),
}
KIND_FOR: Book = {
    "vote": _("“Which cake shall I bake?” Watchers become buyers."),
}
_VERBS: Book = {
    "join": _("signed up"),
    "wait": _("went on the waiting list"),
    "leave": _("signed off"),
    "come": _("took part"),
    "miss": _("did not come"),
    "hung": _("had a work chosen for everybody to see"),
}
DEED: Book = {
    "activity.begin": _("made an activity"),
    "activity.change": _("changed an activity"),
    "activity.open": _("opened an activity"),
    "activity.start": _("began an activity"),
    "activity.close": _("closed an activity"),
    "activity.settle": _("settled an activity"),
    "activity.remove": _("removed an activity"),
    "activity.restore": _("brought an activity back"),
    "outbox.say": _("ticked off what was to be said"),
    "task": _("changed what is to be done"),
    "outbox.later": _("put off what was to be said"),
    "outbox.vouch": _("said that something was said though the import does not show it"),
    "outbox.prove": _("an import showed what was said"),
    "code.renew": _("made somebody's links anew"),
    "login.bind": _("bound a login to a member"),
    "login.decline": _("said that a login is not that member"),
    "login.take_back": _("took a decision on a login back"),
    "login.remove": _("removed the login of a member"),
    "points.reverse": _("took points back"),
    "points.by_hand": _("gave or took points by hand"),
}
PLAN: Book = {
    "points": _("Points for taking part"),
    "budget": _("Points it may pay out at most"),
    "vote.options": _("Options"),
    "vote.several": _("How many one may choose"),
    "vote.shown": _("Show the counts before it closes"),
}
PLAN_HINT: Book = {
    "budget": _("0: as many as it comes to"),
    "points": _("Given when it is settled; 0: none"),
    "vote.options": _("One a line, 2 to 20"),
}
PART: Book = {
    "invited": _("Asked"),
    "waiting": _("On the waiting list"),
    "joined": _("Signed up"),
    "done": _("Took part"),
    "absent": _("Did not come"),
    "left": _("Signed off"),
}
ANSWER: Book = {
    "joined": _("You are in."),
    "waiting": _("You are on the waiting list, and move up by yourself when a place is free."),
    "left": _("You have signed off."),
    "vote_first": _("Thank you for your vote."),
    "vote_changed": _("Your vote was changed."),
    "done": _("Done."),
    "bound": _("This login is theirs from now on."),
    "bind_waits": _("The code fits a login. It waits for your yes under “Logins of members”."),
}
REFUSED: Book = {
    "closed": _("It takes nothing more, or not yet."),
    "full": _("There is no room for so many."),
    "not_in": _("You have not signed up."),
    "past": _("It would close before it opens. Choose a later moment."),
    "number": _("Please give a whole number."),
    "wrong_moment": _("That cannot be done now: it is at another stage."),
    "unknown": _("There is no such thing to do here."),
    "bind_unknown": _("No login waits for this code, or not any more."),
    "bind_another": _("This login is another member of the group already."),
    "bind_declined": _("You said of this login that it is not them. Take that back first."),
    "no_image": _("This is not a picture that can be read (JPEG, PNG, WebP or GIF, up to 12 MB)."),
    "vote_nothing": _("Choose at least one option."),
    "vote_many": _("Choose at most %(most)s."),
    "vote_options": _("A vote needs at least two options."),
}
LOGIN_VIA: Book = {
    "link": _("by their own link"),
    "name": _("gave this name"),
    "chat": _("said the code in the chat"),
}
LOGIN_STATE: Book = {"bound": _("Logs in"), "declined": _("Not them")}
SENT_KIND: Book = {"step": _("From a playbook"), "content": _("Content"), "outbox": _("Put here by hand")}
OUTBOX: Book = {"waiting": _("Waiting"), "sent": _("Sent"), "skipped": _("Skipped"), "held": _("Held back")}
_OWN: dict[str, Book] = {
    "activity_kind": KIND,
    "activity_for": KIND_FOR,
    "answer": ANSWER,
    "deed": DEED,
    "login_state": LOGIN_STATE,
    "login_via": LOGIN_VIA,
    "outbox": OUTBOX,
    "sent_kind": SENT_KIND,
    "part": PART,
    "plan": PLAN,
    "plan_choice": {},
    "plan_hint": PLAN_HINT,
    "refused": REFUSED,
}
_BOOKS = (_OWN, CHALLENGE, JUDGE, SPOTLIGHT, TEAM, MEET, GOODS, SHOWN)
"""Each kind, or a few of one sort, has a book of its own with the same families."""
ACTIVITY: dict[str, Book] = {
    family: {id: word for book in _BOOKS for id, word in book.get(family, {}).items()}
    for family in dict.fromkeys(family for book in _BOOKS for family in book)
}
DEED_OF_ALL: Book = ACTIVITY["deed"] | {
    f"{kind}.{verb}": word for kind in ACTIVITY["activity_kind"] for verb, word in _VERBS.items()
}
"""What the log and the timeline call what happens in activities."""
