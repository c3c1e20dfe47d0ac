"""Segments: rules over people, built with a live count, listed, explained for one person, exported."""

import math
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from huoqun.activities.survey import surveys_for
from huoqun.base import clock
from huoqun.people import census, segment
from huoqun.people.condition import Block
from huoqun.people.segment import Segment
from huoqun.people.sieve import roomy
from huoqun.people.staff import Staff, groups_for
from huoqun.people.tally import Tally
from huoqun.people.workspace import Workspace
from huoqun.web import scope, segment_form, word
from huoqun.web.gate import Asked
from huoqun.web.people import PAGE, head, page_of, row_of, search_of
from huoqun.web.segment_form import Draft
from huoqun.web.segment_why import Line, lines
from huoqun.web.sheet import CSV, XLSX, file_of

OFFERED = 500
"""Groups and surveys offered to choose from."""
FEW = 20_000
"""A segment that had fewer people when somebody last looked is counted and listed in one look at the table: its people
are too far apart to be found along an index, and few enough to be sorted."""
FOUND = 8
"""Persons a search for "why" offers."""


def page(request: Asked, workspace: Workspace) -> HttpResponse:
    """The segments, each with its rule in words."""
    rows = list(segment.segments(workspace))
    rules = [row.block() for row in rows]
    names = names_in(request.staff, rules)
    context = {
        "rows": [(row, segment_form.in_words(rule, names)) for row, rule in zip(rows, rules, strict=True)],
        "removed": segment.removed_segments(workspace, now=clock.now()),
        "limited": request.staff.duty.limited,
    }
    return render(request, "segment/list.html", context)


def names_in(staff: Staff, rules: Iterable[Block]) -> dict[str, str]:
    """Names of what rules name, as far as a member of staff may see it."""
    asked = segment_form.ids_in(rules)
    found = [*groups_for(staff).filter(pk__in=asked).values_list("pk", "name")]
    found += surveys_for(staff).filter(pk__in=asked).values_list("pk", "title")
    return {str(key): name for key, name in found}


# -- building


def new(request: Asked, workspace: Workspace) -> HttpResponse:
    """An empty builder."""
    return _builder(request, Draft())


def edit(request: Asked, row: Segment) -> HttpResponse:
    """A saved rule in the builder."""
    return _builder(request, segment_form.draft_of(row.block(), row.name), row=row)


def attempt(request: Asked, workspace: Workspace) -> HttpResponse:
    """What is typed so far, with its count. Changes nothing."""
    row = segment.segments(workspace).filter(pk=key).first() if (key := _id(request.POST.get("segment", ""))) else None
    part = "segment/_builder.html" if request.headers.get("HX-Request") else "segment/build.html"
    return _builder(request, segment_form.typed(request.POST), row=row, template=part)


def save(request: Asked, workspace: Workspace) -> HttpResponse:
    """A new segment."""
    return _save(request, None)


def change(request: Asked, row: Segment) -> HttpResponse:
    """Another name or rule for one there is."""
    return _save(request, row)


def _save(request: Asked, row: Segment | None) -> HttpResponse:
    draft = segment_form.typed(request.POST)
    if draft.unfinished or draft.block is None:
        return _builder(request, draft, row=row, status=422, strict=True)
    try:
        kept = segment.keep(
            request.workspace, name=draft.name, rule=draft.block, segment=row, by=request.user, now=clock.now()
        )
    except segment.Nameless:
        return _builder(request, draft, row=row, status=422, wrong=_("Give the segment a name."))
    return redirect("segment", kept.pk)


def _builder(
    request: Asked,
    draft: Draft,
    *,
    row: Segment | None = None,
    template: str = "segment/build.html",
    status: int = 200,
    **said: Any,
) -> HttpResponse:
    rule = draft.block
    groups = groups_for(request.staff).order_by("name").only("name")[:OFFERED]
    context = {
        "draft": draft,
        "segment": row,
        "count": segment.size(request.workspace, rule, staff=request.staff, now=clock.now()) if rule else None,
        "everybody": segment.everybody(request.workspace, request.staff).count(),
        "most": segment.LONGEST_NAME,
        **segment_form.choices(groups, surveys_for(request.staff)[:OFFERED]),
        **said,
    }
    return render(request, template, context, status=status)


