"""Kill -9 of workers and pages at any moment while runs go on; afterwards no step is lost and none was done twice.

Runs of one playbook go on in many groups, each step due at a moment of its own: words, a vote that is opened and closed,
tasks, numbers, branches, a wait with two exits. Three workers on PostgreSQL (one on SQLite) carry them out, pages are
asked what there is to be sent and told what was, somebody does the tasks, and all but that somebody are killed at random
and begun anew. At the end, of every run:

* every step is over, none has failed, and the run has ended;
* words that a step said stand in the outbox once, and nothing stands there that no step said;
* each task was given once, each vote opened once and closed, one path taken, and its words said;
* no step was done before it was due, nor later than `LATE` after;
* what the pages confirmed as sent is sent.
"""

import argparse
import json
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen
from zoneinfo import ZoneInfo

from bench.postgres import server

SECONDS = 600
GROUPS = 200
LATE = timedelta(seconds=45)
"""A worker that is killed takes its whole batch along, and the machine may be busy with others."""
PATIENCE = 180
"""Seconds that what is still under way has to come to its end, when nothing is killed any more."""
SPREAD = ("one", "two", "three", "four", "five", "six")
"""The steps that are due at moments of their own; the others follow them."""
HEAD = """
id: torture
version: 1
title: {zh: 折腾, en: Torture}
about: {zh: 折腾, en: Torture}
fits: [learning]
stages: [active]
days: 3
load: {ceiling: 50}
roles:
  host: {name: {zh: 主持, en: Host}, minutes: 10}
paths:
  more: {zh: 多, en: Many}
  less: {zh: 少, en: Few}
  some: {zh: 有人, en: Somebody}
  nobody: {zh: 没人, en: Nobody}
measures: [pulse]
steps:
"""
OTHERS = """
  - {id: vote, title: {zh: 投, en: Vote}, at: with one, do: open, activity: vote, name: {zh: 投, en: Vote},
     plan: {options: [{zh: 甲, en: a}, {zh: 乙, en: b}]}, closes: 1 day}
  - {id: invite, title: {zh: 来, en: Come}, at: with vote, do: say, of: vote, text: {zh: "来 {link}", en: "Come {link}"}}
  - {id: shut, title: {zh: 关, en: Shut}, at: with invite, do: close, of: vote}
  - {id: ask, title: {zh: 做, en: Do}, at: with two, do: task, role: host, text: {zh: 做, en: Do}}
  - {id: came, title: {zh: 几, en: Many}, at: with ask, do: number, role: host, text: {zh: 几, en: How many}}
  - {id: fork, title: {zh: 分, en: Fork}, at: with came, do: branch, ways: {more: came >= 3}, last: less}
  - {id: much, title: {zh: 多, en: Many}, at: with fork, path: more, do: say, text: {zh: "{came}", en: "{came}"}}
  - {id: few, title: {zh: 少, en: Few}, at: with fork, path: less, do: say, text: {zh: "{came}", en: "{came}"}}
  - {id: hold, title: {zh: 等, en: Wait}, at: with three, do: wait, until: signed_up >= 1, up_to: 1 min,
     then: some, late: nobody}
  - {id: full, title: {zh: 有, en: Some}, at: with hold, path: some, do: say, text: {zh: 有, en: Some}}
  - {id: empty, title: {zh: 无, en: None}, at: with hold, path: nobody, do: say, text: {zh: 无, en: None}}
"""


def book() -> str:
    """The playbook as a file says it."""
    said = [
        f"  - {{id: {name}, title: {{zh: 说, en: Say}}, at: {n} h after the start, do: say, "
        f'text: {{zh: "{{group}} {n}", en: "{{group}} {n}"}}}}'
        for n, name in enumerate(SPREAD, 1)
    ]
    return HEAD + "\n".join(said) + OTHERS


class Broken(AssertionError):
    """A promise was not kept."""


@dataclass
class Killed:
    """The processes that are killed and begun anew, and how often that has happened."""

    home: str
    port: int
    workers: int
    dice: random.Random
    times: Counter[str] = field(default_factory=Counter)
    there: dict[str, Any] = field(default_factory=dict)

    def begin(self, who: str) -> None:
        """A worker from a server that has everything loaded, or the pages as an operator starts them."""
        if who == "web":
            told = [sys.executable, "-m", "huoqun", "web", "--port", str(self.port)]
            self.there[who] = subprocess.Popen(told, start_new_session=True, stderr=subprocess.DEVNULL)
            return
        name = f"{who}-{self.times[who]}"
        before = f"{who}-{self.times[who] - 1}" if self.times[who] else ""
        forked = multiprocessing.get_context("forkserver")
        self.there[who] = forked.Process(target=work, args=(name, before), daemon=True)
        self.there[who].start()

    def kill(self, who: str) -> None:
        """As the kernel does when memory is short."""
        process = self.there[who]
        if who == "web":
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        else:
            os.kill(process.pid, signal.SIGKILL)
            process.join()
            if process.exitcode != -signal.SIGKILL:
                raise Broken(f"{who} ended by itself with {process.exitcode}")
        self.times[who] += 1

    def torment(self, until: float) -> None:
        """Kill one at a time, workers often, the pages now and then."""
        every = [f"worker{n}" for n in range(self.workers)]
        for who in (*every, "web"):
            self.begin(who)
        web = time.monotonic() + 12
        while time.monotonic() < until:
            time.sleep(self.dice.uniform(0.2, 3))
            who = self.dice.choice(every)
            if time.monotonic() > web:
                who, web = "web", time.monotonic() + self.dice.uniform(10, 20)
            self.kill(who)
            self.begin(who)


