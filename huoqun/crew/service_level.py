"""The service level (服务水平): which questions wait for an answer, since when, whose turn it is, and who is late.

Read from kept rows (`crew/inquiry`), never from an archive. Time runs in the hours of service only, on the group's own
clock. What was not answered within `LOST` waits no more: after three days the next words of somebody else are an
answer no more often than by chance (`insight/silence`), and nobody goes back to a question of last week.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import polars as pl
from django.db.models import Max, QuerySet

from huoqun.crew.inquiry import NO_QUESTION, Inquiry, Ledger
from huoqun.crew.target import Aim, Turn, targets, turns
from huoqun.insight.wait import Level, level, minutes_between
from huoqun.people.group import Group

LOST = timedelta(days=7)
"""So long after a question nobody waits any more. A default."""
OLD = timedelta(days=2)
"""Where the record of a group ends so long ago, it cannot be told who waits now. A default."""
PERIODS = (7, 28, 56)
"""Days that a page can look back."""
MOST_SHOWN = 500


@dataclass(frozen=True)
class Waiting:
    """A question that waits. `minutes`: of service, so far; `due`: minutes left to the target, below nought when late;
    `known`: up to when the group's record tells."""

    row: Inquiry
    group: Group
    minutes: float
    aim: Aim
    turn: Turn
    known: datetime | None

    @property
    def late(self) -> bool:
        """It has waited longer than it should."""
        return self.minutes > self.aim.minutes

    @property
    def due(self) -> float:
        """Minutes of service left."""
        return self.aim.minutes - self.minutes


@dataclass(frozen=True)
class Line:
    """One group, or one day or week, with its level."""

    key: Any
    level: Level


# -- reads


def waiting(groups: Collection[Group], now: datetime) -> QuerySet[Inquiry]:
    """The rows of questions that wait in some groups, the oldest first."""
    found = Inquiry.objects.filter(group__in=list(groups), answered=None, settled=None, at__gt=now - LOST, at__lte=now)
    return found.select_related("asker").order_by("at", "pk")


def waiting_questions(groups: Collection[Group], now: datetime) -> list[Waiting]:
    """The questions that wait in some groups of one workspace, who is latest first, at most `MOST_SHOWN`: rows and a
    few look-ups, no archive. `groups` should have their workspace at hand."""
    there = {group.pk: group for group in groups}
    rows = list(waiting(groups, now)[:MOST_SHOWN])
    if not rows:
        return []
    asked = [there[key] for key in dict.fromkeys(row.group_id for row in rows)]
    workspace = asked[0].workspace
    aims, whose, known = targets(workspace, asked), turns(workspace, asked, now), known_to(asked)
    frame = _timed(
        [(row.group_id, row.at, None, None, "") for row in rows], {g.pk: (g.zone, aims[g.pk]) for g in asked}, now
    )
    found = [
        Waiting(row, there[row.group_id], minutes, aims[row.group_id], whose[row.group_id], known.get(row.group_id))
        for row, minutes in zip(rows, frame["minutes"].to_list(), strict=True)
    ]
    return sorted(found, key=lambda one: (one.due, one.row.at))


def count_waiting(group: Group, now: datetime) -> int:
    """How many questions wait in a group."""
    return waiting([group], now).count()


def known_to(groups: Collection[Group]) -> dict[UUID, datetime]:
    """Up to when questions are known, by the id of the group."""
    rows = Ledger.objects.filter(group__in=list(groups)).values_list("group", "as_of")
    return {group: as_of for group, as_of in rows if as_of is not None}


def asked_in(groups: Sequence[Group], *, days: int, now: datetime) -> pl.DataFrame:
    """The questions of the last days in some groups of one workspace: `group` (text of its id), `day` (on its clock),
    `minutes`, `answered`, `target`. What asked nothing is left out; what was answered elsewhere has waited at least
    until it was ticked off; what nobody answered has waited at least as long as the record tells."""
    if not groups:
        return _timed([], {}, now)
    rows = Inquiry.objects.filter(group__in=list(groups), at__gt=now - timedelta(days=days), at__lte=now)
    told = rows.exclude(how=NO_QUESTION).values_list("group", "at", "answered", "settled", "how")
    aims = targets(groups[0].workspace, groups)
    known = known_to(groups)
    clocks = {g.pk: (g.zone, aims[g.pk]) for g in groups}
    return _timed(list(told), clocks, now, known)


def of_groups(asked: pl.DataFrame) -> dict[UUID, Level]:
    """The level of each group of `asked_in`."""
    return {UUID(key): level(part) for (key,), part in asked.group_by("group") if isinstance(key, str)}


def of_days(asked: pl.DataFrame, *, weeks: bool = False) -> list[Line]:
    """The level of each day, or of each week by its Monday, oldest first."""
    day = pl.col("day").dt.truncate("1w") if weeks else pl.col("day")
    parts = asked.with_columns(day.alias("span")).partition_by("span", as_dict=True)
    return [Line(key[0], level(part)) for key, part in sorted(parts.items(), key=lambda two: str(two[0][0]))]


def whole(asked: pl.DataFrame) -> Level:
    """The level of all of it."""
    return level(asked)


def newest(groups: Collection[Group]) -> datetime | None:
    """The newest moment up to which any of them is known."""
    moment: datetime | None = Ledger.objects.filter(group__in=list(groups)).aggregate(newest=Max("as_of"))["newest"]
    return moment


def _timed(
    rows: list[tuple[UUID, datetime, datetime | None, datetime | None, str]],
    clocks: dict[UUID, tuple[str, Aim]],
    now: datetime,
    known: dict[UUID, datetime] | None = None,
) -> pl.DataFrame:
    """Rows (group, asked, answered, ticked off, how) with what they waited, on the clock of each group."""
    ends = {key: min(now, (known or {}).get(key, now)) for key in clocks}
    frame = pl.DataFrame(
        {
            "group": [str(key) for key, *_ in rows],
            "at": [at for _, at, *_ in rows],
            "end": [min(x for x in (done, ticked, max(ends[key], at)) if x) for key, at, done, ticked, _ in rows],
            "answered": [done is not None for _, _, done, _, _ in rows],
            "zone": [clocks[key][0] for key, *_ in rows],
            "target": [float(clocks[key][1].minutes) for key, *_ in rows],
            "opens": [clocks[key][1].opens * 60.0 for key, *_ in rows],
            "closes": [clocks[key][1].closes * 60.0 for key, *_ in rows],
        },
        schema={
            "group": pl.String,
            "at": pl.Datetime("us", "UTC"),
            "end": pl.Datetime("us", "UTC"),
            "answered": pl.Boolean,
            "zone": pl.String,
            "target": pl.Float64,
            "opens": pl.Float64,
            "closes": pl.Float64,
        },
    ).with_row_index("n")
    parts = [
        part.with_columns(pl.col("at", "end").dt.convert_time_zone(zone).dt.replace_time_zone(None))
        for (zone,), part in frame.group_by("zone")
        if isinstance(zone, str)
    ]
    frame = pl.concat(parts) if parts else frame.with_columns(pl.col("at", "end").dt.replace_time_zone(None))
    waited = minutes_between("at", "end", pl.col("opens"), pl.col("closes"))
    timed = frame.sort("n").with_columns(waited.alias("minutes"), pl.col("at").dt.date().alias("day"))
    return timed.select("group", "day", "minutes", "answered", "target")
