"""The phrase book: every id has words in both languages, sentences have no holes, and say what the numbers say."""

import math
import re
from datetime import date, timedelta
from pathlib import Path
from typing import get_args
from zoneinfo import ZoneInfo

import documents
import pytest
from hypothesis import given
from hypothesis import strategies as st

from huoqun.chat.recognise import FORMATS
from huoqun.insight import document as d
from huoqun.insight.card import TYPES
from huoqun.insight.cooling import cooling
from huoqun.web import amount, awaited, phrase, plain, section
from huoqun.web.book import Book

BOOKS = [phrase.book("zh"), phrase.book("en")]
IDS = Path(__file__).parent.parent / "docs" / "findings.md"
"""The list of ids that the floors below use, written by those who compute them."""


def choices(model: type, field: str) -> set[str]:
    """Values a field of the document may have."""
    return set(get_args(model.model_fields[field].annotation))


def listed(heading: str) -> list[list[str]]:
    """Rows of the table under a heading of docs/findings.md."""
    if not IDS.exists():
        pytest.skip("docs/findings.md is not here yet")
    part = re.search(rf"^## {heading}.*?(?=^## |\Z)", IDS.read_text(encoding="utf-8"), re.S | re.M)
    assert part, heading
    rows = [[c.strip() for c in line.strip("|").split("|")] for line in part.group().splitlines() if line[:3] == "| `"]
    assert rows, heading
    return rows


@pytest.mark.parametrize("book", BOOKS, ids=lambda b: b.lang)
class TestEveryIdHasWords:
    def test_of_the_document_itself(self, book: Book):
        assert book.states.keys() == choices(d.Verdict, "state")
        assert book.stages.keys() == choices(d.StageChange, "stage")
        assert book.strata.keys() >= choices(d.Person, "stratum")
        assert book.sign_states.keys() == choices(d.VitalSign, "state")
        assert book.grades.keys() == choices(d.Completeness, "grade")
        assert book.trends.keys() == {"rising", "falling", "steady"}
        assert book.types.keys() == set(TYPES)
        assert {"owner_" + s for s in choices(d.Owner, "source")} <= book.label.keys()
        assert {"zone_" + s for s in choices(d.Diagnosis, "zone_source")} <= book.label.keys()
        assert {"as_of_" + s for s in choices(d.Diagnosis, "as_of_source")} <= book.label.keys()
        assert {"sequence", "days", "types", "names", "clock", "no_ids", "skipped", "short"} <= book.gaps.keys()

    def test_of_vital_signs(self, book: Book):
        assert {row[0].strip("`") for row in listed("Vital signs")} <= book.signs.keys()

    def test_of_findings_and_their_methods(self, book: Book):
        for cause, playbook, keys in ([c.strip("` ") for c in row[:2]] + [row[2]] for row in listed("Findings")):
            assert cause in book.causes, cause
            assert len(book.methods[playbook]) > 80, playbook
            needed = {n for clause in book.causes[cause].evidence for n in amount.names_in(clause)}
            assert needed <= set(re.findall(r"`(\w+)`", keys)), f"{cause} asks for numbers nobody gives"

    def test_of_reasons(self, book: Book):
        assert {row[0].strip("`") for row in listed("Verdict")} <= book.reasons.keys()

    def test_of_formats(self, book: Book):
        assert {form.NAME for form in FORMATS} <= book.formats.keys()

    def test_of_the_page(self, book: Book):
        templates = Path(phrase.__file__).parent.parent / "templates" / "verdict"
        script = Path(__file__).parent.parent / "frontend" / "diagnosis"
        used = {w for p in templates.glob("*.html") for w in re.findall(r"\bw\.(\w+)", p.read_text(encoding="utf-8"))}
        used |= {w for p in script.glob("*.js") for w in re.findall(r"\bw\.(\w+)", p.read_text(encoding="utf-8"))}
        assert len(used) > 80
        assert used <= book.label.keys()


def test_both_books_have_the_same_ids_and_numbers():
    zh, en = BOOKS
    for field in Book.__dataclass_fields__:
        one, other = getattr(zh, field), getattr(en, field)
        if not isinstance(one, dict):
            continue
        assert one.keys() == other.keys(), field
        for key, words in one.items():
            if isinstance(words, str) and field not in {"headline", "refusals"}:
                assert sorted(amount.names_in(words)) == sorted(amount.names_in(other[key])), (field, key)
    for key, cause in zh.causes.items():
        asked = {n for c in cause.evidence for n in amount.names_in(c)}
        assert asked == {n for c in en.causes[key].evidence for n in amount.names_in(c)}, key


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("make", [documents.ordinary, documents.empty, documents.alone, documents.withheld])
def test_fill_leaves_no_sentence_open(make, lang):
    filled = phrase.fill(make(), lang)
    texts = [filled.verdict.text, *(r.text for r in filled.verdict.reasons), *(s.text for s in filled.vital_signs)]
    for finding in filled.findings:
        texts += [finding.title, finding.text]
    assert all(texts)
    for text in texts:
        assert not re.search(r"[{}]|\b(nan|None|inf)\b", text), text
        if lang == "zh" and not re.search("something|unknown", text, re.I):
            assert not re.search(r"[a-z]{4}", text), text


