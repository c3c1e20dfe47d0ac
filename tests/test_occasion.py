"""Occasions: who joins is greeted within minutes, with the others who came; whose question waits is not forgotten."""

from datetime import timedelta

import orjson
import pytest
from at_work import group, hire
from stage import member
from test_run import BOOK, begun, moment, said, step, tick

from huoqun.base import clock
from huoqun.people import task
from huoqun.people.checkup import Checkup
from huoqun.people.membership import Membership
from huoqun.people.task import Task
from huoqun.people.workspace import local
from huoqun.playbooks import occasion, steering

pytestmark = pytest.mark.django_db(transaction=True)
HEARD = """
  - id: kit
    title: {zh: 入群包, en: The kit}
    at: when joined
    do: say
    text: {zh: "欢迎{name}来到{group}。", en: "Welcome {name}."}
  - id: waits
    title: {zh: 有问题没人答, en: A question waits}
    at: when asked
    do: task
    role: host
    text: {zh: 请懂的人答一句, en: Ask who knows}
  - id: dear
    title: {zh: 问候, en: A word}
    at: when joined
    do: invite
    who: newcomers
    text: {zh: "{name}，还习惯吗", en: "{name}?"}
"""
LISTENING = BOOK[: BOOK.index("paths:")] + "measures: [pulse]\nsteps:" + HEARD


@pytest.fixture
def here():
    return group(local(now=clock.now()))


def comes(there, name, at):
    who = member(there, name)
    Membership.objects.filter(identity=who).update(joined=at)
    return who


def test_who_comes_within_minutes_is_greeted_together_and_once(here):
    comes(here, "老成员", moment(0, 9))
    run = begun(here, LISTENING)
    tick(moment(1, 10))
    assert (step(run, "kit").state, said(here)) == ("waiting", [])
    comes(here, "小云", moment(1, 10))
    tick(moment(1, 10, 1))
    comes(here, "阿海", moment(1, 10, 2))
    tick(moment(1, 10, 3), moment(1, 10, 5), moment(1, 10, 6), moment(1, 10, 9))
    assert said(here) == [f"欢迎小云、阿海来到{here.name}。"]
    late = comes(here, "晚到", moment(1, 10, 4))  # known by an import of the evening
    tick(moment(1, 20), moment(1, 20, 4), moment(1, 20, 5))
    assert said(here)[1:] == [f"欢迎晚到来到{here.name}。"]
    Membership.objects.filter(identity=late).update(joined=moment(1, 11))
    comes(here, "上周来的", moment(1, 8))
    tick(moment(1, 21), moment(1, 21, 4), moment(1, 21, 5))
    assert len(said(here)) == 2
    cards = Task.objects.filter(group=here, key__contains="/dear/").values_list("ready", flat=True)
    assert sorted(word.count("还习惯吗") for word in cards) == [1, 2], "each who came once, by their own name"
    assert not [card for card in cards if "小云、" in card]


def test_what_became_known_too_late_or_after_the_run_brings_nothing(here):
    run = begun(here, LISTENING)
    comes(here, "小云", moment(1, 10))
    tick(moment(3, 20), moment(3, 20, 4), moment(3, 20, 5))
    assert said(here) == []
    tick(moment(4, 0), moment(4, 0, 1))
    run.refresh_from_db()
    assert (run.state, step(run, "kit").state) == ("ended", "done")
    comes(here, "阿海", moment(4, 9))
    tick(moment(4, 9, 1), moment(4, 9, 5))
    assert said(here) == []


def test_while_paused_nobody_is_greeted_and_afterwards_whoever_came(here):
    boss = hire(here.workspace).account
    run = begun(here, LISTENING)
    steering.pause(run, why="先等等", by=boss, now=moment(1, 10))
    comes(here, "小云", moment(1, 11))
    tick(moment(1, 12), moment(1, 12, 5))
    assert said(here) == []
    steering.resume(run, by=boss, now=moment(1, 13))
    tick(moment(1, 13), moment(1, 13, 4), moment(1, 13, 5))
    assert said(here) == [f"欢迎小云来到{here.name}。"]
    steering.skip(step(run, "kit"), why="人太多", by=boss, now=moment(1, 14))
    comes(here, "阿海", moment(1, 14, 1))
    tick(moment(1, 14, 1), moment(1, 14, 6), moment(1, 14, 7))
    assert len(said(here)) == 1


def test_a_question_that_waits_becomes_a_task_with_its_words_once(here):
    begun(here, LISTENING)

    def asked(at, key, answered=None):
        quote = {"time": at.isoformat(), "person": "u1", "name": "小云", "text": f"怎么 报名 {key}？", "key": key}
        return {"quote": quote, "answered": answered}

    told = {"questions": [asked(moment(1, 14, 50), "c"), asked(moment(1, 10), "a"), asked(moment(0, 9), "old")]}
    Checkup.objects.create(
        group=here, day=moment(1, 15).date(), as_of=moment(1, 15), computed=moment(1, 15), created=moment(1, 15),
        state_hash="x", model="x", state="living", stage="active", grade="A", document=orjson.dumps(told).decode(),
    )  # fmt: skip
    tick(moment(1, 15), moment(1, 15, 4), moment(1, 15, 5))
    (first,) = Task.objects.filter(group=here, key__contains="/waits/")
    assert first.text == "请懂的人答一句\n\n· 小云: 怎么 报名 a？"
    tick(moment(1, 15, 30), moment(1, 15, 40), moment(1, 15, 41))
    assert Task.objects.filter(group=here, key__contains="/waits/").count() == 2
    told["questions"] = [asked(moment(1, 10), "a", moment(1, 16).isoformat())]
    Checkup.objects.update(document=orjson.dumps(told).decode())
    task.done(first, by=None, now=moment(1, 16))
    tick(moment(1, 16), moment(1, 17), moment(1, 17, 5))
    assert Task.objects.filter(group=here, key__contains="/waits/").count() == 2


def test_very_many_are_greeted_with_some_names_and_a_number(here):
    begun(here, LISTENING)
    for number in range(occasion.NAMED + 3):
        comes(here, f"客{number:02}", moment(1, 10) + timedelta(seconds=number))
    tick(moment(1, 10, 1), moment(1, 10, 5), moment(1, 10, 6))
    (words,) = said(here)
    assert words.startswith("欢迎客00、客01、")
    assert words.endswith(f"客19 等 23 位来到{here.name}。")
