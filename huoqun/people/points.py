"""The points (积分): a ledger that always balances. Every change is a posting with a reason and a source, never edited,
only reversed; the same key never pays twice; no purse goes below nought.

The database holds it to this: a posting says what was in the purse before and after it and which number it is, `after`
is `before` and `amount`, nothing is below nought, and no number or key is there twice. Each person has a purse; the
purses of persons who are one human are spent as one, and stay apart so that unmerging is exact.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import (
    CASCADE,
    SET_NULL,
    BooleanField,
    CharField,
    CheckConstraint,
    DateTimeField,
    F,
    ForeignKey,
    Index,
    IntegerField,
    OneToOneField,
    PositiveIntegerField,
    Q,
    QuerySet,
    Sum,
    UniqueConstraint,
)
from django.db.models.functions import Coalesce

from huoqun.base.many_rows import alike, columns_of, given, insert
from huoqun.base.round_trip import among, hold
from huoqun.base.table import Table, fresh_ids
from huoqun.people import audit
from huoqun.people.account import Account
from huoqun.people.display import one_line
from huoqun.people.group import Group
from huoqun.people.person import Person, ones
from huoqun.people.workspace import Workspace

AWARD, SPEND, REVERSAL, BY_HAND = "award", "spend", "reversal", "by_hand"
LONGEST_KEY, LONGEST_NOTE = 200, 200
MOST = 1_000_000
"""Points in one posting at most: a slip of the keyboard is no gift."""


class Short(Exception):
    """There are not enough points."""


class Reversed(Exception):
    """The posting was reversed before, or is a reversal itself."""


class BadAmount(ValueError):
    """Points are whole numbers from 1 to a million."""


# -- tables


class Purse(Table):
    """The points of one person (钱袋). `held` is what the last of its `postings` left."""

    workspace = ForeignKey(Workspace, CASCADE, related_name="purses")
    person = ForeignKey(Person, CASCADE, related_name="purses")
    key = CharField(max_length=40, unique=True)
    """The person's id while there is one: nobody has two purses. After an erasure the purse's own."""
    held = PositiveIntegerField(default=0)
    postings = PositiveIntegerField(default=0)
    shy = BooleanField(default=False)
    """They do not want to stand on boards (`people/podium`)."""

    class Meta(Table.Meta):
        constraints = [CheckConstraint(condition=Q(held__gte=0), name="purse_not_below_nought")]


class Posting(Table):
    """One change of a purse (分录). `created` is when."""

    purse = ForeignKey(Purse, CASCADE, related_name="entries", db_index=False)
    workspace = ForeignKey(Workspace, CASCADE, related_name="postings", db_index=False)
    number = PositiveIntegerField()
    amount = IntegerField()
    before = PositiveIntegerField()
    after = PositiveIntegerField()
    kind = CharField(max_length=10)
    what = CharField(max_length=40)
    """What it is for: `challenge.check_in`, `shop.order`."""
    source = CharField(max_length=80, default="")
    """Where it comes from: `activity:<id>`; sums against a budget are over this."""
    key = CharField(max_length=LONGEST_KEY)
    group = ForeignKey(Group, SET_NULL, null=True, related_name="+")
    note = CharField(max_length=LONGEST_NOTE, default="")
    reverses = OneToOneField("self", CASCADE, null=True, related_name="reversed_by")
    by = ForeignKey(Account, SET_NULL, null=True, related_name="+", db_index=False)
    at = DateTimeField()
    """When what it is for happened."""

    class Meta(Table.Meta):
        constraints = [
            UniqueConstraint(fields=["purse", "number"], name="posting_number_once"),
            UniqueConstraint(fields=["workspace", "key"], name="posting_key_once"),
            CheckConstraint(condition=Q(after=F("before") + F("amount")), name="posting_adds_up"),
            CheckConstraint(condition=Q(after__gte=0) & Q(before__gte=0), name="posting_not_below_nought"),
            CheckConstraint(condition=~Q(amount=0), name="posting_moves_something"),
        ]
        indexes = [
            Index(fields=["workspace", "source", "what"], name="posting_source"),
            Index(fields=["workspace", "-at"], name="posting_time"),
            Index(fields=["by"], condition=Q(by__isnull=False), name="posting_by"),
        ]


@dataclass(frozen=True)
class Due:
    """Points that somebody is to get, for one thing."""

    person: Person
    amount: int
    key: str
    what: str
    source: str = ""
    group: Group | None = None
    note: str = ""


# -- reads


def balance(person: Person) -> int:
    """The points of a human, over all persons they are."""
    held = Purse.objects.filter(person__in=ones(person)).aggregate(sum=Sum("held"))["sum"]
    return int(held or 0)


def postings(person: Person) -> QuerySet[Posting]:
    """Every change of a human's points, newest first."""
    found = Posting.objects.filter(purse__person__in=ones(person))
    return found.select_related("group", "by").order_by("-created", "-number")


