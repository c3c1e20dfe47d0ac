"""A person on the page, in a real browser: what is known is written and undone, two are made one, one is erased."""

import os

import pytest
from at_work import browser, hire
from django.conf import settings
from screen import seen
from test_forgetting import lived, work_off, workspace
from test_person import person_of

from huoqun.people.forgotten import Forgotten

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
__all__ = ["workspace"]
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
LOOKS = (("zh-CN", 1440, "light"), ("en", 1440, "dark"), ("zh-CN", 390, "light"), ("en", 390, "dark"))


def window(live_server, chromium, member, language, width, look):
    client = browser(member)
    context = chromium.new_context(
        viewport={"width": width, "height": 900}, locale=language, base_url=live_server.url, color_scheme=look
    )
    cookies = {settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value}
    cookies[settings.LANGUAGE_COOKIE_NAME] = "zh-hans" if language == "zh-CN" else "en"
    context.add_cookies([{"name": k, "value": v, "url": live_server.url} for k, v in cookies.items()])
    page = context.new_page()
    wrong = []
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    return page, wrong


def test_a_person_is_erased_in_words_and_the_page_says_how_far_it_is(live_server, chromium, workspace):
    a, b, one, _ = lived(workspace)
    work_off()
    member = hire(workspace)
    fish = person_of(a, "u3")
    for language, width, look in LOOKS:
        page, wrong = window(live_server, chromium, member, language, width, look)
        for name, address in {
            "person": f"/people/{one.pk}/",
            "is": f"/people/{fish.pk}/is?q={'老王'}&with={person_of(b, 'u9').pk}",
            "erase": f"/people/{one.pk}/erase",
        }.items():
            page.goto(address)
            if name == "person":
                page.locator(".activity").wait_for()
            seen(page, f"{name}-{language}-{width}")
        assert not wrong
        page.context.close()
    page, wrong = window(live_server, chromium, member, *LOOKS[2])
    page.goto(f"/people/{one.pk}/")
    page.locator(".actions summary", has_text="更多").click()
    page.get_by_role("link", name="抹除……").click()
    page.get_by_label("写下“抹除”以确认").fill("抹除")
    page.get_by_role("button", name="永久抹除").click()
    assert page.get_by_text("进行中").is_visible()
    seen(page, "erasure-going")
    work_off()
    page.get_by_text("已完成").wait_for()
    seen(page, "erasure-done")
    page.goto(f"/w/{workspace.slug}/erasures")
    assert page.get_by_text(str(Forgotten.objects.get().tombstone)).is_visible()
    seen(page, "erasures")
    assert not wrong
