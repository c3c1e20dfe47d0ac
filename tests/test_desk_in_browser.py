"""The desk in a real browser: words are copied, ticked off and brought back; without a network what is ticked, pictures
too, is kept and sent when there is one; a notification is shown and opens its page."""

import json

import pytest
from at_work import group, hire
from django.urls import reverse
from house import until
from screen import seen
from stage import jpeg
from test_desk import fresh, given, waits
from test_spotlight_in_browser import desk

from huoqun.base import clock
from huoqun.people.workspace import local

pytest.importorskip("playwright.sync_api")
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LISTED = """navigator.serviceWorker.ready.then((worker) => worker.getNotifications())
.then((all) => all.map((one) => [one.title, one.body, one.tag]))"""
CLICKED = """async () => {
  const opened = [];
  self.clients.openWindow = async (address) => { opened.push(address); };
  const [notification] = await self.registration.getNotifications();
  self.dispatchEvent(new NotificationEvent("notificationclick", { notification }));
  await new Promise((done) => setTimeout(done, 300));
  return [opened, (await self.registration.getNotifications()).length];
}"""


def test_a_card_is_copied_ticked_off_and_kept_without_a_network(live_server, chromium, tmp_path):
    here = group(local(now=clock.now()), "晨读一群")
    boss = hire(here.workspace)
    one, two = waits(here, "今晚八点，都来听。", "a"), waits(here, "明早七点接龙。", "b")
    photo = given(here, "拍一张海报", "p", proof="photo")
    page = desk(chromium, live_server, boss, width=390)
    context = page.context
    context.grant_permissions(["clipboard-read", "clipboard-write", "notifications"], origin=live_server.url)
    page.goto(reverse("today", args=[here.workspace.slug]))
    until(lambda: page.evaluate(f"caches.match('{page.url}').then(Boolean)"))
    seen(page, "desk-1-today")
    page.goto(reverse("outbox", args=[here.workspace.slug]))
    card = page.locator(f"[data-card='{one.pk.hex}']")
    card.get_by_role("button", name="复制").click()
    card.get_by_text("在你手上").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == "今晚八点，都来听。"
    assert fresh(one).taken == boss.account
    card.get_by_role("button", name="发了").click()
    card.get_by_role("button", name="撤销").click()
    card.get_by_role("button", name="发了").wait_for()
    assert fresh(one).state == "waiting"
    seen(page, "desk-2-send")
    context.set_offline(True)
    other = page.locator(f"[data-card='{two.pk.hex}']")
    other.get_by_role("button", name="发了").click()
    other.get_by_text("没有网络").wait_for()
    page.goto(reverse("today", args=[here.workspace.slug]))
    task = page.locator(f"[data-card='{photo.pk.hex}']")
    (tmp_path / "poster.jpg").write_bytes(jpeg())
    task.locator("input[type=file]").set_input_files(tmp_path / "poster.jpg")
    task.get_by_role("button", name="完成").click()
    task.get_by_text("没有网络").wait_for()
    page.reload()
    task.get_by_text("没有网络").wait_for()
    seen(page, "desk-3-offline")
    assert fresh(two).state == "waiting" and fresh(photo).state == "open"
    context.set_offline(False)
    page.get_by_text("最近一天做完的").wait_for()
    assert fresh(two).state == "sent"
    assert fresh(photo).state == "done" and fresh(photo).picture is not None
    assert page.evaluate("localStorage.getItem('huoqun-desk')") == "[]"
    told(page, live_server, here)


def told(page, live_server, here):
    """A push arrives, as the DevTools protocol delivers it, and is clicked."""
    path = reverse("outbox", args=[here.workspace.slug])
    protocol, found = page.context.new_cdp_session(page), []
    protocol.on("ServiceWorker.workerRegistrationUpdated", lambda event: found.extend(event["registrations"]))
    protocol.send("ServiceWorker.enable")
    page.wait_for_timeout(300)
    for title in ("1 条要发", "2 条要发"):
        text = json.dumps({"title": title, "body": "晨读一群", "path": path, "tag": "t"})
        message = {"origin": live_server.url, "registrationId": found[-1]["registrationId"], "data": text}
        protocol.send("ServiceWorker.deliverPushMessage", message)
        until(lambda title=title: page.evaluate(LISTED) == [[title, "晨读一群", "t"]])
    assert page.context.service_workers[0].evaluate(CLICKED) == [[live_server.url + path], 0]
