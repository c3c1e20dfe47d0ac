"""The dates: three numbers of a date become a moment, and which of them is the day is decided over the whole file.

`3/4/24` is March or April, and no line alone can tell. A file was written by one phone with one habit, so all of its
dates must be possible in one order, and time runs forward in it.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from huoqun.chat.lines import Ints, Mask

Numbers = npt.NDArray[np.int16] | Ints
ORDERS = ("dmy", "mdy", "ymd")
_BUDDHIST = 543
"""Thai calendars count from 543 before: 2566 is 2023."""


@dataclass(frozen=True)
class Dates:
    """Days since 1970 of each date, and how they were read."""

    days: Ints
    ok: Mask
    """Which dates exist."""
    order: str
    ambiguous: bool
    """Another order would have fitted as well."""


def days_of(year: Ints, month: Ints, day: Ints) -> tuple[Ints, Mask]:
    """Days since 1970-01-01 in the Gregorian calendar, and which of the dates exist."""
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    lengths = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], np.int64)
    possible = (month >= 1) & (month <= 12)
    length = lengths[np.where(possible, month, 0)] + (leap & (month == 2))
    possible &= (day >= 1) & (day <= length)
    years = year - (month <= 2)
    era = years // 400
    of_era = years - era * 400
    of_year = (153 * (month + np.where(month > 2, -3, 9)) + 2) // 5 + day - 1
    return era * 146097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719468, possible


def in_a_row(*columns: Numbers) -> tuple[list[Ints], Ints]:
    """The columns where any of them changes from one place to the next, and how often each such set stands in a row."""
    begins = np.ones(len(columns[0]), np.bool_)
    begins[1:] = False
    for column in columns:
        begins[1:] |= column[1:] != column[:-1]
    at = np.flatnonzero(begins)
    return [column[at].astype(np.int64) for column in columns], np.diff(at, append=len(begins))


def read(one: Numbers, two: Numbers, three: Numbers, digits: Numbers, seconds: Ints, hint: str = "dmy") -> Dates:
    """The dates of a file in the order of the file.

    `digits` is how many digits the first number has (four: a year); `seconds` the time of day; `hint` the order that
    wins where nothing in the file decides, and is then called ambiguous. The same date often stands many times in a
    row, and is worked out once.
    """
    (one, two, three, digits), times = in_a_row(one, two, three, digits)
    if len(one) and times[digits == 4].sum() * 2 > times.sum():
        days, ok = days_of(_year(one), two, three)
        return Dates(np.repeat(days, times), np.repeat(ok & (digits == 4), times), "ymd", False)
    tries = {
        "dmy": days_of(_year(three), two, one),
        "mdy": days_of(_year(three), one, two),
        "ymd": days_of(_year(one), two, three),
    }
    marks = {
        order: _marks(np.repeat(days, times), np.repeat(ok, times), seconds) for order, (days, ok) in tries.items()
    }
    best = min(marks.values())
    fitting = [order for order in ORDERS if marks[order] == best]
    if fitting != ["ymd"]:
        fitting = [order for order in fitting if order != "ymd"]
    if len(fitting) > 1:
        fitting.sort(key=lambda order: (_span(*tries[order]), order != hint))
    days, ok = tries[fitting[0]]
    return Dates(np.repeat(days, times), np.repeat(ok, times), fitting[0], len(fitting) > 1)


def _year(number: Ints) -> Ints:
    full = np.where(number < 100, number + 2000, number)
    return np.where((full > 2400) & (full < 2700), full - _BUDDHIST, full)


def _marks(days: Ints, ok: Mask, seconds: Ints) -> int:
    """How badly an order fits: dates that do not exist, and steps back in time by more than a day."""
    moments = days * 86400 + seconds
    if not ok.all():
        moments = moments[ok]
    return int((~ok).sum()) + int((np.diff(moments) < -86400).sum())


def _span(days: Ints, ok: Mask) -> int:
    """Days from first to last: a chat is dense, and the wrong order spreads it over the year."""
    good = days[ok]
    return int(good.max() - good.min()) if len(good) else 0
