"""The trend of a weekly series: rising, falling or steady, by a test that one odd week cannot sway."""

from collections.abc import Sequence
from typing import Literal

import numpy as np

Trend = Literal["rising", "falling", "steady"]

WEEKS = 12
"""A quarter: long enough to tell a trend from a holiday, short enough to act on."""
LEAST_WEEKS = 6
Z_LEVEL = 1.6448536269514722
"""Two-sided 10 % level."""
LEAST_CHANGE = 0.1
"""A trend must move the series by a tenth of its level over the window: smaller changes are true but do not matter."""


def trend(series: Sequence[float | None]) -> Trend | None:
    """The trend of the last `WEEKS` values of a weekly series; None where fewer than `LEAST_WEEKS` are known.

    Mann–Kendall test (H. B. Mann, 1945; M. G. Kendall, 1975, with ties) for whether there is one, Theil–Sen slope
    (P. K. Sen, 1968) for how much.
    """
    tail = list(series)[-WEEKS:]
    known = [(week, value) for week, value in enumerate(tail) if value is not None]
    if len(known) < LEAST_WEEKS:
        return None
    weeks = np.array([week for week, _ in known], dtype=np.float64)
    values = np.array([value for _, value in known], dtype=np.float64)
    first, second = np.triu_indices(len(values), 1)
    rise = values[second] - values[first]
    sign = float(np.sign(rise).sum())
    count = len(values)
    tied = np.unique(values, return_counts=True)[1].astype(np.float64)
    variance = (count * (count - 1) * (2 * count + 5) - float((tied * (tied - 1) * (2 * tied + 5)).sum())) / 18
    if variance <= 0 or (abs(sign) - 1) / np.sqrt(variance) < Z_LEVEL:
        return "steady"
    slope = float(np.median(rise / (weeks[second] - weeks[first])))
    if abs(slope) * (weeks[-1] - weeks[0]) < LEAST_CHANGE * float(np.abs(values).mean()):
        return "steady"
    return "rising" if slope > 0 else "falling"
