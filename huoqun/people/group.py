"""The group: one chat group on one network, with what its operator knows of it that no archive tells.

Whatever changes what a diagnosis would say (rows, card, marks) changes `state_hash`; `people/checkup` recomputes the
groups whose newest checkup has another one.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import (
    CASCADE,
    SET_NULL,
    BooleanField,
    CharField,
    DateField,
    DateTimeField,
    FloatField,
    ForeignKey,
    Index,
    JSONField,
    PositiveIntegerField,
    PositiveSmallIntegerField,
    Q,
    QuerySet,
)

from huoqun.base.table import Table
from huoqun.chat import zone as zones
from huoqun.insight.card import ELEMENTS, TYPES
from huoqun.people import audit
from huoqun.people.account import Account
from huoqun.people.ladder import DEFAULT, rule_of
from huoqun.people.workspace import Workspace

UNDO = timedelta(hours=1)
"""How long a removed group can be brought back before it is erased."""


class UnknownType(ValueError):
    """There is no such type of group."""


class Removed(Exception):
    """The group was removed, and can still be brought back."""

    def __init__(self, group: "Group") -> None:
        super().__init__(group.pk)
        self.group = group


class Group(Table):
    """A group (社群)."""

    workspace = ForeignKey(Workspace, CASCADE, related_name="groups")
    name = CharField(max_length=200)
    network = CharField(max_length=20)
    network_id = CharField(max_length=200, default="")
    type = CharField(max_length=20, default="")
    zone = CharField(max_length=64)
    zone_source = CharField(max_length=10)
    read_zone = CharField(max_length=64, default="")
    """The zone in which its files were read: later files are read in the same one, or rows would not meet."""
    owner = CharField(max_length=300, default="")
    """Identity of the owner as the operator named it; empty: the file's word, else a guess."""
    ends = DateField(null=True)
    positioning = JSONField(default=dict)
    """The positioning card of handbook chapter 1: see `people/positioning`."""
    limit = PositiveIntegerField(null=True)
    """How many members fit in, as the operator said it; None: what `people/room` knows of the network."""
    stage_said = CharField(max_length=20, default="")
    """The stage somebody put in place of the computed one (`people/override`); empty: the computed one stands."""
    stage_why = CharField(max_length=300, default="")
    stage_by = ForeignKey(Account, SET_NULL, null=True, related_name="+")
    stage_at = DateTimeField(null=True)
    newest = ForeignKey("huoqun.Checkup", SET_NULL, null=True, related_name="+")
    """Its newest checkup, kept here by `people/checkup` so that lists of many groups need not look for it."""
    heard = JSONField(default=dict)
    """What its members told by survey (`people/hearing`): answered, asked, at (of the newest survey), knows."""
    care = PositiveSmallIntegerField(default=9)
    """How soon it needs care: the rank of its newest checkup's state in `checkup.CARE`. This and the next three are
    what lists order and filter by, kept by `people/checkup` and `people/override` so that one index serves them."""
    harm = FloatField(default=0)
    half = FloatField(default=0)
    stage = CharField(max_length=20, default="")
    """The stage that stands: said by hand, else of the newest checkup."""
    carer = ForeignKey(Account, SET_NULL, null=True, related_name="+")
    """Who of the staff looks after it."""
    simulated = BooleanField(default=False)
    removed = DateTimeField(null=True)
    counted = BooleanField(default=False)
    """The sums of its people (`people/tally`) include it."""
    facts = JSONField(default=dict)
    """What the newest file says of itself and the group: format, has_ids, owner, exported_at, notes."""
    rows = PositiveIntegerField(default=0)
    messages = PositiveIntegerField(default=0)
    first = DateTimeField(null=True)
    last = DateTimeField(null=True)
    version = CharField(max_length=60, default="")
    """Fingerprint of its rows."""
    state_hash = CharField(max_length=64, default="")
    listened = CharField(max_length=60, default="")
    """The `version` whose messages were last read for chat commands (`commands/listening`)."""

    class Meta(Table.Meta):
        indexes = [
            Index(
                fields=["workspace", "care", "-harm", "-half", "name", "id", "network", "type", "stage", "carer"],
                condition=Q(removed=None),
                name="group_list",
            ),
            Index(fields=["workspace", "name", "id"], condition=Q(removed=None), name="group_name"),
        ]


def known_as(group: Group) -> str:
    """By what a group is known again that was removed and comes back with its next export: network, and id or name."""
    return f"{group.network}\0{group.network_id or group.name}"


def groups(workspace: Workspace) -> QuerySet[Group]:
    """The groups of a workspace that are not removed."""
    return Group.objects.filter(workspace=workspace, removed=None)


def removed_groups(workspace: Workspace, *, now: datetime) -> QuerySet[Group]:
    """The groups that can still be brought back, the last removed first."""
    return Group.objects.filter(workspace=workspace, removed__gte=now - UNDO).order_by("-removed")


