"""Whose turn it is: fair, never against what somebody said, and always with the reason."""

from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from huoqun.crew.fairness import Candidate, choose, plan

WEEK = timedelta(days=7)
MONDAY = date(2026, 3, 2)
CALM = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=60)
"""Other work on the machine is no fault of these rules."""


def weeks(many, begin=MONDAY):
    return [begin + WEEK * n for n in range(many)]


mondays = st.integers(-30, 40).map(lambda n: MONDAY + WEEK * n)
people = st.lists(
    st.builds(
        Candidate,
        id=st.uuids().map(str),
        served=st.frozensets(mondays, max_size=6),
        helped=st.integers(0, 14),
        volunteers=st.booleans(),
        wanted=st.frozensets(mondays, max_size=3),
        blocked=st.frozensets(mondays, max_size=10),
        refused=st.frozensets(mondays, max_size=5),
        spoke=st.integers(0, 30),
    ),
    max_size=9,
    unique_by=lambda c: c.id,
)


@CALM
@given(people, st.integers(0, 8), st.integers(1, 16))
def test_nobody_gets_a_week_they_cannot_or_two_in_a_row(those, rest, many):
    by = {c.id: c for c in those}
    served = {c.id: set(c.served) for c in those}
    for week, choice in plan(weeks(many), those, rest=rest).items():
        who = by[choice.id]
        assert week not in who.blocked | who.refused
        assert not served[choice.id] & {week - WEEK, week, week + WEEK}
        served[choice.id].add(week)


@CALM
@given(people, st.integers(0, 8))
def test_a_week_is_left_open_only_where_nobody_could_take_it(those, rest):
    found = choose(MONDAY, those, rest=rest)
    able = [c for c in those if MONDAY not in c.blocked | c.refused]
    able = [c for c in able if not c.served & {MONDAY - WEEK, MONDAY, MONDAY + WEEK}]
    assert (found is None) is (not able)
    if found:
        assert found.others + 1 + sum(found.passed.values()) == len(those), "everybody is accounted for"
        assert found == choose(MONDAY, those[::-1], rest=rest), "the order of the list decides nothing"


@CALM
@given(st.integers(3, 20), st.integers(0, 60), st.integers(0, 6))
def test_over_time_everybody_serves_as_often(people, many, rest):
    those = [Candidate(id=f"{n:02}") for n in range(people)]
    turns = [choice.id for choice in plan(weeks(many), those, rest=rest).values()]
    assert len(turns) == many
    counts = [turns.count(c.id) for c in those]
    assert max(counts) - min(counts) <= 1


@CALM
@given(people, st.integers(0, 8))
def test_who_volunteered_for_the_week_comes_first(those, rest):
    found = choose(MONDAY, those, rest=rest)
    if found is None:
        return
    gone = [c for c in those if MONDAY in c.wanted and MONDAY not in c.blocked | c.refused]
    near = [c for c in gone if any(abs((MONDAY - s).days) <= max(rest, 1) * 7 for s in c.served)]
    if set(map(id, gone)) - set(map(id, near)):
        assert any(c.id == found.id for c in gone)


def test_each_proposal_says_why_this_one():
    new = Candidate("a", spoke=3)
    old = Candidate("b", served=frozenset({MONDAY - 10 * WEEK}), spoke=30)
    older = Candidate("c", served=frozenset({MONDAY - 20 * WEEK}))
    glad = Candidate("d", served=frozenset({MONDAY - 6 * WEEK}), volunteers=True)
    assert choose(MONDAY, [old, new], rest=4).why == "never"
    longest = choose(MONDAY, [old, older], rest=4)
    assert (longest.id, longest.why, longest.ago, longest.others) == ("c", "longest", 20, 1)
    assert choose(MONDAY, [old, new, glad], rest=4).why == "volunteer"
    tired = choose(MONDAY, [old, glad], rest=8)
    assert (tired.id, tired.passed) == ("b", {"resting": 1})
    both = choose(MONDAY, [glad], rest=8)
    assert (both.why, both.rested) == ("only", False)
