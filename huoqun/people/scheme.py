"""The scheme (奖励规则): what a workspace settled of its rewards: the levels, what talk is worth, and how many points
may be given a month."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import CASCADE, SET_NULL, DateTimeField, ForeignKey, JSONField, OneToOneField, Q, Sum

from huoqun.base.table import Table
from huoqun.insight.speech import TalkRule
from huoqun.people import audit, level, points
from huoqun.people.account import Account
from huoqun.people.group import Group
from huoqun.people.level import Step
from huoqun.people.person import Person
from huoqun.people.points import BY_HAND, Posting
from huoqun.people.workspace import Workspace

TALK = "talk"
BUDGETED = (TALK, BY_HAND)
"""What has a budget for each month of the calendar; activities have budgets of their own."""
LARGEST = 100_000_000


class OverBudget(Exception):
    """This month's points are used up."""


class BadBudget(ValueError):
    """A budget is a whole number of points, not below nought."""


class Scheme(Table):
    """The rewards of a workspace, as its staff set them."""

    workspace = OneToOneField(Workspace, CASCADE, related_name="scheme")
    levels = JSONField(default=list)
    talk = JSONField(default=dict)
    since = DateTimeField(null=True)
    """What was said before is not paid: when talk began to be worth something; null where it is worth nothing."""
    counted = JSONField(default=dict)
    """By group, the version of its history that was paid last."""
    budgets = JSONField(default=dict)
    """Points a month, by what they are for; 0 or not there: no bound."""
    changed = DateTimeField()
    by = ForeignKey(Account, SET_NULL, null=True, related_name="+")


# -- reads


def levels(workspace: Workspace) -> tuple[Step, ...]:
    """The steps of a workspace."""
    row = Scheme.objects.filter(workspace=workspace).first()
    return tuple(Step.model_validate(s) for s in row.levels) if row and row.levels else level.DEFAULT


def talk_rule(workspace: Workspace) -> tuple[TalkRule, bool]:
    """What talk is worth, and whether it is paid now."""
    row = Scheme.objects.filter(workspace=workspace).first()
    return (TalkRule.model_validate(row.talk), row.since is not None) if row else (TalkRule(), False)


def budgets(workspace: Workspace, *, now: datetime) -> dict[str, tuple[int, int]]:
    """By what it is for: how many points may be given this month (0: no bound), and how many were."""
    row = Scheme.objects.filter(workspace=workspace).first()
    bound: Mapping[str, int] = row.budgets if row else {}
    return {what: (bound.get(what, 0), given(workspace, what, now=now)) for what in BUDGETED}


def given(workspace: Workspace, what: str, *, now: datetime) -> int:
    """The points given for something in this month of the workspace's calendar, reversals taken off."""
    here = now.astimezone(ZoneInfo(workspace.zone))
    begins = here.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    rows = Posting.objects.filter(workspace=workspace, what=what, created__gte=begins)
    rows = rows.filter(Q(amount__gt=0, reverses=None) | Q(amount__lt=0, reverses__created__gte=begins))
    return int(rows.aggregate(sum=Sum("amount"))["sum"] or 0)


# -- writes


def give_by_hand(
    person: Person, amount: int, *, why: str, key: str, by: Account, group: Group | None = None, now: datetime
) -> None:
    """Staff give points (a number above nought) within what may be given this month, or take them (below). The same key
    again changes nothing. Raises OverBudget, points.BadAmount, points.Short."""
    if not 0 < abs(amount) <= points.MOST:
        raise points.BadAmount(amount)
    with transaction.atomic():
        there = left(person.workspace, BY_HAND, now=now)
        known = Posting.objects.filter(Q(key=key) | Q(key__startswith=f"{key} /"), workspace=person.workspace)
        if known.exists():
            return
        if there is not None and amount > there:
            raise OverBudget
        points.give_by_hand(person, amount, why=why, key=key, by=by, group=group, now=now)


def locked(workspace: Workspace, *, now: datetime) -> Scheme:
    """The scheme, made if need be, held until the transaction ends."""
    Scheme.objects.bulk_create([Scheme(workspace=workspace, created=now, changed=now)], ignore_conflicts=True)
    return Scheme.objects.select_for_update().get(workspace=workspace)


def left(workspace: Workspace, what: str, *, now: datetime) -> int | None:
    """How many points may still be given this month; None: no bound. Call it in a transaction; nobody else gives of the
    same budget until that ends."""
    bound = int(locked(workspace, now=now).budgets.get(what) or 0)
    return max(0, bound - given(workspace, what, now=now)) if bound else None


def set_levels(workspace: Workspace, steps: Sequence[Step], *, by: Account, now: datetime) -> None:
    """Other levels. Raises level.Uneven."""
    fresh = [s.model_dump() for s in level.checked(steps)]
    _keep(workspace, "levels", {"levels": fresh}, by, now)


def set_talk(workspace: Workspace, rule: TalkRule, *, on: bool, by: Account, now: datetime) -> None:
    """What talk is worth, and whether it is paid: from now on, never for what was said before."""
    with transaction.atomic():
        row = locked(workspace, now=now)
        since = (row.since or now) if on else None
        _keep(workspace, "talk", {"talk": rule.model_dump(), "since": since}, by, now)


def set_budgets(workspace: Workspace, bound: Mapping[str, int], *, by: Account, now: datetime) -> None:
    """How many points may be given a month. Raises BadBudget."""
    if any(what not in BUDGETED or not 0 <= n <= LARGEST for what, n in bound.items()):
        raise BadBudget
    _keep(workspace, "budgets", {"budgets": dict(bound)}, by, now)


def _keep(workspace: Workspace, what: str, values: dict[str, Any], by: Account, now: datetime) -> None:
    with transaction.atomic():
        row = locked(workspace, now=now)
        before = {name: _told(getattr(row, name)) for name in values}
        for name, value in values.items():
            setattr(row, name, value)
        row.changed, row.by = now, by
        row.save()
        after = {name: _told(value) for name, value in values.items()}
        audit.note(workspace, f"rewards.{what}", by=by, before=before, after=after, now=now)


def _told(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
