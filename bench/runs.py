"""Runs in very many groups at once: `python -m bench.runs [--groups 30000] [--waiting 1000000] [--sqlite]`.

Every group has a run with one thing to say at 20:00, beside a long list of steps that are not due. What is measured:
a tick in which nothing is due, and how long workers (processes of their own) take until everything said at 20:00 stands
in the outbox. Aims (issue 5): 20 ms, and 30 s with two workers on PostgreSQL.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from contextlib import nullcontext
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.postgres import server

DAY = date(2026, 3, 2)
HOUR = datetime(2026, 3, 2, 12, tzinfo=UTC)
"""20:00 in Shanghai."""
BOOK = """
id: evening
version: 1
title: {zh: 晚间一句, en: An evening word}
about: {zh: 每晚一句话, en: A word every evening}
fits: [learning]
stages: [active]
days: 40
load: {ceiling: 3}
roles:
  host: {name: {zh: 主持, en: Host}, minutes: 10}
measures: [pulse]
steps:
  - id: word
    title: {zh: 一句话, en: A word}
    at: every day 20:00
    do: say
    text: {zh: "{group}的朋友们，晚上好。", en: "Good evening, {group}."}
"""


def main() -> None:
    """Fill the database in one process, then let the workers go."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--groups", type=int, default=30_000)
    parser.add_argument("--waiting", type=int, default=1_000_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--sqlite", action="store_true")
    parser.add_argument("--part", choices=("fill", "idle", "work", "count"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.part:
        inside(asked)
        return
    options = ("shared_buffers=1GB", "max_wal_size=4GB", "fsync=on", "synchronous_commit=on")
    with tempfile.TemporaryDirectory() as home, nullcontext("") if asked.sqlite else server(*options) as url:
        more = {"HUOQUN_HOME": home, **({"HUOQUN_DATABASE_URL": url} if url else {})}
        words = [sys.executable, "-m", "bench.runs", "--groups", str(asked.groups), "--waiting", str(asked.waiting)]

        def begin(part: str) -> "subprocess.Popen[bytes]":
            return subprocess.Popen([*words, "--part", part], env=os.environ | more, cwd=Path(__file__).parent.parent)

        for part in ("fill", "idle"):
            assert begin(part).wait() == 0
        workers = [begin("work") for _ in range(asked.workers)]
        assert [worker.wait() for worker in workers] == [0] * len(workers)
        assert begin("count").wait() == 0


def inside(asked: Any) -> None:
    """One part, with Django set up."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "huoqun.settings"
    __import__("django").setup()
    from huoqun.people.outbox import Outgoing  # noqa: PLC0415  needs Django set up
    from huoqun.playbooks import engine  # noqa: PLC0415

    if asked.part == "fill":
        fill(asked.groups, asked.waiting)
    elif asked.part == "idle":
        engine.carry_out(HOUR - timedelta(days=2))
        took = []
        for _ in range(50):
            begun = time.perf_counter()
            engine.notice(HOUR - timedelta(days=2))
            assert engine.carry_out(HOUR - timedelta(days=2)) == 0
            took.append((time.perf_counter() - begun) * 1000)
        print(
            f"a tick with nothing due: median {sorted(took)[25]:.1f} ms, slowest {max(took):.1f} ms (aim 20)",
            flush=True,
        )
    elif asked.part == "work":
        begun, done, cpu = time.perf_counter(), 0, time.process_time()
        while many := engine.carry_out(HOUR):
            done += many
        print(
            f"a worker: {done:,} steps in {time.perf_counter() - begun:.1f} s",
            f"{time.process_time() - cpu:.1f} s cpu",
            flush=True,
        )
    else:
        assert Outgoing.objects.count() == asked.groups, Outgoing.objects.count()
        print(f"{asked.groups:,} messages in the outbox, each once (aim: all within 30 s)")


def fill(groups: int, waiting: int) -> None:
    """The groups, their runs and steps, as `playbooks/starting` would have written them."""
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connection, transaction  # noqa: PLC0415

    from huoqun.base.many_rows import insert  # noqa: PLC0415
    from huoqun.people.group import Group  # noqa: PLC0415
    from huoqun.people.workspace import local  # noqa: PLC0415
    from huoqun.playbooks.run import DueStep, Run, edition_of  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    begun, now = time.perf_counter(), HOUR - timedelta(days=3)
    here = local(now=now)
    edition = edition_of(here, BOOK, by=None, now=now)
    common = {"workspace": here, "created": now}
    rows = [
        Group(**common, name=f"群{n}", network="wechat", zone="Asia/Shanghai", zone_source="default")
        for n in range(groups)
    ]
    Group.objects.bulk_create(rows, batch_size=2000)
    runs = [Run(**common, group=g, edition=edition, book="evening", begins=DAY) for g in rows]
    Run.objects.bulk_create(runs, batch_size=2000)
    days = max(2, waiting // groups)
    for day in range(days):
        at = HOUR + timedelta(days=day)
        same = {"step": "word", "turn": str(day + 1), "planned": at, "due": at, "next": at, "created": now}
        with transaction.atomic():
            for first in range(0, len(runs), 5000):
                insert(DueStep, {"run_id": [run.pk for run in runs[first : first + 5000]]}, same)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    print(f"{groups:,} runs, {groups * days:,} steps filled in {time.perf_counter() - begun:.0f} s", flush=True)


if __name__ == "__main__":
    main()
