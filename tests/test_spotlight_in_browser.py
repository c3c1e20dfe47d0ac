"""A spotlight on phones and on the host's desk, in a real browser: from the invitation to the hall of fame."""

import os
from datetime import timedelta

import pytest
from at_work import browser, group, hire
from django.urls import reverse
from screen import seen
from stage import address, jpeg, member, opened

from huoqun.activities import life, spotlight_fame
from huoqun.activities.spotlight_part import mine
from huoqun.base import clock
from huoqun.people import code, points, profile
from huoqun.people.workspace import local

playwright = pytest.importorskip("playwright.sync_api")
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


def phone(chromium, live_server):
    return chromium.new_context(
        viewport={"width": 390, "height": 844}, java_script_enabled=False, locale="zh-CN", base_url=live_server.url
    ).new_page()


def desk(chromium, live_server, staff, width=1440, **more):
    context = chromium.new_context(
        viewport={"width": width, "height": 900}, locale="zh-CN", base_url=live_server.url, **more
    )
    session = browser(staff).cookies["huoqun_session"].value
    context.add_cookies([{"name": "huoqun_session", "value": session, "url": live_server.url}])
    return context.new_page()


def test_from_the_invitation_to_the_hall_of_fame(live_server, chromium, tmp_path):
    here = group(local(now=clock.now()))
    boss = hire(here.workspace)
    row = opened(here, "spotlight", "四月能人秀")
    who, friend, quiet = member(here, "老船长"), member(here, "小红"), member(here, "话少的人")
    profile.say(quiet.person, "fact", "会小程序", field="offers", source="问卷", by=None, now=clock.now())
    mine_, hers = phone(chromium, live_server), phone(chromium, live_server)

    mine_.goto(reverse("member_door", args=[code.door(row.pk, here, ends=clock.now() + timedelta(days=9))]))
    mine_.get_by_label("你是谁").fill("老船长")
    mine_.get_by_role("button", name="继续").click()
    mine_.get_by_label("一句话：你想展示什么").fill("从船工到小店：一个农民的四次创业")
    seen(mine_, "spot-1-sign-up")
    mine_.get_by_role("button", name="报名").click()
    mine_.get_by_text("报名成功").wait_for()
    photo = tmp_path / "me.jpg"
    photo.write_bytes(jpeg())
    mine_.get_by_label("你的故事").fill(
        "十六岁上船，四十岁上岸。开过米铺、修过船，现在做一家小店。\n想把踩过的坑讲给你听。"
    )
    mine_.get_by_label("你能给别人什么").fill("木工、修船、开店的账本")
    mine_.get_by_label("你在找什么人").fill("会做小程序的人")
    mine_.get_by_label("照片", exact=True).set_input_files(photo)
    for words in ("拿到链接的人", "我的名字", "我的照片", "我的文字和语音"):
        mine_.get_by_label(words).check()
    mine_.get_by_role("button", name="保存名片").click()
    mine_.get_by_text("名片已保存").wait_for()
    mine_.get_by_text("为我背书的朋友").click()
    mine_.get_by_label("本群朋友的群昵称").fill("小红")
    mine_.get_by_role("button", name="请他们背书").click()
    seen(mine_, "spot-2-card")

    hers.goto(address(row, friend))
    hers.get_by_label("说一件你亲眼见过的事").fill("我家的窗就是他修的，没收钱。")
    hers.get_by_label("可以署我的名字").check()
    seen(hers, "spot-3-asked")
    hers.get_by_role("button", name="提交背书").click()
    hers.get_by_text("谢谢你的背书").wait_for()

    host = desk(chromium, live_server, boss)
    host.goto(reverse("activity", args=[row.pk]))
    for label in ("敢秀", "有能力和资源", "懂社交"):
        host.get_by_label(label).select_option("2")
    host.get_by_role("button", name="保存打分").click()
    host.get_by_text("安排场次", exact=True).click()
    zoned = clock.now() + timedelta(hours=8, minutes=30)
    host.get_by_label("时间", exact=True).fill(f"{zoned:%Y-%m-%dT%H:%M}")
    seen(host, "spot-4-desk")
    host.get_by_role("button", name="定下场次").click()
    host.get_by_text("场次已定").wait_for()
    hers.goto(address(row, friend))
    hers.get_by_label("你想问什么").fill("第一笔钱是怎么赚到的？")
    hers.get_by_role("button", name="提问").click()
    hers.get_by_text("问题已收到").wait_for()
    hers.get_by_role("button", name="我也想知道").click()
    seen(hers, "spot-5-ask")

    host.get_by_role("link", name="流程单").click()
    host.get_by_role("button", name="完成: 和嘉宾聊一次").click()
    host.get_by_text("第一笔钱").wait_for()
    seen(host, "spot-6-sheet")
    host.get_by_role("button", name="现在开场").click()
    hers.get_by_label("你想问什么").fill("最难的一年是哪年？")
    hers.get_by_role("button", name="提问").click()
    host.get_by_text("最难的一年").wait_for(timeout=9000)
    seen(host, "spot-7-live")
    small = desk(chromium, live_server, boss, width=390)
    small.goto(host.url)
    seen(small, "spot-8-sheet-phone")
    host.get_by_role("button", name="本场结束").click()
    host.get_by_text("本场结束。明天").wait_for()
    hers.goto(address(row, friend))
    hers.get_by_role("button", name="我加TA了").click()
    hers.get_by_text("已认识").wait_for()
    seen(hers, "spot-9-after")
    host.goto(reverse("spotlight_hall", args=[here.workspace.slug]))
    host.get_by_text("1 位新好友").wait_for()
    seen(host, "spot-10-hall")

    stranger = phone(chromium, live_server)
    loaded = []
    stranger.on("response", lambda answer: loaded.append(len(answer.body()) if answer.status == 200 else 0))
    stranger.goto(reverse("spotlight_card", args=[spotlight_fame.token(mine(row, who.person))]))
    stranger.get_by_text("我家的窗").wait_for()
    seen(stranger, "spot-11-card")
    assert sum(loaded) < 100_000
    dark = desk(chromium, live_server, boss, color_scheme="dark")
    dark.goto(reverse("activity", args=[row.pk]))
    seen(dark, "spot-12-dark")
    life.settle(row, now=clock.now())
    assert points.unbalanced(here.workspace) == []