def test_fill_changes_only_words():
    before = documents.ordinary()
    after = phrase.fill(before, "zh")
    blank = {"text", "title", "method"}

    def bare(value):
        if isinstance(value, dict):
            return {k: bare(v) for k, v in value.items() if k not in blank}
        return [bare(v) for v in value] if isinstance(value, list) else value

    assert bare(before.model_dump(mode="json")) == bare(after.model_dump(mode="json"))


def test_evidence_keeps_quiet_about_what_is_not_known():
    finding = d.Finding(
        cause="weak_ties",
        harm=0.5,
        evidence={"strong_share": 0.09, "speakers": 148, "returned_share": None},
        playbook="revival-week",
    )
    assert phrase.finding_text(finding, "zh") == "90 天里说过话的 148 人中，有强关系的只占 9%。"
    assert "returned" not in phrase.finding_text(finding, "en")


def test_an_unknown_id_is_still_readable():
    finding = d.Finding(cause="brand_new_cause", harm=0.5, evidence={"share": 0.5}, playbook="brand-new")
    assert phrase.cause("brand_new_cause", "zh").title == "brand new cause"
    assert "0.50" in phrase.finding_text(finding, "zh")


def calm(messages: list[int], speakers: list[int], state: str = "living", **more) -> d.Diagnosis:
    """A group with this pulse and nothing else."""
    start = date(2026, 3, 1) - timedelta(days=len(messages) - 1)
    base = documents._bare()
    return base.model_copy(
        update={
            "pulse": d.Pulse(start=start, messages=messages, speakers=speakers),
            "messages": sum(messages),
            "people": 40,
            "verdict": documents._verdict(state),
            **more,
        }
    )


class TestTheHeadline:
    def test_of_a_living_group_speaks_of_people(self):
        text = phrase.fill(calm([100] * 120, [30] * 120), "zh").verdict.text
        assert text.startswith("这个群活着：每天有 30 个人说话，两个月没怎么变，一天 100 条。")

    def test_says_how_many_people_are_gone(self):
        text = phrase.fill(calm([200] * 92 + [80] * 28, [50] * 92 + [20] * 28, "dying"), "zh").verdict.text
        assert "每天说话的人两个月少了六成" in text
        assert (
            "down 60%" in phrase.fill(calm([200] * 92 + [80] * 28, [50] * 92 + [20] * 28, "dying"), "en").verdict.text
        )

    def test_of_a_group_that_lives_but_cools_says_both(self):
        text = phrase.fill(calm([200] * 92 + [80] * 28, [50] * 92 + [20] * 28), "zh").verdict.text
        assert text.startswith("这个群还活着，但在变冷：")

    def test_names_the_worst_cause(self):
        text = phrase.fill(documents.ordinary(), "zh").verdict.text
        assert text.startswith("成员彼此不认识：")

    def test_of_silence_counts_the_days(self):
        quiet = calm([100] * 60 + [0] * 30, [20] * 60 + [0] * 30, "at_risk")
        quiet = quiet.model_copy(update={"last": quiet.as_of - timedelta(days=30, hours=2)})
        assert "已经 30 天没有人说话" in phrase.fill(quiet, "zh").verdict.text

    def test_of_a_short_history_says_so(self):
        text = phrase.fill(calm([10] * 20, [5] * 20, "at_risk", verdict=documents._verdict("at_risk", "prior")), "zh")
        assert text.verdict.text.startswith("历史还短，只能说个大概")
        assert "20 天" in text.verdict.text

    def test_of_a_camp_that_ended_is_not_a_death(self):
        text = phrase.fill(calm([10] * 20, [5] * 20, "withheld", stage="closed"), "zh").verdict.text
        assert "不算死" in text

    def test_of_a_history_with_holes_is_no_verdict(self):
        text = phrase.fill(documents.withheld(), "zh").verdict.text
        assert "不下判断" in text
        assert "D" in text


