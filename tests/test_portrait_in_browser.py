"""The network's page in a real browser: drawn with WebGL, moved in time, without the owner, paths, compared, saved."""

import json
import os
import random
from datetime import UTC, datetime, timedelta

import igraph
import pytest
from at_work import browser, hire
from house import until
from letters import chatlab

from huoqun import worker
from huoqun.base import clock, job
from huoqun.people import mark, portrait, upload
from huoqun.people.group import Group
from huoqun.people.upload import Given
from huoqun.people.workspace import local

playwright = pytest.importorskip("playwright.sync_api")
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
SOFTWARE = ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
START = datetime(2026, 1, 5, 4, tzinfo=UTC)
OWNER, HERE, THERE, LONE = 0, 3, 9, 12
"""Two circles of six, whose one link is the owner; and one who only ever spoke to nobody."""


def talk(days=80):
    """The two circles speak on alternating days, the owner with both; the second begins a month later."""
    rng, said = random.Random(5), []
    for day in range(days):
        circle = [1, 2, 3, 4, 5] if day % 2 or day < 30 else [7, 8, 9, 10, 11]
        for turn in range(14):
            who, other = rng.sample([OWNER, *circle], 2)
            text = f"@成员{other:03} " + rng.choice(["好的", "今天读到哪里了？", "谢谢", "明天见"])
            at = START + timedelta(days=day, minutes=turn)
            said.append({"time": at, "who": f"u{who:03}", "text": text})
    said.append({"time": START + timedelta(days=days, hours=9), "who": f"u{LONE:03}", "text": "大家好"})
    return [{"id": str(number), **line} for number, line in enumerate(said)]


def taken(tmp_path, content):
    path = tmp_path / "given"
    path.write_bytes(content)
    upload.receive(local(now=clock.now()), [Given("a.jsonl", path)], now=clock.now())
    work()
    upload.settle(clock.now())
    return Group.objects.get()


def work():
    while worker.tick(job.Hand("test", clock.now)):
        pass


@pytest.fixture
def chromium():
    with playwright.sync_playwright() as p:
        found = p.chromium.launch(executable_path="/usr/bin/chromium", args=SOFTWARE)
        yield found
        found.close()


