"""The watchdog: what should have happened and did not is told within a minute, once, and until it is mended."""

from datetime import datetime, timedelta

import pytest
from at_work import browser, group, hire
from django.urls import reverse
from test_run import begun, moment, step, tick

from huoqun.activities import life
from huoqun.activities.kinds import KINDS
from huoqun.base import clock, presence
from huoqun.base.job import Hand
from huoqun.people import alert, outbox, task
from huoqun.people.alert import Alert
from huoqun.people.outbox import Outgoing
from huoqun.people.task import Task
from huoqun.people.workspace import local
from huoqun.playbooks import steering, watchdog
from huoqun.playbooks.run import DueStep
from huoqun.web import alarm

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def here():
    return group(local(now=clock.now()))


def late(now):
    watchdog.watch(now)
    return {row.group.name: {k: v for k, v in row.why.items() if k != "since"} for row in Alert.objects.all()}


def test_a_step_that_nobody_carries_out_is_told_within_a_minute_and_until_it_is_done(here):
    other = group(here.workspace, "另一个群")
    begun(here)
    assert late(moment(1, 20, 0)) == {}
    assert late(moment(1, 20, 1)) == {here.name: {"steps": 1}}
    (row,) = Alert.objects.all()
    assert (row.kind, row.why["since"]) == (alert.LATE, moment(1, 20).astimezone(clock.now().tzinfo).isoformat())
    watchdog.watch(moment(1, 20, 5))
    assert [(r.pk, r.since) for r in Alert.objects.all()] == [(row.pk, row.since)], "raised once"
    assert "1" in alarm.reason(row)
    tick(moment(1, 20, 6))
    assert late(moment(1, 20, 7)) == {}
    assert not alert.of_groups([here, other], now=moment(1, 20, 7))


def test_what_people_have_not_done_is_told_too(here):
    boss = hire(here.workspace).account
    run = begun(here)
    tick(moment(1, 20))
    assert late(moment(1, 20, 50)) == {}
    assert late(moment(1, 21, 1))[here.name] == {"steps": 1, "unsent": 1}
    tick(moment(1, 21, 1))
    outbox.done(Outgoing.objects.get(group=here), by=boss, now=moment(1, 21, 2))
    assert late(moment(1, 21, 30)) == {}
    tick(moment(2, 9), moment(2, 10))
    outbox.skip(Outgoing.objects.get(group=here, state="waiting"), by=boss, now=moment(2, 10))
    assert late(moment(2, 15)) == {}
    assert late(moment(2, 16, 1)) == {here.name: {"tasks": 1}}
    task.done(Task.objects.get(state="open"), text="打了", by=boss, now=moment(2, 16, 2))
    tick(moment(2, 16, 2), moment(2, 21))
    assert late(moment(2, 21, 1)) == {here.name: {"gates": 1}}
    steering.go_on(step(run, "teams"), why="人够了", by=boss, now=moment(2, 21, 30))
    tick(moment(2, 21, 30))
    assert late(moment(2, 21, 31)) == {here.name: {"activities": 1}}, "a vote that should have closed at nine"
    life.tick(Hand("w", lambda: moment(2, 21, 32)))
    assert late(moment(2, 21, 33)) == {}


def test_what_went_wrong_and_what_did_not_close_is_told(here):
    boss = hire(here.workspace).account
    run = begun(here)
    DueStep.objects.filter(run=run, step="every", turn="2").update(state="failed", at=moment(1, 9), next=None)
    vote = life.begin(
        here.workspace, "vote", title="投票", groups=[here], by=None, now=moment(1, 8),
        plan=KINDS["vote"].plan(options=["a", "b"]),
    )  # fmt: skip
    life.open_up(vote, closes=moment(1, 9), told=False, now=moment(1, 8))
    assert late(moment(1, 9, 3)) == {here.name: {"failed": 1, "activities": 1}}
    life.close(vote, now=moment(1, 9, 4))
    steering.skip(step(run, "every", "2"), why="算了", by=boss, now=moment(1, 9, 5))
    tick(moment(1, 9, 5))
    assert late(moment(1, 9, 6)) == {}


def test_the_pages_tell_it_when_the_worker_does_not_and_only_to_who_may_see(here):
    now = clock.now()
    begun(here, begins=now.date(), now=now - timedelta(minutes=1))
    DueStep.objects.filter(step="start").update(next=now - timedelta(minutes=5))
    boss, stranger = hire(here.workspace), hire(here.workspace, "group_admin", email="other@example.org")
    place = f"{reverse('health_banner')}?in={here.workspace.slug}"
    told = browser(boss).get(place).content.decode()
    assert "没有" in told
    assert "1 个" in told
    presence.appear("w", now=clock.now())
    told = browser(boss).get(place).content.decode()
    assert "1 个执行步骤过点没做" in told
    assert f'"in": "{here.workspace.slug}"' in told, "it goes on asking for this workspace"
    assert "步骤" not in browser(stranger).get(place).content.decode()
    assert "步骤" not in browser(boss).get(reverse("health_banner")).content.decode()


def test_a_removed_group_and_a_paused_run_are_not_late(here):
    boss = hire(here.workspace).account
    run = begun(here)
    steering.pause(run, why="先等等", by=boss, now=moment(1, 10))
    assert late(moment(1, 22)) == {}
    steering.resume(run, by=boss, now=moment(1, 22))
    assert late(moment(1, 22, 5)) == {here.name: {"steps": 1}}
    type(here).objects.filter(pk=here.pk).update(removed=datetime.now(tz=moment(1, 1).tzinfo))
    assert late(moment(1, 22, 6)) == {}
