"""The behalf (代办): what staff, or a program, do for a member: sign up, sign off, come, or a deed of the kind itself.

The member could have done each of them on their own page. The same key again changes nothing and is answered as before;
the last keys of each member are kept with their participation.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from huoqun.activities import attendance
from huoqun.activities.activity import Activity, Closed, Participation
from huoqun.activities.kind import Kind, Refused, Said
from huoqun.activities.kinds import KINDS
from huoqun.people import audit
from huoqun.people.account import Account
from huoqun.people.person import Identity, Person, ones

JOIN, LEAVE, COME = "join", "leave", "come"
KEYS = "keys"
KEPT = 20
"""Of so many deeds the keys are kept: a program that asks again does so within minutes; a default."""


def deeds(kind: Kind) -> tuple[str, ...]:
    """What can be done for a member in a kind of activity."""
    return tuple(dict.fromkeys((*kind.member, *((JOIN, LEAVE, COME) if kind.signs_up else ()))))


def act(activity: Activity, who: Identity, deed: str, said: Said, *, key: str, by: Account, now: datetime) -> str:
    """Do something for a member; `note` and `count` of what is said go with signing up. Returns the id of the answer:
    the state they are in, or what the kind answers. Raises Refused (also where there is no such deed), Closed, Full,
    NotIn."""
    kind = KINDS[activity.kind]
    if deed not in deeds(kind):
        raise Refused("unknown")
    with transaction.atomic():
        held = attendance.locked(activity)
        before = _answered(held, who.person, key)
        if before is not None:
            return before
        answer = _do(held, kind, who, deed, said, key=key, by=by, now=now)
        row = attendance.row_of(held, who.person)
        if row is not None:
            row.values = row.values | {KEYS: [*row.values.get(KEYS, []), [key, answer]][-KEPT:]}
            row.save(update_fields=["values"])
        told = {"what": deed}
        audit.note(held.workspace, "activity.do", by=by, on=held.pk, title=held.title, after=told, now=now)
    return answer


def _answered(activity: Activity, person: Person, key: str) -> str | None:
    rows: QuerySet[Participation] = activity.participations.filter(person__in=ones(person))
    return {known: answer for row in rows for known, answer in row.values.get(KEYS, [])}.get(key)


def _do(
    activity: Activity, kind: Kind, who: Identity, deed: str, said: Said, *, key: str, by: Account, now: datetime
) -> str:
    if own := kind.member.get(deed):
        return own(activity, who, said, via="staff", key=key, at=None, now=now)
    if deed == JOIN:
        return attendance.sign_up(
            activity, who, count=said.number("count", 1), note=said.text("note"), via="staff", now=now
        ).state
    if deed == LEAVE:
        return attendance.sign_off(activity, who, now=now).state
    if activity.opened is None or activity.settled is not None:
        raise Closed
    return attendance.arrive(activity, who, via="staff", by=by, now=now).state
