"""How fast answers are inferred: messages a second on one core, over a made-up chat in Chinese and in English.

`python -m bench.replies [COUNT]`; there is no peer that does the same. Threads of NumPy and Polars are set to one.
Seconds are processor seconds, so that other work on the machine does not count.
"""

import os
import resource
import subprocess
import sys
import time

import polars as pl

from bench.row import HEAD, Row
from bench.said import chat
from huoqun.chat.rows import build
from huoqun.insight.reply import links

COUNT = 1_000_000
QUICK = 20_000
FLOOR = 30_000
"""Messages a second on one core."""
ONE_THREAD = {"POLARS_MAX_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def rows(count: int, language: str) -> pl.DataFrame:
    """A made-up chat of one group of 500 people as rows."""
    said = chat(count, seed=1, language=language, people=500)
    records = [(str(one.number), one.time, one.kind, str(one.person), one.name, one.text) for one in said]
    frame = pl.DataFrame(records, schema=["key", "local", "kind", "sender", "name", "text"], orient="row")
    return build(frame, "Asia/Shanghai")


def measure(count: int, language: str) -> tuple[float, float]:
    """Messages a second, and by how many MB the process grew at most."""
    given = rows(count, language)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.process_time()
    links(given)
    seconds = time.process_time() - began
    return count / seconds, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024


def run(*, quick: bool = False) -> list[Row]:
    """The table's rows: each language in a fresh process, where the number of threads can still be set."""
    count = QUICK if quick else COUNT
    return [row(count, language) for language in ("zh", "en")]


def row(count: int, language: str) -> Row:
    """One line of the table."""
    call = [sys.executable, "-m", "bench.replies", "--child", language, str(count)]
    said = subprocess.run(call, check=True, capture_output=True, text=True, env=os.environ | ONE_THREAD)
    speed, grown = (float(number) for number in said.stdout.split())
    return Row(
        work=f"infer who answered whom, {count:,} messages, {language}, one core",
        ours=f"{speed:,.0f}/s, {grown:,.0f} MB above the rows",
        reference="",
        ratio=None,
        aim=f"{FLOOR:,}/s at least",
        met=speed >= FLOOR,
    )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        print(*measure(int(sys.argv[3]), sys.argv[2]))
    else:
        print(HEAD)
        for tongue in ("zh", "en"):
            print(row(int(sys.argv[1]) if len(sys.argv) > 1 else COUNT, tongue), flush=True)
