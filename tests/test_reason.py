"""Reasons: why a step waits, was left out or went wrong is kept as an id and said in the reader's language."""

import re
from pathlib import Path
from typing import get_args

import pytest
from at_work import browser, group, hire
from django.urls import reverse
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st
from test_api_activities import Program
from test_run import BOOK, begun, moment, step, tick

from huoqun.activities.activity import Closed
from huoqun.activities.kind import Refused
from huoqun.base import clock
from huoqun.people import witness
from huoqun.people.outbox import Outgoing
from huoqun.people.role import SEE_RUNS
from huoqun.people.workspace import local
from huoqun.playbooks import playbook, reason, steering
from huoqun.playbooks.reason import REASONS
from huoqun.playbooks.run import DueStep
from huoqun.playbooks.step import STEPS
from huoqun.playbooks.step_form import AnyStep
from huoqun.web import run_said
from huoqun.web.word_run import RUN

METHOD = Path(reason.__file__).parent
READ = playbook.read(BOOK)


def test_every_kind_of_step_that_a_file_may_name_is_done_by_something():
    forms = get_args(get_args(AnyStep)[0])
    named = {do for form in forms for do in get_args(form.model_fields["do"].annotation)}
    assert named == STEPS.keys() == RUN["run_do"].keys() - {"starts", "closes", "mark"}


def test_no_sentence_is_written_into_a_row():
    told = [line for path in METHOD.glob("*.py") for line in path.read_text().splitlines() if "why=" in line]
    assert len(told) > 20
    assert not [line for line in told if re.search(r'why=f?"', line)]
    assert not re.findall(r'Nothing\(f?"', (METHOD / "attached.py").read_text())


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_reason_has_words_in_both_languages(language):
    assert RUN["run_why"].keys() == REASONS.keys()
    with translation.override(language):
        told = {run_said.why(reason.of(id, "26"), READ) for id in REASONS}
        assert len(told) == len(REASONS), "each its own"
        for sentence in told:
            assert "%" not in sentence
            assert any("一" <= sign <= "鿿" for sign in sentence) == (language != "en") or sentence == "26", sentence


@given(st.text(max_size=400))
def test_words_of_people_are_never_taken_for_a_reason_of_the_engine(words):
    for id in ("hand", "stopped"):
        line = reason.of(id, words)
        assert len(line) <= reason.LONGEST
        assert (reason.read(line).id, reason.read(line).value) == (id, line.partition(" ")[2])


def test_a_reason_that_nobody_has_explained_is_a_mistake_of_ours():
    with pytest.raises(KeyError):
        reason.of("because")
    assert reason.read("some words of an older version").id == ""
    assert run_said.why("some words of an older version", READ) == "some words of an older version"


def test_what_an_activity_does_not_take_is_said_in_its_own_words():
    many = reason.of_error(Refused("vote_many", most=3))
    with translation.override("en"):
        assert run_said.why(many, READ) == "The activity did not take it: Choose at most 3."
        assert run_said.why(reason.of("refused", "vote_many"), READ) == "The activity did not take it: vote_many"
        assert "nothing more" in run_said.why(reason.of_error(Closed()), READ)
        assert "KeyError" in run_said.why(reason.of_error(KeyError("x\0y")), READ)
    with translation.override("zh-hans"):
        assert "3" in run_said.why(many, READ)
    long = reason.of_error(Refused("vote_many", most="x" * 999))
    assert reason.refusal(reason.read(long)) == ("vote_many", {})


@pytest.mark.django_db(transaction=True)
def test_the_board_and_the_api_say_why_in_the_language_of_the_reader():
    here = group(local(now=clock.now()))
    boss = hire(here.workspace)
    run = begun(here, people={"host": boss.account_id})
    tick(moment(1, 20), moment(2, 10))
    steering.skip(step(run, "every", "3"), why="path more " + "很忙" * 300, by=boss.account, now=moment(2, 10))
    DueStep.objects.filter(run=run, step="vote").update(state="skipped", why=reason.of("unopened", "start"))
    board = reverse("run", args=[run.pk])
    chinese = browser(boss).get(board).content.decode()
    english = browser(boss, headers={"host": "127.0.0.1", "accept-language": "en"}).get(board).content.decode()
    assert "有人决定不做：“path more 很忙" in chinese
    assert "Left out by hand: “path more 很忙" in english
    assert "“Begin” has opened nothing that this could be about." in english.replace("&#x27;", "'")
    (told,) = [s for s in Program(boss, SEE_RUNS)("GET", f"runs/{run.pk}")["plan"] if s["step"] == "vote"]
    assert (told["reason"], told["why"]) == ("unopened", "“开始”没有开出可用的活动。")


@pytest.mark.django_db(transaction=True)
def test_the_board_shows_whether_an_import_proved_what_was_said():
    here = group(local(now=clock.now()))
    boss = hire(here.workspace)
    run = begun(here, people={"host": boss.account_id})
    tick(moment(1, 20), moment(2, 9, 1), moment(3, 9, 1))
    said = list(Outgoing.objects.filter(group=here, what__startswith="step.").order_by("due"))
    for row, found in zip(said, (witness.FOUND, witness.MISSING), strict=False):
        Outgoing.objects.filter(pk=row.pk).update(
            state="sent", at=row.due, witness=found, proved=row.due, said="换了说法 <b>"
        )
    client, board = browser(boss), reverse("run", args=[run.pk])
    client.get(board)
    page = client.get(board).content.decode()
    assert "说出的 2 条话，导出里查到 1 条" in page
    assert "1 条查不到" in page
    assert "导出里有" in page
    assert "导出里没有" in page
    assert "换了说法 &lt;b&gt;" in page, "what was really said"
    shown = client.get(reverse("run_step", args=[run.pk, run.steps.get(step="start").pk])).content.decode()
    assert "导出里有" in shown
    told = {s["step"]: s["witness"] for s in Program(boss, SEE_RUNS)("GET", f"runs/{run.pk}")["plan"] if s["witness"]}
    assert told["start"] == "found"
