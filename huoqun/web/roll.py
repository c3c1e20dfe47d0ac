"""Lists of people from spreadsheets: given, looked at with their faults, taken as a whole, undone as a whole."""

from pathlib import Path
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from huoqun.base import clock
from huoqun.people import roll as rolls
from huoqun.people import spreadsheet
from huoqun.people.profile import FIELDS
from huoqun.people.roll import Plan, Roll
from huoqun.people.spreadsheet import MEANINGS, Line
from huoqun.people.staff import groups_for
from huoqun.people.workspace import Workspace
from huoqun.web import word
from huoqun.web.gate import Asked

LARGEST = 20 << 20
"""Bytes of a file; a list of 20,000 people is about two million."""
FAULTS = 100
"""Faults shown at once."""
SHOWN = 5
"""Lines shown of a list."""


class TooLarge(ValueError):
    """The file is larger than a list of people can be."""


def new(request: Asked, workspace: Workspace) -> HttpResponse:
    """Give a file for a group."""
    if request.method != "POST":
        return _new(request)
    key = _id(request.POST.get("group", ""))
    group = groups_for(request.staff).filter(pk=key).first() if key else None
    file = request.FILES.get("file")
    if group is None or file is None:
        return _new(request, _("Choose a group and a file."))
    try:
        lines = lines_of(file)
    except TooLarge:
        return _new(request, _("The file is larger than a list of people can be."))
    except spreadsheet.Unreadable as error:
        why = str(error)
        known = why in {"empty", "lines", "several", "old_office"}
        return _new(request, word.of("sheet", why) if known else _("This is no table that Huoqun can read."))
    row = rolls.give(group, file.name or "", lines, by=request.user, now=clock.now())
    return redirect("roll", row.pk)


def lines_of(file: "UploadedFile[Any]") -> list[Line]:
    """The lines of a file that was sent. Raises TooLarge, spreadsheet.Unreadable."""
    if (file.size or 0) > LARGEST:
        raise TooLarge
    assert isinstance(file, TemporaryUploadedFile)
    return spreadsheet.read(Path(file.temporary_file_path()))


def _new(request: Asked, wrong: str = "") -> HttpResponse:
    context = {"groups": groups_for(request.staff).order_by("name").only("name"), "wrong": wrong}
    return render(request, "people/roll_new.html", context, status=422 if wrong else 200)


def page(request: Asked, row: Roll) -> HttpResponse:
    """What its columns hold, what taking it would do, and taking it."""
    if row.taken:
        return render(request, "people/roll_taken.html", {"roll": row})
    first = request.method != "POST"
    meanings = row.meanings if first else [_meaning(request, n) for n in range(len(row.lines[0][1]))]
    asked = {"add": bool(request.POST.get("add")), "skip": bool(request.POST.get("skip"))}
    try:
        if request.POST.get("do") == "take":
            rolls.take(row, meanings, **asked, by=request.user, now=clock.now())
            return redirect("roll", row.pk)
        return _page(request, row, meanings, rolls.plan(row, meanings, add=asked["add"]), **asked)
    except rolls.Wrong:
        return _page(request, row, meanings, None, status=200 if first else 422, **asked)


def _page(
    request: Asked, row: Roll, meanings: list[str], found: Plan | None, status: int = 200, **said: Any
) -> HttpResponse:
    if found is None and {"account", "name"} & set(meanings):
        found = rolls.plan(row, meanings, add=said["add"])
    headings = row.lines[0][1]
    context = {
        "roll": row,
        "columns": [
            (n, heading, meanings[n], [line[1][n] for line in row.lines[1 : 1 + SHOWN] if n < len(line[1])])
            for n, heading in enumerate(headings)
        ],
        "meanings": [(m, word.of("field" if m in FIELDS else "column", m)) for m in MEANINGS],
        "plan": found,
        "faults": found.faults[:FAULTS] if found else [],
        "total": len(row.lines) - 1,
        **said,
    }
    return render(request, "people/roll.html", context, status=status)


def _meaning(request: Asked, column: int) -> str:
    said = request.POST.get(f"c{column}", "")
    return said if said in MEANINGS else ""


def undo(request: Asked, row: Roll) -> HttpResponse:
    """Take back what it wrote."""
    if rolls.undo(row, by=request.user, now=clock.now()):
        messages.success(request, _("What the list wrote is taken back, but for what somebody has changed since."))
    return redirect("roll", row.pk)


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
