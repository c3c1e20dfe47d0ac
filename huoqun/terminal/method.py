"""`huoqun playbook`: what is in the library, and whether a file is a playbook."""

import argparse
import sys
from pathlib import Path
from typing import Any

import orjson

from huoqun.terminal.ready import start


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parts = parser.add_subparsers(dest="part", required=True, metavar="list|check|schema")
    told = parts.add_parser("list", help="the playbooks that come with Huoqun")
    told.add_argument("--json", action="store_true", help="as JSON")
    check = parts.add_parser("check", help="whether files are playbooks; every mistake with its line and field")
    check.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parts.add_parser("schema", help="the JSON Schema of a playbook, for editors")


def run(args: argparse.Namespace) -> int:
    """List, check or print; 0 done, 2 a file is no playbook."""
    if args.part == "schema":
        print(start("huoqun.playbooks.playbook").schema())
        return 0
    return _list(as_json=args.json) if args.part == "list" else _check(args.files)


def _list(*, as_json: bool) -> int:
    books = start("huoqun.playbooks.library").playbooks().values()
    if as_json:
        told = [
            {
                "name": book.id,
                "title": {"zh": book.title.zh, "en": book.title.en},
                "type": book.fits,
                "stage": book.stages,
                "days": book.days,
                "steps": len(book.steps),
            }
            for book in books
        ]
        print(orjson.dumps(told, option=orjson.OPT_INDENT_2).decode())
        return 0
    for book in books:
        print(f"{book.id:24} {book.days:>4} days {len(book.steps):>4} steps  {book.title.zh} · {book.title.en}")
    return 0


def _check(paths: list[Path]) -> int:
    playbook = start("huoqun.playbooks.playbook")
    code = 0
    for path in paths:
        for line, field, why in _mistakes(path, playbook):
            code = 2
            print(f"{path}:{line}: {field or 'file'}: {why}", file=sys.stderr)
    return code


def _mistakes(path: Path, playbook: Any) -> list[tuple[int, str, str]]:
    try:
        playbook.read(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        return [(1, "", f"cannot be read: {error.strerror}")]
    except UnicodeDecodeError:
        return [(1, "", "is no UTF-8 text")]
    except playbook.Wrong as wrong:
        return [(m.line, m.field, m.why) for m in wrong.mistakes]
    return []
