"""The panorama: everybody of a group and every tie that ever counted, week by week, with places that stay.

The document's picture (`insight/network`) is a film of few frames for one page; this is the whole, for a page of its
own. It keeps what came in each week instead of a strength at each moment: from that any moment follows exactly,

    strength(t) = sum over the tie's weeks w <= t of fresh[w] * 2^-((t - w) / half_life)

so that seven years of thousands of people are a megabyte, and the page can ask about a day that nobody computed.
"""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from huoqun.insight.film import fresh
from huoqun.insight.graph import RECENT, VISIBLE, circles, graph, without_owner
from huoqun.insight.network import ABSENT
from huoqun.insight.place import places
from huoqun.insight.reading import Reading
from huoqun.insight.roster import reason_text
from huoqun.insight.start import starts
from huoqun.insight.stratum import Past, gone, local_day, past, strata
from huoqun.insight.tie import HALF_LIFE, KINDS, RETURNED, STRONG, STRONG_MIXED, Ties

WEEK = timedelta(days=7)

MOST_MOMENTS = 60
"""Strata and circles are judged at so many moments at most, evenly spaced in weeks; a person keeps theirs between."""

MOST_PLACED = 6000
"""So many people get a place, the heaviest first; the others are listed. Finding places takes time by their square."""

FINE = 1000
"""Strengths are told in thousandths of a fresh reply."""

RULES = {
    "visible": VISIBLE,
    "strong": STRONG,
    "strong_mixed": STRONG_MIXED,
    "returned": RETURNED,
    "half_life_weeks": HALF_LIFE / WEEK,
    "recent_weeks": RECENT / WEEK,
    "fine": FINE,
}
"""What whoever reads a panorama needs to judge a tie as `insight/tie` does."""

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Panorama:
    """Everything as columns of whole numbers. A person is an index into `people`, a week one into `weeks`."""

    weeks: list[str]
    """The day on the group's calendar on which each week ends, oldest first; the last is the day of the diagnosis."""
    people: list[str]
    """Identities, in the order of their first message."""
    messages: list[int]
    reason: list[str]
    """Of each person's stratum now, as `Person.stratum_reason` of the document."""
    placed: list[int]
    """Persons with a place; the next two are their places in [-1, 1], in ten thousandths."""
    x: list[int]
    y: list[int]
    moments: list[int]
    """Weeks at which the next two were judged; each holds from its week on."""
    stratum: list[str]
    """By moment a digit a person: index into `STRATA`, 5 for who was not there."""
    circle: list[list[int]]
    """By moment and person of `placed`: their circle, -1 for none. A circle keeps its number over time as long as its
    people do."""
    ties: dict[str, Any]
    """By tie, a < b: `a`, `b`; counts of `reply`, `mention`, `quote`, `turn`; `first` and `last` day of evidence (days
    since 1970 on the group's calendar); `mixed`, the week from which on it is of two kinds (turns do not count), -1 for
    never; `cells`, how many of the next three belong to it: `week`, `forward` (what a gave b in that week, as left at
    its end, in thousandths), `backward`."""
    starts: dict[str, list[int]]
    """Conversations begun: `week`, `person`, `count`."""
    owner: int | None
    without_owner: dict[str, float] | None
    """What is left now without the owner: as `WithoutOwner` of the document."""
    rules: dict[str, float]


