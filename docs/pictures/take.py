"""Takes the pictures of the README from a fresh, running Huoqun: `python docs/pictures/take.py http://127.0.0.1:8000`.

Asks for the example where it is not there yet in the language of the picture, and shows its page as an operator
sees it: in Chinese and in English on a desktop, in Chinese on a phone; then the network, the results of a survey, a
segment, the board of a run, and today on a phone. CHROMIUM names another browser than Debian's.
"""

import os
import re
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, StorageState, sync_playwright

HERE = Path(__file__).parent
PICTURES = (
    ("group-zh.png", "zh-CN", 1440, 1000),
    ("phone-zh.png", "zh-CN", 390, 1000),
    ("group-en.png", "en", 1440, 1000),
)
OTHERS = (
    ("network-zh.png", "network", 1440, 1000),
    ("survey-zh.png", "survey", 1440, 900),
    ("segment-zh.png", "segment", 1440, 800),
    ("run-zh.png", "run", 1440, 900),
    ("today-zh.png", "today", 390, 844),
)
"""Of other pages, in Chinese: the name, what is shown, how wide and how much of it."""
DRAWN = 2_500
"""Milliseconds until the charts and the network have come to rest."""
MINUTES = 5 * 60_000


def example(page: Page) -> str:
    """The address of the example's page; one that speaks another language than the page is made anew."""
    page.goto("/")
    there = page.locator("a.group", has=page.locator(".chip.amber"))
    if there.count():
        chinese = re.search("[\u4e00-\u9fff]", there.first.locator(".group-name bdi").first.inner_text()) is not None
        address = str(there.first.get_attribute("href"))
        if chinese == (page.locator("html").get_attribute("lang") == "zh-CN"):
            return address
        page.goto(address)
        page.locator("form.made-up button").click()
        page.wait_for_url(re.compile("/w/[^/]+/$"))
    page.locator("form.try button").first.click()
    page.wait_for_url(re.compile("/groups/"), timeout=MINUTES)
    return page.url


def enter(browser: Browser, address: str) -> StorageState:
    """Logged in with the account for pictures, which is the first one of a fresh installation."""
    context = browser.new_context(base_url=address, locale="en")
    page = context.new_page()
    page.goto("/")
    page.get_by_label("E-mail address").fill("pictures@example.org")
    page.get_by_label("Password", exact=True).fill("three odd words")
    if "/start" in page.url:
        page.get_by_label("What others call you").fill("阿宽")
    page.locator("button.primary").click()
    page.wait_for_url(re.compile("/w/"))
    state = context.storage_state()
    context.close()
    return state


def take(browser: Browser, address: str, state: StorageState, picture: tuple[str, str, int, int]) -> Path:
    """One picture of the top of the page, in light colours."""
    name, locale, width, height = picture
    context = browser.new_context(
        base_url=address,
        storage_state=state,
        locale=locale,
        color_scheme="light",
        viewport={"width": width, "height": height},
    )
    page = context.new_page()
    page.goto(example(page))
    page.locator("#verdict").wait_for(timeout=MINUTES)
    page.wait_for_timeout(DRAWN)
    path = HERE / name
    page.screenshot(path=path)
    context.close()
    return path


def take_other(browser: Browser, address: str, state: StorageState, picture: tuple[str, str, int, int]) -> Path:
    """Another page of the example; light, in Chinese."""
    name, what, width, height = picture
    context = browser.new_context(
        base_url=address,
        storage_state=state,
        locale="zh-CN",
        color_scheme="light",
        viewport={"width": width, "height": height},
    )
    page = context.new_page()
    group = example(page)
    home = re.match("/w/[^/]+/", page.evaluate("document.querySelector('.side .brand').getAttribute('href')"))
    assert home is not None
    show(page, what, group, home[0])
    page.wait_for_timeout(DRAWN)
    path = HERE / name
    page.screenshot(path=path)
    context.close()
    return path


def show(page: Page, what: str, group: str, home: str) -> None:
    """The network, the results of a survey that has closed, who is in a segment, the board of a run that goes on, or
    what waits today."""
    if what == "network":
        page.goto(f"{group}network")
        page.locator("[data-room]").wait_for(timeout=MINUTES)
    elif what == "survey":
        page.goto(f"{home}surveys")
        page.locator(".surveys a", has_text="认识一下群友").click()
        page.locator(".tabs a[href$='/results']").click()
    elif what == "segment":
        page.goto(f"{home}segments/new")
        page.locator("[name$='.value']").first.fill("5")
        page.locator("[name='name']").fill("近 30 天常说话的人")
        page.get_by_role("button", name="保存分群").click()
    elif what == "run":
        page.goto(f"{home}runs/")
        page.locator(".run-list a").first.click()
    else:
        page.goto(f"{home}today")


def main() -> None:
    """Take them all."""
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    with sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=["--no-sandbox"]
        )
        state = enter(browser, sys.argv[1])
        for picture in sorted(PICTURES, key=lambda p: p[1] != "en"):
            path = take(browser, sys.argv[1], state, picture)
            print(f"{path}  {path.stat().st_size / 1000:.0f} KB")
        for other in OTHERS:
            path = take_other(browser, sys.argv[1], state, other)
            print(f"{path}  {path.stat().st_size / 1000:.0f} KB")
        browser.close()


if __name__ == "__main__":
    main()