def paid(workspace: UUID, source: str) -> int:
    """The points paid out under one source, reversals taken off."""
    rows = Posting.objects.filter(workspace=workspace, source=source)
    return int(rows.aggregate(sum=Sum("amount"))["sum"] or 0)


def earned(person: Person) -> int:
    """The points a human ever earned: what was given, what of it was reversed taken off; spending changes nothing."""
    return int(_earned().filter(purse__person__in=ones(person)).aggregate(sum=Sum("amount"))["sum"] or 0)


def earned_by_all(workspace: Workspace, *, since: datetime | None = None) -> dict[UUID, int]:
    """The same of every human of a workspace, by the id of their person after merges; from a moment on."""
    rows = _earned().filter(workspace=workspace)
    rows = rows.filter(at__gte=since) if since is not None else rows
    human = Coalesce(F("purse__person__root"), F("purse__person"))
    return {who: int(n) for who, n in rows.values_list(human).annotate(sum=Sum("amount"))}


def _earned() -> QuerySet[Posting]:
    return Posting.objects.filter(Q(kind=AWARD) | Q(kind=REVERSAL, reverses__kind=AWARD))


def unbalanced(workspace: Workspace) -> list[Purse]:
    """The purses that do not hold what their postings say: there should be none (`huoqun doctor` asks)."""
    sums = Purse.objects.filter(workspace=workspace).annotate(sum=Sum("entries__amount"))
    return [p for p in sums.order_by("pk") if (p.sum or 0) != p.held]


# -- writes


def award(
    person: Person,
    amount: int,
    *,
    key: str,
    what: str,
    source: str = "",
    group: Group | None = None,
    note: str = "",
    by: Account | None = None,
    now: datetime,
) -> Posting:
    """Give points. The same key given again changes nothing and gives the posting there is. Raises BadAmount."""
    due = Due(person, amount, key, what, source, group, note)
    award_all(person.workspace, [due], by=by, now=now)
    return Posting.objects.get(workspace=person.workspace_id, key=key)


def award_all(workspace: Workspace, dues: Iterable[Due], *, by: Account | None = None, now: datetime) -> list[Posting]:
    """Give points to many, in one transaction; what was paid before is left out. Returns what was paid now.

    Raises BadAmount.
    """
    asked = {due.key: due for due in dues}
    for due in asked.values():
        if not 0 < due.amount <= MOST or not 0 < len(due.key) <= LONGEST_KEY:
            raise BadAmount(due.amount)
    with transaction.atomic():
        purses = _purses(workspace, {due.person.pk for due in asked.values()}, now)
        done = set(Posting.objects.filter(workspace=workspace, key__in=asked).values_list("key", flat=True))
        rows = [_row(purses[d.person.pk], d.amount, AWARD, d, by, now) for k, d in asked.items() if k not in done]
        _write(rows)
    return rows


