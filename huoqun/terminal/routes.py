"""`huoqun routes`: every page with its methods, its scope and the permission it needs."""

import argparse
import json

from huoqun.terminal.ready import start


def arguments(parser: argparse.ArgumentParser) -> None:
    """How to print."""
    parser.add_argument("--json", action="store_true", help="as JSON, for other programs")


def run(args: argparse.Namespace) -> int:
    """Print them."""
    rows = start("huoqun.web.directory").directory()
    if args.json:
        print(json.dumps(rows, ensure_ascii=False, indent=1))
        return 0
    for row in rows:
        needs = " + ".join((row["permission"] or "-", *row["also"]))
        print(f"{row['method']:5} {row['path']:48} {row['scope']:14} {needs}")
    return 0
