"""The archive: the append-only record of everything said in the groups of one workspace.

One Delta table (`chat/lake.py`), partitioned by month, sorted by (group, time, order, key) inside each file. What is in
it stays as it first came in: importing the same or an overlapping export adds only what is new, and a message edited
later keeps the words that people answered to. Only `erase` takes away.

Writers need no coordination. Each commit sets a number under its group's name, so of two writers to one group the
later one looks again; writers to different groups do not meet. On a folder a lock file also keeps the sweeping of dead
files away from files that are being written; a process that is killed lets go of it.
"""

import fcntl
import hashlib
import os
import random
import secrets
import time as stopwatch
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl

from huoqun.chat import erased, lake
from huoqun.chat.erased import marked, remember, without_erased
from huoqun.chat.message import SCHEMA, Chat, Kind
from huoqun.chat.redact import forget, trace
from huoqun.chat.twin import NEEDED, unseen

NEAR = timedelta(minutes=1)
"""How far around an import the record is compared by words, not only by key (the coarsest clock of an export)."""
FILE_ROWS = 2_000_000
"""About how many rows compaction puts into a file; it needs the memory of one file at a time."""
PATIENCE = 200
"""How often a writer looks again before it gives up."""


class Busy(Exception):
    """Others kept changing the same group; nothing was written."""


@dataclass(frozen=True)
class Archive:
    """Where a workspace's record is, and the secret under which it remembers whom it forgot."""

    where: str
    """Absolute path of a folder, or an object-store URL."""
    secret: bytes
    """At least 16 random bytes that never change and never lie beside backups of the archive."""
    options: Mapping[str, str] = field(default_factory=dict)
    """Options of the object store, as `deltalake` names them."""

    @property
    def messages(self) -> lake.Lake:
        """The table of rows."""
        return lake.Lake(f"{self.where}/messages", self.options)

    @property
    def marks(self) -> lake.Lake:
        """The table of those who were erased."""
        return lake.Lake(f"{self.where}/erased", self.options)


def archive_in(folder: Path) -> Archive:
    """The archive in a workspace's folder; folder and secret (readable by the owner only) are made where missing."""
    folder = folder.absolute()
    folder.mkdir(parents=True, exist_ok=True)
    secret = folder / "erasure.secret"
    if not secret.exists():
        draft = folder / f".secret-{secrets.token_hex(8)}"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(secrets.token_bytes(32))
            os.fsync(out.fileno())
        try:
            os.link(draft, secret)
        except FileExistsError:  # another process was faster; its secret stands
            pass
        finally:
            draft.unlink()
    return Archive(str(folder / "archive"), secret.read_bytes())


def append(
    archive: Archive, group: str, rows: pl.DataFrame, *, batch: str | None = None, known_as: str | None = None
) -> int:
    """Adds the rows that the group does not hold yet; returns how many that were.

    All of them land or none. A `batch` (any name) lands once however often it is sent within 30 days, even if its rows
    were erased in between. Rows of erased persons never land, also where they were erased from a group that was
    `known_as` this one (see `erase`). Raises ValueError for rows without key (see
    `chat/key.py`), Busy when other writers to the group left no gap.
    """
    if rows["key"].null_count():
        raise ValueError("rows without key")
    if rows.is_empty():
        return 0
    with _lock(archive):
        return _patiently(lambda: _append(archive, group, rows, batch, known_as))


def _append(archive: Archive, group: str, rows: pl.DataFrame, batch: str | None, known_as: str | None) -> int:
    snap = lake.snapshot(archive.messages)
    marks = _turn(snap, group)
    if batch is not None:
        name = "batch:" + hashlib.sha256(f"{group}\0{batch}".encode()).hexdigest()[:32]
        if snap.mark(name):
            return 0
        marks[name] = 1
    new = _without(archive, group, known_as, rows)
    fresh = _fresh(snap, group, new)
    if fresh.is_empty():
        return 0
    written = _files(archive, fresh.with_columns(group=pl.lit(group)))
    _commit(snap, written, marks)
    return fresh.height


