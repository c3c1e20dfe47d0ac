"""The library of pieces: searched, written, changed with its history, put aside, brought in and out as a table."""

from pathlib import Path
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from huoqun.base import clock
from huoqun.base.image import NoImage
from huoqun.content import material, material_sheet
from huoqun.content.material import BadMaterial, Edit, Material, Piece, tags_in
from huoqun.content.material_sheet import COLUMNS
from huoqun.people import spreadsheet
from huoqun.people.staff import groups_for
from huoqun.people.voice import USEFUL
from huoqun.people.workspace import Workspace
from huoqun.web import content_kinds, query, word
from huoqun.web.dealing import paged
from huoqun.web.gate import Asked
from huoqun.web.sheet import file_of

LARGEST = 20 << 20
FIELDS = ("title", "text", "link", "kind", "language", "source", "credit", "tags")
FAULTS = 100
TAGS = 20
GROUPS = 500


def page(request: Asked, workspace: Workspace) -> HttpResponse:
    """The library, and the form of one piece."""
    return _do(request, workspace) if request.method == "POST" else _page(request, workspace)


def _page(request: Asked, workspace: Workspace, status: int = 200, **said: Any) -> HttpResponse:
    asked = {name: request.GET.get(name, "").replace("\0", "").strip()[:100] for name in ("q", "kind", "tag", "order")}
    archived = bool(request.GET.get("archived"))
    found = material.library(
        workspace, words=asked["q"], kind=asked["kind"], tag=asked["tag"], archived=archived, order=asked["order"]
    )
    old = _there(workspace, request.GET.get("edit", "")) if "old" not in said else said["old"]
    listed = paged(request, found.select_related("picture"))
    context = {
        "tab": "content",
        "page": listed,
        "rows": listed.rows,
        "asked": asked,
        "archived": archived,
        "put_aside": Material.objects.filter(workspace=workspace).exclude(archived=None).count(),
        "kinds": content_kinds.kinds(),
        "languages": [(id, word.of("piece_language", id)) for id in ("", *material.LANGUAGES)],
        "tags": material.tags(workspace)[:TAGS],
        "old": old,
        "edits": old.edits.select_related("by").order_by("-created")[:20] if old else [],
        "typed": _typed(old) if old else {"kind": request.GET.get("kind") or USEFUL},
        "groups": groups_for(request.staff).order_by("name").values_list("pk", "name")[:GROUPS],
        **said,
    }
    return render(request, "content/library.html", context, status=status)


def _there(workspace: Workspace, key: str) -> Material | None:
    found = query.key(key)
    return Material.objects.filter(workspace=workspace, pk=found).first() if found else None


def _typed(row: Material) -> dict[str, str]:
    return {name: getattr(row, name) for name in FIELDS if name != "tags"} | {"tags": "，".join(row.tags)}


def _piece(request: Asked) -> Piece:
    """The piece a form says."""
    form, sent = request.POST, request.FILES.get("picture")
    told = {name: form.get(name, "").replace("\0", "") for name in FIELDS}
    picture = sent.read() if sent else b""
    return Piece(**{name: told[name] for name in FIELDS if name != "tags"}, tags=tags_in(told["tags"]), picture=picture)


def _do(request: Asked, workspace: Workspace) -> HttpResponse:
    """Add, change, put aside, take back, bring an earlier one back."""
    do, now, by = request.POST.get("do", ""), clock.now(), request.user
    row = _there(workspace, request.POST.get("which", ""))
    try:
        if do == "add":
            material.add(workspace, _piece(request), by=by, now=now)
            messages.success(request, _("It is in the library."))
        elif do == "change" and row:
            material.change(row, _piece(request), by=by, now=now)
            messages.success(request, _("It is changed; what it was stands in its history."))
        elif do == "archive" and row:
            material.archive(row, by=by, now=now)
            messages.success(request, _("It is put aside."))
        elif do == "restore" and row:
            material.restore(row, by=by, now=now)
            messages.success(request, _("It is back in the library."))
        elif do == "back" and row and (edit := _edit(row, request.POST.get("edit", ""))):
            material.back_to(edit, by=by, now=now)
            messages.success(request, _("It is what it was."))
        else:
            messages.warning(request, word.of("content_wrong", "gone"))
    except (BadMaterial, NoImage) as error:
        why = word.of("content_wrong", error.why) if isinstance(error, BadMaterial) else word.of("refused", "no_image")
        typed = {name: request.POST.get(name, "") for name in FIELDS}
        return _page(request, workspace, 422, wrong=why, typed=typed, old=row)
    return redirect("content", workspace.slug)


def _edit(row: Material, key: str) -> Edit | None:
    found = query.key(key)
    return row.edits.filter(pk=found).select_related("material").first() if found else None


def bring_in(request: Asked, workspace: Workspace) -> HttpResponse:
    """Many pieces from a table, with what was wrong by line."""
    context: dict[str, Any] = {"tab": "content", "columns": COLUMNS, "kinds": content_kinds.kinds()}
    if request.method != "POST":
        return render(request, "content/import.html", context)
    sent = request.FILES.get("file")
    if sent is None or (sent.size or 0) > LARGEST or not isinstance(sent, TemporaryUploadedFile):
        context["wrong"] = _("Choose a file of at most 20 MB.")
        return render(request, "content/import.html", context, status=422)
    try:
        lines = spreadsheet.read(Path(sent.temporary_file_path()), breaks=True)
    except spreadsheet.Unreadable as error:
        known = str(error) in {"empty", "lines", "several", "old_office"}
        context["wrong"] = word.of("sheet", str(error)) if known else _("This is no table that Huoqun can read.")
        return render(request, "content/import.html", context, status=422)
    taken = material_sheet.take(workspace, lines, by=request.user, now=clock.now())
    if taken.added and not taken.faults:
        told = ngettext("%(n)s piece is in the library.", "%(n)s pieces are in the library.", taken.added)
        messages.success(request, told % {"n": taken.added})
        return redirect("content", workspace.slug)
    context |= {"taken": taken, "faults": taken.faults[:FAULTS]}
    return render(request, "content/import.html", context, status=200 if taken.added or taken.known else 422)


def as_table(request: Asked, workspace: Workspace, form: str) -> HttpResponse:
    """The library as a table that can be brought in again."""
    found = material.library(
        workspace,
        words=request.GET.get("q", "").replace("\0", "")[:100],
        kind=request.GET.get("kind", ""),
        tag=request.GET.get("tag", "").replace("\0", "")[:100],
        archived=bool(request.GET.get("archived")),
    )
    head = (*COLUMNS, _("used"), _("last used"))
    return file_of((head, *material_sheet.rows(found.iterator(500))), "library", form)


def as_csv(request: Asked, workspace: Workspace) -> HttpResponse:
    """As text."""
    return as_table(request, workspace, "csv")


def as_xlsx(request: Asked, workspace: Workspace) -> HttpResponse:
    """As a file of a spreadsheet program."""
    return as_table(request, workspace, "xlsx")
