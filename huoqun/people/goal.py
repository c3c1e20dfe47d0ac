"""The goal: what all members of a group work towards, with a counter that everybody can see (handbook chapter 1).

Staff enter counts by hand; an activity feeds the same counter through `count` with a `key` of its own, so that a
second telling of the same thing counts once.
"""

from datetime import date, datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import (
    CASCADE,
    SET_NULL,
    CharField,
    DateField,
    DateTimeField,
    FloatField,
    ForeignKey,
    Index,
    Q,
    Sum,
    UniqueConstraint,
)

from huoqun.base.table import Table
from huoqun.people.account import Account
from huoqun.people.display import visible
from huoqun.people.group import Group, changed

LONGEST_TEXT, LONGEST_UNIT, LONGEST_NOTE = 200, 20, 200
LEAST = 0.01
"""The smallest target: what pages round to."""
MOST = 1e12
YEARS = range(1970, 2200)
BY_HAND = "hand"


class BadGoal(ValueError):
    """A goal needs words, a number above nothing to reach, a unit that is short, and a day that can be."""


class BadCount(ValueError):
    """A count is a number that is not nothing, on a day that can be."""


class NoGoal(Exception):
    """The group has no goal that could be counted towards."""


class Goal(Table):
    """A shared goal (目标) of one group; the one that has not ended stands."""

    group = ForeignKey(Group, CASCADE, related_name="goals")
    text = CharField(max_length=LONGEST_TEXT)
    target = FloatField()
    unit = CharField(max_length=LONGEST_UNIT, default="")
    until = DateField(null=True)
    """The last day of it, on the group's calendar."""
    ended = DateTimeField(null=True)

    class Meta(Table.Meta):
        constraints = [UniqueConstraint(fields=["group"], condition=Q(ended=None), name="goal_one")]


class Count(Table):
    """One entry of the counter (计数): so much more on a day; less than nothing where something is put right."""

    goal = ForeignKey(Goal, CASCADE, related_name="counts")
    day = DateField()
    amount = FloatField()
    note = CharField(max_length=LONGEST_NOTE, default="")
    source = CharField(max_length=20, default=BY_HAND)
    """`hand`, else the kind of activity that fed it."""
    key = CharField(max_length=80, null=True)
    """By which the feeder tells one entry from another."""
    account = ForeignKey(Account, SET_NULL, null=True, related_name="+")

    class Meta(Table.Meta):
        constraints = [UniqueConstraint(fields=["goal", "source", "key"], name="count_once")]
        indexes = [Index(fields=["goal", "-day", "-created"], name="count_list")]


class Progress(NamedTuple):
    """How far a group is. `share`: of the target, from 0 on, above 1 where it is exceeded; `days`: until the last day,
    below 0 once it is past, None without one."""

    done: float
    target: float
    share: float
    days: int | None

    @property
    def reached(self) -> bool:
        """There is nothing left to do."""
        return self.done >= self.target


def goal_of(group: Group) -> Goal | None:
    """The goal that stands."""
    return Goal.objects.filter(group=group, ended=None).first()


def progress(goal: Goal, *, today: date) -> Progress:
    """How far it is, `today` on the group's calendar."""
    done = goal.counts.aggregate(done=Sum("amount"))["done"] or 0.0
    days = (goal.until - today).days if goal.until else None
    return Progress(done, goal.target, max(done, 0.0) / goal.target, days)


def aim(
    group: Group, *, text: str, target: float, unit: str, until: date | None, by: Account | None, now: datetime
) -> Goal:
    """Give the group a goal, or say the one that stands anew; its counts stay. Raises BadGoal."""
    text, unit = (" ".join(visible(said).split()) for said in (text, unit))
    if not 0 < len(text) <= LONGEST_TEXT or len(unit) > LONGEST_UNIT or not LEAST <= target <= MOST:
        raise BadGoal
    if until is not None and until.year not in YEARS:
        raise BadGoal
    with transaction.atomic():
        Group.objects.select_for_update().get(pk=group.pk)
        goal = goal_of(group)
        before = _told(goal) if goal else {}
        goal = goal or Goal(group=group, created=now)
        goal.text, goal.target, goal.unit, goal.until = text, target, unit, until
        if before != _told(goal):
            goal.save()
            changed(group, "goal.set", by=by, before=before, after=_told(goal), now=now)
    return goal


def end(group: Group, *, by: Account | None, now: datetime) -> None:
    """The goal stands no longer; it and its counts are kept."""
    with transaction.atomic():
        goal = goal_of(group)
        if goal is not None and Goal.objects.filter(pk=goal.pk, ended=None).update(ended=now):
            changed(group, "goal.end", by=by, before=_told(goal), now=now)


def count(
    group: Group,
    amount: float,
    *,
    day: date,
    note: str = "",
    source: str = BY_HAND,
    key: str | None = None,
    by: Account | None = None,
    now: datetime,
) -> Count:
    """Count so much more towards the goal; the same `source` and `key` count once. Raises NoGoal, BadCount."""
    note = " ".join(visible(note).split())
    if not 0 < abs(amount) <= MOST or day.year not in YEARS or len(note) > LONGEST_NOTE:
        raise BadCount
    with transaction.atomic():
        Group.objects.select_for_update().get(pk=group.pk)
        goal = goal_of(group)
        if goal is None:
            raise NoGoal
        there = goal.counts.filter(source=source, key=key).first() if key is not None else None
        if there is not None:
            return there
        row = Count(goal=goal, day=day, amount=amount, note=note, source=source, key=key, account=by, created=now)
        row.save(force_insert=True)
        changed(group, "goal.count", by=by, after=_entry(row), now=now)
    return row


def uncount(row: Count, *, by: Account | None, now: datetime) -> None:
    """Take an entry off the counter; one that is off stays off."""
    with transaction.atomic():
        gone, _ = Count.objects.filter(pk=row.pk).delete()
        if gone:
            changed(row.goal.group, "goal.uncount", by=by, before=_entry(row), now=now)


def _told(goal: Goal) -> dict[str, object]:
    until = goal.until.isoformat() if goal.until else ""
    return {"text": goal.text, "target": goal.target, "unit": goal.unit, "until": until}


def _entry(row: Count) -> dict[str, object]:
    return {"day": row.day.isoformat(), "amount": row.amount, "note": row.note}