# -- one segment


def one(request: Asked, row: Segment) -> HttpResponse:
    """Who is in it, a hundred at a time."""
    if row.removed:
        return redirect("segments", row.workspace.slug)
    rule, now = row.block(), clock.now()
    order = order if (order := request.GET.get("order", "")) in census.ORDERS else "last"
    with roomy():
        tallies = segment.tallies(row.workspace, rule, staff=request.staff, now=now)
        found = census.chosen(request.staff, tallies)
        rows: list[Any] = []
        number, total = page_of(request), 0
        if row.people is not None and row.people < FEW:
            rows, total = census.some(found, order, (number - 1) * PAGE, PAGE)
        if not total:
            limited = request.staff.duty.limited
            total = found.count() if limited else segment.size(row.workspace, rule, now=now)
            number = min(number, max(math.ceil(total / PAGE), 1))
            rows = list(census.ordered(found, order)[(number - 1) * PAGE : number * PAGE])
    if not request.staff.duty.limited:
        segment.counted(row, total, now=now)
    context = {
        "segment": row,
        "told": segment_form.in_words(rule, names_in(request.staff, [rule])),
        "people": census.filled(rows, request.staff),
        "total": total,
        "page": number,
        "pages": max(math.ceil(total / PAGE), 1),
        "order": order,
        "orders": [(o, word.of("people_order", o)) for o in census.ORDERS],
        "tab": "people",
    }
    return render(request, "segment/one.html", context)


def why(request: Asked, row: Segment) -> HttpResponse:
    """Somebody searched, to ask why they are in or out."""
    asked = search_of(request)
    found = census.ordered(census.found(request.staff, search=asked)[0], "last")[:FOUND] if asked else []
    people = census.filled(found, request.staff)
    return render(request, "segment/why.html", {"segment": row, "asked": asked, "people": people, "tab": "why"})


def why_one(request: Asked, row: Segment, which: UUID) -> HttpResponse:
    """Why one person is in or out, condition by condition."""
    person = scope.PERSON.of(request.staff).filter(pk=which).first()
    tally = Tally.objects.filter(person=person.root_id or person.pk).first() if person else None
    if tally is None:
        raise Http404
    now, rule = clock.now(), row.block()
    told: list[Line] = lines(
        segment.explain(rule, tally, now=now), tally, request.staff, names_in(request.staff, [rule])
    )
    context = {"segment": row, "who": tally, "lines": told, "holds": told[0].holds, "tab": "why"}
    return render(request, "segment/why_one.html", context)


def as_csv(request: Asked, row: Segment) -> HttpResponse:
    """Everybody in it, as text."""
    return _file(request, row, CSV)


def as_xlsx(request: Asked, row: Segment) -> HttpResponse:
    """Everybody in it, as a spreadsheet."""
    return _file(request, row, XLSX)


def _file(request: Asked, row: Segment, kind: str) -> HttpResponse:
    return file_of(_rows(row, request.staff, clock.now()), "segment", kind)


def _rows(row: Segment, staff: Staff, now: datetime) -> Iterator[list[object]]:
    yield head()
    with roomy():
        found = list(census.ordered(
            census.chosen(staff, segment.tallies(row.workspace, row.block(), staff=staff, now=now)), "last"
        ))  # fmt: skip
    for begin in range(0, len(found), census.AT_ONCE):
        for human in census.filled(found[begin : begin + census.AT_ONCE], staff):
            yield row_of(human)


def remove(request: Asked, row: Segment) -> HttpResponse:
    """Take it out of the list; for a day it can be brought back."""
    segment.remove(row, by=request.user, now=clock.now())
    messages.success(request, _("The segment is removed. For a day it can be brought back here."))
    return redirect("segments", row.workspace.slug)


def restore(request: Asked, row: Segment) -> HttpResponse:
    """Bring a removed one back."""
    segment.restore(row, by=request.user, now=clock.now())
    return redirect("segment", row.pk)


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
