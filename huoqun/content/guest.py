"""The guest (嘉宾) and the visit (来访): who can be asked to speak to a group, on what terms; and each time they came:
what about, what it took, whether it was prepared and thanked for, what it cost, whom they drew away.

A visit that has happened stands on the group's pulse as a mark of the owner's, and what it did is measured like that of
every other event; a named format (`series`) goes on when its guests do not come any more (handbook chapter 12).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import (
    CASCADE,
    SET_NULL,
    CharField,
    Count,
    DateTimeField,
    FloatField,
    ForeignKey,
    Index,
    PositiveIntegerField,
    PositiveSmallIntegerField,
    Q,
    QuerySet,
    Sum,
    TextField,
    UniqueConstraint,
)

from huoqun.base.table import Table
from huoqun.people import audit, mark
from huoqun.people.account import Account
from huoqun.people.dealing import said
from huoqun.people.display import one_line
from huoqun.people.group import Group
from huoqun.people.mark import Mark
from huoqun.people.staff import Staff, groups_for
from huoqun.people.workspace import Workspace

RELATIONS = ("friend", "member", "customer", "partner", "paid")
PLANNED, DONE, OFF = "planned", "done", "off"
LONGEST_NAME, LONGEST_TOPICS, LONGEST_TERMS, LONGEST_TOPIC = 60, 300, 1000, 120
MOST = 500
MOST_COST = 10_000_000.0
MINUTES = range(5, 24 * 60 + 1)
SOON = timedelta(days=3)
"""So long before a visit what is not prepared is late; a default."""
THANKED_WITHIN = timedelta(days=2)
"""So long after it a guest who was not thanked is forgotten; a default."""


class BadGuest(ValueError):
    """`why`: `name`, `cost`, `many`, `topic`, `when`, `number`."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Guest(Table):
    """Somebody who can be asked (嘉宾)."""

    workspace = ForeignKey(Workspace, CASCADE, related_name="guests")
    name = CharField(max_length=LONGEST_NAME)
    topics = CharField(max_length=LONGEST_TOPICS, default="")
    relation = CharField(max_length=10, default="friend")
    cost = FloatField(default=0)
    """Of one visit, in the workspace's money."""
    terms = TextField(default="")
    """What was agreed: what they give, what they get, what they may not do in the group."""
    contact = CharField(max_length=200, default="")
    archived = DateTimeField(null=True)
    by = ForeignKey(Account, SET_NULL, null=True, related_name="+")

    class Meta(Table.Meta):
        indexes = [Index(fields=["workspace", "archived", "name"], name="guest_list")]


class Visit(Table):
    """One time that a guest comes to a group (来访)."""

    guest = ForeignKey(Guest, CASCADE, related_name="visits")
    group = ForeignKey(Group, CASCADE, related_name="visits")
    start = DateTimeField()
    minutes = PositiveSmallIntegerField(default=60)
    topic = CharField(max_length=LONGEST_TOPIC)
    series = CharField(max_length=LONGEST_NAME, default="")
    """The named format it belongs to, which outlives its guests."""
    state = CharField(max_length=8, default=PLANNED)
    prepared = DateTimeField(null=True)
    thanked = DateTimeField(null=True)
    cost = FloatField(default=0)
    """What it really cost."""
    drawn = PositiveIntegerField(default=0)
    """Members who went over to the guest."""
    note = CharField(max_length=300, default="")
    mark = ForeignKey(Mark, SET_NULL, null=True, related_name="+")
    key = CharField(max_length=80)
    by = ForeignKey(Account, SET_NULL, null=True, related_name="+")

    class Meta(Table.Meta):
        constraints = [UniqueConstraint(fields=["guest", "key"], name="visit_once")]
        indexes = [Index(fields=["group", "-start"], name="visit_list")]

    @property
    def end(self) -> datetime:
        """When it is over."""
        return self.start + timedelta(minutes=self.minutes)


@dataclass(frozen=True)
class Person:
    """A guest as a form says them, before it is checked."""

    name: str
    topics: str = ""
    relation: str = "friend"
    cost: float = 0.0
    terms: str = ""
    contact: str = ""


# -- rules


def due(row: Visit, now: datetime) -> str:
    """What is to be done about a visit now: `prepare`, `happened` (say whether it took place), `thank`; ""."""
    if row.state == PLANNED:
        if row.end <= now:
            return "happened"
        return "prepare" if row.prepared is None and row.start - now <= SOON else ""
    return "thank" if row.state == DONE and row.thanked is None else ""


# -- reads


def roster(workspace: Workspace, *, archived: bool = False, words: str = "") -> QuerySet[Any]:
    """The guests, those of most visits first, with `visits_done`, `drawn_away` and `spent`."""
    found = Guest.objects.filter(workspace=workspace, archived__isnull=not archived)
    if words:
        found = found.filter(Q(name__icontains=words) | Q(topics__icontains=words) | Q(terms__icontains=words))
    done = Q(visits__state=DONE)
    told = found.annotate(
        visits_done=Count("visits", filter=done),
        drawn_away=Sum("visits__drawn", filter=done, default=0),
        spent=Sum("visits__cost", filter=done, default=0.0),
    )
    return told.order_by("-visits_done", "name", "pk")


def visits_for(staff: Staff) -> QuerySet[Visit]:
    """The visits to the groups that a member of staff may see, the latest first."""
    found = Visit.objects.filter(guest__workspace=staff.workspace, group__in=groups_for(staff))
    return found.select_related("guest", "group", "mark").order_by("-start", "-pk")


