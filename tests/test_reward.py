"""Rewards: levels, honours by rules, a shop that never oversells, boards with ties, prizes of sponsors."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal

import pytest
from at_work import account, group
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from huoqun.base import clock
from huoqun.base.job import Hand
from huoqun.people import audit, deed, honour, level, merge, podium, points, prize, profile, scheme, shop
from huoqun.people.honour import Honour, Part
from huoqun.people.level import Step, level_of
from huoqun.people.membership import Membership
from huoqun.people.person import Identity, Person
from huoqun.people.workspace import local

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def here():
    return group(local(now=clock.now()))


def member(there, name="阿明", rich=0):
    now = clock.now()
    person = Person.objects.create(workspace=there.workspace, created=now)
    row = Identity.objects.create(group=there, person=person, account=name, name=name, created=now)
    Membership.objects.create(identity=row, number=1, created=now)
    if rich:
        points.award(person, rich, key=f"rich {name}", what="challenge.check_in", group=there, now=now)
    return row


def ware(there, **more):
    values = {"name": "帆布袋", "about": "", "price": 10, "left": 2, "most": 1} | more
    return shop.keep(there.workspace, by=account(), now=clock.now(), **values)


@given(st.integers(-5, 10**7))
def test_a_level_is_the_highest_step_that_was_reached(earned):
    found = level_of(earned)
    steps = level.DEFAULT
    assert steps[found.number - 1].points <= max(0, earned)
    assert (found.next is None) == (found.number == len(steps))
    assert 0 <= found.share <= 1
    assert found.next is None or found.missing == found.next.points - found.earned > 0


@pytest.mark.parametrize("marks", [[], [5, 10], [0, 10, 10], [0, 20, 10]])
def test_steps_that_make_no_stair_are_not_kept(here, marks):
    with pytest.raises(level.Uneven):
        scheme.set_levels(
            here.workspace, [Step(name=str(n), points=p) for n, p in enumerate(marks)], by=account(), now=clock.now()
        )
    assert scheme.levels(here.workspace) == level.DEFAULT


def test_spending_takes_nobody_down_and_a_reversal_does(here):
    who, now = member(here, rich=200), clock.now()
    points.spend(who.person, 190, key="x", what="shop.order", now=now)
    assert points.earned(who.person) == 200
    extra = points.award(who.person, 30, key="y", what="vote.took_part", now=now)
    points.reverse(extra, why="刷的", by=account(), now=now)
    assert points.earned(who.person) == 200
    assert points.earned_by_all(here.workspace) == {who.person_id: 200}


def test_an_order_takes_stock_and_points_once_and_cancelled_gives_them_back(here):
    who, now = member(here, rich=25), clock.now()
    bag = ware(here)
    made = shop.order(bag, who, key="1", now=now)
    assert shop.order(bag, who, key="1", now=now).pk == made.pk
    bag.refresh_from_db()
    assert (bag.left, points.balance(who.person)) == (1, 15)
    with pytest.raises(shop.TooMany):
        shop.order(bag, who, key="2", now=now)
    for _ in range(2):
        with suppress(shop.Settled):
            shop.cancel(made, why="不要了", by=None, now=now)
    bag.refresh_from_db()
    assert (bag.left, points.balance(who.person)) == (2, 25)
    assert points.unbalanced(here.workspace) == []
    with pytest.raises(shop.Settled):
        shop.redeem(here.workspace, made.code, by=account(), now=now)
    assert {d.kind for d in deed.deeds(who.person)} == {"shop.order", "shop.cancel"}


def test_an_order_that_cannot_be_paid_changes_nothing(here):
    who, bag = member(here, rich=9), ware(here)
    with pytest.raises(points.Short):
        shop.order(bag, who, key="1", now=clock.now())
    bag.refresh_from_db()
    assert bag.left == 2
    assert not shop.orders(here.workspace).exists()


def test_a_code_is_redeemed_once(here):
    who, boss, now = member(here, rich=10), account(), clock.now()
    made = shop.order(ware(here), who, key="1", now=now)
    assert (
        shop.redeem(here.workspace, f" {made.code[:4].lower()} {made.code[4:]} ", by=boss, now=now).state == "redeemed"
    )
    with pytest.raises(shop.Settled):
        shop.redeem(here.workspace, made.code, by=boss, now=now)
    with pytest.raises(shop.Settled):
        shop.cancel(made, why="", by=boss, now=now)
    with pytest.raises(shop.WrongCode):
        shop.redeem(here.workspace, "AAAA", by=boss, now=now)


def test_the_limit_is_one_humans_however_many_accounts(here):
    now = clock.now()
    one, two = member(here, "甲", rich=20), member(here, "乙", rich=20)
    merge.merge(one.person, two.person, reason="", by=account(), now=now)
    bag = ware(here, left=None)
    shop.order(bag, Identity.objects.get(pk=one.pk), key="1", now=now)
    with pytest.raises(shop.TooMany):
        shop.order(bag, Identity.objects.select_related("person").get(pk=two.pk), key="1", now=now)


def test_a_shop_never_oversells_under_load(here):
    bag = ware(here, left=5, most=0)
    crowd = [member(here, f"人{n}", rich=30) for n in range(12)]

    def buy(who):
        try:
            return shop.order(bag, who, key="1", now=clock.now()).pk
        except shop.SoldOut:
            return None
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        made = [pk for pk in pool.map(buy, crowd) if pk]
    bag.refresh_from_db()
    assert (len(made), bag.left) == (5, 0)
    assert sum(points.balance(w.person) for w in crowd) == 12 * 30 - 5 * 10
    assert points.unbalanced(here.workspace) == []


def test_a_rule_shows_whom_it_would_honour_and_gives_once(here):
    boss, now = account(), clock.now()
    a, b = member(here, "甲"), member(here, "乙")
    for n in range(3):
        deed.write(a.person, "vote.come", at=now - timedelta(days=n), key=str(n), now=now)
        deed.write(b.person, "vote.come", at=now - timedelta(hours=n), key=str(n), now=now)
    parts = [Part(kind="vote.come", count=3, days=3, within=10)]
    assert honour.would_get(here.workspace, parts, now=now) == {a.person_id}
    rule = honour.keep(here.workspace, what="title", name="全勤", parts=parts, by=boss, now=now)
    assert honour.give(rule, by=boss, now=now) == 1
    assert honour.give(rule, by=boss, now=now) == 0
    assert [t.text for t in profile.sayings(a.person, "title")] == ["全勤"]
    assert [h.rule.name for h in honour.honours(a.person)] == ["全勤"]
    assert honour.honours(b.person) == []
    honour.remove(rule, by=boss, now=now)
    assert [h.rule.name for h in honour.honours(a.person)] == ["全勤"]


def test_all_parts_must_hold_and_merged_people_are_one(here):
    boss, now = account(), clock.now()
    a, b = member(here, "甲", rich=60), member(here, "乙", rich=60)
    parts = [Part(kind="points.earned", count=100), Part(kind="vote.come", count=2)]
    deed.write(a.person, "vote.come", at=now, key="1", now=now)
    deed.write(b.person, "vote.come", at=now, key="2", now=now)
    assert honour.would_get(here.workspace, parts, now=now) == set()
    merge.merge(a.person, b.person, reason="", by=boss, now=now)
    root = Person.objects.get(pk=b.person_id).root_id or b.person_id
    assert honour.would_get(here.workspace, parts, now=now) == {root}
    rule = honour.keep(here.workspace, what="badge", name="百分", parts=parts, by_itself=True, by=boss, now=now)
    for late in (0, 10, 70):
        honour.tick(Hand("test", lambda late=late: now + timedelta(minutes=late)))
    assert Honour.objects.filter(rule=rule).count() == 1


def test_who_left_gets_nothing_more(here):
    now, who = clock.now(), member(here, "甲", rich=60)
    Membership.objects.filter(identity=who).update(left=now)
    assert honour.would_get(here.workspace, [Part(kind="points.earned", count=1)], now=now) == set()


def test_equal_points_share_a_place_and_the_next_is_counted_on(here):
    now = clock.now()
    for name, rich in (("甲", 30), ("乙", 20), ("丙", 20), ("丁", 10), ("戊", 0)):
        member(here, name, rich=rich)
    shown = [(line.place, line.who.name, line.points) for line in podium.podium(here, "all", now=now)]
    assert [(p, n) for p, _who, n in shown] == [(1, 30), (2, 20), (2, 20), (4, 10)]
    last = Identity.objects.get(name="丁")
    podium.hide(last.person, True, now=now)
    assert [line.shy for line in podium.podium(here, "all", now=now)] == [False, False, False, True]
    podium.hide(last.person, False, now=now)
    assert not podium.is_shy(last.person)


def test_a_week_begins_on_monday_by_the_groups_own_clock(here):
    now = clock.now()
    begins = podium.begins("week", "Asia/Shanghai", now=now)
    assert begins.weekday() == 0 and begins <= now < begins + timedelta(days=7)
    who = member(here, "甲")
    points.award_all(here.workspace, [points.Due(who.person, 5, "old", "x")], now=begins - timedelta(seconds=1))
    assert podium.podium(here, "week", now=now) == []
    assert [line.points for line in podium.podium(here, "all", now=now)] == [5]


def test_a_prize_is_used_up_and_no_further(here):
    boss, now = account(), clock.now()
    values = {"asked": "晒图", "came": date(2026, 1, 1), "by": boss, "now": now}
    cups = prize.record(here.workspace, sponsor="茶店", name="杯子", pieces=3, worth=Decimal("19.9"), **values)
    for _ in range(2):
        prize.use(cups, 2, "抽奖", key="1", on=date(2026, 1, 2), by=boss, now=now)
    with pytest.raises(prize.NoneLeft):
        prize.use(cups, 2, "抽奖", key="2", on=date(2026, 1, 2), by=boss, now=now)
    prize.say_return(cups, "来了 30 位新客", by=boss, now=now)
    cups.refresh_from_db()
    assert (cups.used, cups.left, cups.value) == (2, 1, Decimal("59.70"))
    with pytest.raises(prize.BadPrize):
        prize.record(here.workspace, sponsor="茶店", name="杯子", pieces=1, worth=Decimal("NaN"), **values)
    whats = set(audit.entries(here.workspace).values_list("what", flat=True))
    assert {"prize.record", "prize.use", "prize.return"} <= whats


def test_a_months_budget_bounds_what_is_given_by_hand(here):
    boss, now, who = account(), clock.now(), member(here)
    scheme.set_budgets(here.workspace, {"by_hand": 100}, by=boss, now=now)
    points.give_by_hand(who.person, 70, why="值班", key="1", by=boss, now=now)
    assert scheme.budgets(here.workspace, now=now)["by_hand"] == (100, 70)
    with pytest.raises(scheme.BadBudget):
        scheme.set_budgets(here.workspace, {"by_hand": -1}, by=boss, now=now)
