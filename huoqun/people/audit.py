"""The audit log: who changed what, when, from what to what. Written in the transaction of the change, never edited.

A change by the product itself (a worker, a scheduled deed) has no account; `actor` then says what it was.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import CASCADE, SET_NULL, CharField, ForeignKey, Index, JSONField, Q, QuerySet, UUIDField

from huoqun.base.many_rows import insert
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


def note_all(
    workspace: Workspace,
    what: str,
    those: Sequence[tuple[UUID, str]],
    *,
    by: Account | None,
    after: Mapping[str, Any],
    now: datetime,
) -> None:
    """Write down the same change of many things at once, each by its id and name."""
    columns: dict[str, list[Any]] = {
        "object": [on for on, _title in those],
        "title": [title[:LONGEST] for _on, title in those],
    }
    same = {"workspace_id": workspace.pk, "account_id": by and by.pk, "actor": str(by)[:LONGEST] if by else ""}
    insert(Entry, columns, {**same, "what": what, "after": dict(after), "created": now})


def forget(object: UUID, moments: Collection[datetime] | None = None) -> None:
    """Leave of the changes of something that is erased only that they were: no name, no values. `moments`: of those
    made then alone."""
    found = Entry.objects.filter(object=object)
    found = found if moments is None else found.filter(created__in=moments)
    found.update(title="", before={}, after={})


def unname(workspace: Workspace, name: str) -> None:
    """Take the name of something that is erased out of the changes of others: those that say which groups something
    was for, stood under or came from."""
    told = ("groups", "cared_for", "parent", "group")
    found = Entry.objects.filter(Q(before__has_any_keys=told) | Q(after__has_any_keys=told), workspace=workspace)
    changed = []
    for entry in found.only("before", "after").iterator():
        before, after = (_without(side, name) for side in (entry.before, entry.after))
        if (before, after) != (entry.before, entry.after):
            entry.before, entry.after = before, after
            changed.append(entry)
    Entry.objects.bulk_update(changed, ["before", "after"], batch_size=500)


def _without(value: Any, name: str) -> Any:
    if isinstance(value, list):
        return [each for each in value if each != name]
    if isinstance(value, dict):
        return {key: _without(each, name) for key, each in value.items()}
    return "" if value == name else value


def bury(objects: Iterable[UUID], tombstone: UUID) -> int:
    """Leave of the changes of a person only that they were, and put a tombstone in their place; returns how many."""
    mine = Entry.objects.filter(object__in=list(objects))
    return mine.update(object=tombstone, title="", before={}, after={})


def entries(workspace: Workspace) -> QuerySet[Entry]:
    """What was changed in a workspace, newest first."""
    return Entry.objects.filter(workspace=workspace).order_by("-created", "-id")
