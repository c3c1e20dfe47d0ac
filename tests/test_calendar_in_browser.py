"""The calendar over groups on a desk: a step is dragged to another day, and moves once a reason is given."""

from datetime import timedelta

import pytest
from at_work import group, hire
from django.urls import reverse
from screen import seen
from test_run import BOOK
from test_spotlight_in_browser import desk

from huoqun.base import clock
from huoqun.people import audit
from huoqun.people.workspace import local
from huoqun.playbooks import starting
from huoqun.playbooks.run import edition_of

pytest.importorskip("playwright.sync_api")
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def drag(page, step, cell):
    """Press, move in steps, let go, as a hand does."""
    a, b = step.bounding_box(), cell.bounding_box()
    page.mouse.move(a["x"] + 20, a["y"] + a["height"] / 2)
    page.mouse.down()
    page.mouse.move(a["x"] + 40, a["y"] + a["height"] / 2, steps=3)
    page.mouse.move(b["x"] + b["width"] / 2, b["y"] + 12, steps=8)
    page.mouse.up()


def test_a_step_is_dragged_to_another_day_with_a_reason(live_server, chromium):
    here = group(local(now=clock.now()))
    other = group(here.workspace, "另一个群")
    boss, now = hire(here.workspace), clock.now()
    monday = now.date() + timedelta(days=14 - now.weekday())
    edition = edition_of(here.workspace, BOOK, by=None, now=now)
    told = {"begins": monday, "values": {}, "people": {}, "by": None, "now": now}
    run, _theirs = starting.start(here, edition, **told), starting.start(other, edition, **told)
    row = run.steps.get(step="start")
    page = desk(chromium, live_server, boss)
    page.goto(f"{reverse('calendar', args=[here.workspace.slug])}?first={monday}")
    seen(page, "calendar-1-week")
    line = page.locator("tr", has=page.get_by_text(here.name, exact=True))
    step = line.locator(f"a[href*='{row.pk}']")
    thursday = (monday + timedelta(days=3)).isoformat()
    elsewhere = page.locator("tr", has=page.get_by_text("另一个群")).locator(f"td[data-day='{thursday}']")
    drag(page, step, elsewhere)
    assert not page.locator("dialog#move").is_visible(), "a step stays in its group"
    drag(page, step, line.locator(f"td[data-day='{thursday}']"))
    dialog = page.get_by_role("dialog")
    assert dialog.get_by_label("时间").input_value() == f"{thursday}T20:00"
    seen(page, "calendar-2-asked")
    dialog.get_by_label("原因").fill("主持周一有事")
    dialog.get_by_role("button", name="移动").click()
    page.get_by_text("已移动").wait_for()
    assert "first=" in page.url, "back on the calendar as it was"
    moved = page.locator(f"td[data-day='{thursday}'] a[href*='{row.pk}']")
    assert moved.count() == 1
    row.refresh_from_db()
    assert row.due.astimezone(clock.now().tzinfo).date().isoformat() == thursday
    assert audit.entries(here.workspace).get(what="run.move").after["why"] == "主持周一有事"
    moved.click()
    page.get_by_role("heading", name="开始").wait_for()
    seen(page, "calendar-3-step")
    page.get_by_role("link", name="返回").click()
    page.wait_for_url("**/runs/calendar?**")
