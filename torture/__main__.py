"""`python -m torture [NAME …] [--times N] [--write]`: long campaigns against our own promises.

A campaign is a module with `NAME`, `TIMES` (how often by default) and `run(times) -> str`, which says in one line how
it went, or raises at the first broken promise.
"""

import argparse
import platform
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from torture import draw, fuzz, kill, playbooks, runs


@dataclass(frozen=True)
class Campaign:
    """One way of being cruel."""

    name: str
    run: Callable[[int], str]
    times: int


CAMPAIGNS = (
    Campaign("fuzz", fuzz.run, 100_000),
    Campaign("kill", kill.run, 1000),
    Campaign("draw", draw.run, 20),
    Campaign("runs", runs.run, runs.SECONDS),
    Campaign("playbooks", playbooks.run, playbooks.ROUNDS),
)
"""Every campaign; `make torture` runs them in this order."""

RESULTS = Path(__file__).parent.parent / "docs" / "torture.md"


def main() -> int:
    """Runs the campaigns named (or all) and prints a line for each; `--write` keeps the lines in docs/torture.md."""
    parser = argparse.ArgumentParser(prog="torture", description=main.__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(c.name for c in CAMPAIGNS))
    parser.add_argument("--times", type=int, help="instead of each campaign's own number")
    parser.add_argument("--write", action="store_true")
    chosen = parser.parse_args()
    lines = []
    for campaign in CAMPAIGNS:
        if not chosen.names or campaign.name in chosen.names:
            lines.append(f"{campaign.name}: {campaign.run(chosen.times or campaign.times)}")
            print(lines[-1], flush=True)
    if chosen.write:
        machine = f"Python {platform.python_version()}, {platform.system()} {platform.machine()}"
        head = "# Torture\n\nWritten by `make torture`, which fails at the first broken promise.\n\n"
        RESULTS.write_text(head + "".join(f"* {line}\n" for line in lines) + f"\n{machine}\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
