"""The certificate (证书): that somebody has finished a course, a challenge, a homework; with a number that anybody may
look up.

It says what was so on the day it was made: name, deed, dates, how much of how much. It holds as long as what it says
does: looked up later it asks the kind again, and is void where the activity was removed, the deed was undone or the
person erased; staff can void one, and its member can take it back. Whoever knows a number learns what the certificate
says and nothing else.
"""

import secrets
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import (
    CASCADE,
    SET_NULL,
    CharField,
    DateTimeField,
    ForeignKey,
    JSONField,
    OneToOneField,
    Q,
    QuerySet,
)

from huoqun.activities import attendance
from huoqun.activities.activity import DRAFT, Activity, Participation, groups_of
from huoqun.activities.kind import Finished, Refused
from huoqun.activities.kinds import KINDS
from huoqun.base.table import Table
from huoqun.people import audit
from huoqun.people.account import Account
from huoqun.people.person import Identity

SIGNS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without signs that are taken for others."""
LENGTH = 12
"""60 bits: nobody finds one by trying."""
PART = 4


class Certificate(Table):
    """A certificate. `told`: what it says; `void`: since when it says nothing any more, and who of the staff said so
    (null: its member)."""

    participation = OneToOneField(Participation, CASCADE, related_name="certificate")
    number = CharField(max_length=LENGTH, unique=True)
    told = JSONField(default=dict)
    void = DateTimeField(null=True)
    by = ForeignKey(Account, SET_NULL, null=True, related_name="+")

    @property
    def shown(self) -> str:
        """The number in parts, as it is printed."""
        return "-".join(self.number[n : n + PART] for n in range(0, LENGTH, PART))


# -- reads


def gives(activity: Activity) -> bool:
    """Whether its kind has certificates."""
    return KINDS[activity.kind].finished is not None


def earned(activity: Activity, part: Participation | None, *, now: datetime) -> Finished | None:
    """What somebody has done, where they have finished it; None where they have not."""
    finished = KINDS[activity.kind].finished
    if finished is None or part is None or activity.state == DRAFT or activity.removed is not None:
        return None
    return finished(activity, part, now)


def of(activity: Activity, who: Identity) -> Certificate | None:
    """A member's certificate, void or not."""
    part = attendance.row_of(activity, who.person)
    return Certificate.objects.filter(participation=part).first() if part else None


def of_all(activity: Activity) -> QuerySet[Certificate]:
    """Every certificate of an activity, the newest first."""
    found = Certificate.objects.filter(participation__activity=activity)
    return found.select_related("participation__identity", "by").order_by("-created", "-pk")


def plain(number: str) -> str:
    """A number as somebody typed it: without its dashes, in capitals."""
    return "".join(sign for sign in number.upper() if sign in SIGNS)[: LENGTH + 1]


def look_up(number: str, *, now: datetime) -> Certificate | None:
    """The certificate of a number, where it holds."""
    rows = Certificate.objects.filter(Q(number=plain(number)), void=None)
    row = rows.select_related("participation__activity__workspace", "participation__identity").first()
    return row if row is not None and holds(row, now=now) else None


def holds(row: Certificate, *, now: datetime) -> bool:
    """Whether what it says is so."""
    part = row.participation
    there = row.void is None and bool(groups_of(part.activity))
    return there and earned(part.activity, part, now=now) is not None


# -- writes


def issue(activity: Activity, who: Identity, *, now: datetime) -> Certificate:
    """A member's certificate: made, or the one there is, also where they had taken it back. Raises Refused."""
    with transaction.atomic():
        held = attendance.locked(activity)
        part = attendance.row_of(held, who.person)
        done = earned(held, part, now=now)
        if part is None or done is None:
            raise Refused("certificate_not_yet")
        row = Certificate.objects.select_for_update().filter(participation=part).first()
        if row is None:
            row = Certificate(participation=part, number=_number(), told=_told(held, part, done, now), created=now)
            row.save(force_insert=True)
        elif row.void is not None:
            if row.by_id is not None:
                raise Refused("certificate_void")
            row.void = None
            row.save(update_fields=["void"])
    return row


def take_back(activity: Activity, who: Identity, *, now: datetime) -> None:
    """A member does not want it any more; its number says nothing."""
    row = of(activity, who)
    if row is not None:
        Certificate.objects.filter(pk=row.pk, void=None).update(void=now)


def declare(row: Certificate, *, void: bool, by: Account, now: datetime) -> None:
    """Staff void a certificate, or let it hold again; what its member took back stays so."""
    with transaction.atomic():
        fresh = Certificate.objects.select_for_update(of=("self",)).get(pk=row.pk)
        if (fresh.void is not None) == void or (not void and fresh.by_id is None):
            return
        fresh.void, fresh.by = (now, by) if void else (None, None)
        fresh.save(update_fields=["void", "by"])
        held = fresh.participation.activity
        what = "activity.void_certificate" if void else "activity.restore_certificate"
        told = {"name": str(fresh.told.get("name", "")), "number": fresh.shown}
        audit.note(held.workspace, what, by=by, on=held.pk, title=held.title, after=told, now=now)


def _number() -> str:
    return "".join(secrets.choice(SIGNS) for _sign in range(LENGTH))


def _told(activity: Activity, part: Participation, done: Finished, now: datetime) -> dict[str, Any]:
    zone = ZoneInfo(activity.workspace.zone)
    begun = activity.starts or activity.opened or activity.created
    ended = done.on or activity.settled or now
    return {
        "name": part.identity.name,
        "title": activity.title,
        "kind": activity.kind,
        "issuer": activity.workspace.name,
        "from": min(begun, ended).astimezone(zone).date().isoformat(),
        "to": ended.astimezone(zone).date().isoformat(),
        "done": done.done,
        "of": done.of,
    }
