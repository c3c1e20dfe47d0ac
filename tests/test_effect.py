"""Effects: what is said of something that began, of series in which it is known what it did."""

from datetime import date, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from huoqun.insight.comparison import Donor
from huoqun.insight.effect import Effect, effect
from huoqun.insight.outcome import effects
from huoqun.insight.track import Track

FIRST = date(2026, 1, 5)
WEEK = np.array([10, 10, 10, 10, 10, 3, 2], dtype=float)


def talked(days: int, *, seed: int = 1, times: float = 1.0) -> np.ndarray:
    """A group that talks on weekdays."""
    return np.random.default_rng(seed).poisson(times * np.tile(WEEK, days // 7 + 1)[:days]).astype(float)


def track(values: np.ndarray, first: date = FIRST, **more) -> Track:
    return Track("messages", first, values, **more)


def told(values: np.ndarray, start: int, end: int, donors=(), **more) -> Effect:
    series = track(values)
    return effect(series, donors, series.day(start), series.day(end), **more)


def test_a_great_effect_is_found_with_its_size():
    values = talked(140)
    values[100:108] += 300
    found = told(values, 100, 108)
    assert found.enough and found.seen == "more" and found.basis == "own"
    assert found.low < 300 < found.high
    assert found.before == pytest.approx(values[44:100].mean())
    assert found.during == pytest.approx(values[100:108].mean())
    assert told(values, 100, 108, window="after").seen == "none"


def test_where_nothing_was_done_zero_lies_inside():
    for seed in range(20):
        found = told(talked(140, seed=seed), 100, 108)
        assert found.seen == "none" and found.low < 0 < found.high


def test_a_busy_group_that_falls_silent_lost_something():
    values = talked(200, times=20)
    values[150:178] = 0
    assert told(values, 150, 178).seen == "less"


def test_every_interval_has_two_ends_around_the_estimate():
    found = told(talked(120), 90, 98)
    assert found.low <= found.estimate <= found.high
    assert found.against == pytest.approx(found.during - found.estimate)


@pytest.mark.parametrize(
    ("values", "start", "end", "window", "why"),
    [
        (talked(60), 20, 28, "during", "too_short"),
        (np.zeros(100), 60, 68, "during", "too_few"),
        (talked(70), 71, 79, "during", "not_begun"),
        (talked(70), 70, 78, "during", "record_ends"),
        (talked(70), 60, 68, "after", "record_ends"),
    ],
)
def test_where_too_little_is_known_nothing_is_said_and_why(values, start, end, window, why):
    found = told(values, start, end, window=window)
    assert not found.enough and found.why == why
    assert found.estimate is found.low is found.high is found.against is None


def test_what_still_goes_on_is_told_so_far():
    found = told(talked(104), 100, 108)
    assert found.enough and (found.days, found.planned) == (4, 8)


def test_days_missing_from_the_record_are_no_silence():
    values = talked(140, times=5)
    values[102:104] = 0
    gone = frozenset({102, 103})
    whole = track(values)
    known = effect(track(values, unknown=gone), (), whole.day(100), whole.day(114))
    assert known.during > effect(whole, (), whole.day(100), whole.day(114)).during
    most = frozenset(range(100, 110))
    assert effect(track(values, unknown=most), (), whole.day(100), whole.day(114)).why == "holes"


def test_a_weekend_is_no_loss():
    values = talked(140, times=30)
    weekend = told(values, 103, 105)  # a Saturday and a Sunday
    assert weekend.seen == "none"
    assert weekend.against < 0.6 * weekend.before


def donors(change: float, count: int = 8) -> list[Donor]:
    """Other groups, of which something was changed from day 100 on."""
    made = []
    for number in range(count):
        values = talked(140, seed=50 + number)
        values[100:] = np.round(values[100:] * change)
        made.append(Donor(f"g{number}", track(values)))
    return made


def test_groups_like_it_that_fell_too_make_a_fall_less_of_a_surprise():
    values = talked(140)
    values[100:108] = np.round(values[100:108] * 0.3)
    alone, beside = told(values, 100, 108), told(values, 100, 108, donors(0.3))
    assert beside.basis == "groups" and len(beside.donors) == 8
    assert beside.against < alone.against
    assert beside.change == pytest.approx(0.3, abs=0.1)


def test_few_or_unlike_groups_are_not_compared_with():
    values = talked(140)
    assert told(values, 100, 108, donors(1.0, count=4)).basis == "own"
    huge = [Donor(str(n), track(talked(140, seed=n, times=100))) for n in range(9)]
    assert told(values, 100, 108, huge).basis == "own"


def test_groups_of_its_kind_are_preferred():
    values = talked(140)
    mixed = [Donor(one.id, one.track, type="camp" if n < 6 else "core") for n, one in enumerate(donors(1.0, count=12))]
    found = told(values, 100, 108, mixed, kind=Donor("me", track(values), type="camp"))
    assert set(found.donors) == {f"g{n}" for n in range(6)}


def rows(*said: tuple[datetime, str]) -> pl.DataFrame:
    frame = pl.DataFrame(
        [(t, who) for t, who in said], schema={"time": pl.Datetime("us"), "sender": pl.String}, orient="row"
    )
    return (
        frame.sort("time")
        .with_columns(
            local=pl.col("time"),
            kind=pl.lit("text").cast(pl.Enum(["text"])),
            bot=False,
            reply_to=pl.lit(None, pl.String),
        )
        .with_row_index("key")
        .with_columns(pl.col("key").cast(pl.String))
    )


def test_effects_from_messages():
    begin = datetime(2026, 1, 5, 9)
    said = [(begin + timedelta(days=day, minutes=n), "abc"[n % 3]) for day in range(120) for n in range(6)]
    said += [(begin + timedelta(days=day, minutes=30 + n), f"new{n}") for day in range(90, 98) for n in range(60)]
    found = {
        (one.outcome, one.window): one
        for one in effects(rows(*said), begin + timedelta(days=90), begin + timedelta(days=97, hours=5))
    }
    assert found["messages", "during"].seen == "more"
    assert found["messages", "during"].during == 66
    assert found["speakers", "during"].during == 63
    assert found["ties", "during"].during == pytest.approx(3 + 59)
    assert found["newcomers", "during"].why == "too_few"
    assert found["messages", "after"].seen == "none"
    assert found["messages", "after"].days == 21
    assert found["messages", "during"].told()["seen"] == "more"


def test_effects_of_no_messages_say_that_nothing_can_be_said():
    empty = rows()
    assert all(not one.enough for one in effects(empty, datetime(2026, 3, 1), datetime(2026, 3, 9)))
