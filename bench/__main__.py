"""All benchmarks in one table: `python -m bench [--quick]`. Quick is small and proves only that they run."""

import sys

from bench import calendar, checkin, diagnose, fleet, network, parse, replies
from bench.row import HEAD

MODULES = (parse, diagnose, replies, network, fleet, checkin, calendar)
"""Each has `run(quick=…)`, which gives rows of the table."""


def main() -> None:
    """Prints the table, a row as soon as it is known."""
    quick = "--quick" in sys.argv[1:]
    print(HEAD)
    for module in MODULES:
        for row in module.run(quick=quick):
            print(row, flush=True)


if __name__ == "__main__":
    main()
