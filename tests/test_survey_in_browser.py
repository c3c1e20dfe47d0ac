"""The survey on a phone and on a desk, in a real browser: whole without script, nothing wider than the screen."""

import os
from datetime import timedelta

import pytest
from at_work import browser
from django.urls import reverse
from screen import seen
from test_survey import Asked

from huoqun.activities import readymade, response, survey

playwright = pytest.importorskip("playwright.sync_api")
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


def test_a_member_answers_without_script(live_server, chromium):
    asked = Asked().open()
    context = chromium.new_context(
        viewport={"width": 375, "height": 740}, java_script_enabled=False, locale="zh-CN", base_url=live_server.url
    )
    page = context.new_page()
    loaded = []
    page.on("response", lambda answer: loaded.append(len(answer.body()) if answer.status == 200 else 0))
    page.goto(asked.group_address())
    page.get_by_label("你是谁").fill("小明")
    page.get_by_role("button", name="继续").click()
    page.get_by_label("不喜欢", exact=True).check()
    seen(page, "form")
    page.get_by_role("button", name="提交").click()
    assert page.get_by_text("这题请回答").is_visible()
    page.get_by_label("为什么").fill("太吵")
    page.get_by_role("button", name="提交").click()
    page.get_by_text("谢谢，已经保存").wait_for()
    assert survey.answers(asked.survey).get().values == {"like": "不喜欢", "why": "太吵"}
    assert sum(loaded) < 100_000


@pytest.mark.parametrize(("width", "language"), [(1440, "zh-CN"), (390, "zh-CN"), (1440, "en"), (390, "en")])
def test_every_page_fits(live_server, chromium, width, language):
    asked = Asked().open()
    response.answer(asked.survey, asked.ming, {"like": "喜欢", "stars": 4}, via="personal", now=asked.now)
    profile = readymade.readymade("en" if language == "en" else "zh", "profile")
    values = {"groups": [asked.group], "by": asked.owner.account, "now": asked.now + timedelta(seconds=1)}
    draft = survey.begin(
        asked.workspace, title=profile.title, intro=profile.intro, questions=profile.questions, **values
    )
    context = chromium.new_context(viewport={"width": width, "height": 900}, locale=language, base_url=live_server.url)
    session = browser(asked.owner).cookies["huoqun_session"].value
    context.add_cookies([{"name": "huoqun_session", "value": session, "url": live_server.url}])
    page = context.new_page()
    faults = []
    page.on("console", lambda line: faults.append(line.text) if line.type == "error" else None)
    for name, address in {
        "list": reverse("surveys", args=[asked.workspace.slug]),
        "build": reverse("survey", args=[draft.pk]),
        "preview": reverse("survey_preview", args=[draft.pk]),
        "open": reverse("survey", args=[asked.survey.pk]),
        "asked": reverse("survey_asked", args=[asked.survey.pk]),
        "results": reverse("survey_results", args=[asked.survey.pk]),
        "member": asked.address(asked.ming),
    }.items():
        assert page.goto(address).status == 200
        seen(page, f"{name}-{width}-{language[:2]}")
    assert not faults


def test_from_a_template_to_the_facts_of_a_person(live_server, chromium):
    asked = Asked()
    desk = chromium.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN", base_url=live_server.url)
    session = browser(asked.owner).cookies["huoqun_session"].value
    desk.add_cookies([{"name": "huoqun_session", "value": session, "url": live_server.url}])
    page = desk.new_page()
    page.goto(reverse("surveys", args=[asked.workspace.slug]))
    page.get_by_label("认识一下群友").check()
    page.get_by_role("button", name="建草稿").click()
    page.locator("#q-likes").get_by_role("button", name="移除").click()
    page.get_by_role("button", name="撤销上一步").click()
    page.get_by_role("button", name="开放问卷").click()
    link = page.get_by_label("练习群").first.input_value()

    phone = chromium.new_context(
        viewport={"width": 375, "height": 740}, java_script_enabled=False, locale="zh-CN", base_url=live_server.url
    ).new_page()
    phone.goto(link)
    phone.get_by_label("你是谁").fill("小明")
    phone.get_by_role("button", name="继续").click()
    phone.get_by_label("教育").first.check()
    phone.get_by_label("管理者").check()
    phone.get_by_label("你常住哪个城市").fill("成都")
    phone.get_by_label("场地").check()
    seen(phone, "profile-375-zh")
    phone.get_by_role("button", name="提交").click()
    phone.get_by_text("谢谢，已经保存").wait_for()
    phone.go_back()
    assert phone.get_by_label("你常住哪个城市").is_visible()
    phone.go_back()
    assert phone.get_by_label("你是谁").is_visible()

    page.get_by_role("link", name="结果").click()
    page.get_by_text("成都").first.wait_for()
    page.get_by_text("全部回答（表格）").click()
    page.get_by_role("link", name="小明").click()
    facts = page.get_by_role("region", name="资料", exact=True)
    facts.get_by_text("成都").wait_for()
    assert facts.get_by_text("来自 认识一下群友").count() == 3
    assert page.get_by_text("填了问卷").is_visible()
