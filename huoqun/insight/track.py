"""The track: one outcome of a group day by day, as sums that any stretch of days is read from at once.

A day is a date on the group's wall clock, whatever its length. Days that are missing from the record are not zeros:
they count neither as days nor as silence.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]
WEEK = 7


@dataclass(frozen=True)
class Track:
    """Values of one outcome, gapless from the day `start` to the last day that is wholly on record.

    `values`: a count a day; of a share its hits, with `cases` a day. `unknown`: days missing from the record."""

    outcome: str
    start: date
    values: Floats
    cases: Floats | None = None
    unknown: frozenset[int] = field(default=frozenset())
    """Places in `values`."""

    @property
    def days(self) -> int:
        """How many days the track has."""
        return len(self.values)

    def place(self, day: date) -> int:
        """Where a day stands; below 0 or beyond `days` where it lies outside."""
        return (day - self.start).days

    def day(self, place: int) -> date:
        """The day at a place."""
        return self.start + timedelta(days=place)

    @cached_property
    def seen(self) -> npt.NDArray[np.bool_]:
        """By day: it is on record."""
        known = np.ones(self.days, dtype=np.bool_)
        known[[place for place in self.unknown if place < self.days]] = False
        return known

    @cached_property
    def total(self) -> Floats:
        """Sum before each place, of the days on record; one longer than the track. So are the next ones."""
        return _summed(np.where(self.seen, self.values, 0.0))

    @cached_property
    def asked(self) -> Floats:
        """Cases before each place; of a count its days."""
        return _summed(np.where(self.seen, 1.0 if self.cases is None else self.cases, 0.0))

    @cached_property
    def known(self) -> Floats:
        """Days on record before each place."""
        return _summed(self.seen.astype(np.float64))

    @cached_property
    def active(self) -> Floats:
        """Days with anything before each place."""
        return _summed((self.seen & (self.values > 0)).astype(np.float64))

    @cached_property
    def by_weekday(self) -> Floats:
        """`total` of each weekday of `start` and the six after it, by row."""
        rows = np.zeros((WEEK, self.days))
        rows[np.arange(self.days) % WEEK, np.arange(self.days)] = np.where(self.seen, self.values, 0.0)
        return np.concatenate([np.zeros((WEEK, 1)), np.cumsum(rows, axis=1)], axis=1)

    @cached_property
    def known_by_weekday(self) -> Floats:
        """`known` of each weekday, by row."""
        rows = np.zeros((WEEK, self.days))
        rows[np.arange(self.days) % WEEK, np.arange(self.days)] = self.seen
        return np.concatenate([np.zeros((WEEK, 1)), np.cumsum(rows, axis=1)], axis=1)

    def sum(self, begin: Places, end: Places) -> Floats:
        """Sum of the places from `begin` to before `end`, each within the track."""
        return self.total[end] - self.total[begin]

    def width(self, begin: Places, end: Places) -> Floats:
        """Days on record among them."""
        return self.known[end] - self.known[begin]

    def filled(self, begin: Places, end: Places) -> Floats:
        """Sum over all days from `begin` to before `end`, those not on record taken as the others."""
        return self.sum(begin, end) * (end - begin) / np.maximum(self.width(begin, end), 1.0)

    def rate(self, at: Places, days: int) -> Floats:
        """Mean a day over the `days` before each place, fewer at the beginning."""
        begin = np.maximum(at - days, 0)
        return self.sum(begin, at) / np.maximum(self.width(begin, at), 1.0)


def _summed(values: Floats) -> Floats:
    return np.concatenate([[0.0], np.cumsum(values, dtype=np.float64)])
