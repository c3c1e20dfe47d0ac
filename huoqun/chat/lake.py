"""The lake: the Delta table under the archive. Files, snapshots, commits and sweeping; it knows nothing of people.

A table is a folder (or an object-store URL) of Parquet files and a log that says which of them count. A file counts
from the commit that adds it; whatever a killed writer left is never seen and swept later. We write the files ourselves
instead of handing rows to `write_deltalake`, because order inside a file is what makes a group's history readable in
milliseconds, and the writer keeps it only by luck (`docs/decisions/031-archive.md`). The log's statistics hold group
and time, nothing else: what stands in the log stays there after the file is gone.
"""

import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote
from uuid import uuid4

import polars as pl
from deltalake import CommitProperties, DeltaTable, Field, Schema, Transaction, write_deltalake
from deltalake.exceptions import CommitFailedError, DeltaError, TableNotFoundError
from deltalake.schema import ArrayType, PrimitiveType
from deltalake.transaction import AddAction, RemoveAction
from pyarrow.fs import FileSelector, FileSystem, FileType, LocalFileSystem

from huoqun.base import clock
from huoqun.chat.message import SCHEMA

Action = AddAction | RemoveAction
"""What a commit is made of: a file that counts from now on, or one that counts no more."""
ORDER = ("group", "time", "order", "key")
"""How rows are sorted inside every file."""
ROW_GROUP = 1 << 16
"""Rows of a Parquet row group: the least that is read of a file to find one group."""
STORED = pl.Schema({"group": pl.String(), **SCHEMA, "kind": pl.String()})
"""The columns of a file: the message's, its kind in words, and its group. The month is in the path."""
DAY = 86_400.0

_DELTA: dict[pl.DataType, str] = {
    pl.String(): "string",
    pl.Int64(): "long",
    pl.Int32(): "integer",
    pl.Boolean(): "boolean",
    pl.Datetime("us"): "timestamp_ntz",
}
_SETTINGS = {
    "delta.dataSkippingStatsColumns": "group,time",
    "delta.setTransactionRetentionDuration": "interval 30 days",
}


class Conflict(Exception):
    """Somebody else changed the same thing first; look again and repeat."""


@dataclass(frozen=True)
class Lake:
    """Where a table is and how to get there."""

    where: str
    """Absolute path of a folder, or a URL of an object store."""
    options: Mapping[str, str] = field(default_factory=dict)
    """Options of the object store, as `deltalake` names them."""


@dataclass(frozen=True)
class Snapshot:
    """One version of the table, with the files that count in it."""

    table: DeltaTable
    lake: Lake
    added: pl.DataFrame
    """path, month, rows, and the least and greatest group and time of each file."""

    def paths(self, group: str | None = None, start: datetime | None = None, end: datetime | None = None) -> list[str]:
        """Paths inside the table of the files that can hold rows of the group from `start` until before `end`."""
        keep = pl.lit(True)
        if group is not None:
            keep &= (pl.col("first") <= group) & (pl.col("last") >= group)
        if start is not None:
            keep &= pl.col("until") >= start
        if end is not None:
            keep &= pl.col("since") < end
        return self.added.filter(keep.fill_null(True))["path"].to_list()

    def scan(self, paths: Sequence[str]) -> pl.LazyFrame:
        """The rows of these files."""
        if not paths:
            return pl.LazyFrame(schema=STORED)
        uris = [f"{self.lake.where}/{path}" for path in paths]
        return pl.scan_parquet(
            uris, storage_options=dict(self.lake.options) or None, hive_partitioning=False, glob=False
        )

    def mark(self, name: str) -> int:
        """The number last committed under this name, 0 for none."""
        return int(self.table.transaction_version(name) or 0)


def snapshot(lake: Lake) -> Snapshot:
    """The table as it is now; an empty one is made where there is none."""
    try:
        table = DeltaTable(lake.where, storage_options=dict(lake.options))
    except TableNotFoundError:
        table = _made(lake, _schema(), ["month"])
    return Snapshot(table, lake, _added(table))


def _schema() -> Schema:
    columns = []
    for name, dtype in STORED.items():
        if isinstance(dtype, pl.List):
            columns.append(Field(name, ArrayType(PrimitiveType("string"), contains_null=True)))
        else:
            columns.append(Field(name, PrimitiveType(_DELTA[dtype])))
    return Schema([*columns, Field("month", PrimitiveType("string"))])


def _made(lake: Lake, schema: Schema, partitions: list[str]) -> DeltaTable:
    try:
        return DeltaTable.create(
            lake.where, schema, "ignore", partitions, configuration=_SETTINGS, storage_options=dict(lake.options)
        )
    except DeltaError:  # somebody else was making it at the same moment
        return DeltaTable(lake.where, storage_options=dict(lake.options))


def _added(table: DeltaTable) -> pl.DataFrame:
    names = {"path": "path", "partition.month": "month", "num_records": "rows", "size_bytes": "size"}
    names |= {"min.group": "first", "max.group": "last", "min.time": "since", "max.time": "until"}
    frame = pl.DataFrame(table.get_add_actions(flatten=True))
    missing = [pl.lit(None).alias(name) for name in names if name not in frame.columns]
    return frame.with_columns(missing).select([pl.col(a).alias(b) for a, b in names.items()])


