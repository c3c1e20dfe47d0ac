"""The calendar of content in a real browser: a piece is dragged to another day and group, and moved by keyboard."""

import os
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from at_work import browser, group, hire
from screen import seen

from huoqun.base import clock
from huoqun.content import slot
from huoqun.content.slot import Slot
from huoqun.people.workspace import local

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
ZONE = ZoneInfo("Asia/Shanghai")


def test_a_piece_is_dragged_and_moved_with_the_keyboard(chromium, live_server):
    now = clock.now()
    here = group(local(now=now))
    other = group(here.workspace, "第二个群")
    boss = hire(here.workspace)
    monday = (now + timedelta(days=14)).astimezone(ZONE).date()
    monday -= timedelta(days=monday.weekday())
    at = datetime(monday.year, monday.month, monday.day, 15, 30, tzinfo=ZONE)
    told = {"kind": "useful", "approves": True, "by": boss.account, "now": now}
    row = slot.plan(here, text="三步选书", at=at, **told)
    slot.plan(other, text="挡路的", at=at + timedelta(days=3), **told)
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN", base_url=live_server.url)
    session = browser(boss).cookies["huoqun_session"].value
    context.add_cookies([{"name": "huoqun_session", "value": session, "url": live_server.url}])
    page = context.new_page()
    page.goto(f"/w/{here.workspace.slug}/content/?week={monday}")
    piece = page.locator(f"[data-slot='{row.pk}'] summary")
    cell = page.locator(f"[data-day='{monday + timedelta(days=2)}'][data-group='{other.pk}']")
    a, b = piece.bounding_box(), cell.bounding_box()
    page.mouse.move(a["x"] + 20, a["y"] + 10)
    page.mouse.down()
    page.mouse.move(b["x"] + 40, b["y"] + 30, steps=6)
    with page.expect_navigation():
        page.mouse.up()
    assert cell.locator(f"[data-slot='{row.pk}']").count() == 1
    row = Slot.objects.get(pk=row.pk)
    assert (row.group, row.at) == (other, at + timedelta(days=2))
    piece.focus()
    page.keyboard.press("Alt+ArrowRight")
    page.locator(".moved-not").wait_for()
    assert "16:00" in page.locator(".moved-not").inner_text(), "there something is said already"
    with page.expect_navigation():
        page.keyboard.press("Alt+ArrowLeft")
    assert Slot.objects.get(pk=row.pk).at == at + timedelta(days=1)
    seen(page, "content-calendar")
    page.set_viewport_size({"width": 390, "height": 800})
    seen(page, "content-calendar-phone")
    context.close()
