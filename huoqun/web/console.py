"""The console's first page: give files, see every group, those that need care first."""

import csv
import io
import math
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Case, F, FloatField, IntegerField, JSONField, OuterRef, QuerySet, Subquery, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from huoqun.base import clock, job
from huoqun.people import checkup, upload
from huoqun.people.checkup import CARE, Checkup
from huoqun.people.group import Group, groups, removed_groups
from huoqun.people.workspace import local
from huoqun.web import word

PAGE = 100
"""Groups shown at once."""
ORDERS = {"care": ("care", "-harm", "-half", "name"), "name": ("name",), "last": ("-last",), "size": ("-messages",)}


@dataclass(frozen=True)
class Asked:
    """What the list was asked for."""

    search: str
    state: str
    order: str
    page: int


def _asked(request: HttpRequest) -> Asked:
    page = request.GET.get("page", "1")
    return Asked(
        search=" ".join(request.GET.get("q", "").replace("\0", "").split())[:100],
        state=state if (state := request.GET.get("state", "")) in CARE else "",
        order=order if (order := request.GET.get("order", "care")) in ORDERS else "care",
        page=int(page) if page.isdecimal() and 0 < int(page) < 100_000 else 1,
    )


def portfolio(asked: Asked) -> QuerySet[Group, Group]:
    """The groups with what their newest checkup says, in the order asked for."""
    newest = Checkup.objects.filter(group=OuterRef("pk")).order_by("-day")
    care = Case(*[When(state=state, then=Value(rank)) for state, rank in CARE.items()], default=Value(9))
    found = groups(local(now=clock.now())).annotate(
        state=Subquery(newest.values("state")[:1]),
        half=Subquery(newest.values("half")[:1], output_field=FloatField()),
        silent=Subquery(newest.values("silent")[:1], output_field=FloatField()),
        harm=Subquery(newest.values("harm")[:1], output_field=FloatField()),
        cause=Subquery(newest.values("cause")[:1]),
        stage=Subquery(newest.values("stage")[:1]),
        grade=Subquery(newest.values("grade")[:1]),
        people=Subquery(newest.values("people")[:1], output_field=IntegerField()),
        spark=Subquery(newest.values("spark")[:1], output_field=JSONField()),
    )
    found = found.annotate(care=care)
    if asked.search:
        found = found.filter(name__icontains=asked.search)
    if asked.state:
        found = found.filter(state=asked.state)
    return found.order_by(*[F(o[1:]).desc(nulls_last=True) if o[0] == "-" else F(o) for o in ORDERS[asked.order]])


def _lines(asked: Asked) -> tuple[list[Any], int, Asked]:
    """The groups of one page of the list, how many there are in all, and the page: the last one instead of none."""
    found = portfolio(asked)
    total = found.count()
    asked = replace(asked, page=min(asked.page, max(math.ceil(total / PAGE), 1)))
    begin = (asked.page - 1) * PAGE
    lines: list[Any] = list(found[begin : begin + PAGE])
    for line in lines:
        work = None if line.state else checkup.working(line)
        line.failed = work is not None and work.state == job.FAILED
    return lines, total, asked


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The list of groups with the place to drop files; without groups, the first step."""
    now = clock.now()
    workspace = local(now=now)
    lines, total, asked = _lines(_asked(request))
    context = {
        "asked": asked,
        "groups": lines,
        "total": total,
        "pages": max(math.ceil(total / PAGE), 1),
        "states": [(s, word.of("state", s)) for s in CARE],
        "orders": [(o, word.of("order", o)) for o in ORDERS],
        "open_uploads": upload.uploads_of(workspace).filter(state__in=upload.OPEN),
        "removed": removed_groups(workspace, now=now),
        "example_there": groups(workspace).filter(simulated=True).exists(),
    }
    if request.headers.get("HX-Request"):
        return render(request, "console/_groups.html", context)
    return render(request, "console/home.html", context)


@require_safe
def under_way(request: HttpRequest) -> HttpResponse:
    """The uploads that are not through, asked for by the list every two seconds; it follows when one more is."""
    workspace = local(now=clock.now())
    found = list(upload.uploads_of(workspace).filter(state__in=upload.OPEN))
    response = render(request, "console/_open.html", {"open_uploads": found})
    if str(len(found)) != request.GET.get("open"):
        first = request.GET.get("list") != "yes" and groups(workspace).exists()
        response.headers["HX-Refresh" if first else "HX-Trigger"] = "true" if first else "groups"
    return response


@require_safe
def as_csv(request: HttpRequest) -> HttpResponse:
    """The list as asked for, whole, as a spreadsheet reads it (with BOM; no cell begins a formula)."""
    out = io.StringIO()
    write = csv.writer(out)
    write.writerow(
        [_("Group"), _("Network"), _("Type"), _("Verdict"), _("Half as many speakers in 90 days"),
         _("Silent in 90 days"), _("Messages"), _("Last message (UTC)"), _("Completeness")]
    )  # fmt: skip
    for g in portfolio(_asked(request)):
        row: Any = g
        write.writerow(
            [_cell(row.name), word.of("network", row.network), word.of("type", row.type),
             word.of("state", row.state) if row.state else "", row.half, row.silent, row.messages,
             row.last.isoformat() if row.last else "", row.grade or ""]
        )  # fmt: skip
    response = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="groups.csv"'
    return response


def _cell(text: str) -> str:
    return "'" + text if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text
