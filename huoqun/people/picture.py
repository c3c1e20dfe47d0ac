"""The picture: what a member or staff sent to be seen: a portrait, a proof, a poster. Kept as a row, so that a backup,
an erasure and a removal take it along; made small and without any word of where it was taken (`base/image`)."""

from datetime import datetime

from django.db.models import CASCADE, BinaryField, ForeignKey, PositiveIntegerField

from huoqun.base import image
from huoqun.base.table import Table
from huoqun.people.person import Person
from huoqun.people.workspace import Workspace


class Picture(Table):
    """A picture (图片), a JPEG. Who knows its id may see it: ids are random, and stand on pages that one must be let in
    to see."""

    workspace = ForeignKey(Workspace, CASCADE, related_name="pictures")
    person = ForeignKey(Person, CASCADE, null=True, related_name="pictures")
    """Whose it is; it goes when they are erased."""
    body = BinaryField()
    width = PositiveIntegerField()
    height = PositiveIntegerField()


def take(raw: bytes, *, workspace: Workspace, person: Person | None, now: datetime) -> Picture:
    """Keep a picture that was sent. Raises base.image.NoImage."""
    body, width, height = image.small(raw)
    return Picture.objects.create(
        workspace=workspace, person=person, body=body, width=width, height=height, created=now
    )
