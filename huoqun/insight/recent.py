"""Recent links: answers are inferred for the latest part of a long history only, in parts side by side.

Nothing that is said of today looks further back: ties lose half of their weight in 60 days, newcomers, answers and
starts count over 90 days, strata over 90. What older links would change is the beginning of the network's film. There
the network's own word stays, and nearness stands for the rest (`Reading.seam`); docs/decisions/090-recent-links.md
has what that changes.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

import polars as pl

from huoqun.insight.native import native_links
from huoqun.insight.reply import links

REACH = timedelta(days=400)
"""Older answers are not inferred: a year and the 30 days before it, so that a year's film is of one piece."""

MOST = 100_000
"""Nor more than so many rows: what two cores do in some three seconds; docs/decisions/090."""

PART = 50_000
"""Rows inferred in one go, half of `MOST`: a part for each of two cores. Fixed, so that every machine finds the same
however many cores it has."""

AHEAD = 2_000
"""Rows after a part that are read with it: what follows a message tells about it too."""

SIDE_BY_SIDE = 2
"""Parts at a time: NumPy and Polars work outside of Python's lock for most of the time."""


@dataclass(frozen=True)
class Linked:
    """The links of a history, and from which row on they are complete."""

    links: pl.DataFrame
    """As `insight/reply` gives them, over the whole history."""
    first: int
    """Answers of rows before this one are only those that the network tells; 0: links are complete."""


def recent_links(rows: pl.DataFrame, *, now: datetime, reach: timedelta = REACH, most: int = MOST) -> Linked:
    """The links of the rows of one group (sorted): all that the network tells, and those inferred of the latest rows.

    `now` is naive UTC; inferred are rows after `now - reach`, at most about `most` (those of one moment stay together).
    """
    old = int(rows["time"].search_sorted(now - reach)) if rows.height else 0
    first = _of_one_moment(rows, max(old, rows.height - most))
    cuts = [first, *(_of_one_moment(rows, at) for at in range(first + PART, rows.height - PART // 2, PART))]
    cuts = [*sorted(set(cuts)), rows.height]
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        found = list(pool.map(lambda part: _of_part(rows, *part), zip(cuts, cuts[1:], strict=False)))
    told = native_links(rows.head(first))
    return Linked(pl.concat([told, *found]), first)


def _of_one_moment(rows: pl.DataFrame, at: int) -> int:
    """The first row of the same time as row `at`."""
    return int(rows["time"].search_sorted(rows["time"][at])) if 0 < at < rows.height else at


def _of_part(rows: pl.DataFrame, first: int, end: int) -> pl.DataFrame:
    if first >= end:
        return links(rows.head(0))
    found = links(rows.head(end + AHEAD), since=rows["time"][first] if first else None)
    return found.filter(pl.col("row") < end)
