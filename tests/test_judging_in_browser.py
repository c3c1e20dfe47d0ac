"""Lottery, homework, quiz, feedback day and idea call on a phone and on a desk, from invitation to settlement."""

import pytest
from at_work import browser, group, hire
from django.urls import reverse
from screen import seen
from test_activity import member

from huoqun.activities import feedback, idea_call, lottery, quiz, submission
from huoqun.activities.activity import Activity
from huoqun.base import clock
from huoqun.people import code
from huoqun.people.workspace import local

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PATIENCE = 8_000
NAMES = ("阿明", "小红", "老王", "丁丁")


class Place:
    """A group with four members, their phones without script, and a desk."""

    def __init__(self, live_server, browser_):
        self.url, self.chromium = live_server.url, browser_
        self.group = group(local(now=clock.now()))
        self.boss = hire(self.group.workspace)
        self.members = {name: member(self.group, name) for name in NAMES}
        context = browser_.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN", base_url=self.url)
        session = browser(self.boss).cookies["huoqun_session"].value
        context.add_cookies([{"name": "huoqun_session", "value": session, "url": self.url}])
        self.desk = context.new_page()
        self.desk.set_default_timeout(PATIENCE)
        self.faults = []
        self.desk.on("console", lambda line: self.faults.append(line.text) if line.type == "error" else None)

    def begin(self, kind, title, choices=(), **fields):
        """Made and opened by staff on the desk; the activity."""
        self.desk.goto(f"/w/{self.group.workspace.slug}/activities/new/{kind}")
        self.desk.get_by_label("标题").fill(title)
        for name, text in fields.items():
            self.desk.locator(f"[name={name}]").fill(text)
        for name, value in dict(choices).items():
            self.desk.locator(f"[name={name}]").select_option(value)
        self.desk.get_by_role("button", name="建草稿").click()
        self.desk.get_by_role("button", name="开放", exact=True).click()
        self.row = Activity.objects.get(title=title)
        return self.row

    def invited(self, name):
        """A phone that came over the group's link and said who it is."""
        self.desk.goto(reverse("activity", args=[self.row.pk]))
        link = self.desk.get_by_label("练习群").first.input_value()
        page = self.phone()
        page.goto(link)
        page.get_by_label("你是谁").fill(name)
        page.get_by_role("button", name="继续").click()
        return page

    def phone(self, name=""):
        page = self.chromium.new_context(
            viewport={"width": 390, "height": 780}, java_script_enabled=False, locale="zh-CN", base_url=self.url
        ).new_page()
        page.set_default_timeout(PATIENCE)
        if name:
            token = code.personal(self.members[name], now=clock.now())
            page.goto(reverse("member_activity", args=[token, self.row.pk]))
        return page

    def button(self, name):
        """Press a button on the activity's page on the desk."""
        self.desk.goto(reverse("activity", args=[self.row.pk]))
        self.desk.get_by_role("button", name=name, exact=True).first.click()

    def shots(self, name, phone):
        """Both screens, whole."""
        phone.reload()
        seen(phone, f"{name}-phone")
        self.desk.goto(reverse("activity", args=[self.row.pk]))
        seen(self.desk, f"{name}-desk")
        self.desk.set_viewport_size({"width": 390, "height": 800})
        seen(self.desk, f"{name}-desk-390")
        self.desk.set_viewport_size({"width": 1440, "height": 900})
        assert not self.faults


@pytest.fixture
def place(live_server, chromium):
    return Place(live_server, chromium)


def test_a_lottery(place):
    row = place.begin("lottery", "端午抽奖", **{"plan-prizes": "茶具 | 1 | 明远茶业 | 120 元\n书 | 2"})
    for name in NAMES:
        page = place.invited(name) if name == "阿明" else place.phone(name)
        page.get_by_role("button", name="报名").click()
        page.get_by_text("报名成功").first.wait_for()
    place.button("结束")
    place.button("现在开奖")
    row.refresh_from_db()
    first = lottery.wins(row)[0].part.identity.name
    phone = place.phone(first)
    seen(phone, "lottery-won")
    phone.get_by_label("寄到哪里").fill("锦江区成都路 1 号")
    phone.get_by_role("button", name="领奖").click()
    phone.get_by_text("已登记，组织者会联系你").wait_for()
    gone = lottery.wins(row)[1].number
    place.desk.goto(reverse("activity", args=[row.pk]))
    line = place.desk.locator("tbody tr").nth(1)
    line.get_by_text("更多").click()
    line.get_by_label("原因").fill("是工作人员")
    line.get_by_role("button", name="只换这一位").click()
    place.desk.get_by_text("其他人的奖不变").wait_for()
    row.refresh_from_db()
    assert lottery.wins(row)[0].part.identity.name == first
    assert gone not in {w.number for w in lottery.wins(row)}
    phone.get_by_role("link", name="查看验证页").click()
    phone.get_by_text("中奖者一致").wait_for()
    phone.get_by_text("名单各行").click()
    seen(phone, "lottery-proof")
    place.button("结算")
    place.shots("lottery", place.phone(first))


