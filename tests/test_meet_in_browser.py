"""Chain sign-up, meetup and topic session in a real browser: on a phone without script, at the door without a network,
nothing wider than the screen."""

import os
from datetime import timedelta
from urllib.parse import quote

import pytest
from at_work import browser
from django.urls import reverse
from screen import seen
from test_chain_activity import Listed
from test_meetup import Day
from test_topic_session import Talk

from huoqun.activities import life, meetup_plan
from huoqun.activities.activity import Participation
from huoqun.base import clock
from huoqun.people import code
from huoqun.web.qr_code import svg

pytest.importorskip("playwright.sync_api")
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


def phone_of(chromium, server):
    shape = {"viewport": {"width": 390, "height": 780}, "java_script_enabled": False, "locale": "zh-CN"}
    return chromium.new_context(base_url=server.url, **shape).new_page()


def desk_of(chromium, server, boss, width=1440):
    context = chromium.new_context(
        viewport={"width": width, "height": 900}, locale="zh-CN", base_url=server.url, service_workers="allow"
    )
    session = browser(boss).cookies["huoqun_session"].value
    context.add_cookies([{"name": "huoqun_session", "value": session, "url": server.url}])
    return context.new_page()


def place_of(it, who):
    return reverse("member_activity", args=[code.personal(who, now=it.now), it.row.pk])


CAMERA = """
navigator.mediaDevices.getUserMedia = async () => {
  const paper = Object.assign(document.createElement("canvas"), { width: 640, height: 480 });
  const pen = paper.getContext("2d"), code = new Image();
  code.src = SHOWN;
  await code.decode();
  setInterval(() => {
    pen.fillStyle = "#887";
    pen.fillRect(0, 0, 640, 480);
    pen.setTransform(0.97, 0.1, -0.1, 0.97, 200, 70);
    pen.drawImage(code, 0, 0, 300, 300);
    pen.resetTransform();
  }, 100);
  return paper.captureStream();
};
"""
"""A camera that sees a code, a little askew, on a grey table. What reads it is the page's own reader."""


def held_up(text):
    """The script of a camera before which somebody holds a phone that shows this code."""
    return CAMERA.replace("SHOWN", repr("data:image/svg+xml," + quote(svg(text))))


def test_a_chain_from_the_button_to_the_list(live_server, chromium):
    it = Listed(capacity=3)
    phone = phone_of(chromium, live_server)
    phone.goto(place_of(it, it.ming))
    phone.get_by_label("一共几份").fill("2")
    seen(phone, "chain-member-empty")
    phone.get_by_role("button", name="加入接龙").click()
    phone.get_by_text("你在名单上").wait_for()
    it.paste(it.text() + "\n2. 小华（素食）\n3. 老李\n4. 外面的人 2份")
    it.paste("1. 小华（素食）\n2. 老李\n3. 外面的人 2份")
    phone.reload()
    seen(phone, "chain-member")
    desk = desk_of(chromium, live_server, it.boss)
    desk.goto(reverse("activity", args=[it.row.pk]))
    seen(desk, "chain-desk")
    desk.get_by_role("button", name="以名单为准").click()
    desk.get_by_role("button", name="放进“待发”").click()
    desk.get_by_text("名单已放进“待发”").wait_for()
    life.settle(it.row, now=clock.now())
    phone.reload()
    assert not phone.get_by_role("button", name="修改我这一行").is_visible()
    narrow = desk_of(chromium, live_server, it.boss, 390)
    narrow.goto(reverse("activity", args=[it.row.pk]))
    seen(narrow, "chain-narrow")


