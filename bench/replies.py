"""How fast answers are inferred: messages a second, over a made-up chat in Chinese and in English.

`python -m bench.replies [COUNT]`; there is no peer that does the same. Threads of NumPy and Polars are set to one.
Seconds of processor time hold on a busy machine as well.
"""

import os

os.environ |= {"POLARS_MAX_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}

import resource
import sys
import time

import polars as pl

from bench.said import chat
from huoqun.chat.rows import build
from huoqun.insight.reply import links

COUNT = 1_000_000


def rows(count: int, language: str) -> pl.DataFrame:
    """A made-up chat of one group of 500 people as rows."""
    said = chat(count, seed=1, language=language, people=500)
    records = [(str(one.number), one.time, one.kind, str(one.person), one.name, one.text) for one in said]
    frame = pl.DataFrame(records, schema=["key", "local", "kind", "sender", "name", "text"], orient="row")
    return build(frame, "Asia/Shanghai")


def measure(given: pl.DataFrame) -> tuple[float, float, float]:
    """Messages a second by the clock and by processor time, and by how many MB the process grew at most."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began, worked = time.perf_counter(), time.process_time()
    links(given)
    clock, work = time.perf_counter() - began, time.process_time() - worked
    return (
        given.height / clock,
        given.height / work,
        (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024,
    )


def main(count: int) -> None:
    """Print the figures."""
    print("| language | messages | a second | a second of processor time | MB more than before |")
    print("| --- | --- | --- | --- | --- |")
    for language in ("zh", "en"):
        clock, work, grown = measure(rows(count, language))
        print(f"| {language} | {count:,} | {clock:,.0f} | {work:,.0f} | {grown:,.0f} |")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else COUNT)
