"""The console in a real browser: a file goes in, a diagnosis comes out, and every way there says what happens."""

import os
import re
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from house import ROOT, House, until
from letters import chatlab, lines, whatsapp
from playwright.sync_api import expect, sync_playwright

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not (ROOT / "huoqun/static/dist/console.js").exists(), reason="the page's script is not built: make setup"
    ),
]
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
SAID = lines()


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    house = House(tmp_path_factory.mktemp("home"), HUOQUN_UPLOAD_LIMIT="40000000")
    yield house
    assert house.end() == 0


@pytest.fixture(scope="module")
def browser():
    if not os.path.exists(CHROMIUM):
        pytest.skip("no Chromium is installed")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def page(house, browser):
    """A page in Chinese on which nothing may go wrong in silence."""
    context = house.new_context(browser, locale="zh-CN", viewport={"width": 1280, "height": 800})
    page = context.new_page()
    wrong = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda m: wrong.append(m.text) if m.type == "error" and "Content Security" in m.text else None)
    page.set_default_timeout(20_000)
    yield page
    context.close()
    assert not wrong


def files(tmp_path, **contents):
    paths = []
    for name, content in contents.items():
        path = tmp_path / name.replace("__", ".")
        path.write_bytes(content)
        paths.append(path)
    return paths


