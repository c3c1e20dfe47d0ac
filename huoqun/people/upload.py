"""The upload: files somebody gave, on their way into groups.

The files wait in the data folder until they are taken in, then they are removed; what was said is in the archive. An
upload that is refused leaves nothing behind. Its work is one job, which another worker repeats safely after a crash:
the archive takes each row once, tables are written by natural key, and a new group's id follows from the upload.
"""

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import (
    CASCADE,
    SET_NULL,
    CharField,
    DateTimeField,
    Exists,
    ForeignKey,
    JSONField,
    OuterRef,
    PositiveIntegerField,
    Q,
    QuerySet,
    UniqueConstraint,
)

from huoqun.base import job
from huoqun.base.table import Table
from huoqun.people import audit, checkup
from huoqun.people.account import Account
from huoqun.people.display import visible
from huoqun.people.group import Group
from huoqun.people.workspace import Workspace

FILES, EXAMPLE = "upload", "example"
"""Where an upload comes from; also the kind of the job that does it."""
WAITING, READING, ARCHIVING, DIAGNOSING, DONE, REFUSED = (
    "waiting",
    "reading",
    "archiving",
    "diagnosing",
    "done",
    "refused",
)
OPEN = (WAITING, READING, ARCHIVING, DIAGNOSING)
LONGEST_NAME = 150
"""File names are cut to this many bytes of UTF-8."""
ORPHAN = timedelta(days=1)
"""Files that no open upload names are removed after this."""


class NothingGiven(Exception):
    """An upload without a file."""


@dataclass(frozen=True)
class Given:
    """A file as it arrived: the name its sender claims, and where its bytes lie now."""

    name: str
    path: Path


class Upload(Table):
    """An import (导入): files, where they go, how far they are and what became of them."""

    workspace = ForeignKey(Workspace, CASCADE, related_name="uploads")
    by = ForeignKey(Account, SET_NULL, null=True)
    source = CharField(max_length=10, default=FILES)
    into = ForeignKey(Group, SET_NULL, null=True, related_name="uploads")
    """The group it was given for; null: found out from the files."""
    zone = CharField(max_length=64, default="")
    """The zone the operator named; empty: the file's own."""
    state = CharField(max_length=12, default=WAITING)
    files = JSONField(default=list)
    """[{name, size}]"""
    reason = CharField(max_length=30, default="")
    """Why it was refused: `not_a_chat`, `other_group`, `no_messages`."""
    refused = JSONField(default=list)
    """[{name, reason, values}] of the files that were not taken: see `chat/refusal`."""
    finished = DateTimeField(null=True)


class Taken(Table):
    """What an upload brought into one group."""

    upload = ForeignKey(Upload, CASCADE, related_name="taken")
    group = ForeignKey(Group, CASCADE, related_name="taken")
    format = CharField(max_length=40)
    rows = PositiveIntegerField()
    added = PositiveIntegerField()
    """Rows that were not there yet."""
    first = DateTimeField(null=True)
    last = DateTimeField(null=True)
    skipped = JSONField(default=list)
    """[[line, reason, file, whether the line is a record's number]] of the first damaged places."""
    skipped_total = PositiveIntegerField(default=0)
    notes = JSONField(default=list)
    grade = CharField(max_length=1, default="")
    """Completeness of what was brought, for itself (`chat/completeness`); empty from before grading."""
    gaps = JSONField(default=list)
    """[{kind, start, end, missing, detail}] of the first reasons of the grade, times in ISO 8601, naive UTC."""

    class Meta(Table.Meta):
        constraints = [UniqueConstraint(fields=["upload", "group"], name="taken_once")]


def plain_name(name: str) -> str:
    """A file name that is only a name: no folders, no control or direction characters, not hidden, not too long."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = visible(last).strip().lstrip(".")
    stem, dot, ending = kept.rpartition(".")
    if not stem or len(ending) > 10:
        stem, dot, ending = kept, "", ""
    room = LONGEST_NAME - len((dot + ending).encode())
    return (stem.encode()[:room].decode("utf-8", "ignore") + dot + ending) or "file"


def folder(upload: Upload) -> Path:
    """Where the upload's files wait."""
    return Path(settings.HOME) / "uploads" / upload.pk.hex


def paths(upload: Upload) -> list[Path]:
    """The waiting files, in the order given; each stands in a numbered folder, so that equal names do not meet."""
    return [folder(upload) / str(number) / file["name"] for number, file in enumerate(upload.files)]


