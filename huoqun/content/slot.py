"""The slot (排期): a piece in the calendar of a group: what is said when, who proposed and who approved it, and what
became of it.

For the operator: an editor proposes, a planner approves; at its time an approved piece goes into the outbox of the
group (`tick`), and what the outbox says of it is the proof. Words can be changed until they are sent. Nothing floods a
group (`content/spacing`); an urgent piece does not wait for others, only for the morning.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import (
    CASCADE,
    SET_NULL,
    BooleanField,
    CharField,
    DateTimeField,
    ForeignKey,
    Index,
    OneToOneField,
    Q,
    QuerySet,
    TextField,
    UniqueConstraint,
)

from huoqun.base.job import Hand
from huoqun.base.table import Table
from huoqun.content.material import Material
from huoqun.content.spacing import Limits, crowded, limits_of, next_free
from huoqun.people import audit, outbox
from huoqun.people.account import Account
from huoqun.people.dealing import said
from huoqun.people.group import Group
from huoqun.people.outbox import Outgoing, Words
from huoqun.people.person import Person
from huoqun.people.picture import Picture
from huoqun.people.voice import KINDS, voices
from huoqun.people.workspace import Workspace

PROPOSED, APPROVED, OUT, DROPPED = "proposed", "approved", "out", "dropped"
AHEAD = (PROPOSED, APPROVED)
AT_ONCE = 500
LATE = timedelta(minutes=10)
"""What comes so late or later (the worker was down) is spaced anew, or it would all come at once."""
LONGEST = 2000


class BadSlot(ValueError):
    """A piece in the calendar needs words or a picture, and a kind; `why` is `empty`, `kind`, `past`."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Crowded(Exception):
    """Too much for the group at that moment: `why` (`quiet`, `apart`, `a_day`), and when there is room."""

    def __init__(self, why: str, free: datetime) -> None:
        super().__init__(why)
        self.why, self.free = why, free


class Sent(Exception):
    """It is said already, or stands among what is sent now."""


class Slot(Table):
    """A piece planned in a group (排期)."""

    workspace = ForeignKey(Workspace, CASCADE, related_name="slots")
    group = ForeignKey(Group, CASCADE, related_name="slots")
    material = ForeignKey(Material, SET_NULL, null=True, related_name="slots")
    kind = CharField(max_length=12)
    text = TextField(default="")
    picture = ForeignKey(Picture, SET_NULL, null=True, related_name="+")
    person = ForeignKey(Person, CASCADE, null=True, related_name="slots")
    """Whose words they are, where they are a member's: it goes when they are erased."""
    at = DateTimeField()
    urgent = BooleanField(default=False)
    state = CharField(max_length=10, default=PROPOSED)
    out = OneToOneField(Outgoing, SET_NULL, null=True, related_name="slot")
    source = CharField(max_length=80, default="")
    """Where it comes from: `sitting:<id>`, `digest:day`."""
    key = CharField(max_length=120, default="")
    approver = ForeignKey(Account, SET_NULL, null=True, related_name="+")
    by = ForeignKey(Account, SET_NULL, null=True, related_name="+")

    class Meta(Table.Meta):
        constraints = [UniqueConstraint(fields=["group", "key"], condition=~Q(key=""), name="slot_once")]
        indexes = [
            Index(fields=["group", "at"], name="slot_group"),
            Index(fields=["workspace", "at"], name="slot_list"),
            Index(fields=["at"], condition=Q(state="approved"), name="slot_due"),
            Index(fields=["workspace", "source"], name="slot_source"),
        ]

    @property
    def proof(self) -> str:
        """What became of it: its own state, or that of what stands in the outbox."""
        return self.out.state if self.state == OUT and self.out is not None else self.state


# -- reads


def between(groups: QuerySet[Group], begin: datetime, end: datetime) -> QuerySet[Slot]:
    """What stands in the calendar of some groups, in time's order; without what was dropped."""
    found = Slot.objects.filter(group__in=groups, at__gte=begin, at__lt=end).exclude(state=DROPPED)
    return found.select_related("group", "out", "material", "by", "approver").order_by("at", "created", "pk")


def taken(
    groups: Iterable[Group], begin: datetime, end: datetime, *, but: UUID | None = None
) -> dict[UUID, list[datetime]]:
    """By group, the moments at which something is said there: from the calendar, and from what else goes out."""
    keys = [group.pk for group in groups]
    found: dict[UUID, list[datetime]] = defaultdict(list)
    slots = Slot.objects.filter(group__in=keys, state__in=AHEAD, at__gte=begin, at__lt=end)
    slots = slots.exclude(pk=but) if but else slots
    for group, at in slots.values_list("group", "at"):
        found[group].append(at)
    for group, times in _going_out(keys, begin, end, but).items():
        found[group] += times
    return found


