"""The material (素材): one piece of the library: text, picture, file or link, of a kind, with tags, source and credit.

For the operator: what can be said again, found when it is needed, edited without losing what it was, put aside without
being gone. Where and when a piece was used stands in the calendar (`content/slot`), not here.

Writes: `Material`, `Edit` (what it was before each change), audit.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from django.db import transaction
from django.db.models import (
    CASCADE,
    SET_NULL,
    CharField,
    Count,
    DateTimeField,
    ForeignKey,
    Index,
    JSONField,
    Max,
    Q,
    QuerySet,
    TextField,
)

from huoqun.base.table import Table
from huoqun.people import audit
from huoqun.people import picture as pictures
from huoqun.people.account import Account
from huoqun.people.dealing import said
from huoqun.people.display import one_line
from huoqun.people.picture import Picture
from huoqun.people.voice import KINDS, USEFUL
from huoqun.people.workspace import Workspace

TEXT, PICTURE, FILE, LINK = "text", "picture", "file", "link"
FORMS = (TEXT, PICTURE, FILE, LINK)
LANGUAGES = ("zh", "en")
"""In which a piece can be said; "" is any."""
LONGEST_TITLE, LONGEST_TEXT, LONGEST_LINK, LONGEST_SOURCE, LONGEST_TAG = 120, 2000, 1000, 200, 30
MOST_TAGS = 12
PLACES = ("http://", "https://")


class BadMaterial(ValueError):
    """A piece needs words, a picture, or a link that leads somewhere; `why` is `empty`, `kind`, `form`, `link`,
    `title`, `language`."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class Piece:
    """What somebody gives as a piece, before it is checked. A file is a link to where it lies: a chat takes files from
    the phone of whoever sends, never from here."""

    title: str = ""
    text: str = ""
    link: str = ""
    kind: str = USEFUL
    form: str = ""
    """One of FORMS; "": what it looks like."""
    language: str = ""
    source: str = ""
    credit: str = ""
    tags: tuple[str, ...] = ()
    picture: bytes = field(default=b"", repr=False)


class Material(Table):
    """A piece of the library (素材)."""

    workspace = ForeignKey(Workspace, CASCADE, related_name="materials")
    kind = CharField(max_length=12)
    form = CharField(max_length=8)
    title = CharField(max_length=LONGEST_TITLE)
    text = TextField(default="")
    link = CharField(max_length=LONGEST_LINK, default="")
    picture = ForeignKey(Picture, SET_NULL, null=True, related_name="+")
    tags = JSONField(default=list)
    language = CharField(max_length=8, default="")
    source = CharField(max_length=LONGEST_SOURCE, default="")
    """Where it comes from, in words."""
    credit = CharField(max_length=LONGEST_SOURCE, default="")
    """Whom to thank where it is used."""
    archived = DateTimeField(null=True)
    changed = DateTimeField()
    by = ForeignKey(Account, SET_NULL, null=True, related_name="+")

    class Meta(Table.Meta):
        indexes = [Index(fields=["workspace", "archived", "-changed"], name="material_list")]

    @property
    def words(self) -> str:
        """What is said with it: text, link, and thanks."""
        return "\n".join(line for line in (self.text, self.link, self.credit) if line)


class Edit(Table):
    """What a piece was before somebody changed it (修改历史)."""

    material = ForeignKey(Material, CASCADE, related_name="edits")
    before = JSONField(default=dict)
    by = ForeignKey(Account, SET_NULL, null=True, related_name="+")

    class Meta(Table.Meta):
        indexes = [Index(fields=["material", "-created"], name="edit_list")]


# -- rules


def checked(piece: Piece) -> dict[str, Any]:
    """The values of a piece as they are kept, without the picture. Raises BadMaterial."""
    text, link = said(piece.text)[:LONGEST_TEXT], one_line(piece.link)
    if piece.kind not in KINDS:
        raise BadMaterial("kind")
    if piece.form and piece.form not in FORMS:
        raise BadMaterial("form")
    if link and (not link.lower().startswith(PLACES) or len(link) > LONGEST_LINK or " " in link):
        raise BadMaterial("link")
    if piece.language and piece.language not in LANGUAGES:
        raise BadMaterial("language")
    form = piece.form or (PICTURE if piece.picture else LINK if link and not text else TEXT)
    if (form in {LINK, FILE} and not link) or (form == TEXT and not text):
        raise BadMaterial("empty")
    title = one_line(piece.title) or one_line(text.partition("\n")[0], 40) or link[:LONGEST_TITLE]
    if len(title) > LONGEST_TITLE:
        raise BadMaterial("title")
    tags = dict.fromkeys(one_line(tag, LONGEST_TAG).lstrip("#") for tag in piece.tags)
    return {
        "kind": piece.kind,
        "form": form,
        "title": title,
        "text": text,
        "link": link,
        "language": piece.language,
        "source": one_line(piece.source, LONGEST_SOURCE),
        "credit": one_line(piece.credit, LONGEST_SOURCE),
        "tags": [tag for tag in tags if tag][:MOST_TAGS],
    }


