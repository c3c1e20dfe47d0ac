"""Runs: a playbook over days, its steps done once each by the engine and by people, whatever happens in between."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from at_work import group, hire
from django.db import transaction
from test_playbook import SMALL

from huoqun.activities.activity import Activity
from huoqun.base import clock
from huoqun.people import task, voice
from huoqun.people.audit import Entry
from huoqun.people.outbox import Outgoing
from huoqun.people.task import NoProof, Task
from huoqun.people.workspace import local
from huoqun.playbooks import engine, fit, playbook, starting, steering
from huoqun.playbooks.run import Run, edition_of

pytestmark = pytest.mark.django_db(transaction=True)
DAY = date(2026, 3, 2)
STEPS = """
  - id: start
    title: {zh: 开始, en: Begin}
    at: day 1 20:00
    do: say
    text: {zh: "{group}，今晚开始，送{gift}。", en: "{group}: we begin."}
  - id: vote
    title: {zh: 投票, en: Vote}
    at: 1 h after start
    do: open
    activity: vote
    name: {zh: 投一票, en: A vote}
    plan: {options: [{zh: "甲 {gift}", en: a}, {zh: 乙, en: b}]}
    closes: 1 day
  - id: call
    title: {zh: 打电话, en: Call}
    at: day 2 10:00
    do: task
    role: host
    text: {zh: 给三位老朋友打电话, en: Call three old friends}
    ready: {zh: 好久不见, en: Long time no see}
    within: 6 h
    proof: text
  - id: came
    title: {zh: 来了几位, en: How many came}
    at: with call
    do: number
    role: host
    text: {zh: 来了几位, en: How many}
  - id: enough
    title: {zh: 够不够, en: Enough}
    at: with came
    do: branch
    ways: {more: came >= 3}
    last: less
  - id: more-words
    title: {zh: 够, en: Enough}
    at: day 3 20:00
    path: more
    do: say
    text: {zh: "来了{came}位", en: "{came} came"}
  - id: less-words
    title: {zh: 不够, en: Few}
    at: day 3 20:00
    path: less
    do: say
    text: {zh: 改天再聚, en: Another day}
  - id: every
    title: {zh: 早安, en: Morning}
    at: every day 09:00 from day 2
    do: say
    text: {zh: 早, en: Morning}
  - id: teams
    title: {zh: 组队, en: Teams}
    at: day 2 21:00
    gate: came >= 5
    patience: 2 h
    otherwise: less
    do: say
    text: {zh: 组队啦, en: Teams}
