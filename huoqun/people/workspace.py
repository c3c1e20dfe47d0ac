"""The workspace: one client or brand, to which all data belongs. On one computer there is exactly one."""

from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db.models import CharField, SlugField

from huoqun.base.table import Table
from huoqun.chat.archive import Archive, archive_in

LOCAL = "local"


class Workspace(Table):
    """A workspace (工作区)."""

    slug = SlugField(unique=True)
    name = CharField(max_length=120, default="")
    zone = CharField(max_length=64, default="Asia/Shanghai")


def local(*, now: datetime) -> Workspace:
    """The only workspace of an installation without logins, made on first use."""
    found = Workspace.objects.filter(slug=LOCAL).first()
    if found is None:
        Workspace.objects.bulk_create([Workspace(slug=LOCAL, created=now)], ignore_conflicts=True)
        found = Workspace.objects.get(slug=LOCAL)
    return found


def archive_of(workspace: Workspace) -> Archive:
    """The workspace's record of everything said, in a folder of its own."""
    return archive_in(Path(settings.HOME) / "workspaces" / workspace.pk.hex)
