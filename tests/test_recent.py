"""A long history is diagnosed as soon as a short one: its old answers are judged by nearness, its new ones as ever."""

from datetime import timedelta

import polars as pl
from group_rows import START, days, links, row, rows

from huoqun.insight import recent
from huoqun.insight.answer import answers
from huoqun.insight.card import Card
from huoqun.insight.diagnosis import RECENT_ONLY
from huoqun.insight.newcomer import newcomers
from huoqun.insight.question import questions
from huoqun.insight.reading import reading
from huoqun.insight.recent import recent_links
from huoqun.insight.reply import links as whole_links
from huoqun.insight.start import starts
from huoqun.insight.tie import evidence
from huoqun.web.phrase import book

TALK = rows(row(3 * i, "甲乙丙丁"[i * i % 7 % 4], f"第{i}件事怎么办？") for i in range(400))


def test_a_short_history_is_inferred_whole():
    found = recent_links(TALK, now=TALK["time"][-1])
    assert found.first == 0
    assert found.links.equals(whole_links(TALK))


def test_of_a_long_one_only_the_latest_rows_are():
    found = recent_links(TALK, now=TALK["time"][-1], most=100)
    assert found.first == 300
    assert found.links["row"].min() >= 300
    assert found.links.equals(whole_links(TALK, since=TALK["time"][300]))


def test_or_the_latest_days():
    found = recent_links(TALK, now=TALK["time"][-1], reach=timedelta(minutes=60))
    assert found.links.height
    assert found.links["row"].min() >= found.first == 379


def test_rows_of_one_moment_stay_together():
    talk = rows(row(i // 4, "甲乙丙丁"[i % 4], f"说{i}") for i in range(40))
    assert recent_links(talk, now=talk["time"][-1], most=10).first == 28


def test_what_the_network_says_counts_however_old(monkeypatch):
    talk = rows(row(3 * i, "甲乙"[i % 2], "好", reply_to=f"k{i - 1}" if i in (5, 395) else None) for i in range(400))
    monkeypatch.setattr(recent, "PART", 40)
    found = recent_links(talk, now=talk["time"][-1], most=100).links
    assert found.filter(pl.col("probability") == 1).select("row", "answers").rows() == [(5, 4), (395, 394)]


def test_parts_side_by_side_lose_and_double_nothing(monkeypatch):
    monkeypatch.setattr(recent, "PART", 70)
    found = recent_links(TALK, now=TALK["time"][-1])
    assert found.first == 0
    assert found.links["row"].is_sorted()
    assert found.links.unique(["row", "answers"]).height == found.links.height
    assert found.links["row"].n_unique() > 0.9 * whole_links(TALK)["row"].n_unique()
    assert found.links.equals(recent_links(TALK, now=TALK["time"][-1]).links)


def test_nothing_at_all():
    found = recent_links(TALK.head(0), now=START)
    assert (found.links.height, found.first) == (0, 0)


def test_before_the_seam_nearness_stands_for_links():
    said = [row(0, "甲", "谁在？"), row(1, "乙"), row(days(5), "丙", "谁在？"), row(days(5) + 1, "丁")]
    table = rows(said)
    now = START + timedelta(days=6)
    base = reading(table, links([(3, 2)]), Card(), now=now, linked_from=2)
    assert base.seam == 2
    assert evidence(base).select("a", "b", "kind").rows() == [(1, 0, "turn"), (3, 2, "reply")]
    assert starts(base)["row"].to_list() == [0, 2]
    assert answers(base).select("row", "answer").rows() == [(0, 1), (2, 3)]


def test_nearness_does_not_join_what_the_seam_parts():
    table = rows([row(0, "甲"), row(1, "乙"), row(2, "丙"), row(3, "丁")])
    base = reading(table, links([(3, 2)]), Card(), now=START + timedelta(minutes=9), linked_from=2)
    assert evidence(base).select("a", "b", "kind").rows() == [(1, 0, "turn"), (3, 2, "reply")]


def test_shares_of_what_was_answered_leave_the_old_part_out():
    said = [
        row(0, "甲", "谁知道怎么报名？"),
        row(1, "乙"),
        row(days(5), "甲", "谁知道怎么退群？"),
        row(days(5) + 1, "乙"),
    ]
    base = reading(rows(said), links([(3, 2)]), Card(created=START), now=START + timedelta(days=8), linked_from=2)
    assert questions(base)["row"].to_list() == [2]
    assert newcomers(base)["welcomed"].to_list() == [None, None]


def test_the_note_has_words():
    assert RECENT_ONLY in book("zh").notes
    assert RECENT_ONLY in book("en").notes
