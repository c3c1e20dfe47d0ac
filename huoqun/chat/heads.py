"""The heads: the lines of a text export that begin a message; everything up to the next belongs to it.

Text formats do not mark what a person typed, so a piece of another chat pasted into a message looks like messages.
Time gives it away: it is older, and right after it all goes on as before.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from huoqun.chat.lines import Ints, Lines, Mask

_JUMP = 86_400
"""Seconds that pasted lines are at least older: networks deliver late by minutes or hours, not by days."""
_PASTED = 50
"""How many header-like lines a pasted piece may hold."""
_SANE = (5_500 * 86_400, 47_400 * 86_400)
"""1985 to 2099 in seconds since 1970; other times are damage."""


@dataclass(frozen=True)
class Heads:
    """Lines that begin a message, in the order of the file."""

    line: Ints
    rest: Ints
    """Where what follows date and time begins."""
    moment: Ints
    """Wall time in seconds since 1970."""
    good: Mask
    """Date and time exist and are sane; a head that is not begins a damaged message."""

    def only(self, keep: Mask) -> "Heads":
        """Some of the heads; the lines of the others belong to the message above."""
        return Heads(self.line[keep], self.rest[keep], self.moment[keep], self.good[keep])

    def ends(self, count: int) -> Ints:
        """The line after the last of each message, in a file of `count` lines."""
        return np.append(self.line[1:], count) if len(self.line) else self.line

    def wall(self) -> pl.Series:
        """`moment` as naive datetimes."""
        return pl.Series("local", self.moment * 1_000_000, dtype=pl.Int64).cast(pl.Datetime("us"))


def sane(moment: Ints) -> Mask:
    """Which wall times can be true."""
    return np.asarray((moment > _SANE[0]) & (moment < _SANE[1]))


def pasted(heads: Heads) -> Mask:
    """Heads that are older than the one above by more than a day while a later one soon goes on from there."""
    moment = np.where(heads.good, heads.moment, 0)
    found = ~heads.good & False
    drops = np.flatnonzero((np.diff(moment) < -_JUMP) & heads.good[1:]) + 1
    free = 0
    for drop in drops.tolist():
        if drop < free:
            continue
        ahead = moment[drop : drop + _PASTED] >= moment[drop - 1]
        if ahead.any():
            free = drop + int(ahead.argmax())
            found[drop:free] = True
    return found


def before(lines: Lines, heads: Heads) -> Ints:
    """Lines with words in them above the first head."""
    end = int(heads.line[0]) if len(heads.line) else len(lines.starts)
    return np.flatnonzero(lines.stops[:end] > lines.starts[:end])
