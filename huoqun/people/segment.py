"""The segment: a rule over people that is saved under a name, counted, listed, explained, and used wherever people are
chosen.

The rule is asked anew each time: who is in a segment is never stored. A member of staff who is limited to some groups
sees the people of these groups alone; the rule itself looks at whole persons.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import (
    CASCADE,
    SET_NULL,
    CharField,
    DateTimeField,
    ForeignKey,
    Index,
    JSONField,
    PositiveIntegerField,
    Q,
    QuerySet,
)
from django.db.models.functions import Coalesce

from huoqun.base.table import Table
from huoqun.people import audit
from huoqun.people.account import Account
from huoqun.people.condition import Block, Condition
from huoqun.people.display import visible
from huoqun.people.person import Identity, Person
from huoqun.people.sieve import listed, must, roomy, sieve
from huoqun.people.staff import Staff, groups_for
from huoqun.people.tally import Tally
from huoqun.people.workspace import Workspace

LONGEST_NAME = 60
UNDO = timedelta(days=1)
"""How long a removed segment is offered back."""


class Nameless(ValueError):
    """A segment needs a name."""


class Segment(Table):
    """A segment (分群) of a workspace."""

    workspace = ForeignKey(Workspace, CASCADE, related_name="segments")
    name = CharField(max_length=LONGEST_NAME)
    rule = JSONField()
    by = ForeignKey(Account, SET_NULL, null=True, related_name="+")
    changed = DateTimeField()
    removed = DateTimeField(null=True)
    people = PositiveIntegerField(null=True)
    """How many there were when somebody last looked."""
    counted = DateTimeField(null=True)

    class Meta(Table.Meta):
        indexes = [Index(fields=["workspace", "removed", "name"], name="segment_list")]

    def block(self) -> Block:
        """The rule."""
        return Block.model_validate(self.rule)


@dataclass(frozen=True)
class Seen:
    """A part of a rule with what it found of one person: a condition and their value, or a block and its parts."""

    part: Block | Condition
    holds: bool
    parts: tuple["Seen", ...] = ()


# -- reads


def segments(workspace: Workspace) -> QuerySet[Segment]:
    """The segments of a workspace, by name."""
    return Segment.objects.filter(workspace=workspace, removed=None).select_related("by").order_by("name", "pk")


def removed_segments(workspace: Workspace, *, now: datetime) -> QuerySet[Segment]:
    """Those that can be brought back, the last removed first."""
    return Segment.objects.filter(workspace=workspace, removed__gte=now - UNDO).order_by("-removed")


def everybody(workspace: Workspace, staff: Staff | None = None) -> QuerySet[Tally]:
    """Whom rules choose from: every human, machines aside; `staff`: only whom they may see."""
    found = Tally.objects.filter(workspace=workspace, bot=False)
    if staff is not None and staff.duty.limited:
        mine = Identity.objects.filter(group__in=groups_for(staff))
        found = found.filter(person__in=mine.order_by().values(human_=Coalesce("person__root", "person")))
    return found


def tallies(workspace: Workspace, rule: Block, *, staff: Staff | None = None, now: datetime) -> QuerySet[Tally]:
    """Who fits a rule, unordered, as tallies. Ask it within `sieve.roomy`."""
    return everybody(workspace, staff).filter(sieve(rule, workspace, now=now)).order_by()


def people(segment: Segment, *, staff: Staff | None = None, now: datetime) -> QuerySet[Person]:
    """Who is in a segment: the roots; for whoever invites, asks or exports."""
    found = tallies(segment.workspace, segment.block(), staff=staff, now=now)
    return Person.objects.filter(pk__in=found.values("person"))


def size(workspace: Workspace, rule: Block, *, staff: Staff | None = None, now: datetime) -> int:
    """How many fit a rule.

    Where one condition fails only for people of whom a table has a row ("without the tag"), these are counted and
    taken off the others: that is quicker than asking everybody whether they have none.
    """
    parts = list(must(rule))
    lacking = [(part, holds) for part, holds in parts if listed(part, holds=not holds)]
    with roomy():
        if len(lacking) != 1 or any(listed(part, holds=holds) for part, holds in parts):
            return tallies(workspace, rule, staff=staff, now=now).count()
        found, fails = everybody(workspace, staff).order_by(), Q()
        for part, holds in parts:
            told = sieve(part, workspace, now=now)
            if (part, holds) in lacking:
                fails = ~told if holds else told
            else:
                found = found.filter(told if holds else ~told)
        return max(found.count() - found.filter(fails).count(), 0)


def explain(rule: Block | Condition, tally: Tally, *, now: datetime) -> Seen:
    """Why somebody is in or out: each part of the rule, asked of the database of this one person."""
    if isinstance(rule, Condition):
        one = Tally.objects.filter(pk=tally.pk)
        return Seen(rule, one.filter(sieve(rule, tally.workspace, now=now)).exists())
    parts = tuple(explain(part, tally, now=now) for part in rule.parts)
    told = [part.holds for part in parts]
    return Seen(rule, {"all": all(told), "any": any(told), "none": not any(told)}[rule.how], parts)


# -- writes


def keep(
    workspace: Workspace, *, name: str, rule: Block, segment: Segment | None = None, by: Account, now: datetime
) -> Segment:
    """A new segment, or another name and rule for one there is. Raises Nameless."""
    name = " ".join(visible(name).split())[:LONGEST_NAME]
    if not name:
        raise Nameless
    with transaction.atomic():
        row = Segment.objects.select_for_update().get(pk=segment.pk) if segment else Segment(workspace=workspace)
        before = _told(row) if segment else {}
        row.created = row.created or now
        row.name, row.rule, row.by, row.changed = name, rule.model_dump(mode="json"), by, now
        row.people = row.counted = None
        row.save()
        _note(row, "segment.change" if segment else "segment.add", by, now, before=before, after=_told(row))
    return row


def counted(segment: Segment, people: int, *, now: datetime) -> None:
    """Remember how many there were when somebody looked."""
    Segment.objects.filter(pk=segment.pk).update(people=people, counted=now)


def remove(segment: Segment, *, by: Account, now: datetime) -> None:
    """Take it out of the list."""
    with transaction.atomic():
        if Segment.objects.filter(pk=segment.pk, removed=None).update(removed=now):
            _note(segment, "segment.remove", by, now, before=_told(segment))


def restore(segment: Segment, *, by: Account, now: datetime) -> None:
    """Bring a removed one back."""
    with transaction.atomic():
        if Segment.objects.filter(pk=segment.pk).exclude(removed=None).update(removed=None):
            _note(segment, "segment.restore", by, now)


def _told(row: Segment) -> dict[str, Any]:
    return {"name": row.name, "rule": row.rule}


def _note(row: Segment, what: str, by: Account, now: datetime, **told: Any) -> None:
    audit.note(row.workspace, what, by=by, on=row.pk, title=row.name, now=now, **told)
