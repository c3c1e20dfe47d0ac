"""More than messages: ties that hold, answers, mood and orders, and what is said where they are not known."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl
import pytest
from at_work import owner
from test_effect import FIRST, rows
from test_effect_report import brought, marked, worked
from test_group_buy import buy, order
from test_reward import member

from huoqun.activities import group_buy
from huoqun.insight.card import Card
from huoqun.insight.effect import effect
from huoqun.insight.expected_share import LEAST_AHEAD
from huoqun.insight.outcome import counts
from huoqun.insight.outcome_share import read, shares
from huoqun.insight.track import Track
from huoqun.people.group import Group
from huoqun.reports import beside
from huoqun.reports.orders import orders_of, orders_track, within
from huoqun.reports.report import Report, told

BEGIN = datetime(2025, 1, 6, 2, tzinfo=UTC)


def share(hits, cases, name="answers") -> Track:
    return Track(name, FIRST, np.asarray(hits, dtype=float), cases=np.asarray(cases, dtype=float))


def answered(rate: float, *, days=140, a_day=12, seed=0, at=100, during=None) -> Track:
    chance = np.random.default_rng(seed)
    cases = chance.poisson(a_day, days)
    rates = np.full(days, rate)
    rates[at : at + 14] = rate if during is None else during
    return share(chance.binomial(cases, rates), cases)


def of(track: Track, start=100, end=114, **more):
    return effect(track, (), track.day(start), track.day(end), **more)


def test_a_share_that_leaps_is_found_with_its_size():
    found = of(answered(0.4, during=0.9))
    assert found.enough and found.seen == "more" and found.basis == "own"
    assert found.low < 0.5 < found.high
    assert found.against == pytest.approx(0.4, abs=0.06)
    assert found.estimate == pytest.approx(found.during - found.against)
    assert of(answered(0.8, during=0.2)).seen == "less"


def test_of_a_share_to_which_nothing_happened_nothing_is_said():
    found = [of(answered(0.6, seed=seed)) for seed in range(40)]
    assert sum(one.seen == "none" for one in found) >= 37
    assert all(one.low < 0.2 and one.high > -0.2 for one in found)


def test_ends_of_a_share_stay_within_what_can_be():
    for rate in (0.0, 1.0):
        found = of(answered(rate))
        assert found.seen == "none"
        assert -1e-9 <= found.during - found.high <= found.during - found.low <= 1 + 1e-9


def test_few_cases_are_not_judged():
    assert of(share([0] * 100, [0] * 100)).why == "record_ends"
    quiet = share(*[np.r_[np.ones(100), np.zeros(40)]] * 2)
    assert of(quiet).why == "few_cases"
    assert of(share([0] * 140, [0] * 140)).why == "too_few"
    barely = quiet.cases.copy()
    barely[100:105] = LEAST_AHEAD / 5
    assert of(share(quiet.values, barely)).enough


def test_pairs_are_bound_from_their_second_day_on_until_four_weeks_after_the_one_before_the_last():
    def met(day: int, *who: str):
        at = datetime(2026, 1, 5, 9) + timedelta(days=day)
        return [(at + timedelta(minutes=n), one) for n, one in enumerate(who)]

    said = [*met(0, "a", "b"), *met(10, "b", "a"), *met(12, "a", "b"), *met(50, "a", "c"), *met(99, "a")]
    track = counts(rows(*said), date(2026, 4, 13))["bonds"]
    assert [day for day in range(track.days) if track.values[day]] == list(range(10, 38))
    assert track.values.max() == 1


def test_a_stock_is_told_as_of_the_last_day():
    values = np.full(140, 6.0)
    values[100:108] = [6, 9, 14, 20, 27, 34, 40, 46]
    values[108:] = 46
    track = Track("bonds", FIRST, values)
    found = effect(track, (), track.day(100), track.day(108))
    assert (found.before, found.during, found.seen) == (6, 46, "more")
    assert found.estimate == pytest.approx(46 - found.against)
    assert effect(track, (), track.day(60), track.day(68)).seen == "none"


def asked(days=60):
    """Questions answered at once in the second half, and never in the first; a curse a day throughout."""
    said = []
    for day in range(days):
        at = BEGIN + timedelta(days=day)
        for hour in range(0, 9, 3):
            who, other = f"u{(day + hour) % 4}", f"u{(day + hour + 1) % 4}"
            ask = {
                "time": at + timedelta(hours=hour),
                "who": who,
                "text": "请问报名表在哪里下载？",
                "id": f"{day}-{hour}",
            }
            said.append(ask)
            if day >= days // 2:
                when = at + timedelta(hours=hour, minutes=2)
                said.append(
                    {
                        "time": when,
                        "who": other,
                        "text": f"@{who} 在群文件里",
                        "id": f"{day}-{hour}-a",
                        "reply": ask["id"],
                    }
                )
    return said


@pytest.mark.django_db(transaction=True)
class TestReport:
    def test_answers_are_counted_of_questions_and_not_of_their_last_day(self):
        group = brought("问答群", asked())
        chat = beside.history.chat_of(group)
        found = shares(read(chat.rows, Card(), now=datetime(2025, 3, 7)), date(2025, 3, 7))
        track = found["answers"]
        assert track.day(track.days) == date(2025, 3, 6)
        assert track.asked[-1] > 80
        late = track.place(date(2025, 2, 10))
        assert (track.total[-1] - track.total[late]) / (track.asked[-1] - track.asked[late]) > 0.9

    def test_what_is_not_known_is_said_to_be_unknown_and_what_is_known_is_told(self):
        group = brought("提问群", asked(90))
        marked(group, at=45, days=8)
        worked()
        report = Report.objects.get(group=group)
        found = {(one.outcome, one.window): one for one in told(report)}
        assert found["orders", "during"].why == "unknown"
        assert found["answers", "during"].seen == "more"
        assert found["mood", "during"].seen == "none"
        assert set(report.pooled) >= {"messages", "answers"}
        assert report.document["facts"]["answer_minutes"][1] == pytest.approx(2)
        page = owner().get(f"/groups/{group.pk}/marks/{report.mark_id}/effect").content.decode()
        assert "没有开过拼团" in page and "个百分点" in page and "首答用时" in page
        sheet = owner().get(f"/groups/{group.pk}/marks/{report.mark_id}/effect.csv").content.decode("utf-8-sig")
        assert "24 小时内有人答的问题,占比" in sheet

    def test_orders_that_stand_are_counted_with_their_money(self):
        group = brought("拼团群", asked(70))
        row = buy(group, stock=0, most=9)
        for n in range(3):
            order(row, member(group, f"买家{n}"), count=n + 1, key=str(n))
        gone = member(group, "退单的")
        order(row, gone, key="x")
        row.participations.filter(identity=gone).update(state="left")
        known = orders_of(group)
        today = known[0].day
        assert within(known, today, today + timedelta(days=1)) == (3, 6 * group_buy.price(row))
        track = orders_track(Group.objects.get(pk=group.pk), today + timedelta(days=1))
        assert track.values.tolist() == [3.0]
        assert orders_track(brought("别的群", asked(2)), today) is None


def test_a_polars_frame_without_people_has_no_shares():
    empty = rows().with_columns(pl.lit(None, pl.String).alias("text"))
    assert counts(empty, date(2026, 2, 1)) == {}