def write(lake: Lake, month: str, rows: pl.DataFrame) -> AddAction:
    """Writes one file of sorted rows of one month. It counts only when it is committed."""
    path = f"month={month}/{uuid4().hex}.parquet"
    buffer = io.BytesIO()
    rows.select(STORED.names()).write_parquet(buffer, compression="zstd", row_group_size=ROW_GROUP)
    where, root = _files(lake)
    if isinstance(where, LocalFileSystem):
        where.create_dir(f"{root}/month={month}")
    with where.open_output_stream(f"{root}/{path}") as out:
        out.write(buffer.getbuffer())
    stats = {
        "numRecords": rows.height,
        "minValues": {"group": rows["group"].min(), "time": _iso(rows["time"].min())},
        "maxValues": {"group": rows["group"].max(), "time": _iso(rows["time"].max())},
        "nullCount": {"group": 0, "time": 0},
    }
    size = buffer.getbuffer().nbytes
    return AddAction(path, size, {"month": month}, _milliseconds(), True, json.dumps(stats))


def removal(path: str) -> RemoveAction:
    """That a file counts no more."""
    month = path.split("/")[0].removeprefix("month=")
    return RemoveAction(path, True, _milliseconds(), partition_values={"month": month})


def commit(snap: Snapshot, actions: Sequence[Action], marks: Mapping[str, int]) -> None:
    """All of it or nothing. `marks` are numbers under names; who sets a name that another commit has set since the
    snapshot, or removes a file that is gone, gets `Conflict`."""
    properties = CommitProperties(app_transactions=[Transaction(name, number) for name, number in marks.items()])
    try:
        snap.table.create_write_transaction(
            list(actions), "append", snap.table.schema(), ["month"], commit_properties=properties
        )
    except CommitFailedError as error:
        raise Conflict from error


def discard(lake: Lake, actions: Iterable[Action]) -> None:
    """Deletes files that were written for a commit that failed."""
    where, root = _files(lake)
    for action in actions:
        if isinstance(action, AddAction):
            where.delete_file(f"{root}/{action.path}")


def sweep(lake: Lake, *, alone: bool) -> int:
    """Deletes every file that does not count in the newest version; returns how many.

    `alone`: nobody else writes now (a lock says so). Otherwise what the log names as removed goes at once, and what it
    has never named only when it is a day old: somebody may be about to commit it.
    """
    snap = snapshot(lake)
    removed = set(snap.table.vacuum(0, dry_run=True, enforce_retention_duration=False))
    live = set(snap.added["path"])
    where, root = _files(lake)
    gone = 0
    for info in where.get_file_info(FileSelector(root, recursive=True)):
        path = info.path.removeprefix(root).lstrip("/")
        if info.type != FileType.File or path.startswith("_delta_log/") or path in live:
            continue
        old = info.mtime is not None and info.mtime.timestamp() < _milliseconds() / 1000 - DAY
        if alone or old or path in removed:
            where.delete_file(info.path)
            gone += 1
    return gone


def members(lake: Lake) -> list[str]:
    """Paths inside the table of what its newest version is made of: its files and the log up to it. Copied together
    (while nobody sweeps) they are the table as of that version. None where there is no table."""
    try:
        table = DeltaTable(lake.where, storage_options=dict(lake.options))
    except TableNotFoundError:
        return []
    version = table.version()
    where, root = _files(lake)
    log = []
    for info in where.get_file_info(FileSelector(f"{root}/_delta_log")):
        number = info.base_name.split(".")[0]
        if info.type == FileType.File and number.isdecimal() and int(number) <= version:
            log.append(f"_delta_log/{info.base_name}")
    prefix = f"{root}/"
    return sorted(log) + sorted(unquote(uri.removeprefix("file://")).removeprefix(prefix) for uri in table.file_uris())


def contents(lake: Lake) -> Iterable[tuple[str, bytes]]:
    """Every file under the table, whether it counts or not, with its bytes."""
    where, root = _files(lake)
    for info in where.get_file_info(FileSelector(root, recursive=True, allow_not_found=True)):
        if info.type == FileType.File:
            with where.open_input_stream(info.path, compression=None) as stream:
                yield info.path, stream.read()


def note(lake: Lake, rows: pl.DataFrame) -> None:
    """Adds rows to a small unpartitioned table, which is made with their columns where there is none."""
    try:
        write_deltalake(lake.where, rows.to_arrow(), mode="append", storage_options=dict(lake.options))
    except CommitFailedError as error:
        raise Conflict from error


def noted(lake: Lake, schema: pl.Schema) -> pl.DataFrame:
    """All rows of a small table; none where there is no table."""
    try:
        table = DeltaTable(lake.where, storage_options=dict(lake.options))
    except TableNotFoundError:
        return pl.DataFrame(schema=schema)
    uris = table.file_uris()
    options = dict(lake.options) or None
    return (
        pl.read_parquet(uris, storage_options=options).select(schema.names()) if uris else pl.DataFrame(schema=schema)
    )


def _files(lake: Lake) -> tuple[FileSystem, str]:
    place = lake.where if "://" in lake.where else str(Path(lake.where).absolute())
    where, root = FileSystem.from_uri(place)
    return where, root.rstrip("/")


def _iso(moment: object) -> str:
    return moment.isoformat(timespec="microseconds") if isinstance(moment, datetime) else ""


def _milliseconds() -> int:
    return int(clock.now().timestamp() * 1000)
