"""An operator sees who is connected to whom, how strongly, and on what evidence."""

from datetime import timedelta

import polars as pl
import pytest
from group_rows import START, days, links, row, rows
from hypothesis import given, settings
from hypothesis import strategies as st

from huoqun.insight.card import Acquaintance, Card
from huoqun.insight.reading import reading
from huoqun.insight.tie import HALF_LIFE, evidence, tie_list, ties

SOON = START + timedelta(minutes=30)


def read(said, pairs=(), now=SOON, probability=1.0):
    return reading(rows(said), links(pairs, probability), Card(), now=now)


def only(found):
    assert found.pairs.height == 1
    return found.pairs.row(0, named=True)


def test_one_fresh_reply_is_one():
    tie = only(ties(read([row(0, "甲"), row(1, "乙")], [(1, 0)], now=START + timedelta(minutes=1))))
    assert (tie["a"], tie["b"]) == (0, 1)
    assert tie["backward"] == pytest.approx(1)
    assert tie["strength"] == pytest.approx(1)
    assert tie["reply"] == 1
    assert not tie["returned"]
    assert tie["reciprocity"] == 0


def test_an_inferred_reply_counts_by_its_probability():
    tie = only(ties(read([row(0, "甲"), row(1, "乙")], [(1, 0)], now=START + timedelta(minutes=1), probability=0.7)))
    assert tie["reply"] == 1
    assert tie["strength"] == pytest.approx(0.7, abs=1e-6)


def test_half_is_left_after_the_half_life():
    found = read([row(0, "甲"), row(1, "乙")], [(1, 0)], now=START + timedelta(minutes=1) + HALF_LIFE)
    assert only(ties(found))["strength"] == pytest.approx(0.5)


def test_looking_back_sees_only_what_was_there():
    found = read([row(0, "甲"), row(1, "乙"), row(days(10), "丙"), row(days(10) + 1, "甲")], [(1, 0), (3, 2)])
    assert ties(found, START).pairs.is_empty()
    assert only(ties(found, START + timedelta(days=5)))["b"] == 1


def test_strong_needs_both_sides():
    one_sided = [row(i, "甲" if i % 2 == 0 else "乙") for i in range(20)]
    to = ties(read(one_sided, [(i, i - 1) for i in range(1, 20, 2)], now=START + timedelta(minutes=20)))
    both = ties(read(one_sided, [(i, i - 1) for i in range(1, 20)], now=START + timedelta(minutes=20)))
    assert to.pairs["strength"].item() > 3
    assert not to.pairs["strong"].item()
    assert both.pairs["strong"].item()
    assert both.pairs["reciprocity"].item() > 0.9


def test_two_kinds_make_a_returned_tie_strong_sooner():
    replies = [row(0, "甲"), row(1, "乙"), row(2, "甲")]
    same_kind = ties(read(replies, [(1, 0), (2, 1)]))
    mixed = ties(read([row(0, "甲"), row(1, "乙"), row(2, "甲", "@名乙 明天见")], [(1, 0)]))
    assert not same_kind.pairs["strong"].item()
    assert mixed.pairs["mention"].item() == 1
    assert mixed.pairs["strong"].item()


def test_one_message_is_one_evidence():
    found = read([row(0, "甲"), row(1, "乙", "@名甲 好的")], [(1, 0)])
    assert evidence(found)["kind"].to_list() == ["reply"]


@pytest.mark.parametrize(
    "more",
    [
        {"text": "大家好", "mentions": ["甲"]},
        {"text": "大家好", "mentions": ["名甲"]},
        {"text": "@名甲 你来吗"},
        {"text": "问一下@名甲\u2005你来吗"},
        {"text": "「名甲：我先走了」\n- - - - -\n好的", "kind": "text"},
    ],
)
def test_names_tie(more):
    found = evidence(read([row(0, "甲"), row(20, "乙", **more)]))
    assert found["kind"].to_list() == ["quote" if more["text"].startswith("「") else "mention"]
    assert found.row(0)[:2] == (1, 0)


