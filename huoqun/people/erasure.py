"""The erasure: a removed group is gone for good once it can no longer be brought back."""

import shutil
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from huoqun.base import job
from huoqun.chat import archive
from huoqun.people import audit, tally
from huoqun.people.group import UNDO, Group
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
    """Take a group out of archive and tables, with the persons known from it alone. Repeats safely."""
    archive.drop(archive_of(group.workspace), group.pk.hex)
    with transaction.atomic():
        Workspace.objects.select_for_update().get(pk=group.workspace_id)
        persons = set(Identity.objects.filter(group=group).values_list("person_id", flat=True))
        persons |= set(Person.objects.filter(merged__in=persons).values_list("pk", flat=True))
        uploads = list(Upload.objects.filter(taken__group=group).values_list("pk", flat=True))
        for key in (group.pk, *group.studies.values_list("pk", flat=True)):
            audit.forget(key)
        audit.note(group.workspace, "group.erase", by=None, on=group.pk, now=now)
        group.delete()
        while gone := set(_nobody().filter(pk__in=persons).values_list("pk", flat=True)):
            for key in gone:
                audit.forget(key)
            Person.objects.filter(pk__in=gone).delete()
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


def _nobody() -> QuerySet[Person]:
    """Persons without an account, to whom nobody is merged either."""
    return Person.objects.filter(identities=None, merged=None)
