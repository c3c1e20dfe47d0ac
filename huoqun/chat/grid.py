"""The grid: a CSV file of a known layout as columns, with the line each row begins on, at the speed of Polars.

A line break inside quotes does not end a row; whether a break is inside shows in the number of quotes before it, odd
or even, for all breaks at once. Where the rows that Polars finds are not the rows that the quotes tell, something is
damaged, and `chat/delimited.py` reads the file again, slowly and row by row, and reports what it passes over.
"""

from collections.abc import Callable
from dataclasses import dataclass
from mmap import MADV_DONTNEED, mmap

import numpy as np
import polars as pl

from huoqun.chat import delimited
from huoqun.chat.encoding import Bytes
from huoqun.chat.lines import Ints
from huoqun.chat.message import Skipped

_STEP = 1 << 20
_ROWS = 100_000
"""Rows made into columns at a time."""


@dataclass(frozen=True)
class Grid:
    """Rows of strings by heading."""

    frame: pl.DataFrame
    """Every cell a string or null, and `line`, the 0-based line the row begins on."""
    skipped: tuple[Skipped, ...] = ()


def read(data: Bytes, last: str, shape: Callable[[pl.DataFrame], pl.DataFrame] | None = None) -> Grid:
    """The rows below the first line, which holds the headings. `last` is a column that no whole row leaves empty.

    The file is read a piece at a time. `shape` makes of the rows of a piece those that are kept, so that the strings of
    the whole file never stand in memory together.
    """
    lines, places = _row_starts(data)
    lines, places = lines[1:], np.append(places[1:], len(data))
    heading = bytes(data[: places[0]])
    pieces = []
    for at in range(0, max(len(lines), 1), _ROWS):
        line = lines[at : at + _ROWS]
        try:
            frame = pl.read_csv(heading + data[places[at] : places[at + len(line)]], infer_schema=False)
        except (pl.exceptions.PolarsError, ValueError):
            return _carefully(data, shape)
        if frame.height != len(line) or frame[last].null_count():
            return _carefully(data, shape)
        frame = frame.with_columns(line=pl.Series(line, dtype=pl.Int64))
        pieces.append(shape(frame) if shape else frame)
    if isinstance(data, mmap):
        data.madvise(MADV_DONTNEED)  # nobody needs the file's own bytes any more
    return Grid(_joined(pieces))


def _joined(pieces: list[pl.DataFrame]) -> pl.DataFrame:
    """The pieces as one frame, made column by column so that no second copy of the whole is ever there."""
    whole = pl.concat(pieces)
    pieces.clear()
    return pl.DataFrame([whole.drop_in_place(name).rechunk() for name in whole.columns])


def _row_starts(data: Bytes) -> tuple[Ints, Ints]:
    """The lines on which rows begin, empty lines left out, and the places of their first bytes."""
    raw = np.frombuffer(data, np.uint8)
    quotes, line = 0, 0
    lines, places = [np.zeros(1, np.int64)], [np.zeros(1, np.int64)]
    for at in range(0, len(raw), _STEP):
        chunk = raw[at : at + _STEP]
        breaks = np.flatnonzero(chunk == 10)
        quoted = np.flatnonzero(chunk == 34)
        outside = (np.searchsorted(quoted, breaks) + quotes) % 2 == 0
        begins = np.flatnonzero(outside & ~_empty(raw, breaks + at))
        lines.append(line + 1 + begins)
        places.append(breaks[begins] + at + 1)
        quotes += len(quoted)
        line += len(breaks)
    number, place = np.concatenate(lines), np.concatenate(places)
    return (number[:-1], place[:-1]) if not len(raw) or raw[-1] == 10 else (number, place)


def _empty(raw: np.ndarray[tuple[int], np.dtype[np.uint8]], breaks: Ints) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which breaks are followed by an empty line."""
    next_ = raw.take(breaks + 1, mode="clip")
    after = raw.take(breaks + 2, mode="clip")
    inside = breaks + 1 < len(raw)
    return np.asarray(inside & ((next_ == 10) | ((next_ == 13) & (after == 10))))


def _carefully(data: Bytes, shape: Callable[[pl.DataFrame], pl.DataFrame] | None) -> Grid:
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
    if shape:
        frame = shape(frame)
    return Grid(frame, tuple(sorted([*table.skipped, *odd], key=lambda place: place.line)))