def _going_out(keys: Sequence[UUID], begin: datetime, end: datetime, but: UUID | None) -> dict[UUID, list[datetime]]:
    """The same of what stands in the outbox."""
    found: dict[UUID, list[datetime]] = defaultdict(list)
    rows = Outgoing.objects.filter(group__in=keys, state__in=(outbox.WAITING, outbox.SENT), due__gte=begin, due__lt=end)
    rows = rows.exclude(slot=but) if but else rows
    for group, due in rows.values_list("group", "due"):
        found[group].append(due)
    return found


def limits(group: Group) -> Limits:
    """What a group bears."""
    return limits_of(voices([group])[group.pk], group.zone)


def room(group: Group, at: datetime, *, but: UUID | None = None) -> tuple[str, datetime]:
    """Why something cannot be said at a moment ("" where it can), and when there is room."""
    known, bound = taken([group], *_around(at), but=but)[group.pk], limits(group)
    return crowded(at, known, bound), next_free(at, known, bound).astimezone(ZoneInfo(group.zone))


def _around(at: datetime) -> tuple[datetime, datetime]:
    return at - timedelta(days=2), at + timedelta(days=14)


# -- writes


def plan(
    group: Group,
    *,
    text: str,
    at: datetime,
    kind: str,
    material: Material | None = None,
    picture: Picture | None = None,
    person: Person | None = None,
    urgent: bool = False,
    approves: bool = False,
    source: str = "",
    key: str = "",
    by: Account | None,
    now: datetime,
) -> Slot:
    """Put a piece into the calendar of a group: proposed, or (`approves`) approved by who plans it; the same key again
    gives what is there. An urgent one is for now. Raises BadSlot, Crowded."""
    text = said(text)[:LONGEST]
    picture = picture or (material.picture if material else None)
    if kind not in KINDS:
        raise BadSlot("kind")
    if not text and picture is None:
        raise BadSlot("empty")
    at = now if urgent else at
    if at < now - LATE:
        raise BadSlot("past")
    with transaction.atomic():
        Group.objects.select_for_update().get(pk=group.pk)
        there = Slot.objects.filter(group=group, key=key).first() if key else None
        if there is not None:
            return there
        why, free = ("", at) if urgent else room(group, at)
        if why:
            raise Crowded(why, free)
        row = Slot(workspace_id=group.workspace_id, group=group, material=material, picture=picture, created=now)
        row.text, row.kind, row.at, row.urgent, row.person = text, kind, at, urgent, person
        row.state, row.approver = (APPROVED, by) if approves else (PROPOSED, None)
        row.source, row.key, row.by = source, key, by
        row.save(force_insert=True)
        _note(row, "plan", by, now, after=_told(row))
    return row


def plan_all(there: Iterable[tuple[Group, datetime]], **values: Any) -> list[Slot]:
    """The same piece in several groups (`plan`), in all of them or in none."""
    with transaction.atomic():
        return [plan(group, at=at, **values) for group, at in there]


def approve(row: Slot, *, by: Account, now: datetime) -> bool:
    """It may go out; False where it is no longer only proposed. One whose time is past goes at the next free moment."""
    with transaction.atomic():
        fresh = _held(row)
        if fresh.state != PROPOSED:
            return False
        before = _told(fresh)
        fresh.state, fresh.approver = APPROVED, by
        if fresh.at < now - LATE and not fresh.urgent:
            fresh.at = room(fresh.group, now, but=fresh.pk)[1]
        fresh.save()
        _note(fresh, "approve", by, now, before=before, after=_told(fresh))
    return True


def change(
    row: Slot,
    *,
    text: str | None = None,
    kind: str | None = None,
    at: datetime | None = None,
    group: Group | None = None,
    approves: bool,
    by: Account,
    now: datetime,
) -> Slot:
    """Other words, another time, another group. Whoever may not approve makes of an approved piece a proposal again.
    What stands in the outbox can be reworded until it is sent. Raises BadSlot, Crowded, Sent."""
    with transaction.atomic():
        fresh = _held(row)
        before = _told(fresh)
        if fresh.state == DROPPED:
            raise Sent
        if fresh.state == OUT:
            return _reword(fresh, text, at or group, by, now)
        fresh.text = fresh.text if text is None else said(text)[:LONGEST]
        fresh.kind, fresh.group = kind or fresh.kind, group or fresh.group
        if fresh.kind not in KINDS:
            raise BadSlot("kind")
        if not fresh.text and fresh.picture_id is None:
            raise BadSlot("empty")
        if at is not None or group is not None:
            fresh.at = at or fresh.at
            if fresh.at < now - LATE:
                raise BadSlot("past")
            why, free = room(fresh.group, fresh.at, but=fresh.pk)
            if why and not fresh.urgent:
                raise Crowded(why, free)
        after = _told(fresh)
        if after != before:
            if fresh.state == APPROVED and not approves:
                fresh.state, fresh.approver = PROPOSED, None
            fresh.save()
            _note(fresh, "change", by, now, before=before, after=_told(fresh))
    return fresh