def waiting(staff: Staff, *, now: datetime) -> list[tuple[Visit, str]]:
    """The visits about which something is to be done now, with what, the most urgent first."""
    rows = visits_for(staff).filter(
        Q(state=PLANNED, start__lte=now + SOON) | Q(state=DONE, thanked=None, start__gte=now - timedelta(days=60))
    )
    return [(row, what) for row in rows.order_by("start", "pk")[:200] if (what := due(row, now))]


# -- writes


def keep(workspace: Workspace, told: Person, *, row: Guest | None = None, by: Account, now: datetime) -> Guest:
    """Add a guest, or say one anew. Raises BadGuest."""
    name, relation = one_line(told.name, LONGEST_NAME), told.relation if told.relation in RELATIONS else "friend"
    if not name:
        raise BadGuest("name")
    if not 0 <= told.cost <= MOST_COST:
        raise BadGuest("cost")
    with transaction.atomic():
        Workspace.objects.select_for_update().get(pk=workspace.pk)
        if row is None and Guest.objects.filter(workspace=workspace, archived=None).count() >= MOST:
            raise BadGuest("many")
        fresh = row or Guest(workspace=workspace, by=by, created=now)
        fresh.name, fresh.relation, fresh.cost = name, relation, told.cost
        fresh.topics, fresh.terms = one_line(told.topics, LONGEST_TOPICS), said(told.terms)[:LONGEST_TERMS]
        fresh.contact = one_line(told.contact, 200)
        fresh.save()
        _note(workspace, "guest.keep", fresh.pk, name, by, now, {"relation": relation, "cost": told.cost})
    return fresh


def archive(row: Guest, away: bool, *, by: Account, now: datetime) -> None:
    """Put a guest aside, or back on the roster; their visits stay."""
    if Guest.objects.filter(pk=row.pk, archived__isnull=away).update(archived=now if away else None):
        _note(row.workspace, "guest.archive" if away else "guest.restore", row.pk, row.name, by, now, {})


def plan(
    row: Guest,
    group: Group,
    *,
    start: datetime,
    minutes: int,
    topic: str,
    series: str = "",
    note: str = "",
    key: str,
    by: Account,
    now: datetime,
) -> Visit:
    """Somebody is to come; the same key again gives what is there. Raises BadGuest."""
    topic = one_line(topic, LONGEST_TOPIC)
    if not topic:
        raise BadGuest("topic")
    if minutes not in MINUTES:
        raise BadGuest("number")
    if not now - timedelta(days=3660) < start < now + timedelta(days=1000):
        raise BadGuest("when")
    with transaction.atomic():
        Guest.objects.select_for_update().get(pk=row.pk)
        there = Visit.objects.filter(guest=row, key=key[:80]).first()
        if there is not None:
            return there
        visit = Visit(guest=row, group=group, start=start, minutes=minutes, topic=topic, by=by, created=now)
        visit.series, visit.note = one_line(series, LONGEST_NAME), one_line(note, 300)
        visit.cost, visit.key = row.cost, key[:80]
        visit.save(force_insert=True)
        told = {"guest": row.name, "topic": topic, "at": start.isoformat()}
        _note(row.workspace, "visit.plan", group.pk, group.name, by, now, told)
    return visit


def tick_off(row: Visit, what: str, *, by: Account, now: datetime) -> bool:
    """It is `prepared`, or the guest was `thanked`; once more takes it back. False where it was called off."""
    assert what in {"prepared", "thanked"}, what
    with transaction.atomic():
        fresh = _held(row)
        if fresh.state == OFF:
            return False
        at = None if getattr(fresh, what) else now
        Visit.objects.filter(pk=row.pk).update(**{what: at})
        _note_of(fresh, f"visit.{what}" if at else "visit.undo", by, now, {})
    return True


def happened(row: Visit, *, cost: float, drawn: int, note: str = "", by: Account, now: datetime) -> Visit:
    """It took place: it stands on the group's pulse from now on. Said anew, the numbers change. Raises BadGuest."""
    if not 0 <= cost <= MOST_COST or not 0 <= drawn <= 100_000:
        raise BadGuest("number")
    with transaction.atomic():
        fresh = _held(row)
        if fresh.start > now:
            raise BadGuest("when")
        if fresh.mark_id is None:
            title = f"{fresh.guest.name}: {fresh.topic}"[: mark.LONGEST_TITLE]
            span = {"start": fresh.start, "end": fresh.end}
            fresh.mark = mark.add(fresh.group, title=title, by_owner=True, by=by, now=now, **span)
        fresh.state, fresh.cost, fresh.drawn = DONE, cost, drawn
        fresh.note = one_line(note, 300) or fresh.note
        fresh.save(update_fields=["state", "cost", "drawn", "note", "mark"])
        _note_of(fresh, "visit.happened", by, now, {"cost": cost, "drawn": drawn})
    return fresh


def call_off(row: Visit, *, by: Account, now: datetime) -> bool:
    """It does not take place; False where it has."""
    with transaction.atomic():
        fresh = _held(row)
        if fresh.state != PLANNED:
            return False
        Visit.objects.filter(pk=row.pk).update(state=OFF)
        _note_of(fresh, "visit.off", by, now, {})
    return True


def _held(row: Visit) -> Visit:
    return Visit.objects.select_for_update(of=("self",)).select_related("guest__workspace", "group").get(pk=row.pk)


def _note_of(row: Visit, what: str, by: Account, now: datetime, after: Mapping[str, Any]) -> None:
    told = {"guest": row.guest.name, "topic": row.topic, **after}
    _note(row.guest.workspace, what, row.group_id, row.group.name, by, now, told)


def _note(
    workspace: Workspace, what: str, on: Any, title: str, by: Account, now: datetime, after: Mapping[str, Any]
) -> None:
    audit.note(workspace, what, by=by, on=on, title=title, after=dict(after), now=now)
