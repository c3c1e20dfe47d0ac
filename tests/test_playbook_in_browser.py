"""The editor of a playbook in a real browser: what is typed is on the timeline, what is moved there is in the text."""

import os

import pytest
from at_work import browser, hire
from screen import seen

from huoqun.base import clock
from huoqun.people.workspace import add
from huoqun.playbooks import book_draft, library, playbook

playwright = pytest.importorskip("playwright.sync_api")
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


def test_text_and_timeline_are_both_true_on_a_desk_and_on_a_phone(live_server, chromium):
    boss = hire(add(name="晨读社", zone="Asia/Shanghai", now=clock.now()))
    text = dict(library.texts())["team-up"].replace("id: team-up", "id: ours", 1)
    row = book_draft.begin(boss.workspace, "ours", text, how=book_draft.COPIED, by=boss.account, now=clock.now())
    context = chromium.new_context(base_url=live_server.url, locale="zh-CN", viewport={"width": 1440, "height": 900})
    cookie = browser(boss).cookies["huoqun_session"].value
    context.add_cookies([{"name": "huoqun_session", "value": cookie, "url": live_server.url}])
    context.set_default_timeout(60_000)
    page = context.new_page()
    page.goto(f"/playbooks/{row.pk}/")
    first = playbook.read(text).steps[0]

    page.locator("#text").fill(text.replace(first.title.zh, "打字改的题", 1))
    page.locator("#beside h4", has_text="打字改的题").wait_for()
    at = next(n for n, line in enumerate(text.splitlines(), 1) if line.strip() == f"at: {first.at}")
    page.locator("#text").fill(text.replace(f"at: {first.at}", "at: 有空再说", 1))
    page.locator(f"#mistakes [data-line='{at}']").click()
    assert page.evaluate("getSelection().toString() || text.value.slice(text.selectionStart, text.selectionEnd)")
    assert page.locator(".code-lines .bad").inner_text() == str(at)
    page.locator("#text").fill(text)
    page.locator("#mistakes", has_text="没有错误").wait_for()

    page.locator("[data-step='0'] .step-edit").click()
    page.locator("[data-step='0'] input[name='at']").fill("day 2 06:15")
    page.locator("[data-step='0'] .step-form .primary").click()
    page.locator("#day-2 [data-step='0']").wait_for()
    changed = text.replace(f"at: {first.at}", "at: day 2 06:15", 1)
    assert page.locator("#text").input_value() == changed
    row.refresh_from_db()
    assert row.text == changed
    seen(page, "playbook-editor")

    page.set_viewport_size({"width": 390, "height": 844})
    page.locator("[data-show='line']").click()
    assert not page.locator("#text").is_visible()
    page.locator("[data-show='text']").click()
    assert page.locator("#text").is_visible()
    assert not page.locator("#beside").is_visible()
    seen(page, "playbook-editor-phone")
    context.close()
