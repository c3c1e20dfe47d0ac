"""The proving: the next import says what was really said of what was to be said by hand, by whom and when.

What waits and was said is ticked off by itself; what was ticked off and does not stand in a history that misses nothing
of that time is flagged. Tasks whose proof is the next import are done when their words are found.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
from django.db import transaction
from django.db.models import Q

from huoqun.base.clock import naive_utc
from huoqun.chat.completeness import Completeness
from huoqun.insight import said
from huoqun.people import audit, outbox, task
from huoqun.people.group import Group
from huoqun.people.outbox import Outgoing
from huoqun.people.person import Identity
from huoqun.people.task import Task
from huoqun.people.witness import FOUND, LONGEST_MESSAGE, MISSING

EARLY = timedelta(hours=2)
"""So long before its time somebody may say something; ours."""
LATE = timedelta(hours=24)
"""So long after it: later the same words are another occasion."""
SURE = "AB"
"""Grades of a history by which something may be said to be missing (`chat/completeness`: no conclusion below B)."""
MOST = 2000
"""Rows of a group looked at in one import, the newest first."""


@dataclass(frozen=True)
class Covered:
    """What an import covers: from its first row to its last (or to when it was made), its holes, how far it is to be
    trusted. Naive UTC."""

    start: datetime
    end: datetime
    grade: str
    holes: tuple[tuple[datetime, datetime], ...] = ()

    def whole(self, start: datetime, end: datetime) -> bool:
        """Whether nothing of that time can be missing."""
        inside = self.start <= start and end <= self.end and self.grade in SURE
        return inside and not any(a < end and start < b for a, b in self.holes)


@dataclass(frozen=True)
class Proof:
    """What an import proved in a group: how many were found, how many of those it ticked off, how many are missing."""

    found: int = 0
    ticked: int = 0
    missing: int = 0


def covered(rows: pl.DataFrame, exported: datetime | None, graded: Completeness) -> Covered | None:
    """What a history of some rows covers; None where it has none."""
    first, last = rows["time"].min(), rows["time"].max()
    if not isinstance(first, datetime) or not isinstance(last, datetime):
        return None
    holes = tuple((g.start, g.end) for g in graded.gaps if g.start and g.end)
    return Covered(first, max(last, exported or last), graded.grade, holes)


def prove(group: Group, rows: pl.DataFrame, over: Covered, *, now: datetime) -> Proof:
    """Look in the rows of a group (its whole history, or what of it lies in the time covered) for what was to be said
    there. Done again, nothing changes; a longer history may find what a shorter one did not hold."""
    with transaction.atomic():
        those = _asked(group, over)
        if not those:
            return Proof()
        windows = {row.pk.hex: _window(row) for row in those}
        wanted = [(row.pk.hex, _words(row), *windows[row.pk.hex]) for row in those]
        frame = pl.DataFrame(wanted, schema=said.WANTED, orient="row")
        found = {each["id"]: each for each in said.said(frame, rows, used=_used(group, over)).iter_rows(named=True)}
        speakers = _speakers(group, {each["sender"] for each in found.values()})
        tellable = dict(zip(frame["id"], said.tellable(frame["text"]), strict=True))
        counted = {"found": 0, "ticked": 0, "missing": 0}
        for row in those:
            _at, start, end = windows[row.pk.hex]
            each = found.get(row.pk.hex)
            if each is not None:
                counted["found"] += 1
                counted["ticked"] += _found(row, each, speakers)
            elif tellable[row.pk.hex] and row.witness == "" and row.state in _DONE and over.whole(start, end):
                row.witness = MISSING
                counted["missing"] += 1
            else:
                continue
            _keep(row)
        if any(counted.values()):
            audit.note(group.workspace, "outbox.prove", by=None, on=group.pk, title=group.name, after=counted, now=now)
    return Proof(**counted)


_DONE = (outbox.SENT, task.DONE)


def _asked(group: Group, over: Covered) -> Sequence[Outgoing | Task]:
    """What the import can say something of, and no import has found yet."""
    start, end = _aware(over.start), _aware(over.end)
    unknown = ~Q(witness=FOUND) & Q(due__lte=end + EARLY)
    near = Q(due__gte=start - LATE) | Q(at__gte=start - EARLY)
    mine = Outgoing.objects.select_for_update(of=("self",)).filter(group=group).exclude(text="", said="")
    spoken = mine.filter(unknown, near, state__in=[outbox.WAITING, outbox.SENT]).order_by("-due", "pk")[:MOST]
    tasks = Task.objects.select_for_update(of=("self",)).filter(group=group, proof=task.IMPORT).exclude(ready="")
    given = tasks.filter(unknown, Q(created__lte=end), Q(due__gte=start - LATE) | Q(at__gte=start - EARLY))
    return [*spoken, *given.filter(state__in=[task.OPEN, task.DONE]).order_by("-due", "pk")[:MOST]]


def _words(row: Outgoing | Task) -> str:
    return row.words if isinstance(row, Outgoing) else row.ready


def _window(row: Outgoing | Task) -> tuple[datetime, datetime, datetime]:
    """When it is thought to have been said, and from when to when it may have been."""
    if isinstance(row, Task):
        begins, ends = row.created, max(row.at or row.due, row.due)
        return naive_utc(row.at or row.due), naive_utc(begins), naive_utc(ends + LATE)
    if row.state == outbox.WAITING or row.at is None:
        return naive_utc(row.due), naive_utc(row.due - EARLY), naive_utc(row.due + LATE)
    at = row.copied if row.copied and row.copied <= row.at else row.at
    start, end = min(row.due, at) - EARLY, max(row.due, row.at) + EARLY
    return naive_utc(at), naive_utc(start), naive_utc(end)


def _used(group: Group, over: Covered) -> set[str]:
    """Messages of that time that have proved something before."""
    span = (_aware(over.start), _aware(over.end))
    known: set[str] = set()
    for table in (Outgoing, Task):
        rows = table._default_manager.filter(group=group, witness=FOUND, proved__range=span)
        known |= set(rows.values_list("message", flat=True))
    return known


def _speakers(group: Group, accounts: Iterable[str]) -> dict[str, Identity]:
    return {i.account: i for i in Identity.objects.filter(group=group, account__in=list(accounts))}


def _found(row: Outgoing | Task, each: Mapping[str, Any], speakers: Mapping[str, Identity]) -> bool:
    """It stands in the history; whether it was ticked off by that."""
    row.witness, row.proved = FOUND, _aware(each["time"])
    row.speaker, row.message = speakers.get(each["sender"]), each["key"][:LONGEST_MESSAGE]
    if row.state in _DONE:
        return False
    row.state, row.at = (outbox.SENT if isinstance(row, Outgoing) else task.DONE), row.proved
    if isinstance(row, Task):
        row.noticed = False
    else:
        row.taken, row.taken_at = None, None
    return True


def _keep(row: Outgoing | Task) -> None:
    told = ["witness", "proved", "speaker", "message", "state", "at"]
    more = ["taken", "taken_at"] if isinstance(row, Outgoing) else ["noticed"]
    row.save(update_fields=[*told, *more])


def _aware(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC)