def receive(
    workspace: Workspace,
    given: Sequence[Given],
    *,
    into: Group | None = None,
    zone: str = "",
    by: Account | None = None,
    now: datetime,
) -> Upload:
    """Keep the files and open the job that takes them in. Raises NothingGiven; OSError where the disk is full."""
    if not given:
        raise NothingGiven
    upload = Upload(id=uuid4(), workspace=workspace, by=by, into=into, zone=zone, created=now)
    upload.files = [{"name": plain_name(g.name), "size": g.path.stat().st_size} for g in given]
    try:
        for file, path in zip(given, paths(upload), strict=True):
            path.parent.mkdir(mode=0o700, parents=True)
            shutil.move(file.path, path)
            with path.open("rb") as moved:
                os.fsync(moved.fileno())
        with transaction.atomic():
            upload.save(force_insert=True)
            job.open_job(FILES, upload.pk.hex, now=now)
            names = [f["name"] for f in upload.files]
            audit.note(workspace, "import.give", by=by, on=upload.pk, title=names[0], after={"files": names}, now=now)
    except BaseException:
        shutil.rmtree(folder(upload), ignore_errors=True)
        raise
    return upload


def ask_example(workspace: Workspace, *, language: str, by: Account | None = None, now: datetime) -> Upload:
    """Open the job that makes the example, or return the one that makes or has made the one that is there."""
    with transaction.atomic():
        Workspace.objects.select_for_update().get(pk=workspace.pk)
        there = example_upload(workspace)
        if there is not None:
            return there
        upload = Upload(workspace=workspace, source=EXAMPLE, by=by, created=now)
        upload.save(force_insert=True)
        job.open_job(EXAMPLE, upload.pk.hex, now=now, language=language)
        audit.note(workspace, "import.example", by=by, on=upload.pk, now=now)
    return upload


def example_upload(workspace: Workspace) -> Upload | None:
    """The upload that makes, or has made, the example of a workspace (or the example it is)."""
    there = Q(workspace=workspace) | Q(workspace__example_of=workspace)
    made = Upload.objects.filter(there, source=EXAMPLE).order_by("-created")
    return made.filter(Q(state__in=OPEN) | Q(taken__group__removed=None, taken__isnull=False)).first()


def being_made(example: Upload) -> bool:
    """Whether its job is still to be done or is going; one that has failed waits for somebody."""
    work = work_of(example)
    return work is not None and work.state in {job.WAITING, job.RUNNING}


def again(upload: Upload, *, now: datetime) -> None:
    """Try once more after a failure; the files were kept."""
    job.open_job(upload.source, upload.pk.hex, now=now)


def move_on(upload: Upload, state: str, *, now: datetime, **values: object) -> None:
    """The upload has come to `state`."""
    upload.state = state
    upload.finished = now if state in {DONE, REFUSED} else None
    for name, value in values.items():
        setattr(upload, name, value)
    upload.save()


def discard(upload: Upload) -> None:
    """Remove the upload's files; they are in the archive, or were refused."""
    shutil.rmtree(folder(upload), ignore_errors=True)


def work_of(upload: Upload) -> job.Job | None:
    """The job that does it."""
    return job.newest(upload.source, upload.pk.hex)


def works_of(uploads: Sequence[Upload]) -> dict[UUID, job.Job]:
    """By upload, the job that does it, asked for at once."""
    keys = {upload.pk.hex: upload.pk for upload in uploads}
    found = [job.newest_of(kind, list(keys)) for kind in sorted({upload.source for upload in uploads})]
    return {keys[key]: work for each in found for key, work in each.items()}


def uploads_of(workspace: Workspace) -> QuerySet[Upload]:
    """All uploads, newest first."""
    return Upload.objects.filter(workspace=workspace).order_by("-created")


def settle(now: datetime) -> None:
    """Uploads whose groups have all got their checkup are done; an example is when its own job says so."""
    waiting = checkup.stale().filter(taken__upload=OuterRef("pk"))
    Upload.objects.filter(state=DIAGNOSING, source=FILES).exclude(Exists(waiting)).update(state=DONE, finished=now)


def sweep(now: datetime) -> None:
    """Remove files that no open upload needs: left by a crash between the disk and the database."""
    root = Path(settings.HOME) / "uploads"
    needed = {pk.hex for pk in Upload.objects.filter(state__in=OPEN).values_list("pk", flat=True)}
    for place in [*root.glob("*"), *Path(settings.FILE_UPLOAD_TEMP_DIR).glob("*")]:
        old = now.timestamp() - place.stat().st_mtime > ORPHAN.total_seconds()
        if old and place.name not in needed:
            shutil.rmtree(place, ignore_errors=True) if place.is_dir() else place.unlink(missing_ok=True)