"""
BOOK = SMALL[: SMALL.index("steps:")].replace(
    "more: {zh: 再来, en: More}", "more: {zh: 够, en: More}\n  less: {zh: 少, en: Less}"
)
BOOK += "steps:" + STEPS


def moment(day, hour, minute=0):
    return datetime(2026, 3, 1 + day, hour, minute, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture
def here():
    return group(local(now=clock.now()))


def begun(here, book=BOOK, **more):
    edition = edition_of(here.workspace, book, by=None, now=moment(0, 9))
    told = {"values": {}, "people": {}, "begins": DAY, "by": None, "now": moment(1, 9)} | more
    return starting.start(here, edition, **told)


def tick(*moments):
    for now in moments:
        while engine.notice(now) or any(row for row in [engine.carry_out(now)] if row == engine.AT_ONCE):
            pass
        engine.carry_out(now)
        engine.carry_out(now)


def step(run, name, turn=""):
    return run.steps.get(step=name, turn=turn)


def said(here):
    return list(Outgoing.objects.filter(group=here).order_by("created", "pk").values_list("text", flat=True))


def test_a_run_goes_its_way_by_itself_and_by_people(here):
    host = hire(here.workspace).account
    run = begun(here, people={"host": host.pk})
    assert {(s.step, s.turn) for s in run.steps.all()} >= {("every", "2"), ("every", "3"), ("start", "")}
    tick(moment(1, 19, 59))
    assert said(here) == []
    tick(moment(1, 20), moment(1, 20, 5))
    assert said(here) == ["测试群，今晚开始，送书。".replace("测试群", here.name)]
    assert step(run, "vote").due == moment(1, 21)
    tick(moment(1, 21))
    vote = Activity.objects.get(kind="vote")
    assert (vote.title, vote.plan["options"], vote.closes) == ("投一票", ["甲 书", "乙"], moment(2, 21))
    tick(moment(2, 10))
    (call,) = Task.objects.filter(group=here, state="open")
    assert (call.who, call.due, call.ready) == (host, moment(2, 16), "好久不见")
    with pytest.raises(NoProof):
        task.done(call, by=host, now=moment(2, 11))
    task.done(call, text="打了", by=host, now=moment(2, 11))
    tick(moment(2, 11), moment(2, 11))
    (came,) = Task.objects.filter(group=here, state="open")
    task.done(came, text="很多", by=host, now=moment(2, 12))
    tick(moment(2, 12))
    assert step(run, "came").why == "no_number"
    came.refresh_from_db()
    task.done(came, text="4", by=host, now=moment(2, 13))
    tick(moment(2, 13), moment(2, 13, 1))
    run.refresh_from_db()
    assert run.paths == ["more"]
    tick(moment(2, 21))
    assert (step(run, "teams").state, step(run, "teams").why) == ("gated", "came 4 >= 5")
    tick(moment(2, 23))
    assert step(run, "teams").state == "skipped"
    tick(moment(3, 9), moment(3, 20), moment(3, 20, 10))
    assert step(run, "less-words").state == "done", "the gate offered this path too"
    assert "来了4位" in said(here)
    run.refresh_from_db()
    assert run.state == "ended"


def test_whatever_dies_in_the_middle_nothing_is_lost_and_nothing_done_twice(here):
    run = begun(here)
    for _ in range(3):
        with pytest.raises(KeyboardInterrupt), transaction.atomic():
            engine.carry_out(moment(1, 20))
            raise KeyboardInterrupt
    assert said(here) == []
    assert engine.carry_out(moment(1, 20)) == 1
    assert engine.carry_out(moment(1, 20)) == 0
    assert len(said(here)) == 1
    run.steps.filter(step="start").update(state="ahead", next=moment(1, 20))
    engine.carry_out(moment(1, 20, 1))
    assert len(said(here)) == 1, "even a step that is looked at anew says nothing twice"


def test_a_step_that_goes_wrong_does_so_alone(here):
    bad = begun(here)
    good = begun(here)
    bad.edition = edition_of(
        here.workspace, BOOK.replace("plan: {options: [", "plan: {options: [], points: 0} #"), by=None, now=moment(1, 9)
    )
    bad.save()
    tick(moment(1, 20), moment(1, 21))
    assert step(bad, "vote").state == "failed"
    assert step(bad, "vote").why
    assert step(good, "vote").state == "done"
    assert Activity.objects.filter(kind="vote").count() == 1, "nothing half done stays"


def test_what_must_be_said_is_asked_for_and_a_run_does_not_begin_in_the_past(here):
    wanting = BOOK.replace("default: {zh: 书, en: a book}", "kind: text")
    with pytest.raises(starting.BadValue) as told:
        begun(here, wanting)
    assert told.value.name == "gift"
    with pytest.raises(starting.Over):
        begun(here, begins=DAY - timedelta(days=1))
    assert not Run.objects.exists()


def test_people_steer_it_with_reasons_and_pausing_never_says_twice(here):
    boss = hire(here.workspace).account
    run = begun(here)
    who = {"by": boss, "now": moment(1, 10)}
    with pytest.raises(steering.NoReason):
        steering.move(step(run, "start"), moment(1, 22), why=" ", **who)
    steering.move(step(run, "start"), moment(1, 22), why="球赛", **who)
    steering.edit(step(run, "start"), {"text": "改成十点"}, why="球赛", **who)
    steering.skip(step(run, "every", "2"), why="放假", **who)
    steering.pause(run, why="先等等", by=boss, now=moment(1, 21))
    tick(moment(1, 22), moment(2, 9))
    assert said(here) == []
    with pytest.raises(steering.Late):
        steering.pause(run, why="again", by=boss, now=moment(2, 9))
    steering.resume(run, by=boss, now=moment(2, 9, 30))
    tick(moment(2, 9, 30), moment(2, 9, 31))
    assert said(here) == ["改成十点"]
    assert step(run, "vote").due == moment(2, 10, 30), "an hour after it was done"
    assert step(run, "every", "2").state == "skipped"
    tick(moment(2, 10))
    (call,) = Task.objects.filter(group=here, state="open")
    assert call.who is None
    steering.reassign(run, "host", boss, by=boss, now=moment(2, 10))
    steering.skip(step(run, "call"), why="不打了", by=boss, now=moment(2, 10, 5))
    tick(moment(2, 10, 5), moment(2, 10, 6))
    (came,) = Task.objects.filter(group=here, state="open")
    assert (came.title, came.who) == ("来了几位", boss)
    steering.stop(run, why="不做了", by=boss, now=moment(2, 11))
    tick(moment(2, 21), moment(3, 20))
    run.refresh_from_db()
    assert (run.state, run.steps.exclude(state__in=("done", "skipped")).count()) == ("stopped", 0)
    assert not Task.objects.filter(state="open").exists()
    assert said(here) == ["改成十点"]
    with pytest.raises(steering.Late):
        steering.move(step(run, "teams"), moment(3, 22), why="?", by=boss, now=moment(3, 9))
    assert Entry.objects.filter(what__startswith="run.").count() == 9


def test_a_shut_gate_is_opened_by_hand(here):
    boss = hire(here.workspace).account
    run = begun(here)
    tick(moment(2, 21))
    steering.go_on(step(run, "teams"), why="人够了", by=boss, now=moment(2, 21, 30))
    tick(moment(2, 21, 30))
    assert step(run, "teams").state == "done"
    assert "组队啦" in said(here)


def test_what_speaks_against_a_run_is_said_before_it_begins(here):
    here.type, here.stage, here.first = "regional", "silent", moment(1, 0)
    here.save()
    book = playbook.read(
        BOOK.replace("text: {zh: 早, en: Morning}", "text: {zh: 买, en: Buy}\n    piece: selling").replace(
            "day 3 20:00", "day 3 23:30"
        )
    )
    found = {c.id: c.values for c in fit.concerns(here, book, DAY, {}, now=moment(1, 21))}
    assert set(found) == {"selling_early", "quiet", "type", "stage", "role", "past"}
    assert found["selling_early"]["days"] == 7
    voice.choose(here, {"no_selling_days": 0}, by=None, now=moment(1, 21))
    allowed = {c.id for c in fit.concerns(here, book, DAY, {}, now=moment(1, 21))}
    assert "selling_early" not in allowed, "the rule is the one by which the outbox holds it"
    assert found["quiet"]["many"] == 2
    assert found["past"]["many"] == 1
    begun(here)
    begun(here)
    found = {c.id: c.values for c in fit.concerns(here, book, DAY, {"host": 1}, now=moment(1, 9))}
    assert found["same_run"]["begins"] == DAY
    assert found["load"]["many"] > found["load"]["ceiling"] == 3
    later = {c.id for c in fit.concerns(here, book, DAY + timedelta(days=30), {"host": 1}, now=moment(1, 9))}
    assert "same_run" not in later
