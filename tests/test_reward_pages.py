"""Points and rewards on their pages: staff give, take back and hand over; members order and see where they stand."""

import re

import pytest
from at_work import account, browser, group, hire
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_reward import member, ware

from huoqun.base import clock
from huoqun.people import code, honour, points, prize, scheme, shop
from huoqun.people.honour import Part
from huoqun.people.workspace import local

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = {"host": "127.0.0.1", "accept-language": "zh-CN"}
PAGES = ("rewards", "reward_board", "reward_levels", "reward_honours", "reward_shop", "reward_orders", "reward_prizes")


@pytest.fixture
def here():
    return group(local(now=clock.now()))


@pytest.fixture
def desk(here):
    return browser(hire(here.workspace))


def phone(who, page="member"):
    return Client(headers=PHONE), reverse(page, args=[code.personal(who, now=clock.now())])


def post(client, page, **form):
    return client.post(reverse(page, args=["local"]), form, follow=True)


def test_every_page_opens_empty_and_full(here, desk):
    for page in PAGES:
        assert desk.get(reverse(page, args=["local"])).status_code == 200, page
    who, now = member(here, "<b>阿明</b>", rich=50), clock.now()
    shop.order(ware(here), who, key="1", now=now)
    honour.keep(here.workspace, what="badge", name="<i>徽章", parts=[Part(kind="shop.order")], by=account(), now=now)
    for page in PAGES:
        told = desk.get(reverse(page, args=["local"]))
        assert told.status_code == 200, page
        assert "<b>阿明" not in told.content.decode()
    assert "阿明" in desk.get(reverse("rewards_csv", args=["local"])).getvalue().decode()


def test_points_by_hand_need_a_reason_and_stay_within_the_month(here, desk):
    who = member(here, "阿明")
    assert "请说明原因" in post(desk, "rewards", do="give", name="阿明", amount="5", key="k").content.decode()
    for _ in range(2):
        post(desk, "rewards", do="give", name="阿明", amount="5", why="值班", key="k")
    assert points.balance(who.person) == 5
    post(desk, "rewards", do="budgets", **{"budget-by_hand": "8"})
    again = post(desk, "rewards", do="give", name="阿明", amount="5", why="值班", key="k2")
    assert again.status_code == 409
    assert points.balance(who.person) == 5
    row = points.postings(who.person)[0]
    post(desk, "rewards", do="reverse", which=row.pk, why="给错了")
    assert points.balance(who.person) == 0
    assert post(desk, "rewards", do="reverse", which=row.pk, why="给错了").status_code == 409
    assert "给错了" in desk.get(reverse("rewards", args=["local"]) + "?what=by_hand").content.decode()


def test_from_the_shop_to_the_hand(here, desk):
    who = member(here, "阿明", rich=50)
    post(desk, "reward_shop", do="keep", name="帆布袋", price="20", left="3", most="2", about="米色")
    client, address = phone(who, "member_shop")
    page = client.get(address).content.decode()
    assert "帆布袋" in page and "米色" in page
    sold = shop.wares(here.workspace).get()
    client.post(address, {"ware": sold.pk, "count": "2", "note": "北京 1 号", "key": "a"})
    client.post(address, {"ware": sold.pk, "count": "2", "note": "北京 1 号", "key": "a"})
    made = shop.orders(here.workspace).get()
    assert (made.count, points.balance(who.person)) == (2, 10)
    assert f"{made.code[:4]} {made.code[4:]}" in client.get(address).content.decode()
    assert client.post(address, {"ware": sold.pk, "key": "b"}).status_code == 409
    assert "北京 1 号" in desk.get(reverse("reward_orders", args=["local"])).content.decode()
    assert "已发放" in post(desk, "reward_orders", do="redeem", code=made.code.lower()).content.decode()
    assert post(desk, "reward_orders", do="redeem", code=made.code).status_code == 409
    assert client.post(address, {"do": "cancel", "which": made.pk}).status_code == 409


def test_my_page_shows_level_honours_and_takes_my_data_along(here):
    who, now = member(here, "阿明", rich=60), clock.now()
    rule = honour.keep(
        here.workspace, what="title", name="栗子王", parts=[Part(kind="points.earned", count=50)], by=account(), now=now
    )
    honour.give(rule, now=now)
    client, address = phone(who)
    page = client.get(address).content.decode()
    assert "Lv 2" in page and "栗子王" in page and "90" in page
    client, address = phone(who, "member_data")
    told = client.get(address).json()
    assert told["points"] == 60 and told["titles"] == ["栗子王"] and told["level"]["name"] == "Lv 2"
    assert {d["kind"] for d in told["deeds"]} >= {"honour.title"}
    other = member(here, "别人", rich=10)
    assert "别人" not in client.get(address).content.decode()
    assert phone(other)[0].get(phone(other)[1]).status_code == 200


