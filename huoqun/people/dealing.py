"""The dealing: one thing staff do with a person, or have decided not to do: who, what, the words, how far it is, what
came of it.

Introductions, words to the silent, the raising of the active, personal touches and cards read from the chat are all
dealings and differ only in `kind`; `key` makes each one itself, so that a second click and a second reading change
nothing, and what was declined is known for ever.
"""

from collections.abc import Iterable, Mapping
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
    Q,
    QuerySet,
    TextField,
    UniqueConstraint,
)

from huoqun.base.table import Table
from huoqun.people import audit, deed
from huoqun.people.account import Account
from huoqun.people.display import visible
from huoqun.people.group import Group
from huoqun.people.person import Identity, Person, ones
from huoqun.people.workspace import Workspace

PROPOSED, ACCEPTED, DECLINED, DONE = "proposed", "accepted", "declined", "done"
LONGEST = 2000
"""Signs of the words kept."""
MISTAKE = timedelta(hours=1)
"""So long what was ticked off can be taken back."""


class Settled(Exception):
    """It was decided otherwise already."""


class Dealing(Table):
    """Something staff do with a person (往来). `what` is the step within its kind: a rung, a stage, a sort of touch."""

    workspace = ForeignKey(Workspace, CASCADE, related_name="dealings")
    group = ForeignKey(Group, CASCADE, related_name="dealings")
    person = ForeignKey(Person, CASCADE, related_name="dealings")
    other = ForeignKey(Person, CASCADE, null=True, related_name="other_dealings")
    """The second person of an introduction."""
    kind = CharField(max_length=20)
    what = CharField(max_length=20, default="")
    key = CharField(max_length=200)
    state = CharField(max_length=10)
    words = TextField(default="")
    reason = JSONField(default=dict)
    """What speaks for it, as ids, texts and numbers."""
    outcome = CharField(max_length=20, default="")
    at = DateTimeField(null=True)
    """When it was done."""
    by = ForeignKey(Account, SET_NULL, null=True, related_name="+")
    """Who decided last; null where nobody has decided yet."""
    changed = DateTimeField()

    class Meta(Table.Meta):
        constraints = [UniqueConstraint(fields=["workspace", "kind", "key"], name="dealing_once")]
        indexes = [
            Index(fields=["group", "kind", "-changed"], name="dealing_list"),
            Index(fields=["person", "kind", "-at"], name="dealing_person"),
        ]


def settle(
    group: Group,
    kind: str,
    key: str,
    *,
    person: Person,
    other: Person | None = None,
    what: str = "",
    state: str,
    words: str = "",
    reason: Mapping[str, Any] | None = None,
    at: datetime | None = None,
    by: Account,
    now: datetime,
) -> Dealing:
    """Decide: accepted, declined or done; a deed of everybody concerned. The same said again changes nothing.

    What is done stays done and what is declined stays declined: Settled. `at`: when it was done, where not just now.
    `person`: whose account in the group is meant, not whom they were merged into, so that unmerging leaves each what is
    theirs; a key names them by the hex of their id, and what was settled under another of their accounts is settled.
    """
    with transaction.atomic():
        Workspace.objects.select_for_update().get(pk=group.workspace_id)
        row = _there(group, kind, key, person)
        if row is not None and row.state == state:
            return row
        if row is not None and row.state in {DONE, DECLINED}:
            raise Settled
        if row is None:
            row = Dealing(workspace_id=group.workspace_id, group=group, kind=kind, key=key, created=now)
            row.person, row.other, row.what = person, other, what
        row.state, row.by, row.changed = state, by, now
        row.at = (at or now) if state == DONE else None
        row.words = said(words) or row.words
        row.reason = dict(reason or row.reason)
        row.save()
        _tell(row, f"{kind}.{what if what and state == DONE else state}", at=row.at or now, by=by, now=now)
    return row


def _there(group: Group, kind: str, key: str, person: Person) -> Dealing | None:
    """The same dealing, whichever account of the human it was written under: what is decided before what is not."""
    keys = {key.replace(person.pk.hex, one.hex) for one in ones(person).values_list("pk", flat=True)}
    found = Dealing.objects.filter(workspace=group.workspace_id, kind=kind, key__in=keys)
    return max(found, key=lambda row: (row.state in {DONE, DECLINED}, row.changed), default=None)


def take_back(row: Dealing, *, by: Account, now: datetime) -> None:
    """It was ticked off by mistake, by whoever says so, just now: as if nobody had decided; both stay in the deeds.
    Raises Settled where it is another's, or longer ago."""
    with transaction.atomic():
        fresh = Dealing.objects.select_for_update().filter(pk=row.pk).first()
        if fresh is None:
            return
        if fresh.by_id != by.pk or fresh.changed <= now - MISTAKE:
            raise Settled
        fresh.by, fresh.changed = by, now
        _tell(fresh, f"{fresh.kind}.undone", at=now, by=by, now=now)
        fresh.delete()


def conclude(row: Dealing, outcome: str, *, by: Account, now: datetime) -> None:
    """Say what came of something that was done; said anew it replaces what was said."""
    with transaction.atomic():
        fresh = Dealing.objects.select_for_update().get(pk=row.pk)
        if fresh.state != DONE:
            raise Settled
        if fresh.outcome == outcome:
            return
        fresh.outcome, fresh.by, fresh.changed = outcome, by, now
        fresh.save()
        _tell(fresh, f"{fresh.kind}.{outcome}", at=now, by=by, now=now)


def propose_all(rows: Iterable[Dealing]) -> None:
    """Keep what was found for people to decide (unsaved rows); what is known already stays as it is."""
    Dealing.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)


def _tell(row: Dealing, what: str, *, at: datetime, by: Account, now: datetime) -> None:
    both = [row.person, row.other] if row.other else [row.person]
    for one in both:
        others = [str(p.pk) for p in both if p != one]
        evidence = {"dealing": str(row.pk), "with": others}
        deed.write(
            one,
            what,
            at=at,
            group=row.group,
            key=f"{row.pk} {row.changed.isoformat()}",
            evidence=evidence,
            by=by,
            now=now,
        )
    named = Identity.objects.filter(person__in=ones(row.person), group=row.group).values_list("name", flat=True).first()
    audit.note(row.workspace, what, by=by, on=row.person_id, title=named or "", now=now)


def dealings(group: Group, kind: str) -> QuerySet[Dealing]:
    """The dealings of one kind in a group, the last changed first."""
    found = Dealing.objects.filter(group=group, kind=kind).select_related("person__root", "other__root", "by")
    return found.order_by("-changed", "pk")


def dealings_with(person: Person) -> QuerySet[Dealing]:
    """Everything staff did with a person under all their identities, the last first."""
    mine = ones(person)
    return Dealing.objects.filter(Q(person__in=mine) | Q(other__in=mine)).order_by("-changed")


def said(words: str) -> str:
    """Words as they are kept: visible signs on their lines."""
    lines = [visible(line).rstrip() for line in words.replace("\r\n", "\n").split("\n")]
    return "\n".join(lines).strip()[:LONGEST]
