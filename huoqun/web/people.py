"""People: everybody of the groups one may see, searched, filtered and sorted; and who of them may be one person."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from huoqun.base import clock
from huoqun.people import census, merge
from huoqun.people.census import Human
from huoqun.people.group import Group
from huoqun.people.person import Person
from huoqun.people.sieve import roomy
from huoqun.people.staff import groups_for
from huoqun.people.workspace import Workspace
from huoqun.web import scope, word
from huoqun.web.gate import Asked
from huoqun.web.sheet import CSV, XLSX, file_of

OFFERED = 500
"""Groups offered to choose from; further ones are reached from their own page."""
PAGE = 100
"""Persons shown at once."""


@dataclass(frozen=True)
class Wanted:
    """What the list was asked for."""

    search: str
    group: UUID | None
    order: str
    page: int


def _wanted(request: HttpRequest) -> Wanted:
    return Wanted(
        search=search_of(request),
        group=_uuid(request.GET.get("group", "")),
        order=order if (order := request.GET.get("order", "")) in census.ORDERS else "last",
        page=page_of(request),
    )


def search_of(request: HttpRequest) -> str:
    """What a name or account is searched by."""
    return " ".join(request.GET.get("q", "").replace("\0", "").split())[:100]


def page_of(request: HttpRequest) -> int:
    """Which page of a list is asked for."""
    page = request.GET.get("page", "1")
    return int(page) if page.isascii() and page.isdecimal() and len(page) < 7 and int(page) else 1


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def page(request: Asked, workspace: Workspace) -> HttpResponse:
    """The people, a hundred at a time."""
    wanted = _wanted(request)
    with roomy():
        found, total = census.found(request.staff, search=wanted.search, only=wanted.group)
        more = bool(wanted.search) and total > census.MOST
        total = min(total, census.MOST) if more else total
        pages = max(math.ceil(total / PAGE), 1)
        wanted = replace(wanted, page=min(wanted.page, pages))
        begin = (wanted.page - 1) * PAGE
        rows = list(census.ordered(found, wanted.order)[begin : begin + PAGE])
    context = {
        "asked": wanted,
        "people": census.filled(rows, request.staff),
        "total": total,
        "more": more,
        "pages": pages,
        "groups": _offered(groups_for(request.staff), wanted.group),
        "orders": [(o, word.of("people_order", o)) for o in census.ORDERS],
    }
    return render(request, "people/list.html", context)


def _offered(groups: QuerySet[Group], chosen: UUID | None) -> list[Group]:
    """The groups to choose from: not thirty thousand of them, but the chosen one in any case."""
    found = list(groups.order_by("name").only("name")[:OFFERED])
    return found + [g for g in groups.filter(pk=chosen).only("name") if g not in found] if chosen else found


def as_csv(request: Asked, workspace: Workspace) -> HttpResponse:
    """The list as asked for, whole, as text: one row for each person."""
    return file_of(_rows(request), "people", CSV)


def as_xlsx(request: Asked, workspace: Workspace) -> HttpResponse:
    """The same as a spreadsheet."""
    return file_of(_rows(request), "people", XLSX)


def _rows(request: Asked) -> Iterator[list[object]]:
    wanted = _wanted(request)
    found = census.people(request.staff, search=wanted.search, only=wanted.group)
    rows = list(census.ordered(found, wanted.order))
    yield head()
    for begin in range(0, len(rows), census.AT_ONCE):
        for human in census.filled(rows[begin : begin + census.AT_ONCE], request.staff):
            yield row_of(human)


def head() -> list[object]:
    """The headings of a table of people."""
    return [
        *(_("Person"), _("Name"), _("Other names"), _("Groups"), _("Accounts"), _("Stratum"), _("Messages")),
        *(_("First message (UTC)"), _("Last message (UTC)")),
    ]


def row_of(human: Human) -> list[object]:
    """A person as a line of it."""
    return [
        str(human.id),
        human.name,
        "; ".join(human.names[1:]),
        "; ".join(dict.fromkeys(s.group_name for s in human.standings)),
        "; ".join(dict.fromkeys(s.account for s in human.standings)),
        word.of("stratum", human.stratum) if human.stratum else "",
        human.messages,
        human.first.isoformat() if human.first else "",
        human.last.isoformat() if human.last else "",
    ]


def same(request: Asked, workspace: Workspace) -> HttpResponse:
    """Who may be one, with what speaks for it; deciding it."""
    if request.method == "POST":
        _decide(request)
        return redirect("same", workspace.slug)
    return render(request, "people/same.html", {"proposals": merge.proposals(groups_for(request.staff))})


def _decide(request: Asked) -> None:
    """One decision; who of the two is not there for this member of staff, or is decided already, changes nothing."""
    keys = [_uuid(request.POST.get(name, "")) for name in ("one", "other")]
    seen = scope.PERSON.of(request.staff).in_bulk([k for k in keys if k])
    pair: list[Person] = [seen[k] for k in keys if k in seen]
    if len(pair) != 2:
        return
    reason = reason if (reason := request.POST.get("reason", "")) in {merge.ACCOUNT, merge.NAME} else ""
    told: dict[str, Any] = {"reason": reason, "by": request.user, "now": clock.now()}
    try:
        if request.POST.get("say") == "two":
            merge.refuse(*pair, **told)
            messages.success(request, _("They stay two, and are not proposed again."))
        else:
            shared = request.POST.get("shared", "").replace("\0", "")[:300]
            merge.merge(*pair, evidence={"shared": shared}, **told)
            messages.success(request, _("They are one person now. Their page can take them apart again."))
    except merge.Leaving:
        messages.warning(request, _("One of the two is being erased. Nothing was done."))
    except merge.Impossible:
        messages.warning(request, _("They are one already."))