def panorama(reading: Reading, now: Ties) -> Panorama:
    """Everything as of `now`. A group in which nobody is tied has people and weeks, and no places."""
    times = week_ends(reading)
    cells = _counted(fresh(now.evidence, times), len(times))
    placed = _placed(cells, len(reading.people))
    at = _moments(len(times))
    begun = starts(reading)
    known = past(reading, now.evidence)
    first = reading.rows["time"].item(0) if reading.rows.height else now.at
    where = places(now.evidence, first, now.at, placed, reading.people) if placed.size else np.zeros((0, 2))
    owner = reading.card.owner
    left = without_owner(reading, now, begun=begun)
    said = reading.messages.group_by("person").len().sort("person")["len"].to_list()
    return Panorama(
        weeks=[local_day(time, reading.card.zone).isoformat() for time in times],
        people=reading.people,
        messages=said,
        reason=_reasons(known, now.at),
        placed=placed.tolist(),
        x=np.rint(where[:, 0] * 10_000).astype(int).tolist(),
        y=np.rint(where[:, 1] * 10_000).astype(int).tolist(),
        moments=at,
        stratum=_strata(reading, known, [times[i] for i in at]),
        circle=_circles(cells, placed, at),
        ties=_ties(cells, now.evidence, times, reading.card.zone),
        starts=_starts(begun, times),
        owner=reading.people.index(owner) if owner in reading.people else None,
        without_owner=left.model_dump() if left else None,
        rules=RULES,
    )


def told(whole: Panorama) -> dict[str, Any]:
    """A panorama as plain values."""
    return asdict(whole)


def week_ends(reading: Reading) -> list[datetime]:
    """The moments at which weeks end, counted back from the reading's now; the first week holds the first row."""
    span = reading.now - reading.rows["time"].item(0) if reading.rows.height else timedelta(0)
    return [reading.now - WEEK * i for i in reversed(range(int(span / WEEK) + 1))]


def level(cells: pl.DataFrame) -> pl.DataFrame:
    """`cells` (a, b, week, forward, backward; sorted) with `strength`: that of the tie at the end of the week."""
    grown = pl.lit(2.0).pow(pl.col("week") * (WEEK / HALF_LIFE))
    total = ((pl.col("forward") + pl.col("backward")) * grown).cum_sum().over("a", "b")
    return cells.with_columns(strength=total / grown)


def _counted(cells: pl.DataFrame, weeks: int) -> pl.DataFrame:
    """The cells of ties that counted (`VISIBLE`) at some time, in thousandths as they are told."""
    fine = (pl.col("forward", "backward") * FINE).round().cast(pl.Int64)
    found = level(cells.rename({"frame": "week"}).filter(pl.col("week") < weeks).sort("a", "b", "week"))
    return found.filter(pl.col("strength").max().over("a", "b") >= VISIBLE).with_columns(
        fine.name.suffix("_fine"), pl.col("a", "b", "week").cast(pl.Int64)
    )


def _placed(cells: pl.DataFrame, count: int) -> Numbers:
    """Who gets a place, ascending: whoever was tied at some time."""
    weight = np.zeros(count)
    peak = cells.group_by("a", "b", maintain_order=True).agg(pl.col("strength").max())
    for end in ("a", "b"):
        np.add.at(weight, peak[end].to_numpy(), peak["strength"].to_numpy())
    order = np.lexsort((np.arange(count), -weight))
    return np.sort(order[weight[order] > 0][:MOST_PLACED])


