"""The hand-over sheet (交接单): the week in numbers, in the words of who goes, read by who comes. Kept for ever.

The numbers are filled in when the week ends, from the archive and the newest checkup; what the record does not reach is
left out, not put as nought. Free words can be written during the week and for some days after it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import polars as pl
from django.db import transaction
from django.db.models import QuerySet

from huoqun.base.clock import naive_utc
from huoqun.chat.message import MESSAGE_KINDS
from huoqun.crew.planning import NotTheirs, held, shortened
from huoqun.crew.rota import SET, Handover, Shift, human
from huoqun.people import audit, history
from huoqun.people import task as tasks
from huoqun.people.account import Account
from huoqun.people.group import Group
from huoqun.people.membership import Membership
from huoqun.people.person import Identity, Person, root_of
from huoqun.people.rapport import acquaintance
from huoqun.people.task import Task

WRITTEN_WITHIN = timedelta(days=7)
"""How long after the week the outgoing one can still write."""
MOST_NAMED = 12
"""Newcomers named on a sheet."""


@dataclass(frozen=True)
class Around:
    """What other parts of the product know of a group and this one does not: what is on, and how many questions wait
    (None: not known)."""

    activities: Sequence[str] = ()
    waiting: int | None = None


# -- reads


def sheets(group: Group) -> QuerySet[Handover]:
    """All sheets of a group, the newest week first."""
    found = Handover.objects.filter(shift__group=group).select_related("shift__person__root", "reader")
    return found.order_by("-shift__begins")


def sheet_before(shift: Shift) -> Handover | None:
    """The sheet that who begins a week reads: the newest of an earlier week."""
    return sheets(shift.group).filter(shift__begins__lt=shift.begins).first()


def numbers(shift: Shift, around: Around, *, now: datetime) -> dict[str, Any]:
    """The week in numbers, up to now. `reaches`: up to when the record tells; without it there are no numbers of the
    talk."""
    group = shift.group
    found: dict[str, Any] = {"activities": list(around.activities), "tasks": _open_tasks(group)}
    if around.waiting is not None:
        found["questions"] = around.waiting
    last = group.last
    if last is None or last <= shift.starts:
        return found
    found |= _talk(group, shift, min(now, shift.ends))
    found["reaches"] = min(last, shift.ends).isoformat()
    came = _newcomers(group, shift)
    known = acquaintance(group)
    unmet = [who.name for who in came if known and who.account in known.unwelcomed]
    found["newcomers"] = len(came)
    if known is not None and came:
        found |= {"unwelcomed": len(unmet), "names": unmet[:MOST_NAMED]}
    return found


def _talk(group: Group, shift: Shift, until: datetime) -> dict[str, Any]:
    rows = history.rows_of(group, naive_utc(shift.starts - timedelta(days=7)))
    said = rows.filter(
        pl.col("kind").cast(pl.String).is_in(list(MESSAGE_KINDS))
        & ~pl.col("bot").fill_null(False)
        & pl.col("sender").is_not_null()
        & (pl.col("time") < naive_utc(until))
    )
    week = said.filter(pl.col("time") >= naive_utc(shift.starts))
    before = said.height - week.height
    found = {"messages": week.height, "speakers": week["sender"].n_unique()}
    begun = group.first is not None and group.first <= shift.starts - timedelta(days=7)
    return found | ({"before": before} if begun else {})


def _newcomers(group: Group, shift: Shift) -> list[Identity]:
    stays = Membership.objects.filter(
        identity__group=group, identity__bot=False, number=1, joined__gte=shift.starts, joined__lt=shift.ends
    )
    return [stay.identity for stay in stays.select_related("identity").order_by("joined")]


def _open_tasks(group: Group) -> int:
    return Task.objects.filter(group=group, state=tasks.OPEN).count()


# -- writes


def fill_in(shift: Shift, around: Around, *, now: datetime) -> Handover:
    """Put the numbers of the week on its sheet, for good once the week is over. Call it with the rota held."""
    row = Handover.objects.filter(shift=shift).first() or Handover(shift=shift, created=now)
    if row.filled is None:
        row.numbers = numbers(shift, around, now=now)
        row.filled = now if now >= shift.ends else None
        row.save()
    return row


def write(
    shift: Shift, text: str, *, person: Person | None = None, by: Account | None = None, now: datetime
) -> Handover:
    """The words of who had the week, or of staff. Raises NotTheirs."""
    with transaction.atomic():
        row = held(shift)
        theirs = person is not None and human(row.person) == root_of(person).pk and row.state == SET
        if not by and (not theirs or not row.starts <= now < row.ends + WRITTEN_WITHIN):
            raise NotTheirs
        sheet = Handover.objects.filter(shift=row).first() or Handover(shift=row, created=now)
        sheet.text, sheet.written = shortened(text), now
        sheet.save()
        audit.note(row.group.workspace, "duty.sheet", by=by, on=row.group_id, title=row.group.name, now=now)
    return sheet


def mark_read(sheet: Handover, person: Person, *, now: datetime) -> Handover:
    """Who comes has read it; the first one counts."""
    with transaction.atomic():
        row = Handover.objects.select_for_update().get(pk=sheet.pk)
        if row.read is None:
            row.reader, row.read = root_of(person), now
            row.save(update_fields=["reader", "read"])
    return row
