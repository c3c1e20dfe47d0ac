"""What was to be expected: how much of an outcome a group would have had in some days ahead, had nothing begun.

From a group's own days before a moment, the same numbers for all groups: how much it had of late and over a season,
how regular it is, the weekdays, how far ahead one looks. Quantiles of the logarithm of the sum over the days ahead,
each linear in these, bounded below by zero (censored quantile regression: J. L. Powell, 1986); how wide, also by how
well the same forecast did at earlier moments of the same group (a placebo in time: A. Abadie, A. Diamond and
J. Hainmueller, 2015), drawn towards what is usual. The numbers come from the channels of group-lives
(`training/train_effect.py`, data/expected.json); what they are worth on channels not learned from: docs/truth.md.

Where silence is among what was to be expected, all of the 5 % lie above.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from huoqun.insight.track import WEEK, Floats, Places, Track

FILE = Path(__file__).parent / "data" / "expected.json"
SPANS = (3, 7, 28, 112)
"""Days over which the past is averaged."""
SEASON = 112
"""Days that tell the weekdays and how regular a group is."""
LEAST_DAYS = 28
"""Days of record before a moment, without which nothing is expected."""
BUSIEST = 20.0
"""A day: a tenth of the channels of group-lives were ever busier for a month."""
SHRINK = 3.0
"""Weeks of an even week that the weekdays are drawn towards."""
TRIALS = 40
"""Earlier moments at which the forecast is tried."""
WEIGHT = 1.0
"""Trials that the usual error counts as."""
LEANING = 1.0
"""Trials that no leaning counts as."""
STEADY = 0.6
"""A record so much better than usual, as a logarithm, is that of a steady group: what forecasts of it leant by counts
in full; of a usual one, not at all."""
WIDEST = 3.0
"""Logarithm of the widest half of an interval: whatever lies beyond what was learned stays finite."""


@dataclass(frozen=True)
class Model:
    """Coefficients: four rows (middle; logarithms of the way down, up to 95 %, and on to 97.5 %) over the situation."""

    plain: Floats
    """Without the record of earlier trials."""
    tried: Floats
    """With it, as the last column."""
    usual: float
    """Mean square of an earlier error, in half-widths."""
    steady: float
    """A better record of earlier trials than hardly any group had from which this was learned: what lies below it makes
    the interval narrower by as much, where the rest is worth what was learned."""


@dataclass(frozen=True)
class Quantiles:
    """Of log(1 + sum over the days ahead), one value a moment."""

    low: Floats
    middle: Floats
    high: Floats
    """97.5 %; 95 % where `low` is zero."""


@cache
def model(basis: str, outcome: str) -> Model:
    """The shipped numbers of a basis (`own`, `groups`) for an outcome; those of messages where it has none of its
    own."""
    table: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))[basis]
    found = table.get(outcome, table["messages"])
    return Model(np.array(found["plain"]), np.array(found["tried"]), float(found["usual"]), float(found["steady"]))


def situation(track: Track, at: Places, width: Places, gap: Places) -> Floats:
    """The numbers an expectation is made of, a row for each moment: the days from `at + gap` on, `width` of them."""
    ahead = width * weekdays(track, at, width, gap) / busier(track, at)
    short, week, month, season = (track.rate(at, days) for days in SPANS)
    age = np.maximum(np.minimum(track.known[at], 730.0), 1.0)
    columns = (
        np.ones(len(at)),
        *(np.log1p(ahead * rate) for rate in (short, week, month, season)),
        np.log(width / WEEK),
        np.log1p(gap / WEEK),
        _busy(track, at, 28),
        _busy(track, at, SEASON),
        unsteady(track, at),
        np.log(age / 90),
    )
    return np.stack(columns, axis=1)


def busier(track: Track, at: Places) -> Floats:
    """How many times as much as `BUSIEST` a day a group had in the month before, at least 1. What is busier than nearly
    all groups from which this was learned is looked at as one of the busiest of them, so many times over."""
    return np.maximum(track.rate(at, 28) / BUSIEST, 1.0)


def _busy(track: Track, at: Places, days: int) -> Floats:
    begin = np.maximum(at - days, 0)
    return (track.active[at] - track.active[begin]) / np.maximum(track.width(begin, at), 1.0)


def weekdays(track: Track, at: Places, width: Places, gap: Places) -> Floats:
    """What the weekdays of the days ahead have against an even week, by the season before; 1 for whole weeks."""
    begin = np.maximum(at - SEASON, 0)
    total = track.by_weekday[:, at] - track.by_weekday[:, begin]
    days = track.known_by_weekday[:, at] - track.known_by_weekday[:, begin]
    mean = total.sum(axis=0) / np.maximum(days.sum(axis=0), 1.0)
    factor = (total + SHRINK * mean) / ((days + SHRINK) * np.maximum(mean, 1e-9))
    factor = np.where(mean > 0, factor, 1.0)
    place = (at + gap - np.arange(WEEK)[:, None]) % WEEK
    after = (WEEK - place) % WEEK
    times = width // WEEK + (after < width % WEEK)
    against: Floats = (factor * times).sum(axis=0) / (factor.mean(axis=0) * width)
    return against


def unsteady(track: Track, at: Places) -> Floats:
    """How much one week differs from the next: standard deviation of the change of log(1 + messages), over a season."""
    edges = at[:, None] - WEEK * np.arange(SEASON // WEEK + 1)
    there = edges[:, 1:] >= 0
    weeks = np.log1p(track.total[np.maximum(edges[:, :-1], 0)] - track.total[np.maximum(edges[:, 1:], 0)])
    change = np.where(there[:, 1:], weeks[:, :-1] - weeks[:, 1:], np.nan)
    known = there[:, 1:].sum(axis=1)
    mean = np.nansum(change, axis=1) / np.maximum(known, 1)
    square = np.nansum((change - mean[:, None]) ** 2, axis=1) / np.maximum(known, 1)
    return np.where(known >= 2, np.sqrt(square), 1.0)


def quantiles(weights: Floats, where: Floats, offset: Floats | float = 0.0) -> tuple[Floats, Floats, Floats, Floats]:
    """Middle, way down, way up to 95 %, way up to 97.5 %."""
    found = where @ weights.T
    ways = np.exp(np.clip(found[:, 1:], -6.0, WIDEST))
    return found[:, 0] + offset, ways[:, 0], ways[:, 1], ways[:, 1] + ways[:, 2]


def trials(at: Places, width: Places, gap: Places) -> tuple[Places, Floats]:
    """Earlier moments (a row for each moment) whose days ahead end before it, half a width apart; and what each of them
    weighs: those that lie closer than their width overlap."""
    step = np.maximum(width // 2, 3)
    moments = ((at - width - gap)[:, None] - step[:, None] * np.arange(TRIALS)).astype(np.int64)
    weight: Floats = np.minimum(1.0, step / width)[:, None] * (moments >= LEAST_DAYS)
    return moments, weight


def tried(track: Track, at: Places, width: Places, gap: Places, using: Model) -> tuple[Floats, Floats]:
    """Of earlier forecasts of the same kind, as logarithms: how far they missed, in half-widths against what is usual;
    and which way they leant, as far as the group is steady enough for it to mean something."""
    moments, weight = trials(at, width, gap)
    row, column = np.nonzero(weight)
    error, down, up = (np.zeros_like(weight) for _ in range(3))
    if row.size:
        then = moments[row, column]
        error[row, column], down[row, column], up[row, column] = misses(track, then, width[row], gap[row], using)
    count = weight.sum(axis=1)
    lean = (weight * np.clip(error, -1.5, 1.5)).sum(axis=1) / (count + LEANING)
    left = error - lean[:, None]
    halves = np.clip(left / np.maximum(np.where(left > 0, up, down), 1e-9), -4.0, 4.0)
    square = (weight * halves**2).sum(axis=1)
    record: Floats = 0.5 * np.log((square + WEIGHT * using.usual) / (using.usual * (count + WEIGHT)))
    return record, lean * np.clip(-record / STEADY, 0.0, 1.0)


def misses(track: Track, at: Places, width: Places, gap: Places, using: Model) -> tuple[Floats, Floats, Floats]:
    """How far what then came lay from the middle of the plain forecast, as a logarithm, and its half-widths."""
    middle, down, _, up = quantiles(using.plain, situation(track, at, width, gap), np.log(busier(track, at)))
    error: Floats = np.log1p(track.filled(at + gap, at + gap + width)) - middle
    return error, down, up


def ways(track: Track, at: Places, width: Places, gap: Places, using: Model) -> tuple[Floats, Floats, Floats, Floats]:
    """As `quantiles`, with the record of earlier trials."""
    record, lean = tried(track, at, width, gap, using)
    known = np.maximum(record, using.steady)[:, None]
    where = np.concatenate([situation(track, at, width, gap), known], axis=1)
    middle, *found = quantiles(using.tried, where, lean + np.log(busier(track, at)))
    narrower = np.exp(np.minimum(record - using.steady, 0.0))
    down, up, farther = (way * narrower for way in found)
    return middle, down, up, farther


def expected(
    track: Track, at: Places, width: Places, gap: Places, using: Model, shift: Floats | float = 0.0
) -> Quantiles:
    """What was to be expected of the days ahead of each moment; `shift`: what the moment's circumstances add to the
    logarithm."""
    return bounded(*ways(track, at, width, gap, using), shift)


def bounded(middle: Floats, down: Floats, up: Floats, farther: Floats, shift: Floats | float = 0.0) -> Quantiles:
    """Quantiles of whole numbers not below zero."""
    middle = middle + shift
    low = np.floor(np.expm1(np.maximum(middle - down, 0.0)) + 1e-9)
    high = np.ceil(np.expm1(np.maximum(middle + np.where(low > 0, farther, up), 0.0)) - 1e-9)
    return Quantiles(np.log1p(low), np.maximum(middle, 0.0), np.log1p(high))
