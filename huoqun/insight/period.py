"""The period: what a group was like from one day to another, and how two periods differ.

Everything is measured as of the end of the period, by the functions that the diagnosis uses, over the days of the
period in place of its fixed windows. Two periods may be of different length: what grows with length (people,
newcomers) is given by day or by week.

Differences carry an 80 % interval made of those of both sides (method of variance estimates recovery: G. Y. Zou and
A. Donner, 2008): it holds where the two are independent, so that overlapping periods have none. A difference is
`clear` where its interval leaves out nothing changed.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from math import sqrt
from typing import Literal

import numpy as np
import polars as pl

from huoqun.insight.answer import answers
from huoqun.insight.card import Card
from huoqun.insight.document import Interval, Part
from huoqun.insight.interval import Z80, block_share, mean_interval, wilson
from huoqun.insight.liveliness import LEAST_SPEAKERS, Ground, event_windows, inside
from huoqun.insight.measure import Unit
from huoqun.insight.mood import mood_rows
from huoqun.insight.newcomer import newcomers
from huoqun.insight.pulse import moment
from huoqun.insight.question import questions
from huoqun.insight.reading import Reading, reading
from huoqun.insight.recent import recent_links
from huoqun.insight.share import resampled, top_share
from huoqun.insight.tie import ties
from huoqun.insight.vital import ground

LONGEST = 3660
"""Days of a period at most: ten years."""
ANSWERED_IN = timedelta(hours=24)
"""Questions of the last day may still be answered: those that are not yet do not count (`insight/arrival`)."""
AROUND = timedelta(days=30)
"""Answers are inferred from so long before the period on, so that its first ones have what they answer."""

IDS = (
    "pulse",
    "speakers_a_day",
    "speakers",
    "newcomers_a_week",
    "newcomer_welcome",
    "answer_rate",
    "concentration",
    "event_dependence",
    "strong_tie_share",
    "ties_a_person",
    "mood",
)
"""What is measured, in the order pages show it."""


class Worth(Part):
    """One measure of a period: value, how many cases stand behind it, 80 % interval; None where nothing tells."""

    id: str
    unit: Unit
    value: float | None = None
    sample: int | None = None
    interval: Interval | None = None


class Period(Part):
    """A group from the day `begin` to the day `end`, both inclusive, on its calendar."""

    begin: date
    end: date
    days: int
    """Days of it that the history covers; the measures are over these."""
    messages: int
    daily: list[int]
    """Messages on each of these days."""
    measures: list[Worth]
    answers_from: date | None = None
    """Answers were inferred from this day on only, because the period holds too many messages; None: for all of it."""


class Difference(Part):
    """What a measure of the second period has more than that of the first."""

    id: str
    value: float | None
    interval: Interval | None
    clear: Literal["more", "less", ""] = ""
    """Which way it went, where that is beyond chance."""


@dataclass(frozen=True)
class _Window:
    """The group as of the end of the period, and the first day that counts."""

    base: Reading
    ground: Ground
    begin: date
    days: pl.DataFrame
    """Rows of `pulse.daily` that lie in the period."""

    @property
    def start(self) -> datetime:
        """Naive UTC at which it begins."""
        return moment(self.begin, self.base.card)

    @property
    def visits(self) -> pl.DataFrame:
        """Who spoke on which day of it."""
        return self.ground.visits.filter(pl.col("day") >= self.begin)


def period(rows: pl.DataFrame, card: Card, begin: date, end: date, *, now: datetime) -> Period:
    """What the rows of a group (sorted, its whole history) say of a period, as of its end or `now` (naive UTC)."""
    until = min(moment(end + timedelta(days=1), card) - timedelta(microseconds=1), now)
    seen = rows.filter(pl.col("time") <= until)
    since = moment(begin, card)
    if seen.is_empty() or since > until:
        return Period(begin=begin, end=end, days=0, messages=0, daily=[], measures=[])
    linked = recent_links(seen, now=until, reach=until - since + AROUND)
    base = reading(seen, linked.links, card, now=until, linked_from=linked.first)
    land = ground(base)
    window = _Window(base, land, begin, land.days.filter(pl.col("day").is_between(begin, end)))
    first = seen["time"].item(linked.first) if linked.first < seen.height else until
    cut = first > since and linked.first > int(seen["time"].search_sorted(since))
    found = {worth.id: worth for worth in _measures(window)}
    return Period(
        begin=begin,
        end=end,
        days=window.days.height,
        messages=int(window.days["messages"].sum()),
        daily=window.days["messages"].to_list(),
        measures=[found[id] for id in IDS],
        answers_from=seen["local"].item(linked.first).date() if cut else None,
    )


def _measures(window: _Window) -> Iterator[Worth]:
    yield from _talk(window)
    yield from _arrivals(window)
    yield _concentration(window)
    yield _events(window)
    yield from _ties(window)
    yield _mood(window)


def _talk(window: _Window) -> Iterator[Worth]:
    """Messages and speakers a day; days are the cases of their intervals."""
    days = window.days
    for id, column in (("pulse", "messages"), ("speakers_a_day", "speakers")):
        counts = days[column].to_numpy().astype(np.float64)
        around = mean_interval(counts)
        value = float(counts.mean()) if counts.size else None
        yield Worth(id=id, unit="per_day", value=value, sample=days.height, interval=around and _from_zero(around))
    people = window.visits["person"].n_unique()
    yield Worth(id="speakers", unit="count", value=float(people), sample=days.height)


def _arrivals(window: _Window) -> Iterator[Worth]:
    """Newcomers a week (a Poisson count on square roots), the share welcomed, the share of questions answered."""
    known = answers(window.base)
    came = newcomers(window.base, known=known).filter(pl.col("arrived") >= window.start)
    weeks = window.days.height / 7
    half = Z80 / 2
    low, high = max(sqrt(came.height) - half, 0.0) ** 2, (sqrt(came.height) + half) ** 2
    around = (low / weeks, high / weeks) if weeks else None
    value = came.height / weeks if weeks else None
    yield Worth(id="newcomers_a_week", unit="number", value=value, sample=came.height, interval=around)
    yield _share("newcomer_welcome", came["welcomed"].drop_nulls())
    asked = questions(window.base, known=known).filter(pl.col("time") >= window.start)
    over = pl.col("answered").is_not_null() | (pl.col("time") < window.base.now - ANSWERED_IN)
    yield _share("answer_rate", asked.filter(over)["answered"].is_not_null())


def _concentration(window: _Window) -> Worth:
    counts = window.visits.group_by("person").agg(pl.col("messages").sum())["messages"].sort()
    known = counts.to_numpy().astype(np.float64)
    if len(known) < LEAST_SPEAKERS:
        return Worth(id="concentration", unit="share", sample=len(known))
    around = resampled(known)[0]
    return Worth(id="concentration", unit="share", value=top_share(known), sample=len(known), interval=around)


def _events(window: _Window) -> Worth:
    """Messages inside events run by the owner or a guest, else inside bursts; days are the blocks."""
    said = window.base.messages.filter(pl.col("day") >= window.begin)
    within = inside(event_windows(window.ground, window.begin)).sum().alias("in")
    table = said.group_by("day").agg(pl.len().alias("all"), within).sort("day")
    total = int(table["all"].sum())
    if not total:
        return Worth(id="event_dependence", unit="share", sample=0)
    hits, cases = (table[column].to_numpy().astype(np.float64) for column in ("in", "all"))
    value = float(hits.sum()) / total
    return Worth(id="event_dependence", unit="share", value=value, sample=total, interval=block_share(hits, cases))


def _ties(window: _Window) -> Iterator[Worth]:
    """Of those who spoke in the period: the share with a strong tie at its end, and strong ties each.

    The interval of the second takes people as the cases, each with half of their ties' ends.
    """
    people = window.visits["person"].unique()
    pairs = ties(window.base).pairs.filter("strong")
    ends = pl.concat([pairs["a"], pairs["b"]])
    ends = ends.filter(ends.is_in(people.implode()))
    counts = ends.value_counts(name="ties")["ties"].to_numpy().astype(np.float64)
    each = np.concatenate([counts, np.zeros(people.len() - len(counts))])
    has = len(counts)
    share = has / people.len() if people.len() else None
    around = wilson(has, people.len())
    yield Worth(id="strong_tie_share", unit="share", value=share, sample=people.len(), interval=around)
    value = float(each.mean()) if each.size else None
    spread = mean_interval(each)
    yield Worth(
        id="ties_a_person", unit="number", value=value, sample=len(each), interval=spread and _from_zero(spread)
    )


def _mood(window: _Window) -> Worth:
    """Share of negative messages among those read (`insight/mood` reads an even sample of busy weeks)."""
    said = window.base.messages.filter(pl.col("day") >= window.begin)
    read = mood_rows(replace(window.base, messages=said)) if said.height else pl.DataFrame({"negative": []})
    return _share("mood", read["negative"])


def _share(id: str, hits: pl.Series) -> Worth:
    total = len(hits)
    many = int(hits.sum() or 0) if total else 0
    value = many / total if total else None
    return Worth(id=id, unit="share", value=value, sample=total, interval=wilson(many, total))


def _from_zero(around: Interval) -> Interval:
    return max(0.0, around[0]), around[1]


def differences(one: Period, other: Period) -> list[Difference]:
    """What `other` has more than `one`, measure by measure."""
    apart = one.end < other.begin or other.end < one.begin
    was = {worth.id: worth for worth in one.measures}
    return [_difference(was[worth.id], worth, apart=apart) for worth in other.measures if worth.id in was]


def _difference(one: Worth, other: Worth, *, apart: bool) -> Difference:
    if one.value is None or other.value is None:
        return Difference(id=one.id, value=None, interval=None)
    value = other.value - one.value
    if not apart or one.interval is None or other.interval is None:
        return Difference(id=one.id, value=value, interval=None)
    below = sqrt((other.value - other.interval[0]) ** 2 + (one.interval[1] - one.value) ** 2)
    above = sqrt((other.interval[1] - other.value) ** 2 + (one.value - one.interval[0]) ** 2)
    around = (value - below, value + above)
    clear: Literal["more", "less", ""] = "more" if around[0] > 0 else "less" if around[1] < 0 else ""
    return Difference(id=one.id, value=value, interval=around, clear=clear)
