"""`huoqun chain`: pasted copies of a chain sign-up as the one true list."""

import argparse
from pathlib import Path

import orjson

from huoqun.activities import chain_merge
from huoqun.activities.chain_line import Entry
from huoqun.base.file import write_whole
from huoqun.terminal.say import refuse


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument(
        "file", type=Path, metavar="FILE", help="pasted copies, oldest first, parted by lines of dashes"
    )
    parser.add_argument("--json", type=Path, metavar="OUT", help="the list as JSON; without it the list to paste back")


def run(args: argparse.Namespace) -> int:
    """Read and write; 0 done, 2 no list in the file or wrong use."""
    try:
        chain = chain_merge.read(args.file.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        return refuse(f"{args.file} cannot be read: {error}")
    if not (chain.entries or chain.waiting or chain.dropped):
        return refuse(f"{args.file} holds no numbered list")
    if args.json is None:
        print(chain_merge.text_of(chain))
        return 0
    told = {
        "title": chain.title,
        "entries": _rows(chain.entries),
        "waiting": _rows(chain.waiting),
        "dropped": [{"text": each.text, "reason": each.reason} for each in chain.dropped],
    }
    try:
        write_whole(args.json, orjson.dumps(told, option=orjson.OPT_INDENT_2).decode() + "\n")
    except OSError as error:
        return refuse(f"nothing was written: {error}")
    return 0


def _rows(entries: list[Entry]) -> list[dict[str, object]]:
    return [{"position": n, "name": e.name, "note": e.note, "count": e.count} for n, e in enumerate(entries, 1)]