def ready() -> None:
    """Django, set up in this process."""
    __import__("torture.ready")


def work(name: str, before: str) -> None:
    """A worker process, in the place of one that died."""
    ready()
    from huoqun import worker  # noqa: PLC0415  needs Django set up
    from huoqun.base import clock, job, presence  # noqa: PLC0415

    if before:
        job.release(before)
        presence.depart(before)
    worker.run(job.Hand(name, clock.now), threading.Event())


def people(address: str, key: str, diary: str, seed: int) -> None:
    """Somebody who does the tasks, and a program that puts words into the groups and ticks them off over the pages."""
    ready()
    from huoqun.base import clock  # noqa: PLC0415
    from huoqun.people import task  # noqa: PLC0415
    from huoqun.people.task import Task  # noqa: PLC0415

    dice = random.Random(seed)
    while True:
        for row in Task.objects.filter(state=task.OPEN).order_by("?")[:50]:
            task.done(row, text=str(dice.randrange(6)), by=None, now=clock.now())
        try:
            for each in called(f"{address}?size=50", key)["items"]:
                called(f"{address}/{each['id']}", key, {"state": "sent"})
                with Path(diary).open("a", encoding="utf-8") as lines:
                    lines.write(each["id"] + "\n")
        except (URLError, HTTPError, OSError, ValueError, KeyError):
            time.sleep(0.3)  # the pages were killed, or are not there again yet
        time.sleep(0.2)


def called(address: str, key: str, said: dict[str, str] | None = None) -> Any:
    """What the API answers."""
    body = json.dumps(said).encode() if said else None
    told = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    with urlopen(Request(address, body, told, method="PUT" if body else "GET"), timeout=5) as answer:
        return json.load(answer)


def prepare(seconds: int, groups: int) -> tuple[str, str]:
    """The groups with their runs, every step at a moment of its own; the workspace, and a key to its outbox."""
    from django.core.management import call_command  # noqa: PLC0415

    from huoqun.base import clock  # noqa: PLC0415
    from huoqun.people import api_token  # noqa: PLC0415
    from huoqun.people.account import open_account  # noqa: PLC0415
    from huoqun.people.group import Group  # noqa: PLC0415
    from huoqun.people.staff import Staff  # noqa: PLC0415
    from huoqun.people.workspace import local  # noqa: PLC0415
    from huoqun.playbooks import starting  # noqa: PLC0415
    from huoqun.playbooks.run import DueStep, edition_of  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    now, dice = clock.now(), random.Random(seconds)
    here, zone = local(now=now), afternoon(now)
    boss = open_account(email="boss@example.org", name="boss", password="three odd words", keeper=True, now=now)
    staff = Staff.objects.create(workspace=here, account=boss, role="owner", created=now)
    scopes = ("see_activities", "send")
    _row, key = api_token.make(staff, name="sender", scopes=scopes, valid=timedelta(days=1), now=now)
    edition = edition_of(here, book(), by=None, now=now)
    for n in range(groups):
        row = Group(workspace=here, name=f"群{n}", network="wechat", zone=zone, zone_source="default", created=now)
        row.save(force_insert=True)
        run = starting.start(
            row, edition, begins=now.astimezone(ZoneInfo(zone)).date(), values={}, people={}, by=None, now=now
        )
        for step in run.steps.filter(step__in=SPREAD):
            at = now + timedelta(seconds=dice.uniform(5, seconds))
            DueStep.objects.filter(pk=step.pk).update(planned=at, due=at, next=at)
    return here.slug, key


def afternoon(now: datetime) -> str:
    """A zone in which it is two in the afternoon: far from the quiet hours, in which nothing is to be sent."""
    ahead = (14 - now.hour + 12) % 24 - 12
    return f"Etc/GMT{-ahead:+d}"


def calm() -> bool:
    """Nothing is under way any more."""
    from huoqun.playbooks.run import OVER, RUNNING, DueStep, Run  # noqa: PLC0415

    return not (DueStep.objects.exclude(state__in=OVER).exists() or Run.objects.filter(state=RUNNING).exists())


