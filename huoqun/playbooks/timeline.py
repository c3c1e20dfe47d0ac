"""The timeline: a playbook as days with what happens on each, before anybody has begun it.

Day 1 is taken for a Monday. A step that comes again stands in full on its first day and is named on the others; a step
that only happens when something else does (`when joined`) has no day. Steps on a path of their own stand side by side
with those of the other paths of that moment.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from itertools import groupby

from huoqun.playbooks import starting, timing
from huoqun.playbooks.playbook import Playbook
from huoqun.playbooks.step_form import Deed, Digest, Open, Say, Step

MONDAY = date(2026, 12, 7)
"""Any Monday: the days of a week fall on the same days of every run that begins on one."""
MANY_DAYS = 21
"""From so many days on, days on which only what comes again happens are told together."""


@dataclass(frozen=True)
class Spot:
    """A step at a moment of the run. `clock`: on the group's clock, where the calendar alone tells it; `first`: the
    first time of several; `number`: which step of the file it is."""

    step: Step
    number: int
    day: int
    clock: time | None
    first: bool = True
    repeats: bool = False
    sure: bool = True


@dataclass(frozen=True)
class Row:
    """What happens together: the steps of one way, or, side by side, those of several paths (None: on every way)."""

    ways: tuple[tuple[str | None, tuple[Spot, ...]], ...]

    @property
    def forked(self) -> bool:
        """It hangs on the path that the run has taken."""
        return any(path is not None for path, _ in self.ways)


@dataclass(frozen=True)
class Day:
    """A day, or several in a row on which nothing new happens (`last`). `again`: what only comes again."""

    number: int
    last: int
    rows: tuple[Row, ...] = ()
    again: tuple[Spot, ...] = ()
    said: int = 0
    """How often something is said in the group, at most, whichever path is taken."""

    @property
    def weekday(self) -> int:
        """0 is Monday, where day 1 is one."""
        return (self.number - 1) % 7


@dataclass(frozen=True)
class Timeline:
    """All days of a playbook, and the steps that no calendar knows."""

    days: tuple[Day, ...]
    whenever: tuple[Spot, ...]
    said: tuple[int, ...] = field(default=())
    """For every day of the run, how often something is said in the group, at most."""


def speaks(step: Step) -> bool:
    """Carrying it out puts words into the group."""
    return isinstance(step, Say | Open | Digest) or (isinstance(step, Deed) and step.text is not None)


def of(book: Playbook, numbers: list[int] | None = None) -> Timeline:
    """The timeline of a playbook; `numbers`: which step of its file each is, where some could not be read."""
    told = numbers or list(range(len(book.steps)))
    start = datetime.combine(MONDAY, time(), UTC)
    planned = starting.plan(book, MONDAY, "UTC", start)
    spots: dict[int, list[Spot]] = {}
    seen: set[int] = set()
    for each in planned:
        if each.at is None:
            continue
        when = timing.read(each.step.at)
        repeats = isinstance(when, timing.Every)
        clock = each.at.time() if isinstance(when, timing.On | timing.Every) else None
        day = max(1, (each.at.date() - MONDAY).days + 1)
        first = each.place not in seen
        seen.add(each.place)
        spots.setdefault(day, []).append(Spot(each.step, told[each.place], day, clock, first, repeats, each.sure))
    days = range(1, max([book.days, *spots]) + 1)
    said = tuple(_said(spots.get(day, [])) for day in days)
    lost = [Spot(step, told[n], 0, None) for n, step in enumerate(book.steps) if n not in seen]
    made = [_day(day, spots.get(day, []), said[day - 1]) for day in days]
    return Timeline(tuple(_together(made) if len(made) >= MANY_DAYS else made), tuple(lost), said)


def _day(number: int, there: list[Spot], said: int) -> Day:
    return Day(number, number, _rows([s for s in there if s.first]), tuple(s for s in there if not s.first), said)


def _rows(there: list[Spot]) -> tuple[Row, ...]:
    """Steps of paths that follow each other stand side by side, one column a path."""
    found = []
    for forked, some in groupby(there, key=lambda spot: spot.step.path is not None):
        ways: dict[str | None, list[Spot]] = {}
        for spot in some:
            ways.setdefault(spot.step.path if forked else None, []).append(spot)
        found.append(Row(tuple((path, tuple(spots)) for path, spots in ways.items())))
    return tuple(found)


def _said(there: list[Spot]) -> int:
    """Words in the group on a day: those on every way, and those of the path that says most."""
    by_path: dict[str | None, int] = {}
    for spot in there:
        by_path[spot.step.path] = by_path.get(spot.step.path, 0) + speaks(spot.step)
    return by_path.pop(None, 0) + max(by_path.values(), default=0)


def _together(days: list[Day]) -> list[Day]:
    """Days in a row with nothing new on them become one."""
    found: list[Day] = []
    for day in days:
        last = found[-1] if found else None
        if last is not None and not last.rows and not day.rows:
            names = {spot.number for spot in last.again}
            more = tuple(spot for spot in day.again if spot.number not in names)
            found[-1] = Day(last.number, day.last, (), (*last.again, *more), max(last.said, day.said))
        else:
            found.append(day)
    return found
