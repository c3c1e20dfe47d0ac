"""The tally: one row for each human with the sums over all their accounts, so that lists, rules and segments of a
million people are one look at one table.

It repeats what identities and traces say, and is written by whatever changes these: an import, a checkup, a merge; the
night counts everybody once more. Windows are counted back from the last day that each group's history tells, not from
the clock: after an export nobody knows who spoke. A day on which somebody spoke in two groups is one day.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import (
    CASCADE,
    BooleanField,
    CharField,
    DateTimeField,
    FloatField,
    ForeignKey,
    Index,
    OneToOneField,
    PositiveIntegerField,
    QuerySet,
    TextField,
)

from huoqun.base.table import Table
from huoqun.people.climb import Climb, write_down
from huoqun.people.group import Group
from huoqun.people.ladder import Rule, place, rule_of
from huoqun.people.person import Identity, Naming, Person
from huoqun.people.profile import Fact
from huoqun.people.trace import Trace
from huoqun.people.workspace import Workspace

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""When somebody spoke who never did: before everybody else, in every database's order."""
AT_ONCE = 1000
"""Humans counted in one transaction."""
_WEEK, _WEEKS = (1 << 7) - 1, (1 << 28) - 1
_BEST = ("answered_by", "answered_share", "answered_times")


class Tally(Table):
    """The sums of one human (合计) over the groups that are not removed.

    Columns of one width stand first, texts last: a database that looks through a million rows for a number finds it
    at a known place (docs/decisions/184).
    """

    person = OneToOneField(Person, CASCADE, related_name="tally")
    """The root of the human."""
    workspace = ForeignKey(Workspace, CASCADE, related_name="tallies", db_index=False)
    first = DateTimeField(default=NEVER)
    last = DateTimeField(default=NEVER)
    answered_share = FloatField(default=0)
    """In the group that answers them most, as are `answered_times` and `answered_by`."""
    answered_times = FloatField(default=0)
    answered_by = PositiveIntegerField(default=0)
    groups = PositiveIntegerField(default=0)
    messages = PositiveIntegerField(default=0)
    messages_7 = PositiveIntegerField(default=0)
    messages_30 = PositiveIntegerField(default=0)
    days_7 = PositiveIntegerField(default=0)
    days_28 = PositiveIntegerField(default=0)
    days_30 = PositiveIntegerField(default=0)
    ties = PositiveIntegerField(default=0)
    strong_ties = PositiveIntegerField(default=0)
    brought = PositiveIntegerField(default=0)
    bot = BooleanField(default=False)
    measured = BooleanField(default=False)
    """A group of theirs has a checkup; without one the columns of numbers are nought and nobody has a stratum."""
    ago = PositiveIntegerField(null=True)
    """Days from their last message to the end of that group's history; null: they never spoke."""
    since = DateTimeField(null=True)
    """When they came to stand in their stratum."""
    stratum = CharField(max_length=15, default="")
    """By the workspace's ladder; empty for machines and for whom nothing is measured."""
    why = CharField(max_length=20, default="")
    """The id of its reason."""
    name = CharField(max_length=300, default="")
    """Under which they spoke last."""
    names = TextField(default="")
    """Everything they can be found by, in small letters: names ever borne, accounts, what they want to be called."""

    class Meta(Table.Meta):
        indexes = [
            Index(fields=["workspace", "stratum", "bot"], name="tally_count"),
            Index(fields=["workspace", "-last", "person"], name="tally_last"),
            Index(fields=["workspace", "-messages", "person"], name="tally_messages"),
            Index(fields=["workspace", "stratum", "-last", "person"], name="tally_stratum"),
        ]


_KEPT = frozenset({"id", "created", "person", "workspace"})
_VALUES = [f.name for f in Tally._meta.concrete_fields if f.name not in _KEPT]


def humans_of(persons: Iterable[UUID]) -> dict[UUID, UUID]:
    """By person, everybody who is one with any of these, and the root they all are."""
    asked = set(persons)
    roots = set(Person.objects.filter(pk__in=asked, root=None).values_list("pk", flat=True))
    roots |= {root for root in Person.objects.filter(pk__in=asked).values_list("root", flat=True) if root}
    found = {root: root for root in roots}
    merged = Person.objects.filter(root__in=roots).values_list("pk", "root")
    return found | {pk: root for pk, root in merged if root}


def count(persons: Iterable[UUID], *, now: datetime) -> None:
    """Bring the tallies of these persons, and of whom they are one with, to what identities and traces say."""
    asked = sorted(set(persons))
    for begin in range(0, len(asked), AT_ONCE):
        with transaction.atomic():
            _count(asked[begin : begin + AT_ONCE], now)


def count_group(group: Group, *, now: datetime) -> None:
    """The same for everybody in a group."""
    count(Identity.objects.filter(group=group).values_list("person", flat=True), now=now)
    Group.objects.filter(pk=group.pk).update(counted=group.removed is None)