def check(diary: Path) -> str:
    """Holds the tables against what was to happen. Raises Broken."""
    from huoqun.activities.activity import Activity  # noqa: PLC0415
    from huoqun.people.outbox import SENT, Outgoing  # noqa: PLC0415
    from huoqun.people.task import Task  # noqa: PLC0415
    from huoqun.playbooks.run import DONE, OVER, DueStep, Run  # noqa: PLC0415

    rows = list(DueStep.objects.select_related("run"))
    states = Counter(row.state for row in rows)
    _same("steps that are not over", [r.key for r in rows if r.state not in OVER], [])
    _same("failed", [f"{r.key}: {r.why}" for r in rows if r.state == "failed"], [])
    _same("runs that go on", [str(run.pk) for run in Run.objects.exclude(state="ended")], [])
    says = {*SPREAD, "invite", "much", "few", "full", "empty"}
    said = [row.key for row in rows if row.step in says and row.state == DONE]
    out = list(Outgoing.objects.filter(what__startswith="step.").values_list("key", flat=True))
    _same("words in the outbox", sorted(out), sorted(said))
    asked = [row.key for row in rows if row.step in {"ask", "came"}]
    _same("tasks", sorted(Task.objects.values_list("key", flat=True)), sorted(asked))
    votes = sorted(str(row.result["activity"]) for row in rows if row.step == "vote")
    there = sorted(pk.hex for pk in Activity.objects.values_list("pk", flat=True))
    _same("votes", there, votes)
    _same("votes that are open", list(Activity.objects.exclude(state="closed").values_list("pk", flat=True)), [])
    for run in Run.objects.all():
        if len({"more", "less"} & {*run.paths}) != 1 or len({"some", "nobody"} & {*run.paths}) != 1:
            raise Broken(f"{run.pk} took the paths {run.paths}")
    confirmed = set(diary.read_text().splitlines()) if diary.exists() else set()
    if not confirmed and len(out) > 1000:
        raise Broken("the pages confirmed nothing")
    sent = {str(pk) for pk in Outgoing.objects.filter(state=SENT).values_list("pk", flat=True)}
    _same("confirmed and not sent", sorted(confirmed - sent), [])
    late = sorted((row.at - row.due).total_seconds() for row in rows if row.step in SPREAD)
    if late[0] < 0 or late[-1] > LATE.total_seconds():
        raise Broken(f"done {late[0]:.1f} to {late[-1]:.1f} seconds after it was due")
    middle, most = late[len(late) // 2], late[int(len(late) * 0.99)]
    return (
        f"{states[DONE]} steps done, {states['skipped']} on paths not taken, {len(out)} messages, {len(confirmed)} "
        f"confirmed; late by {middle:.1f} s in the middle, {most:.1f} s in 99 of 100, {late[-1]:.1f} s at most"
    )


def _same(what: str, found: list[Any], wanted: list[Any]) -> None:
    if found != wanted:
        more, less = Counter(found) - Counter(wanted), Counter(wanted) - Counter(found)
        raise Broken(f"{what}: too many {list(more.elements())[:5]}, missing {list(less.elements())[:5]}")


def part(seconds: int, groups: int, workers: int) -> None:
    """One campaign on the database that the environment names. Raises Broken."""
    ready()
    forked = multiprocessing.get_context("forkserver")
    forked.set_forkserver_preload(["torture.ready"])
    slug, key = prepare(seconds, groups)
    home = os.environ["HUOQUN_HOME"]
    from huoqun.base.process import free_port  # noqa: PLC0415

    port = free_port("127.0.0.1", 0) or 8765
    diary = Path(home) / "confirmed"
    address = f"http://127.0.0.1:{port}/api/workspaces/{slug}/outbox"
    somebody = forked.Process(target=people, args=(address, key, str(diary), seconds), daemon=True)
    somebody.start()
    killed = Killed(home, port, workers, random.Random(seconds))
    try:
        killed.torment(time.monotonic() + seconds)
        deadline = time.monotonic() + PATIENCE
        while not calm() and time.monotonic() < deadline:
            time.sleep(1)
        if not somebody.is_alive():
            raise Broken("somebody who does the tasks ended")
        told = check(diary)
    finally:
        for who in killed.there:
            killed.kill(who)
        somebody.kill()
    many = ", ".join(f"{who} {n - 1}" for who, n in sorted(killed.times.items()))
    print(f"{workers} workers, killed: {many}; {told}", flush=True)


def run(seconds: int = SECONDS, groups: int = GROUPS) -> str:
    """Both databases, so many seconds each; says in one line how it went. Raises Broken."""
    told = []
    for database, workers in (("PostgreSQL", 3), ("SQLite", 1)):
        with tempfile.TemporaryDirectory() as home, server() if workers > 1 else nullcontext("") as url:
            more = {"HUOQUN_HOME": home, **({"HUOQUN_DATABASE_URL": url} if url else {})}
            words = [sys.executable, "-m", "torture.runs", "--seconds", str(seconds), "--groups", str(groups)]
            root = Path(__file__).parent.parent
            done = subprocess.run(
                [*words, "--workers", str(workers)], env=os.environ | more, cwd=root, capture_output=True, text=True
            )
            if done.returncode:
                raise Broken(f"{database}: {done.stderr[-3000:]}")
            told.append(f"{database}: {done.stdout.strip().splitlines()[-1]}")
    return "; ".join(told)


def main() -> None:
    """One part, asked for by `run`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=SECONDS)
    parser.add_argument("--groups", type=int, default=GROUPS)
    parser.add_argument("--workers", type=int, default=3)
    asked = parser.parse_args()
    part(asked.seconds, asked.groups, asked.workers)


if __name__ == "__main__":
    main()
