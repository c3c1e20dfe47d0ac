"""Any period, and a heap of people, in a real browser: progress, a second try, evidence that opens."""

import os
from pathlib import Path

import pytest
from at_work import browser, hire
from letters import chatlab, lines
from lived_group import rows
from test_heap import COMPLAINTS, counter

from huoqun import worker
from huoqun.base import clock, job
from huoqun.people import stretch, upload
from huoqun.people.group import Group
from huoqun.people.upload import Given
from huoqun.people.workspace import archive_of, local

playwright = pytest.importorskip("playwright.sync_api")
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


def work(kind=None):
    hand = job.Hand("test", clock.now)
    while job.work(kind, stretch._run, hand) if kind else worker.tick(hand):
        pass


def brought(tmp_path, said):
    path, now = tmp_path / "given", clock.now()
    path.write_bytes(chatlab(said))
    upload.receive(local(now=now), [Given("a.jsonl", path)], now=now)
    work()
    return Group.objects.get()


def opened(chromium, live_server, width=1440):
    context = chromium.new_context(viewport={"width": width, "height": 900}, locale="zh-CN", base_url=live_server.url)
    session = browser(hire(local(now=clock.now()))).cookies["huoqun_session"].value
    context.add_cookies([{"name": "huoqun_session", "value": session, "url": live_server.url}])
    return context.new_page()


def fits(page):
    return page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


@pytest.mark.parametrize("width", [1440, 390])
def test_a_period_that_could_not_be_measured_is_tried_again(live_server, chromium, tmp_path, monkeypatch, width):
    group = brought(tmp_path, lines())
    monkeypatch.setattr(stretch, "AT_ONCE", 0)
    page = opened(chromium, live_server, width)
    page.goto(f"/groups/{group.pk}/period")
    assert page.locator(".steps [aria-current]").inner_text() == "排队中"
    damaged = {f: f.read_bytes() for f in Path(archive_of(local(now=clock.now())).where).glob("**/*.parquet")}
    for file in damaged:
        file.write_bytes(b"not a table")
    work(stretch.KIND)
    page.get_by_text("这个时段没能测出来").wait_for()  # the page follows by itself
    assert fits(page)
    for file, content in damaged.items():
        file.write_bytes(content)
    where = page.url
    page.get_by_role("button", name="再试一次").dblclick()
    page.locator(".steps [aria-current]").wait_for()
    assert job.Job.objects.filter(kind=stretch.KIND, state=job.WAITING).count() == 2
    work(stretch.KIND)
    page.get_by_role("rowheader", name="每天发言人数").wait_for()
    assert fits(page)
    assert not page.get_by_role("alert").count()
    page.goto(where)
    assert page.get_by_role("rowheader", name="每天发言人数").count() == 1


def test_two_periods_are_chosen_and_compared_with_keys_and_by_hand(live_server, chromium, tmp_path):
    group = brought(tmp_path, lines())
    page = opened(chromium, live_server)
    page.goto(f"/groups/{group.pk}/period")
    page.get_by_role("link", name="7 天").click()
    page.locator("select[name=beside]").select_option("none")
    page.locator("main form button.primary").press("Enter")
    page.wait_for_url("**beside=none**")
    assert page.locator("table.periods thead th").count() == 2
    page.go_back()
    assert page.locator("table.periods thead th").count() == 4


@pytest.mark.parametrize("width", [1440, 390])
def test_a_heap_of_people_is_called_one_with_what_they_said(live_server, chromium, tmp_path, width):
    told = rows(*counter()).select("time", "sender", "text").to_dicts()
    brought(
        tmp_path, [{"id": str(i), "time": r["time"], "who": r["sender"], "text": r["text"]} for i, r in enumerate(told)]
    )
    page = opened(chromium, live_server, width)
    page.goto(f"/groups/{Group.objects.get().pk}/")
    page.locator("#findings .rest > summary").click()
    found = page.locator("li.cause").filter(has_text="条抱怨")
    found.locator("summary").first.click()
    said = found.locator(".quotes li").all_inner_texts()
    assert said
    assert all(any(text in line for text in COMPLAINTS) for line in said)
    assert fits(page)
