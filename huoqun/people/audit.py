"""The audit log: who changed what, when, from what to what. Written in the transaction of the change, never edited.

A change by the product itself (a worker, a scheduled deed) has no account; `actor` then says what it was.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import CASCADE, SET_NULL, CharField, ForeignKey, Index, JSONField, QuerySet, UUIDField

from huoqun.base.table import Table
from huoqun.people.account import Account
from huoqun.people.workspace import Workspace

LONGEST = 200


class Entry(Table):
    """One change (审计). `created` is when."""

    workspace = ForeignKey(Workspace, CASCADE, related_name="entries")
    account = ForeignKey(Account, SET_NULL, null=True)
    actor = CharField(max_length=LONGEST)
    """The name of who did it, as it was then."""
    what = CharField(max_length=40)
    """The noun and the verb: `group.card`, `staff.invite`."""
    object = UUIDField(null=True)
    title = CharField(max_length=LONGEST)
    """The name of what was changed, as it was then."""
    before = JSONField(default=dict)
    after = JSONField(default=dict)

    class Meta(Table.Meta):
        indexes = [
            Index(fields=["workspace", "-created"], name="entry_time"),
            Index(fields=["object", "-created"], name="entry_object"),
        ]


def note(
    workspace: Workspace,
    what: str,
    *,
    by: Account | None,
    on: UUID | None = None,
    title: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    now: datetime,
) -> Entry:
    """Write down a change; of `before` and `after` only what differs is kept."""
    old, new = dict(before or {}), dict(after or {})
    same = {key for key in old.keys() & new.keys() if old[key] == new[key]}
    return Entry.objects.create(
        workspace=workspace,
        account=by,
        actor=str(by)[:LONGEST] if by else "",
        what=what,
        object=on,
        title=title[:LONGEST],
        before={k: v for k, v in old.items() if k not in same},
        after={k: v for k, v in new.items() if k not in same},
        created=now,
    )


def forget(object: UUID) -> None:
    """Leave of the changes of something that is erased only that they were: no name, no values."""
    Entry.objects.filter(object=object).update(title="", before={}, after={})


def bury(objects: Iterable[UUID], tombstone: UUID) -> int:
    """Leave of the changes of a person only that they were, and put a tombstone in their place; returns how many."""
    mine = Entry.objects.filter(object__in=list(objects))
    return mine.update(object=tombstone, title="", before={}, after={})


def entries(workspace: Workspace) -> QuerySet[Entry]:
    """What was changed in a workspace, newest first."""
    return Entry.objects.filter(workspace=workspace).order_by("-created", "-id")