def set_card(
    group: Group,
    *,
    type: str,
    owner: str,
    zone: str,
    ends: date | None,
    by: Account | None = None,
    now: datetime,
) -> None:
    """What the operator says of the group. Raises UnknownType, chat.zone.UnknownZone."""
    if type and type not in TYPES:
        raise UnknownType(type)
    zones.choose(zone)
    with transaction.atomic():
        group = Group.objects.select_for_update().get(pk=group.pk)
        before = _card(group)
        if zone != group.zone:
            group.zone, group.zone_source = zone, "named"
        group.type, group.owner, group.ends = type, owner, ends
        group.save()
        refresh(group)
        changed(group, "group.card", by=by, before=before, after=_card(group), now=now)


def unchanged(group: Group) -> bool:
    """Whether a group is still what it was when it was read; held so until the transaction ends."""
    return Group.objects.select_for_update().filter(pk=group.pk, state_hash=group.state_hash).exists()


def entrust(group: Group, carer: Account | None, *, by: Account | None, now: datetime) -> None:
    """Let somebody look after the group, or (None) nobody."""
    with transaction.atomic():
        row = Group.objects.select_for_update().get(pk=group.pk)
        before = row.carer
        if before != carer:
            row.carer = carer
            row.save(update_fields=["carer"])
            told = [{"carer": str(one) if one else ""} for one in (before, carer)]
            changed(row, "group.entrust", by=by, before=told[0], after=told[1], now=now)


def _card(group: Group) -> dict[str, str]:
    return {
        "type": group.type,
        "owner": group.owner,
        "zone": group.zone,
        "ends": group.ends.isoformat() if group.ends else "",
    }


def changed(
    group: Group,
    what: str,
    *,
    by: Account | None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    now: datetime,
) -> None:
    """Write down a change of the group."""
    audit.note(group.workspace, what, by=by, on=group.pk, title=group.name, before=before, after=after, now=now)


def unnamed(group: Group) -> tuple[str, ...]:
    """Elements of a community left empty on the group's card; none where the card is blank: nobody has begun it."""
    return tuple(e for e in ELEMENTS if not group.positioning.get(e)) if group.positioning else ()


def refresh(group: Group) -> None:
    """Recompute the hash of everything a diagnosis depends on. Called by whoever changed something of it."""
    marks = [[m.start.isoformat(), m.end.isoformat(), m.title, m.by_owner] for m in group.marks.order_by("start", "pk")]
    known: list[Any] = [str(group.pk), group.version, group.name, group.type, group.zone, group.zone_source]
    known += [group.owner, str(group.ends), group.facts, marks]
    known += [group.heard] if group.heard else []
    known += [unnamed(group)] if unnamed(group) else []
    rule = rule_of(group.workspace)
    known += [rule.model_dump()] if rule != DEFAULT else []
    group.state_hash = hashlib.sha256(json.dumps(known, sort_keys=True).encode()).hexdigest()
    Group.objects.filter(pk=group.pk).update(state_hash=group.state_hash)


def remove(group: Group, *, by: Account | None = None, now: datetime) -> None:
    """Take the group away; for `UNDO` it can be brought back, then `people/erasure` erases it for good."""
    with transaction.atomic():
        if Group.objects.filter(pk=group.pk, removed=None).update(removed=now):
            changed(group, "group.remove", by=by, now=now)


def made_up(workspace: Workspace) -> QuerySet[Group]:
    """The groups of a workspace's example, removed or not; of an example its own."""
    mine = Q(workspace=workspace) | Q(workspace__example_of=workspace)
    return Group.objects.filter(mine, simulated=True).select_related("workspace")


def recoverable(workspace: Workspace, *, now: datetime) -> QuerySet[Group]:
    """Its groups and those of its example that can still be brought back."""
    both = Q(workspace=workspace) | Q(workspace__example_of=workspace)
    return Group.objects.filter(both, removed__gte=now - UNDO)


def remove_example(workspace: Workspace, *, by: Account | None = None, now: datetime) -> None:
    """Take the example of a workspace away (or the example it is), to be brought back as one."""
    with transaction.atomic():
        for group in made_up(workspace).filter(removed=None):
            remove(group, by=by, now=now)


def restore(group: Group, *, by: Account | None = None, now: datetime) -> bool:
    """Bring a removed group back; of a made-up one, all that were removed with it. False where it is already erased."""
    with transaction.atomic():
        if group.simulated and group.removed:
            for other in Group.objects.filter(workspace=group.workspace, simulated=True, removed=group.removed):
                if other.pk != group.pk:
                    Group.objects.filter(pk=other.pk).update(removed=None)
                    changed(other, "group.restore", by=by, now=now)
        if not Group.objects.filter(pk=group.pk).exclude(removed=None).update(removed=None):
            return Group.objects.filter(pk=group.pk).exists()
        changed(group, "group.restore", by=by, now=now)
    return True