def alive(pid):
    """Whether a process still runs (one that ended and waits to be buried does not)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def reached(house):
    """Whether pages are answered."""
    try:
        return house.health()["web"]
    except OSError:
        return False


def some_group(page, tmp_path):
    """The address of a group; one is imported where there is none."""
    page.goto("/")
    if not page.locator("a.group").count():
        (path,) = files(tmp_path, some__jsonl=chatlab(lines(seed=77), group="随便一个群", group_id="g-some"))
        page.locator("input[type=file]").first.set_input_files(path)
        page.wait_for_url(re.compile("/groups/"), timeout=60_000)
        page.goto("/")
    return page.locator("a.group").first.get_attribute("href")


def drop(page, path):
    """Drop a file on the page, as a mouse would."""
    transfer = page.evaluate_handle(
        """([name, text]) => { const t = new DataTransfer(); t.items.add(new File([text], name)); return t; }""",
        [path.name, path.read_text()],
    )
    page.dispatch_event("body", "dragover", {"dataTransfer": transfer})
    expect(page.locator(".drop.over").first).to_be_visible()
    page.dispatch_event("body", "drop", {"dataTransfer": transfer})


def test_the_example_is_one_click_away_marked_and_one_click_gone(page):
    page.goto("/")
    expect(page.get_by_role("heading", name="你的群还活着吗")).to_be_visible()
    page.get_by_role("button", name="先看一个示例群").click()
    page.wait_for_url(re.compile("/groups/"), timeout=60_000)
    expect(page.get_by_text("这里没有真人")).to_be_visible()
    expect(page.locator("[data-diagnosis]")).to_be_visible()
    page.get_by_role("button", name="移除示例").click()
    expect(page.get_by_text("已移除")).to_be_visible()
    page.get_by_role("button", name="撤销").click()
    expect(page.locator("[data-diagnosis]")).to_be_visible()
    page.get_by_role("button", name="移除示例").click()
    expect(page.get_by_text("已移除")).to_be_visible()


def test_a_dropped_file_ends_on_the_groups_page(page, tmp_path):
    (path,) = files(tmp_path, reading__jsonl=chatlab(SAID))
    page.goto("/")
    drop(page, path)
    page.wait_for_url(re.compile("/imports/.+"))
    expect(page.locator(".steps")).to_contain_text("诊断")
    page.wait_for_url(re.compile("/groups/"), timeout=60_000)
    expect(page.get_by_role("heading", name="晨读一群").first).to_be_visible()
    page.goto("/")
    expect(page.locator(".group").first).to_contain_text("晨读一群")


def test_several_files_of_two_groups_end_on_both(page, tmp_path):
    other = [line | {"who": "o" + line["who"], "id": "x" + line["id"]} for line in lines(seed=4, days=60)]
    a, b, c = files(
        tmp_path,
        a__jsonl=chatlab(SAID),
        b__jsonl=chatlab(other[:200], group="夜跑群", group_id="g-2"),
        c__jsonl=chatlab(other[200:], group="夜跑群", group_id="g-2"),
    )
    page.goto("/")
    page.locator("input[type=file]").first.set_input_files([a, b, c])
    page.get_by_role("link", name="看社群列表").click(timeout=60_000)
    expect(page.locator(".groups")).to_contain_text("夜跑群")
    page.get_by_label("按名称查找").fill("夜跑")
    expect(page.locator(".group")).to_have_count(1)
    page.get_by_label("按名称查找").fill("没有这个群")
    expect(page.get_by_text("没有符合条件的社群")).to_be_visible()


def test_what_is_not_a_chat_is_refused_in_words(page, tmp_path):
    (path,) = files(tmp_path, holiday__jpg=b"\xff\xd8\xff" + bytes(range(256)) * 20)
    page.goto("/")
    page.locator("input[type=file]").first.set_input_files(path)
    expect(page.get_by_text("这是图片，不是聊天导出")).to_be_visible()
    expect(page.get_by_text("你自己的文件没有变动")).to_be_visible()
    page.get_by_role("link", name="换一个文件").click()
    expect(page.locator(".drop").first).to_be_visible()


def test_what_is_too_large_is_refused_before_it_is_sent(page, tmp_path):
    (path,) = files(tmp_path, big__txt=b"x" * 41_000_000)
    page.goto("/")
    page.locator("input[type=file]").first.set_input_files(path)
    expect(page.get_by_text("超过了一次上传的上限")).to_be_visible()
    expect(page.get_by_text("没有上传任何内容")).to_be_visible()


def test_the_card_the_marks_and_the_files_of_a_group(page, tmp_path):
    hostile = "<img src=x onerror=alert(1)>.txt"
    path = tmp_path / hostile
    path.write_bytes(whatsapp(lines(days=40, people=5)))
    page.goto("/")
    page.locator("input[type=file]").first.set_input_files(path)
    page.wait_for_url(re.compile("/groups/"), timeout=60_000)
    page.get_by_role("link", name="名片与记录").click()
    expect(page.get_by_text(hostile).first).to_be_visible()
    page.get_by_label("类型").select_option("learning")
    page.get_by_label("时区").fill("Mars/Olympus")
    page.get_by_role("button", name="保存并重新诊断").click()
    expect(page.get_by_text("没有这个时区")).to_be_visible()
    expect(page.get_by_label("类型")).to_have_value("learning")
    page.get_by_label("时区").fill("Asia/Shanghai")
    page.get_by_role("button", name="保存并重新诊断").click()
    page.wait_for_url(re.compile("/groups/[^/]+/$"))
    expect(page.locator("#status .notice")).to_have_count(0, timeout=30_000)
    page.get_by_role("link", name="名片与记录").click()
    page.get_by_label("是什么事").fill("嘉宾分享")
    page.get_by_label("开始", exact=True).fill("2026-01-20T20:00")
    page.get_by_label("结束", exact=True).fill("2026-01-20T22:00")
    page.get_by_role("button", name="加上标记").click()
    expect(page.locator("#marks .marks")).to_contain_text("2026-01-20 20:00")
    page.get_by_role("button", name="移除 嘉宾分享").click()
    expect(page.locator("#marks .marks")).to_have_count(0)


def test_page_and_data_can_be_taken_away(page, tmp_path):
    page.goto(some_group(page, tmp_path))
    page.get_by_text("导出", exact=True).click()
    with page.expect_download() as saved:
        page.get_by_role("link", name="数据（JSON）").click()
    assert saved.value.suggested_filename.endswith(".json")
    with page.expect_download() as saved:
        page.get_by_role("link", name="整页存成一个文件").click()
    assert saved.value.path().read_text().startswith("<!doctype html>")


def test_the_language_can_be_switched_and_stays(page, tmp_path):
    some_group(page, tmp_path)
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", name="Groups")).to_be_visible()
    page.goto("/w/local/imports/")
    expect(page.get_by_role("heading", name="Imports")).to_be_visible()


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_nothing_scrolls_sideways_on_a_phone(house, browser, language, tmp_path):
    context = house.new_context(browser, locale=language, viewport={"width": 375, "height": 800})
    page = context.new_page()
    group = some_group(page, tmp_path)
    for path in ("/", "/w/local/imports/", group, f"{group}records", "/nowhere", f"{group}remove"):
        page.goto(path)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, path
    context.close()


def test_light_or_dark_is_chosen_once_and_stays_on_every_page(page, tmp_path):
    some_group(page, tmp_path)
    shown = "document.documentElement.dataset.theme ?? 'system'"
    assert page.evaluate(shown) == "system"
    page.get_by_role("button", name="明暗").click()
    assert page.evaluate(shown) == "dark"
    page.locator("a.group").first.click()
    page.wait_for_selector("#verdict")
    assert page.evaluate(shown) == "dark"
    page.get_by_role("button", name="明暗").click()
    assert page.evaluate(shown) == "light"


def test_the_zone_of_a_group_abroad_can_be_given_with_its_file(page, tmp_path):
    page.goto("/")
    page.get_by_text("群不在国内").click()
    page.get_by_label("时区").fill("Mars/Base")
    (path,) = files(tmp_path, abroad__txt=whatsapp(lines(days=100, seed=8)))
    page.set_input_files("input[type=file]", path)
    expect(page.locator("[data-drop-fault]")).to_contain_text("时区")
    page.get_by_label("时区").fill("Europe/Berlin")
    page.set_input_files("input[type=file]", path)
    page.wait_for_url(re.compile("/groups/"), timeout=60_000)
    expect(page.locator(".facts")).to_contain_text("Europe/Berlin")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_serious_stands_in_the_way_of_a_screen_reader(house, browser, scheme, tmp_path):
    if not AXE.exists():
        pytest.skip("axe-core is not installed: make setup")
    context = house.new_context(browser, locale="zh-CN", color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
    group = some_group(page, tmp_path)
    for path in ("/", "/w/local/imports/", group, f"{group}records", "/nothing", f"{group}remove"):
        page.goto(path)
        page.add_script_tag(path=AXE)
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']}).then(r => r.violations)")
        assert not [(path, v["id"]) for v in found if v["impact"] in ("serious", "critical")]
    context.close()


def test_the_policy_allows_nothing_inline(house, browser):
    context = house.new_context(browser)
    page = context.new_page()
    answer = page.goto("/")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert not page.evaluate("document.querySelectorAll('[style],style,script:not([src]):not([type])').length")
    context.close()


def test_a_form_from_elsewhere_is_refused(page):
    page.goto("/")
    page.context.clear_cookies()
    status = page.evaluate("fetch('/w/local/example', {method: 'POST'}).then(r => r.status)")
    assert status == 403


def test_a_killed_worker_comes_back_and_its_import_is_not_doubled(house, page, tmp_path):
    many = lines(people=120, days=200, a_day=120, seed=9)
    (path,) = files(tmp_path, large__jsonl=chatlab(many, group="大群", group_id="g-large"))
    page.goto("/")
    page.locator("input[type=file]").first.set_input_files(path)
    page.wait_for_url(re.compile("/imports/.+"))
    base = sqlite3.connect(f"file:{house.home}/huoqun.sqlite3?mode=ro", uri=True, timeout=10)
    running = "select count(*) from huoqun_job where state = 'running' and kind = 'upload'"
    until(lambda: base.execute(running).fetchone()[0], every=0.02)
    (pid,) = house.children("worker")
    os.kill(pid, signal.SIGKILL)
    page.wait_for_url(re.compile("/groups/"), timeout=90_000)
    told = base.execute("select rows, messages from huoqun_group where name = '大群'").fetchall()
    assert told == [(len(many), len(many))]
    attempts = "select max(attempts) from huoqun_job where kind = 'upload' and state = 'done'"
    assert base.execute(attempts).fetchone()[0] == 2, "it was really taken over"


def test_a_killed_server_leaves_no_ghost_that_answers_with_what_it_was(house, page, tmp_path):
    (server,) = house.children("web")
    answering = [int(pid) for pid in Path(f"/proc/{server}/task/{server}/children").read_text().split()]
    assert answering
    some_group(page, tmp_path)
    page.get_by_label("按名称查找").fill("群")
    os.kill(server, signal.SIGKILL)
    until(lambda: not any(alive(pid) for pid in answering))
    page.get_by_label("按名称查找").fill("没有回应")
    expect(page.get_by_text("活群没有回应")).to_be_visible()
    until(lambda: house.children("web") not in ([], [server]))
    until(lambda: reached(house))
    expect(page.get_by_text("活群没有回应")).to_be_hidden(timeout=20_000)


def test_a_second_click_sends_nothing_twice(page, tmp_path):
    href = some_group(page, tmp_path)
    page.goto(f"{href}records")
    page.get_by_label("是什么事").fill("双击")
    page.get_by_label("开始", exact=True).fill("2026-01-20T20:00")
    page.get_by_label("结束", exact=True).fill("2026-01-20T22:00")
    sent = []
    page.on("request", lambda r: sent.append(r.url) if r.method == "POST" else None)
    page.get_by_role("button", name="加上标记").dblclick()
    expect(page.locator("#marks .marks li")).to_have_count(1)
    page.locator("#marks summary", has_text="标一次活动").click()
    page.get_by_label("是什么事").fill("还在打字")
    expect(page.get_by_text("诊断已更新")).to_be_visible(timeout=30_000)
    expect(page.get_by_label("是什么事")).to_have_value("还在打字")
    page.get_by_role("link", name="修改 双击").click()
    page.get_by_label("是什么事").fill("改过了")
    page.get_by_role("button", name="保存修改").click()
    expect(page.locator("#marks .marks")).to_contain_text("改过了")
    page.get_by_role("button", name="移除 改过了").dblclick()
    expect(page.locator("#marks .marks li")).to_have_count(0)
    assert len(sent) == 3


def test_a_group_removed_in_one_window_is_told_in_the_other_and_comes_back(page, tmp_path):
    href = some_group(page, tmp_path)
    name = page.locator("a.group bdi").first.inner_text()
    other = page.context.new_page()
    other.goto(f"{href}records")
    page.goto(f"{href}records")
    page.locator("summary", has_text="移除…").click()
    page.locator(".sure button").dblclick()
    expect(page.get_by_text(f"{name} 已移除（刚刚）")).to_be_visible()
    other.get_by_role("button", name="保存并重新诊断").click()
    expect(other.get_by_role("heading", name=f"{name} 已经移除")).to_be_visible()
    other.get_by_role("button", name="恢复这个社群").click()
    expect(other.locator(".tabs")).to_be_visible()
    other.close()


def test_the_list_follows_an_import_that_was_left(page, tmp_path):
    (path,) = files(tmp_path, left__jsonl=chatlab(lines(seed=31, people=9), group="走开的群", group_id="g-left"))
    page.goto("/")
    page.locator("input[type=file]").first.set_input_files(path)
    page.wait_for_url(re.compile("/imports/.+"))
    page.goto("/")
    expect(page.locator("a.group", has_text="走开的群").locator(".chip.living")).to_be_visible(timeout=60_000)
    page.goto("/w/local/imports/")
    expect(page.locator("tr", has_text="left.jsonl").locator(".chip.living")).to_be_visible(timeout=60_000)


def test_starting_twice_or_on_a_taken_port_says_what_to_do(house):
    port = house.address.rsplit(":", 1)[1]

    def up(home):
        env = {k: v for k, v in os.environ.items() if not k.startswith(("HUOQUN_", "DJANGO_"))}
        command = [sys.executable, "-m", "huoqun", "up", "--port", port]
        return subprocess.run(command, cwd=ROOT, env=env | {"HUOQUN_HOME": home}, capture_output=True, text=True)

    again = up(str(house.home))
    assert again.returncode == 2
    assert house.address in again.stderr
    taken = up(str(house.home / "other"))
    assert taken.returncode == 2
    assert f"port {port}" in taken.stderr
    assert "Traceback" not in taken.stderr + again.stderr
