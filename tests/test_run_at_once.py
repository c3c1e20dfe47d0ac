"""Runs that two people steer at once, or somebody who means ill: one of them is told, nothing happens twice."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from at_work import browser, group, hire
from django.db import connection
from django.urls import reverse
from test_run import BOOK, begun, step
from test_run_pages import form

from huoqun.base import clock
from huoqun.people import audit
from huoqun.people.workspace import add, local
from huoqun.playbooks import playbook, reason, starting
from huoqun.playbooks.run import Run, edition_of

pytestmark = pytest.mark.django_db(transaction=True)
SOON = (clock.now() + timedelta(days=3)).date()


@pytest.fixture
def here():
    return group(local(now=clock.now()))


def at_once(*asked):
    """The answers to forms that are sent in the same moment, each by a browser of its own."""

    def send(one):
        client, address, told = one
        try:
            return client.post(address, told).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(asked)) as pool:
        return sorted(pool.map(send, asked))


def test_one_of_two_who_pause_or_skip_or_go_on_at_once_is_told_that_it_is_done(here):
    run = begun(here, begins=SOON, now=clock.now())
    two = [browser(hire(here.workspace, email=f"{name}@example.org")) for name in "ab"]
    go = reverse("run_go", args=[run.pk])
    assert at_once(*((each, go, {"do": "pause", "why": "放假"}) for each in two)) == [302, 409]
    assert at_once(*((each, go, {"do": "resume"}) for each in two)) == [302, 409]
    one = reverse("run_step", args=[run.pk, step(run, "call").pk])
    assert at_once(*((each, one, {"do": "skip", "why": "不打了"}) for each in two)) == [302, 409]
    told = audit.entries(here.workspace).filter(after__run=run.pk.hex).values_list("what", flat=True)
    assert sorted(told) == ["run.paused", "run.running", "run.skip"]


def test_the_same_start_sent_twice_at_once_begins_one_run(here):
    kept = edition_of(here.workspace, BOOK, by=None, now=clock.now())
    two = [browser(hire(here.workspace, email=f"{name}@example.org")) for name in "ab"]
    told, address = form(kept, here), reverse("run_new", args=[here.workspace.slug])
    assert at_once(*((each, address, told) for each in two)) == [302, 302]
    assert Run.objects.count() == 1


def test_a_run_of_another_workspace_and_a_step_of_another_run_cannot_be_steered(here):
    theirs = group(add(name="他们", zone="Asia/Shanghai", now=clock.now()))
    mine, other = begun(here, begins=SOON, now=clock.now()), begun(theirs, begins=SOON, now=clock.now())
    who, told = browser(hire(here.workspace)), {"do": "skip", "why": "恶意"}
    assert who.post(reverse("run_step", args=[other.pk, step(other, "call").pk]), told).status_code == 404
    who.post(reverse("run_step", args=[mine.pk, step(other, "call").pk]), told)
    assert who.post(reverse("run_go", args=[other.pk]), {"do": "stop", "why": "恶意"}).status_code == 404
    assert (step(other, "call").state, Run.objects.get(pk=other.pk).state) == ("ahead", "running")
    reader = browser(hire(here.workspace, "host", groups=[here]))
    assert reader.post(reverse("run_step", args=[mine.pk, step(mine, "call").pk]), told).status_code == 403


def test_words_that_are_far_too_long_are_cut_and_not_a_mistake_of_ours(here):
    run = begun(here, begins=SOON, now=clock.now())
    address = reverse("run_step", args=[run.pk, step(run, "call").pk])
    who = browser(hire(here.workspace))
    assert who.post(address, {"do": "skip", "why": "太长" * 5000}).status_code == 302
    assert len(step(run, "call").why) == reason.LONGEST
    assert who.post(reverse("run_go", args=[run.pk]), {"do": "stop", "why": "太长" * 5000}).status_code == 302


def test_a_file_of_megabytes_is_refused_before_it_is_read():
    with pytest.raises(playbook.Wrong) as error:
        playbook.read(BOOK + "# x\n" * 1_300_000)
    assert len(error.value.mistakes) == 1


def test_a_step_of_every_day_comes_once_a_day_over_a_year_though_clocks_change():
    daily = "  - {id: d, title: {zh: 日, en: D}, at: every day 02:30, do: say, text: {zh: 早, en: Hi}}\n"
    head = re.sub(r"(?m)^paths:\n(  .*\n)+", "", BOOK.partition("steps:")[0])
    book = playbook.read(f"{head.replace('days: 3', 'days: 365')}steps:\n{daily}")
    told = starting.plan(book, date(2026, 1, 1), "Europe/Berlin", datetime(2025, 12, 31, tzinfo=UTC))
    here = [each.at.astimezone(ZoneInfo("Europe/Berlin")) for each in told]
    assert len({moment.date() for moment in here}) == len(here) == 365
    assert [f"{m:%m-%d %H:%M}" for m in here if f"{m:%H:%M}" != "02:30"] == ["03-29 03:30"], "there is no 02:30 then"
