"""Who joins a challenge late: what counts is said on their page, and is what settlement goes by."""

from datetime import date

import pytest
from at_work import group
from django.test import Client
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st
from test_activity import PHONE, member
from test_challenge import BEGINS, DAY, begun, do
from test_streak import course

from huoqun.activities import challenge_count, life, streak
from huoqun.activities.kind import Refused
from huoqun.base import clock
from huoqun.people import code, points
from huoqun.people.workspace import local

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def here():
    return group(local(now=BEGINS))


def comes(row, who, *days):
    for day in days:
        do(row, who, "check_in", BEGINS + (day - 1) * DAY, key=str(day))


def page_of(row, who, day, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: BEGINS + (day - 1) * DAY)
    place = reverse("member_activity", args=[code.personal(who, now=clock.now()), row.pk])
    return Client(headers=PHONE).get(place).content.decode()


def finished(row):
    life.settle(row, now=BEGINS + 8 * DAY)
    return {p.identity.name for p in row.participations.select_related("identity") if p.values.get("finished")}


def test_counted_from_joining_every_day_from_then_on_is_all_it_takes(here, monkeypatch):
    row = begun(here, late="late_joining", bonus=50)
    early, late, lazy = (member(here, name) for name in "早晚懒")
    comes(row, early, *range(1, 8))
    comes(row, late, *range(4, 8))
    comes(row, lazy, 4, 6, 7)
    way = challenge_count.way_of(row, late, now=BEGINS + 6 * DAY)
    assert (way.late, way.standing.count(streak.BEFORE), way.standing.asked) == (3, 3, 4)
    assert (way.standing.streak, way.standing.longest) == (4, 4)
    text = page_of(row, late, 6, monkeypatch)
    assert "你从第 4 天加入。 之前的天数不算你缺卡。 一共要 4 天才算完成，还来得及。" in text
    assert "加入之前，不算" in text
    assert "现在加入是第 6 天。" in page_of(row, member(here, "新"), 6, monkeypatch)
    assert "天加入" not in page_of(row, early, 6, monkeypatch)
    assert finished(row) == {"早", "晚"}
    assert (points.balance(late.person), points.balance(lazy.person)) == (4 * 2 + 50, 3 * 2)


def test_counted_from_joining_a_number_that_was_told_stays_what_it_is(here, monkeypatch):
    row = begun(here, late="late_joining", needed=5)
    late, later = member(here, "三"), member(here, "七")
    comes(row, late, *range(3, 8))
    comes(row, later, 7)
    assert "还来得及" in page_of(row, late, 4, monkeypatch)
    assert "完成要 5 天，已经来不及了" in page_of(row, later, 7, monkeypatch)
    assert finished(row) == {"三"}, "one day is not five"


def test_days_before_are_missed_and_made_up_however_long_ago_within_what_is_allowed(here, monkeypatch):
    row = begun(here, makeups=3, makeup_back=1)
    late, other = member(here, "晚"), member(here, "断")
    comes(row, late, *range(4, 8))
    comes(row, other, 1, 4, 5, 6, 7)
    text = page_of(row, late, 4, monkeypatch)
    assert "你从第 4 天加入。 之前的天数算缺卡，你可以补 3 天。 一共要 7 天才算完成，还来得及。" in text
    now = BEGINS + 6 * DAY
    for day in (1, 2, 3):
        do(row, late, "make_up", now, key=f"m{day}", day=f"2026-03-0{day}")
    with pytest.raises(Refused, match="challenge_makeup_day"):
        do(row, other, "make_up", now, key="m", day="2026-03-02")
    assert challenge_count.way_of(row, late, now=now).standing.done == 7
    assert finished(row) == {"晚"}


def test_without_make_up_it_is_said_before_they_join_that_they_cannot_finish(here, monkeypatch):
    row = begun(here)
    text = page_of(row, member(here, "晚"), 3, monkeypatch)
    assert "现在加入是第 3 天。 之前的天数算缺卡。 完成要 7 天，已经来不及了。" in text


def test_a_first_check_in_that_was_refused_is_still_the_day_they_joined(here):
    row = begun(here, late="late_joining")
    who = member(here, "甲")
    comes(row, who, 2, 3)
    row.contributions.filter(day=date(2026, 3, 2)).update(state="refused")
    way = challenge_count.way_of(row, who, now=BEGINS + 3 * DAY)
    assert dict(way.standing.days)[date(2026, 3, 2)] == streak.MISSED
    assert way.late == 1


@settings(max_examples=60)
@given(st.sets(st.integers(0, 9)), st.integers(0, 12), st.integers(0, 12), st.integers(0, 12))
def test_counting_from_joining_never_makes_it_harder_and_never_makes_a_told_number_smaller(done, ends, late, needed):
    one = course(BEGINS, days=10)
    days = {one.first + n * DAY for n in done}
    now = one.end(one.first) + ends * DAY
    whole = streak.standing(one, now, days)
    joined = streak.standing(one, now, days, joined=min(days, default=one.first + late * DAY))
    assert whole.done == joined.done
    assert joined.streak == whole.streak
    assert joined.longest == whole.longest
    assert joined.need(needed) <= whole.need(needed)
    if needed:
        assert joined.need(needed) == whole.need(needed)
    assert not whole.finished(needed) or joined.finished(needed)
