"""The lines: where every line of a text begins and ends, and texts cut out of the file without copying.

The fast formats never walk over a file in Python. One NumPy pass finds the lines, columns of bytes at the line starts
tell the headers, and the texts between become one Polars column that points into the file.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from huoqun.chat.encoding import Bytes
from huoqun.chat.handed import column

Ints = npt.NDArray[np.int64]
Raw = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]

_STEP = 1 << 20
_REACH = 1 << 31
"""Arrow's string views reach four gigabytes into a buffer: longer files are cut into columns of this size."""


@dataclass(frozen=True)
class Lines:
    """The lines of a text. Only `\\n` ends a line; a `\\r` before it does not belong to the line."""

    data: Bytes
    raw: Raw
    """The bytes as numbers, sharing memory with `data`."""
    starts: Ints
    """Place of each line's first byte."""
    stops: Ints
    """Place after each line's last byte, without its `\\r\\n`."""
    windows: bool = False
    """Some line ends in `\\r\\n`."""


def split(data: Bytes) -> Lines:
    """The lines of UTF-8 text. A last line without `\\n` counts; nothing after a last `\\n` does not."""
    raw = np.frombuffer(data, np.uint8)
    found = [np.flatnonzero(raw[at : at + _STEP] == 10) + at for at in range(0, len(raw), _STEP)]
    ends = np.concatenate(found) if found else np.empty(0, np.int64)
    if len(raw) and raw[-1] != 10:
        ends = np.append(ends, len(raw))
    starts = np.empty_like(ends)
    if len(ends):
        starts[0] = 0
        starts[1:] = ends[:-1] + 1
    returns = (ends > starts) & (raw.take(ends - 1, mode="clip") == 13)
    return Lines(data, raw, starts, ends - returns, bool(returns.any()))


def places(raw: Raw, pair: bytes) -> Ints:
    """Where these two bytes stand one behind the other."""
    found = [np.empty(0, np.int64)]
    for at in range(0, len(raw), _STEP):
        piece = raw[at : at + _STEP + 1]
        both = piece[:-1] == pair[0]
        both &= piece[1:] == pair[1]
        found.append(np.flatnonzero(both) + at)
    return np.concatenate(found)


def texts(data: Bytes, starts: Ints, stops: Ints) -> pl.Series:
    """The pieces `data[start:stop]` as one column, pointing into `data`.

    Pieces stand in order and do not overlap; each must begin and end between characters of valid UTF-8.
    """
    parts = []
    for at in range(0, len(data), _REACH) if len(data) > _REACH else (0,):
        low, high = np.searchsorted(starts, [at, at + _REACH])
        if high > low:
            parts.append(_view(data, starts[low:high], stops[low:high]))
    return pl.concat(parts) if parts else pl.Series(dtype=pl.String)


def _view(data: Bytes, starts: Ints, stops: Ints) -> pl.Series:
    base, end = int(starts[0]), int(stops[-1])
    marks = np.empty(2 * len(starts), np.int64)
    marks[0::2] = starts
    marks[1::2] = stops
    marks -= base
    window = pa.py_buffer(memoryview(data)[base:end])
    whole = pa.LargeStringArray.from_buffers(len(marks) - 1, pa.py_buffer(marks), window)
    return column(whole).gather_every(2)
