"""The muster: everybody on a shelf counted, with sorted numbers instead of names.

The same three tables that `insight/fleet` asks any engine for as expressions (`people_of`, `best_of`, `followed`), made
as NumPy makes them fast: a shelf sorted by group and person holds each person's rows as one run, in the order of time,
and every count is a sum over runs. Groups and persons stay numbers; a test holds both ways to equal answers.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from huoqun.insight.shelf import Codes, Shelf, runs

BITS = 62
"""Days that a whole number holds as bits, with the sign free."""
SPOKE = ("spoke_0", "spoke_1", "spoke_2")
"""Whole numbers whose bits are the days of the last half year on which a person spoke."""


@dataclass(frozen=True)
class Muster:
    """A shelf's tables. `group` is its number on the shelf, `sender` the person's row in `people`."""

    people: pl.DataFrame
    """As `people_of`, by group; the days (`SPOKE`) only of those who came since the first of them."""
    best: pl.DataFrame
    """group, pulse_best."""
    row: Codes
    """The shelf's rows, person by person."""
    starts: Codes
    """Where in `row` each person begins."""


def muster(shelf: Shelf, *, now: datetime, begin: int) -> Muster:
    """Count a shelf as of `now` (naive UTC); the bits of `SPOKE` start at day `begin` (days since 1970)."""
    row, starts = runs(shelf.group, shelf.person)
    size = np.diff(np.append(starts, row.size))
    time, day = shelf.time[row], shelf.day[row]
    since = np.minimum.reduceat(day, starts)
    table: dict[str, Any] = {
        "group": shelf.group[row[starts]],
        "sender": np.arange(starts.size),
        "n": size,
        "first": np.minimum.reduceat(time, starts).view("datetime64[us]"),
        "last": np.maximum.reduceat(time, starts).view("datetime64[us]"),
        "day": since.astype(np.int32),
    }
    for days in (90, 28, 7):
        later = time > micros(now - timedelta(days=days))
        table[f"n_{days}d"] = np.add.reduceat(later, starts, dtype=np.int32)
    table |= _spoke(day, size, since >= begin, begin)
    return Muster(pl.DataFrame(table), _best(shelf), row, starts)


def followed(
    shelf: Shelf, counted: Muster, *, now: datetime, span: timedelta, warm_up: timedelta
) -> pl.DataFrame | None:
    """Questions of the last `span` before `now`, and first words of who came in it (but not in the first `warm_up` of
    the history), with the time at which somebody else spoke next: as `followed` of `insight/fleet`.

    None where two of the rows have one group, time and order: then only their keys tell which is first.
    """
    since = now - span
    row = _in_order(shelf, np.flatnonzero(shelf.time > micros(since)))
    group, person, time, order = (column[row] for column in (shelf.group, shelf.person, shelf.time, shelf.order))
    same, at_once = _as_next(group), _as_next(time)
    if (same & at_once & _as_next(order)).any():
        return None
    ends = np.flatnonzero(~(same & _as_next(person)))
    end = np.repeat(ends, np.diff(ends, prepend=-1))
    new = np.zeros(shelf.time.size, dtype=np.bool_)
    new[_first_words(shelf, counted, row, since, warm_up)] = True
    asks, new = shelf.asks[row], new[row]
    told = np.flatnonzero(asks | new)
    after = np.append(time[1:], 0)[end[told]] if told.size else time[told]
    found = {
        "group": group[told],
        "time": time[told].view("datetime64[us]"),
        "order": order[told],
        "sender": group[told].astype(np.int64) * shelf.senders.len() + person[told],
        "key": row[told],
        "asks": asks[told],
        "new": new[told],
        "next": after.view("datetime64[us]"),
        "known": same[end[told]],
    }
    return pl.DataFrame(found).with_columns(next=pl.when("known").then("next")).drop("known")


