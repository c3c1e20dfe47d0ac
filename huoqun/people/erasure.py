"""The erasure: a removed group is gone for good once it can no longer be brought back."""

import shutil
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from huoqun.base import job
from huoqun.chat import archive
from huoqun.people import audit, branch, tally, view
from huoqun.people.deed import Deed
from huoqun.people.group import UNDO, Group
from huoqun.people.merge import Sameness
from huoqun.people.person import Identity, Person
from huoqun.people.upload import Upload
from huoqun.people.workspace import Workspace, archive_of, folder_of

KIND = "erasure"


def tick(hand: job.Hand) -> bool:
    """Erase the groups whose time to be brought back is over."""
    now = hand.clock()
    due = Group.objects.filter(removed__lt=now - UNDO).values_list("pk", flat=True)
    job.open_jobs(KIND, [key.hex for key in due], now=now)
    return job.work(KIND, _run, hand)


def _run(lease: job.Lease) -> None:
    group = Group.objects.filter(pk=lease.key, removed__lt=lease.now() - UNDO).first()
    if group is not None:
        erase(group, now=lease.now())


def erase(group: Group, *, now: datetime) -> None:
    """Take a group out of archive and tables, with the persons known from it alone, and its name out of what is kept of
    others: the log, the tree, saved views. Repeats safely."""
    archive.drop(archive_of(group.workspace), group.pk.hex)
    with transaction.atomic():
        Workspace.objects.select_for_update().get(pk=group.workspace_id)
        persons = set(Identity.objects.filter(group=group).values_list("person_id", flat=True))
        persons |= set(Person.objects.filter(merged__in=persons).values_list("pk", flat=True))
        uploads = list(Upload.objects.filter(taken__group=group).values_list("pk", flat=True))
        rows = (group.studies, group.rolls)
        for key in (group.pk, *(key for each in rows for key in each.values_list("pk", flat=True))):
            audit.forget(key)
        _unname(group)
        audit.note(group.workspace, "group.erase", by=None, on=group.pk, now=now)
        group.delete()
        while gone := set(_nobody().filter(pk__in=persons).values_list("pk", flat=True)):
            for key in gone:
                audit.forget(key)
            _forget_merges(gone)
            Person.objects.filter(pk__in=gone).delete()
        for key in Upload.objects.filter(pk__in=uploads, taken=None).values_list("pk", flat=True):
            audit.forget(key)
        Upload.objects.filter(pk__in=uploads, taken=None).delete()
        tally.count(persons, now=now)
        if group.workspace.example_of_id and not group.workspace.groups.exists():
            leave(group.workspace)


def leave(example: Workspace) -> None:
    """An example is gone: whatever was made in it, and its folder. The folder goes first, so that a crash between the
    two repeats both."""
    with transaction.atomic():
        shutil.rmtree(folder_of(example), ignore_errors=True)
        example.delete()


def _unname(group: Group) -> None:
    """What is kept of others names the group no more; its name only where no other group bears it."""
    branch.uproot(group)
    words = {group.pk.hex, str(group.pk)}
    if not Group.objects.filter(workspace=group.workspace, name=group.name).exclude(pk=group.pk).exists():
        words.add(group.name)
        audit.unname(group.workspace, group.name)
    view.unname(group.workspace, words)


def _forget_merges(gone: Collection[UUID]) -> None:
    """Whoever was merged with somebody who goes keeps that it was decided, not who the other one was."""
    for row in Sameness.objects.filter(Q(kept__in=gone) | Q(other__in=gone)):
        Deed.objects.filter(key=row.pk.hex, kind__startswith="person.").update(values={})
        moments = [row.created, *([row.undone] if row.undone else [])]
        audit.forget(row.kept_id, moments)


def _nobody() -> QuerySet[Person]:
    """Persons without an account, to whom nobody is merged either."""
    return Person.objects.filter(identities=None, merged=None)
