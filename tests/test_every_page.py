"""Every page a hand can reach from the first one, in a real browser: it opens, fits, can be read by a screen reader.

Pages are found by following links, one of each kind, in the example workspace; so a new page is covered by itself, and
a page to which no link leads is found out.
"""

import os
import re
from collections import Counter
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from django.urls import Resolver404, resolve
from house import ROOT, House
from playwright.sync_api import sync_playwright

from huoqun.urls import ROUTES
from huoqun.web.routes_method import ROUTES as METHOD

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not AXE.exists() or not os.path.exists(CHROMIUM), reason="needs Chromium and `make setup`"),
]
FILES = re.compile(r"\.(csv|json|html|xlsx|png|svg|md|txt|yaml)$")
LEADS_AWAY = {"picture", "account_logout"}
SHOWN_INSIDE = {"health", "health_banner", "under_way", "group_status", "import_progress", "person_activity"}
SHOWN_INSIDE |= {"erasure_progress", "survey_live", "spotlight_live", "activity_worker", "run_live", "playbook_step"}
"""What pages ask for in passing."""
SHOWN_LATER = {"erasure"}
"""Pages of something that the example has not."""
DEPTH = 8
OF_A_KIND = 3
"""Pages of one kind whose links are followed: a draft leads elsewhere than a survey that is open."""
OF_ACTIVITIES = 40
"""The same of activities: each kind leads elsewhere."""


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    house = House(tmp_path_factory.mktemp("home"))
    yield house
    assert house.end() == 0


def name_of(address):
    """The name of the route, so that one page of each kind is seen."""
    try:
        found = resolve(urlsplit(address).path)
    except Resolver404:
        return None
    return found.view_name


def links(page, house):
    """Where one can go from here, files left out."""
    found = page.eval_on_selector_all("a[href]:not([download])", "all => all.map(a => a.getAttribute('href'))")
    for href in found:
        address = urldefrag(urljoin(page.url, href))[0]
        if address.startswith(house.address) and not FILES.search(urlsplit(address).path):
            yield address


def reached(page, house):
    """One address of each kind of page, in the order in which they are found."""
    page.goto("/")
    page.locator("form[action$='example'] button").first.click()
    page.wait_for_url(re.compile("/groups/"), timeout=90_000)
    home = urljoin(page.url, page.locator("a.brand").get_attribute("href"))
    seen, waiting, been = {}, [home, page.url, home + "search?q=大家"], Counter()
    followed = set()
    for _ in range(DEPTH):
        found = []
        for address in dict.fromkeys(waiting):
            name = name_of(address)
            if (
                name is None
                or name in LEADS_AWAY
                or been[name] == (OF_ACTIVITIES if name == "activity" else OF_A_KIND)
                or address in followed
            ):
                continue
            been[name] += 1
            followed.add(address)
            seen.setdefault(name, address)
            page.goto(address)
            found += links(page, house)
        waiting = found
    return seen


def faults(page, address):
    """What is wrong with a page as it stands; empty where it is well."""
    said = []
    answer = page.goto(address)
    page.wait_for_timeout(150)
    if answer is None or answer.status != 200:
        return [f"status {answer and answer.status}"]
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        said.append("wider than the window")
    page.add_script_tag(path=AXE)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']}).then(r => r.violations)")
    said += [f"{v['id']}: {v['nodes'][0]['html'][:200]}" for v in found if v["impact"] in ("serious", "critical")]
    return said


def test_every_page_is_reached_opens_fits_and_can_be_read(house):
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        wide = house.new_context(browser, locale="zh-CN", viewport={"width": 1440, "height": 900}, bypass_csp=True)
        page, thrown = wide.new_page(), []
        page.on("pageerror", lambda error: thrown.append(str(error)))
        pages = reached(page, house)
        found = {name: faults(page, address) for name, address in pages.items()}
        wide.close()
        narrow = house.new_context(
            browser, locale="en-US", viewport={"width": 390, "height": 800}, color_scheme="dark", bypass_csp=True
        )
        page = narrow.new_page()
        page.on("pageerror", lambda error: thrown.append(str(error)))
        found |= {f"{name}, narrow": faults(page, address) for name, address in pages.items()}
        assert page.locator("html").get_attribute("lang") == "en"
        browser.close()
    assert not {name: said for name, said in found.items() if said}
    assert not thrown
    wanted = {
        r.name for r in (*ROUTES, *METHOD) if "POST" not in r.methods and r.scope.key and not FILES.search(r.address)
    }
    assert wanted - set(pages) <= SHOWN_INSIDE | SHOWN_LATER, "no link leads there"
