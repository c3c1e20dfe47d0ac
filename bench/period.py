"""Any period of one long group: `python -m bench.period [--messages 1000000]`; a week, a month, a quarter, all of it."""

import argparse
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from bench.generate import write
from huoqun.chat import archive as record
from huoqun.chat.intake import read
from huoqun.insight.card import Card
from huoqun.insight.period import period


def main() -> None:
    """Prints seconds for each length, wall time and processor time; the reading of the archive counts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=1_000_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        archive = record.archive_in(Path(folder) / "workspace")
        record.append(archive, "g", read([write(Path(folder) / "a.csv", "wechat_csv_a", asked.messages)]).rows)
        first, last = record.rows(archive, "g")["local"].dt.date().to_list()[:: asked.messages - 1][:2]
        for days in (7, 28, 90, (last - first).days + 1):
            begin, cpu = time.perf_counter(), time.process_time()
            rows = record.rows(archive, "g")
            found = period(rows, Card(), last - timedelta(days=days - 1), last, now=rows["time"].item(-1))
            took = time.perf_counter() - begin, time.process_time() - cpu
            print(
                f"{days} days, {found.messages:,} messages: {took[0]:.1f} s ({took[1]:.1f} s of processor)", flush=True
            )


if __name__ == "__main__":
    main()
