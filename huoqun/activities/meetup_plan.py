"""What a meetup is planned as and what can be read of one: its moments, its costs, who is whose code at the door, and
who comes and who stays away over meetups."""

import base64
import hashlib
import re
from collections import Counter
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from django.core.signing import Signer
from pydantic import Field

from huoqun.activities import activity as base
from huoqun.activities import attendance
from huoqun.activities.activity import ABSENT, DONE, Activity, Participation
from huoqun.activities.kind import Plan
from huoqun.people.person import Identity, root_of

CARD, PHOTO, MET = "card", "photo", "met"
CODE = 8
"""Letters of a member's code: 40 bits."""


class MeetupPlan(Plan):
    """What is settled of a meetup before people sign up."""

    city: str = Field(default="", max_length=60)
    place: str = Field(default="", max_length=200)
    confirm: int = Field(default=48, ge=1, le=336)
    """How many hours before it those who signed up are asked to confirm."""
    release: int = Field(default=4, ge=0, le=168)
    """How many hours before it a place that nobody confirmed goes to who waits."""
    cost: float = Field(default=0, ge=0, le=1_000_000)
    """Money, in the units the group pays in."""
    cost_by: Literal["each", "split"] = "each"
    """`each`: the cost is one person's; `split`: it is shared by all who came."""


@dataclass(frozen=True)
class Guest:
    """Somebody who came and is no member."""

    id: str
    name: str
    at: str
    paid: bool = False
    over: bool = False
    """Let in over the capacity: takes no place."""


# -- moments


def confirms_at(activity: Activity) -> datetime | None:
    """When those who signed up are asked."""
    plan = MeetupPlan.model_validate(activity.plan)
    return activity.starts - timedelta(hours=plan.confirm) if activity.starts else None


def releases_at(activity: Activity) -> datetime | None:
    """When places without a yes go to who waits."""
    plan = MeetupPlan.model_validate(activity.plan)
    return activity.starts - timedelta(hours=plan.release) if activity.starts else None


def asked(activity: Activity) -> bool:
    """Whether they were asked to confirm."""
    return "asked" in activity.state_of_play


def confirmed(activity: Activity, row: Participation) -> bool:
    """Whether somebody has said yes since they were asked; who signed up after that has said so with it."""
    asked = activity.state_of_play.get("asked", "")
    return row.values.get("confirmed", "") >= (asked or "0") or bool(asked and row.at and row.at.isoformat() > asked)


# -- the door


def code_of(activity: Activity, who: Identity) -> str:
    """A member's code at the door: nobody can make up another's, and it opens nothing else."""
    signed = Signer(salt="huoqun.meetup").signature(f"{activity.pk.hex} {who.pk.hex}")
    return base64.b32encode(hashlib.sha256(signed.encode()).digest())[:CODE].decode()


def code_in(text: str) -> str:
    """The code in what was scanned, typed or pasted: by itself, in parts, or the whole address that holds it."""
    found = re.search(rf"(?:CODE=|HQ:|^)([A-Z2-7]{{{CODE}}})(?:[&#]|$)", "".join(text.split()).upper())
    return found[1] if found else ""


def by_code(activity: Activity) -> dict[str, Identity]:
    """Whose each code is."""
    return {code_of(activity, who): who for who in base.members(activity)}


def guests(activity: Activity) -> list[Guest]:
    """Who came and is no member, in the order they came."""
    return [Guest(**row) for row in activity.state_of_play.get("guests", ())]


def came(activity: Activity) -> list[Participation]:
    """The members who came."""
    return list(attendance.participants(activity, DONE))


# -- room


@dataclass(frozen=True)
class Room:
    """How full it is. `extra`: guests and walk-ins among those who take a place; `over`: heads that staff let in over
    the capacity, who take none; `most`: places, None where there is no bound."""

    taken: int
    extra: int
    over: int
    most: int | None

    @property
    def full(self) -> bool:
        """Whether nobody more has a place."""
        return self.most is not None and self.taken >= self.most

    @property
    def crowded(self) -> int:
        """By how many more than there are places are taken."""
        return max(0, self.taken - self.most) if self.most is not None else 0


def without_place(row: Participation) -> bool:
    """Whether somebody came for whom no place was kept: not signed up, or still waiting."""
    return bool(row.values.get("walk_in") or row.values.get("waited"))


def room(activity: Activity) -> Room:
    """How full it is."""
    walked = [row for row in came(activity) if without_place(row)]
    others = guests(activity)
    over = sum(row.count for row in walked if row.values.get("over")) + sum(g.over for g in others)
    extra = sum(row.count for row in walked) + len(others) - over
    return Room(attendance.taken(activity), extra, over, activity.capacity)


def beside(activity: Activity) -> int:
    """The places that are taken beside those of who takes part: a guest takes one; a walk-in who was let in over the
    capacity gives theirs back."""
    walked = (row for row in came(activity) if row.values.get("over"))
    return sum(not g.over for g in guests(activity)) - sum(row.count for row in walked)


# -- money


@dataclass(frozen=True)
class Share:
    """What each head pays, in hundredths, rounded up so that the bill is paid; `over` is left then."""

    each: int
    heads: int
    paid: int
    over: int


def share(activity: Activity) -> Share | None:
    """The costs as they stand; None where it costs nothing."""
    plan = MeetupPlan.model_validate(activity.plan)
    cents = round(plan.cost * 100)
    if not cents:
        return None
    rows, others = came(activity), guests(activity)
    heads = sum(row.count for row in rows) + len(others)
    paid = sum(row.count for row in rows if row.values.get("paid")) + sum(1 for g in others if g.paid)
    if plan.cost_by == "each":
        return Share(cents, heads, paid, 0)
    each = -(-cents // heads) if heads else cents
    return Share(each, heads, paid, each * heads - cents if heads else 0)


# -- over meetups


def record(activity: Activity, people: set[UUID]) -> dict[UUID, tuple[int, int]]:
    """Of each human (the id after merges): how often they came to meetups of this workspace, and stayed away."""
    there = Participation.objects.filter(activity__workspace=activity.workspace_id, activity__kind=activity.kind)
    there = there.filter(activity__removed=None, state__in=(DONE, ABSENT)).exclude(activity=activity.pk)
    found: dict[UUID, Counter[str]] = {}
    for row in there.select_related("person"):
        human = row.person.root_id or row.person_id
        if human in people:
            found.setdefault(human, Counter())[row.state] += 1
    return {human: (counts[DONE], counts[ABSENT]) for human, counts in found.items()}


def record_of(activity: Activity, who: Identity) -> tuple[int, int]:
    """The same of one member."""
    human = root_of(who.person).pk
    return record(activity, {human}).get(human, (0, 0))


def cents(amount: int) -> str:
    """Hundredths as people write money."""
    return f"{amount // 100}.{amount % 100:02d}" if amount % 100 else str(amount // 100)


def kept(guest: Guest) -> dict[str, Any]:
    """A guest as the activity keeps them."""
    return asdict(guest)
