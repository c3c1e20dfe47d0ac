"""Intervals: how sure a number is. Everything the document shows is at 80 %."""

import numpy as np
import numpy.typing as npt

from huoqun.insight.document import Interval

Z80 = 1.2815515655446004
"""Standard normal quantile of 0.9: 80 % lie between -Z80 and Z80."""


def wilson(hits: float, cases: float) -> Interval | None:
    """80 % interval of a share (E. B. Wilson, 1927). None without cases.

    It stays inside 0–1 and is honest for small samples, where the usual ± is not.
    """
    if cases <= 0:
        return None
    share, square = hits / cases, Z80**2
    centre = share + square / (2 * cases)
    half = Z80 * np.sqrt(share * (1 - share) / cases + square / (4 * cases**2))
    scale = 1 + square / cases
    low, high = float((centre - half) / scale), float((centre + half) / scale)
    return max(0.0, min(low, share)), min(1.0, max(high, share))


def mean_interval(values: npt.NDArray[np.float64]) -> Interval | None:
    """80 % interval of the mean of `values` by its standard error. None below three values."""
    if len(values) < 3:
        return None
    half = Z80 * float(values.std(ddof=1)) / np.sqrt(len(values))
    return float(values.mean() - half), float(values.mean() + half)


def block_share(hits: npt.NDArray[np.float64], cases: npt.NDArray[np.float64]) -> Interval | None:
    """80 % interval of sum(hits)/sum(cases) when cases come in blocks (days, people) that belong together.

    Linearised variance over blocks (the ratio estimator of survey sampling, W. G. Cochran, 1977, chapter 6):
    messages of one person or one day are not independent, and counting them as such would be too sure.
    None below three blocks.
    """
    total = float(cases.sum())
    if len(cases) < 3 or total <= 0:
        return None
    share = float(hits.sum()) / total
    left = hits - share * cases
    count = len(cases)
    error = np.sqrt(count / (count - 1) * float((left**2).sum())) / total
    return max(0.0, share - Z80 * error), min(1.0, share + Z80 * error)
