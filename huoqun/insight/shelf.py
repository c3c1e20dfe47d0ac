"""A shelf: what people said in some of many groups, straight from the archive's files, with names as numbers.

The files keep each name once per row group and number it. These numbers are carried on, so that of twenty million rows
no name is ever compared; a shelf's names are then brought to one numbering. Files are sorted (`chat/lake`), row groups
tell their first and last group, and each is read once, by threads beside the work on the shelf before.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from huoqun.chat.handed import column
from huoqun.chat.message import MESSAGE_KINDS
from huoqun.insight.follow import QUESTION

READERS = 2
"""Row groups read at a time."""
DAY = 86_400_000_000
"""Microseconds."""

_NAMED = ("group", "sender", "kind")
_COLUMNS = (*_NAMED, "bot", "time", "local", "order")

Codes = npt.NDArray[np.integer[Any]]
Mask = npt.NDArray[np.bool_]
Span = tuple[str | None, str | None]


@dataclass(frozen=True)
class Shelf:
    """Everything said in some groups: a row each, as the files have them, a group's rows in as many places as files."""

    names: pl.Series
    """The groups' names, by number; there may be names of which the shelf has no rows."""
    senders: pl.Series
    span: Span
    """The groups from the first name until before the last are on the shelf, all of each; None: from, to the end."""
    group: Codes
    person: Codes
    """Number of the sender's name in `senders`. Two groups may share a number, and are two persons."""
    time: Codes
    """Microseconds since 1970, UTC."""
    day: Codes
    """Days since 1970 on the group's wall clock."""
    order: Codes
    asks: Mask
    """Whether the text is a question; known of rows after `since` only."""


@dataclass(frozen=True)
class _Block:
    """A row group, as its file's foot tells of it."""

    path: str
    number: int
    rows: int
    first: str
    last: str | None
    newest: datetime | None


@dataclass(frozen=True)
class _Piece:
    """What people said in a row group."""

    block: _Block
    groups: pa.Array
    senders: pa.Array
    columns: tuple[npt.NDArray[Any], ...]
    """group and sender (numbers of `groups` and `senders`), time, day, order, asks."""


def shelves(files: Sequence[str], *, now: datetime, since: datetime, rows: int) -> Iterator[Shelf]:
    """Shelves of about `rows` rows, in the order of the groups' names. Only what was said until `now` (naive UTC) is on
    them; of rows after `since` it is known whether they ask."""
    blocks = sorted((block for path in files for block in _blocks(path)), key=lambda block: block.first)
    spans = list(pairwise([None, *_cuts(blocks, rows), None]))
    with ThreadPoolExecutor(READERS) as pool:
        ahead = _begun(pool, blocks, spans[0], now, since)
        kept: list[_Piece] = []
        for span, following in zip(spans, [*spans[1:], None], strict=True):
            pieces = [*kept, *(piece.result() for piece in ahead)]
            ahead = _begun(pool, blocks, following, now, since) if following else []
            found = _shelf(sorted(pieces, key=lambda piece: (piece.block.path, piece.block.number)), span)
            kept = [piece for piece in pieces if span[1] is not None and _reaches(piece.block, span[1])]
            if found is not None:
                yield found


def _blocks(path: str) -> list[_Block]:
    """The row groups of a file. What a foot does not tell is taken for anything."""
    foot = pq.read_metadata(path)  # type: ignore[no-untyped-call]
    places = {foot.schema.column(i).path: i for i in range(foot.num_columns)}
    found = []
    for number in range(foot.num_row_groups):
        part = foot.row_group(number)
        group, time = (part.column(places[name]).statistics for name in ("group", "time"))
        first, last = (group.min, group.max) if group is not None and group.has_min_max else ("", None)
        newest = time.max if time is not None and time.has_min_max else None
        if part.num_rows:
            found.append(_Block(path, number, part.num_rows, first, last, newest))
    return found


def _cuts(blocks: list[_Block], rows: int) -> list[str]:
    """Names of groups that cut the blocks, sorted by their first, into parts of about so many rows."""
    cuts, held = [], 0
    for block in blocks:
        held += block.rows
        if held >= rows:
            cuts.append(block.first)
            held = 0
    return sorted(set(cuts) - {block.first for block in blocks[:1]})


def _reaches(block: _Block, name: str) -> bool:
    return block.last is None or block.last >= name


def _begun(
    pool: ThreadPoolExecutor, blocks: list[_Block], span: Span, now: datetime, since: datetime
) -> list[Future[_Piece]]:
    """Reading of the blocks that begin on a shelf is begun."""
    first, last = span
    mine = [b for b in blocks if (first is None or b.first >= first) and (last is None or b.first < last)]
    return [pool.submit(_piece, block, now, since) for block in mine]


