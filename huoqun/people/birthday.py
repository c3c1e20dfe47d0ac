"""The birthday (生日) in anybody's writing: which day of the year it says, and whether there is such a day."""

import calendar
import re
from datetime import date

_MONTHS = {name.lower(): n for n, name in enumerate(calendar.month_abbr) if name}
_LUNAR = re.compile(r"农历|阴历|旧历|lunar", re.IGNORECASE)
"""The moon's calendar has days that ours has not: its second month may have a thirtieth."""
_LEAP = 2000
"""A year that has a 29 February, for days without a year."""
_SHORTEST = 28
"""Days of the shortest month: a number without signs between is taken for a day that is none only beyond it."""


def month_and_day(text: str) -> tuple[int, int] | None:
    """What a birthday says: 3月5日, 1990-03-05, 0305, 5 March, Mar 5th, 05.03 as written in Chinese order; None where
    it says no day."""
    found = _said(text.strip().lower())
    return (found[1], found[2]) if found and _there(_LEAP, found[1], found[2]) else None


def no_such_day(text: str) -> bool:
    """Whether it says a day that no year has, or not the year it names: 30 February, 1990-02-29. What is no date at
    all, and what is of the moon's calendar, is not for this to judge."""
    text = text.strip().lower()
    if _LUNAR.search(text):
        return False
    if m := re.fullmatch(r"(\d{1,2})\s*[-/.]\s*(\d{1,2})\s*[-/.]\s*(\d{4})", text):
        return not (_there(int(m[3]), int(m[1]), int(m[2])) or _there(int(m[3]), int(m[2]), int(m[1])))
    found = _said(text)
    if found is None:
        return False
    year, month, day = found
    if text.isdecimal():
        return 1 <= month <= 12 and _SHORTEST < day <= 31 and not _there(year or _LEAP, month, day)
    return not (_there(year or _LEAP, month, day) or year is None and _there(_LEAP, day, month))


def _said(text: str) -> tuple[int | None, int, int] | None:
    """Year, month and day as they are written, whether or not there is such a day."""
    if m := re.search(r"(?:(\d{4})\s*年\s*)?(\d{1,2})\s*月\s*(\d{1,2})", text):
        return int(m[1]) if m[1] else None, int(m[2]), int(m[3])
    if m := re.search(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.]\s*(\d{1,2})", text):
        return int(m[1]), int(m[2]), int(m[3])
    if m := re.fullmatch(r"((?:19|20)?\d{2})(\d{2})(\d{2})", text):
        return int(m[1]) if len(m[1]) == 4 else None, int(m[2]), int(m[3])
    if m := re.fullmatch(r"(\d{1,2})\s*[-/.]\s*(\d{1,2})", text) or re.fullmatch(r"(\d{2})(\d{2})", text):
        return None, int(m[1]), int(m[2])
    if (m := re.search(r"(\d{1,2})(?:st|nd|rd|th)?\s+([a-z]{3})", text)) and m[2] in _MONTHS:
        return None, _MONTHS[m[2]], int(m[1])
    if (m := re.search(r"([a-z]{3})[a-z]*\.?\s+(\d{1,2})(?:st|nd|rd|th)?\b", text)) and m[1] in _MONTHS:
        return None, _MONTHS[m[1]], int(m[2])
    return None


def _there(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True
