"""Segments, strata and lists in a real browser: the count follows what is typed, and every page fits its screen."""

import os

import pytest
from at_work import browser, hire
from lived_group import event, passers, regulars, rows
from screen import seen
from test_person import NOW, filled, person_of
from test_roll import text

from huoqun.people import checkup, history, ladder, segment
from huoqun.people.condition import Block, Condition
from huoqun.people.workspace import add

playwright = pytest.importorskip("playwright.sync_api")
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


@pytest.fixture
def here():
    workspace = add(name="晨读社", zone="Asia/Shanghai", now=NOW)
    talk = rows(regulars(6, days=60, chance=0.6), passers(0.5, days=120), event("join", [20], ["p90"]))
    group = filled(workspace, "晨读一群", talk.to_dicts())
    checkup.store(group, checkup.diagnose(group, history.chat_of(group)), now=NOW)
    return group


def logged_in(chromium, live_server, member, **options):
    context = chromium.new_context(base_url=live_server.url, **options)
    cookie = browser(member).cookies["huoqun_session"].value
    context.add_cookies([{"name": "huoqun_session", "value": cookie, "url": live_server.url}])
    return context.new_page()


def test_a_rule_is_built_with_a_count_that_follows(live_server, chromium, here):
    page = logged_in(
        chromium, live_server, hire(here.workspace), viewport={"width": 1440, "height": 900}, locale="zh-CN"
    )
    page.goto(f"/w/{here.workspace.slug}/segments/new")
    with page.expect_response("**/try"):
        page.locator('select[name$=".of"]').first.select_option("messages")
    page.wait_for_timeout(200)
    page.locator("input[type=number]").fill("30")
    page.locator(".segment-count b", has_text="6").wait_for()
    page.get_by_role("button", name="+ 一个条件").click()
    with page.expect_response("**/try"):
        page.locator('select[name$=".of"]').nth(1).select_option("stratum")
    page.wait_for_timeout(200)
    page.locator("select[name$='c1.value']").select_option("silent")
    page.locator(".segment-count b", has_text="0").wait_for()
    page.get_by_role("button", name="去掉这个条件").nth(1).click()
    page.locator(".segment-count b", has_text="6").wait_for()
    page.get_by_label("分群名称").fill("常说话的")
    page.get_by_role("button", name="保存分群").click()
    page.get_by_role("heading", name="常说话的").wait_for()
    assert page.locator(".persons li").count() == 6
    page.get_by_role("link", name="为什么？").first.click()
    page.get_by_text("在分群里").wait_for()


@pytest.mark.parametrize(
    ("width", "language", "scheme"),
    [(1440, "zh-CN", "light"), (390, "zh-CN", "light"), (1440, "en", "dark"), (390, "en", "dark")],
)
def test_every_page_fits(live_server, chromium, here, width, language, scheme):
    boss = hire(here.workspace)
    inner = Block(how="any", parts=(Condition(of="stratum", how="is", value="core"),
                                    Condition(of="profile", how="is", key="city", value="佛山")))  # fmt: skip
    rule = Block(parts=(inner, Block(parts=(Condition(of="messages_30", how="at_least", value="5"),))))
    kept = segment.keep(here.workspace, name="常说话的", rule=rule, by=boss.account, now=NOW)
    ladder.set_rule(here.workspace, ladder.Rule(core_days=4), by=boss.account, now=NOW)
    page = logged_in(
        chromium, live_server, boss, viewport={"width": width, "height": 900}, locale=language, color_scheme=scheme
    )
    who = person_of(here, "p1").pk
    at = f"/w/{here.workspace.slug}"
    for name, path in {
        "people": f"{at}/people",
        "person": f"/people/{who}/",
        "segments": f"{at}/segments",
        "new": f"{at}/segments/new",
        "edit": f"/segments/{kept.pk}/edit",
        "one": f"/segments/{kept.pk}/",
        "why": f"/segments/{kept.pk}/why/{who}",
        "strata": f"{at}/strata",
        "roll-new": f"{at}/people/import",
    }.items():
        page.goto(path)
        seen(page, f"seg-{name}-{width}-{language[:2]}")
    page.locator("input[type=file]").set_input_files({"name": "名单.csv", "mimeType": "text/csv", "buffer": text()})
    page.locator("form.panel button").click()
    page.locator("form.roll").wait_for()
    seen(page, f"seg-roll-{width}-{language[:2]}")
    page.goto(f"{at}/strata")
    page.locator("input[name=core_days]").fill("2")
    page.locator("button[value=preview]").click()
    page.locator(".moves").wait_for()
    seen(page, f"seg-moves-{width}-{language[:2]}")