def test_the_door_goes_on_without_a_network(live_server, chromium):
    it = Day(capacity=6, ahead=timedelta(hours=2), cost=40)
    it.join(0, 1, 2, 3, 4)
    phone = phone_of(chromium, live_server)
    phone.goto(place_of(it, it.people[0]))
    seen(phone, "meetup-member")
    desk = desk_of(chromium, live_server, it.boss, 390)
    pasted = f"{live_server.url}{reverse('activity_check_in', args=[it.row.pk])}?code="
    desk.add_init_script(held_up(pasted + meetup_plan.code_of(it.row, it.people[4])))
    faults = []
    desk.on("pageerror", lambda error: faults.append(str(error)))
    desk.goto(reverse("activity_check_in", args=[it.row.pk]))
    desk.evaluate("navigator.serviceWorker.ready.then(() => true)")
    desk.reload()
    seen(desk, "door")
    desk.get_by_role("listitem").filter(has_text="阿明").get_by_role("button", name="签到").click()
    desk.get_by_text("都已传好").wait_for()
    desk.context.set_offline(True)
    desk.get_by_role("button", name="用摄像头扫码").click()
    desk.locator("[data-code].came").filter(has_text="钱七").wait_for()
    seen(desk, "door-camera")
    desk.get_by_label("手输或粘贴签到码").fill(pasted + meetup_plan.code_of(it.row, it.people[1]).lower())
    desk.get_by_label("手输或粘贴签到码").press("Enter")
    desk.get_by_label("不在群里的客人").fill("表妹")
    desk.get_by_label("不在群里的客人").press("Enter")
    desk.get_by_text("没有网络").wait_for()
    assert Participation.objects.get(activity=it.row, identity=it.people[1]).state == "joined"
    desk.reload()
    desk.get_by_text("没有网络").wait_for()
    seen(desk, "door-offline")
    desk.context.set_offline(False)
    desk.evaluate("dispatchEvent(new Event('online'))")
    desk.get_by_text("都已传好").wait_for()
    came = Participation.objects.filter(activity=it.row, identity__in=[it.people[1], it.people[4]])
    assert [row.state for row in came] == ["done", "done"]
    assert [g.name for g in meetup_plan.guests(it.fresh())] == ["表妹"]
    assert not faults
    wall = desk_of(chromium, live_server, it.boss)
    wall.goto(reverse("activity_wall", args=[it.row.pk]))
    assert wall.locator(".wall-picture use").count() == 4
    phone.goto(place_of(it, it.people[2]))
    phone.get_by_label("我到了").fill(it.fresh().state_of_play["word"])
    phone.get_by_role("button", name="按下我的指纹").click()
    phone.get_by_text("你的指纹上墙了").wait_for()
    wall.locator(".wall-picture use").nth(4).wait_for(state="attached")
    seen(wall, "wall")
    phone.get_by_label("阿明").check()
    phone.get_by_role("button", name="保存").click()
    phone.get_by_label("几个字说说我是谁").fill("爱爬山的会计")
    phone.get_by_role("button", name="生成卡片").click()
    seen(phone, "meetup-here")
    console = desk_of(chromium, live_server, it.boss)
    console.goto(reverse("activity", args=[it.row.pk]))
    seen(console, "meetup-desk")
    console.get_by_role("button", name="生成问卷").click()
    console.get_by_role("link", name="这次的问卷").wait_for()
    life.settle(it.row, now=clock.now())
    assert Participation.objects.get(activity=it.row, identity=it.people[3]).state == "absent"


def test_a_topic_from_a_proposal_to_its_digest(live_server, chromium):
    it = Talk()
    phone, desk = phone_of(chromium, live_server), desk_of(chromium, live_server, it.boss)
    for text in ("第一份工作", "怎么带孩子"):
        phone.goto(place_of(it, it.ming))
        phone.get_by_label("你想聊什么").fill(text)
        phone.get_by_role("button", name="提这个话题").click()
    page = reverse("activity", args=[it.row.pk])
    desk.goto(page)
    desk.get_by_role("button", name="开始投票").click()
    phone.goto(place_of(it, it.ming))
    phone.get_by_label("怎么带孩子").check()
    phone.get_by_role("button", name="投票").click()
    seen(phone, "topic-member")
    desk.goto(page)
    seen(desk, "topic-desk")
    desk.get_by_role("button", name="选这个").first.click()
    desk.get_by_label("定时间").fill("2031-03-04T20:00")
    desk.get_by_role("button", name="定下来").click()
    desk.get_by_role("button", name="定下主持").click()
    desk.get_by_role("button", name="开始讨论").click()
    phone.goto(place_of(it, it.ming))
    phone.get_by_label("你的想法或问题").fill("陪比说更有用")
    phone.get_by_role("button", name="发出去").click()
    desk.goto(page)
    desk.get_by_label("小结").fill("多陪，少说。")
    desk.get_by_role("button", name="讨论结束").click()
    seen(desk, "topic-desk-digest")
    desk.get_by_role("button", name="留存并告诉群里").click()
    phone.goto(place_of(it, it.ming))
    assert phone.get_by_text("多陪，少说。").is_visible()
    seen(phone, "topic-member-kept")