def _moments(weeks: int) -> list[int]:
    step = -(-weeks // MOST_MOMENTS)
    return list(range((weeks - 1) % step, weeks, step))


def _reasons(known: Past, at: datetime) -> list[str]:
    judged = strata(known, at=at).select("reason", "value", "of")
    return [reason_text(*row) for row in judged.iter_rows()]


def _strata(reading: Reading, known: Past, times: list[datetime]) -> list[str]:
    made = []
    for at, left in zip(times, gone(reading, times), strict=True):
        codes = np.full(len(reading.people), ABSENT, dtype=np.uint8)
        then = strata(known, at=at)
        codes[then["person"].to_numpy()] = then["stratum"].to_physical().to_numpy()
        codes[left.to_numpy()] = ABSENT
        made.append((codes + ord("0")).tobytes().decode())
    return made


def _circles(cells: pl.DataFrame, placed: Numbers, moments: list[int]) -> list[list[int]]:
    """By moment, the circles of the ties that then count, each with the number of the one before that it goes on."""
    last = np.full(placed.size, -1)
    within = pl.Series(placed).implode()
    used = 0
    made = []
    for week in moments:
        seen = cells.filter(pl.col("week") <= week).group_by("a", "b", maintain_order=True).last()
        faded = pl.col("strength") * pl.lit(0.5).pow((week - pl.col("week")) * (WEEK / HALF_LIFE))
        seen = seen.filter(pl.col("a").is_in(within) & pl.col("b").is_in(within))
        ends = {end: np.searchsorted(placed, seen[end].to_numpy()) for end in ("a", "b")}
        pairs = pl.DataFrame({**ends, "strength": seen.select(faded)["strength"]})
        found = circles(graph(placed.size, pairs))
        last, used = _gone_on(found, last, used)
        made.append(last.tolist())
    return made


def _gone_on(found: Numbers, before: Numbers, used: int) -> tuple[Numbers, int]:
    """`found` renumbered: who share most people share a number; new circles get new ones from `used` on."""
    both = (found >= 0) & (before >= 0)
    pairs, shared = np.unique(np.column_stack([found[both], before[both]]), axis=0, return_counts=True)
    number: dict[int, int] = {}
    taken: set[int] = set()
    for k in np.lexsort((pairs[:, 1], pairs[:, 0], -shared)):
        new, old = int(pairs[k, 0]), int(pairs[k, 1])
        if new not in number and old not in taken:
            number[new] = old
            taken.add(old)
    for new in range(int(found.max(initial=-1)) + 1):
        if new not in number:
            number[new] = used
            used += 1
    names = np.array([number[new] for new in range(len(number))] or [0])
    return np.where(found >= 0, names[np.maximum(found, 0)], -1), used


def _ties(cells: pl.DataFrame, evidence: pl.DataFrame, times: list[datetime], zone: str) -> dict[str, Any]:
    kept = cells.select("a", "b").unique(maintain_order=True).with_row_index("tie")
    week = pl.Series("week", pl.Series(times, dtype=pl.Datetime("us")).search_sorted(evidence["time"], side="left"))
    there = pl.col("time").dt.replace_time_zone("UTC").dt.convert_time_zone(zone)
    given = (
        evidence.select(
            pl.min_horizontal("a", "b").cast(pl.Int64).alias("a"),
            pl.max_horizontal("a", "b").cast(pl.Int64).alias("b"),
            "kind",
            week.cast(pl.Int64),
            day=there.dt.date().cast(pl.Int32),
        )
        .join(kept, on=["a", "b"])
        .group_by("tie")
        .agg(
            *((pl.col("kind") == kind).sum().alias(kind) for kind in KINDS),
            *(pl.col("week").filter(pl.col("kind") == kind).min().alias("since_" + kind) for kind in KINDS[:3]),
            first=pl.col("day").min(),
            last=pl.col("day").max(),
        )
        .sort("tie")
    )
    since = pl.concat_list("since_" + kind for kind in KINDS[:3]).list.drop_nulls().list.sort()
    given = given.with_columns(mixed=since.list.get(1, null_on_oob=True).fill_null(-1))
    count = cells.group_by("a", "b", maintain_order=True).len()["len"]
    columns = {name: given[name].to_list() for name in (*KINDS, "first", "last", "mixed")}
    return {
        "a": kept["a"].to_list(),
        "b": kept["b"].to_list(),
        **columns,
        "cells": count.to_list(),
        "week": cells["week"].to_list(),
        "forward": cells["forward_fine"].to_list(),
        "backward": cells["backward_fine"].to_list(),
    }


def _starts(begun: pl.DataFrame, times: list[datetime]) -> dict[str, list[int]]:
    week = pl.Series("week", pl.Series(times, dtype=pl.Datetime("us")).search_sorted(begun["time"], side="left"))
    counted = begun.with_columns(week).group_by("week", "person").len("count").sort("week", "person")
    return {name: counted[name].to_list() for name in ("week", "person", "count")}
