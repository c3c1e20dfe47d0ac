"""The load: how many hours of homework a group's members are asked for in a week, against what they finish.

Homework that asks for more than members finish drives them out, and homework about the owner's own product most of all
(handbook, chapter 7: "Load is watched").
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from huoqun.activities.activity import DONE, DRAFT, Activity, Participation
from huoqun.people.group import Group

WINDOW = timedelta(weeks=6)
"""Homework due in this time before tells what members finish; a default."""
WEEK = timedelta(weeks=1)
TOO_MUCH = 1.5
"""Times what a member who takes part finishes in a week: more is too much; a default."""
UNKNOWN = 4.0
"""Hours a week that are too much where nothing is known yet: what part-time online courses ask; a default."""
TIRED = 0.6
"""Where the last homework has fewer than this share of the finishers of the one before it, members tire; a default."""


@dataclass(frozen=True)
class Load:
    """`asked`: hours due within a week of each other; `finished`: hours that one who takes part finishes a week, None
    where nothing is known; `before`, `last`: who finished the last homework but one, and the last."""

    asked: float
    finished: float | None
    before: int | None
    last: int | None

    def warnings(self, on_product: bool) -> list[str]:
        """What is to be warned of, as ids with words in `word_activity`."""
        bound = UNKNOWN if self.finished is None else max(TOO_MUCH * self.finished, 1.0)
        found = ["load_heavy"] if self.asked > bound else []
        if self.before and self.last is not None and self.last < TIRED * self.before:
            found.append("load_tired")
        return [*found, "load_product"] if on_product else found


def load(groups: Iterable[Group], hours: float, due: datetime, *, besides: UUID | None = None, now: datetime) -> Load:
    """The load of the week around `due`, with a homework of so many hours in it."""
    rows = Activity.objects.filter(kind="homework", groups__in=list(groups), removed=None, closes__isnull=False)
    known = list(rows.exclude(state=DRAFT).distinct().order_by("closes", "pk"))
    others = [row for row in known if row.pk != besides]
    week = [r for r in others if r.closes is not None and abs(r.closes - due) * 2 <= WEEK]
    past = [r for r in others if r.closes is not None and now - WINDOW < r.closes <= now]
    asked = hours + sum(_hours(r) for r in week)
    done = _finishers(past)
    takers = set().union(*done.values()) if done else set()
    finished = None
    if takers and past[0].closes is not None:
        weeks = max(1.0, (now - past[0].closes) / WEEK + 1)
        finished = sum(_hours(r) * len(done[r.pk]) for r in past) / len(takers) / weeks
    counts = [len(done[r.pk]) for r in past]
    return Load(asked, finished, counts[-2] if len(counts) > 1 else None, counts[-1] if counts else None)


def _hours(row: Activity) -> float:
    return float(row.plan.get("hours", 1))


def _finishers(rows: list[Activity]) -> dict[UUID, set[Any]]:
    """By homework, the roots of who handed in."""
    found: dict[UUID, set[Any]] = {row.pk: set() for row in rows}
    parts = Participation.objects.filter(activity__in=rows, state=DONE)
    for activity, person, root in parts.values_list("activity", "person", "person__root"):
        found[activity].add(root or person)
    return found
