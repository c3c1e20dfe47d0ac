"""The mould: the heads of a file are cast in few moulds, and one look at one of them tells where its numbers stand.

`31/12/2023, 23:59 - ` and all heads like it are `00/00/0000, 00:00 - ` once every digit is a 0. A head that comes out
of a known mould needs no reading: its numbers stand where the mould has zeros. The first of each shape is read step by
step (`chat/cursor.py`), and so is whatever comes out of no mould.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from re import finditer
from typing import Any

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from huoqun.chat.lines import Ints, Lines, Mask, Raw, split

_WIDE = 40
"""Bytes of a line in which a head must end to have a mould; a multiple of eight."""
_BLOCK = 1 << 15
"""Lines looked at together: their bytes stay in the processor's cache."""
_TRIED = 1024
"""Lines read step by step to find one whose mould is not known yet."""
_MOULDS = 100
"""Shapes a file's heads can have: days, months and hours of one or two digits, words for the halves of the day."""

Words = npt.NDArray[np.uint64]
_ZERO = np.uint8(48)
Small = npt.NDArray[np.int16]


@dataclass(frozen=True)
class Stamped:
    """Lines and what stands in the heads of those that are heads."""

    line: Ints
    ok: Mask
    """Which of the lines are heads; nothing else means anything for the others."""
    rest: Ints
    """Where what follows the head begins."""
    numbers: Small
    """One row for each number of a head, in their order, of up to four digits; -1 where one does not stand."""
    marks: Small
    """One row for each thing else that a head tells; the same for all heads of one shape."""

    def only(self, keep: Mask) -> "Stamped":
        """Some of the lines."""
        if keep.all():
            return self
        return Stamped(
            self.line[keep], self.ok[keep], self.rest[keep], *(_some(rows, keep) for rows in (self.numbers, self.marks))
        )


Reader = Callable[[Lines, Ints], Stamped]
"""Reads lines step by step. What it does hangs on which bytes are digits, never on which digits they are."""


@dataclass(frozen=True)
class _Mould:
    shape: Words
    """The head with every digit a 0, eight bytes a word; past its end 0."""
    cover: Words
    """All ones where `shape` has a byte of the head."""
    length: int
    numbers: tuple[tuple[int, int], ...]
    """Where each number begins and ends; (0, 0) for one that does not stand."""
    marks: tuple[int, ...]


def read(lines: Lines, which: Ints, reader: Reader) -> Stamped:
    """The heads among the lines `which`, as `reader` reads them."""
    empty = reader(lines, which[:0])
    found = Stamped(
        which,
        np.zeros(len(which), np.bool_),
        np.zeros(len(which), np.int64),
        np.zeros((len(empty.numbers), len(which)), np.int16),
        np.zeros((len(empty.marks), len(which)), np.int16),
    )
    moulds: list[_Mould] = []
    for at in range(0, len(which), _BLOCK):
        _block(lines, found, slice(at, at + _BLOCK), reader, moulds)
    return found.only(found.ok)


def _some(rows: Small, keep: Mask) -> Small:
    """Some of the columns. (NumPy is slow at this in two dimensions at once.)"""
    return np.stack([row[keep] for row in rows])


def _block(lines: Lines, whole: Stamped, part: slice, reader: Reader, moulds: list[_Mould]) -> None:
    """Reads a part of the lines; shapes not seen before are added to `moulds`."""
    into = Stamped(whole.line[part], whole.ok[part], whole.rest[part], whole.numbers[:, part], whole.marks[:, part])
    starts = lines.starts[into.line]
    near_end = int(np.searchsorted(starts, len(lines.raw) - _WIDE, side="right"))
    left, odd = np.arange(near_end), [np.arange(near_end, len(starts))]
    heads = sliding_window_view(lines.raw, _WIDE)[starts[:near_end]] if near_end else np.empty((0, _WIDE), np.uint8)
    words = np.where(heads - _ZERO < 10, _ZERO, heads).view(np.uint64)
    for number in count():
        if number == len(moulds):
            tried, left = left[:_TRIED], left[_TRIED:]
            odd.append(tried)
            if not len(left) or not _learn(lines, reader(lines, into.line[tried]), reader, moulds):
                odd.append(left)
                break
        fits = _fits(words, left, moulds[number])
        if fits.any():
            _cast(into, left[fits], starts, heads, moulds[number])
            left = left[~fits]
    rows = np.sort(np.concatenate(odd))
    seen = reader(lines, into.line[rows])
    into.ok[rows], into.rest[rows] = seen.ok, seen.rest
    into.numbers[:, rows], into.marks[:, rows] = seen.numbers, seen.marks


def _fits(words: Words, left: Ints, mould: _Mould) -> Mask:
    fits = np.ones(len(left), np.bool_)
    for place, (shape, cover) in enumerate(zip(mould.shape, mould.cover, strict=True)):
        if cover:
            fits &= (words[left, place] & cover) == shape
    return fits


def _cast(into: Stamped, rows: Ints, starts: Ints, heads: Raw, mould: _Mould) -> None:
    """Fills in the heads that come out of the mould: among all lines at once where most do, else one by one."""
    most = 2 * len(rows) > len(heads)
    some = np.zeros(len(heads), np.bool_)
    some[rows] = True

    def fill(target: npt.NDArray[Any], value: Any) -> None:
        if most:
            np.copyto(target[: len(heads)], value, where=some)
        else:
            target[rows] = value

    places = [place for span in mould.numbers for place in range(*span)]
    digits = iter(np.ascontiguousarray((heads if most else heads[rows]).T[places]) - _ZERO)
    fill(into.ok, True)
    fill(into.rest, (starts[: len(heads)] if most else starts[rows]) + mould.length)
    for number, (begin, end) in enumerate(mould.numbers):
        value = next(digits).astype(np.int16) if end else np.int16(-1)
        for _ in range(begin + 1, end):
            value = value * np.int16(10) + next(digits)
        fill(into.numbers[number], value)
    for mark, same in enumerate(mould.marks):
        fill(into.marks[mark], same)


def _learn(lines: Lines, found: Stamped, reader: Reader, moulds: list[_Mould]) -> bool:
    """Adds the mould of one of the heads; False where none of them has one."""
    for line, rest in zip(found.line[found.ok].tolist(), found.rest[found.ok].tolist(), strict=True):
        begin = int(lines.starts[line])
        mould = _mould(bytes(lines.data[begin:rest]), reader) if rest - begin <= _WIDE else None
        if mould is not None and len(moulds) < _MOULDS:
            moulds.append(mould)
            return True
    return False


def _mould(head: bytes, reader: Reader) -> _Mould | None:
    """The mould of a head: what the reader makes of it when every digit is a 9 tells which numbers stand where."""
    probe = bytes(57 if 48 <= byte < 58 else byte for byte in head)
    seen = reader(split(probe + b"x"), np.zeros(1, np.int64))
    runs = [run.span() for run in finditer(rb"9+", probe)]
    values = seen.numbers[:, 0].tolist()
    if not seen.ok[0] or seen.rest[0] != len(head):
        return None
    if [int(probe[begin:end]) for begin, end in runs] != [value for value in values if value >= 0]:
        return None
    places = iter(runs)
    numbers = tuple(next(places) if value >= 0 else (0, 0) for value in values)
    shape = probe.replace(b"9", b"0").ljust(_WIDE, b"\0")
    cover = (b"\xff" * len(head)).ljust(_WIDE, b"\0")
    marks = tuple(seen.marks[:, 0].tolist())
    return _Mould(np.frombuffer(shape, np.uint64), np.frombuffer(cover, np.uint64), len(head), numbers, marks)
