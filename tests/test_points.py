"""The ledger: it balances whatever is done to it, nothing pays twice, nothing goes below nought."""

from datetime import timedelta

import pytest
from at_work import account, group
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from huoqun.base import clock
from huoqun.people import merge, points
from huoqun.people.person import Identity, Person
from huoqun.people.points import Due, Posting, Purse
from huoqun.people.workspace import local

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def here():
    return group(local(now=clock.now()))


def human(there, name="阿明"):
    person = Person.objects.create(workspace=there.workspace, created=clock.now())
    Identity.objects.create(group=there, person=person, account=name, name=name, created=clock.now())
    return person


def test_what_is_paid_is_there_and_the_same_key_pays_once(here):
    one, now = human(here), clock.now()
    for _ in range(3):
        points.award(one, 5, key="打卡 1", what="challenge.check_in", now=now)
    assert points.balance(one) == 5
    points.spend(one, 3, key="买", what="shop.order", now=now)
    points.spend(one, 3, key="买", what="shop.order", now=now)
    assert points.balance(one) == 2
    with pytest.raises(points.Short):
        points.spend(one, 3, key="再买", what="shop.order", now=now)
    assert [p.amount for p in points.postings(one)] == [-3, 5]
    assert points.unbalanced(here.workspace) == []


def test_a_posting_is_reversed_once_and_never_below_nought(here):
    one, boss, now = human(here), account(), clock.now()
    given_ = points.award(one, 10, key="a", what="x", now=now)
    points.spend(one, 8, key="b", what="y", now=now)
    with pytest.raises(points.Short):
        points.reverse(given_, why="刷分", by=boss, now=now)
    taken = points.reverse(given_, why="刷分", by=boss, now=now, whole=False)
    assert (taken.amount, points.balance(one)) == (-2, 0)
    with pytest.raises(points.Reversed):
        points.reverse(given_, why="又一次", by=boss, now=now)
    with pytest.raises(points.Reversed):
        points.reverse(taken, why="反冲", by=boss, now=now)


def test_merged_persons_spend_as_one_and_part_exactly(here):
    one, two, boss, now = human(here, "甲"), human(here, "乙"), account(), clock.now()
    points.award(one, 4, key="a", what="x", now=now)
    points.award(two, 4, key="b", what="x", now=now)
    decision = merge.merge(one, two, reason="", by=boss, now=now)
    one, two = Person.objects.get(pk=one.pk), Person.objects.get(pk=two.pk)
    assert points.balance(one) == points.balance(two) == 8
    points.spend(one, 6, key="c", what="y", now=now)
    assert points.balance(two) == 2
    merge.unmerge(decision, by=boss, now=now)
    assert sorted(points.balance(Person.objects.get(pk=p.pk)) for p in (one, two)) == [0, 2]
    assert points.unbalanced(here.workspace) == []


def test_the_database_refuses_what_does_not_add_up(here):
    one, now = human(here), clock.now()
    row = points.award(one, 5, key="a", what="x", now=now)
    for wrong in ({"after": 9}, {"amount": 0}, {"before": 1}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Posting.objects.filter(pk=row.pk).update(**wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        Purse.objects.filter(pk=row.purse_id).update(held=-1)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["award", "spend", "reverse"]), st.integers(0, 2), st.integers(1, 20), st.integers(0, 9)
        ),
        max_size=25,
    )
)
def test_whatever_is_done_the_books_balance(here, deeds):
    start, boss = clock.now(), account()
    people = [human(here, f"人{n}-{start.timestamp()}") for n in range(3)]
    for step, (what, who, amount, key) in enumerate(deeds):
        now = start + timedelta(seconds=step)
        try:
            if what == "award":
                points.award(people[who], amount, key=f"{people[who].pk} {key}", what="x", now=now)
            elif what == "spend":
                points.spend(people[who], amount, key=f"{people[who].pk} s{key}", what="y", now=now)
            elif (last := points.postings(people[who]).first()) is not None:
                points.reverse(last, why="", by=boss, now=now, whole=False)
        except (points.Short, points.Reversed):
            pass
    assert points.unbalanced(here.workspace) == []
    for one in people:
        rows = list(points.postings(one).order_by("number"))
        assert sum(r.amount for r in rows) == points.balance(one) >= 0
        assert [r.before for r in rows] == [0, *[r.after for r in rows]][: len(rows)]


def test_many_are_paid_in_one_go_and_only_once(here):
    now = clock.now()
    crowd = [human(here, f"人{n}") for n in range(50)]
    dues = [Due(one, 2, f"{one.pk}", "x") for one in crowd]
    assert len(points.award_all(here.workspace, dues, now=now)) == 50
    assert points.award_all(here.workspace, dues, now=now) == []
    assert {points.balance(one) for one in crowd} == {2}
