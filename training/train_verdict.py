"""Grows the forest of `insight/forecast` on group-lives and writes it to `insight/data/forest.npz`.

Run as `python -m training.train_verdict` with HUOQUN_DATA set. Deterministic; under five minutes on one core.

Grown on: the sampling rule of the data's README, but every 10 days instead of 60; the same lives stretched in time by
0.4 to 2.5 (what is learned is then a shape, not a pace); and, with little weight, moments outside the rule (younger,
smaller, quiet for longer), because operators bring such groups too. Every bag has its own bootstrap of channels; a
channel not in the bag lends its samples to the calibration.
"""

import json
from dataclasses import dataclass

import numpy as np
from sklearn.ensemble import ExtraTreesRegressor
from sklearn.linear_model import LogisticRegression

from huoqun.insight.forecast import FILE, OUTCOMES, PRIOR, Forest, leaves, log_odds
from huoqun.insight.past import past
from huoqun.insight.trait import traits
from training.lives import AHEAD_DAYS, LEAST_MESSAGES, Life, Sample, distinct, lives, samples

STRETCHES = {0.4: 60, 0.5: 60, 0.6: 60, 0.7: 60, 0.8: 60, 1.25: 60, 1.4: 60, 1.6: 60, 2.0: 60, 2.5: 60}
"""Time factor, and days between samples."""
DENSE_DAYS = 10
STRETCHED_WEIGHT = 0.6
OUTSIDE_WEIGHT = 0.6
BAGS = 30
TREES = 4
LEAF = 12
TRAITS_TRIED = 0.3
SEED = 20
BANDS = (7, 14, 30, 60, 366)


@dataclass(frozen=True)
class Table:
    """Samples as numbers: traits, the three outcomes, channel, moment, weight, and where they come from."""

    vectors: np.ndarray
    outcomes: np.ndarray
    life: np.ndarray
    when: np.ndarray
    """The moment in the days of its life; stretched lives have days of their own."""
    real: np.ndarray
    """The moment in true days."""
    over: np.ndarray
    """When what came after was over, in true days."""
    weight: np.ndarray
    kind: np.ndarray
    """0: by the rule, 60 days apart; 1: by the rule, denser; 2: stretched; 3: outside the rule."""
    simple: np.ndarray
    """What simple rules read: days since the last message, messages in 30 days, in the 60 before, speakers in 30."""

    def part(self, mask: np.ndarray) -> "Table":
        """The samples where `mask` holds."""
        return Table(**{name: getattr(self, name)[mask] for name in self.__dataclass_fields__})


def table(found: list[Life], end: float, *, stretched: bool = True) -> Table:
    """All samples to grow on and to judge by; without the stretched ones and those outside the rule if not asked."""
    dense = samples(found, end, step=DENSE_DAYS)
    on_rule = {(s.life, round(s.when, 6)) for s in samples(found, end)}
    parts = [(found, s, 0 if (s.life, round(s.when, 6)) in on_rule else 1, 1.0) for s in dense]
    for factor, step in STRETCHES.items() if stretched else ():
        slow = [Life(life.name, end - (end - life.times) * factor, life.people) for life in found]
        parts += [(slow, s, 2, factor) for s in samples(slow, end, step=step)]
    parts += [(found, s, 3, 1.0) for s in outside(found, end)] if stretched else []
    life = np.array([s.life for _, s, *_ in parts])
    kind = np.array([k for *_, k, _ in parts])
    when = np.array([s.when for _, s, *_ in parts])
    pace = np.array([factor for *_, factor in parts])
    real = end - (end - when) / pace
    per_life = np.bincount(life[kind < 2], minlength=len(found))
    share = np.array([1.0, 1.0, STRETCHED_WEIGHT, OUTSIDE_WEIGHT])[kind]
    return Table(
        np.array([_vector(group, s) for group, s, *_ in parts], dtype=np.float32),
        np.array([s.labels if s.speakers else (s.ahead == 0,) * 3 for _, s, *_ in parts], dtype=np.float64),
        life,
        when,
        real,
        real + AHEAD_DAYS / pace,
        share / np.sqrt(per_life[life] + 1),
        kind,
        np.array([_simple(group[s.life], s.when) for group, s, *_ in parts]),
    )


def _vector(group: list[Life], sample: Sample) -> np.ndarray:
    return traits(past(group[sample.life].times, group[sample.life].people, sample.when))


def _simple(life: Life, when: float) -> tuple[float, float, float, float]:
    last, month, quarter = np.searchsorted(life.times, (when, when - 30, when - 90))
    speakers = distinct(life, when - 30, when)
    return when - life.times[last - 1], last - month, month - quarter, speakers


def outside(found: list[Life], end: float) -> list[Sample]:
    """Moments that the rule leaves out: from 45 days and 10 messages on, silent for up to a year, any number of people.

    Where nobody spoke in the last 90 days, all three outcomes mean that nobody does in the next.
    """
    kept = []
    for number, life in enumerate(found):
        if len(life.times) < LEAST_MESSAGES:
            continue
        for when in np.arange(life.times[0] + 45, end - AHEAD_DAYS, 30):
            before = int(np.searchsorted(life.times, when))
            quiet = when - life.times[before - 1]
            speakers = distinct(life, when - 90, when)
            by_rule = before >= 30 and quiet <= 30 and speakers >= 5 and when - life.times[0] >= 90
            if before >= 10 and quiet <= 365 and not by_rule:
                kept.append(Sample(number, float(when), speakers, distinct(life, when, when + AHEAD_DAYS)))
    return kept


