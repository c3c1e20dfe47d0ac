"""Clocks: hours that come twice or not at all, months that end, wrong clocks, pauses over days, other zones."""

from datetime import UTC, date, datetime, timedelta

import pytest
from at_work import group, hire
from test_run import BOOK, begun, moment, said, step, tick

from huoqun.base import clock
from huoqun.people.audit import Entry
from huoqun.people.outbox import Outgoing
from huoqun.people.workspace import local
from huoqun.playbooks import clockwork, engine, playbook, starting, steering, timing
from huoqun.playbooks.run import DueStep, edition_of

pytestmark = pytest.mark.django_db(transaction=True)
HEAD = BOOK[: BOOK.index("paths:")].replace("days: 3", "days: 40") + "measures: [pulse]\n"
DAILY = (
    HEAD
    + """steps:
  - id: night
    title: {zh: 夜里, en: At night}
    at: every day 02:30
    do: say
    text: {zh: 夜, en: Night}
  - id: noon
    title: {zh: 中午, en: Noon}
    at: day 3 12:00
    do: say
    text: {zh: "第{day}天", en: "Day {day}"}
  - id: call
    title: {zh: 打电话, en: Call}
    at: day 2 12:00
    do: task
    role: host
    text: {zh: 打, en: Call}
  - id: vote
    title: {zh: 投, en: Vote}
    at: day 2 13:00
    do: open
    activity: vote
    name: {zh: 投, en: Vote}
    plan: {options: [{zh: 甲, en: a}, {zh: 乙, en: b}]}
"""
)


@pytest.fixture
def here():
    return group(local(now=clock.now()))


def hours(book, begins, zone, name="night"):
    first = datetime(begins.year, begins.month, begins.day, tzinfo=UTC) - timedelta(days=1)
    return [p.at for p in starting.plan(playbook.read(book), begins, zone, first) if p.step.id == name]


def test_the_hour_that_is_left_out_and_the_one_that_comes_twice_each_bring_one_time():
    spring = hours(DAILY, date(2026, 3, 28), "Europe/Berlin")[:3]
    assert [f"{at:%d %H:%M}" for at in spring] == ["28 01:30", "29 01:30", "30 00:30"], "03:30 on the day without 02:30"
    autumn = hours(DAILY, date(2026, 10, 24), "Europe/Berlin")[:3]
    assert [f"{at:%d %H:%M}" for at in autumn] == ["24 00:30", "25 00:30", "26 01:30"], "the first of the two"
    assert len(set(hours(DAILY, date(2026, 10, 1), "Europe/Berlin"))) == 40
    odd = hours(DAILY, date(2026, 4, 3), "Australia/Lord_Howe")  # half an hour
    assert len(set(odd)) == 40


def test_months_end_and_february_has_29_days_when_it_has():
    assert timing.dates(date(2028, 2, 28), 3) == {"day_1": "2028-02-28", "day_2": "2028-02-29", "day_3": "2028-03-01"}
    assert timing.at(date(2026, 12, 31), 2, timing.MIDNIGHT, "Asia/Shanghai") == datetime(2026, 12, 31, 16, tzinfo=UTC)
    (noon,) = hours(DAILY, date(2026, 1, 30), "UTC", "noon")
    assert noon == datetime(2026, 2, 1, 12, tzinfo=UTC)


def test_after_days_without_a_worker_there_is_no_flood_and_what_people_do_is_still_asked(here):
    run = begun(here, DAILY)
    late = moment(6, 10)
    tick(late)
    states = {(s.step, s.turn): (s.state, s.why) for s in run.steps.filter(due__lte=late)}
    assert said(here) == ["夜"], "the one of this morning, not five of them"
    assert [states["night", str(n)][1] for n in range(2, 6)] == ["overtaken"] * 4
    assert states["night", "6"] == ("done", "")
    assert states["noon", ""] == ("skipped", "missed 70")
    assert (states["call", ""][0], states["vote", ""][0]) == ("waiting", "done")
    tick(moment(7, 2, 30))
    assert len(said(here)) == 2


def test_late_words_come_half_an_hour_apart(here):
    begun(here, DAILY.replace("day 3 12:00", "day 2 04:00"))
    begun(here, DAILY.replace("day 3 12:00", "day 2 05:00"))
    tick(moment(2, 12))
    dues = list(
        Outgoing.objects.filter(group=here, what__startswith="step.").order_by("due").values_list("due", flat=True)
    )
    assert dues == [moment(2, 12) + clockwork.APART * n for n in range(4)]


