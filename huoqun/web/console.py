"""The console's first page: give files, see every group, those that need care first."""

import csv
import io
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from huoqun.base import clock
from huoqun.insight.card import TYPES
from huoqun.insight.stage import NAMES
from huoqun.people import alert, role, upload
from huoqun.people.checkup import CARE
from huoqun.people.group import Group, recoverable
from huoqun.people.staff import groups_for
from huoqun.people.view import views_of
from huoqun.people.workspace import Workspace
from huoqun.web import gate, portfolio, scope, word
from huoqun.web.alarm import reason
from huoqun.web.gate import Asked
from huoqun.web.portfolio import ORDERS, lines_of, networks, wanted_by
from huoqun.web.sheet import cell

EXPORTED_AT_ONCE = 1000
"""Groups of an export whose lines are read at once."""


def front(request: HttpRequest) -> HttpResponse:
    """The bare address: on to the workspace used last."""
    workspace = gate.first_workspace(request)
    return redirect("home", workspace.slug) if workspace else redirect("workspaces")


def home(request: Asked, workspace: Workspace) -> HttpResponse:
    """The list of groups with the place to drop files; without groups, the first step."""
    now = clock.now()
    page = lines_of(request.staff, wanted_by(request.GET), now=now)
    context = {
        "asked": page.wanted,
        "groups": page.lines,
        "total": page.total,
        "pages": page.pages,
        "views": views_of(workspace, request.user),
        "states": [(s, word.of("state", s)) for s in CARE],
        "types": [(t, word.of("type", t)) for t in TYPES],
        "stages": [(s, word.of("stage", s)) for s in NAMES],
        "networks": [(n, word.of("network", n)) for n in networks(request.staff)],
        "alerts": [(a, word.of("alert", a)) for a in (portfolio.ANY, *alert.KINDS)],
        "carers": portfolio.carers(request.staff),
        "roots": portfolio.roots(request.staff),
        "orders": [(o, word.of("order", o)) for o in ORDERS],
        "open_uploads": scope.UPLOAD.of(request.staff).filter(state__in=upload.OPEN).order_by("-created"),
        "removed": _removed(request) if role.REMOVE_GROUPS in request.staff.duty.may else [],
        "example_there": workspace.example_of_id is not None,
    }
    if request.headers.get("HX-Request"):
        return render(request, "console/_groups.html", context)
    return render(request, "console/home.html", context)


def _removed(request: Asked) -> list[Group]:
    """The groups that can be brought back, the last removed first; the example's come back as one."""
    found = list(recoverable(request.workspace, now=clock.now()).order_by("-removed", "-rows"))
    made_up = {g.removed: g for g in reversed(found) if g.simulated}
    return [g for g in found if not g.simulated or made_up[g.removed] == g]


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
        [_("Group"), _("Network"), _("Type"), _("Stage"), _("Verdict"), _("Half as many speakers in 90 days"),
         _("Silent in 90 days"), _("Questions answered"), _("Speak in a week"), _("Newcomers answered"), _("Members"),
         _("Messages"), _("Last message (UTC)"), _("Completeness"),
         _("Looked after by"), _("Alerts"), _("Next activity")]
    )  # fmt: skip
    now = clock.now()
    keys = list(portfolio.portfolio(request.staff, wanted_by(request.GET), now=now).values_list("pk", flat=True))
    for begin in range(0, len(keys), EXPORTED_AT_ONCE):
        for row in portfolio.told(keys[begin : begin + EXPORTED_AT_ONCE], now=now):
            write.writerow(_cells(row))
    response = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="groups.csv"'
    return response


def _cells(row: Any) -> list[Any]:
    """A group as a line of the export."""
    return [
        cell(row.name), word.of("network", row.network), word.of("type", row.type),
        word.of("stage", row.stage) if row.stage else "", word.of("state", row.state) if row.state else "",
        row.chance, row.silent, row.answered, row.speaking, row.welcome, row.members,
        row.messages, row.last.isoformat() if row.last else "", row.grade or "", cell(str(row.carer or "")),
        " ".join(reason(one) for one in row.warned), cell(row.next.title) if row.next else "",
    ]  # fmt: skip
