"""The target (服务目标): how soon a question is to be answered, in which hours, and whose turn it is to answer.

One for a workspace, another where a group has its own. The default target is what groups do by themselves: of 54,203
questions of group-lives after which somebody else spoke within a day, 83 % were followed within two hours and 89 %
within four (docs/decisions/247). Whoever has waited longer will most likely not be answered unless somebody sees to it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import CASCADE, ForeignKey, JSONField, PositiveSmallIntegerField, Q, UniqueConstraint

from huoqun.base.table import Table
from huoqun.crew.right import QUESTIONS
from huoqun.crew.rota import SET, YES, Exchange, Shift, human, local_day, names
from huoqun.people import audit
from huoqun.people.account import Account
from huoqun.people.group import Group
from huoqun.people.staff import Staff
from huoqun.people.workspace import Workspace

MINUTES, OPENS, CLOSES = 240, 9, 22
LONGEST = 7 * 24 * 60
MEMBER, CARER, HOST, NOBODY = "member", "carer", "host", "nobody"


class BadTarget(ValueError):
    """A target is 1 minute to a week; hours begin before they end."""


class Target(Table):
    """A target (服务目标) of a workspace, or of one group in it."""

    workspace = ForeignKey(Workspace, CASCADE, related_name="targets")
    group = ForeignKey(Group, CASCADE, null=True, related_name="targets")
    minutes = PositiveSmallIntegerField(default=MINUTES)
    opens = PositiveSmallIntegerField(default=OPENS)
    closes = PositiveSmallIntegerField(default=CLOSES)
    hosts = JSONField(default=list)
    """Of a workspace: ids of the accounts whose turn it is by day, one after the other."""

    class Meta(Table.Meta):
        constraints = [
            UniqueConstraint(fields=["workspace"], condition=Q(group=None), name="target_of_all"),
            UniqueConstraint(fields=["group"], name="target_of_group"),
        ]


@dataclass(frozen=True)
class Aim:
    """A target as it stands: minutes within the hours from `opens` to before `closes`, on the group's clock. `own`: the
    group has its own; `said`: somebody has set it, it is no default."""

    minutes: int = MINUTES
    opens: int = OPENS
    closes: int = CLOSES
    own: bool = False
    said: bool = False


@dataclass(frozen=True)
class Turn:
    """Whose turn it is to answer in a group: kind and name; `account` of staff."""

    kind: str
    name: str = ""
    account: UUID | None = None


# -- reads


def targets(workspace: Workspace, groups: Collection[Group]) -> dict[UUID, Aim]:
    """The target of each group, by its id; all asked for at once."""
    rows = list(Target.objects.filter(workspace=workspace).filter(Q(group=None) | Q(group__in=list(groups))))
    whole = next((_aim(row) for row in rows if row.group_id is None), Aim())
    own = {row.group_id: _aim(row) for row in rows if row.group_id}
    return {group.pk: own.get(group.pk, whole) for group in groups}


def target(workspace: Workspace) -> Aim:
    """The target of a workspace."""
    row = Target.objects.filter(workspace=workspace, group=None).first()
    return _aim(row) if row else Aim()


def hosts(workspace: Workspace) -> list[Account]:
    """The staff who take turns by day, in their order; who works here no more is left out."""
    row = Target.objects.filter(workspace=workspace, group=None).first()
    wanted = [UUID(text) for text in (row.hosts if row else [])]
    there = Staff.objects.filter(workspace=workspace, ended=None, account__in=wanted).select_related("account")
    known = {staff.account_id: staff.account for staff in there}
    return [known[key] for key in wanted if key in known]


def host_of_day(those: Sequence[Account], now: datetime, zone: str) -> Account | None:
    """Whose day it is: the days since the beginning of the calendar, counted through."""
    return those[local_day(now, zone).toordinal() % len(those)] if those else None


def turns(workspace: Workspace, groups: Collection[Group], now: datetime) -> dict[UUID, Turn]:
    """By group whose turn it is: the member on duty where the rota gives them the questions, else who of the staff
    looks after the group, else the host of the day, else nobody's. All asked for at once."""
    on = _on_duty(list(groups), now)
    those = hosts(workspace)
    carers = dict(Account.objects.filter(pk__in=[g.carer_id for g in groups if g.carer_id]).in_bulk())
    found: dict[UUID, Turn] = {}
    for group in groups:
        host = host_of_day(those, now, group.zone)
        carer = carers.get(group.carer_id) if group.carer_id else None
        if group.pk in on:
            found[group.pk] = Turn(MEMBER, on[group.pk])
        elif carer is not None:
            found[group.pk] = Turn(CARER, str(carer), carer.pk)
        else:
            found[group.pk] = Turn(HOST, str(host), host.pk) if host else Turn(NOBODY)
    return found


def _on_duty(groups: list[Group], now: datetime) -> dict[UUID, str]:
    """The name of the member on duty in each group whose rota gives them the questions."""
    running = Shift.objects.filter(group__in=groups, starts__lte=now, ends__gt=now, state=SET)
    found = {}
    for shift in running.select_related("rota", "person", "group"):
        if QUESTIONS not in shift.rota.rights:
            continue
        day = local_day(now, shift.group.zone)
        agreed = Exchange.objects.filter(shift=shift, other=None, state=YES, first__lte=day, last__gte=day)
        cover = agreed.select_related("asked").order_by("-at").first()
        who = human(cover.asked if cover else shift.person)
        name = names(shift.group, {who}).get(who) if who else None
        if name:
            found[shift.group_id] = name
    return found


# -- writes


def aim(
    workspace: Workspace,
    group: Group | None,
    *,
    minutes: int,
    opens: int,
    closes: int,
    hosts: Collection[Account] | None = None,
    by: Account,
    now: datetime,
) -> Target:
    """Set the target of a workspace, or of a group. Raises BadTarget."""
    if not 1 <= minutes <= LONGEST or not 0 <= opens < closes <= 24:
        raise BadTarget
    with transaction.atomic():
        Workspace.objects.select_for_update().get(pk=workspace.pk)
        row = Target.objects.filter(workspace=workspace, group=group).first()
        before = _told(row) if row else {}
        row = row or Target(workspace=workspace, group=group, created=now)
        row.minutes, row.opens, row.closes = minutes, opens, closes
        if hosts is not None:
            row.hosts = [str(account.pk) for account in hosts]
        row.save()
        _note(workspace, group, by, now, before, _told(row))
    return row


def as_all(group: Group, *, by: Account, now: datetime) -> None:
    """The group has no target of its own any more."""
    with transaction.atomic():
        row = Target.objects.filter(group=group).first()
        if row is not None:
            _note(group.workspace, group, by, now, _told(row), {})
            row.delete()


def _aim(row: Target) -> Aim:
    return Aim(row.minutes, row.opens, row.closes, own=row.group_id is not None, said=True)


def _told(row: Target) -> dict[str, Any]:
    return {"minutes": row.minutes, "opens": row.opens, "closes": row.closes, "hosts": len(row.hosts)}


def _note(
    workspace: Workspace, group: Group | None, by: Account, now: datetime, before: dict[str, Any], after: dict[str, Any]
) -> None:
    on, title = (group.pk, group.name) if group else (workspace.pk, workspace.name)
    audit.note(workspace, "target.aim", by=by, on=on, title=title, before=before, after=after, now=now)
