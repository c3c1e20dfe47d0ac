"""The past: who spoke how many days ago, as seen from one moment. What the forecast reads, and nothing else.

Days are counted back from the moment itself (0 is the last 24 hours), so neither zone nor midnight matters, and a past
knows nothing of what came after. Only people and times: no text, no names.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from huoqun.insight.reading import Reading

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

DAY = 86_400_000_000
"""Microseconds."""


@dataclass(frozen=True)
class Past:
    """A group's messages before a moment. At least one."""

    age: float
    """Days since the first message."""
    quiet: float
    """Days since the last message."""
    person: Ints
    """By visit (a person on a day): who, numbered from 0 without gaps; visits are sorted by person, then by `ago`."""
    ago: Ints
    """By visit: how many whole days ago."""
    messages: Ints
    """By visit: how many messages."""

    @cached_property
    def begin(self) -> Ints:
        """By person: where their visits begin."""
        return np.flatnonzero(np.concatenate([[True], self.person[1:] != self.person[:-1]]))

    @cached_property
    def count(self) -> Ints:
        """By person: how many visits."""
        return np.diff(np.concatenate([self.begin, [len(self.person)]]))

    @cached_property
    def recent(self) -> Ints:
        """By person: days since their last visit."""
        days: Ints = self.ago[self.begin]
        return days

    @cached_property
    def first(self) -> Ints:
        """By person: days since their first visit."""
        last: Ints = self.ago[self.begin + self.count - 1]
        return last

    def days(self, low: int, high: int) -> Ints:
        """By person: days on which they spoke, from `low` (inclusive) to `high` (exclusive) days ago."""
        within = (self.ago >= low) & (self.ago < high)
        counts: Ints = np.bincount(self.person[within], minlength=len(self.begin))
        return counts

    def speakers(self, low: int, high: int) -> int:
        """How many people spoke from `low` (inclusive) to `high` (exclusive) days ago."""
        return int((self.days(low, high) > 0).sum())

    def said(self, low: int, high: int) -> Floats:
        """By person: messages from `low` (inclusive) to `high` (exclusive) days ago."""
        within = (self.ago >= low) & (self.ago < high)
        counts: Floats = np.bincount(self.person[within], self.messages[within], len(self.begin)).astype(np.float64)
        return counts


def past(times: Floats, people: Ints, when: float) -> Past:
    """The past before `when` of messages at `times` (days, sorted) by `people`. ValueError if there is none."""
    count = int(np.searchsorted(times, when))
    if not count:
        raise ValueError("nobody spoke before this moment")
    ago = (when - times[:count]).astype(np.int64)
    span = int(ago[0]) + 1
    visit, messages = np.unique(people[:count].astype(np.int64) * span + ago, return_counts=True)
    person = np.cumsum(np.concatenate([[0], np.diff(visit // span) != 0]))
    return Past(float(when - times[0]), float(when - times[count - 1]), person, visit % span, messages.astype(np.int64))


def past_of(reading: Reading) -> Past:
    """The past of a reading as of its `now`. ValueError if nobody ever spoke."""
    said = reading.messages
    now = np.datetime64(reading.now, "us").astype(np.int64)
    times = (said["time"].to_physical().to_numpy() - now) / DAY
    return past(times, said["person"].to_numpy().astype(np.int64), 1e-9)
