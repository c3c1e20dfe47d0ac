"""The effect: what something that began on a day did to an outcome, with how sure that is.

Before, during and after, against what was to be expected of the days (`insight/expected`) had nothing begun: by
comparable groups where there are enough (`insight/comparison`), else by the group's own forecast. The estimate is what
the group had a day more than the middle of that; the interval is made of the bounds of it, so that it holds the true
difference in 95 % of cases (docs/truth.md measures it). It always has two ends. Where too little is known there is no
estimate, and `why` says what is missing.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from typing import Any, Literal

import numpy as np

from huoqun.insight.comparison import LEAST, LEAST_SUM, Common, Donor, common, matched
from huoqun.insight.expected import LEAST_DAYS, expected, model
from huoqun.insight.track import Track

Window = Literal["during", "after"]
Basis = Literal["groups", "own", ""]

LEVEL = 0.95
BEFORE = 56
"""Days before the beginning that count as before."""
AFTER = 28
"""Days after the end in which something is to last."""
LEAST_AFTER = 7
"""Days after the end without which nothing is said of them."""
HOLES = 0.2
"""Share of days missing from the record beyond which nothing is said."""


@dataclass(frozen=True)
class Effect:
    """What was found of one outcome. All values a day (shares: of one), None where they are not known."""

    outcome: str
    window: Window
    """Of which days: while it went on, or after it ended."""
    before: float | None
    during: float | None
    after: float | None
    against: float | None = None
    """What was to be expected of the days of `window`."""
    estimate: float | None = None
    """How much more there was than that."""
    low: float | None = None
    high: float | None = None
    level: float = LEVEL
    basis: Basis = ""
    enough: bool = False
    why: str = ""
    """Where not enough: `too_short` (history before), `too_few`, `not_begun`, `record_ends`, `holes`."""
    days: int = 0
    """Days of `window` on record."""
    planned: int = 0
    """Days it has altogether."""
    donors: tuple[str, ...] = ()
    change: float | None = None
    """What the others had against going on as before, as a ratio."""
    share: float | None = None
    """Part of that which the group was expected to go along with."""
    ratio: float | None = None
    """log((1 + had) / (1 + expected)) of the sums over the days, for pooling; and its standard error."""
    error: float | None = None

    @property
    def seen(self) -> Literal["more", "less", "none", ""]:
        """Whether the interval leaves out that nothing happened; "" where nothing can be said."""
        if self.low is None or self.high is None:
            return ""
        return "more" if self.low > 0 else "less" if self.high < 0 else "none"

    def told(self) -> dict[str, Any]:
        """As JSON has it."""
        return asdict(self) | {"seen": self.seen}


def effect(
    series: Track,
    donors: Sequence[Donor],
    start: date,
    end: date,
    *,
    window: Window = "during",
    kind: Donor | None = None,
) -> Effect:
    """The effect on one outcome of what went on from the day `start` to before the day `end`.

    `donors` are other groups to which nothing began in that time; `kind` says type and stage of the group itself.
    """
    begin, until = (start, end) if window == "during" else (end, end + timedelta(days=AFTER))
    width = (min(until, series.day(series.days)) - begin).days
    told = Effect(
        series.outcome,
        window,
        before=_mean(series, start - timedelta(days=BEFORE), start),
        during=_mean(series, start, end),
        after=_mean(series, end, end + timedelta(days=AFTER)),
        days=max(width, 0),
        planned=(until - begin).days,
    )
    why = _lacking(series, start, begin, width, told.planned, window)
    if why:
        return replace(told, why=why)
    like = matched(series, donors, start, begin + timedelta(days=width), kind)
    gap = (begin - start).days
    others = common(series, like, start, width, gap) if len(like) >= LEAST else None
    return _found(told, series, series.place(start), gap, others)


def _mean(series: Track, begin: date, end: date) -> float | None:
    """Mean a day (of a share: hits by cases) over days on record."""
    low, high = (min(max(series.place(day), 0), series.days) for day in (begin, end))
    cases = float(series.asked[high] - series.asked[low]) if high > low else 0.0
    return float(series.total[high] - series.total[low]) / cases if cases else None


def _lacking(series: Track, start: date, begin: date, width: int, planned: int, window: Window) -> str:
    """What is missing for a word about an effect; "" where nothing is."""
    at, first = series.place(start), series.place(begin)
    if at > series.days:
        return "not_begun" if window == "during" else "record_ends"
    if at < LEAST_DAYS:
        return "too_short"
    if width < min(1 if window == "during" else LEAST_AFTER, planned):
        return "record_ends"
    then, now = np.array([max(at - BEFORE, 0)]), np.array([at])
    if float(series.width(then, now)[0]) < (1 - HOLES) * float(at - then[0]):
        return "holes"
    here, there = np.array([first]), np.array([first + width])
    if float(series.width(here, there)[0]) < (1 - HOLES) * width:
        return "holes"
    least = LEAST_SUM[series.outcome]
    return "too_few" if float(series.sum(then, now)[0]) < least else ""


def _found(told: Effect, series: Track, start: int, gap: int, others: Common | None) -> Effect:
    """The effect where enough is known: of the days on record what the group had, less what was to be expected."""
    basis: Basis = "groups" if others else "own"
    at, wide, far = (np.array([number]) for number in (start, told.days, gap))
    found = expected(series, at, wide, far, model(basis, series.outcome), others.shift if others else 0.0)
    low, middle, high = (float(np.expm1(part[0])) / told.days for part in (found.low, found.middle, found.high))
    had = float(series.filled(at + gap, at + gap + wide)[0]) / told.days
    return replace(
        told,
        against=middle,
        estimate=had - middle,
        low=had - high,
        high=had - low,
        basis=basis,
        enough=True,
        donors=others.donors if others else (),
        change=float(np.exp(others.change)) if others else None,
        share=others.share if others else None,
        ratio=float(np.log1p(had * told.days) - found.middle[0]),
        error=float(found.high[0] - found.middle[0]) / 2,
    )
