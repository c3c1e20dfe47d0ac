"""The board of needs and offers: everybody's of the groups one may see, what answers what, and what came of it."""

import csv
import io
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from huoqun.base import clock
from huoqun.people import board
from huoqun.people.board import Line
from huoqun.people.dealing import DECLINED, Dealing, Settled
from huoqun.people.group import Group
from huoqun.people.introduction import KIND, OFFER, NotProposed
from huoqun.people.membership import NobodyCalled
from huoqun.people.profile import NEEDS, OFFERS, BadSaying, Fact
from huoqun.people.staff import groups_for
from huoqun.people.workspace import Workspace
from huoqun.web import spoken, word
from huoqun.web.dealing import NobodyMeant, key, paged
from huoqun.web.gate import Asked
from huoqun.web.sheet import cell

LATELY = 20
"""Introductions shown beside the board, the last ones."""


def page(request: Asked, workspace: Workspace) -> HttpResponse:
    """The board, fifty lines at a time; adding a line, deciding about a match."""
    if request.method == "POST":
        return _done(request, workspace)
    groups, found = _found(request, workspace)
    part = paged(request, found)
    lines = board.filled(part.rows, workspace, groups)
    past = Dealing.objects.filter(workspace=workspace, kind=KIND, group__in=groups_for(request.staff))
    past = past.exclude(state=DECLINED).select_related("group", "person__root", "other__root").order_by("-changed")
    context = {
        "page": part,
        "people": _by_person(lines),
        "asked": {name: request.GET.get(name, "") for name in ("q", "about", "group")} | {"about": _about(request)},
        "abouts": [(f, word.of("field", f)) for f in (NEEDS, OFFERS)],
        "groups": groups_for(request.staff).order_by("name").only("name"),
        "introductions": past[:LATELY],
        "may_edit": "edit_people" in request.staff.duty.may,
        "typed": {},
    }
    return render(request, "dealing/board.html", context)


def _found(request: Asked, workspace: Workspace) -> tuple[QuerySet[Group], QuerySet[Fact]]:
    groups = groups_for(request.staff)
    try:
        only = UUID(request.GET.get("group", ""))
    except ValueError:
        only = None
    if only is not None:
        groups = groups.filter(pk=only)
    search = " ".join(request.GET.get("q", "").replace("\0", "").split())[:100]
    return groups, board.lines(workspace, groups, about=_about(request), search=search)


def _about(request: HttpRequest) -> str:
    """Which side of the board: needs, unless offers are asked for."""
    return OFFERS if request.GET.get("about") == OFFERS else NEEDS


def _by_person(lines: list[Line]) -> list[dict[str, Any]]:
    """The lines of a page, those of one person together, in the order of their newest: what nothing answers on one
    line; the rest each with its matches. `told` is where all are from, if that is the same for all."""
    theirs: dict[UUID, list[Line]] = {}
    for line in lines:
        theirs.setdefault(line.human, []).append(line)
    return [
        {
            "first": own[0],
            "plain": [line for line in own if not line.served],
            "served": [(line, _words(line)) for line in own if line.served],
            "told": own[0].fact if len({(f.on, f.source, f.by_id) for f in (line.fact for line in own)}) == 1 else None,
        }
        for own in theirs.values()
    ]


def _words(line: Line) -> list[tuple[board.Serving, str]]:
    """The matches of a line with the words for each, in the language of the line's group."""
    language = spoken.language_of(line.group) if line.group else "zh-hans"
    return [(other, _spoken(line, other, language)) for other in line.served]


def _spoken(line: Line, other: board.Serving, language: str) -> str:
    giver, taker = ((other, line) if line.fact.field == NEEDS else (line, other))  # fmt: skip
    reason = {"kind": OFFER, "offer": giver.fact.text, "need": taker.fact.text}
    return spoken.introduction(giver.name, taker.name, [reason], language)


def _done(request: Asked, workspace: Workspace) -> HttpResponse:
    """Do what a form asks, and say what was done or why not."""
    try:
        messages.success(request, _add(request) if request.POST.get("do") == "add" else _decide(request, workspace))
    except Settled:
        messages.warning(request, _("Somebody has decided this already; nothing was changed."))
    except BadSaying:
        messages.warning(request, _("Write something first."))
    except (NobodyMeant, NobodyCalled, NotProposed):
        messages.warning(request, _("Nobody, or more than one, is called that in this group; nothing was changed."))
    return redirect("board", workspace.slug)


def _add(request: Asked) -> str:
    """A line written by hand. Raises NobodyMeant, membership.NobodyCalled, BadSaying."""
    group = groups_for(request.staff).filter(pk=key(request, "group")).first()
    name, about = request.POST.get("name", "").replace("\0", "").strip(), request.POST.get("about", "")
    if group is None or about not in board.OTHER:
        raise NobodyMeant
    source, text, now = request.POST.get("source", ""), request.POST.get("text", ""), clock.now()
    board.add(group, name, about, text, source=source, on=now.date(), by=request.user, now=now)
    return _("Added to the board and to their profile.")


def _decide(request: Asked, workspace: Workspace) -> str:
    """A match accepted or declined. Raises NobodyMeant, NotProposed, Settled."""
    if request.POST.get("do") not in {"accept", "refuse"}:
        raise NobodyMeant
    accepted = request.POST["do"] == "accept"
    board.decide(
        workspace,
        groups_for(request.staff),
        offer=key(request, OFFERS),
        need=key(request, NEEDS),
        accept=accepted,
        words=request.POST.get("words", ""),
        by=request.user,
        now=clock.now(),
    )
    return _("Accepted: it is under way in the group's introductions.") if accepted else _("Not proposed again.")


def as_csv(request: Asked, workspace: Workspace) -> HttpResponse:
    """The board as asked for, whole: one row for each need or offer."""
    groups, found = _found(request, workspace)
    out = io.StringIO()
    write = csv.writer(out)
    write.writerow(
        [_("Person"), _("Name"), _("Group"), _("Needs and offers"), _("In words"), _("Known from"), _("As of"),
         _("Written (UTC)"), _("By")]
    )  # fmt: skip
    write.writerows(_rows(found, workspace, groups))
    response = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="board.csv"'
    return response


def _rows(found: QuerySet[Fact], workspace: Workspace, groups: QuerySet[Group]) -> Iterator[list[Any]]:
    for line in board.named(found.iterator(chunk_size=2000), groups):
        fact = line.fact
        yield [
            str(line.human),
            cell(line.name),
            cell(line.group.name if line.group else ""),
            word.of("field", fact.field),
            cell(fact.text),
            cell(fact.source),
            fact.on.isoformat() if fact.on else "",
            fact.changed.isoformat(),
            cell(str(fact.by or "")),
        ]