def award_crowd(
    workspace: UUID, columns: Mapping[str, Sequence[Any]], same: Mapping[str, Any], *, now: datetime
) -> None:
    """The same for a crowd that waits, nobody in it twice: `columns` are person_id, group_id, amount and key, `same`
    what, source and note. The database itself looks what is in the purses and moves them, so that nothing need be
    read. Call it in a transaction. Raises BadAmount."""
    if not all(0 < amount <= MOST for amount in columns["amount"]):
        raise BadAmount
    persons: Sequence[UUID] = columns["person_id"]
    in_order = sorted(persons, key=lambda pk: pk.hex)
    purse: dict[str, list[Any]] = {"person_id": in_order, "key": [pk.hex for pk in in_order]}
    insert(Purse, purse, {"workspace_id": workspace, "created": now}, ignore=True)
    hold(Purse.objects.filter(person__among=persons).order_by("pk"))
    told = {**columns, "id": fresh_ids(len(persons)), "purse_key": [pk.hex for pk in persons]}
    del told["person_id"]
    same = {**same, "workspace_id": workspace, "kind": AWARD, "at": now, "created": now, "note": _note(same["note"])}
    posting = columns_of(Posting)
    named, marks, values = alike(Posting, ("purse_id", "number", "before", "after", *told), same)
    rows, packed = given(posting | {"purse_key": columns_of(Purse)["key"]}, told)
    condition, fresh = among(told["id"])
    with connection.cursor() as cursor:
        cursor.execute(_POST.format(named=", ".join(named), marks=marks, rows=rows), [*values, packed])
        cursor.execute(_MOVE.format(condition=condition), [fresh])


_POST = """
INSERT INTO huoqun_posting (purse_id, number, before, after, id, amount, key, group_id, {named})
SELECT purse.id, purse.postings + 1, purse.held, purse.held + given.amount,
       given.id, given.amount, given.key, given.group_id, {marks}
FROM {rows} JOIN huoqun_purse purse ON purse.key = given.purse_key
WHERE true ON CONFLICT (workspace_id, key) DO NOTHING
"""
_MOVE = """
UPDATE huoqun_purse SET held = fresh.after, postings = fresh.number
FROM huoqun_posting fresh WHERE fresh.purse_id = huoqun_purse.id AND fresh.id {condition}
"""


def spend(
    person: Person,
    amount: int,
    *,
    key: str,
    what: str,
    source: str = "",
    group: Group | None = None,
    by: Account | None = None,
    now: datetime,
) -> list[Posting]:
    """Take points that a human has, from as many of their purses as it needs; the same key takes once.

    Raises Short, BadAmount.
    """
    if not 0 < amount <= MOST:
        raise BadAmount(amount)
    with transaction.atomic():
        mine = _locked(Purse.objects.filter(person__in=ones(person)))
        known = Posting.objects.filter(workspace=person.workspace_id, key__startswith=f"{key} /").order_by("key")
        if found := list(known):
            return found
        if sum(p.held for p in mine) < amount:
            raise Short
        rows, left = [], amount
        for number, purse in enumerate(p for p in mine if p.held):
            take = min(left, purse.held)
            if take:
                due = Due(person, take, f"{key} /{number}", what, source, group)
                rows.append(_row(purse, -take, SPEND, due, by, now))
            left -= take
        _write(rows)
    return rows


def reverse(posting: Posting, *, why: str, by: Account | None, now: datetime, whole: bool = True) -> Posting:
    """Take a posting back. What was spent meanwhile cannot be taken: Short, or (not `whole`) what is left is taken.

    Raises Reversed, Short.
    """
    with transaction.atomic():
        (purse,) = _locked(Purse.objects.filter(pk=posting.purse_id))
        old = Posting.objects.get(pk=posting.pk)
        if old.kind == REVERSAL or Posting.objects.filter(reverses=old).exists():
            raise Reversed
        amount = -old.amount
        if purse.held + amount < 0:
            if whole or not purse.held:
                raise Short
            amount = -purse.held
        due = Due(purse.person, amount, f"reverse {old.pk.hex}", old.what, old.source, old.group, why)
        row = _row(purse, amount, REVERSAL, due, by, now)
        row.reverses = old
        _write([row])
        told = {"points": amount, "why": row.note}
        audit.note(purse.workspace, "points.reverse", by=by, on=purse.person_id, after=told, now=now)
    return row


