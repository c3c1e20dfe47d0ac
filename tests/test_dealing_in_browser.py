"""With people, on a desk and on a phone, in a real browser: words are copied, one click keeps, nothing sticks out."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from at_work import browser
from test_dealing import CARD, Place
from test_history import row

from huoqun.base import clock

playwright = pytest.importorskip("playwright.sync_api")
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
PARTS = ("introductions", "silent", "raising", "touches", "founders", "cards")


@pytest.fixture
def filled():
    """A group with something on every page."""
    place = Place([row(1310, sender="ning", name="阿宁", text=CARD)]).judge()
    place.knows("ning", offers="平面设计，可以接海报和logo", city="佛山")
    place.knows("jenny", needs="想找人做公司logo", city="佛山市")
    place.knows("ming", city="佛山", industry="教育")
    soon = clock.now().date() + timedelta(days=3)
    place.knows("fish", birthday=f"{soon.month}月{soon.day}日")
    ming, fish, bear = (place.identity(a).pk for a in ("ming", "fish", "bear"))
    place.post("raising", do="word", who=ming, words="谢谢")
    place.post("touches", do="letter", who=fish, words="手写了一张卡片")
    place.post("founders", do="given", who=bear, role="选书人", stake="年终分红")
    place.post("silent", do="reason", who=bear, why="busy")
    return place


def pages(place):
    at = f"/groups/{place.group.pk}/"
    return {"board": f"/w/{place.workspace.slug}/board", **{part: at + part for part in PARTS}}


def opened(chromium, live_server, place, width, language, scheme="light"):
    context = chromium.new_context(
        viewport={"width": width, "height": 900}, locale=language, color_scheme=scheme, base_url=live_server.url
    )
    session = browser(place.member).cookies["huoqun_session"].value
    context.add_cookies([{"name": "huoqun_session", "value": session, "url": live_server.url}])
    return context.new_page()


@pytest.mark.parametrize(
    ("width", "language", "scheme"),
    [(1440, "zh-CN", "light"), (390, "zh-CN", "dark"), (1440, "en", "dark"), (390, "en", "light")],
)
def test_every_page_fits(live_server, chromium, filled, width, language, scheme):
    page = opened(chromium, live_server, filled, width, language, scheme)
    for name, address in pages(filled).items():
        assert page.goto(address).ok
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, (name, wide)
        if folder := os.environ.get("HUOQUN_SHOTS"):
            page.screenshot(path=Path(folder) / f"{name}-{width}-{language}.png", full_page=True)


def test_two_people_are_introduced(live_server, chromium, filled):
    page = opened(chromium, live_server, filled, 1440, "zh-CN")
    page.goto(pages(filled)["introductions"])
    first = page.locator(".dealings > li").first
    first.locator("textarea").fill("你们俩聊聊")
    first.get_by_role("button", name="复制").click()
    first.get_by_role("button", name="已复制").wait_for()
    first.get_by_role("button", name="我来牵线").click()
    page.get_by_role("button", name="已经说了").click()
    page.get_by_role("button", name="见了面").click()
    assert page.get_by_role("button", name="见了面", pressed=True).is_visible()
    page.goto(pages(filled)["cards"])
    page.get_by_role("button", name="采纳").click()
    page.get_by_text("已写进资料").wait_for()
