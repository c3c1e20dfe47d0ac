"""The mould: the heads of a file are cast in few moulds, and one look at one of them tells where its numbers stand.

`31/12/2023, 23:59 - ` and all heads like it are `00/00/0000, 00:00 - ` once every digit is a 0. A head that comes out
of a known mould needs no reading: its numbers stand where the mould has zeros. The first of each shape is read step by
step (`chat/cursor.py`), and so is whatever comes out of no mould.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count
from re import finditer

import numpy as np
import numpy.typing as npt

from huoqun.chat.lines import Ints, Lines, Mask, Raw, split

_WIDE = 40
"""Bytes of a line in which a head must end to have a mould; a multiple of eight."""
_BLOCK = 1 << 15
"""Lines looked at together: their bytes stay in the processor's cache."""
_TRIED = 64
"""Lines read step by step to find one whose mould is not known yet."""
_MOULDS = 100
"""Shapes a file's heads can have: days, months and hours of one or two digits, words for the halves of the day."""

Words = npt.NDArray[np.uint64]
_ZERO = np.uint8(48)
Small = npt.NDArray[np.int16]


@dataclass(frozen=True)
class Stamped:
    """The heads among some lines, in the order of the lines."""

    line: Ints
    rest: Ints
    """Where what follows the head begins."""
    numbers: tuple[Small, ...]
    """The numbers of the heads in their order, of up to four digits, -1 where one does not stand."""
    marks: tuple[Small, ...]
    """What else a head tells; the same for all heads of one shape."""

    def only(self, keep: Mask) -> "Stamped":
        """Some of the heads."""
        if keep.all():
            return self
        numbers = tuple(number[keep] for number in self.numbers)
        return Stamped(self.line[keep], self.rest[keep], numbers, tuple(mark[keep] for mark in self.marks))

    @staticmethod
    def of(line: Ints, rest: Ints, numbers: Sequence[Ints], marks: Sequence[Ints], keep: Mask) -> "Stamped":
        """The lines to keep of some that were read step by step."""
        small = [[column[keep].astype(np.int16) for column in columns] for columns in (numbers, marks)]
        return Stamped(line[keep], rest[keep], tuple(small[0]), tuple(small[1]))


Reader = Callable[[Lines, Ints], Stamped]
"""Reads lines step by step and gives those that are heads. What it does hangs on which bytes are digits, never on
which digits they are."""


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
    moulds: list[_Mould] = []
    parts = [_block(lines, which[at : at + _BLOCK], reader, moulds) for at in range(0, max(len(which), 1), _BLOCK)]
    return Stamped(
        np.concatenate([part.line for part in parts]),
        np.concatenate([part.rest for part in parts]),
        tuple(np.concatenate(column) for column in zip(*(part.numbers for part in parts), strict=True)),
        tuple(np.concatenate(column) for column in zip(*(part.marks for part in parts), strict=True)),
    )


def _block(lines: Lines, which: Ints, reader: Reader, moulds: list[_Mould]) -> Stamped:
    """The heads of one block; shapes not seen before are added to `moulds`."""
    starts = lines.starts[which]
    left = np.flatnonzero(starts + _WIDE <= len(lines.raw))
    odd = [which[len(left) :]]
    found: list[Stamped] = []
    heads = np.lib.stride_tricks.sliding_window_view(lines.raw, _WIDE)[starts[left]] if len(left) else None
    words = np.where(heads - _ZERO < 10, _ZERO, heads).view(np.uint64) if heads is not None else None
    for number in count():
        if heads is None or words is None or not len(left):
            break
        if number == len(moulds):
            if len(left) <= _TRIED:
                odd.append(which[left])
                break
            tried, left = left[:_TRIED], left[_TRIED:]
            read_ = reader(lines, which[tried])
            found.append(read_)
            if not _learn(lines, read_, reader, moulds):
                odd.append(which[left])
                break
        mould = moulds[number]
        fits = _fits(words, left, mould)
        if fits.any():
            rows = left[fits]
            found.append(_cast(which[rows], starts[rows], heads, rows, mould))
            left = left[~fits]
    found.append(reader(lines, np.sort(np.concatenate(odd))))
    return _in_order(found)


def _fits(words: Words, left: Ints, mould: _Mould) -> Mask:
    fits = np.ones(len(left), np.bool_)
    for place, (shape, cover) in enumerate(zip(mould.shape, mould.cover, strict=True)):
        if cover:
            fits &= (words[left, place] & cover) == shape
    return fits


def _cast(line: Ints, starts: Ints, heads: Raw, rows: Ints, mould: _Mould) -> Stamped:
    """Heads that come out of the mould."""
    places = [place for span in mould.numbers for place in range(*span)]
    digits = iter(np.ascontiguousarray((heads if len(rows) == len(heads) else heads[rows]).T[places]) - _ZERO)
    numbers = []
    for begin, end in mould.numbers:
        value = np.full(len(rows), 0 if end else -1, np.int16)
        for _ in range(begin, end):
            value *= 10
            value += next(digits)
        numbers.append(value)
    marks = tuple(np.full(len(rows), mark, np.int16) for mark in mould.marks)
    return Stamped(line, starts + mould.length, tuple(numbers), marks)


def _learn(lines: Lines, found: Stamped, reader: Reader, moulds: list[_Mould]) -> bool:
    """Adds the mould of one of the heads; False where none of them has one."""
    for line, rest in zip(found.line.tolist(), found.rest.tolist(), strict=True):
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
    values = [int(number[0]) for number in seen.numbers] if len(seen.line) else []
    if not values or seen.rest[0] != len(head):
        return None
    if [int(probe[begin:end]) for begin, end in runs] != [value for value in values if value >= 0]:
        return None
    places = iter(runs)
    numbers = tuple(next(places) if value >= 0 else (0, 0) for value in values)
    shape = probe.replace(b"9", b"0").ljust(_WIDE, b"\0")
    cover = (b"\xff" * len(head)).ljust(_WIDE, b"\0")
    marks = tuple(int(mark[0]) for mark in seen.marks)
    return _Mould(np.frombuffer(shape, np.uint64), np.frombuffer(cover, np.uint64), len(head), numbers, marks)


def _in_order(found: list[Stamped]) -> Stamped:
    if sum(len(part.line) > 0 for part in found) == 1:
        return next(part for part in found if len(part.line))
    line = np.concatenate([part.line for part in found])
    order = np.argsort(line, kind="stable")
    return Stamped(
        line[order],
        np.concatenate([part.rest for part in found])[order],
        tuple(np.concatenate(column)[order] for column in zip(*(part.numbers for part in found), strict=True)),
        tuple(np.concatenate(column)[order] for column in zip(*(part.marks for part in found), strict=True)),
    )
