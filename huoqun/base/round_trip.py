"""The round trip: statements that do not wait for each other's answers go to the database together.

For the few places that a crowd waits for. On a busy machine each answer of PostgreSQL is waited for as long as the
machine is busy; what is sent together is waited for once (libpq's pipeline mode). SQLite has nobody to wait for.
"""

import json
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import ForeignKey, Lookup, QuerySet, UUIDField


@contextmanager
def one_trip() -> Iterator[None]:
    """Statements in the block whose answers nobody reads are sent together at its end at the latest, and what one of
    them raises is raised there: keep it within a transaction."""
    if connection.vendor != "postgresql":
        yield
        return
    connection.ensure_connection()
    with connection.wrap_database_errors, connection.connection.pipeline():
        yield


def read(*wanted: "QuerySet[Any, tuple[Any, ...]]") -> list[list[tuple[Any, ...]]]:
    """The rows of each query (of `values_list`), asked for together."""
    sent: list[tuple[Any, Any] | None] = []
    with one_trip():
        for rows in wanted:
            compiler = rows.query.get_compiler(connection=connection)
            try:
                told = compiler.as_sql()
            except EmptyResultSet:
                sent.append(None)
                continue
            cursor = connection.cursor()
            cursor.execute(*told)
            sent.append((compiler, cursor))
        return [_rows(*one) if one else [] for one in sent]


def _rows(compiler: Any, cursor: Any) -> list[tuple[Any, ...]]:
    with cursor:
        return list(compiler.results_iter(results=[cursor.fetchall()], tuple_expected=True))


def hold(rows: "QuerySet[Any]") -> None:
    """Hold rows until the transaction ends, without reading them."""
    if connection.features.has_select_for_update:
        with connection.cursor() as cursor:
            cursor.execute(*rows.select_for_update().values_list("pk").query.sql_with_params())


@UUIDField.register_lookup
@ForeignKey.register_lookup
class Among(Lookup):
    """`key__among=keys`: as `__in`, for the ids of rows, which all go over in one parameter: however many they are, it
    is the same statement."""

    lookup_name = "among"
    prepare_rhs = False
    rhs: Collection[UUID]

    def get_prep_lookup(self) -> Collection[UUID]:
        """As they are."""
        return self.rhs

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """The condition and its parameters."""
        if not self.rhs:
            raise EmptyResultSet
        key, told = self.process_lhs(compiler, connection)
        condition, keys = among(self.rhs)
        return f"{key} {condition}", (*told, keys)


def among(keys: Collection[UUID]) -> tuple[str, str]:
    """What stands behind the name of a column whose value is to be one of these ids, and its one parameter."""
    hexes = [key.hex for key in keys]
    if connection.vendor == "postgresql":
        return "= ANY(%s::uuid[])", "{" + ",".join(hexes) + "}"
    return "IN (SELECT value FROM json_each(%s))", json.dumps(hexes)
