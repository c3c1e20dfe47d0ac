"""The branch: where a group stands in the tree of its workspace, and how it is run (handbook chapter 1).

A main group has local and project groups under it, laid out by region, loyalty or time. A group may stand under any
group that does not stand under it. `path` holds the keys from the root to the group, so that a whole branch is one
condition.
"""

import math
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import CASCADE, SET_NULL, CharField, ForeignKey, OneToOneField, Q, QuerySet, TextField

from huoqun.base.table import Table
from huoqun.people.account import Account
from huoqun.people.display import visible
from huoqun.people.group import Group, changed
from huoqun.people.staff import Staff, groups_for

KINDS = ("", "main", "local", "project")
LAYOUTS = ("", "region", "loyalty", "time")
"""By what the groups under this one are told apart."""
WAYS = ("", "intensive", "strategic", "targeted")
"""How a group is run: everybody by name, the core by name, or whoever something is for."""
LONGEST_PLACE = 60
DEEPEST = 8
"""Levels of a tree; more cannot be kept in a head."""


class BadPlace(ValueError):
    """No such kind, layout or way, or the tree would be too deep."""


class Circle(ValueError):
    """A group cannot stand under itself."""


class Branch(Table):
    """The place (层级) of one group in the tree."""

    group = OneToOneField(Group, CASCADE, related_name="branch")
    parent = ForeignKey(Group, SET_NULL, null=True, related_name="branches")
    kind = CharField(max_length=10, default="")
    layout = CharField(max_length=10, default="")
    place = CharField(max_length=LONGEST_PLACE, default="")
    """What it is for under its parent: a city, a level, a year."""
    way = CharField(max_length=12, default="")
    """The way of running somebody chose; empty: what is proposed."""
    path = TextField(default="")


class Proposal(NamedTuple):
    """A way of running, and the numbers it follows from. `known`: share of those who speak with a strong tie."""

    way: str
    people: int
    known: float | None


INTENSIVE_PEOPLE = 50
"""Up to so many people one person of staff can know everybody by name; a third of Dunbar's 150, as one works with
several groups."""
STRATEGIC_PEOPLE = 300
"""Up to so many a group can still be led through its core (`too_large` in `insight/finding` begins here)."""
KNOWN = 0.15
"""Below this share of strong ties (`weak_ties`) there is no core through which a group could be led."""


def proposed(people: int, known: float | None) -> Proposal:
    """The way of running that size and knowledge of each other call for.

    Few people: everybody by name. Many with ties: through their core. Too many, or strangers to each other: only
    what is meant for some of them.
    """
    if people <= INTENSIVE_PEOPLE:
        way = "intensive"
    elif people <= STRATEGIC_PEOPLE and (known is None or known >= KNOWN):
        way = "strategic"
    else:
        way = "targeted"
    return Proposal(way, people, known if known is None or math.isfinite(known) else None)


def branch_of(group: Group) -> Branch:
    """The place of a group; one that nobody has placed stands alone."""
    found = Branch.objects.filter(group=group).select_related("parent").first()
    return found or Branch(group=group, path=group.pk.hex)


def under(root: Group) -> Q:
    """Condition on groups: the root itself and all that stand under it."""
    return Q(pk=root.pk) | Q(branch__path__contains=root.pk.hex)


def parents(group: Group) -> QuerySet[Group]:
    """The groups it may stand under."""
    others = Group.objects.filter(workspace=group.workspace_id, removed=None)
    return others.exclude(under(group)).order_by("name", "pk")


def unseen(group: Group, staff: Staff) -> Group | None:
    """The group above that somebody does not see, because it is not theirs or was removed: who does not see it cannot
    mean to take it away."""
    above = branch_of(group).parent
    return None if above is None or groups_for(staff).filter(pk=above.pk).exists() else above


def settle(
    group: Group,
    *,
    parent: Group | None,
    kind: str,
    layout: str,
    place: str,
    way: str,
    by: Account | None,
    now: datetime,
) -> None:
    """Put a group into the tree, with all that stands under it. Raises BadPlace, Circle."""
    place = " ".join(visible(place).split())
    if kind not in KINDS or layout not in LAYOUTS or way not in WAYS or len(place) > LONGEST_PLACE:
        raise BadPlace
    if parent is not None and parent.workspace_id != group.workspace_id:
        raise BadPlace
    with transaction.atomic():
        type(group.workspace).objects.select_for_update().get(pk=group.workspace_id)
        row = branch_of(group)
        above = branch_of(parent).path if parent else ""
        if group.pk.hex in above:
            raise Circle
        before, old = _told(row), row.path
        row.parent, row.kind, row.layout, row.place, row.way = parent, kind, layout, place, way
        row.path = f"{above}/{group.pk.hex}" if above else group.pk.hex
        if before == _told(row) and old == row.path:
            return
        row.created = row.created or now
        moved = list(Branch.objects.filter(path__contains=group.pk.hex).exclude(group=group))
        for one in moved:
            one.path = row.path + one.path.partition(group.pk.hex)[2]
        if any(one.path.count("/") >= DEEPEST for one in (row, *moved)):
            raise BadPlace
        row.save()
        Branch.objects.bulk_update(moved, ["path"])
        changed(group, "group.branch", by=by, before=before, after=_told(row), now=now)


def uproot(group: Group) -> None:
    """Take a group out of the tree for good: what stood under it stands by itself. Call it in a transaction."""
    below = list(Branch.objects.filter(path__contains=group.pk.hex).exclude(group=group))
    for one in below:
        one.path = one.path.partition(f"{group.pk.hex}/")[2]
    Branch.objects.bulk_update(below, ["path"])
    Branch.objects.filter(parent=group).update(parent=None)


def _told(row: Branch) -> dict[str, str]:
    parent = row.parent.name if row.parent else ""
    return {"parent": parent, "level": row.kind, "layout": row.layout, "place": row.place, "way": row.way}
