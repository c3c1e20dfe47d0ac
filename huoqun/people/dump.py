"""The dump: everything an installation keeps, written into one parcel (`base/parcel`), while it goes on working.

Rows are written neutral of the database, so that what SQLite wrote PostgreSQL can take. All of them are of one moment:
one read transaction on SQLite, one REPEATABLE READ on PostgreSQL. Files are pinned by hard links before they are
copied: of each archive those of its newest version, of open uploads those that wait. An archive may so be a little
newer than the rows, as after a crash between the two, and heals the same way: imports are repeated without doubling.
"""

import os
import shutil
import tempfile
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Model

from huoqun.base import parcel
from huoqun.base.presence import Presence
from huoqun.chat import archive
from huoqun.people import upload
from huoqun.people.upload import Upload
from huoqun.people.workspace import Workspace, archive_of

TABLES, FILES = "tables", "files"
"""Folders of the parcel."""
SKIPPED = frozenset({Presence._meta.db_table})
"""What is true only of the processes that run now."""
AT_ONCE = 1000
"""Rows read from the database at a time."""
TRIES = 5
"""How often the moment is chosen anew where files of an upload were taken in while it was chosen."""


class NotReady(Exception):
    """The database is not of this version; the message says what to do."""


class _Moved(Exception):
    """Files that the rows name are gone meanwhile."""


def dump(target: Path, *, now: datetime) -> dict[str, int]:
    """Write everything to `target`, which is there whole or not at all if the caller says so (`base/file.whole_file`).

    Returns how many rows, files and bytes went in. Raises NotReady; OSError where the disk is full.
    """
    head = {"version": settings.VERSION, "made": now.isoformat(), "migrations": _migrations()}
    for attempt in range(TRIES):
        pins = Path(tempfile.mkdtemp(prefix=".backup-", dir=settings.HOME))
        try:
            with one_moment(), parcel.pack(target, head) as into:
                _pin(pins)
                rows = _tables(into, pins)
                return {"rows": rows, **_files(into, pins / FILES)}
        except _Moved:
            if attempt == TRIES - 1:
                raise NotReady("imports kept finishing while the backup began; try again in a moment") from None
        finally:
            shutil.rmtree(pins, ignore_errors=True)
    raise AssertionError


def _migrations() -> list[list[str]]:
    """What the database has been through. Raises NotReady where that is not all that this version has."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise NotReady("the database is not of this version; start Huoqun once (`huoqun up`), then try again")
    return sorted(
        [app, name] for app, name in executor.loader.applied_migrations if app in executor.loader.migrated_apps
    )


@contextmanager
def one_moment() -> Iterator[None]:
    """Whatever is read inside is of the moment at which the first is read. Writers do not wait for it."""
    if connection.vendor != "sqlite":
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield
        return
    with connection.cursor() as cursor:
        cursor.execute("BEGIN DEFERRED")  # atomic() would take the write lock (base/database)
        try:
            cursor.execute("SELECT count(*) FROM sqlite_master")
            yield
        finally:
            cursor.execute("ROLLBACK")


def _pin(pins: Path) -> None:
    """Hard links to every file of the moment, in the layout of the data folder."""
    home = Path(settings.HOME)
    _link(home / "secret.key", home, pins)
    for row in Upload.objects.filter(state__in=upload.OPEN, source=upload.FILES):
        for path in upload.paths(row):
            try:
                _link(path, home, pins)
            except FileNotFoundError as error:
                if row.state in {upload.WAITING, upload.READING}:
                    raise _Moved from error
    for workspace in Workspace.objects.all():
        place = archive_of(workspace)
        _link(Path(place.where).parent / "erasure.secret", home, pins)
        with archive.still(place) as paths:
            for path in paths:
                _link(path, home, pins)


def _link(path: Path, home: Path, pins: Path) -> None:
    pin = pins / FILES / path.relative_to(home)
    pin.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(path, pin)
    except OSError as error:  # a disk without hard links
        if isinstance(error, FileNotFoundError):
            raise
        shutil.copyfile(path, pin)


def _files(into: parcel.Writer, root: Path) -> dict[str, int]:
    count = size = 0
    for path in sorted(p for p in root.rglob("*") if p.is_file()):
        into.add(f"{FILES}/{path.relative_to(root)}", path)
        count += 1
        size += path.stat().st_size
    return {"files": count, "bytes": size}


def tables() -> list[type[Model]]:
    """Every table whose rows are kept, also those between two."""
    models = apps.get_models(include_auto_created=True)
    kept = {m._meta.db_table: m for m in models if m._meta.managed and not m._meta.proxy}
    return [kept[name] for name in sorted(kept) if name not in SKIPPED]


def _tables(into: parcel.Writer, pins: Path) -> int:
    total = 0
    for model in tables():
        path = pins / "rows"
        with path.open("wb") as out:
            fields = [field.attname for field in model._meta.local_concrete_fields]
            out.write(orjson.dumps(fields) + b"\n")
            rows = model._base_manager.order_by("pk").values_list(*fields)
            for row in rows.iterator(chunk_size=AT_ONCE):
                out.write(orjson.dumps(row, default=_plain) + b"\n")
                total += 1
        into.add(f"{TABLES}/{model._meta.db_table}.jsonl", path)
    return total


def _plain(value: Any) -> str:
    """What JSON does not know, as the field of the table reads it back."""
    return b64encode(value).decode() if isinstance(value, bytes | memoryview) else str(value)
