"""The round trip: statements that do not wait for each other's answers go to the database together.

For the few places that a crowd waits for. On a busy machine each answer of PostgreSQL is waited for as long as the
machine is busy; what is sent together is waited for once (libpq's pipeline mode). SQLite has nobody to wait for. What
is asked again and again (`Question`) is put into SQL once: Django needs up to a millisecond for that, each time.
"""

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import ForeignKey, Lookup, QuerySet, UUIDField

Rows = QuerySet[Any, tuple[Any, ...]]


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


@dataclass(frozen=True)
class Slot:
    """Where the ids of this name stand in a question."""

    name: str


class Question:
    """A query (of `values_list`) that is asked with other ids each time: `make` gets a slot for each name, to be given
    to the lookup `among`; `ask` takes the ids."""

    def __init__(self, make: Callable[..., Rows], *names: str) -> None:
        self._make, self._names = make, names

    @cached_property
    def _made(self) -> tuple[Any, str, list[Any]]:
        query = self._make(**{name: Slot(name) for name in self._names}).query
        compiler = query.get_compiler(DEFAULT_DB_ALIAS)
        told, values = compiler.as_sql()
        return compiler, told, list(values)

    def send(self, keys: Mapping[str, Collection[UUID]]) -> "Callable[[], list[tuple[Any, ...]]]":
        """Ask; the rows are there when what is returned is called."""
        compiler, told, values = self._made
        cursor = connection.cursor()
        cursor.execute(told, [_parameter(keys[v.name]) if isinstance(v, Slot) else v for v in values])

        def rows() -> list[tuple[Any, ...]]:
            with cursor:
                return list(compiler.results_iter(results=[cursor.fetchall()], tuple_expected=True))

        return rows


def read(*wanted: tuple[Question, Mapping[str, Collection[UUID]]]) -> list[list[tuple[Any, ...]]]:
    """The rows of each question with its ids, asked for together. Call it in a transaction where a question holds rows:
    that is looked at when it is first asked only."""
    with one_trip():
        sent = [question.send(keys) for question, keys in wanted]
        return [rows() for rows in sent]


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
    rhs: Collection[UUID] | Slot

    def get_prep_lookup(self) -> Collection[UUID] | Slot:
        """As they are."""
        return self.rhs

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """The condition and its parameters."""
        if not self.rhs:
            raise EmptyResultSet
        key, told = self.process_lhs(compiler, connection)
        return f"{key} {_condition()}", (*told, self.rhs if isinstance(self.rhs, Slot) else _parameter(self.rhs))


def among(keys: Collection[UUID]) -> tuple[str, str]:
    """What stands behind the name of a column whose value is to be one of these ids, and its one parameter."""
    return _condition(), _parameter(keys)


def _condition() -> str:
    return "= ANY(%s::uuid[])" if connection.vendor == "postgresql" else "IN (SELECT value FROM json_each(%s))"


def _parameter(keys: Collection[UUID]) -> str:
    hexes = [key.hex for key in keys]
    return "{" + ",".join(hexes) + "}" if connection.vendor == "postgresql" else json.dumps(hexes)
