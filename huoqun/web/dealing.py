"""Dealings: what the pages about staff and members share: who is meant, which page, the words sent with a form."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from huoqun.base import clock
from huoqun.people import role
from huoqun.people.dealing import PROPOSED, Dealing, Settled, dealings
from huoqun.people.group import Group
from huoqun.people.membership import here
from huoqun.people.person import Identity
from huoqun.people.profile import BadSaying
from huoqun.people.rapport import acquaintance
from huoqun.web import word
from huoqun.web.gate import Asked

PAGE = 50
"""Rows shown at once."""
PARTS = ("introductions", "silent", "raising", "touches", "founders", "cards")


class NobodyMeant(Exception):
    """The form names nobody who is there, or something that does not exist."""


@dataclass(frozen=True)
class Page:
    """A part of a list: one row more is asked for than shown, nothing is counted."""

    rows: list[Any]
    number: int
    more: bool


def paged(request: HttpRequest, found: QuerySet[Any], size: int = PAGE) -> Page:
    """The page of a list that was asked for."""
    asked = request.GET.get("page", "1")
    number = int(asked) if asked.isdecimal() and 0 < int(asked) < 100_000 else 1
    begin = (number - 1) * size
    rows = list(found[begin : begin + size + 1])
    return Page(rows[:size], number, len(rows) > size)


def shown(request: Asked, group: Group, part: str, **known: Any) -> HttpResponse:
    """One of the pages of a group, under their common bar."""
    waiting = dealings(group, "card").filter(state=PROPOSED).count()
    told = acquaintance(group)
    context = {
        "group": group,
        "tab": "dealing",
        "part": part,
        "parts": [(p, word.of("dealing_part", p), waiting if p == "cards" else 0) for p in PARTS],
        "judged": told is not None,
        "may_edit": role.EDIT_PEOPLE in request.staff.duty.may,
        **known,
    }
    return render(request, f"dealing/{part}.html", context)


def identity(request: HttpRequest, group: Group) -> Identity:
    """Who is meant by a form, by an account of theirs in the group. Raises NobodyMeant."""
    found = here(group).filter(pk=key(request, "who")).first()
    if found is None:
        raise NobodyMeant
    return found


def key(request: HttpRequest, name: str) -> UUID:
    """An id that a form names. Raises NobodyMeant."""
    try:
        return UUID(request.POST.get(name, ""))
    except ValueError as error:
        raise NobodyMeant from error


def dealing(request: HttpRequest, group: Group, kind: str) -> Dealing:
    """The dealing that a form names. Raises NobodyMeant."""
    found = dealings(group, kind).filter(pk=key(request, "which")).first()
    if found is None:
        raise NobodyMeant
    return found


def today(group: Group) -> date:
    """The day on the group's calendar."""
    return clock.now().astimezone(ZoneInfo(group.zone)).date()


def day(request: HttpRequest, group: Group) -> date:
    """The day a form names, not after today; today where it names none. Raises NobodyMeant."""
    try:
        on = date.fromisoformat(request.POST.get("on", "") or today(group).isoformat())
    except ValueError as error:
        raise NobodyMeant from error
    if not date(1900, 1, 1) <= on <= today(group):
        raise NobodyMeant
    return on


def noon(on: date, group: Group) -> datetime:
    """The middle of a day on the group's clock."""
    return datetime(on.year, on.month, on.day, 12, tzinfo=ZoneInfo(group.zone))


def done(request: Asked, group: Group, part: str, do: Callable[[], str]) -> HttpResponse:
    """Do what a form asks, say what was done or why not, and go back to the page."""
    try:
        messages.success(request, do())
    except Settled:
        messages.warning(request, _("Somebody has decided this already; nothing was changed."))
    except BadSaying:
        messages.warning(request, _("Write something first."))
    except (NobodyMeant, LookupError, ValueError):
        messages.warning(request, _("That is not there any more; nothing was changed."))
    return redirect(part, group.pk)
