"""Pages over very many people: `python -m bench.people [--people 1000000] [--sqlite]`.

Makes the people in a database of its own (PostgreSQL; with `--sqlite` a file), then asks the real pages through Django's
own client and prints the 95th percentile of the server's time. Names come from a seed; the rows that imports and
checkups would have written are copied in as columns, and the tallies of a sample are counted anew and compared, so
that the made-up rows say what the product would.
"""

import argparse
import gc
import os
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path

from bench.postgres import server

NOW = datetime(2026, 3, 1, tzinfo=UTC)
SIZE = 500
"""Members of a group."""
TIMES = 20
AIM = 300
"""Milliseconds, 95th percentile (issue 3)."""


def main() -> None:
    """Runs the child that has the database's URL in its environment."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--sqlite", action="store_true")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.inside:
        inside(asked.people)
        return
    options = ("shared_buffers=2GB", "max_wal_size=8GB", "autovacuum=off", "max_parallel_workers_per_gather=0")
    with tempfile.TemporaryDirectory() as home, nullcontext("") if asked.sqlite else server(*options) as url:
        more = {"HUOQUN_HOME": home, **({"HUOQUN_DATABASE_URL": url} if url else {})}
        words = [sys.executable, "-m", "bench.people", "--inside", "--people", str(asked.people)]
        subprocess.run(words, check=True, env=os.environ | more, cwd=Path(__file__).parent.parent)


def inside(people: int) -> None:
    """Fill the database, ask the pages."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "huoqun.settings"
    __import__("django").setup()
    from bench import crowd  # noqa: PLC0415  needs Django set up

    begun = time.perf_counter()
    client, pages = crowd.made(people, SIZE, NOW)
    gc.collect()
    gc.freeze()  # what making them left behind: a web server has not made a million people
    print(f"{people:,} people in {people // SIZE:,} groups made in {time.perf_counter() - begun:.0f} s", flush=True)
    print(f"aim: {AIM} ms\n| page | p50 ms | p95 ms | p95 ms of processor |\n| --- | --- | --- | --- |")
    for name, addresses in pages.items():
        took, busy = [], []
        for turn in range(-len(addresses) // TIMES - 1, TIMES):
            address = addresses[turn % len(addresses)]
            start, used = time.perf_counter(), processor()
            answer = client.get(address)
            if turn < 0:  # templates and the database's plans are made
                continue
            took.append((time.perf_counter() - start) * 1000)
            busy.append((processor() - used) * 1000)
            assert answer.status_code == 200, (address, answer.status_code)
        p95, work = (statistics.quantiles(all_, n=20)[-1] for all_ in (took, busy))
        print(f"| {name} | {statistics.median(took):.0f} | {p95:.0f} | {work:.0f} |", flush=True)


def processor() -> float:
    """Seconds of processor that this process and the database's process for it have used: what a page costs, however
    busy the machine is with other things."""
    own = time.process_time()
    django = sys.modules["django.db"]
    if django.connection.vendor != "postgresql":
        return own
    raw = django.connection.connection
    if raw is None:
        return own
    fields = Path(f"/proc/{raw.info.backend_pid}/stat").read_text().rsplit(")", 1)[1].split()
    return own + (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