def give_by_hand(
    person: Person, amount: int, *, why: str, key: str, by: Account, group: Group | None = None, now: datetime
) -> None:
    """Staff give points (a number above nought) or take them (below), and say why. Raises BadAmount, Short."""
    with transaction.atomic():
        if amount >= 0:
            award(person, amount, key=key, what=BY_HAND, group=group, note=why, by=by, now=now)
        else:
            spend(person, -amount, key=key, what=BY_HAND, group=group, by=by, now=now)
        told = {"points": amount, "why": _note(why)}
        audit.note(person.workspace, "points.by_hand", by=by, on=person.pk, after=told, now=now)


def bury(persons: Iterable[UUID], tombstone: Person) -> int:
    """Give the purses of whoever is erased to a tombstone: sums stay true, nobody is named; returns how many."""
    mine = list(Purse.objects.filter(person__in=list(persons)))
    Posting.objects.filter(purse__in=mine).update(note="")
    for purse in mine:
        Posting.objects.filter(purse=purse).update(key=F("id"))
        Purse.objects.filter(pk=purse.pk).update(person=tombstone, key=purse.pk.hex)
    return len(mine)


def purse_of(person: Person, *, now: datetime) -> Purse:
    """The purse of a person, made if need be. Call it in a transaction."""
    return _purses(person.workspace, {person.pk}, now)[person.pk]


def _purses(workspace: Workspace, persons: set[UUID], now: datetime) -> dict[UUID, Purse]:
    """The purses of these persons, made where there is none, locked in one order."""
    wanted = {p.hex: p for p in persons}
    there = set(Purse.objects.filter(key__in=wanted).values_list("key", flat=True))
    fresh = [Purse(workspace=workspace, person_id=wanted[k], key=k, created=now) for k in sorted(wanted.keys() - there)]
    Purse.objects.bulk_create(fresh, ignore_conflicts=True)
    return {p.person_id: p for p in _locked(Purse.objects.filter(key__in=wanted))}


def _locked(found: QuerySet[Purse]) -> list[Purse]:
    return list(found.select_for_update().select_related(None).order_by("pk"))


def _row(purse: Purse, amount: int, kind: str, due: Due, by: Account | None, now: datetime) -> Posting:
    """A posting not yet written; the purse in memory moves on."""
    row = Posting(purse=purse, workspace_id=purse.workspace_id, number=purse.postings + 1, amount=amount, created=now)
    row.before, row.after, row.kind = purse.held, purse.held + amount, kind
    row.what, row.source, row.key, row.note = due.what, due.source, due.key, _note(due.note)
    row.group, row.by, row.at = due.group, by, now
    purse.held, purse.postings = row.after, row.number
    return row


def _write(rows: list[Posting]) -> None:
    """Write postings, and move their purses: those that move alike in one statement."""
    Posting.objects.bulk_create(rows, batch_size=500)
    moved: dict[UUID, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for row in rows:
        amount, number = moved[row.purse_id]
        moved[row.purse_id] = amount + row.amount, number + 1
    alike: dict[tuple[int, int], list[UUID]] = defaultdict(list)
    for purse, step in moved.items():
        alike[step].append(purse)
    for (amount, number), purses in alike.items():
        Purse.objects.filter(pk__in=purses).update(held=F("held") + amount, postings=F("postings") + number)


def _note(text: str) -> str:
    return one_line(text, LONGEST_NOTE)
