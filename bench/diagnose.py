"""The whole diagnosis, from the file to the page: `huoqun diagnose` of one group of 500 people against chat-miner,
which only reads the same file.

`python -m bench.diagnose [COUNT [ROUNDS]]` (a million, five). Ours is a process of its own, from its start to its end,
page and JSON written; chat-miner's time is that of its parsing alone. Rounds alternate, the table shows medians: of
wall-clock time, which other work on the machine falsifies, and beside it of processor seconds. Memory is the peak of
our process above one that has loaded the same modules and does nothing.
"""

import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from bench import peers
from bench.generate import export
from bench.row import HEAD, Row

COUNT = 1_000_000
ROUNDS = 5
AIM = 4.0
DREAM = 8.0
LIMIT = 1.5e9
"""Bytes above idle."""

_TOLD = """
print(open("/proc/self/status").read().split("VmHWM:")[1].split()[0], time.process_time(), file=sys.stderr)
"""

_WORK = f"""
import sys, time
from huoqun.__main__ import main
code = main(["diagnose", *sys.argv[1:]])
{_TOLD}
sys.exit(code)
"""
"""The command as `python -m huoqun` runs it, which tells its peak (kB) and its processor seconds at the end."""

_IDLE = f"""
import sys, time
import huoqun.__main__, huoqun.terminal.diagnose
{_TOLD}
"""


@dataclass(frozen=True)
class Spent:
    """What one run took."""

    wall: float
    """Seconds."""
    processor: float
    """Seconds, all threads together."""
    peak: float = 0.0
    """Bytes."""


def ours(path: Path, *, code: str = _WORK) -> Spent:
    """The diagnosis of a file in a process of its own. Raises where it fails or writes nothing."""
    with tempfile.TemporaryDirectory() as folder:
        page, told = Path(folder) / "page.html", Path(folder) / "told.json"
        call = [sys.executable, "-c", code, str(path), "--out", str(page), "--json", str(told)]
        begin = time.perf_counter()
        done = subprocess.run(call, capture_output=True, text=True, check=True, cwd=peers.ROOT)
        wall = time.perf_counter() - begin
        assert code != _WORK or (page.stat().st_size and told.stat().st_size)
    kilobytes, processor = done.stderr.split()[-2:]
    return Spent(wall, float(processor), float(kilobytes) * 1024)


def theirs(path: Path) -> Spent:
    """chat-miner's parsing of the file."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    wall, _ = peers.seconds(peers.CHAT_MINER.format(parser="WhatsAppParser", clock="perf_counter"), path)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Spent(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def run(*, quick: bool = False) -> list[Row]:
    """The table's rows."""
    return list(rows(20_000 if quick else COUNT, 1 if quick else ROUNDS))


def rows(count: int, rounds: int) -> Iterable[Row]:
    """Time and memory."""
    peers.ready()
    path = export("whatsapp", count)
    mine, other = [], []
    for _ in range(rounds):
        mine.append(ours(path))
        other.append(theirs(path))
    idle = ours(path, code=_IDLE).peak
    own, ref = (statistics.median(one.wall for one in side) for side in (mine, other))
    busy, ref_busy = (statistics.median(one.processor for one in side) for side in (mine, other))
    work = f"diagnose whole, {count:,} messages of 500 people"
    yield Row(
        work=work,
        ours=f"{own:.1f} s ({busy:.1f} s of processor)",
        reference=f"chat-miner's parsing {ref:.1f} s ({ref_busy:.1f} s of processor)",
        ratio=ref / own,
        aim=f"{AIM:.0f} x (the dream {DREAM:.0f} x)",
        met=ref / own >= AIM,
    )
    above = max(one.peak for one in mine) - idle
    yield Row(
        work=f"{work}: memory",
        ours=f"{above / 1e9:.2f} GB above idle",
        reference=f"idle {idle / 1e9:.2f} GB",
        ratio=None,
        aim=f"under {LIMIT / 1e9:.1f} GB",
        met=above < LIMIT,
    )


if __name__ == "__main__":
    print(HEAD)
    for line in rows(
        int(sys.argv[1]) if len(sys.argv) > 1 else COUNT, ROUNDS if len(sys.argv) < 3 else int(sys.argv[2])
    ):
        print(line, flush=True)
