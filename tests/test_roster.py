"""An operator sees everybody who speaks, with what is known of them."""

from datetime import timedelta

from group_rows import START, days, links, row, rows

from huoqun.insight.card import Card
from huoqun.insight.reading import reading
from huoqun.insight.roster import people_table
from huoqun.insight.tie import ties


def group():
    said = [
        row(0, "甲", name="旧名"),
        *[row(days(99) + i, "甲乙"[i % 2]) for i in range(6)],
        row(days(99) + 30, "丙"),
        row(days(99) + 31, "小助手", bot=True),
    ]
    return reading(rows(said), links([(i, i - 1) for i in range(2, 7)]), Card(), now=START + timedelta(days=100))


def test_everybody_has_a_row_the_most_active_first():
    found = group()
    table = people_table(found, ties(found), roles={"甲": "owner"})
    assert [p.id for p in table] == ["甲", "乙", "丙", "小助手"]
    first = table[0]
    assert (first.name, first.messages, first.messages_90d, first.days, first.days_90d) == ("名甲", 4, 3, 2, 1)
    assert first.first == START
    assert first.role == "owner"
    assert (first.answers, first.answered) == (2, 3)
    assert (first.ties, first.strong_ties, first.circle) == (1, 1, 0)
    assert (first.stratum, first.stratum_reason) == ("regular", "seen 1 30")


def test_the_lonely_and_the_machines_are_told_apart():
    found = group()
    lonely, machine = people_table(found, ties(found))[2:]
    assert (lonely.circle, lonely.ties, lonely.bot) == (None, 0, False)
    assert (machine.bot, machine.stratum_reason, machine.messages) == (True, "bot", 1)


def test_an_empty_group_has_nobody():
    found = reading(rows([]), links([]), Card(), now=START)
    assert people_table(found, ties(found)) == []
