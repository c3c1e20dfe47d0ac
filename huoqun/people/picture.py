"""The picture: what a member or staff sent to be seen: a portrait, a proof, a poster. Kept as a row, so that a backup,
an erasure and a removal take it along; made small and without any word of where it was taken (`base/image`)."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import CASCADE, BinaryField, BooleanField, ForeignKey, Index, PositiveIntegerField, Q, TextField

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
    words = TextField(default="")
    """What stands on it, where we have drawn it; one that names somebody goes when they are erased."""
    for_start = BooleanField(default=False)
    """Given to the start of a run that may never begin (`playbooks/left_file`)."""

    class Meta(Table.Meta):
        indexes = [Index(fields=["created"], condition=Q(for_start=True), name="picture_for_start")]


def take(
    raw: bytes,
    *,
    workspace: Workspace,
    person: Person | None,
    words: str = "",
    for_start: bool = False,
    now: datetime,
) -> Picture:
    """Keep a picture that was sent, or drawn with these words. Raises base.image.NoImage."""
    body, width, height = image.small(raw)
    return Picture.objects.create(
        workspace=workspace,
        person=person,
        body=body,
        width=width,
        height=height,
        words=words,
        for_start=for_start,
        created=now,
    )


def let_go(workspace: Workspace, names: Collection[str]) -> int:
    """Pictures that we have drawn and on which one of these names stands are gone; returns how many."""
    drawn = Picture.objects.filter(workspace=workspace).exclude(words="").values_list("pk", "words")
    those = [pk for pk, words in drawn.iterator() if any(name in words for name in names)]
    return Picture.objects.filter(pk__in=those).delete()[1].get("huoqun.Picture", 0)
