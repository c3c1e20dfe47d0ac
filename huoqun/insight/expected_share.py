"""The share that was to be expected: of what is asked or said in some days ahead, how much would be answered, negative,
… had nothing begun.

The middle is the share of late, older days fading; how far it may lie from that grows with how few cases there are, how
little is known of before, how unlike one another the group's own weeks were, and how far ahead one looks. Distances are
those of the arcsine of the square root, on which a share of few cases varies alike everywhere (F. J. Anscombe, 1948).
The ways down and up are quantiles linear in these, learned on group-lives (`training/train_share.py`,
data/expected_share.json), where shares of which the truth is known are looked at; what they are worth: docs/truth.md.

Where none at all was among what was to be expected, all of the 5 % lie above; where all were, below.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from huoqun.insight.track import WEEK, Floats, Track

FILE = Path(__file__).parent / "data" / "expected_share.json"
HALF_LIFE = 80.0
"""Days in which a case of the past loses half of its weight; of 20 to 320 the one that misses least on group-lives."""
PRIOR = 2.0
"""Cases that the usual share counts as."""
SEASON = 16
"""Weeks whose unlikeness is looked at."""
ALIKE = 8.0
"""Weeks that those of a group without a record count as: as alike as chance makes them."""
LEAST_BEFORE = 20
"""Cases in the eight weeks before, without which nothing is expected."""
LEAST_AHEAD = 5
"""Cases in the days ahead, without which nothing is said."""
MOST = 3000.0
"""Cases that more of them count as: so many were learned from."""
UNLIKE = (0.4, 8.0)
"""Within these the unlikeness of weeks is believed."""
WIDEST = 0.5
"""Logarithm of the widest way: more than from none to all."""


@dataclass(frozen=True)
class ShareModel:
    """Four rows of coefficients (ways down to 2.5 % and 5 %, up to 95 % and 97.5 %, as logarithms) over `situation`;
    `usual`: the share where nothing is known."""

    ways: Floats
    usual: float


@dataclass(frozen=True)
class ShareRange:
    """A share: the middle of what was to be expected, and the ends of 95 %, as whole numbers of the cases."""

    low: float
    middle: float
    high: float


@cache
def share_model(outcome: str) -> ShareModel:
    """The shipped numbers of an outcome."""
    table: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))[outcome]
    return ShareModel(np.array(table["ways"]), float(table["usual"]))


def lately(track: Track, at: int, usual: float) -> tuple[float, float]:
    """The share before a place, older days fading, and how many cases it rests on."""
    faded = np.where(track.seen[:at], 0.5 ** ((at - 1 - np.arange(at)) / HALF_LIFE), 0.0)
    cases = np.zeros(at) if track.cases is None else track.cases[:at]
    total = float(faded @ cases)
    share = (float(faded @ track.values[:at]) + PRIOR * usual) / (total + PRIOR)
    return share, total**2 / max(float(faded**2 @ cases), 1e-9)


def unlike(track: Track, at: int) -> float:
    """How unlike one another a group's weeks were, against what chance makes of their cases: 1 where they were not."""
    ends = at - WEEK * np.arange(SEASON)
    ends = ends[ends >= WEEK]
    hits, cases = track.total[ends] - track.total[ends - WEEK], track.asked[ends] - track.asked[ends - WEEK]
    share = (float(hits.sum()) + 0.5) / (float(cases.sum()) + 1.0)
    known = cases > 0
    chance = np.maximum(cases, 1.0) * share * (1 - share)
    square = float(((hits - cases * share) ** 2 / chance)[known].sum())
    return (square + ALIKE) / (max(int(known.sum()) - 1, 0) + ALIKE)


def situation(track: Track, at: int, width: int, gap: int, usual: float) -> tuple[float, Floats]:
    """The middle, on the scale of `arc`, and the numbers that the ways are made of, of the `width` days from `at + gap`
    on."""
    share, known = lately(track, at, usual)
    ahead = float(track.asked[at + gap + width] - track.asked[at + gap])
    cases, known = (min(max(number, 1.0), MOST) for number in (ahead, known))
    return float(arc(share)), np.array(
        [
            1.0,
            np.log(cases),
            np.log(cases) ** 2 / 10,
            np.log(known),
            np.log(4 * share * (1 - share) + 1e-3),
            share - usual,
            np.log(np.clip(unlike(track, at), *UNLIKE)),
            np.log1p((gap + width) / WEEK),
        ]
    )


def arc(share: float | Floats) -> Any:
    """The arcsine of the square root."""
    return np.arcsin(np.sqrt(np.clip(share, 0.0, 1.0)))


def expected_share(track: Track, at: int, width: int, gap: int, using: ShareModel) -> ShareRange:
    """What was to be expected of the cases of the days ahead. There must be some."""
    cases = float(track.asked[at + gap + width] - track.asked[at + gap])
    middle, where = situation(track, at, width, gap, using.usual)
    down, less, more, up = (float(way) for way in np.exp(np.clip(using.ways @ where, -6.0, WIDEST)))
    low, high = _count(middle - down, cases), _count(middle + up, cases)
    if low <= 0:
        high = _count(middle + more, cases)
    elif high >= cases:
        low = _count(middle - less, cases)
    return ShareRange(low / cases, float(np.sin(middle) ** 2), high / cases)


def _count(place: float, cases: float) -> float:
    """The whole number of cases nearest to a place on the scale of `arc`."""
    return float(np.rint(cases * np.sin(np.clip(place, 0.0, np.pi / 2)) ** 2))
