"""The proof: whether any of these words still stands anywhere on the disk of the archive.

It reads every file there is, whether it counts or not: logs and checkpoints byte by byte, Parquet files (compressed,
so that bytes say nothing) column by column. Made to be shown to the person who asked to be forgotten.
"""

import io
from collections.abc import Iterable
from pathlib import Path

import polars as pl

from huoqun.chat.archive import Archive
from huoqun.chat.lake import contents


def remains(archive: Archive, words: Iterable[str]) -> list[str]:
    """The files in which one of the words stands, as part of whatever text; empty after an erasure that worked."""
    sought = [word for word in words if word]
    found = []
    for lake in (archive.messages, archive.marks):
        for path, data in contents(lake):
            inside = _in_table(data, sought) if data[:4] == b"PAR1" else False
            if inside or any(word.encode() in data for word in sought):
                found.append(path)
    return found


def _in_table(data: bytes, sought: list[str]) -> bool:
    try:
        table = pl.read_parquet(io.BytesIO(data))
    except pl.exceptions.PolarsError:  # cut off by a kill: its bytes are looked at all the same
        return False
    text = [pl.col(name).cast(pl.String) for name, dtype in table.schema.items() if dtype == pl.String]
    text += [pl.col(name).list.join("\n") for name, dtype in table.schema.items() if dtype == pl.List(pl.String)]
    text += [pl.col(name).struct.json_encode() for name, dtype in table.schema.items() if isinstance(dtype, pl.Struct)]
    if not text or table.is_empty():
        return False
    return bool(table.select(pl.any_horizontal(t.str.contains_any(sought).any() for t in text)).item())


def stored(archive: Archive) -> int:
    """Bytes on disk, dead files and logs included."""
    return sum(len(data) for lake in (archive.messages, archive.marks) for _, data in contents(lake))


def folder(archive: Archive) -> Path | None:
    """Where the archive's files lie, None on an object store."""
    return None if "://" in archive.where else Path(archive.where)