class Looked:
    """The page as somebody looks at it, with everything that the browser complained about."""

    def __init__(self, chromium, live_server, group, **options):
        self.context = chromium.new_context(
            viewport={"width": 1280, "height": 900}, locale="zh-CN", base_url=live_server.url, **options
        )
        session = browser(hire(group.workspace)).cookies["huoqun_session"].value
        self.context.add_cookies([{"name": "huoqun_session", "value": session, "url": live_server.url}])
        self.page = self.context.new_page()
        self.complaints = []
        self.page.on("console", lambda m: self.complaints.append(m.text) if m.type == "error" else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.goto(f"/groups/{group.pk}/network")

    def ready(self):
        self.page.wait_for_selector("[data-stage][data-ready]", state="attached", timeout=60_000)
        return self

    def state(self, name):
        return self.page.get_attribute("[data-stage]", f"data-{name}")

    def find(self, field, name):
        self.page.fill(field, name)
        self.page.press(field, "Enter")

    def colours(self):
        """How many colours the picture has where people stand: what a screenshot of it shows."""
        return self.page.evaluate(
            """async (bytes) => {
              const image = await createImageBitmap(new Blob([new Uint8Array(bytes)], { type: 'image/png' }));
              const canvas = new OffscreenCanvas(image.width, image.height);
              const pen = canvas.getContext('2d');
              pen.drawImage(image, 0, 0);
              const data = pen.getImageData(0, 0, image.width, image.height).data;
              const found = new Map();
              for (let k = 0; k < data.length; k += 4) {
                const key = data[k] << 16 | data[k + 1] << 8 | data[k + 2];
                found.set(key, (found.get(key) ?? 0) + 1);
              }
              return Object.fromEntries([...found].map(([key, n]) => ['#' + key.toString(16).padStart(6, '0'), n]));
            }""",
            list(self.page.locator("[data-stage]").screenshot()),
        )


def network_of(client, group):
    """The ties of the last week as igraph knows them, from the JSON alone."""
    told = json.loads(client.get(f"/groups/{group.pk}/network.json").content)
    last, k, edges = len(told["weeks"]) - 1, 0, []
    for tie, cells in enumerate(told["ties"]["cells"]):
        strength = 0.0
        for cell in range(k, k + cells):
            came = told["ties"]["forward"][cell] + told["ties"]["backward"][cell]
            strength += came / 1000 * 0.5 ** ((last - told["ties"]["week"][cell]) / told["rules"]["half_life_weeks"])
        k += cells
        if strength >= told["rules"]["visible"]:
            edges.append((told["ties"]["a"][tie], told["ties"]["b"][tie]))
    return told, igraph.Graph(n=len(told["people"]), edges=edges)


def test_the_picture_is_drawn_and_answers(live_server, chromium, tmp_path):
    group = taken(tmp_path, chatlab(talk()))
    mark.add(
        group, title="嘉宾", start=START + timedelta(days=25), end=START + timedelta(days=26), by_owner=True,
        now=clock.now(),
    )  # fmt: skip
    work()
    group.refresh_from_db()
    looked = Looked(chromium, live_server, group)
    page = looked.page
    page.get_by_text("正在画关系网").wait_for()
    work()
    looked.ready()
    told, network = network_of(browser(hire(group.workspace)), group)
    place = {account: index for index, account in enumerate(told["people"])}
    name = {k: f"成员{k:03}" for k in (OWNER, HERE, THERE, LONE)}
    assert int(looked.state("ties")) == network.ecount()
    assert int(looked.state("people")) == sum(d > 0 for d in network.degree())
    drawn = looked.colours()
    assert drawn.get("#c3452f", 0) > 30, "the owner in the colour of the seal"
    assert sum(drawn.get(c, 0) for c in ("#1f9d77", "#0f6b52", "#3b5bdb")) > 200, "people in the colours of strata"

    # the path between two leads through the owner, as igraph says; without the owner there is none
    looked.find("[data-path=from]", name[HERE])
    looked.find("[data-path=to]", name[THERE])
    way = [int(p) for p in looked.state("path").split()]
    ends = place[f"u{HERE:03}"], place[f"u{THERE:03}"]
    assert (way[0], way[-1]) == ends
    assert len(way) - 1 == network.distances(*ends)[0][0] == 2
    assert name[OWNER] in page.inner_text("[data-path-said]")
    page.click("[data-owner-out]")
    rest = network.copy()
    rest.delete_edges(rest.incident(place[f"u{OWNER:03}"]))
    assert rest.distances(*ends)[0][0] == float("inf")
    assert int(looked.state("ties")) == rest.ecount()
    assert "没有路径" in page.inner_text("[data-path-said]")
    left = page.get_attribute("[data-without]", "data-without").split()
    assert float(left[0]) == pytest.approx(told["without_owner"]["ties_left"], abs=0.001)
    assert float(left[1]) == pytest.approx(told["without_owner"]["starts_left"], abs=0.001)
    page.click("[data-owner-out]")
    page.click("[data-path-clear]")

    # a person, found by name, with ties and a link to their page
    looked.find("[data-find]", name[HERE])
    assert name[HERE] in page.inner_text("[data-person-panel] h2")
    assert page.locator(".net-ties li").count() == network.degree(ends[0])
    assert page.get_attribute("[data-person-panel] a", "href") == f"/people/{told['person'][ends[0]]}/"

    # circles; and who is tied to nobody stands in the table
    page.click("[data-colour=circles]")
    assert page.locator("[data-legend] li").count() >= 2
    page.click("[data-table=alone]")
    assert name[LONE] in page.inner_text("[data-table-body]")

    # time: by hand, and playing to the end
    page.click("[data-step=weeks]")
    page.evaluate(
        "(e => { e.value = '2'; e.dispatchEvent(new Event('input')); })(document.querySelector('[data-slider]'))"
    )
    early = int(looked.state("people"))
    assert looked.state("week") == "2"
    assert 0 < early < 9, "the second circle has not begun"
    page.click("[data-play]")
    until(lambda: int(looked.state("week")) > 5)
    page.click("[data-play]")

    # before and after the event; saved as a picture
    page.select_option("[data-mark]", "0")
    new, gone, kept = map(int, looked.state("difference").split())
    assert new > 5
    assert f"新增 {new} 条" in page.inner_text("[data-compare-said]")
    halves = page.locator("[data-pair] figcaption").all_inner_texts()
    assert [f"{gone + kept} 条关系" in halves[0], f"{new + kept} 条关系" in halves[1]] == [True, True]
    drawn = "c => new Set(new Uint32Array(c.getContext('2d').getImageData(0, 0, c.width, c.height).data.buffer)).size"
    assert all(page.locator("[data-pair] canvas").nth(k).evaluate(drawn) > 20 for k in (0, 1)), "both are drawn"
    page.click("[data-side=before]")
    before = int(looked.state("ties"))
    assert before == gone + kept
    page.click(".net-tools summary")
    for kind, begin in (("png", b"\x89PNG"), ("svg", b"<svg")):
        with page.expect_download() as saved:
            page.click(f"[data-save={kind}]")
        content = saved.value.path().read_bytes()
        assert content.startswith(begin)
        assert kind == "png" or content.count(b"<line ") == int(looked.state("drawn"))
    assert looked.complaints == []


def test_without_webgl_everything_stands_in_the_tables(live_server, chromium, tmp_path):
    group = taken(tmp_path, chatlab(talk(days=20)))
    portrait.ask(group, now=clock.now())
    work()
    looked = Looked(chromium, live_server, group)
    looked.context.add_init_script(
        "const own = HTMLCanvasElement.prototype.getContext;"
        "HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {"
        " return kind.includes('webgl') ? null : own.call(this, kind, ...rest); };"
    )
    looked.page.reload()
    looked.ready()
    assert "WebGL" in looked.page.inner_text("[data-none]")
    assert "成员003" in looked.page.inner_text("[data-table-body]")
    assert looked.complaints == []
