"""The grid: a CSV file of a known layout as columns, with the line each row begins on, at the speed of Polars.

A line break inside quotes does not end a row; whether a break is inside shows in the number of quotes before it, odd
or even, for all breaks at once. Where the rows that Polars finds are not the rows that the quotes tell, something is
damaged, and `chat/delimited.py` reads the file again, slowly and row by row, and reports what it passes over.
"""

from dataclasses import dataclass
from mmap import MADV_DONTNEED, mmap

import numpy as np
import polars as pl

from huoqun.chat import delimited
from huoqun.chat.encoding import Bytes
from huoqun.chat.lines import Ints
from huoqun.chat.message import Skipped

_STEP = 1 << 22


@dataclass(frozen=True)
class Grid:
    """Rows of strings by heading."""

    frame: pl.DataFrame
    """Every cell a string or null, and `line`, the 0-based line the row begins on."""
    skipped: tuple[Skipped, ...] = ()


def read(data: Bytes, last: str) -> Grid:
    """The rows below the first line, which holds the headings. `last` is a column that no whole row leaves empty."""
    starts = _row_starts(data)
    try:
        frame = _frame(data)
    except (pl.exceptions.PolarsError, ValueError):
        return _carefully(data)
    if frame.height != len(starts) - 1 or frame[last].null_count():
        return _carefully(data)
    return Grid(frame.with_columns(line=pl.Series(starts[1:], dtype=pl.Int64)))


def _frame(data: Bytes) -> pl.DataFrame:
    copy = bytes(data)
    if isinstance(data, mmap):
        data.madvise(MADV_DONTNEED)  # the copy is enough for now: do not keep both in memory
    return pl.read_csv(copy, infer_schema=False)


def _row_starts(data: Bytes) -> Ints:
    """The lines on which rows begin, empty lines left out."""
    raw = np.frombuffer(data, np.uint8)
    quotes, line, row_begins = 0, 0, []
    for at in range(0, len(raw), _STEP):
        chunk = raw[at : at + _STEP]
        breaks = np.flatnonzero(chunk == 10)
        before = np.searchsorted(np.flatnonzero(chunk == 34), breaks)
        outside = (before + quotes) % 2 == 0
        empty = _empty(raw, breaks + at)
        row_begins.append(line + 1 + np.flatnonzero(outside)[~empty[outside]])
        quotes += int((chunk == 34).sum())
        line += len(breaks)
    begins = np.concatenate([np.zeros(1, np.int64), *row_begins])
    return begins if len(raw) and raw[-1] != 10 else begins[:-1]


def _empty(raw: np.ndarray[tuple[int], np.dtype[np.uint8]], breaks: Ints) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which breaks are followed by an empty line."""
    next_ = raw.take(breaks + 1, mode="clip")
    after = raw.take(breaks + 2, mode="clip")
    inside = breaks + 1 < len(raw)
    return np.asarray(inside & ((next_ == 10) | ((next_ == 13) & (after == 10))))


def _carefully(data: Bytes) -> Grid:
    table = delimited.table(bytes(data).decode("utf-8", "replace"), ",")
    width = len(table.headings)
    whole = [number for number, row in enumerate(table.rows) if len(row) == width]
    odd = [Skipped(table.lines[n], "too_many_columns") for n, row in enumerate(table.rows) if len(row) > width]
    odd += [Skipped(table.lines[n], "too_few_columns") for n, row in enumerate(table.rows) if len(row) < width]
    cells = {
        heading: pl.Series([table.rows[n][column] for n in whole], dtype=pl.String)
        for column, heading in enumerate(table.headings)
    }
    frame = pl.DataFrame(cells).with_columns(line=pl.Series([table.lines[n] for n in whole], dtype=pl.Int64))
    return Grid(frame, tuple(sorted([*table.skipped, *odd], key=lambda place: place.line)))
