"""An operator sees where each member stands, and why."""

from datetime import timedelta

import polars as pl
import pytest
from group_rows import START, days, links, row, rows

from huoqun.insight.card import Card
from huoqun.insight.reading import reading
from huoqun.insight.stratum import STRATA, past, strata
from huoqun.insight.threshold import Thresholds
from huoqun.insight.tie import evidence

NOW = START + timedelta(days=100)


def planted():
    """K is answered by nine people; I brings three; C speaks on three days of the last week; W did over four weeks;
    R was seen 20 days ago; Q brought one long after falling silent; S has not spoken for 60 days."""
    said, pairs = [row(0, "Q"), row(days(40), "S"), row(days(80), "R"), row(days(90), "I")], []
    for i in range(9):
        said += [row(days(70) + i * 60, "K"), row(days(70) + i * 60 + 1, f"n{i}")]
    said += [row(days(95), "K")]
    said += [row(days(99 - d), "C") for d in (0, 2, 4)]
    said += [row(days(92 - d), "W") for d in range(19)]
    said += [row(days(60), "I", "I邀请x加入", kind="join", subject=f"x{i}") for i in range(3)]
    said += [row(days(85), "Q", "Q邀请y加入", kind="join", subject="y")]
    frame = rows(said)
    ks = frame.with_row_index("row").filter(pl.col("sender") == "K")["row"].to_list()[:9]
    pairs = [(k + 1, k) for k in ks]
    return reading(frame, links(pairs), Card(), now=NOW)


def judged(group, **more):
    found = strata(past(group, evidence(group)), **more)
    return {group.people[r["person"]]: r for r in found.iter_rows(named=True)}


@pytest.mark.parametrize(
    ("person", "stratum", "reason", "value", "of"),
    [
        ("K", "kol", "answered_by", 9, None),
        ("I", "kol", "brought", 3, None),
        ("C", "core", "days_of_week", 3, 7),
        ("W", "core", "days_of_weeks", 19, 28),
        ("R", "regular", "seen", 20, 30),
        ("Q", "word_of_mouth", "brought_quietly", 1, None),
        ("S", "silent", "unseen", 60, 30),
    ],
)
def test_everybody_stands_where_they_belong_and_knows_why(person, stratum, reason, value, of):
    found = judged(planted())[person]
    assert (found["stratum"], found["reason"], found["value"]) == (stratum, reason, value)
    if of is not None:
        assert found["of"] == of


def test_an_operator_can_set_other_numbers():
    strict = Thresholds(core_days=6, kol_answered_by=20, kol_brought=4, regular_days=10)
    found = judged(planted(), thresholds=strict)
    assert found["C"]["stratum"] == "regular"
    assert found["K"]["stratum"] == "regular"
    assert found["R"]["stratum"] == "silent"


def test_looking_back_nobody_is_judged_by_what_came_later():
    found = judged(planted(), at=START + timedelta(days=45))
    assert set(found) == {"Q", "S"}
    assert found["S"]["stratum"] == "regular"


def test_answers_of_one_person_make_no_opinion_leader():
    said = [row(days(90) + i, "K" if i % 2 == 0 else "fan") for i in range(60)]
    group = reading(rows(said), links([(i, i - 1) for i in range(1, 60)]), Card(), now=NOW)
    assert judged(group)["K"]["stratum"] == "regular"


def test_where_everybody_answers_everybody_nobody_leads():
    people = [f"p{i}" for i in range(12)]
    said, pairs = [], []
    for a in people:
        for b in people:
            said += [row(days(80) + len(said), a), row(days(80) + len(said) + 1, b)]
            pairs.append((len(said) - 1, len(said) - 2))
    group = reading(rows(said), links(pairs), Card(), now=NOW)
    assert {found["stratum"] for found in judged(group).values()} == {"regular"}
    assert {found["answered_by"] for found in judged(group).values()} == {11}


def test_strata_come_in_the_documents_order_and_an_empty_group_has_none():
    assert STRATA == ("kol", "core", "regular", "word_of_mouth", "silent")
    empty = reading(rows([]), links([]), Card(), now=NOW)
    assert strata(past(empty, evidence(empty))).is_empty()
