"""The streak: which day a check-in counts for, and what became of every day of a challenge. Pure rules, no database.

A day of a challenge is no day of the server. It lasts from the cut-off of the day before to its own cut-off, on the
clock of the group or of the member: every moment belongs to exactly one day, whatever daylight saving, a new zone or a
date that a country skipped does to the clock. A day that has no moment at all (a skipped date, a flight eastwards over
the date line) is `void`: nobody could have come, so it counts for nobody.
"""

from bisect import bisect_right
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

CHECKED, MADE_UP, BREAK, VOID, BEFORE = "checked", "made_up", "break", "void", "before"
MISSED, OPEN, AHEAD = "missed", "open", "ahead"
COUNTS = (CHECKED, MADE_UP)
FREE = (BREAK, VOID, BEFORE)
"""Days that neither count nor break a streak."""
_DAY = timedelta(days=1)
_NOON = time(12)


@dataclass(frozen=True)
class Course:
    """One member's way through a challenge.

    `begins`: the moment from which check-ins count; `first`: the date of its first day; `cutoff`: when a day ends on
    the clock, before noon on the morning after; `zones`: since which day which clock holds, the first for all before.
    """

    begins: datetime
    first: date
    days: int
    cutoff: time
    grace: timedelta
    zones: tuple[tuple[date, str], ...]

    @property
    def last(self) -> date:
        """The date of its last day."""
        return self.first + (self.days - 1) * _DAY

    def zone(self, day: date) -> str:
        """The clock by which a day ends."""
        return self.zones[max(0, bisect_right([since for since, _zone in self.zones], day) - 1)][1]

    def end(self, day: date) -> datetime:
        """When a day ends (that moment is the next day's). Never before the day before it."""
        return max(_cut(d, self.cutoff, self.zone(d)) for d in (day, day - _DAY, day - 2 * _DAY))

    def begin(self, day: date) -> datetime:
        """When a day begins."""
        return max(self.begins, self.end(day - _DAY)) if day > self.first else self.begins

    def day(self, moment: datetime) -> date:
        """The day a moment belongs to: before the first day's end the first; after the last, dates beyond it."""
        found = max(self.first, moment.astimezone(UTC).date() - 3 * _DAY)
        while self.end(found) <= moment:
            found += _DAY
        return found

    def all(self) -> list[date]:
        """Every day of it."""
        return [self.first + n * _DAY for n in range(self.days)]


@dataclass(frozen=True)
class Standing:
    """What became of each day, and what that comes to."""

    days: tuple[tuple[date, str], ...]

    def count(self, *what: str) -> int:
        """How many days are one of these."""
        return sum(state in what for _day, state in self.days)

    @property
    def done(self) -> int:
        """Days checked in or made up."""
        return self.count(*COUNTS)

    @property
    def asked(self) -> int:
        """Days that count at all."""
        return len(self.days) - self.count(*FREE)

    @property
    def streak(self) -> int:
        """Days done in a row up to now; a day that is still open does not end it."""
        found = 0
        for _day, state in reversed(self.days):
            if state == MISSED:
                break
            found += state in COUNTS
        return found

    @property
    def longest(self) -> int:
        """The longest row of days done."""
        best = run = 0
        for _day, state in self.days:
            run = 0 if state == MISSED else run + (state in COUNTS)
            best = max(best, run)
        return best

    def need(self, needed: int) -> int:
        """How many days have to be done: `needed`, or all that count where that is 0 or they are fewer. A day before
        one joined that does not count makes a number that was told no smaller: one day is not a hundred."""
        return min(needed, self.asked + self.count(BEFORE)) if needed else self.asked

    def finished(self, needed: int) -> bool:
        """Whether as many days are done as the challenge asks."""
        return self.done > 0 and self.done >= self.need(needed)


@lru_cache(maxsize=4096)
def _cut(day: date, cutoff: time, zone: str) -> datetime:
    """The cut-off of a day, in UTC. A time that the clock skips is taken as if it had not yet been turned; one that
    comes twice is its first."""
    there = day + _DAY if cutoff < _NOON else day
    return datetime.combine(there, cutoff, ZoneInfo(zone)).astimezone(UTC)


def first_day(begins: datetime, cutoff: time, zone: str) -> date:
    """The date on which a challenge begins, on the clock of `zone`; the next where that day's cut-off is over."""
    day = begins.astimezone(ZoneInfo(zone)).date()
    while _cut(day, cutoff, zone) <= begins:
        day += _DAY
    return day


def within(day: date, breaks: Collection[tuple[date, date]]) -> bool:
    """Whether a day lies in one of some spans (both ends in)."""
    return any(start <= day <= end for start, end in breaks)


def counts_for(
    course: Course, moment: datetime, taken: Collection[date], breaks: Collection[tuple[date, date]] = ()
) -> date | None:
    """The day that a check-in at a moment is for: in the grace after a cut-off the day before, where that is still
    wanting; else the day itself. None: before the beginning, after the end, or there is one already."""
    if moment < course.begins:
        return None
    today = course.day(moment)
    before = today - _DAY
    while before >= course.first and course.begin(before) >= course.end(before):
        before -= _DAY
    in_grace = course.first <= before <= course.last and moment < course.end(before) + course.grace
    if in_grace and before not in taken and not within(before, breaks):
        return before
    return today if today <= course.last and today not in taken else None


def standing(
    course: Course,
    now: datetime,
    checked: Collection[date],
    made_up: Collection[date] = (),
    breaks: Collection[tuple[date, date]] = (),
    joined: date | None = None,
) -> Standing:
    """What became of every day at a moment. What was done counts even in a break. `joined`: the days before count for
    nothing, unless they were done; None: each day counts, whenever one came."""
    told = ((day, _state(course, day, now, checked, made_up, breaks)) for day in course.all())
    late = joined or course.first
    return Standing(tuple((day, BEFORE if day < late and state == MISSED else state) for day, state in told))


def _state(
    course: Course,
    day: date,
    now: datetime,
    checked: Collection[date],
    made_up: Collection[date],
    breaks: Collection[tuple[date, date]],
) -> str:
    if day in checked or day in made_up:
        return CHECKED if day in checked else MADE_UP
    begin, end = course.begin(day), course.end(day)
    if begin >= end:
        return VOID
    if within(day, breaks):
        return BREAK
    if now >= end + course.grace:
        return MISSED
    return OPEN if now >= begin else AHEAD


def may_make_up(course: Course, found: Standing, now: datetime, *, back: int, joined: date | None = None) -> list[date]:
    """The missed days of the last `back` days, and all before one `joined`, the newest first."""
    since, late = course.day(now) - back * _DAY, joined or course.first
    return [day for day, state in reversed(found.days) if state == MISSED and (day >= since or day < late)]


def with_zone(course: Course, zone: str, now: datetime, *, fresh: bool) -> tuple[tuple[date, str], ...]:
    """The clocks after a member chose another: for who has done nothing yet (`fresh`) from the beginning; else from
    tomorrow, so that the day that runs ends as it was told, and no day done is touched."""
    if fresh:
        return ((course.first, zone),)
    since = course.day(now) + _DAY
    kept: Sequence[tuple[date, str]] = [(day, name) for day, name in course.zones if day < since]
    return (*kept, (since, zone))
