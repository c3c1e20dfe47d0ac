"""The deed: everything that happens to a person is one row here, written by the feature in its own transaction.

Timeline, ties, strata, segments, merge and erasure read nothing else of a feature.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import (
    CASCADE,
    SET_NULL,
    CharField,
    DateTimeField,
    ForeignKey,
    Index,
    JSONField,
    Q,
    QuerySet,
    UniqueConstraint,
)

from huoqun.base.many_rows import insert
from huoqun.base.table import Table
from huoqun.people.account import Account
from huoqun.people.group import Group
from huoqun.people.person import Person, ones

LONGEST_KEY = 200


class Deed(Table):
    """Something a person did or had done to them (事迹). `at`: when it happened; `created`: when it was written."""

    person = ForeignKey(Person, CASCADE, related_name="deeds", db_index=False)
    group = ForeignKey(Group, CASCADE, null=True, related_name="deeds", db_index=False)
    kind = CharField(max_length=40)
    """The noun and the verb: `survey.answer`, `person.tag`."""
    at = DateTimeField()
    key = CharField(max_length=LONGEST_KEY)
    """What makes it this deed and no other, within person and kind."""
    values = JSONField(default=dict)
    evidence = JSONField(default=dict)
    """What it is known from: ids of messages, forms, rows."""
    by = ForeignKey(Account, SET_NULL, null=True, db_index=False)
    """The member of staff who did it; null where the person or the product did."""

    class Meta(Table.Meta):
        constraints = [UniqueConstraint(fields=["person", "kind", "key"], name="deed_once")]
        indexes = [
            Index(fields=["person", "-at"], name="deed_time"),
            Index(fields=["group", "kind"], name="deed_group"),
            Index(fields=["by"], condition=Q(by__isnull=False), name="deed_by"),
        ]


def write(
    person: Person,
    kind: str,
    *,
    at: datetime,
    group: Group | None = None,
    key: str,
    values: Mapping[str, Any] | None = None,
    evidence: Mapping[str, Any] | None = None,
    by: Account | None = None,
    now: datetime,
) -> Deed:
    """Write a deed down. The same person, kind and key written again changes nothing and gives the row there is."""
    row = Deed(
        person=person,
        kind=kind,
        at=at,
        group=group,
        key=key,
        values=dict(values or {}),
        evidence=dict(evidence or {}),
        by=by,
        created=now,
    )
    write_all([row])
    return Deed.objects.get(person=person, kind=kind, key=key)


def write_all(rows: Iterable[Deed]) -> None:
    """Write many at once (unsaved rows, `created` set); those that are there already stay as they are.

    Raises ValueError for a key that is empty or too long to tell deeds apart.
    """
    found = list(rows)
    for row in found:
        if not 0 < len(row.key) <= LONGEST_KEY:
            raise ValueError(row.key[:LONGEST_KEY])
    Deed.objects.bulk_create(found, batch_size=2000, ignore_conflicts=True)


def write_crowd(columns: Mapping[str, Sequence[Any]], same: Mapping[str, Any]) -> None:
    """The same for a crowd that waits: by column (`base/many_rows`), keys not checked."""
    insert(Deed, columns, same, ignore=True)


def turn_into(was: str, kind: str, *, of: Iterable[UUID], key: str) -> bool:
    """What was written of some persons under a key is known better now, as another kind of deed. Whether anything
    stands under that key and either kind."""
    written = Deed.objects.filter(person__in=list(of), key=key)
    return bool(written.filter(kind=was).update(kind=kind)) or written.filter(kind=kind).exists()


def deeds(person: Person) -> QuerySet[Deed]:
    """The deeds of a person under all their identities, newest first."""
    return Deed.objects.filter(person__in=ones(person)).select_related("group", "by").order_by("-at", "-created")


def deeds_in(group: Group, kind: str) -> QuerySet[Deed]:
    """The deeds of one kind in a group, oldest first."""
    return Deed.objects.filter(group=group, kind=kind).order_by("at", "created")
