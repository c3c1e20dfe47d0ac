"""The calendar over groups: `python -m bench.calendar [--groups 300] [--steps 20] [--sqlite | --postgres]`.

Every group has a run with so many steps ahead in the week that is shown. What is measured is the whole page through
Django's own client, as somebody logged in asks for it: p50 and p95 by the clock. Aim (issue 5): 300 ms.
"""

import argparse
import gc
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from bench.postgres import Missing, server
from bench.row import Row

AIM = 300
TIMES = 30
DAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
PASSWORD = "three odd words"
HEAD = """
id: busy-week
version: 1
title: {zh: 忙碌的一周, en: A busy week}
about: {zh: 每天几件事, en: A few things a day}
fits: [learning]
stages: [active]
days: 7
load: {ceiling: 9}
roles:
  host: {name: {zh: 主持, en: Host}, minutes: 10}
measures: [pulse]
steps:
"""
STEP = """  - id: word-{n}
    title: {{zh: 今天的第{n}件事, en: Thing {n} of the week}}
    at: day {day} {hour:02}:15
    do: say
    text: {{zh: 大家好, en: Hello}}
"""


def run(*, quick: bool) -> Iterator[Row]:
    """Rows of the table: the week and the four weeks, on each database there is."""
    groups, times = (30, 3) if quick else (300, TIMES)
    for name in ("SQLite", "PostgreSQL"):
        try:
            for shown, median, slow, busy, size in measured(groups, 20, times, postgres=name == "PostgreSQL"):
                work = f"calendar, {shown}: {groups} groups, {groups * 20:,} steps ({name}, {size:,} KB)"
                yield Row(
                    work,
                    f"p50 {median:.0f} ms, p95 {slow:.0f} ms ({busy:.0f} ms of processor)",
                    "",
                    None,
                    f"{AIM} ms",
                    slow <= AIM,
                )
        except Missing:
            continue


def measured(
    groups: int, steps: int, times: int, *, postgres: bool, module: str = "bench.calendar"
) -> list[tuple[str, float, float, float, int]]:
    """What was shown, p50 and p95 by the clock and p95 of the processor in milliseconds, and its size in KB, measured
    in a process of its own."""
    with tempfile.TemporaryDirectory() as home, server() if postgres else nullcontext("") as url:
        more = {"HUOQUN_HOME": home, **({"HUOQUN_DATABASE_URL": url} if url else {})}
        words = [sys.executable, "-m", module, "--inside", "--groups", str(groups)]
        words += ["--steps", str(steps), "--times", str(times)]
        done = subprocess.run(
            words,
            check=True,
            env=os.environ | more,
            cwd=Path(__file__).parent.parent,
            stdout=subprocess.PIPE,
            text=True,
        )
    told = [line.split("\t") for line in done.stdout.splitlines() if line.count("\t") == 4]
    return [(shown, float(p50), float(p95), float(busy), int(size)) for shown, p50, p95, busy, size in told]


def inside(groups: int, steps: int, times: int) -> None:
    """Fill the database, ask for the page again and again."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "huoqun.settings"
    __import__("django").setup()
    from uuid import uuid4  # noqa: PLC0415

    from django.core.management import call_command  # noqa: PLC0415  needs Django set up
    from django.db import connection  # noqa: PLC0415

    from huoqun.base import clock  # noqa: PLC0415
    from huoqun.people import staff  # noqa: PLC0415
    from huoqun.people.group import Group  # noqa: PLC0415
    from huoqun.playbooks import starting_many  # noqa: PLC0415
    from huoqun.playbooks.run import edition_of  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    member = staff.begin(email="boss@example.org", name="boss", password=PASSWORD, now=clock.now())
    here = member.workspace
    common = {"workspace": here, "created": NOW, "network": "wechat", "zone": "Asia/Shanghai"}
    rows = [Group(**common, name=f"读书群 {n}", zone_source="default") for n in range(groups)]
    Group.objects.bulk_create(rows)
    book = HEAD + "".join(STEP.format(n=n + 1, day=n % 7 + 1, hour=8 + n * 13 // steps) for n in range(steps))
    edition = edition_of(here, book, by=None, now=NOW)
    begun = time.perf_counter()
    start = {"begins": DAY, "values": {}, "people": {}, "together": uuid4(), "by": member.account, "now": NOW}
    starting_many.start_all(rows, edition, **start)
    print(f"{groups:,} runs started in {time.perf_counter() - begun:.2f} s", file=sys.stderr)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    client = logged_in(member.account)
    for span, name in (("week", "a week"), ("month", "four weeks")):
        body = asked_again(client, f"/w/{here.slug}/runs/calendar?first={DAY}&span={span}", name, times)
        assert body.count(b'class="s ') == groups * (steps if span == "week" else min(steps, 7))


def logged_in(account: Any) -> Any:
    """A client that has seen its first page, in a process as the server has it (`web/serve`)."""
    from django.test import Client  # noqa: PLC0415  needs Django set up

    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(account)
    client.get("/")
    gc.collect()
    gc.freeze()
    return client


def asked_again(client: Any, path: str, name: str, times: int) -> bytes:
    """Ask for a page so many times, print what that took, and return its body; the first two fill caches."""
    took, busy = [], []
    for _ in range(times + 2):
        begin, spent = time.perf_counter(), time.process_time()
        answer = client.get(path)
        took.append((time.perf_counter() - begin) * 1000)
        busy.append((time.process_time() - spent) * 1000)
        assert answer.status_code == 200, (path, answer.status_code)
    quick, late = sorted(took[2:]), sorted(busy[2:])
    line = [name, f"{quick[len(quick) // 2]:.1f}", f"{_p95(quick):.1f}", f"{_p95(late):.1f}"]
    print(*line, len(answer.content) // 1024, sep="\t", flush=True)
    return answer.content


def _p95(took: list[float]) -> float:
    return took[min(len(took) - 1, round(len(took) * 0.95))]


def main() -> None:
    """Prints what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--groups", type=int, default=300)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--times", type=int, default=TIMES)
    parser.add_argument("--sqlite", action="store_true")
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.inside:
        inside(asked.groups, asked.steps, asked.times)
        return
    for name, postgres, left_out in (("SQLite", False, asked.postgres), ("PostgreSQL", True, asked.sqlite)):
        if not left_out:
            for shown, median, slow, busy, size in measured(asked.groups, asked.steps, asked.times, postgres=postgres):
                spent = f"{busy:.0f} ms of processor"
                print(f"{name}, {shown}: p50 {median:.0f} ms, p95 {slow:.0f} ms, {spent} (aim {AIM}), {size:,} KB")


if __name__ == "__main__":
    main()
