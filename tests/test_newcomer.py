"""An operator sees who arrived, who was greeted, and who was left alone."""

from datetime import timedelta

import polars as pl
import pytest
from group_rows import START, days, links, row, rows

from huoqun.insight.card import Card
from huoqun.insight.newcomer import newcomer_list, newcomers
from huoqun.insight.reading import reading

YEAR = START + timedelta(days=200)


def read(said, pairs=(), card=None, now=YEAR):
    return reading(rows(said), links(pairs), card or Card(), now=now)


def old_hands(until: float = 100):
    return [row(days(d), who) for d in range(int(until)) for who in ("甲", "乙")]


def of(table, person):
    return table.row(by_predicate=pl.col("id") == person, named=True)


def test_who_was_there_when_the_file_begins_is_no_newcomer():
    table = newcomers(read([*old_hands(), row(days(60), "丙")]))
    assert table["id"].to_list() == ["丙"]


def test_a_history_that_begins_with_the_group_has_newcomers_from_the_first_day():
    table = newcomers(read([*old_hands(), row(days(60), "丙")], card=Card(created=START)))
    assert set(table["id"]) == {"甲", "乙", "丙"}


def test_a_join_makes_a_newcomer_even_in_the_first_days_and_even_if_silent():
    said = [
        *old_hands(),
        row(days(2), None, "丙加入了群聊", kind="join", subject="丙"),
        row(days(3), None, "丁加入了群聊", kind="join", subject="丁"),
        row(days(4), "丙", "大家好"),
    ]
    table = newcomers(read(said))
    assert table["id"].to_list() == ["丙", "丁"]
    assert of(table, "丙")["spoke_7d"]
    assert of(table, "丁")["first"] is None
    assert not of(table, "丁")["spoke_7d"]


def test_who_comes_back_is_not_new():
    said = [*old_hands(), row(days(50), None, "甲加入了群聊", kind="join", subject="甲")]
    assert newcomers(read(said)).is_empty()


def test_machines_are_not_welcomed():
    said = [
        *old_hands(),
        row(days(50), None, "小助手加入了群聊", kind="join", subject="小助手"),
        row(days(51), "小助手", "欢迎", bot=True),
    ]
    assert newcomers(read(said)).is_empty()


def test_with_links_only_a_link_by_somebody_else_answers():
    said = [
        *[row(days(d), "甲") for d in range(60)],
        row(days(60) + 1, "丙", "大家好，我是新来的"),
        row(days(60) + 2, "丙", "请问规则在哪里看？"),
        row(days(60) + 3, "甲", "今天天气不错"),
        row(days(60) + 30, "甲", "欢迎！规则在公告"),
    ]
    table = newcomers(read(said, [(61, 60), (63, 61)]))
    new = of(table, "丙")
    assert new["answered"] == START + timedelta(days=60, minutes=30)
    assert new["answered_by"] == "甲"
    assert new["welcomed"]


def test_without_links_the_next_words_of_somebody_else_answer_if_they_come_soon():
    begun = [*[row(days(d), "甲") for d in range(60)], row(days(60) + 1, "丙", "大家好")]
    soon = newcomers(read([*begun, row(days(60) + 6, "甲", "欢迎")]))
    late = newcomers(read([*begun, row(days(60) + 90, "甲", "早")]))
    assert of(soon, "丙")["answered_by"] == "甲"
    assert of(late, "丙")["answered"] is None
    assert of(late, "丙")["welcomed"] is False


def test_a_newcomer_group_has_an_hour():
    said = [
        *[row(days(d), "甲") for d in range(60)],
        row(days(60), "丙", "大家好"),
        row(days(60) + 120, "甲", "欢迎"),
    ]
    pairs = [(61, 60)]
    assert of(newcomers(read(said, pairs)), "丙")["welcomed"] is True
    assert of(newcomers(read(said, pairs, Card(type="newcomer"))), "丙")["welcomed"] is False


def test_time_that_is_not_over_says_nothing():
    said = [*[row(days(d), "甲") for d in range(60)], row(days(60), "丙", "大家好")]
    new = of(newcomers(read(said, [(1, 0)], now=START + timedelta(days=60, hours=2))), "丙")
    assert new["welcomed"] is None
    assert not new["settled"]


@pytest.mark.parametrize(("after", "found_a_voice"), [(0.01, False), (3, True), (20, False)])
def test_without_a_join_a_voice_is_found_by_speaking_again_on_a_later_day(after, found_a_voice):
    said = [*old_hands(), row(days(60), "丙"), row(days(60 + after), "丙")]
    assert of(newcomers(read(said)), "丙")["spoke_7d"] is found_a_voice


def test_the_list_is_newest_first_with_first_words():
    said = [
        *old_hands(),
        row(days(60), "丙", "我是丙"),
        row(days(70), None, "丁加入", kind="join", subject="丁"),
        row(days(80), "戊", "我是戊"),
    ]
    listed = newcomer_list(read(said))
    assert [n.person for n in listed] == ["戊", "丁", "丙"]
    assert listed[0].quote is not None
    assert listed[0].quote.text == "我是戊"
    assert listed[0].name == "名戊"
    assert listed[1].quote is None


def test_an_empty_group_has_none():
    assert newcomers(read([])).is_empty()
    assert newcomer_list(read([])) == []
    only_joins = [row(0, None, "丁加入", kind="join", subject="丁")]
    assert newcomers(read(only_joins))["id"].to_list() == ["丁"]
