"""Playbooks as files: what is wrong is said with its line and field, and what comes with Huoqun is right."""

import json
import os
import subprocess
import sys
from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huoqun.playbooks import gate, library, opening, playbook, timing, yaml_lines

SMALL = """
id: hello
version: 1
title: {zh: 问好, en: Hello}
about: {zh: 每天问好, en: A greeting a day}
fits: [learning]
stages: [active]
days: 3
load: {ceiling: 3}
roles:
  host: {name: {zh: 主持, en: Host}, minutes: 10}
paths:
  more: {zh: 再来, en: More}
measures: [pulse]
variables:
  gift: {ask: {zh: 礼物, en: Gift}, default: {zh: 书, en: a book}}
steps:
  - id: survey
    title: {zh: 问卷, en: Survey}
    at: day 1 20:00
    do: open
    survey: profile
    name: {zh: 认识一下, en: Who we are}
  - id: word
    title: {zh: 招呼, en: Hello}
    at: 2 h after survey
    do: say
    text: {zh: "{group}的朋友，送{gift}", en: "{gift} for {group}"}
    if: answered >= 20%
    otherwise: more
""".strip()


def mistakes(text):
    with pytest.raises(playbook.Wrong) as told:
        playbook.read(text)
    return [(m.line, m.field, m.why) for m in told.value.mistakes]


def test_a_small_playbook_is_read():
    book = playbook.read(SMALL)
    assert [s.id for s in book.steps] == ["survey", "word"]
    assert book.variables["gift"].default.en == "a book"


@pytest.mark.parametrize(
    ("before", "after", "line", "field", "why"),
    [
        ("days: 3", "days: three", 7, "days", "valid integer"),
        ("days: 3", "", 1, "days", "is missing"),
        ("days: 3", "days: 3\ndais: 4", 8, "dais", "is no field"),
        ("fits: [learning]", "fits: [learning, zoo]", 5, "fits.1", "say one of"),
        ("day 1 20:00", "day 1 25:00", 19, "steps.0.at", "say `day 3 20:00`"),
        ("day 1 20:00", "day 4 20:00", 19, "steps.0.at", "has 3 days"),
        ("after survey", "after nothing", 25, "steps.1.at", "no other step called nothing"),
        ("day 1 20:00", "1 h after word", 19, "steps.0.at", "waits for itself"),
        ("{group}的", "{grup}的", 27, "steps.1.text.zh", "{grup} is no variable"),
        ("answered >=", "anwered >=", 28, "steps.1.if", "no fact called anwered"),
        ("answered >= 20%", "answered and more", 28, "steps.1.if", "only comparisons"),
        ("otherwise: more", "otherwise: mere", 29, "steps.1.otherwise", "no path called mere"),
        ("survey: profile", "survey: profil", 21, "steps.0.survey", "readymade surveys are"),
        ("survey: profile", "activity: vote\n    plan: {optins: [a]}", 22, "steps.0.plan.optins", "not permitted"),
        (
            "survey: profile",
            "survey: profile\n    capacity: '{gift}'",
            22,
            "steps.0.capacity",
            "no variable that holds a n",
        ),
        ("do: say", "do: sing", 26, "steps.1.do", "no kind of step"),
        ("id: word", "id: survey", 23, "steps.1.id", "another step is called survey"),
        ("version: 1", "version: 1\nversion: 2", 3, "", "said twice"),
        ("days: 3", "days: [3", 8, "", "no YAML"),
    ],
)
def test_each_mistake_is_said_with_its_line_and_field(before, after, line, field, why):
    assert before in SMALL
    found = mistakes(SMALL.replace(before, after, 1))
    assert [(n, f) for n, f, w in found if why in w][:1] == [(line, field)], found


def test_every_mistake_is_said_at_once():
    text = SMALL.replace("days: 3", "days: three").replace("do: say", "do: sing").replace("version: 1", "version: 0")
    assert [line for line, _, _ in mistakes(text)] == [2, 7, 26]


OWN = """
    questions:
      - {id: want, kind: one, text: {zh: "想要{gift}吗", en: "{gift}?"}, options: {zh: [要, 不要], en: ["yes", "no"]}}
      - {id: why, kind: text, text: {zh: 为什么, en: Why}, show_if: {question: want, answer: {zh: 不要, en: "no"}}}
"""


def test_a_playbook_may_ask_questions_of_its_own():
    text = SMALL.replace("\n    survey: profile\n", OWN)
    step = playbook.read(text).steps[0]
    asked = opening.asked(step, "en", {"gift": "a book"})
    assert [(q.text, q.options) for q in asked] == [("a book?", ("yes", "no")), ("Why", ())]
    assert asked[1].show_if.answer == "no"
    for before, after, field in (
        ("kind: text", "kind: sing", "steps.0.questions.1.kind"),
        ("{gift}吗", "{gifts}吗", "steps.0.questions.0.text.zh"),
        ('en: ["yes", "no"]', 'en: ["yes", "yes"]', "steps.0.questions.0"),
        ("question: want", "question: wish", "steps.0.questions"),
        ("kind: one, text", "kind: people, text", "steps.0.questions.0"),
        ("id: want", "survey: profile, id: want", "steps.0.questions.0.survey"),
    ):
        assert before in text
        assert field in [f for _, f, _ in mistakes(text.replace(before, after))], after