def _fresh(snap: lake.Snapshot, group: str, new: pl.DataFrame) -> pl.DataFrame:
    mine = pl.col("group") == group
    held = snap.scan(snap.paths(group)).filter(mine)
    first, last = new["time"].min(), new["time"].max()
    if first is None or last is None:
        return new
    near = pl.col("time").is_between(pl.lit(first) - NEAR, pl.lit(last) + NEAR)
    keys = held.filter(~near).select("key").collect()["key"]
    new = new.unique("key", keep="first", maintain_order=True).filter(~pl.col("key").is_in(keys.implode()))
    around = held.filter(near).select(NEEDED).with_columns(pl.col("kind").cast(Kind, strict=False)).collect()
    return unseen(around, new)


def rows(archive: Archive, group: str, start: datetime | None = None, end: datetime | None = None) -> pl.DataFrame:
    """The group's rows from `start` until before `end` (naive UTC), in the layout `SCHEMA`, sorted, orders from 0."""
    window = pl.col("group") == group
    window &= pl.col("time") >= start if start is not None else pl.lit(True)
    window &= pl.col("time") < end if end is not None else pl.lit(True)
    for attempt in range(PATIENCE):
        snap = lake.snapshot(archive.messages)
        try:
            found = snap.scan(snap.paths(group, start, end)).filter(window).collect()
            break
        except FileNotFoundError:  # swept between looking and reading: a newer version has the rows
            if attempt == PATIENCE - 1:
                raise
    found = found.select(SCHEMA.names()).sort("time", "order", "key")
    return found.with_columns(
        kind=pl.col("kind").cast(Kind, strict=False).fill_null("other"),
        order=pl.int_range(pl.len(), dtype=pl.Int32).over("time"),
    )


def version(archive: Archive) -> int:
    """The number of the newest version of the record; each change is one more."""
    return lake.snapshot(archive.messages).table.version()


def groups(archive: Archive) -> pl.DataFrame:
    """Every group with its number of rows and its first and last time."""
    snap = lake.snapshot(archive.messages)
    time = pl.col("time")
    table = snap.scan(snap.paths()).group_by("group").agg(rows=pl.len(), first=time.min(), last=time.max())
    return table.sort("group").collect()


def files(archive: Archive, start: datetime | None = None, end: datetime | None = None) -> list[str]:
    """The Parquet files of the newest version that can hold rows of that time, for queries over all groups."""
    snap = lake.snapshot(archive.messages)
    return [f"{snap.lake.where}/{path}" for path in snap.paths(None, start, end)]


def _without(archive: Archive, group: str, known_as: str | None, rows: pl.DataFrame) -> pl.DataFrame:
    for name in (group, known_as):
        if name is not None:
            rows = without_erased(rows, marked(archive.marks, name), archive.secret, name)
    return rows


def allowed(archive: Archive, group: str, chat: Chat, *, known_as: str | None = None) -> Chat:
    """The chat without those who were erased from the group: rows, list of members, owner."""
    if marked(archive.marks, group).is_empty() and (not known_as or marked(archive.marks, known_as).is_empty()):
        return chat
    listed = chat.members.select(key="id", sender="id", name="name").with_columns(
        *(pl.lit(None).cast(t).alias(c) for c, t in SCHEMA.items() if c not in ("key", "sender", "name", "time")),
        time=pl.lit(chat.rows["time"].min()),
    )
    nothing = {"mentions": pl.lit([], pl.List(pl.String)), "text": pl.lit(""), "kind": pl.lit("text", Kind)}
    stays = _without(archive, group, known_as, listed.with_columns(**nothing))
    members = chat.members.filter(pl.col("id").is_in(stays["key"].implode()))
    left = _without(archive, group, known_as, chat.rows)
    gone = chat.owner is not None and chat.owner in set(chat.rows["sender"]) - set(left["sender"])
    return replace(chat, rows=left, members=members, owner=None if gone else chat.owner)


def barred(archive: Archive, group: str, accounts: Collection[str], *, known_as: str | None = None) -> set[str]:
    """Those of these accounts that were erased from the group."""
    names = [name for name in (group, known_as) if name]
    return set().union(*(erased.barred(accounts, marked(archive.marks, n), archive.secret, n) for n in names))