def test_a_name_belongs_to_who_bore_it_then():
    said = [
        row(0, "甲", name="队长"),
        row(60, "乙", "@队长 辛苦了", name="小乙"),
        row(120, "丙", name="队长"),
        row(180, "乙", "@队长 辛苦了", name="小乙"),
    ]
    assert evidence(read(said, now=START + timedelta(days=1)))["b"].to_list() == [0, 2]


def test_turns_count_only_within_a_conversation_and_without_a_link_of_their_own():
    said = [row(0, "甲"), row(1, "乙"), row(2, "丙"), row(3, "甲", "另一件事"), row(4, "乙")]
    found = evidence(read(said, [(1, 0), (2, 0), (4, 3)]))
    turns = found.filter(pl.col("kind") == "turn").select("a", "b").rows()
    assert turns == [(2, 1)]


def test_who_answers_themselves_has_no_tie():
    assert ties(read([row(0, "甲"), row(1, "甲", "@名甲 哈哈")], [(1, 0)])).pairs.is_empty()


def test_the_document_lists_the_strongest_first_and_forgets_the_faded():
    said = [row(0, "甲"), row(1, "乙"), row(days(800), "丙"), row(days(800) + 1, "甲"), row(days(800) + 2, "丙")]
    found = read(said, [(1, 0), (3, 2), (4, 3)], now=START + timedelta(days=801))
    listed = tie_list(found, ties(found))
    assert [(t.a, t.b) for t in listed] == [("甲", "丙")]
    assert listed[0].kinds == {"reply": 2}
    assert listed[0].last == START + timedelta(days=800, minutes=2)
    assert tie_list(read([]), ties(read([]))) == []


saying = st.tuples(st.integers(0, 400_000), st.integers(0, 5), st.integers(1, 6))


@settings(max_examples=60, deadline=None)
@given(st.lists(saying, min_size=2, max_size=40), st.integers(0, 300), st.integers(0, 300))
def test_time_alone_never_strengthens(said, first, more):
    said = sorted(said)
    frame = [row(minute, f"p{who}") for minute, who, _ in said]
    pairs = [(i, i - back) for i, (_, _, back) in enumerate(said) if i >= back]
    found = read(frame, pairs, now=START + timedelta(days=1000))
    known = evidence(found)
    begin = START + timedelta(minutes=400_000, days=first)
    early, late = (ties(found, at, known=known).pairs for at in (begin, begin + timedelta(days=more)))
    assert early.select("a", "b").equals(late.select("a", "b"))
    assert (late["strength"] <= early["strength"] + 1e-12).all()
    assert (early["a"] < early["b"]).all()
    assert early["reciprocity"].is_between(0, 1 + 1e-9).all()


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 4), min_size=2, max_size=12))
def test_strength_does_not_depend_on_the_order_of_evidence_of_the_same_time(who):
    said = [row(0, f"p{w}") for w in who]
    pairs = [(i, 0) for i in range(1, len(who))]
    found = read(said, pairs)
    known = evidence(found)
    shuffled = known.reverse()
    assert ties(found, known=known).pairs.equals(ties(found, known=shuffled.sort("time")).pairs)


def test_who_says_that_they_know_somebody_has_a_tie_of_its_own_kind():
    said = [row(0, "甲"), row(1, "乙"), row(2, "丙")]
    told = (
        Acquaintance("甲", "乙", SOON - timedelta(days=1)),
        Acquaintance("乙", "甲", SOON + timedelta(days=9)),
        Acquaintance("甲", "从没说过话", SOON),
    )
    found = ties(reading(rows(said), links([(1, 0)]), Card(known=told), now=SOON))
    tie = {t.a + t.b: t for t in tie_list(reading(rows(said), links([(1, 0)]), Card(known=told), now=SOON), found)}
    assert tie["甲乙"].kinds["known"] == 2
    assert tie["甲乙"].strong, "returned, and of two kinds"
    without = ties(reading(rows(said), links([(1, 0)]), Card(), now=SOON))
    assert not without.pairs.filter("strong").height
    assert "从没说过话" not in {t.b for t in tie.values()}