def over(identities: Iterable[Identity]) -> dict[str, Any] | None:
    """The sums of one human over some of their accounts; None where nothing is measured there."""
    keys = [i.pk for i in identities]
    found = Identity.objects.filter(pk__in=keys, group__removed=None).select_related("trace", "group")
    those = list(found.only(*_READ, "group__newest").order_by("name", "pk"))
    sums = _sum(those, []) if any(hasattr(i, "trace") for i in those) else None
    return Tally(**sums).__dict__ if sums and sums["measured"] and not sums["bot"] else None


def _count(asked: list[UUID], now: datetime) -> None:
    human = humans_of(asked)
    known = {
        t.person_id: t
        for t in Tally.objects.select_for_update().filter(person__in=asked + list(human)).order_by("person")
    }
    workspaces = dict(Person.objects.filter(pk__in=set(human.values())).values_list("pk", "workspace"))
    rules = {w.pk: rule_of(w) for w in Workspace.objects.filter(pk__in=set(workspaces.values()))}
    rows, moved = [], []
    found = _sums(human)
    for root, sums in found.items():
        old = known.get(root)
        row = Tally(person_id=root, workspace_id=workspaces[root], created=now, **sums)
        moved += _judge(row, old, rules[row.workspace_id], now)
        if old is None or any(getattr(old, name) != getattr(row, name) for name in _VALUES):
            rows.append(row)
    gone = [t.pk for key, t in known.items() if key not in found]
    Tally.objects.filter(pk__in=gone).delete()
    rows.sort(key=lambda row: row.person_id)
    Tally.objects.bulk_create(
        rows, batch_size=500, update_conflicts=True, unique_fields=["person"], update_fields=_VALUES
    )
    write_down(moved, now=now)


def _judge(row: Tally, old: Tally | None, rule: Rule, now: datetime) -> list[Climb]:
    """Put a tally where the rule says; the step, where it stood elsewhere before."""
    if row.measured and not row.bot:
        row.stratum, row.why = place(row.__dict__, rule)
    before = old.stratum if old else ""
    row.since = old.since if old and row.stratum == before else now if row.stratum else None
    moved = before and row.stratum and before != row.stratum
    return [Climb(row.person_id, before, row.stratum, row.why)] if moved else []


def _sums(human: dict[UUID, UUID]) -> dict[UUID, dict[str, Any]]:
    """By root, the columns of a tally; who is in no group (any more) has none."""
    mine: dict[UUID, list[Identity]] = {root: [] for root in human.values()}
    found = Identity.objects.filter(person__in=human, group__removed=None).select_related("trace")
    those = list(found.only(*_READ).order_by("name", "pk"))
    groups = Group.objects.only("newest").in_bulk({i.group_id for i in those})
    for i in those:
        i.group = groups[i.group_id]
        mine[human[i.person_id]].append(i)
    words: dict[UUID, list[str]] = defaultdict(list)
    borne = Naming.objects.filter(identity__person__in=human).order_by("name")
    for person, name in borne.values_list("identity__person", "name"):
        words[human[person]].append(name)
    for person, name in Fact.objects.filter(person__in=human, field="called").values_list("person", "text"):
        words[human[person]].append(name)
    return {root: _sum(those, words[root]) for root, those in mine.items() if those}


_READ = (
    *("person", "group", "account", "name", "bot", "messages", "first", "last"),
    *(f"trace__{f.name}" for f in Trace._meta.concrete_fields if f.name not in {"id", "created", "group", "stratum"}),
)


def _sum(those: list[Identity], words: list[str]) -> dict[str, Any]:
    those.sort(key=lambda i: i.last or NEVER, reverse=True)
    found_by = [word for i in those for word in (i.name, i.account)] + words
    firsts = [i.first for i in those if i.first]
    traces = [i.trace for i in those if hasattr(i, "trace")]
    return {
        "name": those[0].name,
        "names": "\n".join(dict.fromkeys(word.lower() for word in found_by)),
        "bot": all(i.bot for i in those),
        "groups": len({i.group_id for i in those}),
        "messages": sum(i.messages for i in those),
        "first": min(firsts, default=NEVER),
        "last": max((i.last or NEVER for i in those), default=NEVER),
        "measured": any(i.group.newest_id for i in those),
        **(_measured(traces) if traces else {}),
    }


def _measured(traces: list[Trace]) -> dict[str, Any]:
    newest = max(t.day for t in traces)
    back = [((newest - t.day).days, t.spoke) for t in traces]
    best = max(traces, key=lambda t: (t.answered_by, t.answered_times))
    return {
        "ago": min(t.ago for t in traces),
        "days_7": _days((shift, spoke & _WEEK) for shift, spoke in back),
        "days_28": _days((shift, spoke & _WEEKS) for shift, spoke in back),
        "days_30": _days(back),
        **{
            column: sum(getattr(t, column) for t in traces)
            for column in ("messages_7", "messages_30", "ties", "strong_ties", "brought")
        },
        **{column: getattr(best, column) for column in _BEST},
    }


def _days(told: Iterable[tuple[int, int]]) -> int:
    """Days of the calendar; each is counted once however many groups tell it."""
    days = 0
    for shift, spoke in told:
        days |= spoke << shift
    return days.bit_count()


def tallies(workspace: Workspace) -> QuerySet[Tally]:
    """Everybody of a workspace."""
    return Tally.objects.filter(workspace=workspace)
