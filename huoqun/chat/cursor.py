"""The cursor: many lines read side by side, one byte column at a time.

A header such as `31/12/2023, 23:59 - ` is read for all lines at once: each step looks at one byte of every line,
moves those that go on, and marks those that do not fit. Heads of a shape seen before need no cursor: `chat/mould.py`.
"""

from collections.abc import Callable

import numpy as np

from huoqun.chat.lines import Ints, Lines, Mask, Raw


class Cursor:
    """A place in each of many lines. Lines that did not fit a step have `ok` false and stay where they are."""

    def __init__(self, lines: Lines, which: Ints) -> None:
        """Begins at the start of the lines `which`."""
        self.raw: Raw = lines.raw
        self.at: Ints = lines.starts[which]
        self.stop: Ints = lines.stops[which]
        self.ok: Mask = np.ones(len(which), np.bool_)

    def peek(self, ahead: int = 0) -> Raw:
        """The byte under the cursor, 10 (a line end) past the end."""
        place = self.at + ahead if ahead else self.at
        seen = self.raw.take(place, mode="clip")
        seen[place >= self.stop] = 10
        return seen

    def number(self, least: int, most: int, where: Mask | None = None) -> tuple[Ints, Ints]:
        """Reads `least` to `most` digits (only `where` that holds); gives the values and how many digits there were."""
        value = np.zeros(len(self.at), np.int64)
        count = np.zeros(len(self.at), np.int64)
        asked = self.ok if where is None else self.ok & where
        going = asked
        for _ in range(most):
            digit = self.raw.take(self.at, mode="clip") - np.uint8(48)
            going = going & (digit < 10)
            if not going.any():
                break
            value = np.where(going, value * 10 + digit, value)
            count += going
            self.at = self.at + going
        self.ok = self.ok & ((count >= least) | ~asked) & (self.at <= self.stop)
        return value, count

    def one_of(self, allowed: bytes) -> Raw:
        """Reads one byte that must be among `allowed`; gives it."""
        seen = self.peek()
        self.ok = self.ok & _among(seen, allowed)
        self.at = self.at + self.ok
        return seen

    def maybe(self, piece: bytes) -> Mask:
        """Reads the piece where it stands; gives where it did."""
        there: Mask = self.ok & (self.peek() == piece[0])
        for ahead in range(1, len(piece)):
            if not there.any():
                return there
            there = there & (self.peek(ahead) == piece[ahead])
        self.at = self.at + there * len(piece)
        return there

    def must(self, piece: bytes) -> None:
        """Reads the piece; lines where it does not stand are out."""
        self.ok = self.ok & self.maybe(piece)

    def until_digit(self, most: int) -> Ints:
        """Reads up to `most` bytes to the next digit; gives where that began. Lines without one are out."""
        begun = self.at.copy()

        def digit(at: Ints) -> Mask:
            there: Mask = (self.raw.take(at, mode="clip") - np.uint8(48)) < 10
            return there

        self._run(digit, most, self.ok)
        return begun

    def until(self, piece: bytes, most: int, where: Mask) -> Ints:
        """Reads up to `most` bytes to the piece and over it, only `where` that holds; gives where it began."""

        def here(at: Ints) -> Mask:
            there: Mask = self.raw.take(at, mode="clip") == piece[0]
            for ahead in range(1, len(piece)):
                there &= self.raw.take(at + ahead, mode="clip") == piece[ahead]
            return there

        self._run(here, most, where)
        ended = self.at
        self.at = ended + (self.ok & where) * len(piece)
        self.ok = self.ok & (self.at <= self.stop)
        return ended

    def _run(self, arrived: Callable[[Ints], Mask], most: int, where: Mask) -> None:
        """Moves each line's cursor on until it has arrived; only lines still under way are looked at."""
        under_way = np.flatnonzero(self.ok & where)
        at = self.at[under_way]
        self.at = self.at.copy()
        for _ in range(most + 1):
            there = arrived(at)
            self.at[under_way[there]] = at[there]
            under_way, at = under_way[~there], at[~there] + 1
            if not len(under_way):
                break
        lost = self.at >= self.stop
        lost[under_way] = True
        self.ok = self.ok & ~lost


def _among(seen: Raw, allowed: bytes) -> Mask:
    table = np.zeros(256, np.bool_)
    table[list(allowed)] = True
    found: Mask = table[seen]
    return found
