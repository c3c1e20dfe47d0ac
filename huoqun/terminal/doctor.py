"""`huoqun doctor`: what is wrong with this installation and how to mend it. Changes nothing.

Exit code 0 where all is well, 1 where something is wrong.
"""

import argparse
import fcntl
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from pathlib import Path

from huoqun.base import checked, clock
from huoqun.base.checked import Checked
from huoqun.base.database import BadDatabase, databases
from huoqun.base.home import PACKAGE, home
from huoqun.base.process import free_port
from huoqun.terminal.ready import start
from huoqun.terminal.say import plain


def arguments(parser: argparse.ArgumentParser) -> None:
    """How to print, and where pages are to be served."""
    parser.add_argument("--json", action="store_true", help="as JSON, for other programs")
    parser.add_argument("--host", default="127.0.0.1", help="address `huoqun up` is to listen on")
    parser.add_argument("--port", type=int, default=8000, help="port `huoqun up` is to listen on")


def run(args: argparse.Namespace) -> int:
    """Look at everything."""
    found = list(_all(args.host, args.port))
    if args.json:
        rows = [{**asdict(each), "well": not each.mend} for each in found]
        print(json.dumps({"well": not any(e.mend for e in found), "checks": rows}, ensure_ascii=False, indent=1))
    else:
        for each in found:
            sys.stdout.write(f"{'wrong' if each.mend else 'well ':5}  {each.name}: {plain(each.told)}\n")
            if each.mend:
                sys.stdout.write(f"       → {plain(each.mend)}\n")
    return 1 if any(each.mend for each in found) else 0


def _all(host: str, port: int) -> Iterator[Checked]:
    now = clock.now()
    yield from checked.python()
    yield from checked.built(PACKAGE)
    try:
        folder = home()
    except OSError as error:
        yield Checked("data folder", f"cannot be made: {error}", "set HUOQUN_HOME to a folder that can be written")
        return
    found = list(checked.folder(folder))
    yield from found
    yield from checked.moment(PACKAGE, now)
    yield from checked.hosts(os.environ)
    yield from checked.proxies(os.environ)
    yield from checked.logins(os.environ)
    rate = list(checked.rate(os.environ))
    yield from rate
    yield from _port(folder, host, port)
    try:
        databases(os.environ.get("HUOQUN_DATABASE_URL"), folder)
    except (BadDatabase, ValueError) as error:
        yield Checked("database", str(error), "set HUOQUN_DATABASE_URL right, or leave it out for SQLite")
        return
    if any(each.mend for each in rate) or found[0].name == "data folder" and "cannot be written" in found[0].told:
        return
    standing = start("huoqun.people.standing")
    answers = list(_safely("database", standing.database))
    yield from answers
    if any(each.mend for each in answers):
        return
    yield from _safely("clock of the database", lambda: standing.clocks(now))
    yield from _safely("archives", standing.archives)
    yield from _safely("work", lambda: standing.work(now))


def _safely(name: str, look: Callable[[], Iterable[Checked]]) -> Iterator[Checked]:
    try:
        yield from look()
    except Exception as error:
        told = f"{type(error).__name__}: {error}"
        yield Checked(name, told, "run `huoqun restore --replace` with the last backup, or report it")


def _port(folder: Path, host: str, port: int) -> Iterator[Checked]:
    """Whether the pages can be served, or are."""
    lock = folder / "up.lock"
    if lock.exists():
        with lock.open(encoding="utf-8") as held:
            try:
                fcntl.flock(held, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except OSError:
                yield Checked("port", f"Huoqun runs here: {held.read().strip() or 'starting'}")
                return
    free = free_port(host, port) is not None
    told = f"{port} on {host} is free" if free else f"{port} on {host} is taken by another program"
    yield Checked("port", told, "" if free else f"huoqun up --port {port + 1}")