@contextmanager
def still(archive: Archive) -> Iterator[list[Path]]:
    """All files of the archive as of now, for a copy; none of them is deleted or changed before the block ends, while
    writers go on. Only for an archive in a folder."""
    with _lock(archive):
        yield [Path(table.where) / path for table in (archive.messages, archive.marks) for path in lake.members(table)]


def erase(
    archive: Archive,
    group: str,
    *identities: str,
    keys: Collection[str] = (),
    known_as: str | None = None,
    now: datetime,
) -> int:
    """Takes a person out of a group for good; returns how many rows went. `now` is naive UTC.

    `identities`: everything by which the record knows them and no one else; `keys`: rows of theirs under a name that
    others bore too; `known_as`: by what a group that is dropped and imported again under another id is known.

    Gone afterwards from every file on disk: their rows, events about them, marks of them, quotes of them as far as
    `chat/redact.py` recognises them. A keyed hash stays, so that no import brings them back. Calling it again
    finishes what a killed call began.
    """
    with _lock(archive, alone=True):
        gone = _patiently(lambda: _erase(archive, group, identities, keys, known_as, now))
        lake.sweep(archive.messages, alone=_is_folder(archive))
        return gone


def _erase(
    archive: Archive,
    group: str,
    identities: Collection[str],
    keys: Collection[str],
    known_as: str | None,
    now: datetime,
) -> int:
    snap = lake.snapshot(archive.messages)
    paths = snap.paths(group)
    held = [snap.scan([path]).with_columns(path=pl.lit(path)) for path in paths]
    mine = pl.col("group") == group
    before = pl.concat(held).filter(mine).collect() if held else pl.DataFrame(schema={**lake.STORED, "path": pl.String})
    before = before.with_columns(pl.col("kind").cast(Kind, strict=False).fill_null("other"))
    theirs = trace(before, identities, keys)
    known = pl.Series(sorted(theirs.identities), dtype=pl.String).implode()
    single = before.filter(pl.col("key").is_in(list(keys)) & ~pl.col("sender").is_in(known).fill_null(False))["key"]
    for name in (group, known_as):
        if name is not None:
            remember(archive.marks, archive.secret, name, theirs, identities, now, single)
    after = forget(before, theirs)
    actions: list[lake.Action] = []
    for path in paths:
        old, new = (frame.filter(pl.col("path") == path).drop("path") for frame in (before, after))
        if old.equals(new):
            continue
        others = snap.scan([path]).filter(~mine).select(lake.STORED.names()).collect()
        left = pl.concat([others, new.cast(lake.STORED).select(others.columns)]).sort(lake.ORDER)
        actions.append(lake.removal(path))
        if not left.is_empty():
            actions.append(lake.write(archive.messages, _month(path), left))
    months = {_month(path) for path in paths}
    _commit(snap, actions, _turn(snap, group) | _months(snap, sorted(months)))
    return before.height - after.height


def drop(archive: Archive, group: str) -> int:
    """Takes a whole group out for good; returns how many rows went. A new import may bring it back, without those who
    were erased from it before. Calling it again finishes what a killed call began.
    """
    with _lock(archive, alone=True):
        gone = _patiently(lambda: _drop(archive, group))
        lake.sweep(archive.messages, alone=_is_folder(archive))
        return gone


def _drop(archive: Archive, group: str) -> int:
    snap = lake.snapshot(archive.messages)
    actions: list[lake.Action] = []
    months, gone = set(), 0
    for path in snap.paths(group):
        held = snap.scan([path]).select(lake.STORED.names()).collect()
        left = held.filter(pl.col("group") != group)
        if left.height == held.height:
            continue
        gone += held.height - left.height
        months.add(_month(path))
        actions.append(lake.removal(path))
        if not left.is_empty():
            actions.append(lake.write(archive.messages, _month(path), left.sort(lake.ORDER)))
    if actions:
        _commit(snap, actions, _turn(snap, group) | _months(snap, sorted(months)))
    return gone


