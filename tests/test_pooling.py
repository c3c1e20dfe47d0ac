"""Pooling effects: many say more than one, few say nothing, and kinds of group borrow from each other."""

import numpy as np
import pytest

from huoqun.insight.pooling import LEAST, by_kind, pooled


def drawn(count, mean, *, between=0.3, error=0.5, seed=0):
    random = np.random.default_rng(seed)
    true = random.normal(mean, between, count)
    return [(float(random.normal(one, error)), error) for one in true]


def test_below_three_runs_nothing_is_said():
    assert pooled(drawn(LEAST - 1, 1.0)).mean is None
    assert by_kind({"camp": drawn(2, 1.0)})["camp"].mean is None


def test_intervals_hold_the_mean_as_often_as_they_claim():
    for count in (3, 5, 12):
        held = [one.low <= 0.4 <= one.high for one in (pooled(drawn(count, 0.4, seed=s)) for s in range(400))]
        assert 0.93 <= np.mean(held) <= 1.0


def test_more_runs_say_more():
    few, many = pooled(drawn(4, 0.5)), pooled(drawn(60, 0.5))
    assert many.high - many.low < few.high - few.low
    assert many.low > 0


def test_a_kind_with_few_runs_is_drawn_towards_all_and_one_with_many_is_not():
    kinds = {"camp": drawn(40, 0.0, seed=1), "core": drawn(40, 1.0, seed=2), "lead_pond": [(2.0, 0.5)]}
    found = by_kind(kinds)
    assert found["lead_pond"].drawn > 0.3 > found["camp"].drawn
    assert found["lead_pond"].mean < 2.0
    assert found["core"].mean == pytest.approx(1.0, abs=0.25)
    assert found["lead_pond"].high - found["lead_pond"].low > found["core"].high - found["core"].low