def test_a_clock_that_jumps_back_does_nothing_twice_and_what_waits_is_looked_at_again(here):
    run = begun(here)
    tick(moment(1, 20), moment(1, 21))
    before = said(here), run.steps.filter(state="done").count()
    tick(moment(1, 20), moment(0, 9), moment(1, 21))
    assert (said(here), run.steps.filter(state="done").count()) == before
    tick(moment(2, 21))
    gated = step(run, "teams")
    DueStep.objects.filter(pk=gated.pk).update(next=moment(9, 9))  # as a clock a week ahead would have left it
    clockwork.mend(moment(2, 21, 10))
    assert step(run, "teams").next == moment(2, 21, 10)
    clockwork.mend(moment(2, 21, 11))
    assert step(run, "teams").next == moment(2, 21, 10), "what is right stays as it is"


def test_a_pause_over_days_ends_with_what_is_of_today(here):
    boss = hire(here.workspace).account
    run = begun(here, DAILY)
    steering.move(step(run, "noon"), moment(2, 9), why="早点说", by=boss, now=moment(1, 9))
    steering.pause(run, why="放假", by=boss, now=moment(1, 23))
    clockwork.mend(moment(3, 9))
    assert engine.carry_out(moment(4, 9)) == 0
    steering.resume(run, by=boss, now=moment(5, 0, 10))
    tick(moment(5, 0, 10), moment(5, 2, 30))
    assert sorted(said(here)) == ["夜", "夜", "第5天"], (
        "what somebody has set an hour for is said; yesterday's night once"
    )
    assert step(run, "night", "2").state == "skipped"


def test_a_group_that_gets_another_clock_keeps_its_hours(here):
    boss = hire(here.workspace).account
    run = begun(here, DAILY)
    steering.move(step(run, "noon"), moment(3, 15), why="改时间", by=boss, now=moment(1, 9))
    tick(moment(2, 2, 30))
    clockwork.mend(moment(2, 3))
    assert not Entry.objects.filter(what="run.zone").exists()
    here.zone = "Europe/Berlin"
    here.save()
    clockwork.mend(moment(2, 3))
    assert step(run, "night", "3").due == datetime(2026, 3, 4, 1, 30, tzinfo=UTC)
    assert step(run, "night", "2").due == moment(2, 2, 30), "what is over stays"
    assert step(run, "noon").due == moment(3, 15), "what was moved by hand stays"
    assert step(run, "call").next == datetime(2026, 3, 3, 11, tzinfo=UTC)
    assert Entry.objects.filter(what="run.zone").count() == 1
    clockwork.mend(moment(2, 4))
    assert Entry.objects.filter(what="run.zone").count() == 1


def test_a_newer_version_changes_no_run_by_itself(here):
    run = begun(here)
    text = BOOK.replace("zh: 早,", "zh: 新,").replace("version: 1", "version: 2")
    newer = edition_of(here.workspace, text, by=None, now=moment(1, 10))
    tick(moment(1, 20), moment(2, 9))
    assert (newer.version, newer.book) == (2, run.book)
    assert "早" in said(here)
    assert "新" not in said(here)
    run.refresh_from_db()
    assert run.edition.version == 1
    assert begun(here, run.edition.text).edition_id == run.edition_id


def test_a_removed_group_and_a_withdrawn_vote_end_their_steps_visibly(here):
    run = begun(here, BOOK.replace("  - id: call\n", CALL + "  - id: call\n"))
    tick(moment(1, 20), moment(1, 21))
    (vote,) = here.activities.all()
    type(vote).objects.filter(pk=vote.pk).update(removed=moment(1, 22))
    tick(moment(1, 23))
    assert (step(run, "remind").state, step(run, "remind").why) == ("skipped", "withdrawn")
    here.removed = moment(1, 23)
    here.save()
    tick(moment(2, 9))
    assert (step(run, "every", "2").state, step(run, "every", "2").why) == ("skipped", "group_removed")
    here.removed = None
    here.save()
    tick(moment(3, 9))
    assert step(run, "every", "3").state == "done"


CALL = """  - id: remind
    title: {zh: 提醒, en: Remind}
    at: day 1 23:00
    do: remind
    of: vote
"""
