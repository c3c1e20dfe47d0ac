"""The spacing: no flooding. Whether something may be said in a group at a moment beside what is said there already, and
when else. Pure; everything on the group's own clock.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from huoqun.people.outbox import QUIET, not_quiet
from huoqun.people.voice import VoiceRule

QUIETLY, APART, A_DAY = "quiet", "apart", "a_day"


@dataclass(frozen=True)
class Limits:
    """What a group bears: pieces a day, the distance between two, its zone."""

    a_day: int
    apart: timedelta
    zone: str


def limits_of(rule: VoiceRule, zone: str) -> Limits:
    """Those of a voice."""
    return Limits(rule.a_day, timedelta(minutes=rule.apart), zone)


def crowded(at: datetime, taken: Sequence[datetime], limits: Limits) -> str:
    """Why nothing may be said at a moment: in the quiet hours, too near to something, too much that day; "": it may."""
    if not_quiet(at, limits.zone) != at:
        return QUIETLY
    if any(abs(at - other) < limits.apart for other in taken):
        return APART
    zone = ZoneInfo(limits.zone)
    day = at.astimezone(zone).date()
    return A_DAY if sum(other.astimezone(zone).date() == day for other in taken) >= limits.a_day else ""


def next_free(at: datetime, taken: Sequence[datetime], limits: Limits) -> datetime:
    """The first moment, not before `at`, at which something may be said."""
    zone = ZoneInfo(limits.zone)
    while True:
        at = not_quiet(at, limits.zone)
        why = crowded(at, taken, limits)
        if not why:
            return at
        if why == A_DAY:
            tomorrow = at.astimezone(zone).date() + timedelta(days=1)
            at = datetime.combine(tomorrow, max(QUIET[1], time(0)), zone)
        elif why == APART:
            at = max(other for other in taken if abs(at - other) < limits.apart) + limits.apart


def every(begin: datetime, count: int, step: timedelta, taken: Sequence[datetime], limits: Limits) -> list[datetime]:
    """`count` moments from `begin` on, `step` apart or more, each free."""
    found: list[datetime] = []
    at = begin
    for _ in range(count):
        at = next_free(at, [*taken, *found], limits)
        found.append(at)
        at += step
    return found


def rounded_up(at: datetime, step: timedelta) -> datetime:
    """The next full half hour (or whatever step) on the clock; `at` itself where it is one."""
    over = timedelta(minutes=at.minute, seconds=at.second, microseconds=at.microsecond) % step
    return at + (step - over if over else timedelta(0))