def _piece(block: _Block, now: datetime, since: datetime) -> _Piece:
    recent = block.newest is None or block.newest > since
    with pq.ParquetFile(block.path, read_dictionary=list(_NAMED)) as file:  # type: ignore[no-untyped-call]
        table = file.read_row_group(block.number, columns=[*_COLUMNS, *(["text"] if recent else [])], use_threads=False)
    table = table.combine_chunks().unify_dictionaries()
    group, sender, kind = (_numbered(table[name]) for name in _NAMED)
    time, local = (_plain(table[name]) for name in ("time", "local"))
    said = _is_said(kind) & ~_plain(table["bot"]) & (sender[0] >= 0)
    said &= time <= np.datetime64(now, "us").astype(np.int64)
    asks = np.zeros(len(time), dtype=np.bool_)
    if recent:
        asks = column(table["text"].chunk(0)).str.contains(QUESTION).fill_null(False).to_numpy()
    columns = (group[0], sender[0], time, (local // DAY).astype(np.int32), _plain(table["order"]), asks)
    columns = columns if said.all() else tuple(values[said] for values in columns)
    return _Piece(block, group[1], sender[1], columns)


def _numbered(values: pa.ChunkedArray) -> tuple[npt.NDArray[Any], pa.Array]:
    """Numbers (-1 for null) and what they mean."""
    whole = values.chunk(0)
    return column(whole.indices).fill_null(-1).to_numpy(), whole.dictionary


def _plain(values: pa.ChunkedArray) -> npt.NDArray[Any]:
    """The values as they are stored, times in microseconds. (Arrow's own `to_numpy` would load all of pandas.)"""
    return column(values.chunk(0)).to_physical().to_numpy()


def _is_said(kind: tuple[npt.NDArray[Any], pa.Array]) -> Mask:
    is_one = np.array([*(name in MESSAGE_KINDS for name in kind[1].to_pylist()), False], dtype=np.bool_)
    return np.asarray(is_one[kind[0]])


def _shelf(pieces: list[_Piece], span: Span) -> Shelf | None:
    """The rows of the pieces whose groups are on the shelf."""
    if not pieces:
        return None
    parts = [_within(piece, span) for piece in pieces]
    group, names = _as_one([piece.groups for piece in pieces], [part[0] for part in parts])
    person, senders = _as_one([piece.senders for piece in pieces], [part[1] for part in parts])
    if not group.size:
        return None
    return Shelf(
        names, senders, span, group, person, *(np.concatenate([part[i] for part in parts]) for i in range(2, 6))
    )


def _within(piece: _Piece, span: Span) -> tuple[npt.NDArray[Any], ...]:
    """The columns of the rows whose groups are on the shelf."""
    (first, last), block = span, piece.block
    if (first is None or block.first >= first) and (last is None or not _reaches(block, last)):
        return piece.columns
    names = piece.groups.to_pylist()
    inside = np.array([(first is None or n >= first) and (last is None or n < last) for n in names], dtype=np.bool_)
    mine = inside[piece.columns[0]]
    return tuple(values[mine] for values in piece.columns)


def _as_one(meanings: list[pa.Array], numbers: list[npt.NDArray[Any]]) -> tuple[Codes, pl.Series]:
    """Numbers of several numberings in one that is common to all, and what they mean."""
    chunks = [
        pa.DictionaryArray.from_arrays(pl.int_range(len(m), dtype=pl.Int32, eager=True).to_arrow(), m) for m in meanings
    ]
    common = pa.chunked_array(chunks).unify_dictionaries()
    new = [column(chunk.indices).to_numpy()[old] for chunk, old in zip(common.chunks, numbers, strict=True)]
    return np.concatenate(new), column(common.chunk(0).dictionary)


def runs(*columns: Codes) -> tuple[Codes, Codes]:
    """Rows in the order of columns of numbers (none negative), first the first, equal ones as they stand; and the
    places in that order at which others than before begin.

    Packed into one number with the row's own, they are sorted as numbers, four times as fast; where they do not fit,
    as columns.
    """
    count = columns[0].size
    widths = [int(values.max(initial=0)).bit_length() for values in columns]
    place = max(count - 1, 0).bit_length()
    fresh = np.ones(count, dtype=np.bool_)
    if sum(widths) + place > 63:
        row = np.lexsort(columns[::-1])
        fresh[1:] = np.any([values[row[1:]] != values[row[:-1]] for values in columns], axis=0)
        return row, np.flatnonzero(fresh)
    packed = columns[0].astype(np.int64)
    for values, width in zip(columns[1:], widths[1:], strict=True):
        packed <<= width
        packed |= values
    packed <<= place
    packed |= np.arange(count)
    packed = pl.Series(packed).sort().to_numpy()
    kind = packed >> place
    np.not_equal(kind[1:], kind[:-1], out=fresh[1:])
    return packed & ((1 << place) - 1), np.flatnonzero(fresh)
