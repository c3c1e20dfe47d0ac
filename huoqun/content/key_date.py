"""Key dates (关键日期): sales festivals, school terms, holidays: what a trade plans for. They stand in the calendar and
say in time that a plan is to be opened.

A workspace's list is its own: it begins empty, takes the usual ones over with a click, and forgets what is removed.
"""

import json
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import (
    CASCADE,
    SET_NULL,
    BooleanField,
    CharField,
    DateField,
    ForeignKey,
    PositiveSmallIntegerField,
    UniqueConstraint,
)

from huoqun.base.table import Table
from huoqun.people import audit
from huoqun.people.account import Account
from huoqun.people.display import one_line
from huoqun.people.workspace import Workspace

USUAL = Path(__file__).parent / "data" / "key_dates.json"
"""The usual ones of trade in China: fixed days every year; days of the lunar calendar year by year until 2030."""
LEAD = 14
"""Days before at which a plan is to be opened; a default."""
LONGEST = 60
MOST = 200
YEARS = range(2000, 2200)


class BadDate(ValueError):
    """A key date needs a name and a day, and there are not endlessly many."""


class KeyDate(Table):
    """A day to plan for (关键日期)."""

    workspace = ForeignKey(Workspace, CASCADE, related_name="key_dates")
    name = CharField(max_length=LONGEST)
    day = DateField()
    """The day, or the first of those every year."""
    yearly = BooleanField(default=False)
    lead = PositiveSmallIntegerField(default=LEAD)
    note = CharField(max_length=200, default="")
    by = ForeignKey(Account, SET_NULL, null=True, related_name="+")

    class Meta(Table.Meta):
        constraints = [UniqueConstraint(fields=["workspace", "name", "day"], name="key_date_once")]


@dataclass(frozen=True)
class Coming:
    """A key date as it comes next: on which day, in how many days, and whether a plan is due."""

    row: KeyDate
    on: date
    days: int

    @property
    def due(self) -> bool:
        """It is time to open a plan."""
        return self.days <= self.row.lead


# -- rules


def in_year(row: KeyDate, year: int) -> date | None:
    """The day in a year; None where there is none. The 29th of February is the 28th in other years."""
    if not row.yearly:
        return row.day if row.day.year == year else None
    if year < row.day.year:
        return None
    try:
        return row.day.replace(year=year)
    except ValueError:
        return date(year, 2, 28)


# -- reads


def between(workspace: Workspace, begin: date, end: date) -> list[tuple[date, KeyDate]]:
    """Those from a day until before another, in time's order."""
    found = []
    for row in KeyDate.objects.filter(workspace=workspace):
        for year in range(begin.year, end.year + 1):
            on = in_year(row, year)
            if on is not None and begin <= on < end:
                found.append((on, row))
    return sorted(found, key=lambda one: (one[0], one[1].name))


def coming(workspace: Workspace, today: date) -> list[Coming]:
    """The next of each, the nearest first; what is over for good is left out."""
    found = []
    for row in KeyDate.objects.filter(workspace=workspace):
        days = [on for year in (today.year, today.year + 1, row.day.year) if (on := in_year(row, year))]
        ahead = min((on for on in days if on >= today), default=None)
        if ahead is not None:
            found.append(Coming(row, ahead, (ahead - today).days))
    return sorted(found, key=lambda one: (one.on, one.row.name))


# -- writes


def keep(
    workspace: Workspace,
    *,
    name: str,
    day: date,
    yearly: bool,
    lead: int = LEAD,
    note: str = "",
    by: Account,
    now: datetime,
) -> KeyDate:
    """Add a key date, or say one of that name and day anew. Raises BadDate."""
    name = one_line(name, LONGEST)
    if not name or day.year not in YEARS or not 0 <= lead <= 365:
        raise BadDate
    with transaction.atomic():
        Workspace.objects.select_for_update().get(pk=workspace.pk)
        row = KeyDate.objects.filter(workspace=workspace, name=name, day=day).first()
        if row is None and KeyDate.objects.filter(workspace=workspace).count() >= MOST:
            raise BadDate
        row = row or KeyDate(workspace=workspace, name=name, day=day, created=now)
        row.yearly, row.lead, row.note, row.by = yearly, lead, one_line(note, 200), by
        row.save()
        _note(row, "keep", by, now)
    return row


def take_usual(workspace: Workspace, language: str, *, by: Account, now: datetime) -> int:
    """Take over the usual ones that are not there yet; returns how many."""
    told: list[dict[str, Any]] = json.loads(USUAL.read_text(encoding="utf-8"))
    fresh = []
    for one in told:
        name = one["en" if language == "en" else "zh"]
        row = KeyDate(workspace=workspace, name=name, yearly=one["yearly"], by=by, created=now)
        row.day, row.lead = date.fromisoformat(one["day"]), one.get("lead", LEAD)
        fresh.append(row)
    with transaction.atomic():
        Workspace.objects.select_for_update().get(pk=workspace.pk)
        there = set(KeyDate.objects.filter(workspace=workspace).values_list("day", "yearly"))
        new = [row for row in fresh if (row.day, row.yearly) not in there][: MOST - len(there)]
        KeyDate.objects.bulk_create(new, ignore_conflicts=True)
        if new:
            audit.note(workspace, "key_date.usual", by=by, after={"count": len(new)}, now=now)
    return len(new)


def remove(row: KeyDate, *, by: Account, now: datetime) -> None:
    """Take one off the list."""
    with transaction.atomic():
        if KeyDate.objects.filter(pk=row.pk).delete()[0]:
            _note(row, "remove", by, now)


def _note(row: KeyDate, what: str, by: Account, now: datetime) -> None:
    after = {"day": row.day.isoformat()}
    audit.note(row.workspace, f"key_date.{what}", by=by, on=row.pk, title=row.name, after=after, now=now)
