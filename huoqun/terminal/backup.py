"""`huoqun backup FILE`: everything the installation keeps in one file, while it goes on working."""

import argparse
import sys
from pathlib import Path

from django.db.utils import DatabaseError

from huoqun.base import clock
from huoqun.base.file import whole_file
from huoqun.terminal.ready import start
from huoqun.terminal.say import refuse


def arguments(parser: argparse.ArgumentParser) -> None:
    """Where to."""
    parser.add_argument("file", type=Path, help="the file to write, such as huoqun-2026-06-01.backup")
    parser.add_argument("--replace", action="store_true", help="write over a file that is there")


def run(args: argparse.Namespace) -> int:
    """Write it, whole or not at all, readable by its owner only: it holds all that was said, and the keys."""
    if args.file.exists() and not args.replace:
        return refuse(f"{args.file} is there already; name another file, or say --replace")
    dump = start("huoqun.people.dump")
    try:
        with whole_file(args.file, 0o600) as draft:
            told = dump.dump(draft, now=clock.now())
    except dump.NotReady as error:
        return refuse(str(error))
    except DatabaseError as error:
        return refuse(f"the database cannot be used: {error}")
    except OSError as error:
        return refuse(f"{args.file} cannot be written: {error.strerror or error}")
    sys.stdout.write(f"{args.file}: {told['rows']} rows, {told['files']} files, {args.file.stat().st_size} bytes.\n")
    return 0