def compact(archive: Archive) -> int:
    """Puts the files of each month together, sorted, and deletes dead files; returns how many files were replaced."""
    with _lock(archive):
        months = lake.snapshot(archive.messages).added.group_by("month").len().filter(pl.col("len") > 1)["month"]
        done = sum(_patiently(lambda month=month: _compact(archive, month)) for month in months.sort())  # type: ignore[misc]
    with _lock(archive, alone=True):
        lake.sweep(archive.messages, alone=_is_folder(archive))
    return done


def _compact(archive: Archive, month: str) -> int:
    snap = lake.snapshot(archive.messages)
    here = snap.added.filter(pl.col("month") == month)
    disjoint = (here.sort("first")["first"].shift(-1) > here.sort("first")["last"]).all()
    if here.height < 2 or (disjoint and (here["rows"] >= FILE_ROWS // 2).all()):
        return 0
    paths = here["path"].to_list()
    actions: list[lake.Action] = []
    for first, last in _shelves(snap.scan(paths)):
        shelf = pl.col("group").is_between(pl.lit(first), pl.lit(last))
        part = snap.scan(paths).filter(shelf).sort(lake.ORDER).collect()
        actions.append(lake.write(archive.messages, month, part))
    actions += [lake.removal(path) for path in paths]
    _commit(snap, actions, _months(snap, [month]))
    return len(paths)


def _shelves(held: pl.LazyFrame) -> list[tuple[str, str]]:
    """First and last group of parts of about `FILE_ROWS` rows; a group is never cut."""
    sizes = held.group_by("group").len().sort("group").collect()
    shelf = (sizes["len"].cum_sum() - sizes["len"]) // FILE_ROWS
    parts = sizes.group_by(shelf.alias("shelf"), maintain_order=True)
    return list(parts.agg(first=pl.col("group").first(), last=pl.col("group").last()).drop("shelf").iter_rows())


def _files(archive: Archive, new: pl.DataFrame) -> list[lake.Action]:
    new = new.cast({"kind": pl.String}).sort(lake.ORDER).with_columns(month=pl.col("time").dt.strftime("%Y-%m"))
    parts = new.partition_by("month", as_dict=True, maintain_order=True, include_key=False)
    return [lake.write(archive.messages, str(month), part) for (month,), part in parts.items()]


def _commit(snap: lake.Snapshot, actions: list[lake.Action], marks: dict[str, int]) -> None:
    try:
        lake.commit(snap, actions, marks)
    except lake.Conflict:
        lake.discard(snap.lake, actions)
        raise


def _turn(snap: lake.Snapshot, group: str) -> dict[str, int]:
    """The number by which two writers to one group notice each other."""
    name = "group:" + hashlib.sha256(group.encode()).hexdigest()[:32]
    return {name: snap.mark(name) + 1}


def _months(snap: lake.Snapshot, months: list[str]) -> dict[str, int]:
    """The numbers by which two who replace files of one month notice each other.

    The log would notice that both remove the same file, but not where a commit calls itself a mere rearrangement
    (found by `torture/kill.py`: two compactions at once doubled a month).
    """
    return {f"month:{month}": snap.mark(f"month:{month}") + 1 for month in months}


def _month(path: str) -> str:
    return path.split("/")[0].removeprefix("month=")


def _patiently(work: Callable[[], int]) -> int:
    for attempt in range(PATIENCE):
        try:
            return work()
        except lake.Conflict:
            stopwatch.sleep(random.random() * min(0.5, 0.01 * 2**attempt))  # noqa: S311  spreads writers, no secret
    raise Busy


def _is_folder(archive: Archive) -> bool:
    return "://" not in archive.where


@contextmanager
def _lock(archive: Archive, *, alone: bool = False) -> Iterator[None]:
    """Writers together, sweepers alone. Object stores have no lock: there sweeping spares what is young."""
    if not _is_folder(archive):
        yield
        return
    Path(archive.where).mkdir(parents=True, exist_ok=True)
    with open(Path(archive.where) / ".lock", "ab") as held:
        fcntl.flock(held, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        yield
