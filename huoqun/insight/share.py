"""How unevenly a group talks: the share of the loudest and the Gini coefficient."""

import numpy as np
import numpy.typing as npt

from huoqun.insight.document import Interval

Counts = npt.NDArray[np.float64]


def gini(counts: Counts) -> float | None:
    """Gini coefficient of messages over speakers: 0 all the same, towards 1 one says everything. None without any.

    C. Gini, 1912, in the form over sorted values; nobody with zero messages is in `counts`, so it says how speakers
    differ, not how many are silent.
    """
    total = float(counts.sum())
    if total <= 0:
        return None
    rank = np.arange(1, len(counts) + 1)
    return float((2 * rank - len(counts) - 1) @ np.sort(counts) / (len(counts) * total))


def top_share(counts: Counts, part: float = 0.2) -> float | None:
    """Share of all messages by the loudest `part` of the speakers. None without any.

    Where `part` is no whole number of people, the last one counts with the fraction: no jumps in small groups.
    """
    total = float(counts.sum())
    if total <= 0:
        return None
    loud = np.concatenate([[0.0], np.cumsum(np.sort(counts)[::-1])])
    return float(np.interp(part * len(counts), np.arange(len(loud)), loud)) / total


def resampled(counts: Counts, *, draws: int = 200, seed: int = 7) -> tuple[Interval | None, Interval | None]:
    """80 % bootstrap intervals of `top_share` and `gini` over people (B. Efron, 1979). None below five people.

    Above 2,000 people, resampling works on 2,000 of them drawn at even ranks and the width is scaled to the whole.
    """
    if len(counts) < 5:
        return None, None
    size = min(len(counts), 2000)
    scale = float(np.sqrt(size / len(counts)))
    base = np.sort(counts)[np.linspace(0, len(counts) - 1, size).astype(np.int64)]
    random = np.random.default_rng(seed)
    drawn = np.sort(base[random.integers(0, size, (draws, size))], axis=1)
    total = drawn.sum(axis=1)
    rank = 2 * np.arange(1, size + 1) - size - 1
    even = drawn @ rank / (size * total)
    cut = size - 0.2 * size
    low = int(np.floor(cut))
    loud = (drawn[:, low + 1 :].sum(axis=1) + drawn[:, low] * (low + 1 - cut)) / total
    return _around(top_share(counts), loud, scale), _around(gini(counts), even, scale)


def _around(value: float | None, draws: Counts, scale: float) -> Interval | None:
    if value is None:
        return None
    low, middle, high = np.quantile(draws, [0.1, 0.5, 0.9])
    return max(0.0, value - float(middle - low) * scale), min(1.0, value + float(high - middle) * scale)
