"""Guests: a roster with terms, visits prepared and thanked for, a mark on the pulse; and the owner's plan."""

from datetime import UTC, datetime, timedelta

import pytest
from at_work import group, hire
from stage import member

from huoqun.content import brand_plan, guest, watchword
from huoqun.content.brand_plan import BadAim, BrandAim, BrandCount
from huoqun.content.guest import BadGuest, Guest, Person, Visit
from huoqun.content.watchword import Sighting
from huoqun.people.audit import Entry
from huoqun.people.mark import Mark
from huoqun.people.workspace import local

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 4, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def here():
    return group(local(now=NOW))


@pytest.fixture
def boss(here):
    return hire(here.workspace)


@pytest.fixture
def by(boss):
    return {"by": boss.account, "now": NOW}


@pytest.fixture
def lin(here, by):
    told = Person(name="林老师", topics="写作", relation="paid", cost=800, terms="讲一小时，不加群友")
    return guest.keep(here.workspace, told, **by)


def coming(lin, here, by, start=NOW + timedelta(days=2), key="k1", **more):
    told = {"minutes": 60, "topic": "怎么写开头", "series": "周四夜谈"} | more
    return guest.plan(lin, here, start=start, key=key, **told, **by)


def test_a_visit_goes_from_the_plan_to_the_thanks(here, boss, lin, by):
    row = coming(lin, here, by)
    assert coming(lin, here, by) == row and Visit.objects.count() == 1, "the same key, once"
    assert [(one.pk, what) for one, what in guest.waiting(boss, now=NOW)] == [(row.pk, "prepare")]
    guest.tick_off(row, "prepared", **by)
    assert guest.waiting(boss, now=NOW) == []
    later = row.start + 2 * HOUR
    assert [what for _row, what in guest.waiting(boss, now=later)] == ["happened"]
    with pytest.raises(BadGuest, match="when"):
        guest.happened(row, cost=800, drawn=2, **by)
    guest.happened(row, cost=900, drawn=3, by=boss.account, now=later)
    guest.happened(row, cost=950, drawn=3, by=boss.account, now=later)
    mark = Mark.objects.get()
    assert (mark.title, mark.start, mark.end, mark.by_owner) == ("林老师: 怎么写开头", row.start, row.end, True)
    assert [what for _row, what in guest.waiting(boss, now=later)] == ["thank"]
    guest.tick_off(row, "thanked", by=boss.account, now=later)
    assert guest.waiting(boss, now=later) == []
    (one,) = guest.roster(here.workspace)
    assert (one.visits_done, one.drawn_away, one.spent) == (1, 3, 950)
    kinds = set(Entry.objects.values_list("what", flat=True))
    assert {"guest.keep", "visit.plan", "visit.prepared", "visit.happened", "visit.thanked"} <= kinds
    assert not guest.call_off(row, **by), "it has taken place"


def test_what_is_called_off_waits_for_nothing_and_bears_no_mark(here, boss, lin, by):
    row = coming(lin, here, by)
    assert guest.call_off(row, **by) and not guest.call_off(row, **by)
    assert guest.waiting(boss, now=NOW) == [] and not Mark.objects.exists()
    guest.archive(lin, True, **by)
    assert not guest.roster(here.workspace).exists()
    assert guest.roster(here.workspace, archived=True).get().pk == lin.pk


@pytest.mark.parametrize(
    ("more", "why"),
    [({"topic": " "}, "topic"), ({"minutes": 0}, "number"), ({"start": NOW + timedelta(days=3000)}, "when")],
)
def test_a_visit_that_cannot_be_is_refused(here, lin, by, more, why):
    with pytest.raises(BadGuest, match=why):
        coming(lin, here, by, **more)
    assert not Visit.objects.exists()


def test_a_guest_needs_a_name_and_a_cost_that_can_be(here, by):
    for told in (Person(name=""), Person(name="甲", cost=-1), Person(name="甲", cost=float("nan"))):
        with pytest.raises(BadGuest):
            guest.keep(here.workspace, told, **by)
    assert not Guest.objects.exists()


def test_who_is_limited_sees_the_visits_of_their_groups(here, boss, lin, by):
    other = group(here.workspace, "第二个群")
    coming(lin, here, by)
    coming(lin, other, by, key="k2")
    limited = hire(here.workspace, "group_admin", groups=[other])
    assert [one.group for one in guest.visits_for(limited)] == [other]


def test_the_owners_plan_counts_by_hand_and_by_a_watchword(here, boss, by):
    word = watchword.add(here.workspace, name="阿宽", **by)
    post = brand_plan.aim(here.workspace, stage="label", text="每周一篇长文", target=4, unit="篇", **by)
    named = brand_plan.aim(
        here.workspace, stage="brand", text="有人提起", target=3, watchword=word, until=NOW.date(), **by
    )
    for n, key in enumerate(("a", "a", "b")):
        brand_plan.count(post, n + 1, day=NOW.date(), note="第一篇", key=key, **by)
    for n in range(2):
        who = member(here, f"人{n}")
        for at in (NOW - HOUR, NOW + HOUR, NOW + 2 * HOUR):
            told = {"key": f"{n}{at}", "at": at, "text": "阿宽说得对"}
            Sighting.objects.create(watchword=word, group=here, identity=who, created=NOW, **told)
    told = brand_plan.plan(here.workspace, today=NOW.date() + timedelta(days=1))
    assert [(s.done, s.share, s.late) for s in told["label"]] == [(4, 1.0, False)], "1 and 3: the same key counts once"
    assert [(s.done, s.late, s.days) for s in told["brand"]] == [(2, True, -1)], "people, since the aim was set"
    brand_plan.uncount(BrandCount.objects.get(key="b"), **by)
    brand_plan.remove(named, **by)
    told = brand_plan.plan(here.workspace, today=NOW.date())
    assert [s.done for s in told["label"]] == [1] and told["brand"] == []


@pytest.mark.parametrize(("more", "why"), [({"text": ""}, "text"), ({"stage": "x"}, "text"), ({"target": 0}, "number")])
def test_an_aim_needs_words_and_a_number(here, by, more, why):
    with pytest.raises(BadAim, match=why):
        brand_plan.aim(here.workspace, **{"stage": "label", "text": "长文", "target": 4, **more}, **by)
    assert not BrandAim.objects.exists()
