"""The run sheet (流程单) of a spotlight: what the host does when, with the words for it, ticked as it goes.

The order is the handbook's: talk with the guest before, call allies in, warm up, wake the group, introduce, share
within half an hour, endorsements, grilling, close, ask for new contacts. The gentle form is shorter and kinder. Times
run from the moment that was fixed, and from the moment it really began once it has.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.translation import gettext as _

from huoqun.activities.spotlight_part import Candidate, Show
from huoqun.people import outbox
from huoqun.people.display import visible

TALK, ALLIES, WARM, WAKE, INTRODUCE = "talk", "allies", "warm", "wake", "introduce"
SHARE, ENDORSE, GRILL, CLOSE, CONTACTS = "share", "endorse", "grill", "close", "contacts"
MINUTES = {
    TALK: -1440,
    ALLIES: -180,
    WARM: -60,
    WAKE: -10,
    INTRODUCE: 0,
    SHARE: 5,
    ENDORSE: 35,
    GRILL: 45,
    CLOSE: 75,
    CONTACTS: 1440,
}
"""Minutes from the beginning; a share takes half an hour at most."""
GENTLE = {TALK: -1440, WARM: -60, WAKE: -10, INTRODUCE: 0, SHARE: 3, ENDORSE: 18, GRILL: 25, CLOSE: 40, CONTACTS: 1440}
"""The real-person form: a quarter of an hour of one's own, friends' words, a few kind questions."""
PATIENCE = timedelta(minutes=5)
"""A step that is not done by then is late; a default."""
BEFORE = frozenset({TALK, ALLIES, WARM, WAKE})
"""Steps whose time never moves with a late beginning."""


@dataclass(frozen=True)
class Step:
    """One line of the sheet. `late`: minutes after its time, done or not; `current`: what to do now; `words`: ready to
    copy into the group."""

    id: str
    due: datetime
    done: datetime | None
    late: int
    current: bool
    words: str


def minutes(one: Candidate) -> dict[str, int]:
    """The steps of somebody's show with their minutes."""
    return GENTLE if one.card.gentle else MINUTES


def due(one: Candidate, show: Show, step: str) -> datetime:
    """When a step is to be done."""
    begins = show.at if step in BEFORE else show.began or show.at
    return begins + timedelta(minutes=minutes(one)[step])


def sheet(one: Candidate, *, now: datetime) -> list[Step]:
    """The steps in their order; none where no turn is fixed."""
    show, out = one.show, []
    if show is None:
        return []
    open_ = [step for step in minutes(one) if step not in show.ticks and not (show.began and step in BEFORE)]
    for step in minutes(one):
        wanted, done = due(one, show, step), show.ticks.get(step)
        until = show.began if show.began and step in BEFORE else show.ended if show.ended and step != CONTACTS else now
        behind = (done or until) - max(wanted, show.fixed or wanted)
        late = int(behind.total_seconds() // 60) if behind > PATIENCE else 0
        out.append(Step(step, wanted, done, late, step in open_[:1], words(one, step)))
    return out


def late_by(show: Show) -> int:
    """Minutes the show began after its time."""
    return max(0, int((show.began - show.at).total_seconds() // 60)) if show.began else 0


def words(one: Candidate, step: str, *, link: str = outbox.LINK) -> str:
    """What the host can say at a step, in the workspace's language; `link` stands for the page of the activity."""
    show, card = one.show, one.card
    name, headline = visible(one.who.name), card.headline or one.row.activity.title
    zone = one.row.identity.group.zone
    with translation.override(one.row.activity.workspace.language):
        said = _gentle(step) if card.gentle and step in {TALK, INTRODUCE, GRILL} else _said(step)
        values = {"name": name, "headline": headline, "link": link, "when": _clock(show, zone), "offers": card.offers}
        values["offers"] = card.offers or headline
        return said % values


def _said(step: str) -> str:
    return {
        TALK: _(
            "Hi %(name)s! Your spotlight is on %(when)s. Shall we talk for ten minutes: what you will tell in half an "
            "hour, which story comes first, and which three friends will speak for you?"
        ),
        ALLIES: _(
            "Tonight %(name)s is in the spotlight: “%(headline)s”, %(when)s. You know them; please come, ask the first "
            "question and say a word for them: %(link)s"
        ),
        WARM: _(
            "In an hour: %(name)s, “%(headline)s”. What would you ask? Put your question here, the most wanted come "
            "first: %(link)s"
        ),
        WAKE: _("Ten minutes to go! Who is here for %(name)s? Say hello so that we see each other."),
        INTRODUCE: _("Please welcome %(name)s: “%(headline)s”. Ask them about: %(offers)s. The floor is yours!"),
        SHARE: _("%(name)s is telling now, for half an hour at most. Keep your questions here: %(link)s"),
        ENDORSE: _("Thank you, %(name)s! Who has worked or lived with them? Tell us one thing you saw yourself."),
        GRILL: _("The grilling is open: %(name)s answers the most wanted questions first: %(link)s"),
        CLOSE: _(
            "That was %(name)s. Thank you! If you want to know more, add them as a friend, and tell us here that you "
            "did: %(link)s"
        ),
        CONTACTS: _(
            "Yesterday %(name)s was in the spotlight. Who got to know them? Tick it here, so that it counts for them: "
            "%(link)s And who wants to be next?"
        ),
    }[step]


def _gentle(step: str) -> str:
    return {
        TALK: _(
            "Hi %(name)s! On %(when)s we would love to hear how things go in your everyday life. Nothing to prepare: "
            "three photos and what you want to tell. I am beside you all the time."
        ),
        INTRODUCE: _("Tonight no expert, but one of us: %(name)s, “%(headline)s”. Pull up a chair."),
        GRILL: _("A few friendly questions to %(name)s, the most wanted first; skipping one is fine: %(link)s"),
    }[step]


def _clock(show: Show | None, zone: str) -> str:
    return show.at.astimezone(ZoneInfo(zone)).strftime("%m-%d %H:%M") if show else ""
