"""The pulse: gapless days on the group's clock, bursts that stand out, a heat map of the week."""

from datetime import date, datetime, timedelta

import numpy as np

from huoqun.insight.card import Card, Mark
from huoqun.insight.pulse import best_week, daily, events, heatmap, pulse, week_means
from tests.lived_group import NOW, event, group, regulars, said


def test_days_without_a_word_are_zeros_up_to_today():
    quiet = group(said(np.array([40, 40, 10]), np.array([1, 2, 1])))
    days = daily(quiet)
    assert days["day"][0] == date(2025, 5, 21) and days["day"][-1] == date(2025, 6, 30)
    assert days.height == 41 and days["messages"].sum() == 3
    assert days.row(0)[1:] == (2, 2, 1) and days.row(1)[1:] == (0, 0, 0)
    assert pulse(days, quiet.card, NOW).start == date(2025, 5, 21)


def test_an_event_is_no_message():
    days = daily(group(event("join", [30], ["p1"]), said(np.array([3]), np.array([1]))))
    assert days.height == 31 and days["messages"].sum() == 1


def test_a_day_belongs_to_the_groups_clock_not_to_utc():
    late = group(said(np.array([0]), np.array([1]), spread=1), card=Card(zone="America/Los_Angeles"))
    assert daily(late)["day"][-1] == date(2025, 6, 30)  # local times come from the rows; `today` from the card's zone


def test_the_best_week_is_found_and_the_mean_is_of_seven_days():
    days = daily(group(said(np.repeat([30, 31, 0], [70, 70, 7]), np.arange(147) % 9)))
    last, mean = best_week(days)
    assert mean == 20.0 and date(2025, 5, 31) <= last <= date(2025, 6, 6)
    assert week_means(days)[-1] == 1.0


def test_a_guest_day_is_seen_and_a_busy_week_is_not():
    usual = regulars(12, days=120, chance=0.5)
    guest = said(np.full(400, 33), np.arange(400) % 40, seed=4)
    seen = events(group(usual, guest), daily(group(usual, guest)))
    assert [e.source for e in seen] == ["observed"] and seen[0].messages > 400
    assert seen[0].end - seen[0].start == timedelta(days=1)
    assert seen[0].start == datetime(2025, 5, 27, 16)  # midnight in Shanghai
    assert events(group(usual), daily(group(usual))) == []


def test_a_mark_explains_a_burst():
    mark = Mark(datetime(2025, 5, 27, 20), datetime(2025, 5, 28, 16), "嘉宾分享")
    told = group(
        regulars(12, days=120, chance=0.5), said(np.full(400, 33), np.arange(400) % 40), card=Card(marks=(mark,))
    )
    seen = events(told, daily(told))
    assert [(e.source, e.title) for e in seen] == [("marked", "嘉宾分享")] and seen[0].messages >= 400


def test_one_person_alone_is_no_event():
    flood = said(np.full(300, 20), np.zeros(300, dtype=int))
    assert events(group(regulars(5, days=90), flood), daily(group(regulars(5, days=90), flood))) == []


def test_the_heat_map_counts_the_last_half_year_by_weekday_and_hour():
    heat = heatmap(group(said(np.array([0, 7, 300]), np.array([1, 1, 1]), spread=1)))
    assert len(heat) == 7 and all(len(row) == 24 for row in heat)
    assert heat[0][9] == 2 and sum(map(sum, heat)) == 2  # Mondays, 09:30 in Shanghai


def test_an_empty_history_has_a_pulse_too():
    empty = group(said(np.array([], dtype=int), np.array([], dtype=int)))
    assert (
        daily(empty).is_empty()
        and events(empty, daily(empty)) == []
        and pulse(daily(empty), empty.card, NOW).messages == []
    )
