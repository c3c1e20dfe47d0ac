"""The research file: what is studied, by whom, by when; added, changed, finished, removed with a way back."""

import csv
import io
from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from huoqun.base import clock
from huoqun.people import research
from huoqun.people.research import Study
from huoqun.people.staff import Staff, colleagues, groups_for
from huoqun.people.workspace import Workspace
from huoqun.web import query, word
from huoqun.web.gate import Asked
from huoqun.web.sheet import cell

PAGE = 50
FIELDS = ("kind", "title", "text", "due", "group", "who")
GROUPS = 2000
"""Groups an entry can be given to in the form."""


def page(request: Asked, workspace: Workspace) -> HttpResponse:
    """The file: what is due first; and a form, empty or with an entry to change."""
    if request.method == "POST":
        return _write(request, workspace, None)
    return _page(request, workspace)


def _page(request: Asked, workspace: Workspace, status: int = 200, **said: Any) -> HttpResponse:
    found = _filtered(request, workspace)
    number = query.number(request.GET.get("page", "1"))
    begin = (number - 1) * PAGE
    rows = list(found.select_related("group", "who")[begin : begin + PAGE + 1])
    key = query.key(request.GET.get("edit", ""))
    old = _there(request.staff).filter(pk=key).first() if key else None
    today = research.today(workspace, clock.now())
    context = {
        "rows": [(row, row.late(today)) for row in rows[:PAGE]],
        "later": number + 1 if len(rows) > PAGE else None,
        "before": number - 1 if number > 1 else None,
        "removed": research.studies_for(request.staff).exclude(removed=None)[:PAGE],
        "late": _there(request.staff).filter(done=None, due__lt=today).count(),
        "asked": {name: request.GET.get(name, "") for name in ("q", "kind", "state", "who")},
        "kinds": [(k, word.of("study", k)) for k in research.KINDS],
        "states": [(k, word.of("study_state", k)) for k in research.STATES],
        "people": colleagues(workspace),
        "groups": groups_for(request.staff).order_by("name").only("pk", "name")[:GROUPS],
        "old": old,
        "typed": _told(old) if old else {"group": request.GET.get("group", "")},
        "must_have_group": request.staff.duty.limited,
        **said,
    }
    return render(request, "group/research.html", context, status=status)


def _there(staff: Staff) -> QuerySet[Study]:
    return research.studies_for(staff).filter(removed=None)


def _filtered(request: Asked, workspace: Workspace) -> QuerySet[Study]:
    return research.search(
        research.studies_for(request.staff),
        kind=request.GET.get("kind", ""),
        state=request.GET.get("state", ""),
        who=query.key(request.GET.get("who", "")),
        words=request.GET.get("q", "").replace("\0", "").strip()[:100],
        today=research.today(workspace, clock.now()),
    )


def _told(row: Study) -> dict[str, str]:
    due, group, who = (str(value or "") for value in (row.due, row.group_id, row.who_id))
    return {"kind": row.kind, "title": row.title, "text": row.text, "due": due, "group": group, "who": who}


def _write(request: Asked, workspace: Workspace, study: Study | None) -> HttpResponse:
    said = {name: request.POST.get(name, "") for name in FIELDS}
    who, group = query.key(said["who"]), query.key(said["group"])
    mine = groups_for(request.staff).filter(pk=group).first() if group else None
    try:
        if (said["group"] or request.staff.duty.limited) and mine is None:
            raise research.BadStudy
        research.write(
            workspace,
            study,
            group=mine,
            kind=said["kind"],
            title=said["title"],
            text=said["text"],
            due=date.fromisoformat(said["due"]) if said["due"] else None,
            who=next((one for one in colleagues(workspace) if one.pk == who), None),
            by=request.user,
            now=clock.now(),
        )
    except ValueError:
        why = _("An entry needs a kind, a title of at most 120 signs, a day that exists, and a group that you see.")
        return _page(request, workspace, 422, old=study, typed=said, wrong=why)
    return redirect("research", workspace.slug)


def change(request: Asked, study: Study) -> HttpResponse:
    """Say an entry anew."""
    if request.method != "POST":
        return redirect("research", request.workspace.slug)
    return _write(request, request.workspace, study)


def finish(request: Asked, study: Study) -> HttpResponse:
    """It is done, or (`open`) not after all."""
    turn = research.reopen if request.POST.get("open") else research.finish
    turn(study, by=request.user, now=clock.now())
    return redirect("research", request.workspace.slug)


def remove(request: Asked, study: Study) -> HttpResponse:
    """Out of the file, or (`back`) into it again."""
    if request.POST.get("back"):
        research.restore(study, by=request.user, now=clock.now())
        messages.success(request, _("It is back in the file."))
    else:
        research.remove(study, by=request.user, now=clock.now())
    return redirect("research", request.workspace.slug)


def as_csv(request: Asked, workspace: Workspace) -> HttpResponse:
    """The file as filtered, as a spreadsheet reads it."""
    out = io.StringIO()
    write = csv.writer(out)
    write.writerow([_("Kind"), _("Title"), _("What was found"), _("Due"), _("Who"), _("Group"), _("Done (UTC)")])
    for row in _filtered(request, workspace).select_related("group", "who").iterator(chunk_size=1000):
        name = row.group.name if row.group else ""
        write.writerow(
            [word.of("study", row.kind), cell(row.title), cell(row.text), row.due, cell(str(row.who or "")),
             cell(name), row.done.isoformat() if row.done else ""]
        )  # fmt: skip
    response = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="research.csv"'
    return response
