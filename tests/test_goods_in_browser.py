"""What gives or sells something, on a phone without script, from the link to the result; and every page's width."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from at_work import account, browser, group, hire
from django.urls import reverse
from test_group_buy import buy
from test_reward import member, ware
from test_spark import drawn, opened

from huoqun.activities import group_buy, life, red_packet, show_day
from huoqun.activities.activity import Activity
from huoqun.activities.benefit import BenefitPlan
from huoqun.activities.course import CoursePlan
from huoqun.activities.kind import said
from huoqun.activities.red_packet import RedPacketPlan
from huoqun.activities.show_day import ShowDayPlan
from huoqun.base import clock
from huoqun.people import code, honour, points, shop
from huoqun.people.honour import Part
from huoqun.people.workspace import local

playwright = pytest.importorskip("playwright.sync_api")
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


@pytest.fixture
def here():
    return group(local(now=clock.now()))


class Phone:
    """A phone without script; it counts what it loads of each page."""

    def __init__(self, chromium, server):
        shape = {"viewport": {"width": 390, "height": 800}, "java_script_enabled": False, "locale": "zh-CN"}
        self.page = chromium.new_context(base_url=server.url, **shape).new_page()
        self.loaded = []
        self.page.on("response", lambda a: self.loaded.append(len(a.body()) if a.status == 200 else 0))

    def door(self, row, name):
        there = row.groups.get()
        self.page.goto(reverse("member_door", args=[code.door(row.pk, there, ends=clock.now() + timedelta(days=1))]))
        self.page.get_by_label("你是谁").fill(name)
        self.page.get_by_role("button", name="继续").click()

    def press(self, name):
        self.page.get_by_role("button", name=name, exact=True).click()

    def sees(self, text):
        self.page.get_by_text(text).first.wait_for(timeout=5000)

    def shot(self, name):
        width = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert width <= 0, (name, width)
        assert sum(self.loaded) < 100_000, (name, sum(self.loaded))
        self.loaded.clear()
        if folder := os.environ.get("HUOQUN_SHOTS"):
            self.page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


@pytest.fixture
def phone(chromium, live_server):
    return Phone(chromium, live_server)


def test_a_group_buy_from_the_link_to_the_parcel(here, phone):
    member(here, "阿明")
    row = buy(here, least=2)
    phone.door(row, "阿明")
    phone.page.fill("#count", "3")
    phone.page.locator("button[value=order]").click()
    phone.sees("请填写收货信息")
    phone.page.fill("#note", "上海市静安区 2 号 阿明 138")
    phone.page.locator("button[value=order]").click()
    phone.sees("你订了 3 件：120.00")
    phone.shot("member-group-buy")
    life.close(row, now=clock.now())
    part = group_buy.orders(row)[0]
    for deed in (group_buy.paid, group_buy.delivered):
        deed(row, said(which=str(part.pk)), key="k", by=None, now=clock.now())
    life.settle(row, now=clock.now())
    phone.page.reload()
    phone.sees("已付款")
    phone.sees("已发货")


def test_a_course_from_the_link_to_the_certificate(here, phone):
    member(here, "阿明")
    begins = clock.now() + timedelta(hours=8)
    plan = CoursePlan(sessions=[f"{begins:%Y-%m-%d %H:%M} | 第一课 | https://live.example/1"], honour="结业生")
    row = opened(here, "course", plan)
    phone.door(row, "阿明")
    phone.press("报名")
    phone.press("我到了")
    phone.sees("结业证书")
    phone.shot("member-course")
    life.settle(row, now=clock.now())


def test_a_show_day_from_the_link_to_the_winners(here, phone):
    member(here, "阿明")
    row = opened(here, "show_day", ShowDayPlan(sort="free_orders", winners=1))
    phone.door(row, "阿明")
    phone.page.set_input_files("#picture", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": drawn(3)})
    phone.page.fill("#text", "收到啦，栗子很大颗")
    phone.press("提交")
    phone.sees("待审核")
    phone.shot("member-show-day")
    proof = show_day.proofs(row)[0]
    show_day.judge(row, said(which=str(proof.pk), say="yes"), key="k", by=account(), now=clock.now())
    life.settle(row, now=clock.now())
    phone.page.goto(phone.page.url.split("?")[0])
    phone.sees("中奖名单")


def test_a_benefit_and_a_red_packet_on_the_phone(here, phone):
    member(here, "阿明")
    row = opened(here, "benefit", BenefitPlan(gift="找店长领一份蛋挞", codes=["EGG-1"], days=0))
    phone.door(row, "阿明")
    phone.press("报名")
    phone.sees("EGG-1")
    phone.shot("member-benefit")
    life.settle(row, now=clock.now())
    packet = opened(here, "red_packet", RedPacketPlan(money="20", task="手气最佳的讲一个故事"))
    phone.door(packet, "阿明")
    phone.sees("手气最佳的讲一个故事")
    life.settle(packet, now=clock.now())


def test_my_page_the_shop_and_the_board(here, phone):
    who, now = member(here, "阿明", rich=180), clock.now()
    member(here, "小雨", rich=180)
    member(here, "老王", rich=60)
    for what, name in (("title", "栗子王"), ("badge", "全勤")):
        rule = honour.keep(
            here.workspace, what=what, name=name, parts=[Part(kind="points.earned", count=100)], by=account(), now=now
        )
        honour.give(rule, now=now)
    ware(here, about="米色，装得下一个大西瓜", price=60)
    token = code.personal(who, now=now)
    phone.page.goto(reverse("member", args=[token]))
    phone.shot("member-home")
    phone.page.get_by_role("link", name="我的积分能换什么").click()
    phone.page.locator("form button.send").click()
    phone.sees("已兑换")
    phone.shot("member-shop")
    assert points.balance(who.person) == 120
    phone.page.goto(reverse("member_board", args=[token]))
    phone.sees("第 1 名")
    phone.shot("member-board")


@pytest.mark.parametrize(("width", "language"), [(1440, "zh-CN"), (390, "zh-CN"), (1440, "en")])
def test_every_page_of_staff_fits(live_server, chromium, here, width, language):
    crowd = [member(here, name, rich=rich) for name, rich in (("阿明", 180), ("小雨", 180), ("老王", 60), ("静静", 20))]
    now, boss = clock.now(), hire(here.workspace)
    bag = ware(here, about="米色", price=20, left=9, most=2)
    for who in crowd[:3]:
        shop.order(bag, who, note="北京 1 号", key="1", now=now)
    honour.keep(
        here.workspace,
        what="title",
        name="栗子王",
        parts=[Part(kind="points.earned", count=100)],
        by=account(),
        now=now,
    )
    goods = buy(here)
    for n, who in enumerate(crowd):
        given = said(count=str(n % 2 + 1), note="上海市静安区 2 号")
        group_buy.order(goods, who, given, via="personal", key="1", at=None, now=now)
    begins = now + timedelta(hours=8)
    lines = [f"{begins:%Y-%m-%d %H:%M} | 第一课 揉面 | https://live.example/1"]
    course = opened(here, "course", CoursePlan(sessions=lines, product="年卡"))
    packet = opened(here, "red_packet", RedPacketPlan(money="20"))
    red_packet.give(packet, said(money="8.8", pieces="10"), key="1", by=boss.account, now=now)
    row = opened(here, "benefit", BenefitPlan(gift="蛋挞", codes=["EGG-1"]))
    context = chromium.new_context(viewport={"width": width, "height": 900}, locale=language, base_url=live_server.url)
    session = browser(boss).cookies["huoqun_session"].value
    context.add_cookies([{"name": "huoqun_session", "value": session, "url": live_server.url}])
    page, faults = context.new_page(), []
    page.on("console", lambda line: faults.append(line.text) if line.type == "error" else None)
    pages = (
        "rewards",
        "reward_board",
        "reward_levels",
        "reward_honours",
        "reward_shop",
        "reward_orders",
        "reward_prizes",
    )
    places = {name: reverse(name, args=["local"]) for name in pages}
    places |= {a.kind: reverse("activity", args=[a.pk]) for a in (goods, course, packet, row)}
    for name, address in places.items():
        page.goto(address)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, (name, wide)
        if folder := os.environ.get("HUOQUN_SHOTS"):
            page.screenshot(path=Path(folder) / f"{name}-{width}-{language}.png", full_page=True)
    assert faults == []
    assert Activity.objects.count() == 4