def tags_in(text: str) -> tuple[str, ...]:
    """Tags as people write them in one field."""
    for sign in "，、;；|\n":
        text = text.replace(sign, ",")
    return tuple(part.strip() for part in text.split(",") if part.strip())


# -- reads

Order = Literal["new", "used", "unused"]


def library(
    workspace: Workspace, *, words: str = "", kind: str = "", tag: str = "", archived: bool = False, order: str = "new"
) -> QuerySet[Any]:
    """The pieces of a workspace as asked for, each with `uses` and `last_used`."""
    found = Material.objects.filter(workspace=workspace, archived__isnull=not archived)
    if words:
        inside = Q(title__icontains=words) | Q(text__icontains=words) | Q(source__icontains=words)
        found = found.filter(inside | Q(credit__icontains=words) | Q(tags__icontains=words))
    if kind in KINDS:
        found = found.filter(kind=kind)
    if tag:
        found = found.filter(pk__in=_tagged(workspace, tag))
    counted = Q(slots__state__in=("approved", "out"))
    found = found.annotate(uses=Count("slots", filter=counted), last_used=Max("slots__at", filter=counted))
    if order == "used":
        return found.order_by("-uses", "-changed", "pk")
    if order == "unused":
        return found.order_by("uses", "-changed", "pk")
    return found.order_by("-changed", "pk")


def _tagged(workspace: Workspace, tag: str) -> list[Any]:
    """SQLite cannot look into a list of a JSON column: what holds the word is looked through."""
    near = Material.objects.filter(workspace=workspace).values_list("pk", "tags")
    return [pk for pk, tags in near if tag in tags]


def tags(workspace: Workspace) -> list[tuple[str, int]]:
    """The tags in use with how often, the most used first."""
    counted: dict[str, int] = {}
    for row in Material.objects.filter(workspace=workspace, archived=None).values_list("tags", flat=True):
        for tag in row:
            counted[tag] = counted.get(tag, 0) + 1
    return sorted(counted.items(), key=lambda one: (-one[1], one[0]))


# -- writes


def add(workspace: Workspace, piece: Piece, *, by: Account | None, now: datetime) -> Material:
    """A new piece. Raises BadMaterial, base.image.NoImage."""
    values = checked(piece)
    with transaction.atomic():
        kept = pictures.take(piece.picture, workspace=workspace, person=None, now=now) if piece.picture else None
        if values["form"] == PICTURE and kept is None:
            raise BadMaterial("empty")
        row = Material.objects.create(workspace=workspace, picture=kept, changed=now, by=by, created=now, **values)
        _note(row, "add", by, now, after=_told(row))
    return row


def change(row: Material, piece: Piece, *, by: Account, now: datetime) -> Material:
    """Say a piece anew; what it was stays in its history. A picture stays where no other is given. Raises BadMaterial,
    base.image.NoImage."""
    values = checked(piece)
    with transaction.atomic():
        fresh = Material.objects.select_for_update().get(pk=row.pk)
        before = _told(fresh)
        if piece.picture:
            fresh.picture = pictures.take(piece.picture, workspace=fresh.workspace, person=None, now=now)
        if values["form"] == PICTURE and fresh.picture_id is None:
            raise BadMaterial("empty")
        for name, value in values.items():
            setattr(fresh, name, value)
        after = _told(fresh)
        if after != before:
            fresh.changed, fresh.by = now, by
            fresh.save()
            Edit.objects.create(material=fresh, before=before, by=by, created=now)
            _note(fresh, "change", by, now, before=before, after=after)
    return fresh


def back_to(edit: Edit, *, by: Account, now: datetime) -> Material:
    """A piece as it was before a change; what it is now goes into its history."""
    told = edit.before
    known = {name: told[name] for name in ("title", "text", "link", "kind", "form", "language", "source", "credit")}
    return change(edit.material, Piece(**known, tags=tuple(told["tags"])), by=by, now=now)


def archive(row: Material, *, by: Account, now: datetime) -> None:
    """Put a piece aside; it stays where it was planned."""
    if Material.objects.filter(pk=row.pk, archived=None).update(archived=now):
        _note(row, "archive", by, now)


def restore(row: Material, *, by: Account, now: datetime) -> None:
    """Take a piece back into the library."""
    if Material.objects.filter(pk=row.pk, archived__isnull=False).update(archived=None):
        _note(row, "restore", by, now)


def _told(row: Material) -> dict[str, Any]:
    names = ("kind", "form", "title", "text", "link", "language", "source", "credit", "tags")
    return {name: getattr(row, name) for name in names} | {"picture": str(row.picture_id or "")}


def _note(row: Material, what: str, by: Account | None, now: datetime, **told: Mapping[str, Any]) -> None:
    audit.note(row.workspace, f"material.{what}", by=by, on=row.pk, title=row.title, now=now, **told)
