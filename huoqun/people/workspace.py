"""The workspace: one client or brand, to which all data belongs. An agency has many in one installation."""

import secrets
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db.models import CASCADE, CharField, ForeignKey, SlugField

from huoqun.base.table import Table
from huoqun.chat import zone as zones
from huoqun.chat.archive import Archive, archive_in

LOCAL = "local"
LONGEST_NAME = 120


class Nameless(ValueError):
    """A workspace needs a name."""


class UnknownLanguage(ValueError):
    """The product does not speak this language."""


class Workspace(Table):
    """A workspace (工作区)."""

    slug = SlugField(unique=True)
    """Its part of addresses; never changes."""
    name = CharField(max_length=120, default="")
    zone = CharField(max_length=64, default="Asia/Shanghai")
    language = CharField(max_length=10, default="zh-hans")
    """In which the product speaks to its members: announcements, posters, answers in the chat."""
    example_of = ForeignKey("self", CASCADE, null=True, related_name="examples")
    """Everything in it is made up, for the staff of this workspace to look at; null: it is real."""

    def __str__(self) -> str:
        return self.name


def add(*, name: str, zone: str, language: str = "", now: datetime) -> Workspace:
    """Another workspace; without a language of its own it speaks the default one. Raises Nameless, UnknownLanguage,
    chat.zone.UnknownZone."""
    row = Workspace(slug=secrets.token_hex(4), created=now)
    name_it(row, name=name, zone=zone, language=language)
    return row


def name_it(workspace: Workspace, *, name: str, zone: str, language: str = "") -> None:
    """Another name, zone or language ("": as it is). Raises Nameless, UnknownLanguage, chat.zone.UnknownZone."""
    name = " ".join(name.split())[:LONGEST_NAME]
    if not name:
        raise Nameless
    if language and language not in dict(settings.LANGUAGES):
        raise UnknownLanguage
    workspace.name, workspace.zone = name, zones.choose(zone or None)[0]
    workspace.language = language or workspace.language
    workspace.save()


def local(*, now: datetime) -> Workspace:
    """The first workspace of an installation, made on first use."""
    found = Workspace.objects.filter(slug=LOCAL).first()
    if found is None:
        Workspace.objects.bulk_create([Workspace(slug=LOCAL, created=now)], ignore_conflicts=True)
        found = Workspace.objects.get(slug=LOCAL)
    return found


def archive_of(workspace: Workspace) -> Archive:
    """The workspace's record of everything said, in a folder of its own."""
    return archive_in(folder_of(workspace))


def folder_of(workspace: Workspace) -> Path:
    """Where the workspace's files lie."""
    return Path(settings.HOME) / "workspaces" / workspace.pk.hex
