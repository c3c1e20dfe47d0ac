"""The keyed: fields of many JSON records found by their keys, for all records at once, without building any object.

Only for JSON that is known to be valid. A quote inside a JSON string is always escaped, so `"from_id"` followed by a
colon is a key wherever it stands; what stands after the first inner `{` may belong to an inner object, so a record
whose key is found there is called odd. Odd records are few; they are decoded one by one by whoever asks.
"""

import msgspec
import numpy as np
import polars as pl

from huoqun.chat.cursor import Cursor
from huoqun.chat.encoding import Bytes
from huoqun.chat.lines import Ints, Lines, Mask, Raw, texts

_BLANKS = np.zeros(256, np.bool_)
_BLANKS[list(b" \t\r\n")] = True
_STEP = 1 << 22


def begins(data: Bytes, start: int, stop: int, keys: tuple[bytes, bytes]) -> Ints:
    """Places of objects whose first key is `keys[0]` with a whole number and whose second is `keys[1]`."""
    raw = np.frombuffer(data, np.uint8)
    found = [np.flatnonzero(raw[at : min(at + _STEP, stop)] == 123) + at for at in range(start, stop, _STEP)]
    braces = np.concatenate(found) if found else np.empty(0, np.int64)
    cursor = Cursor(Lines(data, raw, braces, np.full(len(braces), stop)), np.arange(len(braces)))
    for piece in (b"{", keys[0], b":"):
        cursor.must(piece)
        cursor.at = _over_blanks(raw, cursor.at, cursor.ok)
    cursor.number(1, 18)
    for piece in (b",", keys[1]):
        cursor.at = _over_blanks(raw, cursor.at, cursor.ok)
        cursor.must(piece)
    return braces[cursor.ok]


def _over_blanks(raw: Raw, at: Ints, where: Mask) -> Ints:
    at = at.copy()
    under_way = np.flatnonzero(where)
    while len(under_way):
        under_way = under_way[_BLANKS[raw.take(at[under_way], mode="clip")] & (at[under_way] < len(raw))]
        at[under_way] += 1
    return at


class Keyed:
    """Records in a text, and which of them turned out odd."""

    def __init__(self, data: Bytes, starts: Ints, stop: int) -> None:
        """Each record reaches to the next; the last to `stop`."""
        self.data = data
        self.raw: Raw = np.frombuffer(data, np.uint8)
        self.starts = starts
        self.stops: Ints = np.append(starts[1:], stop)
        self.whole = texts(data, starts, self.stops)
        inner = texts(data, starts + 1, self.stops).str.find("{", literal=True).cast(pl.Int64)
        self.inner: Ints = starts + 1 + inner.fill_null(1 << 40).to_numpy()
        self.odd: Mask = np.zeros(len(starts), np.bool_)

    def values(self, key: str) -> tuple[Ints, Mask]:
        """Where the key's value begins in each record, and which records have the key."""
        off = self.whole.str.find(f'"{key}"', literal=True)
        has = off.is_not_null().to_numpy()
        at = np.where(has, self.starts + off.fill_null(0).to_numpy() + len(key) + 2, self.starts)
        at = _over_blanks(self.raw, at, has)
        self.odd |= has & ((self.raw.take(at, mode="clip") != 58) | (at > self.inner))
        return _over_blanks(self.raw, at + 1, has), has

    def strings(self, key: str) -> pl.Series:
        """The key's string in each record, as written between the quotes; null where it has none."""
        at, has = self.values(key)
        first = self.raw.take(at, mode="clip")
        quoted = has & (first == 34)
        self.odd |= has & ~quoted & (first != 110)  # neither a string nor null
        begin = np.where(quoted, at + 1, self.starts)
        end = texts(self.data, begin, self.stops).str.find('"', literal=True).cast(pl.Int64).fill_null(0).to_numpy()
        stop = np.where(quoted, begin + end, begin)
        self.odd |= quoted & (end > 0) & (self.raw.take(stop - 1, mode="clip") == 92)  # an escaped quote
        column = texts(self.data, begin, stop)
        return column if quoted.all() else column.set(pl.Series(~quoted), None)

    def numbers(self, key: str) -> pl.Series:
        """The key's whole number in each record; null where it has none."""
        at, has = self.values(key)
        end = at.copy()
        under_way = np.flatnonzero(has)
        while len(under_way):
            under_way = under_way[(self.raw.take(end[under_way], mode="clip") - np.uint8(48)) < 10]
            end[under_way] += 1
        self.odd |= has & (end == at) & (self.raw.take(at, mode="clip") != 110)
        return texts(self.data, at, end).cast(pl.Int64, strict=False)

    def twice(self, key: str) -> Mask:
        """Which records have the key a second time."""
        off = self.whole.str.find(f'"{key}"', literal=True).cast(pl.Int64).fill_null(0).to_numpy()
        rest = texts(self.data, np.minimum(self.starts + off + len(key) + 2, self.stops), self.stops)
        return np.asarray(rest.str.contains(f'"{key}"', literal=True).to_numpy())

    def piece(self, number: int) -> bytes:
        """One record without what separates it from the next."""
        return bytes(self.data[int(self.starts[number]) : int(self.stops[number])]).rstrip(b", \t\r\n")


def unescaped(column: pl.Series) -> pl.Series:
    """JSON strings, as written between their quotes, as what they mean."""
    escaped = column.str.contains("\\", literal=True).fill_null(False)
    if not escaped.any():
        return column
    written = column.filter(escaped).to_list()
    meant = msgspec.json.decode('["' + '","'.join(written) + '"]', type=list[str])
    return column.scatter(escaped.arg_true(), pl.Series(meant, dtype=pl.String))
