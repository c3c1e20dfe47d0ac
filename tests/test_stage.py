"""The stage: by people, dated, without flicker; a camp ends, it does not die."""

from datetime import date, timedelta

import numpy as np
import polars as pl

from huoqun.insight.card import Card
from huoqun.insight.stage import speakers_by_day, stage, stages
from huoqun.insight.vital import ground
from tests.lived_group import NOW, group, passers, regulars, said


def of(*parts, card=None):
    return stages(ground(group(*parts, card=card)))


def names(changes):
    return [change.stage for change in changes]


def test_a_steady_group_starts_cold_and_stays_active():
    changes = of(regulars(20, chance=0.3), passers(0.3))
    assert names(changes)[0] == "cold_start" and stage(changes) == "active"
    assert len(changes) <= 4


def test_when_people_leave_it_declines_from_that_time_on():
    changes = of(regulars(20, chance=0.3, until=60), regulars(4, chance=0.3, days=60, first=50))
    assert stage(changes) == "declining"
    last = changes[-1].day
    assert date(2025, 5, 1) <= last <= date(2025, 6, 10)  # the level falls as they drop out of the 28 days


def test_fewer_messages_by_the_same_people_is_no_decline():
    changes = of(regulars(20, chance=0.4, each=12, until=90), regulars(20, chance=0.4, each=1, days=90))
    assert "declining" not in names(changes) and stage(changes) == "active"


def test_a_silent_group_wakes_when_people_speak_again():
    asleep = regulars(12, chance=0.3, until=120)
    assert stage(of(asleep)) == "silent"
    woken = of(asleep, regulars(12, chance=0.3, days=30))
    assert "silent" in names(woken)[-3:-1] and stage(woken) in ("active", "growing")
    lone = of(asleep, said(np.arange(5, 60, 9), np.zeros(7, dtype=int)))
    assert stage(lone) == "silent"  # one voice is no group


def test_many_new_people_make_it_grow():
    changes = of(regulars(8, chance=0.3), passers(1.0, days=60))
    assert stage(changes) == "growing"


def test_it_does_not_flicker():
    random = np.random.default_rng(5)
    for seed in range(6):
        noisy = of(regulars(int(random.integers(4, 12)), chance=0.06, days=700, seed=seed))
        assert len(noisy) < 24
        spans = [
            (b.day - a.day).days for a, b in zip(noisy, noisy[1:], strict=False) if "silent" not in (a.stage, b.stage)
        ]
        assert all(span >= 7 for span in spans)


def test_a_camp_past_its_end_is_closed():
    card = Card(type="camp", ends=NOW - timedelta(days=20))
    changes = of(regulars(15, days=60, until=21), card=card)
    assert changes[-1] == changes[-1].model_copy(update={"stage": "closed", "day": date(2025, 6, 10)})
    running = of(regulars(15, days=60), card=Card(type="camp", ends=NOW + timedelta(days=20)))
    assert stage(running) != "closed"


def test_a_new_group_is_in_its_cold_start():
    assert names(of(regulars(6, days=20))) == ["cold_start"]
    assert stage([]) == "cold_start"


def test_distinct_people_of_28_days_are_counted_exactly():
    base = ground(group(regulars(9, days=100, chance=0.05), passers(0.2, days=100)))
    fast = speakers_by_day(base.visits, base.first, base.days.height)
    for number in (0, 13, 40, 77, base.days.height - 1):
        day = base.first + timedelta(days=number)
        window = base.visits.filter(pl.col("day") <= day, pl.col("day") > day - timedelta(days=28))
        assert fast[number] == window["person"].n_unique()
