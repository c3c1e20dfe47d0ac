"""The selling guard: nothing is sold too early, before needs were solved, or too often; what it holds is never lost."""

from datetime import UTC, datetime, timedelta

import pytest
from at_work import group, hire
from hypothesis import given
from hypothesis import strategies as st
from stage import member

from huoqun.people import dealing, outbox, profile, selling_guard, voice
from huoqun.people.audit import Entry
from huoqun.people.outbox import Outgoing, Words
from huoqun.people.selling_guard import Ground, blocks
from huoqun.people.voice import DEFAULT
from huoqun.people.workspace import local

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 3, 2, 4, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def here():
    row = group(local(now=NOW))
    row.first = NOW - 3 * DAY
    row.save()
    return row


@pytest.fixture
def boss(here):
    return hire(here.workspace).account


def say(here, key, what="step.selling", now=NOW):
    return outbox.say(here, "今天特价", what=what, key=key, now=now)


def grown(here, boss):
    """Old enough, three needs known, one solved, four other pieces said this week."""
    here.first = NOW - 30 * DAY
    here.save()
    people = [member(here, name) for name in ("阿明", "小美", "老王")]
    for who in people:
        profile.say(
            who.person, "fact", f"{who.name}要找设计师", field="needs", source="", on=NOW.date(), by=boss, now=NOW
        )
    dealing.settle(
        here, "introduction", "k", person=people[0].person, other=people[1].person, state="done", by=boss, now=NOW
    )
    for n in range(4):
        say(here, f"useful {n}", "step.useful")


@pytest.mark.parametrize(
    ("ground", "said"),
    [
        (Ground(3 * DAY, 9, 9, 9, 0), [("young", {"days": 7, "left": 4})]),
        (Ground(7 * DAY, 9, 9, 9, 0), []),
        (Ground(9 * DAY, 1, 9, 9, 0), [("unasked", {"known": 1, "wanted": 3})]),
        (Ground(9 * DAY, 9, 0, 9, 0), [("unsolved", {"known": 0, "wanted": 1})]),
        (Ground(9 * DAY, 9, 9, 3, 0), [("often", {"sold": 0, "pieces": 3, "ceiling": 0.2})]),
        (Ground(9 * DAY, 9, 9, 4, 0), []),
        (Ground(9 * DAY, 9, 9, 8, 1), [("often", {"sold": 1, "pieces": 8, "ceiling": 0.2})]),
        (Ground(9 * DAY, 9, 9, 9, 1), []),
    ],
)
def test_each_reason_stands_by_itself_with_its_numbers(ground, said):
    assert [(b.id, b.values) for b in blocks(DEFAULT, ground)] == said


@given(
    days=st.integers(0, 400), needs=st.integers(0, 50), solved=st.integers(0, 50), n=st.integers(0, 99),
    sold=st.integers(0, 99), more=st.integers(1, 50),
)  # fmt: skip
def test_more_care_never_blocks_more(days, needs, solved, n, sold, more):
    before = {b.id for b in blocks(DEFAULT, Ground(days * DAY, needs, solved, n + sold, sold))}
    after = {
        b.id for b in blocks(DEFAULT, Ground((days + more) * DAY, needs + more, solved + more, n + sold + more, sold))
    }
    assert after <= before


def test_what_a_playbook_sells_too_early_is_held_with_its_reasons_and_never_lost(here, boss):
    row = say(here, "a")
    assert row.state == "held"
    assert [b["id"] for b in row.why["blocks"]] == ["young", "unasked", "unsolved", "often"]
    assert not outbox.to_send(here.workspace, now=NOW + 30 * DAY).exists()
    assert list(outbox.held(here.workspace)) == [row]
    assert say(here, "a") == row
    assert say(here, "b", "step.useful").state == "waiting"
    with pytest.raises(outbox.NoReason):
        outbox.release(row, why=" ", by=boss, now=NOW)
    assert outbox.release(row, why="老板的生日", by=boss, now=NOW)
    assert not outbox.release(row, why="又一次", by=boss, now=NOW)
    row.refresh_from_db()
    assert (row.state, row.why["released"]) == ("waiting", "老板的生日")
    noted = Entry.objects.get(what="outbox.release")
    assert (noted.account, noted.after["why"]) == (boss, "老板的生日")


def test_what_is_held_and_skipped_does_not_slip_out_by_an_undo(here, boss):
    row = say(here, "a")
    outbox.skip(row, by=boss, now=NOW)
    row.refresh_from_db()
    outbox.again(row, by=boss, now=NOW)
    row.refresh_from_db()
    assert row.state == "held"
    outbox.release(row, why="可以", by=boss, now=NOW)
    outbox.done(row, by=boss, now=NOW)
    outbox.again(row, by=boss, now=NOW)
    row.refresh_from_db()
    assert row.state == "waiting"


def test_it_is_let_through_when_the_group_was_cared_for_first(here, boss):
    grown(here, boss)
    later = NOW + timedelta(hours=1)
    assert outbox.against_selling([here], now=later)[here.pk] == []
    assert say(here, "one", now=later).state == "waiting"
    again = say(here, "two", now=later + timedelta(hours=1))
    assert [b["id"] for b in again.why["blocks"]] == ["often"]
    week = later + 8 * DAY
    for n in range(4):
        say(here, f"next {n}", "content.useful", now=week)
    outbox.release(again, why="", by=boss, now=week)
    again.refresh_from_db()
    assert again.state == "waiting", "the reason is gone: none is needed"


def test_an_introduction_of_which_nothing_came_solved_nothing(here, boss):
    grown(here, boss)
    dealing.conclude(dealing.dealings(here, "introduction").get(), "nothing", by=boss, now=NOW)
    assert [b.id for b in outbox.against_selling([here], now=NOW)[here.pk]] == ["unsolved"]


def test_an_operator_can_settle_the_guard_otherwise(here, boss):
    free = {"no_selling_days": 0, "needs_asked": 0, "needs_solved": 0, "selling_ceiling": 1.0}
    voice.choose(here, free, by=boss, now=NOW)
    assert say(here, "a").state == "waiting"


def test_a_thousand_groups_are_judged_in_a_few_queries(here, django_assert_max_num_queries):
    those = [here, *(group(here.workspace, f"群{n}") for n in range(40))]
    with django_assert_max_num_queries(8):
        outbox.say_all([Words(g, "买", "content.selling", "k") for g in those], now=NOW)
    assert Outgoing.objects.filter(state="held").count() == 41


def test_only_pieces_have_a_kind():
    assert [selling_guard.kind_of(what) for what in ("step.selling", "content.useful", "outbox.put", "x")] == [
        "selling", "useful", "", "",
    ]  # fmt: skip
