"""The page of a diagnosis as text: whole, closed to the outside, and deaf to what a chat may try."""

import base64
import hashlib
import json
import re
import subprocess
import sys
from html.parser import HTMLParser

import documents
import pytest

from huoqun.insight import document as d
from huoqun.web import picture, section, verdict

MAKERS = [
    documents.ordinary,
    documents.hostile,
    documents.empty,
    documents.alone,
    documents.withheld,
]


@pytest.fixture(autouse=True)
def bundle():
    try:
        verdict._bundle()
    except verdict.NotBuilt as reason:
        pytest.skip(str(reason))


class Parts(HTMLParser):
    """Elements, attributes and texts of a page as a browser would see them."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.stack: list[str] = []
        self.inside: dict[str, list[str]] = {"script": [], "style": []}
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag in self.inside:
            self.stack.append(tag)
            self.inside[tag].append("")

    def handle_endtag(self, tag):
        if self.stack and self.stack[-1] == tag:
            self.stack.pop()

    def handle_data(self, data):
        if self.stack:
            self.inside[self.stack[-1]][-1] += data


def data_of(html: str) -> dict:
    found = re.search(r'<script type="application/json">(.*?)</script>', html, re.S)
    assert found
    return json.loads(found.group(1))


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("make", MAKERS)
def test_every_section_stands_even_where_there_is_nothing_to_show(make, lang):
    html = verdict.page(make(), lang)
    order = ["verdict", "findings", "network", "signs", "week", "mood", "newcomers", "questions", "topics", "people"]
    places = [html.index(f'id="{section}"') for section in [*order, "trust", "how"]]
    assert places == sorted(places)
    assert "{{" not in re.sub(r"<script.*?</script>|\{\{ settings.*?\}\}", "", html, flags=re.S)


@pytest.mark.parametrize("make", MAKERS)
def test_the_file_holds_two_scripts_of_ours_and_no_handler(make):
    parts = Parts(verdict.page(make()))
    scripts = [a for tag, a in parts.tags if tag == "script"]
    assert [a.get("type") for a in scripts] == ["application/json", None]
    for tag, attributes in parts.tags:
        assert not [name for name in attributes if name.startswith("on") or name in {"style", "srcdoc"}], tag
        assert tag not in {"iframe", "object", "embed", "base", "link", "form", "img"}, tag
        for name in ("src", "href", "xlink:href", "action"):
            assert (attributes.get(name) or "#").startswith("#"), attributes


@pytest.mark.parametrize("make", [documents.ordinary, documents.hostile])
def test_the_policy_names_exactly_the_script_and_style_inside(make):
    parts = Parts(verdict.page(make()))
    policy = next(a["content"] for tag, a in parts.tags if a.get("http-equiv") == "Content-Security-Policy")

    def digest(text: str) -> str:
        return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()

    assert policy.startswith("default-src 'none'; ")
    assert f"script-src '{digest(parts.inside['script'][1])}';" in policy
    assert f"style-src '{digest(parts.inside['style'][0])}';" in policy
    assert "unsafe" not in policy


def test_the_console_body_has_no_inline_style_or_script():
    parts = Parts(verdict.body(documents.hostile()))
    assert [a.get("type") for tag, a in parts.tags if tag == "script"] == ["application/json"]
    assert not [tag for tag, a in parts.tags if tag == "style" or "style" in a]


def test_hostile_text_reaches_the_script_as_text_only():
    html = verdict.page(documents.hostile())
    raw = re.search(r'<script type="application/json">(.*?)</script>', html, re.S).group(1)
    assert not re.search(r"[<>&]", raw)
    assert any("<script>" in name for name in data_of(html)["people"]["name"])


def test_the_file_can_be_written_whatever_the_chat_held():
    verdict.page(documents.hostile()).encode("utf-8")


def test_strange_numbers_do_not_break_the_page():
    base = documents.ordinary(people=5, days=30, frames=2, ties=8)
    nan, inf = float("nan"), float("inf")
    signs = [s.model_copy(update={"value": nan, "low": 0.1, "high": inf}) for s in base.vital_signs]
    odd = base.model_copy(
        update={
            "vital_signs": signs,
            "mood": [d.Mood(start=base.pulse.start, messages=1, negative=nan, positive=inf)] * 3,
            "zone": "Not/AZone",
        }
    )
    assert data_of(verdict.page(odd))["signs"][0]["high"] is None


def test_the_network_survives_its_packing():
    base = documents.ordinary(people=60, days=60, frames=5, ties=200)
    packed = picture.network(base.network_picture, {f"u{k}": k for k in range(60)})
    frames = base.network_picture.frames
    strongest = max(s for f in frames for _, _, s in f.ties)
    for tie, (a, b, life) in enumerate(zip(packed["a"], packed["b"], packed["life"], strict=True)):
        first, levels = life.split(":")
        for k, frame in enumerate(frames):
            there = {(i, j): s for i, j, s in frame.ties}.get((a, b), 0.0)
            place = k - int(first)
            level = int(levels[place], 36) if 0 <= place < len(levels) else 0
            assert (level > 0) == (there > 0), tie
            assert abs((level / 35) ** 2 * strongest - there) <= strongest * 0.06


def test_sizes_stay_small():
    html = verdict.page(documents.yardstick())
    assert len(html.encode()) < 1_500_000
    assert len(verdict.page(documents.huge()).encode()) < 2_000_000


def test_a_command_line_needs_no_project():
    code = (
        "import sys; sys.path[:0] = ['tests', '.']; import documents; from huoqun.web import verdict; "
        "from django.conf import settings; verdict.page(documents.hostile(), 'en'); assert not settings.configured"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_missing_bundle_says_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setattr(verdict, "_BUNDLE", tmp_path)
    verdict._bundle.cache_clear()
    with pytest.raises(verdict.NotBuilt, match="make setup"):
        verdict.page(documents.empty())
    monkeypatch.undo()
    verdict._bundle.cache_clear()


def test_withheld_and_prior_have_their_own_words():
    html = verdict.page(documents.withheld())
    assert "暂不判断" in html
    assert "完整度低于 B" in html
    assert "90 天内无人说话" not in re.sub(r"<script.*?</script>", "", html, flags=re.S)
    assert "按相似的群估计" in verdict.page(documents.alone())


def test_a_guessed_owner_is_called_a_guess():
    base = documents.ordinary(people=5, days=30, frames=2, ties=8)
    html = verdict.page(base.model_copy(update={"owner": base.owner.model_copy(update={"source": "guess"})}))
    assert "推测" in html


@pytest.mark.parametrize(
    ("low", "high", "said", "begin", "width"),
    [
        (0.18, 0.45, "正常 18–45%", "18.0", "27.0"),
        (0.6, None, "正常 60% 以上", "60.0", "40.0"),
        (None, 0.5, "正常 50% 以下", "0.0", "50.0"),
    ],
)
def test_a_normal_range_may_be_open_on_one_side(low, high, said, begin, width):
    sign = d.VitalSign(id="speaking_share", value=0.11, low=low, high=high, trend=None, unit="share", state="low")
    shown = section.sign(sign, 0, "zh")
    assert shown["normal"] == said
    assert (shown["bar"].value, shown["bar"].low, shown["bar"].width) == ("11.0", begin, width)


def test_an_end_of_the_range_never_reads_like_the_value_outside_of_it():
    sign = d.VitalSign(id="speakers", value=12.0, low=12.495, high=None, trend=None, unit="count", state="low")
    assert section.sign(sign, 0, "zh")["normal"] == "正常 12.5 以上"


def test_without_a_range_there_is_no_bar_and_no_claim():
    sign = d.VitalSign(id="speakers", value=12.0, low=None, high=None, trend="falling")
    shown = section.sign(sign, 0, "zh")
    assert (shown["normal"], shown["bar"], shown["state_text"]) == ("", None, "")


def test_a_stored_document_makes_the_same_page():
    for make in (documents.ordinary, documents.empty):
        stored = d.Diagnosis.model_validate_json(make().model_dump_json())
        assert verdict.page(stored) == verdict.page(make())
