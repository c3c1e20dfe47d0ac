"""The verdict: people count, not messages; little history is answered widely; nothing is said that is not known."""

from datetime import timedelta

import numpy as np
import polars as pl
import pytest

from huoqun.insight.card import Card
from huoqun.insight.forecast import FAMILIES, forecast, forest, leaves
from huoqun.insight.past import past, past_of
from huoqun.insight.trait import TRAITS, traits
from huoqun.insight.verdict import verdict, word
from tests.lived_group import NOW, event, group, passers, regulars, said

LIVELY = group(regulars(25, chance=0.3), passers(0.5))
FADING = group(regulars(25, chance=0.3, until=60), passers(0.5, until=60), regulars(4, chance=0.1, days=60, first=90))


def test_a_lively_group_lives_and_a_fading_one_does_not():
    good, bad = verdict(LIVELY), verdict(FADING)
    assert good.state == "living" and good.basis == "model"
    assert bad.state in ("at_risk", "dying")
    assert bad.probability_half_90d > good.probability_half_90d + 0.2
    assert bad.probability_silent_90d > good.probability_silent_90d


@pytest.mark.parametrize("of", [LIVELY, FADING])
def test_the_three_probabilities_agree_with_each_other_and_lie_in_their_intervals(of):
    found = verdict(of)
    three = [found.probability_silent_90d, found.probability_third_90d, found.probability_half_90d]
    assert three == sorted(three) and all(0 < p < 1 for p in three)
    for name, (low, high) in found.intervals.items():
        assert low <= getattr(found, name) <= high
    lows, highs = zip(*(found.intervals[f"probability_{k}_90d"] for k in ("silent", "third", "half")), strict=True)
    assert list(lows) == sorted(lows) and list(highs) == sorted(highs)


def test_fewer_messages_by_the_same_people_is_no_decline():
    """One community went from 404 to 98 messages a meeting while the same people kept speaking."""
    same = regulars(25, chance=0.3, each=1, days=90)
    loud_then_calm = group(regulars(25, chance=0.3, each=12, until=90), same)
    always_calm = group(regulars(25, chance=0.3, each=1, until=90), same)
    after, before = verdict(loud_then_calm), verdict(always_calm)
    assert after.state == "living"
    assert abs(after.probability_half_90d - before.probability_half_90d) < 0.05


@pytest.mark.parametrize("seed", range(3))
def test_taking_people_away_never_helps_much(seed):
    """In the last 30 days, fewer and fewer of the same twenty people still speak."""
    whole = regulars(20, chance=0.15, seed=seed)
    chances = []
    for stay in (20, 14, 8, 3, 1):
        number = pl.col("sender").str.slice(1).cast(pl.Int64)
        kept = whole.filter((pl.col("time") < NOW - timedelta(days=30)) | (number < stay))
        chances.append(verdict(group(kept)).probability_half_90d)
    assert all(later > earlier - 0.05 for earlier, later in zip(chances, chances[1:], strict=False))
    assert chances[-1] > chances[0] + 0.15


def test_a_short_history_is_answered_widely_and_never_called_dying():
    young = group(regulars(10, days=60, until=35))
    found = verdict(young)
    assert found.basis == "prior" and found.state != "dying"
    low, high = found.intervals["probability_half_90d"]
    assert high - low > 0.3
    few = verdict(group(regulars(3, days=400, chance=0.02, each=1)))
    assert few.basis == "prior" and few.state != "dying"


def test_a_longer_history_and_more_people_make_narrower_intervals():
    def width(of):
        low, high = verdict(of).intervals["probability_half_90d"]
        p = verdict(of).probability_half_90d
        return (high - low) / (p * (1 - p))

    short = group(regulars(25, chance=0.3, days=100), passers(0.5, days=100))
    small = group(regulars(5, chance=0.3))
    assert width(LIVELY) < width(short) and width(LIVELY) < width(small)


def test_nothing_is_said_where_nothing_can_be_known():
    assert verdict(LIVELY, grade="C").why_withheld == "completeness"
    assert verdict(LIVELY, grade="C").probability_half_90d is None
    assert verdict(LIVELY, grade="B").state == verdict(LIVELY, grade="C", anyway=True).state == "living"
    assert verdict(group(event("join", [3], ["p1"]))).why_withheld == "empty"


