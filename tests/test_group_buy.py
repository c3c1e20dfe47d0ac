"""The group buy: the price falls as orders come together, nothing is sold twice, and money is never lost sight of."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

import pytest
from at_work import browser, group, hire
from django.db import connection
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from test_reward import member

from huoqun.activities import attendance, group_buy, life
from huoqun.activities.activity import Activity, Closed
from huoqun.activities.group_buy import GroupBuyPlan
from huoqun.activities.kind import Refused, said
from huoqun.base import clock
from huoqun.people import audit, code, deed, points
from huoqun.people.outbox import Outgoing
from huoqun.people.workspace import local

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = {"host": "127.0.0.1", "accept-language": "zh-CN"}


@pytest.fixture
def here():
    return group(local(now=clock.now()))


def buy(there, **plan):
    values = {"price": "50", "tiers": ["3 = 40", "6 = 35.5"], "stock": 8, "least": 3, "most": 4} | plan
    row = life.begin(
        there.workspace,
        "group_buy",
        title="栗子礼盒",
        groups=[there],
        plan=GroupBuyPlan(**values),
        by=None,
        now=clock.now(),
    )
    life.open_up(row, now=clock.now())
    return Activity.objects.get(pk=row.pk)


def order(row, who, count=1, key="1", **more):
    values = {"via": "personal", "key": key, "at": None, "now": clock.now()}
    return group_buy.order(row, who, said(count=str(count), note="北京 1 号", **more), **values)


def tick(row, deed_, part, **more):
    deed_(row, said(which=str(part.pk), **more), key="k", by=None, now=clock.now())


@given(st.integers(0, 1000))
def test_the_price_never_rises_with_the_pieces(pieces):
    plan = GroupBuyPlan(price="50", tiers=["30 = 20", "3=40", "6：35.5"])
    assert plan.tiers == ["3 = 40.00", "6 = 35.50", "30 = 20.00"]
    assert plan.price_at(pieces + 1) <= plan.price_at(pieces)
    step = plan.next_step(pieces)
    assert step is None or plan.price_at(pieces + step[0]) == step[1]


@pytest.mark.parametrize(
    "tiers",
    [
        ["x"],
        ["3"],
        ["3 = x"],
        ["1 = 4"],
        ["3 = 50"],
        ["3 = 40", "3 = 30"],
        ["3 = 40", "6 = 45"],
        ["3 = NaN"],
        ["3 = 1.001"],
    ],
)
def test_tiers_that_cannot_be_are_refused(tiers):
    with pytest.raises(ValidationError):
        GroupBuyPlan(price="50", tiers=tiers)


def test_an_order_can_be_changed_and_cancelled_and_the_price_follows(here):
    row, a, b = buy(here), member(here, "甲"), member(here, "乙")
    assert order(row, a, 2) == "buy_ordered"
    assert group_buy.price(row) == Decimal(50)
    assert order(row, b, 4) == "buy_ordered"
    assert group_buy.price(row) == Decimal("35.50")
    assert order(row, b, 1, key="2") == "buy_changed"
    assert group_buy.price(row) == Decimal("40.00")
    values = {"via": "personal", "key": "3", "at": None, "now": clock.now()}
    group_buy.cancel(row, a, said(), **values)
    assert [(p.identity.name, p.count) for p in group_buy.orders(row)] == [("乙", 1)]
    assert Outgoing.objects.filter(what="group_buy.tier").count() == 1
    assert {d.kind for d in deed.deeds(a.person)} == {"group_buy.join", "group_buy.leave"}


@pytest.mark.parametrize(
    ("form", "why"),
    [
        ({"count": "0", "note": "x"}, "number"),
        ({"count": "-1", "note": "x"}, "number"),
        ({"count": "5", "note": "x"}, "buy_most"),
        ({"count": "1"}, "buy_address"),
        ({"count": "3", "note": "x"}, "buy_sold_out"),
    ],
)
def test_what_cannot_be_ordered_is_refused_and_changes_nothing(here, form, why):
    row = buy(here)
    order(row, member(here, "乙"), 4)
    order(row, member(here, "丙"), 2)
    with pytest.raises(Refused) as error:
        group_buy.order(row, member(here, "甲"), said(**form), via="personal", key="1", at=None, now=clock.now())
    assert error.value.why == why
    assert attendance.taken(row) == 6


def test_nothing_is_sold_twice_under_load(here):
    row = buy(here, stock=7, most=0, least=1)
    crowd = [member(here, f"人{n}") for n in range(12)]

    def one(who):
        try:
            return order(row, who, 2)
        except Refused as error:
            return error.why
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(one, crowd))
    assert answers.count("buy_ordered") == 3
    assert answers.count("buy_sold_out") == 9
    assert attendance.taken(row) == 6


def test_settled_it_pays_who_has_paid_and_keeps_the_price(here):
    row, a, b = buy(here, points=5), member(here, "甲"), member(here, "乙")
    order(row, a, 2)
    order(row, b, 1)
    life.close(row, now=clock.now())
    with pytest.raises(Closed):
        order(row, a, 1, key="9")
    first, second = group_buy.orders(row)
    tick(row, group_buy.paid, first)
    with pytest.raises(Refused):
        tick(row, group_buy.drop, first)
    tick(row, group_buy.delivered, first)
    tick(row, group_buy.drop, second)
    row.refresh_from_db()
    assert not group_buy.reached(row)
    with pytest.raises(Refused) as error:
        life.settle(row, now=clock.now())
    assert error.value.why == "buy_refund"
    tick(row, group_buy.paid, first, off="yes")
    life.settle(row, now=clock.now())
    assert group_buy.orders(row) == []
    other = buy(here, points=5, least=2)
    order(other, a, 3)
    life.close(other, now=clock.now())
    tick(other, group_buy.paid, group_buy.orders(other)[0])
    life.settle(other, now=clock.now())
    other.refresh_from_db()
    assert (group_buy.price(other), points.balance(a.person)) == (Decimal("40.00"), 5)


def test_what_is_paid_is_not_changed_by_the_member(here):
    row, a = buy(here), member(here, "甲")
    order(row, a, 2)
    tick(row, group_buy.paid, group_buy.orders(row)[0])
    for do in (
        lambda: order(row, a, 3, key="2"),
        lambda: group_buy.cancel(row, a, said(), via="", key="3", at=None, now=clock.now()),
    ):
        with pytest.raises(Refused) as error:
            do()
        assert error.value.why == "buy_paid"


def test_it_is_closed_by_the_clock_and_the_group_is_told(here):
    now = clock.now()
    row = life.begin(
        here.workspace, "group_buy", title="礼盒", groups=[here], plan=GroupBuyPlan(price="9", least=2), by=None,
        closes=now + timedelta(hours=1), now=now,
    )  # fmt: skip
    life.open_up(row, now=now)
    order(row, member(here, "甲"), 1)
    life.close(row, now=now + timedelta(hours=2))
    assert "没有成团" in Outgoing.objects.get(what="group_buy.result").text


def test_from_the_desk_to_the_phone_and_back(here):
    desk = browser(hire(here.workspace))
    form = {"title": "礼盒", "groups": str(here.pk), "plan-price": "50", "plan-tiers": "3 = 60", "plan-stock": "8"}
    new = reverse("activity_new", args=["local", "group_buy"])
    answer = desk.post(new, form)
    assert answer.status_code == 422 and "3 = 60" in answer.content.decode()
    desk.post(new, form | {"plan-tiers": "3 = 40", "plan-address": "yes"})
    row = Activity.objects.get()
    desk.post(reverse("activity_go", args=[row.pk]), {"do": "open"})
    who = member(here, "<b>阿明")
    phone, address = (
        Client(headers=PHONE),
        reverse("member_activity", args=[code.personal(who, now=clock.now()), row.pk]),
    )
    assert phone.post(address, {"do": "order", "count": "2", "key": "a"}).status_code == 409
    assert phone.post(address, {"do": "order", "count": "3", "note": "上海 <i>2 号", "key": "b"}).status_code == 302
    page = phone.get(address).content.decode()
    assert "120.00" in page and "<i>2" not in page
    desk.post(reverse("activity_go", args=[row.pk]), {"do": "close"})
    part = group_buy.orders(row)[0]
    desk.post(reverse("activity_do", args=[row.pk, "paid"]), {"which": part.pk, "key": "p"})
    desk.post(reverse("activity_go", args=[row.pk]), {"do": "settle"})
    told = desk.get(reverse("activity", args=[row.pk])).content.decode()
    assert "<b>阿明" not in told and "120.00" in told
    sheet = desk.get(reverse("activity_csv", args=[row.pk])).getvalue().decode()
    assert "上海" in sheet and "120.00" in sheet
    assert audit.entries(here.workspace).filter(what="activity.do").exists()


JUNK = st.text(max_size=20) | st.sampled_from(["-1", "99999999999", "1.5", "\0", "٣"])


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    do=st.sampled_from(["order", "cancel", "?"]), data=st.dictionaries(st.sampled_from(["count", "note", "key"]), JUNK)
)
def test_no_form_of_a_member_breaks(do, data):
    there = local(now=clock.now())
    row = Activity.objects.first() or buy(group(there))
    who = next(iter(row.groups.get().identities.all()), None) or member(row.groups.get(), "甲")
    address = reverse("member_activity", args=[code.personal(who, now=clock.now()), row.pk])
    assert Client(headers=PHONE).post(address, data | {"do": do}).status_code in {302, 404, 409}
    assert attendance.taken(row) <= 8


def test_no_form_of_the_plan_breaks(here):
    desk = browser(hire(here.workspace))
    for kind in ("group_buy", "course", "red_packet", "show_day", "benefit"):
        page = desk.get(reverse("activity_new", args=["local", kind])).content.decode()
        names = re.findall(r'name="(plan-[\w-]+)"', page)
        assert len(names) > 3, kind
        for junk in (
            "x",
            "-1",
            "1e99",
            "NaN",
            "\0",
            "9" * 30,
            "= | =\n||",
            "0001-01-01 00:00 | x | javascript:x",
            "９",
        ):
            form = {"title": "x", "groups": str(here.pk)} | dict.fromkeys(names, junk)
            assert desk.post(reverse("activity_new", args=["local", kind]), form).status_code in {302, 422}, (
                kind,
                junk,
            )