def _reword(row: Slot, text: str | None, moved: Any, by: Account, now: datetime) -> Slot:
    if moved or row.out is None or not outbox.reword(row.out, said(text or row.text), by=by, now=now):
        raise Sent
    row.text = said(text or row.text)[:LONGEST]
    row.save(update_fields=["text"])
    return row


def drop(row: Slot, *, by: Account, now: datetime) -> bool:
    """It is not said; False where it is said already, or dropped."""
    with transaction.atomic():
        fresh = _held(row)
        if fresh.state == DROPPED or fresh.proof == outbox.SENT:
            return False
        before = _told(fresh)
        if fresh.state == OUT and fresh.out is not None:
            outbox.skip(fresh.out, by=by, now=now)
        fresh.state = DROPPED
        fresh.save(update_fields=["state"])
        _note(fresh, "drop", by, now, before=before, after=_told(fresh))
    return True


def bring_back(row: Slot, *, by: Account, now: datetime) -> bool:
    """What was dropped is proposed again, at its time or at the next free one."""
    with transaction.atomic():
        fresh = _held(row)
        if fresh.state != DROPPED:
            return False
        before = _told(fresh)
        fresh.state, fresh.approver, fresh.out = PROPOSED, None, None
        fresh.at = room(fresh.group, max(fresh.at, now), but=fresh.pk)[1]
        fresh.save()
        _note(fresh, "back", by, now, before=before, after=_told(fresh))
    return True


def tick(hand: Hand) -> bool:
    """What is approved and due goes into the outbox; True where there may be more."""
    now = hand.clock()
    due = Slot.objects.filter(state=APPROVED, at__lte=now, group__removed=None)
    if not due.exists():
        return False
    with transaction.atomic():
        held = due.select_for_update(of=("self",), skip_locked=connection.features.has_select_for_update_skip_locked)
        rows = list(held.select_related("group", "picture").order_by("at", "created", "pk")[:AT_ONCE])
        going = _spaced(rows, now)
        key = {row.pk: f"slot {row.pk.hex} {row.at:%Y%m%d%H%M%S}" for row in going}
        outbox.say_all(
            [
                Words(row.group, row.text, f"content.{row.kind}", key[row.pk], f"slot:{row.pk}", row.picture)
                for row in going
            ],
            now=now,
        )
        made = dict(Outgoing.objects.filter(key__in=list(key.values())).values_list("key", "pk"))
        for row in going:
            row.state, row.out_id = OUT, made[key[row.pk]]
        Slot.objects.bulk_update(rows, ["state", "out", "at"])
    return len(rows) == AT_ONCE


def _spaced(rows: Sequence[Slot], now: datetime) -> list[Slot]:
    """Those that go out now; what would crowd is put off to when there is room."""
    groups = list({row.group_id: row.group for row in rows}.values())
    rules = voices(groups)
    gone = _going_out([group.pk for group in groups], now - timedelta(days=2), now + timedelta(days=14), None)
    going = []
    for row in rows:
        bound, when = limits_of(rules[row.group_id], row.group.zone), row.at if now - row.at < LATE else now
        if not row.urgent and crowded(when, gone[row.group_id], bound):
            row.at = max(next_free(when, gone[row.group_id], bound), now)
            gone[row.group_id].append(row.at)
            continue
        gone[row.group_id].append(when)
        going.append(row)
    return going


def _held(row: Slot) -> Slot:
    found = Slot.objects.select_for_update(of=("self",)).select_related("group__workspace", "workspace")
    fresh = found.get(pk=row.pk)
    fresh.out = Outgoing.objects.filter(pk=fresh.out_id).first() if fresh.out_id else None
    return fresh


def _told(row: Slot) -> dict[str, Any]:
    return {"text": row.text, "piece": row.kind, "at": row.at.isoformat(), "state": row.state}


def _note(row: Slot, what: str, by: Account | None, now: datetime, **told: Any) -> None:
    audit.note(row.workspace, f"slot.{what}", by=by, on=row.group_id, title=row.group.name, now=now, **told)
