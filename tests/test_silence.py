"""In a slow group the next words after a silence answer; in busy talk only a link does."""

from datetime import timedelta

import pytest
from group_rows import START, days, links, row, rows
from lived_group import NOW, passers, regulars
from lived_group import group as lived

from huoqun.insight.answer import answers
from huoqun.insight.card import Card
from huoqun.insight.examination import examine
from huoqun.insight.finding import findings
from huoqun.insight.newcomer import newcomers
from huoqun.insight.reading import Reading, reading
from huoqun.insight.reply import links as inferred
from huoqun.insight.tie import ties

HOUR = 60
LATER = days(60)


def group(*said: dict, pairs: tuple[tuple[int, int], ...] = ()) -> Reading:
    """A history that begins with one linked answer (rows 0 and 1), so that links are known to reach."""
    whole = rows([row(0, "戊"), row(0.2, "己"), *said])
    return reading(whole, links([(1, 0), *pairs]), Card(), now=whole["time"].item(-1) + timedelta(days=2))


@pytest.mark.parametrize(
    ("pause", "answered"), [(1, False), (3, True), (5 * HOUR, True), (23 * HOUR, True), (25 * HOUR, False)]
)
def test_first_words_after_a_silence_answer_the_whole_turn_before_it_within_a_day(pause, answered):
    found = answers(group(row(LATER, "甲"), row(LATER + 1, "甲"), row(LATER + 1 + pause, "乙")))
    assert found["row"].to_list() == ([0, 2, 3] if answered else [0])
    assert found["answer"].to_list()[1:] == ([4, 4] if answered else [])


def test_a_link_says_better_whom_they_answer():
    said = [row(LATER, "甲"), row(LATER + 0.5, "丙"), row(LATER + 90, "乙")]
    assert answers(group(*said, pairs=((4, 2),)))["row"].to_list() == [0, 2]
    assert answers(group(*said))["row"].to_list() == [0, 3]


def test_nobody_answers_themselves():
    assert answers(group(row(LATER, "甲"), row(LATER + HOUR, "甲")))["row"].to_list() == [0]


def test_a_newcomer_in_a_slow_group_was_welcomed_hours_later():
    old = [row(days(d), who) for d in range(1, 50) for who in ("甲", "乙")]
    table = newcomers(group(*old, row(LATER, "丙"), row(LATER + 7 * HOUR, "甲")))
    assert table.row(0, named=True)["answered_by"] == "甲" and table["welcomed"].to_list() == [True]
    alone = newcomers(group(*old, row(LATER, "丙"), row(LATER + 30 * HOUR, "甲")))
    assert alone["welcomed"].to_list() == [False]


@pytest.mark.parametrize(("pause", "tied"), [(1, False), (HOUR, True), (5 * HOUR, True), (7 * HOUR, False)])
def test_turns_after_a_silence_tie_people_of_a_slow_group(pause, tied):
    said = [row(LATER + i * pause, "甲乙"[i % 2]) for i in range(12)]
    pairs = ties(group(*said), START + timedelta(minutes=LATER + 12 * pause)).pairs
    assert pairs.height == (2 if tied else 1)
    assert pairs["turn"].sum() == (11 if tied else 0)


def test_a_slow_group_that_lives_is_not_called_ill():
    """Five messages a day, links inferred: nobody is blamed for answers that nobody could see."""
    slow = lived(regulars(25, chance=0.2, each=1), passers(0.15))
    whole = reading(slow.rows, inferred(slow.rows), Card(), now=NOW)
    found = findings(examine(whole, ties=ties(whole)))
    assert {one.cause for one in found} <= {"weak_ties"} and len(found) <= 1
