"""Records: JSON decoded in one go when all of it is sound, record by record when some of it is not.

A format says what a record looks like as a `msgspec.Struct` and gets a list of them, the place of each, and the
places that could not be read. Structs name only the fields that are used; everything else is passed over unread.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from mmap import mmap
from typing import Generic, TypeVar

import msgspec
import numpy as np
import polars as pl
import pyarrow as pa

from huoqun.chat.handed import column
from huoqun.chat.lines import Ints
from huoqun.chat.message import Skipped
from huoqun.chat.refusal import NotAChat

T = TypeVar("T")

Id = str | int | None
"""An id as exporters write it: some quote numbers, some do not."""

_TIMES = re.compile(r"at `\$\.(?:timestamp|createTime|time|msgtime|origin_server_ts|ts)`")
_BAD = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, ValueError, OverflowError)
_LONE = re.compile(
    rb"(?<!\\)((?:\\\\)*)(?:(\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})|\\u[dD][89a-fA-F][0-9a-fA-F]{2})"
)


@dataclass(frozen=True)
class Records(Generic[T]):
    """What was read: the records, the 0-based place of each (record number, or line), and what was skipped."""

    items: list[T]
    places: Sequence[int]
    skipped: tuple[Skipped, ...] = ()


def whole(data: bytes | mmap, shape: type[T], what: str) -> T:
    """The file as one value of `shape`. `what` names the format where the error says that the file is cut off."""
    try:
        return _sound(data, shape)
    except msgspec.ValidationError as error:
        raise NotAChat(what, "other_layout", detail=str(error)) from None
    except _BAD as error:
        raise NotAChat(what, "damaged", detail=str(error)) from None


def array(raw: bytes | msgspec.Raw, shape: type[T], what: str) -> Records[T]:
    """The records of a JSON array. Places are record numbers."""
    try:
        items: list[T] = msgspec.json.Decoder(list[shape], strict=False).decode(raw)  # type: ignore[valid-type]
        return Records(items, range(len(items)))
    except _BAD:
        pieces = whole(bytes(raw), list[msgspec.Raw], what)
    return _one_by_one(pieces, range(len(pieces)), shape)


def lines(data: bytes | mmap, shape: type[T]) -> Records[T]:
    """The records of JSON lines; empty lines and those that begin with `#` are passed over. Places are line numbers."""
    pieces, places = [], []
    for number, line in enumerate(data[:].split(b"\n")):
        piece = line.strip()
        if piece and not piece.startswith(b"#"):
            pieces.append(piece)
            places.append(number)
    try:
        decode = msgspec.json.Decoder(shape, strict=False).decode
        return Records([decode(piece) for piece in pieces], places)
    except _BAD:
        return _one_by_one(pieces, places, shape)


def _one_by_one(pieces: Sequence[bytes | msgspec.Raw], places: Sequence[int], shape: type[T]) -> Records[T]:
    """Decode each piece for itself; what fails is told apart: not JSON at all, or a field of a wrong sort."""
    decode = msgspec.json.Decoder(shape, strict=False).decode
    items, kept, skipped = [], [], []
    for piece, place in zip(pieces, places, strict=True):
        try:
            items.append(decode(piece))
            kept.append(place)
        except _BAD:
            try:
                items.append(_sound(bytes(piece), shape))
                kept.append(place)
            except msgspec.ValidationError as error:
                skipped.append(Skipped(place, "bad_time" if _TIMES.search(str(error)) else "bad_record"))
            except _BAD:
                skipped.append(Skipped(place, "bad_json"))
    return Records(items, kept, tuple(skipped))


def _sound(data: bytes | mmap, shape: type[T]) -> T:
    """Decode; halves of surrogate pairs (emoji cut in two by an exporter) become U+FFFD instead of an error."""
    decoder = msgspec.json.Decoder(shape, strict=False)
    try:
        return decoder.decode(data)
    except msgspec.ValidationError:
        raise
    except _BAD:
        mended = _LONE.sub(lambda m: m[1] + (m[2] or b"\\ufffd"), data)
        if mended == data[:]:
            raise
        return decoder.decode(mended)


def texts(values: Sequence[object]) -> pl.Series:
    """Values as a column of strings: numbers become their digits, null stays null."""
    return pl.Series(values, dtype=pl.String, strict=False)


def lists(values: Sequence[Sequence[str | None] | None]) -> pl.Series:
    """Lists of strings as a column; None is an empty list. (Polars builds such a column ten times slower.)"""
    counts = np.array([len(value) if value else 0 for value in values], np.int64)
    return parted(pl.Series([item for value in values if value for item in value], dtype=pl.String), counts)


def parted(items: pl.Series, counts: Ints) -> pl.Series:
    """A column of lists: the first `counts[0]` items, the next `counts[1]`, and so on."""
    ends = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=ends[1:])
    flat = items.to_arrow()
    whole = pa.Array.from_buffers(pa.large_list(flat.type), len(counts), [None, pa.py_buffer(ends)], children=[flat])
    return column(whole).cast(pl.List(pl.String))