class TestPlain:
    def test_names_cannot_turn_a_line_round_or_hide(self):
        assert plain.name("\u202egnp.exe") == "gnp.exe"
        assert plain.name("\u200b\u200b\u2060") == ""
        assert plain.name("a\nb\tc") == "a b c"

    def test_stacks_of_accents_are_cut_down(self):
        assert len(plain.name("Z" + "\u0301" * 400)) <= 4

    def test_long_text_ends_with_an_ellipsis(self):
        assert plain.words("无" * 9999) == "无" * 399 + "…"

    def test_families_and_accents_stay_whole(self):
        assert plain.name("👩‍👩‍👧 é ñ") == "👩‍👩‍👧 é ñ"

    @given(st.text(alphabet=st.characters(), max_size=300))
    def test_whatever_comes_can_be_written(self, text):
        for made in (plain.name(text), plain.words(text)):
            made.encode("utf-8")
            assert len(made) <= 400
            assert not re.search("[\x00-\x08\x0b-\x1f\u202a-\u202e\u2066-\u2069]", made)


@given(st.dictionaries(st.text(max_size=8), st.one_of(st.none(), st.floats(), st.integers(), st.text(max_size=9))))
def test_no_evidence_breaks_a_sentence(evidence):
    for cause, playbook in (("weak_ties", "x"), ("{0.__class__}", "{y}"), ("nobody_knows", "x")):
        finding = d.Finding(cause=cause, harm=0.1, evidence=evidence, playbook=playbook)
        assert isinstance(phrase.finding_text(finding, "zh"), str)


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (0.114, "share", "11%"),
        (0.004, "share", "0.4%"),
        (0.0001, "share", "<0.1%"),
        (0.999, "share", "99.9%"),
        (1.0, "share", "100%"),
        (14.0, "minutes", "14 分钟"),
        (240.0, "minutes", "4 小时"),
        (94.0, "per_day", "94"),
        (12345.6, "per_day", "12,346"),
        (None, "share", "—"),
        (math.nan, "share", "—"),
    ],
)
def test_amounts_read_well(value, unit, said):
    assert amount.quantity(value, unit, "zh") == said


def test_why_somebody_stands_where_they_stand():
    assert phrase.stratum_text("answered_by 12 60", "zh") == "说话的 60 人里有 12 人回应过他"
    assert phrase.stratum_text("unseen 44", "en") == "silent for 44 days"
    assert phrase.stratum_text("ordered 5 times in 30 days", "zh") == "ordered 5 times in 30 days"
    assert phrase.stratum_text("", "zh") == ""


def test_a_reason_without_a_value_says_what_is_missing():
    for lang in ("zh", "en"):
        for reason in phrase.book(lang).reasons:
            said = phrase.reason_text(d.Reason(id=reason, value=None, effect=0.1), lang)
            assert said
            assert "{" not in said


def test_gaps_are_sentences():
    zone = ZoneInfo("Asia/Shanghai")
    gap = d.Gap(kind="types", detail="events")
    assert "进群" in phrase.gap_text(gap, zone, "zh")
    assert "4,210" in phrase.gap_text(d.Gap(kind="sequence", missing=4210), zone, "zh")
    assert phrase.gap_text(d.Gap(kind="no_ids", detail="never heard of"), zone, "en")
    assert phrase.gap_text(d.Gap(kind="brand_new"), zone, "en") == "brand new"


def test_a_group_that_lives_but_cools_says_so_in_chip_and_sentence_alike():
    warm = phrase.fill(calm([100] * 120, [30] * 120), "zh")
    cool = phrase.fill(calm([100] * 120, [30] * 60 + [12] * 60), "zh")
    assert not cooling(warm)
    assert section.verdict(warm, "zh")["chip"] == "活着"
    assert cooling(cool)
    assert section.verdict(cool, "zh")["chip"] == "在变冷"
    assert "在变冷" in cool.verdict.text


def test_only_newcomers_of_the_last_90_days_are_said_to_wait():
    whole = documents.ordinary()
    old = [n.model_copy(update={"joined": n.joined - timedelta(days=100), "first": None}) for n in whole.newcomers]
    spoke = [n.model_copy(update={"first": whole.as_of - timedelta(days=95), "joined": None}) for n in old]
    told = awaited.newcomers(whole, "zh")
    assert told["waiting"]
    assert awaited.newcomers(whole.model_copy(update={"newcomers": [*whole.newcomers, *old, *spoke]}), "zh") == told
    assert awaited.newcomers(whole.model_copy(update={"newcomers": spoke}), "zh")["waiting"] == ""


def test_the_foot_says_what_made_the_page():
    document = calm([10] * 100, [5] * 100)
    assert section.made_by(document.model_copy(update={"version": "0.3.1"}), "zh") == "由活群 0.3.1 生成"
    assert "source" not in section.made_by(document.model_copy(update={"version": "source"}), "zh")