def test_texts_stay_texts_and_nothing_else_is_made_of_them():
    told, known = yaml_lines.read("a: 12:30\nb: no\nc: 2026-01-01\nd: 007\ne: 1e5")
    assert told == {"a": "12:30", "b": "no", "c": "2026-01-01", "d": "007", "e": "1e5"}
    assert known["c",] == 3
    for hostile in ("a: !!python/object/apply:os.system [ls]", "a: &a [*a]", "? [1]\n: 2", "- " * 30 + "a"):
        with pytest.raises(yaml_lines.Unread):
            yaml_lines.read(hostile)
    laugh = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
    laugh += "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 9))
    with pytest.raises(yaml_lines.Unread):
        yaml_lines.read(laugh)


@given(
    st.text("ab: -\n[]{},?&*!|>'\"%@`#0汉\u2028\t", max_size=80)
    | st.lists(st.sampled_from(SMALL.splitlines()), max_size=30).map("\n".join)
)
def test_any_text_is_a_playbook_or_is_told_what_it_is_not(text):
    try:
        playbook.read(text)
    except playbook.Wrong as wrong:
        assert wrong.mistakes
        assert all(m.line >= 1 and m.why for m in wrong.mistakes)


def test_timings():
    assert timing.read("Day 3  8:05") == timing.On(3, time(8, 5))
    assert timing.read("1 day before meetup") == timing.Beside("meetup", -timedelta(days=1))
    assert timing.read("at once") == timing.Beside("", timedelta(0))
    assert timing.read("30 min after the start") == timing.Beside("", timedelta(minutes=30))
    assert playbook.read(SMALL.replace("day 1 20:00", "at once"))
    for wrong in (
        "30 min before the start",
        "day 0 20:00",
        "day 400 20:00",
        "every day",
        "every 0 days 20:00",
        "every 2 fridays 20:00",
        "when it rains",
    ):
        with pytest.raises(timing.Unreadable):
            timing.read(wrong)


def test_an_hour_that_the_clocks_leave_out_is_the_one_after_and_one_that_comes_twice_is_the_first():
    spring = timing.moments(timing.read("every day 02:30"), date(2026, 3, 28), 3, "Europe/Berlin")
    assert [f"{m:%d %H:%M}" for m in spring] == ["28 01:30", "29 01:30", "30 00:30"]
    autumn = timing.moments(timing.read("every day 02:30"), date(2026, 10, 24), 3, "Europe/Berlin")
    assert [f"{m:%d %H:%M}" for m in autumn] == ["24 00:30", "25 00:30", "26 01:30"]
    fridays = timing.moments(timing.read("every friday 20:00"), date(2026, 2, 25), 10, "Asia/Shanghai")
    assert [f"{m:%m-%d %H}" for m in fridays] == ["02-27 12", "03-06 12"]


def test_words_and_plans_may_name_the_date_of_a_day_of_the_run():
    course = "activity: course\n    plan: {sessions: ['{day_2} 20:00 | one', '{day_3} 20:00 | two']}"
    text = SMALL.replace("survey: profile", course)
    book = playbook.read(text)
    dates = timing.dates(date(2026, 12, 31), book.days)
    sessions = opening.filled(book.steps[0].plan, dates)["sessions"]
    assert sessions == ["2027-01-01 20:00 | one", "2027-01-02 20:00 | two"]
    late = text.replace("{day_3}", "{day_4}")
    assert "{day_4} is no variable and no fact" in [why for _, _, why in mistakes(late)]


def test_gates_know_what_they_do_not_know():
    asked = gate.read("pulse >= 80% and not (speakers_7 < 3 or day == 2)")
    assert asked.facts == {"pulse", "speakers_7", "day"}
    assert asked.holds({"pulse": 0.9, "speakers_7": 5, "day": 1}) is True
    assert asked.holds({"pulse": 0.7}) is False
    assert asked.holds({"pulse": 0.9, "day": 1}) is None
    assert [(m.fact, m.actual, m.wanted) for m in asked.missed({"pulse": 0.7, "speakers_7": 9, "day": 2})][0] == (
        "pulse",
        0.7,
        0.8,
    )


def test_the_command_says_where_and_why(tmp_path):
    good, bad = tmp_path / "good.yaml", tmp_path / "bad.yaml"
    good.write_text(SMALL, encoding="utf-8")
    bad.write_text(SMALL.replace("days: 3", "days: three"), encoding="utf-8")
    done = told("check", good, bad, tmp_path / "none.yaml")
    assert done.returncode == 2
    assert [line.split(": ")[0] for line in done.stderr.splitlines()] == [f"{bad}:7", f"{tmp_path / 'none.yaml'}:1"]
    assert told("check", good).returncode == 0
    listed = json.loads(told("list", "--json").stdout)
    assert [book["name"] for book in listed] == list(library.playbooks())


def told(*words):
    environment = {k: v for k, v in os.environ.items() if not k.startswith("DJANGO_")}
    command = [sys.executable, "-m", "huoqun", "playbook", *map(str, words)]
    return subprocess.run(command, env=environment, capture_output=True, text=True)


@pytest.mark.parametrize("kind", ["link", "date", "time"])
def test_a_plan_may_name_a_variable_that_is_asked_only_when_a_run_starts(kind):
    """A course with a link, or on a day, that nobody knows yet."""
    line = {"link": "{day_2} 20:00 | A | {where}", "date": "{where} 20:00 | A", "time": "{day_2} {where} | A"}[kind]
    text = SMALL.replace("  gift:", f"  where: {{ask: {{zh: 在哪, en: Where}}, kind: {kind}}}\n  gift:")
    course = f'activity: course\n    plan: {{sessions: ["{line}"]}}\n    name:'
    assert playbook.read(text.replace("survey: profile\n    name:", course)).variables["where"].kind == kind
