"""Pooling: several effects as one, and each drawn towards what the others say.

Effects are logarithms of what was had over what was to be expected, each with its standard error. Random effects: true
effects differ between groups by `between` (R. DerSimonian and N. Laird, 1986); the mean's interval takes Student's t
and the spread that is seen (J. Hartung and G. Knapp, 2001), which holds for few runs. The mean of a kind of group is
drawn towards that of all in proportion to how little its own runs tell (empirical Bayes: B. Efron and C. Morris, 1975).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

LEAST = 3
"""Runs below which nothing is said of all."""
SPREAD_OF_SHARES = 0.05
SPREAD = 0.25
"""Least standard deviation between true effects that is assumed where few runs cannot tell; ours. Of shares,
whose effects are differences, the one above."""
T975 = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131)
"""97.5 % of Student's t, by degrees of freedom from 1 on."""


@dataclass(frozen=True)
class Pooled:
    """A mean of effects as a logarithm, with a 95 % interval; None where there are too few."""

    runs: int
    mean: float | None = None
    low: float | None = None
    high: float | None = None
    between: float = 0.0
    """Standard deviation between true effects."""
    drawn: float = 0.0
    """Of a kind: how far its mean was drawn towards that of all, 0 to 1."""


def t975(free: int) -> float:
    """97.5 % of Student's t."""
    return T975[free - 1] if free <= len(T975) else 1.96 + 2.5 / free


def pooled(effects: Sequence[tuple[float, float]], spread: float = SPREAD) -> Pooled:
    """Effects (logarithm, standard error) as one; `spread`: the least between them that is assumed."""
    count = len(effects)
    if count < LEAST:
        return Pooled(count)
    value, error = (np.array(part, dtype=np.float64) for part in zip(*effects, strict=True))
    fixed = 1 / np.maximum(error, 1e-3) ** 2
    centre = float(fixed @ value / fixed.sum())
    unlike = float(fixed @ (value - centre) ** 2) - (count - 1)
    scale = float(fixed.sum() - (fixed**2).sum() / fixed.sum())
    between = sqrt(max(unlike / scale, 0.0)) if scale > 0 else 0.0
    between = max(between, spread / sqrt(count))
    weight = 1 / (error**2 + between**2)
    mean = float(weight @ value / weight.sum())
    seen = float(weight @ (value - mean) ** 2) / ((count - 1) * float(weight.sum()))
    half = t975(count - 1) * sqrt(max(seen, 1 / float(weight.sum())))
    return Pooled(count, mean, mean - half, mean + half, between)


def by_kind(effects: Mapping[str, Sequence[tuple[float, float]]]) -> dict[str, Pooled]:
    """The mean of each kind, drawn towards that of all kinds; nothing of any where all are too few."""
    every = [one for some in effects.values() for one in some]
    whole = pooled(every)
    if whole.mean is None or whole.low is None:
        return {kind: Pooled(len(some)) for kind, some in effects.items()}
    of_all = ((whole.mean - whole.low) / t975(whole.runs - 1)) ** 2
    apart = max(whole.between, SPREAD) ** 2 / 2
    return {kind: _drawn(some, whole.mean, apart + of_all, whole.between) for kind, some in effects.items()}


def _drawn(some: Sequence[tuple[float, float]], towards: float, spread: float, between: float) -> Pooled:
    """The mean of a kind, as a prior of the mean of all and its own runs make it."""
    value, error = (np.array(part, dtype=np.float64) for part in zip(*some, strict=True))
    weight = 1 / (error**2 + max(between, SPREAD) ** 2)
    own = float(weight.sum())
    share = (1 / spread) / (1 / spread + own)
    mean = share * towards + (1 - share) * float(weight @ value / own)
    half = t975(max(len(some), 4)) * sqrt(1 / (1 / spread + own))
    return Pooled(len(some), mean, mean - half, mean + half, between, share)
