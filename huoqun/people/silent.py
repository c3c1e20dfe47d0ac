"""The silent: how staff go to them, gently: on the list, a reason, one private word, and then peace.

Handbook chapter 8 and `peers.md` 17; leave of absence and alumni come with the order of a group. Nobody is nudged
twice in one silence, nor twice in `APART`. Whether somebody spoke again is read from the archive.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F, Max, Q, QuerySet
from django.db.models.functions import Coalesce

from huoqun.people.account import Account
from huoqun.people.dealing import DECLINED, DONE, Dealing, Settled, dealings, settle
from huoqun.people.group import Group
from huoqun.people.membership import here
from huoqun.people.person import Identity, Person
from huoqun.people.rapport import Acquaintance, acquaintance

KIND = "silence"
REASON, NUDGE = "reason", "nudge"
QUIET = timedelta(days=30)
"""Without a word for so long somebody is silent (handbook chapter 2: regular = seen in 30 days)."""
NEW = timedelta(days=7)
"""So long a newcomer may look around first."""
APART = timedelta(days=180)
"""Between two private words to one person."""
WHY = ("unanswered", "unwelcomed", "never", "faded", "busy", "other_topic", "gift", "unknown")
"""Why somebody is silent. The first four can be read from the history."""


@dataclass(frozen=True)
class Silent:
    """A silent member with the rung they stand on."""

    identity: Identity
    person: Person
    since: datetime | None
    """Their last word; None where they never spoke."""
    seems: str
    """What the history says is the reason."""
    quote: str
    """The question of theirs that nobody answered."""
    reason: Dealing | None

    @property
    def why(self) -> str:
        """The reason that somebody gave, else what it seems."""
        return str(self.reason.reason.get("why", self.seems)) if self.reason else self.seems


def silent(group: Group, *, now: datetime) -> QuerySet[Identity]:
    """Who is silent as of the end of the history, and whom nobody has spoken to about it: who said most comes first."""
    end = group.last or now
    found = here(group).annotate(human=Coalesce("person__root", "person"), came=Max("memberships__joined"))
    talking = here(group).filter(last__gte=end - QUIET).annotate(human=Coalesce("person__root", "person"))
    found = found.filter(Q(last=None) | Q(last__lt=end - QUIET)).filter(Q(came=None) | Q(came__lt=end - NEW))
    found = found.exclude(human__in=talking.values("human")).exclude(human__in=_in_peace(group, now))
    return found.exclude(account=group.owner).order_by("-messages", F("last").desc(nulls_last=True), "pk")


def _in_peace(group: Group, now: datetime) -> list[UUID]:
    """Who was nudged or left in peace in this silence, or not long ago."""
    last: dict[UUID, datetime] = {}
    for row in dealings(group, KIND).filter(what=NUDGE):
        last.setdefault(row.person.root_id or row.person_id, row.changed)
    recent = [human for human, at in last.items() if now - at < APART]
    spoke: dict[UUID, datetime] = {}
    theirs = Identity.objects.filter(Q(person__in=last) | Q(person__root__in=last), group=group, messages__gt=0)
    for i in theirs.select_related("person"):
        human = i.person.root_id or i.person_id
        if i.last:
            spoke[human] = max(i.last, spoke.get(human, i.last))
    return recent + [human for human, at in last.items() if human not in spoke or spoke[human] < at]


def filled(identities: Iterable[Identity], group: Group) -> list[Silent]:
    """Identities of a page with what the history says of them, and the reasons given."""
    known = acquaintance(group)
    those = list(identities)
    humans = [i.person.root_id or i.person_id for i in those]
    told = dealings(group, KIND).filter(what=REASON).filter(Q(person__in=humans) | Q(person__root__in=humans))
    given = {(r.person.root_id or r.person_id, r.key.split()[-1]): r for r in reversed(told)}
    return [
        Silent(
            i,
            i.person.root or i.person,
            i.last,
            _seems(i, known),
            known.unanswered[i.account].text if known and i.account in known.unanswered else "",
            given.get((human, _silence(i))),
        )
        for i, human in zip(those, humans, strict=True)
    ]


def _seems(identity: Identity, known: Acquaintance | None) -> str:
    if not identity.messages:
        return "never"
    if known and identity.account in known.unanswered:
        return "unanswered"
    return "unwelcomed" if known and identity.account in known.unwelcomed else "faded"


def _silence(identity: Identity) -> str:
    """What makes this silence another than the one before: the last word."""
    return identity.last.date().isoformat() if identity.last else "never"


def climb(
    group: Group, identity: Identity, what: str, *, why: str = "", words: str = "", by: Account, now: datetime
) -> Dealing:
    """A rung: the reason, said anew as long as there was no nudge; or the nudge. Raises Settled."""
    if what == NUDGE and (identity.person.root_id or identity.person_id) in _in_peace(group, now):
        raise Settled
    return _settled(group, identity, what, DONE, {"why": why}, words, by, now)


def leave(group: Group, identity: Identity, *, by: Account, now: datetime) -> Dealing:
    """No private word in this silence."""
    return _settled(group, identity, NUDGE, DECLINED, {}, "", by, now)


def _settled(
    group: Group, i: Identity, what: str, state: str, reason: dict[str, Any], words: str, by: Account, now: datetime
) -> Dealing:
    own = reason.get("why", "") if what == REASON else ""
    key = " ".join([group.pk.hex, i.person_id.hex, what, own, _silence(i)])
    return settle(group, KIND, key, person=i.person, what=what, state=state, words=words, reason=reason, by=by, now=now)


@dataclass(frozen=True)
class Nudged:
    """A private word and what came of it."""

    dealing: Dealing
    name: str
    spoke: datetime | None
    """Their newest word, where it came after."""


def nudged(group: Group) -> QuerySet[Dealing]:
    """The private words said, the last first."""
    return dealings(group, KIND).filter(what=NUDGE, state=DONE)


def results(rows: Iterable[Dealing], group: Group) -> list[Nudged]:
    """What the archive says came of them."""
    those = list(rows)
    humans = [r.person.root_id or r.person_id for r in those]
    last: dict[UUID, Identity] = {}
    found = Identity.objects.filter(Q(person__in=humans) | Q(person__root__in=humans), group=group)
    for i in found.select_related("person").order_by(F("last").asc(nulls_first=True)):
        last[i.person.root_id or i.person_id] = i
    made = []
    for row, human in zip(those, humans, strict=True):
        newest = last.get(human)
        spoke = newest.last if newest and newest.last and row.at and newest.last > row.at else None
        made.append(Nudged(row, newest.name if newest else "", spoke))
    return made