def test_who_does_not_want_to_stand_on_the_board_does_not(here):
    shy, other = member(here, "害羞的", rich=9), member(here, "别人", rich=5)
    client, address = phone(shy, "member_board")
    client.post(address, {"hide": "yes"})
    assert "害羞的" in client.get(address + "?period=all").content.decode()
    client, address = phone(other, "member_board")
    seen = client.get(address + "?period=all").content.decode()
    assert "害羞的" not in seen and "别人" in seen and "第 2 名" in seen


def test_levels_and_talk_are_set_after_a_look(here, desk):
    post(desk, "reward_levels", do="levels", steps="新友 = 0\n常客＝10\n老友 = 30")
    assert [s.name for s in scheme.levels(here.workspace)] == ["新友", "常客", "老友"]
    assert post(desk, "reward_levels", do="levels", steps="a = 5").status_code == 409
    form = {"talk-each": 2, "talk-full": 3, "talk-cap": 10, "talk-gap": 60, "talk-least": 4, "talk-alike": 60}
    assert "最近三十天" in post(desk, "reward_levels", do="try", **form).content.decode()
    assert scheme.talk_rule(here.workspace)[1] is False
    post(desk, "reward_levels", do="talk", **form)
    assert scheme.talk_rule(here.workspace)[1] is True
    assert post(desk, "reward_levels", do="talk", **(form | {"talk-cap": "0"})).status_code == 409
    post(desk, "reward_levels", do="silent")
    assert scheme.talk_rule(here.workspace)[1] is False


def test_an_honour_is_tried_kept_and_given(here, desk):
    member(here, "阿明", rich=60)
    form = {"what": "badge", "name": "积分达人", "kind0": "points.earned", "count0": "50"}
    assert "阿明" in post(desk, "reward_honours", do="try", **form).content.decode()
    assert not honour.rules(here.workspace).exists()
    post(desk, "reward_honours", do="keep", **form)
    rule = honour.rules(here.workspace).get()
    post(desk, "reward_honours", do="give", which=rule.pk)
    assert honour.rules(here.workspace).get().held == 1
    post(desk, "reward_honours", do="remove", which=rule.pk)
    assert not honour.rules(here.workspace).exists()


def test_a_sponsors_gift_is_written_down_and_used(here, desk):
    post(desk, "reward_prizes", do="record", sponsor="茶店", name="杯子", pieces="10", worth="19.90", came="2026-01-02")
    row = prize.prizes(here.workspace).get()
    post(desk, "reward_prizes", do="use", which=row.pk, pieces="4", **{"for": "打卡奖品", "key": "1"})
    post(desk, "reward_prizes", do="return", which=row.pk, got="30 位新客")
    page = desk.get(reverse("reward_prizes", args=["local"])).content.decode()
    assert "打卡奖品" in page and "30 位新客" in page and "199.00" in page
    assert post(desk, "reward_prizes", do="record", sponsor="x", name="y", pieces="1", worth="NaN").status_code == 409


def test_who_is_limited_to_groups_sees_those_alone(here):
    other = group(here.workspace, "别的群")
    member(other, "别人", rich=10)
    member(here, "阿明", rich=10)
    page = browser(hire(here.workspace, "group_admin", groups=[here])).get(reverse("rewards", args=["local"]))
    assert "阿明" in page.content.decode() and "别人" not in page.content.decode()


JUNK = st.text(max_size=20) | st.sampled_from(["-1", "999999999999", "NaN", "1e9", "\0", "=1+1", "<script>"])


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(page=st.sampled_from([p for p in PAGES if p != "reward_board"]), data=st.data())
def test_no_form_breaks_whatever_is_typed(page, data):
    there = local(now=clock.now())
    desk = browser(hire(there))
    form = desk.get(reverse(page, args=[there.slug])).content.decode()
    names = set(re.findall(r'name="([\w-]+)"', form)) - {"csrfmiddlewaretoken", "do", "picture", "viewport"}
    deeds = sorted(set(re.findall(r'name="do" value="(\w+)"', form)))
    typed = {name: data.draw(JUNK) for name in sorted(names)} | {"do": data.draw(st.sampled_from([*deeds, "?"]))}
    assert desk.post(reverse(page, args=[there.slug]), typed).status_code in {200, 302, 409}
    assert points.unbalanced(there) == []
