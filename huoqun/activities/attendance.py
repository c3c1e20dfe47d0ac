"""The attendance (名单): who has signed up for an activity, who waits for a place, who came.

Places are given in the order of signing up. Who signs off makes room for who waits longest and fits; that they are in
now is a deed of theirs and an announcement. Everything is done under a lock on the activity, so that no place is given
twice.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, TypedDict, Unpack
from uuid import UUID

from django.db import transaction
from django.db.models import Count, QuerySet, Sum

from huoqun.activities import activity as base
from huoqun.activities.activity import ABSENT, DONE, IN, INVITED, JOINED, LEFT, WAITING, Activity, Closed, Participation
from huoqun.people import deed
from huoqun.people.account import Account
from huoqun.people.display import one_line
from huoqun.people.person import Identity, Person, ones


class Full(Exception):
    """There is no room for so many."""


class NotIn(Exception):
    """They have not signed up."""


# -- reads


def taken(activity: Activity) -> int:
    """How many places are taken, by who takes part and by whom its kind lets in beside them (`places`)."""
    inside = activity.participations.filter(state__in=IN).aggregate(sum=Sum("count"))["sum"] or 0
    return int(inside) + int(activity.state_of_play.get("places", 0))


def headcounts(activities: Iterable[Activity]) -> dict[UUID, dict[str, int]]:
    """By activity, how many take part in which state, however many activities in one query."""
    rows = base.Participation.objects.filter(activity__in=[a.pk for a in activities]).order_by()
    found: dict[UUID, dict[str, int]] = {}
    for activity, state, n in rows.values_list("activity", "state").annotate(n=Count("pk")):
        found.setdefault(activity, {})[state] = n
    return found


def participants(activity: Activity, *states: str) -> QuerySet[Participation]:
    """Who takes part in one of these states (else all but who was only asked or signed off), in the order they came."""
    wanted = states or (JOINED, DONE, ABSENT, WAITING)
    found = activity.participations.filter(state__in=wanted)
    return found.select_related("identity__group", "person__root").order_by("at", "pk")


def row_of(activity: Activity, person: Person) -> Participation | None:
    """How a human takes part, under whichever of their accounts; None where they never did."""
    rows = activity.participations.filter(person__in=ones(person)).exclude(state=INVITED).select_related("identity")
    return max(rows, key=lambda row: (row.state in IN, row.state == WAITING, row.changed or row.created), default=None)


# -- writes


def locked(activity: Activity) -> Activity:
    """The activity as it is now, held until the transaction ends."""
    return Activity.objects.select_for_update(of=("self",)).select_related("workspace").get(pk=activity.pk)


def taking(activity: Activity, now: datetime, at: datetime | None = None) -> Activity:
    """The same, as long as people may take part; `at`: when they did it, where not just now. Raises Closed."""
    held = locked(activity)
    if not held.takes(now, at):
        raise Closed
    return held


def sign_up(
    activity: Activity,
    who: Identity,
    *,
    count: int = 1,
    note: str = "",
    values: Mapping[str, Any] | None = None,
    via: str,
    at: datetime | None = None,
    now: datetime,
) -> Participation:
    """Sign up, or change what one signed up for: in, or on the waiting list where there is no room. `at`: when they
    did it, where not just now. Raises Closed; Full where who is in wants more than there is."""
    count = max(1, count)
    with transaction.atomic():
        held = taking(activity, now, at)
        row = row_of(held, who.person) or base.row_for(held, who, now=now)
        was = row.state
        if was in IN and held.capacity is not None and taken(held) - row.count + count > held.capacity:
            raise Full
        if was not in {*IN, WAITING}:
            row.state, row.at, row.via, row.identity = WAITING, at or now, via, who
        row.count, row.note, row.changed = count, one_line(note, base.LONGEST_NOTE), now
        row.values = row.values | dict(values or {})
        row.save()
        fill(held, now=now)
        row.refresh_from_db()
        if row.state == WAITING != was:
            tell(held, who, "wait", at=at or now, now=now)
    return row


def sign_off(activity: Activity, who: Identity, *, now: datetime) -> Participation:
    """Sign off; whoever waits moves up. Raises NotIn."""
    with transaction.atomic():
        held = locked(activity)
        row = row_of(held, who.person)
        if row is None or row.state not in {*IN, WAITING}:
            raise NotIn
        row.state, row.changed = LEFT, now
        row.save()
        tell(held, who, "leave", at=now, now=now)
        fill(held, now=now)
    return row


def arrive(
    activity: Activity, who: Identity, *, via: str, at: datetime | None = None, by: Account | None = None, now: datetime
) -> Participation:
    """They came, signed up or not: a walk-in is welcome. Their first arrival stands."""
    with transaction.atomic():
        held = locked(activity)
        row = row_of(held, who.person) or base.row_for(held, who, now=now)
        if row.state == DONE:
            return row
        walk_in = row.state not in {JOINED, WAITING}
        if walk_in:
            row.at, row.via, row.identity = at or now, via, who
        waited = {"waited": True} if row.state == WAITING else {}
        row.values = row.values | {"arrived": (at or now).isoformat(), "walk_in": walk_in} | waited
        row.state, row.changed = DONE, now
        row.save()
        tell(held, who, "come", at=at or now, by=by, now=now)
    return row


def mark_absent(activity: Activity, *, came: Collection[UUID] = (), now: datetime) -> list[Participation]:
    """Whoever signed up and did not come is written down as absent; returns them. `came`: persons who were there
    though they did not do all of it."""
    with transaction.atomic():
        held = locked(activity)
        rows = [row for row in participants(held, JOINED) if row.person_id not in came]
        for row in rows:
            row.state, row.changed = ABSENT, now
            row.save()
            tell(held, row.identity, "miss", at=held.starts or now, now=now)
    return rows


def fill(activity: Activity, *, now: datetime) -> list[Participation]:
    """Give free places to who waits, the longest first; nobody overtakes. Call it under the lock."""
    moved = []
    room = None if activity.capacity is None else activity.capacity - taken(activity)
    for row in participants(activity, WAITING):
        if room is not None:
            room -= row.count
            if room < 0:
                break
        row.state, row.changed = JOINED, now
        row.save(update_fields=["state", "changed"])
        tell(activity, row.identity, "join", at=now, now=now)
        moved.append(row)
    return moved


class Told(TypedDict, total=False):
    """What else may be said of a deed. `key`: without one of its own it is one for each moment."""

    key: str
    values: Mapping[str, Any] | None
    evidence: Mapping[str, Any] | None
    by: Account | None


def tell(activity: Activity, who: Identity, what: str, *, at: datetime, now: datetime, **more: Unpack[Told]) -> None:
    """A deed of somebody in an activity: `meetup.join`."""
    deed.write_all([deed_of(activity, who, what, at=at, now=now, **more)])


def deed_of(
    activity: Activity, who: Identity, what: str, *, at: datetime, now: datetime, **more: Unpack[Told]
) -> deed.Deed:
    """The same, not yet written: for many at once."""
    return deed.Deed(
        person_id=who.person_id,
        kind=f"{activity.kind}.{what}",
        at=at,
        group_id=who.group_id,
        key=key_of(activity, more.get("key") or now.isoformat()),
        values={"title": activity.title, **(more.get("values") or {})},
        evidence={"activity": str(activity.pk), **(more.get("evidence") or {})},
        by=more.get("by"),
        created=now,
    )


def key_of(activity: Activity, key: str) -> str:
    """What makes a deed in an activity this one and no other."""
    return f"{activity.pk.hex} {key}"


def tell_together(
    activity: Activity, those: Iterable[Identity], what: str, *, key: str, at: datetime, now: datetime
) -> None:
    """A deed of each of several that they share (a team, a meeting): each names the others; ties grow from it."""
    there = list(those)
    for who in there:
        others = sorted(str(o.person_id) for o in there if o.pk != who.pk and o.group_id == who.group_id)
        if others:
            tell(activity, who, what, at=at, key=key, evidence={"with": others}, now=now)
