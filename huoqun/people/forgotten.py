"""The forgotten: who asked to be erased, and the proof of it, which says everything except who it was.

A person is replaced by a tombstone (a random person without name or account) in the log, in deeds and in public lists.
`people/forgetting` does the work; what stands here stays for good.
"""

import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.db.models import (
    CASCADE,
    SET_NULL,
    CharField,
    DateTimeField,
    ForeignKey,
    Index,
    JSONField,
    Model,
    Q,
    QuerySet,
    UUIDField,
)

from huoqun.base import job
from huoqun.base.table import Table
from huoqun.people import audit
from huoqun.people.account import Account
from huoqun.people.person import Identity, Person, ones, root_of
from huoqun.people.workspace import Workspace, archive_of

KIND = "forgetting"
BACKUPS = timedelta(days=30)
"""How long a backup made before an erasure may be kept (handbook chapter 2)."""


class Forgotten(Table):
    """An erasure of a person (抹除), asked for at `created`; `person` is null once the database knows them no more."""

    workspace = ForeignKey(Workspace, CASCADE, related_name="forgotten")
    person = ForeignKey(Person, SET_NULL, null=True, related_name="+")
    tombstone = UUIDField(default=uuid4)
    """Id of the person that stands in their place."""
    by = ForeignKey(Account, SET_NULL, null=True)
    actor = CharField(max_length=audit.LONGEST)
    counts = JSONField(default=dict)
    """How much of what went: rows by table, messages, messages of others that were redacted, texts."""
    versions = JSONField(default=dict)
    """The version of the archive before and after."""
    mark = CharField(max_length=64)
    """HMAC-SHA256, under the archive's secret, of their accounts: who knows both can tell that it was them."""
    finished = DateTimeField(null=True)

    class Meta(Table.Meta):
        indexes = [Index(fields=["workspace", "-created"], name="forgotten_list")]


def ask(person: Person, *, by: Account | None, now: datetime) -> Forgotten:
    """Open the job that erases a human under all their accounts; asked twice, it is the same one."""
    with transaction.atomic():
        workspace = Workspace.objects.select_for_update().get(pk=person.workspace_id)
        root = root_of(Person.objects.select_related("root").get(pk=person.pk))
        row = Forgotten.objects.filter(person__in=ones(root), finished=None).first()
        if row is None:
            row = Forgotten.objects.create(
                workspace=workspace,
                person=root,
                by=by,
                actor=str(by)[: audit.LONGEST] if by else "",
                counts={"rows": holdings(root)},
                mark=_mark(workspace, root),
                created=now,
            )
            audit.note(workspace, "person.forget", by=by, on=row.tombstone, now=now)
        job.open_job(KIND, row.pk.hex, now=now)
    return row


def again(row: Forgotten, *, by: Account | None, now: datetime) -> None:
    """Go on with it after a failure."""
    with transaction.atomic():
        job.open_job(KIND, row.pk.hex, now=now)
        audit.note(row.workspace, "person.forget", by=by, on=row.tombstone, now=now)


def under_way(person: Person) -> Forgotten | None:
    """The erasure of this human that is not finished."""
    return Forgotten.objects.filter(person__in=ones(person), finished=None).first()


def stone(person: Person) -> Forgotten | None:
    """The erasure of which this person is the tombstone."""
    return Forgotten.objects.filter(tombstone=person.pk, workspace=person.workspace_id).first()


def all_forgotten(workspace: Workspace) -> QuerySet[Forgotten]:
    """The erasures of a workspace, newest first."""
    return Forgotten.objects.filter(workspace=workspace).order_by("-created", "-pk")


def work_of(row: Forgotten) -> job.Job | None:
    """The job that does it."""
    return job.newest(KIND, row.pk.hex)


def proof(row: Forgotten) -> dict[str, Any]:
    """What can be shown to whoever asks whether it was done: no name, no account, no word of theirs."""
    return {
        "erasure": str(row.pk),
        "workspace": row.workspace.name,
        "tombstone": str(row.tombstone),
        "asked": row.created,
        "by": row.actor,
        "finished": row.finished,
        "erased": row.counts,
        "archive_versions": row.versions,
        "keyed_hash": row.mark,
        "keyed_hash_of": "HMAC-SHA256 under erasure.secret of the accounts, sorted, each `network NUL account LF`",
        "backups_gone_by": row.finished + BACKUPS if row.finished else None,
    }


def _mark(workspace: Workspace, person: Person) -> str:
    known = Identity.objects.filter(person__in=ones(person)).values_list("group__network", "account").distinct()
    said = "".join(f"{network}\0{account}\n" for network, account in sorted(set(known)))
    return hmac.new(archive_of(workspace).secret, said.encode(), hashlib.sha256).hexdigest()


def holdings(person: Person) -> dict[str, int]:
    """How many rows of each table belong to a human and go with them, by the name of the table's noun."""
    mine = list(ones(person).values_list("pk", flat=True))
    counts = {}
    for table, ways in _ways().items():
        asked = Q()
        for way in ways:
            asked |= Q(**{f"{way}__in": mine})
        counts[table._meta.model_name or ""] = table._base_manager.filter(asked).values("pk").distinct().count()
    return {name: n for name, n in counts.items() if n}


def _ways() -> dict[type[Model], list[str]]:
    """Every table whose rows go when a person goes, with the ways from its rows to the person. A new table with a
    person in it is among them by itself."""
    found: dict[type[Model], list[str]] = {}
    todo: list[tuple[type[Model], str, Iterable[type[Model]]]] = [(Person, "", (Person, Forgotten))]
    for table, way, seen in todo:  # grows while it is walked
        for relation in table._meta.related_objects:
            child, field = relation.related_model, relation.field
            goes = relation.on_delete is CASCADE or child is Identity
            if not goes or child in seen or isinstance(child, str):
                continue
            path = f"{field.name}__{way}" if way else field.name
            found.setdefault(child, []).append(path)
            todo.append((child, path, (*seen, child)))
    return found