def test_a_camp_past_its_end_is_closed_not_dying():
    camp = group(regulars(20, until=30, days=200), card=Card(type="camp", ends=NOW - timedelta(days=30)))
    found = verdict(camp)
    assert (found.state, found.why_withheld, found.reasons) == ("withheld", "closed", [])


def test_silence_is_not_death():
    """Of channels silent for 30 days, 22 % stay silent for 90 more."""
    found = verdict(group(regulars(25, chance=0.3, until=31)))
    assert found.probability_silent_90d < 0.6


def test_a_long_silence_is():
    month, half_year = (
        verdict(group(regulars(8, chance=0.1, until=30))),
        verdict(group(regulars(8, chance=0.1, until=200))),
    )
    assert half_year.probability_silent_90d > month.probability_silent_90d
    assert half_year.state == "dying"


def test_reasons_name_what_moved_it_with_the_number_an_operator_knows():
    found = verdict(FADING)
    assert found.reasons and all(reason.id in FAMILIES for reason in found.reasons)
    assert [abs(r.effect) for r in found.reasons] == sorted((abs(r.effect) for r in found.reasons), reverse=True)
    assert sum(r.effect for r in found.reasons) > 0
    assert all(reason.value is not None for reason in found.reasons)


def test_words_follow_the_probabilities():
    assert word(0.01, 0.05, 0.1) == "living"
    assert word(0.05, 0.2, 0.4) == "at_risk"
    assert word(0.4, 0.45, 0.5) == word(0.1, 0.5, 0.6) == "dying"


def test_the_forecast_reads_people_and_times_only():
    """The same times and people under other names, words and kinds give the same numbers."""
    other = LIVELY.rows.with_columns(
        pl.concat_str(pl.lit("x"), pl.col("sender").hash(3).cast(pl.String)).alias("sender"), pl.lit("?").alias("text")
    )
    again = group(other.select("time", "sender", "text", pl.col("kind").cast(pl.String)))
    assert verdict(again) == verdict(LIVELY)


def test_the_past_knows_nothing_of_what_comes_after():
    random = np.random.default_rng(1)
    times, people = np.sort(random.uniform(0, 300, 900)), random.integers(0, 30, 900)
    cut = times < 200
    whole, before = past(times, people, 200.0), past(times[cut], people[cut], 200.0)
    assert np.array_equal(traits(whole), traits(before))


def test_traits_are_finite_for_any_past():
    random = np.random.default_rng(7)
    for size, span in [(1, 1), (1, 400), (2, 0.001), (40, 3), (60, 2000)]:
        one = past(
            np.sort(random.uniform(0, span, size)), random.integers(0, 9, size), span + random.uniform(0.001, 300)
        )
        assert np.isfinite(traits(one)).all()
        found = forecast(one)
        assert np.isfinite([found.probability, found.low, found.high]).all()


def test_shrinking_in_time_changes_no_ratio_of_people():
    seen = past_of(LIVELY)
    assert (
        seen.speakers(0, 90) == LIVELY.messages.filter(pl.col("time") > NOW - timedelta(days=90))["person"].n_unique()
    )
    assert len(traits(seen)) == len(TRAITS) == sum(map(len, FAMILIES.values()))


def test_leaves_keep_the_order_of_outcomes():
    random = np.random.default_rng(3)
    vectors = (forest().typical + random.normal(0, 2, (200, len(TRAITS)))).astype(np.float32)
    shares = leaves(forest(), vectors)
    assert (shares[..., 0] <= shares[..., 1] + 1e-3).all() and (shares[..., 1] <= shares[..., 2] + 1e-3).all()
    assert shares.min() >= 0 and shares.max() <= 1


def test_a_million_messages_take_about_a_second():
    random = np.random.default_rng(2)
    days = random.integers(0, 700, 1_000_000) + random.random(1_000_000)
    times, people = np.sort(-days), random.integers(0, 500, 1_000_000)
    seen = past(times, people, 1e-9)
    assert seen.speakers(0, 90) == 500 and forecast(seen).probability[2] < 0.3
    assert said(np.array([1]), np.array([1])).height == 1
