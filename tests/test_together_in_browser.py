"""Teams and circles on phones, without script, and on a desk: from the invitation to settlement."""

from datetime import timedelta

import pytest
from at_work import group, hire
from django.urls import reverse
from screen import seen
from stage import address, member, opened
from test_spotlight_in_browser import desk, phone

from huoqun.activities import circle, life
from huoqun.activities.team_board import TeamPlan, board
from huoqun.base import clock
from huoqun.people import code, points
from huoqun.people.workspace import local

pytest.importorskip("playwright.sync_api")
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_team_up_from_the_invitation_to_settlement(live_server, chromium):
    here = group(local(now=clock.now()))
    boss = hire(here.workspace)
    plan = TeamPlan(tasks=["一百公里接力", "拍十家门店"], goal=100, unit="公里", points=5, prize=20)
    row = opened(here, "team_up", "春季战队", plan=plan, about="选一件值得做的事，组队去做。")
    a, b = member(here, "老船长"), member(here, "小红")
    mine, hers, host = phone(chromium, live_server), phone(chromium, live_server), desk(chromium, live_server, boss)
    mine.goto(reverse("member_door", args=[code.door(row.pk, here, ends=clock.now() + timedelta(days=9))]))
    mine.get_by_label("你是谁").fill("老船长")
    mine.get_by_role("button", name="继续").click()
    mine.get_by_text("我来当队长").first.click()
    mine.get_by_label("战队名").first.fill("追风队")
    mine.get_by_role("button", name="报名当队长").first.click()
    mine.get_by_text("主办人很快会答复").first.wait_for()
    host.goto(reverse("activity", args=[row.pk]))
    seen(host, "team-1-desk")
    host.get_by_role("button", name="同意", exact=True).click()
    host.get_by_text("战队已成立").wait_for()
    hers.goto(address(row, b))
    hers.get_by_role("button", name="加入: 追风队").click()
    hers.get_by_text("已加入战队").wait_for()
    seen(hers, "team-2-joined")
    host.goto(host.url)
    host.get_by_role("button", name="开始").click()
    mine.goto(address(row, a))
    mine.get_by_label("这次全队完成了多少").fill("42")
    mine.get_by_label("做了什么").or_(mine.locator("#text")).first.fill("周末晨跑")
    seen(mine, "team-3-enter")
    mine.get_by_role("button", name="录入").click()
    mine.get_by_text("周末晨跑").wait_for()
    seen(mine, "team-4-board")
    host.goto(host.url)
    seen(host, "team-5-desk")
    host.get_by_role("button", name="结束").click()
    host.get_by_role("button", name="结算").click()
    assert [points.balance(who.person) for who in (a, b)] == [25, 25]
    assert board(row)[0].done == 42


def test_a_circle_from_the_proposal_to_settlement(live_server, chromium):
    here = group(local(now=clock.now()))
    boss = hire(here.workspace)
    row = opened(here, "circle", "自组织圈子", about="想做点什么？提议一个圈子。")
    a, b = member(here, "老船长"), member(here, "小红")
    mine, hers, host = phone(chromium, live_server), phone(chromium, live_server), desk(chromium, live_server, boss)
    mine.goto(address(row, a))
    mine.get_by_label("名字").fill("晨跑团")
    mine.get_by_label("跑团").check()
    mine.get_by_label("为了什么").fill("每周二四六早上六点半，江边集合，年底跑完一场半马。")
    seen(mine, "circle-1-propose")
    mine.get_by_role("button", name="提交", exact=True).click()
    mine.get_by_text("等主办人答复").wait_for()
    host.goto(reverse("activity", args=[row.pk]))
    seen(host, "circle-2-desk")
    host.get_by_role("button", name="同意", exact=True).click()
    host.get_by_text("圈子已成立").wait_for()
    hers.goto(address(row, b))
    hers.get_by_role("button", name="加入: 晨跑团").click()
    mine.goto(address(row, a))
    mine.get_by_text("上报成果").click()
    mine.get_by_label("做了什么").fill("第一次十公里，下着小雨。")
    mine.get_by_label("小红").check()
    seen(mine, "circle-3-report")
    mine.get_by_role("button", name="提交成果").click()
    mine.get_by_text("2 人到场").wait_for()
    seen(mine, "circle-4-done")
    host.goto(host.url)
    seen(host, "circle-5-desk")
    life.settle(row, now=clock.now())
    assert circle.circles(row)[0].results[0].values["names"] == 2
