"""Shapes that operations of the API share: what is sent to them, lists in pages, one of some words."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

from django.db.models import QuerySet
from ninja import Schema
from pydantic import AfterValidator, AwareDatetime, ConfigDict, Field, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from huoqun.people.group import Group
from huoqun.people.mark import YEARS
from huoqun.people.staff import Staff, groups_for
from huoqun.web.api_facts import NotThere

T = TypeVar("T")
D = TypeVar("D", date, datetime)
LARGEST = 200
"""Of one page at most so many."""


class Sent(Schema):
    """The body of a change: what is not asked for is refused, so that a misspelt field is not lost silently."""

    model_config = ConfigDict(extra="forbid")


@dataclass(frozen=True)
class OneOf:
    """One of some words: `Annotated[str, OneOf(TYPES)]`."""

    words: Iterable[str]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """As pydantic knows it."""
        return core_schema.literal_schema(list(self.words))


Words = Annotated[str, AfterValidator(lambda text: text.replace("\0", ""))]
"""Text without the sign that no database takes."""


def _near(when: D) -> D:
    if when.year not in YEARS:
        raise ValueError(f"not between {YEARS[0]} and {YEARS[-1]}")
    return when


Day = Annotated[date, AfterValidator(_near)]
"""A day that a chat can have."""
Moment = Annotated[AwareDatetime, AfterValidator(_near)]
"""The same as a moment; it has to say its zone."""


class Paging(Schema):
    """Which page of a list."""

    page: int = Field(1, ge=1, le=10_000)
    size: int = Field(50, ge=1, le=LARGEST)

    @property
    def begin(self) -> int:
        """The place of the first one."""
        return (self.page - 1) * self.size


class Page(Schema, Generic[T]):
    """A page of a list. `next`: the number of the next page; null on the last one."""

    items: list[T]
    page: int
    next: int | None


def paged(found: QuerySet[Any] | Sequence[Any], paging: Paging, tell: Callable[[list[Any]], list[T]]) -> Page[T]:
    """One page of what was found, told line by line; one row more is read to know whether there is a next one."""
    rows = list(found[paging.begin : paging.begin + paging.size + 1])
    more = len(rows) > paging.size
    return Page(items=tell(rows[: paging.size]), page=paging.page, next=paging.page + 1 if more else None)


def groups_named(staff: Staff, keys: Collection[UUID]) -> list[Group]:
    """The groups that are meant, all of which one may see. Raises NotThere."""
    found = list(groups_for(staff).filter(pk__in=keys))
    if len(found) < len(set(keys)):
        raise NotThere("groups")
    return found


class Named(Schema):
    """A thing by its id and name."""

    id: UUID
    name: str
