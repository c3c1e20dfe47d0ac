"""The wait: how long questions waited for their first answer, counted within the hours in which somebody is there.

A question that has no answer yet is no missing number: it has waited at least so long. Median and ninetieth percentile
are therefore those of Kaplan and Meier (1958), over all questions, answered or not; of the answered alone they would
look the better the more was never answered.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

DAY = 24 * 60


@dataclass(frozen=True)
class Level:
    """What a set of questions comes to. `median` and `ninth` (ninetieth percentile) in minutes of the hours of service;
    None where so many have no answer that nobody can say. `within`: the share of those answered in time among those of
    whom it can be told (answered, or waiting longer than that); None where there are none."""

    asked: int
    answered: int
    late: int
    """Not answered in time: answered later, or waiting longer."""
    median: float | None
    ninth: float | None
    within: float | None


def minutes_between(begin: str, end: str, opens: pl.Expr, closes: pl.Expr) -> pl.Expr:
    """Minutes of service between two columns of moments on the wall clock (naive); `opens`, `closes`: the hours between
    which somebody is there, as minutes of the day. What is asked at night begins to wait in the morning."""
    return _minutes(pl.col(end), opens, closes) - _minutes(pl.col(begin), opens, closes)


def _minutes(moment: pl.Expr, opens: pl.Expr, closes: pl.Expr) -> pl.Expr:
    """Minutes of service from the beginning of the calendar to a moment."""
    day = moment.dt.date().to_physical().cast(pl.Float64)
    minute = moment.dt.hour().cast(pl.Float64) * 60 + moment.dt.minute() + moment.dt.second() / 60
    return day * (closes - opens) + (minute - opens).clip(0, closes - opens)


def level(waits: pl.DataFrame) -> Level:
    """The level of questions: columns `minutes` (waited until the first answer, or until now), `answered` (bool),
    `target` (minutes)."""
    if waits.is_empty():
        return Level(0, 0, 0, None, None, None)
    minutes, answered = waits["minutes"].to_numpy(), waits["answered"].to_numpy()
    target = waits["target"].to_numpy()
    late = minutes > target
    told = answered | late
    return Level(
        asked=waits.height,
        answered=int(answered.sum()),
        late=int(late.sum()),
        median=quantile(minutes, answered, 0.5),
        ninth=quantile(minutes, answered, 0.9),
        within=float((answered & ~late).sum() / told.sum()) if told.any() else None,
    )


def quantile(minutes: np.ndarray, answered: np.ndarray, share: float) -> float | None:
    """After how many minutes a share of all questions has an answer, by Kaplan and Meier; None where the record does
    not show that it ever is so."""
    if not len(minutes):
        return None
    times, at = np.unique(minutes, return_inverse=True)
    ends = np.bincount(at, weights=answered.astype(float), minlength=len(times))
    left = np.bincount(at, minlength=len(times))
    there = len(minutes) - np.concatenate([[0], np.cumsum(left)[:-1]])
    still = np.cumprod(1 - ends / there)
    reached = np.flatnonzero(still <= 1 - share + 1e-9)
    return float(times[reached[0]]) if len(reached) else None
