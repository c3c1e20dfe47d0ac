"""The alert: something about a group that its list should say at once, with the numbers it follows from.

Rows are written by `people/lookout`, whenever a group is diagnosed, by `people/room`, and by `playbooks/watchdog`. An
alert may begin later than its row (an export grows old by itself): readers ask for those that have begun.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import CASCADE, CharField, DateTimeField, ForeignKey, Index, JSONField, QuerySet, UniqueConstraint

from huoqun.base.table import Table
from huoqun.people.group import Group

LATE, WORSE, SLIPPED, OWNER_SILENT, QUESTIONS, FULL, STALE = (
    "late",
    "worse",
    "slipped",
    "owner_silent",
    "questions",
    "full",
    "stale",
)
KINDS = (LATE, WORSE, SLIPPED, OWNER_SILENT, QUESTIONS, FULL, STALE)
"""Every kind, the one to act on first first."""

Why = Mapping[str, Any]
"""The numbers an alert follows from."""


class Alert(Table):
    """One alert (提醒) of a group; of each kind there is one at most."""

    group = ForeignKey(Group, CASCADE, related_name="alerts")
    kind = CharField(max_length=20)
    since = DateTimeField()
    """From when it holds; may lie ahead."""
    why = JSONField(default=dict)

    class Meta(Table.Meta):
        constraints = [UniqueConstraint(fields=["group", "kind"], name="alert_kind")]
        indexes = [Index(fields=["kind", "group", "since"], name="alert_list")]


def alerts(now: datetime) -> QuerySet[Alert]:
    """All that hold at a moment."""
    return Alert.objects.filter(since__lte=now)


def of_groups(groups: Iterable[Group], *, now: datetime) -> dict[UUID, list[Alert]]:
    """What holds for each of some groups, the worst first; a group without any is not in it."""
    found: dict[UUID, list[Alert]] = {}
    for one in sorted(alerts(now).filter(group__in=list(groups)), key=lambda a: KINDS.index(a.kind)):
        found.setdefault(one.group_id, []).append(one)
    return found


def put(group: Group, kind: str, why: Why | None, *, since: datetime, now: datetime) -> None:
    """Let an alert hold from `since` on, or (`why` is None) no longer. One that holds already keeps its beginning."""
    if why is None:
        Alert.objects.filter(group=group, kind=kind).delete()
        return
    there = Alert.objects.filter(group=group, kind=kind).first()
    begin = min(there.since, since) if there is not None and kind != STALE else since
    row = Alert(group=group, kind=kind, since=begin, why=dict(why), created=now)
    Alert.objects.bulk_create(
        [row], update_conflicts=True, unique_fields=["group", "kind"], update_fields=["since", "why"]
    )


def put_all(kind: str, whys: Mapping[UUID, Why], *, now: datetime) -> None:
    """Let alerts of a kind hold in these groups, from now on where they do not yet, and in no other. What is as it was
    is not written."""
    there = {row.group_id: row for row in Alert.objects.filter(kind=kind)}
    gone = [row.pk for group, row in there.items() if group not in whys]
    if gone:
        Alert.objects.filter(pk__in=gone).delete()
    fresh = [
        Alert(group_id=group, kind=kind, since=now, why=dict(why), created=now)
        for group, why in whys.items()
        if group not in there
    ]
    Alert.objects.bulk_create(fresh, ignore_conflicts=True, batch_size=1000)
    changed = [row for group, row in there.items() if group in whys and row.why != whys[group]]
    for row in changed:
        row.why = dict(whys[row.group_id])
    Alert.objects.bulk_update(changed, ["why"], batch_size=500)
