"""The refill: the rows of a dump into an empty database, which may be another one than they came from.

The database is first brought to where the dump's was: to today's tables at once, or by the same migrations. Then the
rows go in; then it goes on to where this version is. So a dump of an older version is read as what it was.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import orjson
from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.models import JSONField, Model
from django.db.utils import DatabaseError, IntegrityError

from huoqun.people import new_tables

AT_ONCE = 500
"""Rows written at a time; fewer where the database takes fewer values in one statement."""
VALUES = 20_000


class BadRows(Exception):
    """The rows do not fit the tables; the message names the table."""


class NewerRows(Exception):
    """The dump has been through migrations that this version does not have."""


class Occupied(Exception):
    """The database holds an installation."""


@contextmanager
def room(old: str, telling: Sequence[str], *, replace: bool) -> Iterator[bool]:
    """Room for new tables, all of which are there or none; true where the old are kept, in the schema `old`.

    On SQLite the file is a new one. On PostgreSQL it is one transaction. `telling`: the tables of which a row tells
    that somebody works here; without any, what stands there is dropped. Raises Occupied unless `replace`.
    """
    if connection.vendor == "sqlite":
        yield False
        return
    with transaction.atomic(), connection.cursor() as cursor:
        ours = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
        there = connection.introspection.table_names(cursor)
        there = sorted(n for n in there if n in ours or n == "django_migrations" or n.startswith("huoqun_"))
        occupied = any(_holds_rows(cursor, name) for name in telling if name in there)
        if occupied and not replace:
            raise Occupied
        if occupied:
            cursor.execute(f"CREATE SCHEMA {_quoted(old)}")
        for name in there:
            deed = f"ALTER TABLE {{}} SET SCHEMA {_quoted(old)}" if occupied else "DROP TABLE {} CASCADE"
            cursor.execute(deed.format(_quoted(name)))
        yield occupied


def stands(old: str, telling: Sequence[str]) -> bool:
    """Whether the rows that `room` made room for are in the database, asked after the process was killed.

    `old`: as given to `room` where it yielded true, else empty. On SQLite they are in a file that can be moved back.
    """
    if connection.vendor == "sqlite":
        return False
    with connection.cursor() as cursor:
        if old:
            cursor.execute("SELECT 1 FROM information_schema.schemata WHERE schema_name = %s", [old])
            return cursor.fetchone() is not None
        there = connection.introspection.table_names(cursor)
        return any(_holds_rows(cursor, name) for name in telling if name in there)


def _holds_rows(cursor: Any, table: str) -> bool:
    cursor.execute(f"SELECT 1 FROM {_quoted(table)} LIMIT 1")  # noqa: S608
    return cursor.fetchone() is not None


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)


def known(migrations: list[list[str]]) -> bool:
    """Whether this version has every migration that a dump has been through."""
    graph = MigrationExecutor(connection).loader.graph
    return all(tuple(each) in graph.nodes for each in migrations)


def refill(folder: Path, migrations: list[list[str]]) -> int:
    """Put the rows of the files in `folder` into the database, which holds no table yet; returns how many.

    Raises NewerRows, BadRows. On PostgreSQL the caller holds a transaction around it.
    """
    if not known(migrations):
        raise NewerRows
    executor = MigrationExecutor(connection)
    done = {(app, name) for app, name in migrations}
    leaves = sorted(key for key in done if not executor.loader.graph.node_map[key].children & done)
    if done == executor.loader.disk_migrations.keys():
        new_tables.lay()
    else:
        targets: list[tuple[str, str | None]] = list(leaves)
        executor.migrate(targets)
    executor = MigrationExecutor(connection)
    old = executor.loader.project_state(leaves).apps
    models: list[Any] = [m for m in old.get_models(include_auto_created=True) if m._meta.managed]
    with transaction.atomic(), connection.cursor() as cursor:  # who points to whom is asked at its end
        if connection.vendor != "sqlite":
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")  # a migration of the same transaction said IMMEDIATE
        count = sum(_fill(model, folder / f"{model._meta.db_table}.jsonl") for model in models)
        _checked(models)
    executor = MigrationExecutor(connection, _as_if_committed)
    executor.migrate(executor.loader.graph.leaf_nodes())
    if connection.vendor == "sqlite":
        connection.close()  # its log goes into the file, which can be moved
    return count


def _as_if_committed(action: str, *_about: object) -> None:
    """Ask who points to whom before each migration, as its own transaction would have: PostgreSQL changes no table of
    which that is still to be asked."""
    if action == "apply_start" and connection.vendor != "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _fill(model: type[Model], path: Path) -> int:
    """The rows of one table; whatever a migration put there is replaced. What an older dump repeats of the table that
    this one extends is left to that one."""
    if not path.exists():
        return 0
    model._base_manager.all()._raw_delete(using="default")
    count = 0
    with path.open("rb") as lines:
        try:
            fields = {f.attname: f for f in model._meta.concrete_fields}
            named = [fields[name] for name in orjson.loads(next(lines))]
            kept = [field for field in named if field in model._meta.local_concrete_fields]
            size = min(AT_ONCE, max(1, VALUES // len(kept)))
            size = min(size, max(1, connection.ops.bulk_batch_size(kept, [None] * size)))
            rows = _rows(model, named, lines)
            while batch := list(islice(rows, size)):
                model._base_manager.all()._insert(batch, kept, raw=True, using="default")  # type: ignore[attr-defined]
                count += len(batch)
        except (DatabaseError, ValueError, KeyError, TypeError, StopIteration) as error:
            raise BadRows(f"the rows of {model._meta.db_table} do not fit ({_first(error)})") from error
    return count


def _rows(model: type[Model], fields: list[Any], lines: Iterator[bytes]) -> Iterator[Model]:
    for line in lines:
        row = model()
        for field, value in zip(fields, orjson.loads(line), strict=True):
            plain = value is None or isinstance(field, JSONField)
            setattr(row, field.attname, value if plain else field.target_field.to_python(value) if field.is_relation
                    else field.to_python(value))  # fmt: skip
        yield row


def _checked(models: list[Any]) -> None:
    """Every row points to one that is there, and new numbers follow the old ones."""
    try:
        connection.check_constraints()
    except IntegrityError as error:
        raise BadRows(f"rows point to others that are missing ({_first(error)})") from error
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)


def _first(error: BaseException) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
