"""The console's first page: give files, see every group, those that need care first."""

import csv
import io
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from huoqun.insight.card import TYPES
from huoqun.insight.stage import NAMES
from huoqun.people import role, upload
from huoqun.people.checkup import CARE
from huoqun.people.group import Group, groups
from huoqun.people.staff import groups_for
from huoqun.people.view import views_of
from huoqun.people.workspace import Workspace
from huoqun.web import gate, scope, word
from huoqun.web.gate import Asked
from huoqun.web.portfolio import ORDERS, lines_of, networks, portfolio, wanted_by
from huoqun.web.sheet import cell


def front(request: HttpRequest) -> HttpResponse:
    """The bare address: on to the workspace used last."""
    workspace = gate.first_workspace(request)
    return redirect("home", workspace.slug) if workspace else redirect("workspaces")


def home(request: Asked, workspace: Workspace) -> HttpResponse:
    """The list of groups with the place to drop files; without groups, the first step."""
    page = lines_of(request.staff, wanted_by(request.GET))
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
        "orders": [(o, word.of("order", o)) for o in ORDERS],
        "open_uploads": scope.UPLOAD.of(request.staff).filter(state__in=upload.OPEN).order_by("-created"),
        "removed": _removed(request) if role.REMOVE_GROUPS in request.staff.duty.may else [],
        "example_there": groups(workspace).filter(simulated=True).exists(),
    }
    if request.headers.get("HX-Request"):
        return render(request, "console/_groups.html", context)
    return render(request, "console/home.html", context)


def _removed(request: Asked) -> list[Group]:
    """The groups that can be brought back, the last removed first; the example's come back as one."""
    found = list(scope.REMOVED_GROUP.of(request.staff).order_by("-removed", "-rows"))
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
         _("Messages"), _("Last message (UTC)"), _("Completeness")]
    )  # fmt: skip
    for g in portfolio(request.staff, wanted_by(request.GET)).iterator():
        row: Any = g
        write.writerow(
            [cell(row.name), word.of("network", row.network), word.of("type", row.type),
             word.of("stage", row.stage) if row.stage else "", word.of("state", row.state) if row.state else "",
             row.half, row.silent, row.answered, row.speaking, row.welcome, row.members, row.messages,
             row.last.isoformat() if row.last else "", row.grade or ""]
        )  # fmt: skip
    response = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="groups.csv"'
    return response
