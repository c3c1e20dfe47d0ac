"""The timing of a step: on a day of the run at a time, some time after another step, when something happens, or again
and again.

What an author writes is a line: `day 3 20:00`, `2 h after survey`, `30 min before meetup` (a step that has an hour of
its own), `at once`, `30 min after the start` (of the run: for what cannot wait for an hour of a day), `when joined`,
`every day 09:00 from day 2 to day 7`, `every friday 20:00`, `every 2 days 20:00 from day 1`.
The first day of a run is day 1. Times are the group's own; an hour that the clocks leave out is the one after it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

EVENTS = ("joined", "answered", "asked", "won")
"""What a step can wait for again and again: somebody joins the group, answers, asks and is not answered, wins."""
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_UNITS = {"min": timedelta(minutes=1), "h": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(weeks=1)}
_CLOCK = r"([01]?\d|2[0-3]):([0-5]\d)"
_DAY = re.compile(rf"day (\d{{1,3}}) {_CLOCK}")
_SPAN = re.compile(r"(\d{1,4}) (min|h|day|week)(?:ute|our)?s?")
_BESIDE = re.compile(r"(\d{1,4}) (min|h|day|week)(?:ute|our)?s? (after|before) ([a-z0-9-]+)")
_START = re.compile(r"at once|(\d{1,4}) (min|h|day|week)(?:ute|our)?s? after the start")
_WITH = re.compile(r"with ([a-z0-9-]+)")
_WHEN = re.compile(r"when ([a-z]+)")
_EVERY = re.compile(rf"every (?:(\d{{1,2}}) )?([a-z]+?)s? {_CLOCK}(?: from day (\d{{1,3}}))?(?: to day (\d{{1,3}}))?")
MIDNIGHT = time()
LONGEST = 366
"""Days of a run at most."""


class Unreadable(ValueError):
    """The line is no timing; the message says what one looks like."""


@dataclass(frozen=True)
class On:
    """On a day of the run, at a time of the group's clock."""

    day: int
    at: time


@dataclass(frozen=True)
class Beside:
    """So long after another step was done, or before the hour that it is planned for (a negative span); after the
    start of the run where `step` is empty."""

    step: str
    span: timedelta


@dataclass(frozen=True)
class When:
    """Each time something happens."""

    event: str


@dataclass(frozen=True)
class Every:
    """Every so many days, or on a day of the week (0: Monday), from a day of the run to another."""

    at: time
    days: int | None
    weekday: int | None
    first: int = 1
    last: int | None = None


Timing = On | Beside | When | Every


def read(text: str) -> Timing:
    """The timing that a line says. Raises Unreadable."""
    text = " ".join(text.lower().split())
    if found := _DAY.fullmatch(text):
        return On(_day(found[1]), time(int(found[2]), int(found[3])))
    if found := _BESIDE.fullmatch(text):
        span = int(found[1]) * _UNITS[found[2]]
        return Beside(found[4], span if found[3] == "after" else -span)
    if found := _START.fullmatch(text):
        return Beside("", int(found[1]) * _UNITS[found[2]] if found[1] else timedelta(0))
    if found := _WITH.fullmatch(text):
        return Beside(found[1], timedelta(0))
    if found := _WHEN.fullmatch(text):
        if found[1] not in EVENTS:
            raise Unreadable(f"nothing is told of {found[1]!r}; there are: {', '.join(EVENTS)}")
        return When(found[1])
    if found := _EVERY.fullmatch(text):
        return _every(found)
    raise Unreadable("say `day 3 20:00`, `2 h after STEP`, `with STEP`, `when joined` or `every day 09:00 from day 2`")


def span(text: str) -> timedelta:
    """How long `2 h`, `30 min`, `3 days` is. Raises Unreadable."""
    found = _SPAN.fullmatch(" ".join(text.lower().split()))
    if not found:
        raise Unreadable("say for example `30 min`, `2 h` or `3 days`")
    return int(found[1]) * _UNITS[found[2]]


def _every(found: re.Match[str]) -> Every:
    many, unit = int(found[1] or 1), found[2]
    first, last = _day(found[5] or "1"), _day(found[6]) if found[6] else None
    if last is not None and last < first:
        raise Unreadable("it ends before it begins")
    at = time(int(found[3]), int(found[4]))
    if unit == "day" and many:
        return Every(at, many, None, first, last)
    if unit == "week" and many:
        return Every(at, 7 * many, None, first, last)
    if unit in WEEKDAYS and not found[1]:
        return Every(at, None, WEEKDAYS.index(unit), first, last)
    raise Unreadable(f"every what? `every day`, `every 2 days`, `every week` or `every {WEEKDAYS[4]}`")


def _day(text: str) -> int:
    if not 1 <= int(text) <= LONGEST:
        raise Unreadable(f"a run has the days 1 to {LONGEST}")
    return int(text)


def at(begins: date, day: int, clock: time, zone: str) -> datetime:
    """The moment of a time on a day of a run, in UTC. Of an hour that comes twice the first is meant; one that is left
    out is as long after midnight as its clock says."""
    here = datetime.combine(begins + timedelta(days=day - 1), clock, ZoneInfo(zone))
    return here.astimezone(UTC)


def dates(begins: date, days: int) -> dict[str, str]:
    """The date of each day of a run, by the name that words and plans call it: `{day_8}` is 2026-12-08."""
    return {f"day_{day}": (begins + timedelta(days=day - 1)).isoformat() for day in range(1, days + 1)}


def moments(timing: On | Every, begins: date, days: int, zone: str) -> Iterator[datetime]:
    """Every moment of a timing that needs nothing but the calendar, in a run of so many days; in UTC, in order."""
    if isinstance(timing, On):
        yield at(begins, timing.day, timing.at, zone)
        return
    for day in range(timing.first, min(timing.last or days, days) + 1):
        if timing.days is not None:
            falls = (day - timing.first) % timing.days == 0
        else:
            falls = (begins + timedelta(days=day - 1)).weekday() == timing.weekday
        if falls:
            yield at(begins, day, timing.at, zone)
