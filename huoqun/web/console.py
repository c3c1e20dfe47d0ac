"""The console's first page: give files, see every group, those that need care first."""

import csv
import io
import math
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Case, F, FloatField, IntegerField, JSONField, OuterRef, QuerySet, Subquery, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from huoqun.base import job
from huoqun.people import checkup, role, upload
from huoqun.people.checkup import CARE, Checkup
from huoqun.people.group import Group, groups
from huoqun.people.staff import Staff, groups_for
from huoqun.people.workspace import Workspace
from huoqun.web import gate, scope, word
from huoqun.web.gate import Asked
from huoqun.web.sheet import cell

PAGE = 100
"""Groups shown at once."""
ORDERS = {"care": ("care", "-harm", "-half", "name"), "name": ("name",), "last": ("-last",), "size": ("-messages",)}


@dataclass(frozen=True)
class Wanted:
    """What the list was asked for."""

    search: str
    state: str
    order: str
    page: int


def _wanted(request: HttpRequest) -> Wanted:
    page = request.GET.get("page", "1")
    return Wanted(
        search=" ".join(request.GET.get("q", "").replace("\0", "").split())[:100],
        state=state if (state := request.GET.get("state", "")) in CARE else "",
        order=order if (order := request.GET.get("order", "care")) in ORDERS else "care",
        page=int(page) if page.isdecimal() and 0 < int(page) < 100_000 else 1,
    )


def portfolio(staff: Staff, wanted: Wanted) -> QuerySet[Group, Group]:
    """The groups somebody may see with what their newest checkup says, in the order asked for."""
    newest = Checkup.objects.filter(group=OuterRef("pk")).order_by("-day")
    care = Case(*[When(state=state, then=Value(rank)) for state, rank in CARE.items()], default=Value(9))
    found = groups_for(staff).annotate(
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
    if wanted.search:
        found = found.filter(name__icontains=wanted.search)
    if wanted.state:
        found = found.filter(state=wanted.state)
    return found.order_by(*[F(o[1:]).desc(nulls_last=True) if o[0] == "-" else F(o) for o in ORDERS[wanted.order]])


def _lines(staff: Staff, wanted: Wanted) -> tuple[list[Any], int, Wanted]:
    """The groups of one page of the list, how many there are in all, and the page: the last one instead of none."""
    found = portfolio(staff, wanted)
    total = found.count()
    wanted = replace(wanted, page=min(wanted.page, max(math.ceil(total / PAGE), 1)))
    begin = (wanted.page - 1) * PAGE
    lines: list[Any] = list(found[begin : begin + PAGE])
    for line in lines:
        work = None if line.state else checkup.working(line)
        line.failed = work is not None and work.state == job.FAILED
    return lines, total, wanted


def front(request: HttpRequest) -> HttpResponse:
    """The bare address: on to the workspace used last."""
    workspace = gate.first_workspace(request)
    return redirect("home", workspace.slug) if workspace else redirect("workspaces")


def home(request: Asked, workspace: Workspace) -> HttpResponse:
    """The list of groups with the place to drop files; without groups, the first step."""
    lines, total, wanted = _lines(request.staff, _wanted(request))
    context = {
        "asked": wanted,
        "groups": lines,
        "total": total,
        "pages": max(math.ceil(total / PAGE), 1),
        "states": [(s, word.of("state", s)) for s in CARE],
        "orders": [(o, word.of("order", o)) for o in ORDERS],
        "open_uploads": scope.UPLOAD.of(request.staff).filter(state__in=upload.OPEN).order_by("-created"),
        "removed": scope.REMOVED_GROUP.of(request.staff).order_by("-removed")
        if role.REMOVE_GROUPS in request.staff.duty.may
        else [],
        "example_there": groups(workspace).filter(simulated=True).exists(),
    }
    if request.headers.get("HX-Request"):
        return render(request, "console/_groups.html", context)
    return render(request, "console/home.html", context)


def under_way(request: Asked, workspace: Workspace) -> HttpResponse:
    """The uploads that are not through, asked for by the list every two seconds; it follows when one more is."""
    found = list(scope.UPLOAD.of(request.staff).filter(state__in=upload.OPEN).order_by("-created"))
    response = render(request, "console/_open.html", {"open_uploads": found})
    if str(len(found)) != request.GET.get("open"):
        first = request.GET.get("list") != "yes" and groups_for(request.staff).exists()
        response.headers["HX-Refresh" if first else "HX-Trigger"] = "true" if first else "groups"
    return response


def as_csv(request: Asked, workspace: Workspace) -> HttpResponse:
    """The list as asked for, whole, as a spreadsheet reads it (with BOM; no cell begins a formula)."""
    out = io.StringIO()
    write = csv.writer(out)
    write.writerow(
        [_("Group"), _("Network"), _("Type"), _("Verdict"), _("Half as many speakers in 90 days"),
         _("Silent in 90 days"), _("Messages"), _("Last message (UTC)"), _("Completeness")]
    )  # fmt: skip
    for g in portfolio(request.staff, _wanted(request)):
        row: Any = g
        write.writerow(
            [cell(row.name), word.of("network", row.network), word.of("type", row.type),
             word.of("state", row.state) if row.state else "", row.half, row.silent, row.messages,
             row.last.isoformat() if row.last else "", row.grade or ""]
        )  # fmt: skip
    response = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="groups.csv"'
    return response
