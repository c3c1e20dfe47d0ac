"""The circle (圈子): members organise themselves: a running club, store inspectors, a product team, charity, defence of
the brand.

For the operator: members propose a circle with a charter, staff approve it, others come in; whatever they do together
is reported with words, a number and a picture, and with whom. One activity holds all circles of its groups.

Rules: who proposes leads; a human may be in several circles; only who is in a circle reports for it. Writes
participations, contributions, deeds of those who did something together, with whom.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from pydantic import Field

from huoqun.activities import attendance
from huoqun.activities.activity import IN, Activity
from huoqun.activities.contribution import (
    ACCEPTED,
    GIVEN,
    REFUSED,
    WITHDRAWN,
    Contribution,
    contributions,
    decide,
    words,
)
from huoqun.activities.contribution import hand_in as hand
from huoqun.activities.kind import Kind, Plan, Refused, Said
from huoqun.activities.proposing import agree, decline, declined, judged, open_to_all
from huoqun.people.account import Account
from huoqun.people.display import one_line
from huoqun.people.person import Identity, Person, ones

CIRCLE, INSIDE, RESULT = "circle", "inside", "result"
SORTS = ("run", "inspect", "product", "charity", "defence", "other")
"""Running club, store inspectors, product team, charity, defence of the brand (handbook chapter 7), anything else."""
LONGEST_NAME, LONGEST_CHARTER = 40, 1000


class CirclePlan(Plan):
    """How large circles are."""

    most: int = Field(default=30, ge=2, le=500)
    """Members of a circle, with its lead."""
    waiting: int = Field(default=3, ge=1, le=20)
    """Proposals of one member that may wait at once."""


@dataclass(frozen=True)
class Circle:
    """A circle: its row, who leads it, who is in it (the lead first), what it has done, newest first."""

    row: Contribution
    inside: tuple[Identity, ...]
    results: tuple[Contribution, ...]
    free: int

    @property
    def id(self) -> str:
        """The id of its row."""
        return str(self.row.pk)

    @property
    def name(self) -> str:
        """What it is called."""
        return str(self.row.values["name"])

    @property
    def lead(self) -> str:
        """The id of the account that leads it."""
        return str(self.row.values.get("lead") or self.row.identity_id)

    @property
    def leader(self) -> Identity | None:
        """Who leads it; None where they have left it."""
        return next((who for who in self.inside if str(who.pk) == self.lead), None)

    @property
    def count(self) -> float:
        """The numbers of its results together."""
        return sum(row.score or 0 for row in self.results)

    def has(self, person: Person) -> bool:
        """Whether a human is in it."""
        return any(_human(who.person) == _human(person) for who in self.inside)


# -- reads


def circles(activity: Activity) -> list[Circle]:
    """The approved circles, the liveliest first."""
    plan = CirclePlan.model_validate(activity.plan)
    inside: dict[UUID, list[Identity]] = {}
    for on, who in ((r.on_id, r.identity) for r in contributions(activity, INSIDE).order_by("at", "pk")):
        if on is not None:
            inside.setdefault(on, []).append(who)
    results: dict[UUID, list[Contribution]] = {}
    for row in contributions(activity, RESULT):
        if row.on_id is not None:
            results.setdefault(row.on_id, []).append(row)
    found = []
    for row in contributions(activity, CIRCLE).filter(state=ACCEPTED):
        lead = str(row.values.get("lead") or row.identity_id)
        there = sorted(inside.get(row.pk, []), key=lambda who, lead=lead: str(who.pk) != lead)  # type: ignore[misc]
        found.append(Circle(row, tuple(there), tuple(results.get(row.pk, ())), max(0, plan.most - len(there))))
    return sorted(found, key=lambda c: (-len(c.results), -len(c.inside)))


def proposals(activity: Activity) -> QuerySet[Contribution]:
    """What waits for a word of the staff."""
    return contributions(activity, CIRCLE).filter(state=GIVEN)


def gone(activity: Activity, person: Person) -> list[Contribution]:
    """What a human proposed, or was in, and staff said no to; newest first."""
    inside = contributions(activity, INSIDE).filter(person__in=ones(person)).values("on")
    mine = declined(activity, CIRCLE).filter(Q(person__in=ones(person)) | Q(pk__in=inside))
    return list(mine)


def _human(person: Person) -> UUID:
    return person.root_id or person.pk


# -- writes of members


def propose(
    activity: Activity, who: Identity, said: Said, *, via: str, key: str, at: datetime | None, now: datetime
) -> str:
    """Propose a circle: `name`, `sort`, `charter` (what for, when, what comes of it). Raises Refused, Closed."""
    name, charter = one_line(said.text("name"), LONGEST_NAME), words(said.text("charter"))[:LONGEST_CHARTER]
    if not name or not charter:
        raise Refused("circle_empty")
    if said.text("sort") not in SORTS:
        raise Refused("circle_sort")
    with transaction.atomic():
        held = attendance.taking(activity, now)
        whole = f"{who.pk.hex} {key}"
        rows = contributions(held, CIRCLE)
        if rows.filter(key=whole).exists():
            return "circle_proposed"
        if _name_taken(held, name):
            raise Refused("circle_name_taken")
        most = CirclePlan.model_validate(held.plan).waiting
        if rows.filter(state=GIVEN, person__in=ones(who.person)).count() >= most:
            raise Refused("circle_waiting", most=most)
        hand(
            held, who, CIRCLE, key=whole, text=charter, values={"name": name, "sort": said.text("sort")}, at=at, now=now
        )
        attendance.tell(held, who, "propose", at=at or now, key=whole, now=now)
    return "circle_proposed"


def enter(
    activity: Activity, who: Identity, said: Said, *, via: str, key: str, at: datetime | None, now: datetime
) -> str:
    """Come into a circle: `circle`. Raises Refused, Closed, attendance.Full."""
    with transaction.atomic():
        held = attendance.taking(activity, now)
        _into(held, _found(held, said.text("circle")), who, via, at, now)
    return "circle_entered"


def step_out(
    activity: Activity, who: Identity, said: Said, *, via: str, key: str, at: datetime | None, now: datetime
) -> str:
    """Leave a circle: `circle`. Whoever leads others hands it over first. Raises Refused, attendance.NotIn."""
    with transaction.atomic():
        held = attendance.locked(activity)
        there = _found(held, said.text("circle"))
        mine = next((i for i in there.inside if _human(i.person) == _human(who.person)), None)
        if mine is None:
            raise attendance.NotIn
        if str(mine.pk) == there.lead and len(there.inside) > 1:
            raise Refused("circle_lead")
        row = Contribution.objects.get(activity=held, what=INSIDE, key=_key(there, mine))
        decide(row, WITHDRAWN, by=None)
        attendance.tell(held, who, "left", at=at or now, key=f"{there.id} {now.isoformat()}", now=now)
        if not any(c.has(who.person) for c in circles(held)):
            part = attendance.row_of(held, who.person)
            if part is not None and part.state not in {"done", "left"}:
                attendance.sign_off(held, who, now=now)
    return "circle_left"


def report(
    activity: Activity, who: Identity, said: Said, *, via: str, key: str, at: datetime | None, now: datetime
) -> str:
    """Tell what a circle has done: `circle`, `text`, `number` (how much, if it counts something), `with` (ids of
    accounts of who was there), a picture. Those who were there did it together. Raises Refused, Closed."""
    text = words(said.text("text"))[:LONGEST_CHARTER]
    if not text:
        raise Refused("circle_words")
    with transaction.atomic():
        held = attendance.taking(activity, now)
        there = _found(held, said.text("circle"))
        if not there.has(who.person):
            raise Refused("circle_not_in")
        ids = set(said.all("with"))
        present = [i for i in there.inside if str(i.pk) in ids or _human(i.person) == _human(who.person)]
        whole = f"{who.pk.hex} {key}"
        told: dict[str, Any] = {"text": text, "on": there.row, "picture": said.picture, "at": at, "now": now}
        number = said.number("number", 0)
        values = {"with": [str(i.person_id) for i in present], "names": len(present)}
        row, new = hand(held, who, RESULT, key=whole, values=values, score=float(number) or None, **told)
        if new:
            for one in present:
                attendance.arrive(held, one, via=via, at=at, now=now)
            attendance.tell_together(held, present, "mates", key=row.pk.hex, at=at or now, now=now)
    return "circle_reported"


# -- writes of staff


def approve(activity: Activity, said: Said, *, key: str, by: Account | None, now: datetime) -> str:
    """Say yes or no to a proposal: `circle`, `state`, `reason` (of a no its proposer reads it). With a yes, also a late
    one, its proposer is in it and leads. Raises Refused, Closed."""
    with transaction.atomic():
        held = attendance.locked(activity)
        row, answer = judged(held, CIRCLE, said.key("circle"), said, by=by, now=now)
        if answer != "yes":
            return "proposal_declined" if answer == "no" else "done"
        attendance.taking(held, now)
        if row.state == REFUSED and _name_taken(held, row.values["name"]):
            raise Refused("circle_name_taken")
        agree(row, said, by=by)
        _into(held, _found(held, str(row.pk)), row.identity, "staff", None, now)
    return "circle_approved"


def hand_over(activity: Activity, said: Said, *, key: str, by: Account | None, now: datetime) -> str:
    """Another lead: `circle`, `who`, one who is in it. Raises Refused."""
    with transaction.atomic():
        there = _found(attendance.locked(activity), said.text("circle"))
        who = next((i for i in there.inside if str(i.pk) == said.text("who")), None)
        if who is None:
            raise Refused("circle_not_in")
        there.row.values = there.row.values | {"lead": str(who.pk)}
        there.row.save(update_fields=["values"])
    return "done"


def dissolve(activity: Activity, said: Said, *, key: str, by: Account | None, now: datetime) -> str:
    """A circle is no more: `reason`, which all who are in it read. What it did stays on the timelines, and it can be
    brought back (`approve`). Raises Refused."""
    with transaction.atomic():
        held = attendance.locked(activity)
        row = _found(held, said.text("circle")).row
        decline(held, row, said, by=by, now=now)
        row.values = row.values | {"dissolved": now.isoformat()}
        row.save(update_fields=["values"])
    return "circle_dissolved"


# -- shared


def _name_taken(held: Activity, name: str) -> bool:
    return open_to_all(held, CIRCLE).filter(values__name=name).exists()


def _into(held: Activity, there: Circle, who: Identity, via: str, at: datetime | None, now: datetime) -> None:
    if there.has(who.person):
        return
    if not there.free:
        raise attendance.Full
    row, new = hand(held, who, INSIDE, key=_key(there, who), on=there.row, at=at, now=now)
    if not new:
        decide(row, GIVEN, by=None)
    part = attendance.row_of(held, who.person)
    if part is None or part.state not in IN:
        attendance.sign_up(held, who, via=via, at=at, now=now)
    attendance.tell(held, who, "enter", at=at or now, key=f"{there.id} {now.isoformat()}", now=now)


def _key(there: Circle, who: Identity) -> str:
    return f"{there.row.pk.hex} {who.pk.hex}"


def _found(held: Activity, key: str) -> Circle:
    found = next((c for c in circles(held) if c.id == key), None)
    if found is None:
        raise Refused("circle_none")
    return found


CIRCLES = Kind(
    "circle",
    CirclePlan,
    member={"propose": propose, "enter": enter, "step_out": step_out, "report": report},
    staff={"approve": approve, "hand_over": hand_over, "dissolve": dissolve},
    signs_up=False,
)
