"""A measure: a vital sign before it is compared with anything, and the weeks it is followed over.

Weeks are counted back from today on the group's calendar (week 0 is the last seven days), so that the newest point of
a series is always a whole week and never a Monday morning.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

import polars as pl

from huoqun.insight.document import Interval

LONGEST = 104
"""Weeks of history that a series shows: two years, so that a season can be compared with itself."""

Unit = Literal["share", "per_day", "count", "days", "minutes", "hours", "number"]
Series = list[tuple[date, float | None]]


@dataclass(frozen=True)
class Measure:
    """One measured property: value, how many cases stand behind it, 80 % interval, weekly history (oldest first)."""

    id: str
    unit: Unit
    value: float | None = None
    sample: int | None = None
    interval: Interval | None = None
    series: Series = field(default_factory=list)


def weekly(frame: pl.DataFrame, today: date, *, weeks: int = 1) -> pl.DataFrame:
    """`frame` (with a column `day`) with a column `week`: the row stands in every window of `weeks` weeks it falls in.

    Window k holds the days from 7k+7·`weeks`-1 to 7k days ago. Rows after today and windows beyond `LONGEST` fall out.
    """
    age = (pl.lit(today) - pl.col("day")).dt.total_days()
    own = frame.with_columns((age // 7).alias("week")).filter(age >= 0, age < 7 * (LONGEST + weeks))
    if weeks == 1:
        return own.filter(pl.col("week") < LONGEST)
    spread = pl.concat([own.with_columns(pl.col("week") - back) for back in range(weeks)])
    return spread.filter(pl.col("week").is_between(0, LONGEST - 1))


def series(values: Mapping[int, float | None], today: date, first: date | None, *, empty: float | None) -> Series:
    """A weekly series from values by week; weeks without one get `empty`. Only whole weeks since `first` count."""
    if first is None:
        return []
    whole = min(((today - first).days + 1) // 7, LONGEST)
    return [(today - timedelta(days=7 * week), values.get(week, empty)) for week in reversed(range(whole))]


def by_week(table: pl.DataFrame, column: str) -> dict[int, float | None]:
    """`column` by `week` of an aggregated table."""
    return dict(zip(table["week"].to_list(), table[column].to_list(), strict=True))
