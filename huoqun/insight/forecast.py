"""The forecast: three probabilities for the next 90 days from a group's past.

*silent*: nobody speaks; *third*, *half*: fewer than a third, fewer than half as many people speak as in the last 90
days. People count, not messages.

The model is a forest of extremely randomised trees (P. Geurts, D. Ernst, L. Wehenkel, 2006) whose leaves hold the
shares of all three at once, so that silent ≤ third ≤ half by construction. It is grown in bags, each on its own
bootstrap of channels: their spread says how much the probabilities hang on which groups were seen.
`training/train_verdict.py` grows it on group-lives (seven years of a public community, as metadata) and on the same
lives stretched in time, so that what it knows is the shape of a decline and not the pace of one community;
docs/decisions/050-forecast.md has what else was tried. Here it is arrays and a loop over depth.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from huoqun.insight.interval import Z80
from huoqun.insight.past import Floats, Past
from huoqun.insight.trait import FAMILIES, TRAITS, traits

FILE = Path(__file__).parent / "data" / "forest.npz"
PRIOR = Path(__file__).parent / "data" / "prior.json"
PRIOR_ODDS = 4.0
"""How far the odds of one group lie from those of all young groups: 80 % within a factor of four either way. Ours, set
wide on purpose."""
AHEAD = 90
"""Days."""
ENOUGH_DAYS = 90
ENOUGH_MESSAGES = 50
"""The least history for the model alone; below it, see `prior`."""
OUTCOMES = ("silent", "third", "half")

Shares = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Forest:
    """The trees, end to end: a node has a trait and a threshold, or is a leaf (trait -1) with a row of shares."""

    trait: npt.NDArray[np.int8]
    threshold: npt.NDArray[np.float32]
    left: npt.NDArray[np.int32]
    """Of inner nodes: where values up to the threshold go; the others go to the node after it. Of leaves: the row."""
    shares: npt.NDArray[np.float32]
    """By leaf: silent, third, half."""
    roots: npt.NDArray[np.int32]
    bags: npt.NDArray[np.int16]
    """By tree: which bag it belongs to."""
    typical: npt.NDArray[np.float32]
    """By trait: the median over the living groups it was grown on."""
    slope: Floats
    """By outcome: calibration on channels the trees had not seen: log-odds × slope + base."""
    base: Floats


@dataclass(frozen=True)
class Forecast:
    """The three probabilities, how sure they are, and what moved them."""

    probability: Floats
    """silent, third, half."""
    low: Floats
    high: Floats
    """80 % interval of each."""
    effects: dict[str, float]
    """By family of traits: change of the log-odds of half against a typical group."""


@cache
def forest() -> Forest:
    """The shipped parameters."""
    with np.load(FILE, allow_pickle=False) as file:
        return Forest(**{name: file[name] for name in Forest.__dataclass_fields__})


def leaves(trees: Forest, vectors: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """Shares by vector, tree and outcome. All vectors go down all trees together, one level at a time."""
    node = np.broadcast_to(trees.roots, (len(vectors), len(trees.roots))).astype(np.int64)
    row = np.arange(len(vectors))[:, None]
    while True:
        trait = trees.trait[node]
        inner = trait >= 0
        if not inner.any():
            return trees.shares[trees.left[node]].astype(np.float64)
        over = vectors[row, np.maximum(trait, 0)] > trees.threshold[node]
        node = np.where(inner, trees.left[node] + over, node)


def log_odds(trees: Forest, shares: Shares) -> Shares:
    """Calibrated log-odds of shares (last axis: outcomes). Shares of 0 and 1 are moved in by half a per mille."""
    inside = np.clip(shares, 0.0005, 0.9995)
    odds: Shares = np.log(inside / (1 - inside)) * trees.slope + trees.base
    return odds


def probabilities(odds: Shares) -> Shares:
    """Probabilities of log-odds, put in order: silent ≤ third ≤ half."""
    chance: Shares = np.maximum.accumulate(1 / (1 + np.exp(-odds)), axis=-1)
    return chance


def forecast(past: Past) -> Forecast:
    """The forecast for a group with this past."""
    trees = forest()
    vector = traits(past)
    shares = leaves(trees, vector[None].astype(np.float32))[0]
    odds = log_odds(trees, shares.mean(axis=0))
    width = Z80 * np.sqrt(between(trees, shares) + doubt(past))
    return Forecast(
        probabilities(odds), probabilities(odds - width), probabilities(odds + width), effects(trees, vector)
    )


def prior(past: Past) -> Forecast:
    """The forecast for a short or small history: what became of such groups, moved by the model as far as it has seen.

    The base are shares over the beginnings (under 90 days or 50 messages) of the channels of group-lives, by days of
    quiet. The model's log-odds count in proportion to how much of 90 days and of 50 messages there is; the interval is
    never narrower than a factor `PRIOR_ODDS` either way.
    """
    bands = json.loads(PRIOR.read_text(encoding="utf-8"))["bands"]
    band = next((one for one in bands if past.quiet < one["until"]), bands[-1])
    chance = np.array([band[outcome] for outcome in OUTCOMES])
    share = min(1.0, past.age / ENOUGH_DAYS) * min(1.0, float(past.messages.sum()) / ENOUGH_MESSAGES)
    trees = forest()
    model = log_odds(trees, leaves(trees, traits(past)[None].astype(np.float32))[0].mean(axis=0))
    odds = (1 - share) * np.log(chance / (1 - chance)) + share * model
    width = np.log(PRIOR_ODDS) * np.ones(len(OUTCOMES))
    return Forecast(probabilities(odds), probabilities(odds - width), probabilities(odds + width), {})


def between(trees: Forest, shares: Shares) -> Shares:
    """Variance of the log-odds over bags, by outcome: what other groups in the training data would have changed.

    A bag is a few random trees, so its mean also varies by their chance; that part (one-way analysis of variance, R. A.
    Fisher, 1925) is taken out, because the forecast is the mean of all of them. At least a tenth stays.
    """
    bags = [shares[trees.bags == bag] for bag in np.unique(trees.bags)]
    means = np.stack([bag.mean(axis=0) for bag in bags])
    by_tree = np.mean([bag.var(axis=0, ddof=1) / len(bag) for bag in bags], axis=0)
    whole = np.maximum(means.var(axis=0, ddof=1), 1e-9)
    odds: Shares = log_odds(trees, means).var(axis=0, ddof=1) * np.clip((whole - by_tree) / whole, 0.1, 1.0)
    return odds


def doubt(past: Past) -> float:
    """Variance of log-odds that no bootstrap of channels sees: a short history and few people say little.

    A quarter per 90 days of history, so that half a year adds a standard error of a third; and one per speaker of the
    last 90 days, the variance of a log count (five people: 0.45).
    """
    return 0.25 * float(min(1.0, 90 / past.age) ** 1.5) + 1 / max(past.speakers(0, 90), 1)


def effects(trees: Forest, vector: Floats) -> dict[str, float]:
    """By family: what it does to the log-odds of half, against a typical group.

    Mean of two views, those of the first and the last to enter (a two-point Shapley value, L. Shapley, 1953): the
    typical group with this group's family, and this group with the typical family.
    """
    typical = trees.typical.astype(np.float64)
    alone, without = [], []
    for family in FAMILIES.values():
        own = np.isin(TRAITS, family)
        alone.append(np.where(own, vector, typical))
        without.append(np.where(own, typical, vector))
    every = np.stack([vector, typical, *alone, *without]).astype(np.float32)
    odds = log_odds(trees, leaves(trees, every).mean(axis=1))[:, 2]
    count = len(FAMILIES)
    entered = odds[2 : 2 + count] - odds[1]
    removed = odds[0] - odds[2 + count :]
    return dict(zip(FAMILIES, ((entered + removed) / 2).tolist(), strict=True))
