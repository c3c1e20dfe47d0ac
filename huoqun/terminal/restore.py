"""`huoqun restore FILE`: a backup becomes this installation, whole or not at all.

The file is first read to its end into a folder of its own inside the data folder, and every member compared with its
sum. The rows go into a new SQLite file there, or into PostgreSQL in one transaction. Only then does the new take the
place of the old, which is refused where there is one; with --replace it stays beside the new: files in
`before-restore-…`, tables in a schema of that name. A restore that was killed is taken back by whoever comes next.
"""

import argparse
import fcntl
import os
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.db.utils import DatabaseError

from huoqun.base import clock, parcel, swap
from huoqun.base.home import home
from huoqun.terminal.ready import NOTE, start
from huoqun.terminal.say import refuse

KEPT = ("secret.key", "workspaces", "uploads", "huoqun.sqlite3", "huoqun.sqlite3-wal", "huoqun.sqlite3-shm")
"""What of a data folder is the installation; the database last, so that no new database meets old files."""
STAGE = ".restore-"
"""How the folders begin into which a backup is unpacked."""
OCCUPIED = ("huoqun_account", "huoqun_group")
"""Where one of these holds a row, somebody works here."""


class NotEmpty(Exception):
    """There is an installation already."""


class Unfit(Exception):
    """The backup cannot be used here; the message says why."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """From where."""
    parser.add_argument("file", type=Path, help="the file that `huoqun backup` wrote")
    parser.add_argument("--replace", action="store_true", help="in place of what is here, which is kept beside it")


def run(args: argparse.Namespace) -> int:
    """Restore it."""
    folder = home()
    stage = folder / f"{STAGE}{os.getpid()}"
    try:
        with _alone(folder):
            if settle(folder):
                return 2
            if not args.replace and _occupied(folder):
                raise NotEmpty
            stage.mkdir(mode=0o700)
            rows, kept = _restore(args.file, folder, stage, args.replace)
    except parcel.BadParcel as error:
        return refuse(f"{args.file} cannot be restored: {error}")
    except Unfit as error:
        return refuse(str(error))
    except NotEmpty:
        return refuse(
            f"there is an installation in {folder} or its database already; --replace keeps it beside the new"
        )
    except DatabaseError as error:
        return refuse(f"the database cannot be used: {error}")
    except OSError as error:
        return refuse(f"{error.filename or args.file}: {error.strerror or error}; nothing was changed")
    finally:
        shutil.rmtree(stage, ignore_errors=True)
    beside = f" What was here before is kept as {kept}." if kept else ""
    sys.stdout.write(f"{rows} rows are back in {folder}.{beside}\n")
    return 0


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Holds the lock of `huoqun up`, so that neither starts while the other works."""
    with (folder / "up.lock").open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Unfit(f"Huoqun is running for {folder}; stop it first") from None
        yield


def _occupied(folder: Path) -> bool:
    """Whether the data folder holds an installation; PostgreSQL is asked later, when its tables are to be made."""
    if any((folder / name).is_dir() and any((folder / name).iterdir()) for name in ("workspaces", "uploads")):
        return True
    path = folder / "huoqun.sqlite3"
    if not path.exists() or not path.stat().st_size:
        return False
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as rows:
            there = {name for (name,) in rows.execute("SELECT name FROM sqlite_master")}
            return any(rows.execute(f"SELECT 1 FROM {t} LIMIT 1").fetchone() for t in OCCUPIED if t in there)  # noqa: S608
    except sqlite3.Error:
        return True


def _restore(file: Path, folder: Path, stage: Path, replace: bool) -> tuple[int, str]:
    """Everything into `stage`, then in place; returns the rows and the name under which the old is kept."""
    new = stage / "files"
    os.environ["HUOQUN_HOME"] = str(new)
    new.mkdir(mode=0o700)
    head = parcel.unpack(file, stage)
    if not (new / "secret.key").exists() or not isinstance(head.get("migrations"), list):
        raise parcel.BadParcel("it is no backup of Huoqun")
    refill = start("huoqun.people.refill")
    old = f"before-restore-{clock.now():%Y%m%d-%H%M%S}"
    note = folder / NOTE
    try:
        with refill.room(_schema(old), OCCUPIED, replace=replace) as moved:
            rows: int = refill.refill(stage / "tables", head["migrations"])
            moves = _moves(folder, new, folder / old)
            swap.begin(note, moves, {"old": old if moved else ""})
            swap.move(moves)
    except BaseException as error:
        if note.exists():
            swap.undo(note)
        if isinstance(error, refill.Occupied):
            raise NotEmpty from error
        if isinstance(error, refill.NewerRows):
            version = head.get("version", "?")
            raise Unfit(f"{file} was written by a newer Huoqun ({version}); install that version first") from None
        if isinstance(error, refill.BadRows):
            raise Unfit(f"{file} cannot be restored: {error}; nothing was changed") from error
        raise
    swap.end(note)
    return rows, old if moved or (folder / old).exists() else ""


def _schema(old: str) -> str:
    return old.replace("-", "_")


def settle(folder: Path) -> bool:
    """End a restore that was killed, and say so: what was here before is back, or all of the new stands.

    False where there was none. The caller holds `up.lock`, and must not go on: Django has seen what was half.
    """
    note = folder / NOTE
    told = swap.told(note)
    if told is not None:
        if start("huoqun.people.refill", settled=True).stands(_schema(told["old"]), OCCUPIED):
            swap.end(note)
            refuse("a restore was broken off when all of it was in place; it stands. Start again")
        else:
            swap.undo(note)
            refuse("a restore was broken off; everything is as it was before it. Start again")
    for stage in folder.glob(f"{STAGE}*"):
        shutil.rmtree(stage, ignore_errors=True)
    return told is not None


def _moves(folder: Path, new: Path, beside: Path) -> list[tuple[Path, Path]]:
    """Old things aside, then new things in."""
    aside = [(folder / name, beside / name) for name in KEPT if (folder / name).exists()]
    if aside:
        beside.mkdir(mode=0o700, exist_ok=True)
    return aside + [(new / name, folder / name) for name in KEPT if (new / name).exists()]
