"""The log: everything that was changed, by whom, from what to what; filtered, paged, exported."""

import csv
import io
from collections.abc import Mapping
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from huoqun.people import audit, staff
from huoqun.people.audit import Entry
from huoqun.people.workspace import Workspace
from huoqun.web import query, told, word
from huoqun.web.gate import Asked
from huoqun.web.segment import names_in
from huoqun.web.sheet import cell

PAGE = 100


def page(request: Asked, workspace: Workspace) -> HttpResponse:
    """The changes, newest first."""
    found = filtered(workspace, request.GET)
    number = query.number(request.GET.get("page", "1"), most=10_000)
    begin = (number - 1) * PAGE
    rows = list(found[begin : begin + PAGE + 1])
    kinds = Entry.objects.filter(workspace=workspace).order_by("what").values_list("what", flat=True).distinct()
    rules = [rule for e in rows for side in (e.before, e.after) if (rule := told.rule_in(side))]
    names = names_in(request.staff, rules)
    context = {
        "entries": [(e, told.changes(e.before, e.after, workspace.zone, names)) for e in rows[:PAGE]],
        "more": number + 1 if len(rows) > PAGE else None,
        "before_this": number - 1 if number > 1 else None,
        "people": staff.Staff.objects.filter(workspace=workspace).select_related("account").order_by("created"),
        "kinds": [(kind, word.of("deed", kind)) for kind in kinds],
        "asked": {name: request.GET.get(name, "") for name in ("who", "what", "q", "since", "until")},
    }
    return render(request, "staff/log.html", context)


def filtered(workspace: Workspace, asked: Mapping[str, str]) -> QuerySet[Entry]:
    """The changes that an address asks for, by `who`, `what`, `q`, `since` and `until`; days are the workspace's."""
    found = audit.entries(workspace)
    if who := query.key(asked.get("who", "")):
        found = found.filter(account=who)
    if what := asked.get("what", ""):
        found = found.filter(what=what.replace("\0", ""))
    if words := asked.get("q", "").replace("\0", ""):
        found = found.filter(title__icontains=words[:100])
    zone = ZoneInfo(workspace.zone)
    if since := query.day(asked.get("since", "")):
        found = found.filter(created__gte=datetime.combine(since, time(), zone))
    if until := query.day(asked.get("until", "")):
        found = found.filter(created__lt=datetime.combine(until + timedelta(days=1), time(), zone))
    return found


def as_csv(request: Asked, workspace: Workspace) -> HttpResponse:
    """The changes as filtered, whole."""
    out = io.StringIO()
    write = csv.writer(out)
    write.writerow([_("When (UTC)"), _("Who"), _("What"), _("Of what"), _("Before"), _("After")])
    for entry in filtered(workspace, request.GET).iterator():
        write.writerow(
            [
                entry.created.isoformat(),
                cell(entry.actor),
                word.of("deed", entry.what),
                cell(entry.title),
                cell(told.line(entry.before, workspace.zone)),
                cell(told.line(entry.after, workspace.zone)),
            ]
        )
    response = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="audit.csv"'
    return response
