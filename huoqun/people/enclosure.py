"""The enclosure (附件): a file of the staff that goes with what is said in a group. Kept as a row, so that a backup and
a removal take it along. A picture is kept as one (`people/picture`)."""

import mimetypes
from datetime import datetime
from uuid import UUID

from django.db.models import CASCADE, BinaryField, BooleanField, CharField, ForeignKey, Index, PositiveIntegerField, Q

from huoqun.base.image import NoImage
from huoqun.base.table import Table
from huoqun.people import picture
from huoqun.people.display import one_line
from huoqun.people.picture import Picture
from huoqun.people.workspace import Workspace

LARGEST = 20 << 20
"""Bytes; what chat networks take from everybody. A default."""
LONGEST_NAME = 120


class TooLarge(ValueError):
    """The file is larger than `LARGEST`, or empty."""


class Enclosure(Table):
    """A file to be sent. Who knows its id may fetch it: ids are random, and stand on pages that one must be let in to
    see."""

    workspace = ForeignKey(Workspace, CASCADE, related_name="enclosures")
    name = CharField(max_length=LONGEST_NAME)
    media = CharField(max_length=100)
    body = BinaryField()
    size = PositiveIntegerField()
    for_start = BooleanField(default=False)
    """Given to the start of a run that may never begin (`playbooks/left_file`)."""

    class Meta(Table.Meta):
        indexes = [Index(fields=["created"], condition=Q(for_start=True), name="enclosure_for_start")]


def keep(raw: bytes, name: str, *, workspace: Workspace, now: datetime) -> str:
    """Keep what was sent, and return by what it is called in the values of a run: the id of a picture, or of an
    enclosure. Raises TooLarge."""
    if not 0 < len(raw) <= LARGEST:
        raise TooLarge
    try:
        return picture.take(raw, workspace=workspace, person=None, for_start=True, now=now).pk.hex
    except NoImage:
        called = one_line(name.rpartition("/")[2], LONGEST_NAME) or "file"
        media = mimetypes.guess_type(called)[0] or "application/octet-stream"
        row = Enclosure(workspace=workspace, name=called, media=media, body=raw, size=len(raw), created=now)
        row.for_start = True
        row.save(force_insert=True)
        return row.pk.hex


def found(workspace_id: UUID, called: str) -> Picture | Enclosure | None:
    """What the value of a run names."""
    try:
        id = UUID(called)
    except ValueError:
        return None
    mine = {"pk": id, "workspace": workspace_id}
    return Picture.objects.filter(**mine).first() or Enclosure.objects.filter(**mine).first()
