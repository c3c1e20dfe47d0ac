"""A worker is killed before any of its writes: whoever takes the work over ends it as if it had been done once.

What is killed has no time for a handler: the lease is claimed and the work run without `job.work`, and whatever was
not committed is gone. The next worker comes when the lease is over.
"""

from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta

import documents
import pytest
from at_work import hire
from django.db import connection
from test_history import row
from test_person import filled, person_of

from huoqun.base import job
from huoqun.people import checkup, erasure, judgement, ladder, portrait, profile, roll, stretch, tally
from huoqun.people.deed import Deed
from huoqun.people.group import Group, remove
from huoqun.people.ladder import DEFAULT, Rule
from huoqun.people.person import Identity, Person
from huoqun.people.portrait import Portrait
from huoqun.people.profile import Fact
from huoqun.people.roll import Roll
from huoqun.people.spreadsheet import Line
from huoqun.people.stretch import Stretch
from huoqun.people.tally import Tally
from huoqun.people.workspace import add

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 3, 1, tzinfo=UTC)
STRICT = Rule(core_days=7, core_pace=26, regular_days=5, kol_brought=9, kol_answered_by=1000, mouth_brought=9)
MOST = 200
"""Writes that no piece of work here needs."""


class Killed(BaseException):
    """The process is gone."""


@contextmanager
def killed_before(number):
    """Before the write of that number; yields a list that is empty while nobody was killed."""
    done, dead = [], []

    def write(execute, sql, params, many, context):
        if sql.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE")):
            done.append(sql)
            if len(done) == number:
                dead.append(sql)
                raise Killed
        return execute(sql, params, many, context)

    with connection.execute_wrapper(write), suppress(Killed):
        yield dead


@pytest.fixture
def workspace():
    return add(name="我们", zone="Asia/Shanghai", now=NOW)


@pytest.fixture
def here(workspace):
    """A group with people of every stratum."""
    told = documents.ordinary()
    talk = [row(i, sender=p.id, name=p.name) for i, p in enumerate(told.people_table[:25])]
    group = filled(workspace, "读书群", talk)
    checkup.store(group, told, now=NOW)
    group.refresh_from_db()
    return group


def run(kind, run, hand):
    """What a worker does until it is killed."""
    lease = job.claim(kind, hand)
    assert lease is not None
    run(lease)
    job._end(lease, job.DONE)


def taken_over(kind, run, at):
    """Another worker, after the lease; what is open is done at once and then nothing is."""
    hand = job.Hand("next", lambda: at + job.LEASE * 2)
    assert job.work(kind, run, hand)
    assert not job.work(kind, run, hand)
    assert not job.Job.objects.filter(kind=kind, state=job.FAILED).exists()


def each_kill(kind, work, begin, check):
    """Begun anew, killed before its first write, its second, and so on, taken over and looked at each time."""
    for number in range(1, MOST):
        at = NOW + timedelta(days=number)
        before = begin(at)
        with killed_before(number) as dead:
            run(kind, work, job.Hand("dead", lambda at=at: at))
        if not dead:
            assert number > 2, "it writes, and more than that it is done"
            return
        taken_over(kind, work, at)
        check(before, at)
    raise AssertionError("it never came to its end")


def test_everybody_is_judged_once_however_often_the_night_is_broken_off(workspace, here, monkeypatch):
    monkeypatch.setattr(judgement, "AT_ONCE", 4)
    monkeypatch.setattr(tally, "AT_ONCE", 4)
    judgement.judge(workspace, now=NOW)

    def stands():
        return dict(Tally.objects.values_list("person", "stratum"))

    def begin(at):
        rule = STRICT if ladder.rule_of(workspace) == DEFAULT else DEFAULT
        ladder.set_rule(workspace, rule, by=None, now=at)
        job.open_job(judgement.KIND, f"{workspace.pk.hex} {at.date()}", now=at)
        return stands(), Deed.objects.count()

    def check(before, at):
        was, deeds = before
        moved = {person for person, stratum in stands().items() if stratum != was[person]}
        assert moved
        made = Deed.objects.filter(kind="person.stratum", at__gte=at)
        assert sorted(made.values_list("person", flat=True)) == sorted(moved)
        assert Deed.objects.count() == deeds + len(moved)
        assert not judgement.preview(workspace, ladder.rule_of(workspace))
        assert ladder.Ladder.objects.get().judged >= at

    each_kill(judgement.KIND, judgement._run, begin, check)


def test_a_portrait_and_a_period_are_there_whole_or_not(workspace, here, monkeypatch):
    monkeypatch.setattr(stretch, "AT_ONCE", 0)
    first, last = NOW.date() - timedelta(days=300), NOW.date()

    def drawn(at):
        Portrait.objects.all().delete()
        portrait.ask(here, now=at)

    def measured(at):
        Stretch.objects.all().delete()
        assert isinstance(stretch.measured(here, first, last, now=at), job.Job)

    def whole(_before, at):
        assert portrait.content(Portrait.objects.get())
        assert portrait.fresh(Portrait.objects.get(), here)

    def known(_before, at):
        assert Stretch.objects.count() == 1
        assert not isinstance(stretch.measured(here, first, last, now=at), job.Job)

    each_kill(portrait.KIND, portrait._run, drawn, whole)
    each_kill(stretch.KIND, stretch._run, measured, known)


def test_a_list_of_people_is_taken_whole_or_not_at_all_and_so_undone(workspace, here):
    said = {"by": hire(workspace).account, "now": NOW}
    lines = [Line(1, ("昵称", "城市", "标签"))]
    lines += [Line(n, (f"新人{n}", "佛山", "读者")) for n in range(2, 9)]

    def state():
        tables = (Person, Identity, Fact, profile.Tag, Tally, Deed)
        return [t.objects.count() for t in tables]

    for number in range(1, MOST):
        given = roll.give(here, "名单.xlsx", lines, **said)
        before = state()
        with killed_before(number) as dead:
            roll.take(given, ["name", "city", "tag"], add=True, skip=False, **said)
        if not dead:
            break
        assert state() == before
        assert Roll.objects.get(pk=given.pk).taken is None
        roll.take(given, ["name", "city", "tag"], add=True, skip=False, **said)
        after = state()
        assert after[1] == before[1] + 7
        with killed_before(number) as dead:
            roll.undo(given, **said)
        if dead:
            assert state() == after
            assert roll.undo(given, **said)
        assert state() == before
        assert not roll.undo(given, **said)
    assert number > 5


def test_a_group_is_erased_once_however_often_that_is_broken_off(workspace):
    for number in range(1, MOST, 4):
        at = NOW + timedelta(days=number)
        group = filled(workspace, f"第{number}群", [row(n, sender=f"{number}-{n}", name="某人") for n in range(5)])
        profile.say(person_of(group, f"{number}-1"), "note", "老朋友", by=None, now=NOW)
        remove(group, now=at - timedelta(hours=2))
        job.open_job(erasure.KIND, group.pk.hex, now=at)
        with killed_before(number) as dead:
            run(erasure.KIND, erasure._run, job.Hand("dead", lambda at=at: at))
        if dead:
            taken_over(erasure.KIND, erasure._run, at)
        for table in (Group, Identity, Person, profile.Note, Deed):
            assert not table.objects.exists(), (table, number)
        if not dead:
            break
    assert number > 5
