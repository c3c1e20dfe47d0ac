"""The effect: what something that began on a day did to an outcome, with how sure that is.

Before, during and after, against what was to be expected of the days (`insight/expected`) had nothing begun: by
comparable groups where there are enough (`insight/comparison`), else by the group's own forecast. The estimate is what
the group had a day more than the middle of that; the interval is made of the bounds of it, so that it holds the true
difference in 95 % of cases (docs/truth.md measures it). It always has two ends. Where too little is known there is no
estimate, and `why` says what is missing.

Three sorts of outcomes: counts are sums over days, told a day; a stock is told as of the last of the days; a share is
told of all their cases together, and compared with the group's own past only.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from typing import Any, Literal

import numpy as np

from huoqun.insight.comparison import LEAST, LEAST_SUM, Common, Donor, common, matched
from huoqun.insight.expected import LEAST_DAYS, Model, expected, model
from huoqun.insight.expected_share import LEAST_AHEAD, LEAST_BEFORE, ShareModel, expected_share, share_model
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


STOCKS = ("bonds",)
"""Outcomes told as of a day."""
Z95 = 1.96


@dataclass(frozen=True)
class Numbers:
    """Where the numbers behind the intervals come from: by basis and outcome, and by outcome of shares."""

    count: Callable[[str, str], Model] = model
    share: Callable[[str], ShareModel] = share_model


SHIPPED = Numbers()


@dataclass(frozen=True)
class Effect:
    """What was found of one outcome. Counts a day, stocks as they stood, shares of one; None where not known."""

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
    """Where not enough: `too_short` (history before), `too_few` (before it), `few_cases` (in the days that are asked
    for), `not_begun`, `record_ends`, `holes`."""
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
    """For pooling: log((1 + had) / (1 + expected)) of the sums over the days, of a share `estimate`; and its standard
    error."""
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
    using: Numbers = SHIPPED,
) -> Effect:
    """The effect on one outcome of what went on from the day `start` to before the day `end`.

    `donors` are other groups to which nothing began in that time; `kind` says type and stage of the group itself.
    """
    begin, until = (start, end) if window == "during" else (end, end + timedelta(days=AFTER))
    last = min(until, series.day(series.days))
    width = (last - begin).days
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
    gap, wide = (begin - start).days, width
    if series.cases is not None:
        return _found_share(told, series, series.place(start), gap, using)
    if series.outcome in STOCKS:
        gap, wide = gap + width - 1, 1
    like = matched(series, donors, start, last, kind)
    others = common(series, like, start, wide, gap) if len(like) >= LEAST else None
    return _found(told, series, (series.place(start), wide, gap), others, using)


def _mean(series: Track, begin: date, end: date) -> float | None:
    """Mean a day (of a share: hits by cases) over days on record; of a stock what it was on the last of them."""
    low, high = (min(max(series.place(day), 0), series.days) for day in (begin, end))
    if series.outcome in STOCKS:
        return float(series.values[high - 1]) if high > low else None
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
    if series.cases is not None:
        before, ahead = series.asked[at] - series.asked[then[0]], series.asked[first + width] - series.asked[first]
        return "too_few" if before < LEAST_BEFORE else "few_cases" if ahead < LEAST_AHEAD else ""
    least = LEAST_SUM[series.outcome]
    return "too_few" if float(series.sum(then, now)[0]) < least else ""


def _found(told: Effect, series: Track, where: tuple[int, int, int], others: Common | None, using: Numbers) -> Effect:
    """The effect where enough is known: of the days on record what the group had, less what was to be expected.
    `where`: place of the beginning, how many days are summed, and how long after it they begin."""
    basis: Basis = "groups" if others else "own"
    at, wide, far = (np.array([number]) for number in where)
    days = where[1]
    numbers = using.count(basis, series.outcome)
    found = expected(series, at, wide, far, numbers, others.shift if others else 0.0)
    low, middle, high = (float(np.expm1(part[0])) / days for part in (found.low, found.middle, found.high))
    had = float(series.filled(at + far, at + far + wide)[0]) / days
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
        ratio=float(np.log1p(had * days) - found.middle[0]),
        error=float(found.high[0] - found.middle[0]) / 2,
    )


def _found_share(told: Effect, series: Track, at: int, gap: int, using: Numbers) -> Effect:
    """The same of a share."""
    found = expected_share(series, at, told.days, gap, using.share(series.outcome))
    first = at + gap
    cases = float(series.asked[first + told.days] - series.asked[first])
    had = float(series.total[first + told.days] - series.total[first]) / cases
    return replace(
        told,
        against=found.middle,
        estimate=had - found.middle,
        low=had - found.high,
        high=had - found.low,
        basis="own",
        enough=True,
        ratio=had - found.middle,
        error=max(found.high - found.low, 1 / cases) / (2 * Z95),
    )
