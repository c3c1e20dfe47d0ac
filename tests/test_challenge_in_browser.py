"""A challenge on a phone, from the invitation to the settlement, in a real browser without script."""

import os
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from at_work import browser, group, hire
from django.urls import reverse
from screen import seen
from test_activity import member

from huoqun.activities import challenge_dispute, challenge_leave, life
from huoqun.activities.challenge import CHALLENGE
from huoqun.activities.challenge_plan import ChallengePlan
from huoqun.activities.contribution import Contribution
from huoqun.activities.kind import said
from huoqun.base import clock
from huoqun.people import code, points
from huoqun.people.workspace import local

pytest.importorskip("playwright.sync_api")
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


def lived(there):
    """A challenge in its thirteenth day, with a past."""
    now = clock.now()
    plan = ChallengePlan(
        days=50, day_points=2, makeups=3, makeup_back=10, break_days=5, reward="五本书", needed=45, bonus=100
    )
    began = now - timedelta(days=12)
    about = "今天读 20 页，写一句给孩子的话。"
    more = {"title": "百天阅读", "groups": [there], "plan": plan, "about": about, "by": None}
    row = life.begin(there.workspace, "challenge", **more, now=began)
    life.open_up(row, now=began)
    those = [member(there, name) for name in ("小林", "小满", "大熊")]
    for n in range(13):
        for who in those[1:] if n == 12 else those:
            if who is those[0] and n in {3, 5, 6, 7}:
                continue
            moment, words = began + timedelta(days=n), said(text="别怕慢，爸爸陪你一页一页来。")
            CHALLENGE.member["check_in"](row, who, words, via="personal", key="k", at=None, now=moment)
    first = str((began + timedelta(days=5)).astimezone(ZoneInfo("Asia/Shanghai")).date())
    leave = said(who=str(those[0].pk), **{"from": first, "to": first})
    challenge_leave.give(row, leave, key="l", by=None, now=now)
    newest = Contribution.objects.filter(identity=those[1]).latest("at")
    CHALLENGE.member["like"](row, those[2], said(which=str(newest.pk)), via="personal", key="k", at=None, now=now)
    row.refresh_from_db()
    return row, those


@pytest.mark.parametrize("dark", [False, True])
def test_a_member_checks_in_objects_and_gets_the_reward(live_server, chromium, dark):
    there = group(local(now=clock.now()), "晨读一群")
    row, (who, other, _third) = lived(there)
    context = chromium.new_context(
        viewport={"width": 390, "height": 844},
        java_script_enabled=False,
        locale="zh-CN",
        base_url=live_server.url,
        color_scheme="dark" if dark else "light",
    )
    page = context.new_page()
    page.goto(reverse("member_activity", args=[code.personal(who, now=clock.now()), row.pk]))
    seen(page, f"challenge-before-{dark}")
    page.get_by_label("写几句话（可不写）").fill("读到月亮出来了")
    page.get_by_role("button", name="打卡", exact=True).click()
    page.get_by_text("打卡成功").wait_for()
    page.get_by_role("button", name="赞").first.click()
    page.locator("summary", has_text="补卡").click()
    page.get_by_role("button", name="补卡").click()
    page.get_by_text("补卡成功").wait_for()
    mine = Contribution.objects.filter(identity=who, what="check_in").latest("at")
    refusal = said(which=str(mine.pk), reason="看不清")
    challenge_dispute.refuse(row, refusal, key="r", by=hire(there.workspace).account, now=clock.now())
    page.reload()
    page.get_by_label("为什么应该算").fill("光线不好，是我读的")
    page.get_by_role("button", name="申诉").click()
    page.get_by_text("申诉已交给组织者").first.wait_for()
    seen(page, f"challenge-after-{dark}")
    objection = Contribution.objects.get(what="objection")
    upheld = said(which=str(objection.pk), uphold="yes")
    challenge_dispute.judge(row, upheld, key="j", by=None, now=clock.now())
    life.settle(row, now=row.closes)
    page.reload()
    assert page.get_by_role("button", name="打卡", exact=True).count() == 0
    assert points.balance(who.person) == 2 * 9
    assert points.balance(other.person) == 2 * 13


@pytest.mark.parametrize("width", [1440, 390])
def test_staff_see_the_board_and_what_waits(live_server, chromium, width):
    there = group(local(now=clock.now()), "晨读一群")
    row, (who, *_rest) = lived(there)
    mine = Contribution.objects.filter(identity=who, what="check_in").latest("at")
    challenge_dispute.refuse(row, said(which=str(mine.pk), reason="看不清"), key="r", by=None, now=clock.now())
    objection = said(which=str(mine.pk), text="是我读的")
    CHALLENGE.member["object"](row, who, objection, via="personal", key="k", at=None, now=clock.now())
    context = chromium.new_context(viewport={"width": width, "height": 900}, locale="zh-CN", base_url=live_server.url)
    client = browser(hire(there.workspace))
    held = {c.key: c.value for c in client.cookies.values()}
    context.add_cookies([{"name": k, "value": v, "url": live_server.url} for k, v in held.items()])
    page = context.new_page()
    page.goto(reverse("activity", args=[row.pk]))
    page.get_by_text("待处理的申诉").wait_for()
    seen(page, f"challenge-console-{width}")
