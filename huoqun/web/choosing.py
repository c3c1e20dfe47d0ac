"""Choosing some of very many groups in a form: what is chosen stands ticked, others are found by name, page by page.

Works without script: finding sends the form back to where it is kept anyway, with `seek` (a page's number) beside what
was typed and ticked; nothing is kept then, and everything stands in the form again.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest

from huoqun.people.group import Group
from huoqun.web import query

SHOWN = 24
"""Groups offered at once beside those that are chosen."""


@dataclass(frozen=True)
class Choice:
    """The ticks of one form. `key` tells it from others of the page; `many`: there are more than are shown at once."""

    key: str
    chosen: list[tuple[UUID, str]]
    others: list[tuple[UUID, str]]
    find: str
    page: int
    more: bool
    many: bool


def sought(request: HttpRequest) -> bool:
    """The form was sent to find groups, not to be kept."""
    return "seek" in request.POST


def keys(request: HttpRequest) -> set[UUID]:
    """The groups that are ticked, as the form names them."""
    return {key for text in request.POST.getlist("groups") if (key := query.key(text))}


def choice(
    request: HttpRequest, there: QuerySet[Group], chosen: Collection[UUID], *, key: str = "", only: bool = False
) -> Choice:
    """The ticks of a form over the groups that are there. What is looked for is taken from the form with that key;
    `only`: where there is one group alone, it stands ticked."""
    asks = sought(request) and request.POST.get("form", "") == key
    find = " ".join(request.POST.get("find", "").replace("\0", "").split())[:100] if asks else ""
    page = query.number(request.POST["seek"]) if asks else 1
    rows = there.order_by("name", "pk").values_list("pk", "name")
    ticked = list(rows.filter(pk__in=chosen)) if chosen else []
    left = rows.exclude(pk__in=chosen) if chosen else rows
    found = left.filter(name__icontains=find) if find else left
    begin = (page - 1) * SHOWN
    others = list(found[begin : begin + SHOWN + 1])
    many = bool(find) or page > 1 or len(others) > SHOWN
    if only and not ticked and not many and len(others) == 1:
        ticked, others = others, []
    return Choice(key, ticked, others[:SHOWN], find, page, len(others) > SHOWN, many)


def chosen(there: QuerySet[Group], wanted: Iterable[UUID]) -> list[Group]:
    """The groups themselves, of those that are there."""
    return list(there.filter(pk__in=set(wanted)))
