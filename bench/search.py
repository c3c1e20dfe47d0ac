"""Search in one group's archive: `python -m bench.search [--messages 1000000]`; a common, a rare and an absent word."""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench.generate import write
from huoqun.chat import archive as record
from huoqun.chat.intake import read
from huoqun.chat.search import Sought, find, near

PAGE = 51
TIMES = 5


def main() -> None:
    """Prints milliseconds, the median of five, wall time and processor time."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=1_000_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        archive = record.archive_in(Path(folder) / "workspace")
        record.append(archive, "g", read([write(Path(folder) / "a.csv", "wechat_csv_a", asked.messages)]).rows)
        record.compact(archive)
        rows = record.rows(archive, "g")
        common, rare = rows["text"].drop_nulls()[-1][:2], "绝无仅有"
        print(
            f"{rows.height:,} rows, common word {common!r}: {rows['text'].str.contains(common, literal=True).sum():,}"
        )
        for name, word in (("common", common), ("absent", rare)):
            say(name, lambda word=word: find(archive, ["g"], Sought(words=(word,)), limit=PAGE))
        say("by name", lambda: find(archive, ["g"], Sought(name=rows["name"][0]), limit=PAGE))
        hit = find(archive, ["g"], Sought(words=(common,)), limit=1).row(0, named=True)
        say("context", lambda: near(archive, "g", hit["key"], hit["time"]))


def say(name: str, work: Callable[[], object]) -> None:
    """One line of what was measured."""
    walls, busy = [], []
    for _ in range(TIMES):
        begin, cpu = time.perf_counter(), time.process_time()
        work()
        walls.append(time.perf_counter() - begin)
        busy.append(time.process_time() - cpu)
    print(f"{name}: {1000 * statistics.median(walls):.0f} ms ({1000 * statistics.median(busy):.0f} ms of processor)")


if __name__ == "__main__":
    main()