def grow(samples_: Table, *, bags: int = BAGS, seed: int = SEED) -> Forest:
    """A forest grown on these samples, calibrated on the channels that each bag did not see."""
    random = np.random.default_rng(seed)
    channels = np.unique(samples_.life)
    trees, number = [], []
    total, seen = np.zeros((len(samples_.life), 3)), np.zeros(len(samples_.life))
    for bag in range(bags):
        drawn = np.bincount(random.choice(channels, len(channels)), minlength=channels.max() + 1)[samples_.life]
        own = samples_.part(drawn > 0)
        model = ExtraTreesRegressor(
            TREES, min_samples_leaf=LEAF, max_features=TRAITS_TRIED, random_state=seed + bag, n_jobs=1
        )
        model.fit(own.vectors, own.outcomes, sample_weight=own.weight * drawn[drawn > 0])
        trees += [one.tree_ for one in model.estimators_]
        number += [bag] * TREES
        rest = (drawn == 0) & (samples_.kind < 2)
        total[rest] += model.predict(samples_.vectors[rest])
        seen[rest] += 1
    judged = seen > 0
    slope, base = calibrated(total[judged] / seen[judged, None], samples_.outcomes[judged])
    typical = np.median(samples_.vectors[samples_.kind < 2], axis=0)
    return planted(trees, number, typical, slope, base)


def calibrated(shares: np.ndarray, outcomes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Slope and base by outcome that turn the trees' log-odds into calibrated ones (J. Platt, 1999).

    Every sample counts the same here: a probability is to be right for a group met at any time of its life.
    """
    inside = np.clip(shares, 0.0005, 0.9995)
    odds = np.log(inside / (1 - inside))
    slope, base = [], []
    for k in range(3):
        curve = LogisticRegression(C=10).fit(odds[:, [k]], outcomes[:, k])
        slope.append(curve.coef_[0, 0])
        base.append(curve.intercept_[0])
    return np.array(slope), np.array(base)


def planted(trees: list, bags: list[int], typical: np.ndarray, slope: np.ndarray, base: np.ndarray) -> Forest:
    """scikit-learn's trees laid end to end, level by level, so that two children stand side by side."""
    trait, threshold, left, shares, roots = [], [], [], [], []
    count = 0
    for tree in trees:
        order = [0]
        place = {}
        for node in order:
            place[node] = len(place)
            if tree.children_left[node] >= 0:
                order += [tree.children_left[node], tree.children_right[node]]
        roots.append(count)
        for node in order:
            child = tree.children_left[node]
            trait.append(tree.feature[node] if child >= 0 else -1)
            threshold.append(np.nextafter(np.float32(tree.threshold[node]), np.float32(-np.inf))
                             if np.float32(tree.threshold[node]) > tree.threshold[node]
                             else np.float32(tree.threshold[node]))  # fmt: skip
            left.append(count + place[child] if child >= 0 else len(shares))
            if child < 0:
                shares.append(tree.value[node][:, 0])
        count += len(order)
    return Forest(
        np.array(trait, np.int8),
        np.array(threshold, np.float32),
        np.array(left, np.int32),
        np.array(shares, np.float16),
        np.array(roots, np.int32),
        np.array(bags, np.int16),
        typical.astype(np.float32),
        slope,
        base,
    )


def chances(trees: Forest, vectors: np.ndarray) -> np.ndarray:
    """Calibrated probabilities of many samples."""
    parts = [leaves(trees, part).mean(axis=1) for part in np.array_split(vectors, max(1, len(vectors) // 500))]
    odds = log_odds(trees, np.concatenate(parts))
    return np.maximum.accumulate(1 / (1 + np.exp(-odds)), axis=1)


def beginnings(found: list[Life], end: float) -> list[dict[str, float]]:
    """What became of the beginnings of channels (14 days on; under 90 days or 50 messages), by days of quiet.

    A longer quiet is never better: where chance says otherwise, the band before holds.
    Every channel weighs the same in a band, however long it stayed small.
    """
    cases = []
    for number, life in enumerate(found):
        for when in np.arange(life.times[0] + 14, min(end - AHEAD_DAYS, life.times[0] + 365), 7):
            before = int(np.searchsorted(life.times, when))
            if before >= 10 and (when - life.times[0] < 90 or before < 50):
                sample = Sample(number, when, distinct(life, when - 90, when), distinct(life, when, when + AHEAD_DAYS))
                silent, third, half = sample.labels
                cases.append((number, when - life.times[before - 1], silent, silent or third, silent or half))
    rows = np.array(cases, dtype=np.float64)
    bands, low, worst = [], 0.0, [0.0] * 3
    for until in BANDS:
        band = rows[(rows[:, 1] >= low) & (rows[:, 1] < until)]
        weight = 1 / np.bincount(band[:, 0].astype(int))[band[:, 0].astype(int)]
        shares = [float(np.average(band[:, k], weights=weight)) for k in (2, 3, 4)]
        worst = [max(old, round(new, 3)) for old, new in zip(worst, shares, strict=True)]
        bands.append(
            {"until": until, **dict(zip(OUTCOMES, worst, strict=True)), "channels": len(np.unique(band[:, 0]))}
        )
        low = until
    return bands


def main() -> None:
    """Grow and write."""
    bands = beginnings(*lives())
    PRIOR.write_text(json.dumps({"source": "group-lives", "bands": bands}, indent=1) + "\n", encoding="utf-8")
    trees = grow(table(*lives()))
    np.savez_compressed(FILE, **{name: getattr(trees, name) for name in Forest.__dataclass_fields__})
    print(f"{len(trees.roots)} trees, {len(trees.trait)} nodes, {FILE.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
