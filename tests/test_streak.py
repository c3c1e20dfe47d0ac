"""The day of a check-in is the member's day: across midnight, daylight saving, month ends and the date line."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huoqun.activities import streak
from huoqun.activities.streak import BREAK, CHECKED, MADE_UP, MISSED, OPEN, VOID, Course

DAY = timedelta(days=1)
ZONES = (
    "Asia/Shanghai",
    "America/New_York",
    "Europe/Berlin",
    "Australia/Lord_Howe",  # half an hour of daylight saving
    "Asia/Kathmandu",
    "America/Sao_Paulo",  # turned its clocks at midnight
    "Asia/Beirut",
    "Africa/Cairo",
    "Pacific/Apia",  # skipped 2011-12-30
    "Pacific/Kwajalein",
    "Pacific/Kiritimati",
    "Etc/GMT+12",
    "Antarctica/Troll",  # two hours of daylight saving
)
zones = st.sampled_from(ZONES)
moments = st.datetimes(datetime(1993, 1, 1), datetime(2030, 12, 31), timezones=st.just(UTC))
cutoffs = st.times().map(lambda t: t.replace(second=0, microsecond=0))


def course(begins, zone="Asia/Shanghai", cutoff=time(0), days=21, grace=0, clocks=()):
    first = streak.first_day(begins, cutoff, zone)
    return Course(begins, first, days, cutoff, timedelta(minutes=grace), ((date.min, zone), *clocks))


def there(zone, *when):
    return datetime(*when, tzinfo=ZoneInfo(zone)).astimezone(UTC)


@settings(max_examples=300, deadline=None)
@given(moments, zones, cutoffs, st.lists(st.tuples(st.integers(0, 20), zones), max_size=3), st.integers(0, 40 * 24))
def test_every_moment_belongs_to_exactly_one_day(begins, zone, cutoff, flights, hours):
    first = streak.first_day(begins, cutoff, zone)
    clocks = tuple(sorted({first + n * DAY: z for n, z in flights}.items()))
    way = course(begins, zone, cutoff, 60, clocks=clocks)
    moment = begins + timedelta(hours=hours)
    day = way.day(moment)
    assert way.begin(day) <= moment < way.end(day)
    assert sum(way.begin(d) <= moment < way.end(d) for d in way.all()) == 1
    ends = [way.end(d) for d in way.all()]
    assert ends == sorted(ends)


@settings(max_examples=200, deadline=None)
@given(moments, zones, cutoffs, st.integers(0, 90))
def test_who_comes_once_a_day_on_their_own_clock_never_loses_the_streak(begins, zone, cutoff, grace):
    way = course(begins, zone, cutoff, 30, grace)
    taken = set()
    for day in way.all():
        if way.begin(day) < way.end(day):
            half = way.begin(day) + (way.end(day) - way.begin(day)) / 2
            got = streak.counts_for(way, half, taken)
            assert got is not None
            taken.add(got)
    found = streak.standing(way, way.end(way.last) + timedelta(days=1), taken)
    assert found.count(MISSED) == 0
    assert found.done + found.count(VOID) == 30
    assert found.streak == found.longest == found.done
    assert found.finished(0)


@settings(max_examples=200, deadline=None)
@given(moments, zones, cutoffs, st.integers(1, 90), st.integers(1, 20))
def test_the_last_moment_counts_and_the_grace_once(begins, zone, cutoff, grace, n):
    way = course(begins, zone, cutoff, 25, grace)
    day = way.first + n * DAY
    if way.begin(day) >= way.end(day) or way.end(day + DAY) - way.end(day) < timedelta(hours=2):
        return
    before = {d for d in way.all() if d < day}
    second = timedelta(seconds=1)
    assert streak.counts_for(way, way.end(day) - second, before) == day
    assert streak.counts_for(way, way.end(day), before) == day, "in the grace it is still for the day before"
    assert streak.counts_for(way, way.end(day) + way.grace - second, before) == day
    later = streak.counts_for(way, way.end(day) + way.grace, before)
    assert later == way.day(way.end(day) + way.grace) != day
    assert streak.counts_for(way, way.end(day), {*before, day}) != day, "no day twice"


def test_a_day_ends_where_the_plan_says():
    begins = there("Asia/Shanghai", 2026, 1, 30, 9)
    midnight = course(begins)
    assert midnight.day(there("Asia/Shanghai", 2026, 1, 31, 23, 59)) == date(2026, 1, 31)
    assert midnight.day(there("Asia/Shanghai", 2026, 2, 1, 0, 0)) == date(2026, 2, 1)
    owls = course(begins, cutoff=time(4))
    assert owls.day(there("Asia/Shanghai", 2026, 2, 1, 3, 59)) == date(2026, 1, 31)
    evening = course(begins, cutoff=time(22))
    assert evening.day(there("Asia/Shanghai", 2026, 1, 31, 22, 0)) == date(2026, 2, 1)


def test_a_challenge_that_opens_after_the_cut_off_begins_the_next_day():
    begins = there("Asia/Shanghai", 2026, 1, 30, 23)
    assert course(begins, cutoff=time(22)).first == date(2026, 1, 31)
    assert course(begins, cutoff=time(0)).first == date(2026, 1, 30)
    assert course(there("Asia/Shanghai", 2026, 1, 30, 0), cutoff=time(4)).first == date(2026, 1, 30)


@pytest.mark.parametrize(
    ("zone", "around"),
    [("America/New_York", (2026, 3, 8)), ("America/New_York", (2026, 11, 1)), ("Africa/Cairo", (2026, 4, 24))],
)
def test_the_day_the_clock_is_turned_is_one_day(zone, around):
    day = date(*around)
    way = course(there(zone, *around) - 5 * DAY, zone)
    length = way.end(day) - way.begin(day)
    assert length in {timedelta(hours=23), timedelta(hours=25)}
    assert way.day(way.end(day) - timedelta(seconds=1)) == day


def test_the_date_that_samoa_skipped_counts_for_nobody():
    way = course(there("Pacific/Apia", 2011, 12, 25, 8), "Pacific/Apia", days=10)
    done = {d for d in way.all() if d != date(2011, 12, 30)}
    found = streak.standing(way, way.end(way.last), done)
    assert dict(found.days)[date(2011, 12, 30)] == VOID
    assert found.streak == 9
    assert found.finished(0)


def test_leave_and_made_up_days_keep_the_streak_and_a_missed_day_ends_it():
    way = course(there("Asia/Shanghai", 2026, 1, 1, 8), days=10)
    days = way.all()
    now = there("Asia/Shanghai", 2026, 1, 8, 12)
    found = streak.standing(way, now, {days[0], days[2], days[6]}, {days[3]}, [(days[4], days[5])])
    assert [s for _d, s in found.days[:8]] == [CHECKED, MISSED, CHECKED, MADE_UP, BREAK, BREAK, CHECKED, OPEN]
    assert (found.streak, found.longest, found.done, found.asked) == (3, 3, 4, 8)
    assert streak.may_make_up(way, found, now, back=3) == []
    assert streak.may_make_up(way, found, now, back=6) == [days[1]]
    assert not found.finished(0)
    assert found.finished(4)


def test_a_new_clock_holds_from_tomorrow_and_takes_no_day_away():
    way = course(there("America/New_York", 2026, 5, 1, 8), "America/New_York")
    noon = there("America/New_York", 2026, 5, 4, 13)  # past midnight in Shanghai
    zones_ = streak.with_zone(way, "Asia/Shanghai", noon, fresh=False)
    flown = Course(way.begins, way.first, way.days, way.cutoff, way.grace, zones_)
    assert flown.day(noon) == date(2026, 5, 4), "today still ends in New York"
    assert flown.end(date(2026, 5, 4)) == way.end(date(2026, 5, 4))
    assert flown.end(date(2026, 5, 6)) == there("Asia/Shanghai", 2026, 5, 7)
    again = streak.with_zone(flown, "Europe/Berlin", noon, fresh=False)
    assert [name for _day, name in again] == ["America/New_York", "Europe/Berlin"], "one change waits, not two"
    assert streak.with_zone(way, "Asia/Tokyo", noon, fresh=True) == ((way.first, "Asia/Tokyo"),)
