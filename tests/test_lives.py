"""The data's sampling rule, to the letter: without it no figure about the verdict can be compared with anything."""

import os

import numpy as np
import polars as pl
import pytest

from training.lives import lives, samples

pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif("HUOQUN_DATA" not in os.environ, reason="HUOQUN_DATA is not set"),
]


def area(score: np.ndarray, truth: np.ndarray) -> float:
    """Area under the ROC curve by mean ranks."""
    rank = pl.Series(score).rank().to_numpy()
    hits = int(truth.sum())
    return float((rank[truth].sum() - hits * (hits + 1) / 2) / (hits * (len(truth) - hits)))


def test_the_rule_gives_the_samples_and_the_simple_rules_of_the_readme():
    found, end = lives()
    kept = samples(found, end)
    labels = np.array([sample.labels for sample in kept])
    assert len(kept) == 1082 and labels.sum(axis=0).tolist() == [31, 114, 225]
    times = [found[sample.life].times for sample in kept]
    before = [int(np.searchsorted(t, s.when)) for t, s in zip(times, kept, strict=True)]
    quiet = np.array([s.when - t[n - 1] for t, s, n in zip(times, kept, before, strict=True)])
    month = np.array([n - np.searchsorted(t, s.when - 30) for t, s, n in zip(times, kept, before, strict=True)])
    assert [round(area(quiet, labels[:, k]), 3) for k in range(3)] == [0.866, 0.723, 0.671]
    assert [round(area(-month, labels[:, k]), 3) for k in range(3)] == [0.789, 0.687, 0.627]


def test_nothing_of_a_sample_is_known_before_its_time():
    found, end = lives()
    for sample in samples(found, end)[::50]:
        assert sample.when + 90 <= end + 1e-6 and sample.when >= found[sample.life].times[0] + 90