def test_homework_marked_by_peers(place):
    later = "2100-01-01T20:00"
    fields = {"plan-rubric": "完整 | 6\n新意 | 4", "plan-tag": "我的一页", "closes": later}
    row = place.begin("homework", "写一页", choices={"plan-graders": "by_peers"}, **fields)
    for name in NAMES[:3]:
        page = place.invited(name) if name == "阿明" else place.phone(name)
        page.get_by_label("内容").fill(f"{name}写的一页，讲清明前的茶。")
        page.get_by_label("可以署名给群友看").check()
        page.get_by_role("button", name="提交").click()
        page.get_by_text("已提交，辛苦了").wait_for()
    place.button("结束")
    place.button("现在分给同伴互评")
    for name in NAMES[:3]:
        page = place.phone(name)
        for turn in range(2):
            form = page.locator("details").filter(has_text=f"第 {turn + 1} 份")
            if form.get_attribute("open") is None:
                form.locator("summary").click()
            form.get_by_label("完整").fill("6" if name == "阿明" else "1")
            form.get_by_label("新意").fill("3")
            form.get_by_role("button", name="打分").click()
            page.get_by_text("谢谢你认真看完").wait_for()
    assert sum(bool(p.values.get("differs")) for p in submission.pieces(row)) == 2
    seen(page, "homework-marking")
    place.desk.goto(reverse("activity", args=[row.pk]))
    seen(place.desk, "homework-differs")
    for _ in range(2):
        box = place.desk.locator("details.piece[open]").first
        box.get_by_label("完整").fill("5")
        box.get_by_label("新意").fill("3")
        box.get_by_role("button", name="打分").click()
        place.desk.goto(reverse("activity", args=[row.pk]))
    box = place.desk.locator("details.piece").first
    box.locator("summary").click()
    box.get_by_role("button", name="选入展示").click()
    place.button("结算")
    assert len(submission.showcase(row)) == 1
    page = place.phone("阿明")
    page.get_by_text("得分").wait_for()
    place.shots("homework", page)


def test_a_quiz(place):
    lines = "法国的首都？ | 里昂 | *巴黎 | 马赛\n哪些是茶？ | *龙井 | 咖啡 | *普洱\n一打是几个？ | =12"
    row = place.begin("quiz", "三问", **{"plan-questions": lines})
    page = place.invited("阿明")
    page.get_by_role("button", name="开始").click()
    page.get_by_label("巴黎").check()
    page.get_by_label("龙井").check()
    page.get_by_label("普洱").check()
    page.get_by_label("一打是几个").fill("12")
    seen(page, "quiz-asked")
    page.locator("button[value=answer]").click()
    page.get_by_text("已交卷").wait_for()
    other = place.phone("小红")
    other.get_by_role("button", name="开始").click()
    other.get_by_label("里昂").check()
    other.locator("button[value=answer]").click()
    place.button("结束")
    page.reload()
    page.get_by_text("第 1 名").wait_for()
    assert [p.right for p in quiz.standings(row)] == [3, 0]
    place.button("结算")
    place.shots("quiz", page)


def test_a_feedback_day(place):
    row = place.begin("feedback", "周五点评日", **{"plan-items": "新版首页\n栗子蛋糕"})
    place.desk.locator("[name=name]").first.fill("小红")
    place.desk.get_by_role("button", name="由他回复").first.click()
    page = place.invited("阿明")
    page.locator("label").filter(has_text="4").first.click()
    page.locator("textarea").first.fill("比上周快，字还可以再大一点")
    seen(page, "feedback-form")
    page.get_by_role("button", name="提交点评").click()
    page.get_by_text("作者会看到").wait_for()
    maker = place.phone("小红")
    maker.get_by_text("比上周快").wait_for()
    maker.locator("summary").first.click()
    maker.get_by_label("你的回复").fill("下周把字号加大")
    maker.get_by_role("button", name="公开回复").click()
    page.reload()
    page.get_by_text("下周把字号加大").wait_for()
    place.button("结束")
    place.button("结算")
    assert feedback.judged(row)[0].unanswered == 0
    place.shots("feedback", page)


def test_an_idea_call(place):
    row = place.begin("idea_call", "新品集策")
    page = place.invited("阿明")
    for idea in ("出小罐茶，方便带去办公室", "出栗子蛋糕"):
        page.get_by_label("你的主意").fill(idea)
        page.locator("button[value=propose]").click()
        page.get_by_text("谢谢你的提议").wait_for()
    other = place.phone("小红")
    other.get_by_label("你的主意").fill("小罐装")
    other.locator("button[value=propose]").click()
    other.locator(".word").filter(has_text="栗子").get_by_role("button", name="赞", exact=True).click()
    other.get_by_text("已点赞").wait_for()
    place.desk.goto(reverse("activity", args=[row.pk]))
    box = place.desk.locator(".piece").filter(has_text="小罐装").last
    box.locator("summary").click()
    box.get_by_label("与这条相同").select_option(label="出小罐茶，方便带去办公室")
    box.get_by_role("button", name="合并").click()
    assert len(idea_call.ideas(row)) == 2
    seen(place.desk, "idea-desk-open")
    for because in ("三月上架", "先忙完年货"):
        box = place.desk.locator(".piece").first
        box.locator("summary").click()
        box.get_by_label("原因").fill(because)
        box.get_by_role("button", name="告诉他们").click()
        place.desk.goto(reverse("activity", args=[row.pk]))
    place.button("结束")
    place.button("结算")
    other.reload()
    other.get_by_text("已并入").wait_for()
    place.shots("idea", other)
