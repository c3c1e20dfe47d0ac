"""The staffing calculator: the handbook's example comes out; more work never needs fewer people; nobody overfilled."""

from datetime import timedelta

import pytest
from at_work import browser, hire
from at_work import group as group_of
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from huoqun.base import clock
from huoqun.crew.staffing import Assumed, BadNumber, Class, by_hand, classes_of, need, number, present, shared_out
from huoqun.people import outbox
from huoqun.people.workspace import local

CALM = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=60)
classes = st.lists(
    st.builds(
        Class,
        groups=st.integers(0, 50),
        members=st.integers(0, 2000),
        messages=st.integers(0, 3000),
        questions=st.integers(0, 200),
        sends=st.integers(0, 20),
    ),
    max_size=5,
)


def told(found):
    return [role.needed for role in found.roles], found.total


def test_the_examples_of_the_handbook_come_out():
    assert told(need([Class(groups=4, members=500)], Assumed())) == ([1, 2, 1], 4)
    small = need([Class(groups=3, members=60)], Assumed())
    assert (small.total, small.roles[2].needed) == (2, 0)
    assert need([Class(groups=1, members=20)], Assumed()).total == 2
    assert need([], Assumed()).total == 0


def test_work_counts_where_it_is_more_than_heads():
    busy = need([Class(groups=4, members=500, questions=200)], Assumed())
    assert busy.roles[0].needed == 13, "800 questions of 4 minutes, seven days by people who work five of 360 minutes"
    quick = need([Class(groups=4, members=500)], Assumed(target=30, hours=13))
    assert (present(Assumed(target=30, hours=13)), quick.roles[0].needed) == (3, 3)


@CALM
@given(classes, st.integers(1, 30))
def test_more_work_never_needs_fewer(those, more):
    before = need(those, Assumed()).total
    assert need([*those, Class(groups=more, members=100, questions=5)], Assumed()).total >= before


@CALM
@given(st.dictionaries(st.integers(), st.floats(0, 500), max_size=30), st.integers(60, 480))
def test_everybody_has_a_day_that_holds_and_no_group_is_left(minutes, day):
    people = shared_out(minutes, day)
    assert sorted(key for those in people for key in those) == sorted(minutes)
    for those in people:
        assert len(those) == 1 or sum(minutes[key] for key in those) <= day


def test_groups_are_summed_up_by_size():
    found = classes_of([Class(1, 40, 10), Class(1, 50, 20), Class(1, 51, 5), Class(1, 900)])
    assert [c.groups for c in found] == [2, 1, 0, 0, 1]
    assert (found[0].members, found[0].messages) == (45, 15)
    assert by_hand(Class(1, 40, 60, 1, 2), Assumed()) == 5 + 1 + 3 + 4
    for wrong in ("", "x", "nan", "-1", "1e99", "9" * 40):
        with pytest.raises(BadNumber):
            number(wrong, 0, 100)


@pytest.mark.django_db
def test_the_page_counts_with_what_is_typed_and_says_what_is_no_number():
    place = local(now=clock.now())
    there, client = group_of(place, "<b>手工群"), browser(hire(place))
    for n in range(28):
        when = clock.now() - timedelta(days=n)
        outbox.say(there, "早", what="test", key=f"{n}", due=when, now=when)
    page = reverse("staffing", args=[place.slug])
    shown = client.get(page).text
    assert "&lt;b&gt;手工群" in shown and "需要 2 个人" in shown
    big = {"groups0": "0", "groups4": "4", "members4": "500"}
    assert "需要 4 个人" in client.get(page, big).text
    wrong = client.get(page, {"members4": "<很多>"})
    assert wrong.status_code == 422
    assert "&lt;很多&gt;" in wrong.text
    csv = client.get(reverse("staffing_csv", args=[place.slug]), big).getvalue().decode()
    assert "手工群" in csv and "合计" in csv
    assert client.get(reverse("staffing_csv", args=[place.slug]), {"day": "x"}).status_code == 200
