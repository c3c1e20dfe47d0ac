"""Signs of many groups at once: `insight/fleet` against the same in pandas, each in a process of its own.

`python -m bench.fleet [--groups 30000] [--messages 20000000]`. Both read the same Parquet files and must give the same
numbers; import of the libraries is not counted, reading is. The pandas side is written as one would who knows pandas
well: only the columns and the months that are needed, strings as categories, built-in aggregations, no `apply`.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import polars as pl
from polars.testing import assert_frame_equal

from bench.flock import NOW, flock
from bench.row import Row
from huoqun.insight.fleet import signs

AIM = 3.0
LIMIT = 2e9
"""Bytes that our side may hold at its peak."""


def run(*, quick: bool = False) -> list[Row]:
    """One line of the table."""
    groups, messages = (1_000, 600_000) if quick else (30_000, 20_000_000)
    return [compare(groups, messages)]


def compare(groups: int, messages: int) -> Row:
    """Both sides over the same files, alternating, medians."""
    files = [str(path) for path in flock(groups, messages)]
    times: dict[str, list[float]] = {"ours": [], "pandas": []}
    busy: dict[str, list[float]] = {"ours": [], "pandas": []}
    peaks: dict[str, float] = {"ours": 0, "pandas": 0}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(5 if messages <= 1_000_000 else 3):
            for side in times:
                said = child(side, files, Path(folder) / f"{side}.parquet")
                times[side].append(said["seconds"])
                busy[side].append(said["cpu"])
                peaks[side] = max(peaks[side], said["peak"])
        equal(Path(folder))
    ours, pandas = (statistics.median(seconds) for seconds in times.values())
    used, theirs = (statistics.median(seconds) for seconds in busy.values())
    return Row(
        work=f"signs of {groups:,} groups, {messages:,} messages",
        ours=f"{ours:.1f} s ({used:.1f} s of processor), {peaks['ours'] / 1e9:.2f} GB",
        reference=f"pandas {pandas:.1f} s ({theirs:.1f} s of processor), {peaks['pandas'] / 1e9:.2f} GB",
        ratio=pandas / ours,
        aim=f"{AIM:.0f} x, under {LIMIT / 1e9:.0f} GB",
        met=pandas / ours >= AIM and peaks["ours"] < LIMIT,
    )


def child(side: str, files: list[str], out: Path) -> dict[str, float]:
    """Seconds and peak memory of one side in a fresh process."""
    call = [
        sys.executable,
        "-m",
        "bench.fleet" if side == "ours" else "bench.fleet_pandas",
        "--child",
        str(out),
        *files,
    ]
    said = subprocess.run(call, check=True, capture_output=True, text=True)
    answer: dict[str, float] = json.loads(said.stdout)
    return answer


def equal(folder: Path) -> None:
    """Raises where the two sides differ: faster and wrong is not faster."""
    ours, theirs = (pl.read_parquet(folder / f"{side}.parquet").sort("group") for side in ("ours", "pandas"))
    shared = [name for name in ours.columns if name in theirs.columns]
    assert set(shared) == set(ours.columns), set(ours.columns) - set(shared)
    plain = [pl.col(pl.Datetime).cast(pl.Datetime("us")), pl.selectors.numeric().cast(pl.Float64)]
    assert_frame_equal(ours.select(shared).with_columns(plain), theirs.select(shared).with_columns(plain), rel_tol=1e-9)


def peak() -> float:
    """The greatest memory of this process so far, in bytes."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return float(status.split("VmHWM:")[1].split()[0]) * 1024


def main() -> None:
    """The command line; `--child` is one side, called by `compare`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--groups", type=int, default=30_000)
    parser.add_argument("--messages", type=int, default=20_000_000)
    parser.add_argument("--child", nargs="+", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.child is None:
        print(compare(asked.groups, asked.messages))
        return
    out, *files = asked.child
    begin, used = time.perf_counter(), time.process_time()
    table = signs(files, now=NOW)
    seconds, cpu = time.perf_counter() - begin, time.process_time() - used
    table.write_parquet(out)
    print(json.dumps({"seconds": seconds, "peak": peak(), "cpu": cpu}))


if __name__ == "__main__":
    main()
