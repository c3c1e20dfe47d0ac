"""The spotlight on its pages: who is in it, whose turn it is, what friends say, what is asked, who got to know whom."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from huoqun.activities import spotlight_contact
from huoqun.activities import spotlight_fame as fame
from huoqun.activities import spotlight_friend as friend
from huoqun.activities import spotlight_voice as voice
from huoqun.activities.activity import OPEN, Activity, Participation
from huoqun.activities.contribution import WITHDRAWN, Contribution, mine
from huoqun.activities.spotlight_card import SHOWN
from huoqun.activities.spotlight_part import MARKS, MOST, Candidate, Card, Show, candidates, human, upcoming
from huoqun.activities.spotlight_turn import week_of
from huoqun.people import code, consent
from huoqun.people.person import Identity

PAST_SHOWN = 6
"""Earlier shows on a member's page."""
QUESTIONS_SHOWN = 30


@dataclass
class Told:
    """One guest as templates show them; what a page does not show is not looked up. `liked`: ids of the questions that
    the member who looks wants answered."""

    one: Candidate
    asks_me: bool = False
    my_words: str = ""
    added: bool = False
    liked: frozenset[Any] = frozenset()

    def __post_init__(self) -> None:
        self.card: Card = self.one.card
        self.show: Show | None = self.one.show

    @property
    def id(self) -> str:
        """The id of their row."""
        return str(self.one.row.pk)

    @property
    def name(self) -> str:
        """How they are called in their group."""
        return self.one.who.name

    @property
    def token(self) -> str:
        """What stands in the address of their card."""
        return fame.token(self.one)

    @property
    def marks(self) -> list[tuple[str, int | None]]:
        """The three marks; None where they were not given."""
        return [(name, self.one.marks.get(name)) for name in MARKS]

    @cached_property
    def questions(self) -> list[Contribution]:
        """What they are asked, the most wanted first."""
        return voice.questions(self.one)[:QUESTIONS_SHOWN]

    @cached_property
    def words(self) -> list[Contribution]:
        """What friends say of them."""
        return list(voice.of(self.one, voice.ENDORSEMENT))

    @cached_property
    def asked(self) -> list[Contribution]:
        """Whom they have asked to speak for them."""
        return list(voice.of(self.one, voice.ASKED))

    @cached_property
    def outside(self) -> list[friend.Friend]:
        """The friends from outside whom they asked, with what these said, also what is hidden."""
        return friend.friends(self.one)

    @cached_property
    def vouched(self) -> int:
        """How many friends from outside speak for them, hidden words aside."""
        return sum(f.word is not None and not f.hidden_by for f in self.outside)

    @cached_property
    def reached(self) -> voice.Reached:
        """Their new contacts."""
        return voice.reached(self.one)

    @cached_property
    def contacts(self) -> list[Contribution]:
        """Whom they got to know among the members."""
        return spotlight_contact.of(self.one)

    @cached_property
    def is_public(self) -> bool:
        """Strangers may see their card."""
        return fame.shown(self.one) is not None


def staff(activity: Activity, now: datetime) -> dict[str, Any]:
    """Turns by week, candidates by marks, who else could be asked, who has been seen."""
    there = [Told(c) for c in candidates(activity)]
    plan = activity.plan
    zone = activity.workspace.zone
    weeks: dict[Any, list[Told]] = {}
    for one in there:
        if one.show and not one.one.over:
            weeks.setdefault(week_of(one.show.at, zone), []).append(one)
    return {
        "weeks": sorted(weeks.items()),
        "waiting": [t for t in there if not t.show and not t.one.over],
        "seen": [t for t in there if t.one.over],
        "no_demo": plan.get("demonstration", True) and not any(t.show and t.show.demo for t in there),
        "proposed": fame.proposed(activity) if activity.state != "settled" else [],
        "levels": [(n, f"{n}") for n in range(MOST + 1)],
        "takes_guests": activity.takes(now),
    }


def member(activity: Activity, who: Identity, row: Participation | None, now: datetime) -> dict[str, Any]:
    """Who is next, what one can ask and say; one's own card and what comes back to it."""
    found = candidates(activity)
    asks = voice.asks_of(activity, who)
    said = {r.of_id: r.text for r in mine(activity, who.person, voice.ENDORSEMENT)}
    added = {r.of_id for r in mine(activity, who.person, spotlight_contact.CONTACT)}
    liked = frozenset(r.on_id for r in mine(activity, who.person, voice.LIKE))

    def seen(one: Candidate) -> Told:
        key = one.row.pk
        return Told(
            one,
            asks_me=key in asks and key not in said,
            my_words=said.get(key, ""),
            added=key in added,
            liked=liked,
        )

    own = next((c for c in found if c.is_of(who.person)), None)
    past = [c for c in found if c.show and c.show.began and not c.is_of(who.person)]
    shows = [seen(c) for c in upcoming(found) if not c.is_of(who.person)]
    wanted = [c for c in found if c.row.pk in asks and c.row.pk not in said and not c.show and not c.over]
    ends = (activity.closes or now) + code.VALID
    return {
        "shows": shows,
        "asking": [seen(c) for c in wanted],
        "past": [seen(c) for c in reversed(past)][:PAST_SHOWN],
        "own": seen(own) if own else None,
        "links": _links(own, now) if own else [],
        "agreed": [(c, consent.allows(who.person, c)) for c in SHOWN] if own else [],
        "door": code.door(activity.pk, who.group, ends=ends),
        "may_sign_up": activity.takes(now) and activity.state == OPEN and own is None,
        "me": human(who.person),
    }


def _links(own: Candidate, now: datetime) -> list[tuple[friend.Friend, str]]:
    """Friends from outside with the token of their link; "" where it opens nothing."""
    live = own.row.activity.takes(now)
    found = friend.friends(own)
    return [(f, friend.link(f.invitation, now=now) if live and f.invitation.state != WITHDRAWN else "") for f in found]