def _in_order(shelf: Shelf, some: Codes) -> Codes:
    """Some of a shelf's rows, sorted by group, time and order."""
    row = some[runs(shelf.group[some])[0]]
    group, time, order = shelf.group[row], shelf.time[row], shelf.order[row]
    back = (time[1:] < time[:-1]) | ((time[1:] == time[:-1]) & (order[1:] < order[:-1]))
    sorted_already = not (back & (group[1:] == group[:-1])).any()
    return row if sorted_already else row[np.lexsort((order, time, group))]


def _as_next(values: Codes) -> npt.NDArray[np.bool_]:
    """Whether the next value is the same; there is none after the last."""
    same = np.zeros(values.size, dtype=np.bool_)
    np.equal(values[1:], values[:-1], out=same[:-1])
    return same


def _first_words(shelf: Shelf, counted: Muster, row: Codes, since: datetime, warm_up: timedelta) -> Codes:
    """Of who came after `since` the first of their rows among `row`, which are in order."""
    came = _came(counted.people, since, warm_up)
    begins, size = counted.starts[came], counted.people["n"].to_numpy()[came]
    first = np.cumsum(size) - size
    mine = counted.row[np.repeat(begins - first, size) + np.arange(size.sum())]
    place = np.full(shelf.time.size, -1)
    place[row] = np.arange(row.size)
    found: Codes = row[np.minimum.reduceat(place[mine], first)] if first.size else row[:0]
    return found


def arrivals(shelf: Shelf, counted: Muster, *, since: datetime, warm_up: timedelta) -> pl.DataFrame:
    """group, sender (names) and first (time) of who first spoke after `since`, but not in the history's `warm_up`."""
    came = _came(counted.people, since, warm_up)
    row = counted.row[counted.starts[came]]
    names = {"group": shelf.names.gather(shelf.group[row]), "sender": shelf.senders.gather(shelf.person[row])}
    return pl.DataFrame(names | {"first": counted.people["first"].filter(came)})


def micros(time: datetime) -> int:
    """Microseconds since 1970."""
    return int(np.datetime64(time, "us").astype(np.int64))


def _came(people: pl.DataFrame, since: datetime, warm_up: timedelta) -> npt.NDArray[np.bool_]:
    """Who first spoke after `since`, but not in the first days of the history."""
    begin = pl.col("first").min().over("group")
    came = people.select((pl.col("first") > since) & (pl.col("first") >= begin + warm_up))
    return came.to_series().to_numpy()


def _spoke(day: Codes, size: Codes, late: npt.NDArray[np.bool_], begin: int) -> dict[str, Codes]:
    """`SPOKE` of the persons who are `late`, whose rows (`size` of each, one person after the other) are on `day`."""
    words: dict[str, Codes] = {name: np.zeros(size.size, dtype=np.int64) for name in SPOKE}
    if late.any():
        mine = day[np.repeat(late, size)] - begin
        starts = np.cumsum(size[late]) - size[late]
        for i, name in enumerate(SPOKE):
            bit = mine - BITS * i
            inside = (bit >= 0) & (bit < BITS)
            unit = np.left_shift(inside.astype(np.int64), np.where(inside, bit, 0))
            words[name][late] = np.bitwise_or.reduceat(unit, starts)
    return words


def _best(shelf: Shelf) -> pl.DataFrame:
    """The best seven days in a row begin on a day on which something was said."""
    oldest = int(shelf.day.min())
    stride = int(shelf.day.max()) - oldest + 8
    at = shelf.group * np.int64(stride) + (shelf.day - oldest)
    begins = np.flatnonzero(np.append(True, at[1:] != at[:-1]))
    said = np.diff(np.append(begins, at.size))
    row = np.argsort(at[begins])
    day, said = at[begins][row], said[row]
    total = np.append(0, np.cumsum(said))
    week = total[np.searchsorted(day, day + 7)] - total[:-1]
    group = day // stride
    first = np.flatnonzero(np.append(True, group[1:] != group[:-1]))
    return pl.DataFrame({"group": group[first], "pulse_best": np.maximum.reduceat(week, first) / 7})
