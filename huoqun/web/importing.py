"""Importing: files come in, their way can be watched or left, and it ends on the group's page."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from huoqun.base import clock, job
from huoqun.chat import zone as zones
from huoqun.people import audit, checkup, erasure, group, staff, upload
from huoqun.people.checkup import Checkup
from huoqun.people.group import Group
from huoqun.people.staff import Staff, groups_for
from huoqun.people.upload import Given, Taken, Upload
from huoqun.people.workspace import Workspace
from huoqun.web import fault, scope, word
from huoqun.web.gate import Asked
from huoqun.web.incoming import NO_ROOM

STEPS = (upload.READING, upload.ARCHIVING, upload.DIAGNOSING)
SHOWN = 100
"""Uploads in the list."""
FEW = 3
"""Groups named in one line of it."""


class OnlyOwnGroups(Exception):
    """Your role is limited to your own groups; files can be brought into these only."""


class NoRoom(Exception):
    """The files could not be written to the data folder; nothing of them was kept."""


def imports(request: Asked, workspace: Workspace) -> HttpResponse:
    """The list of uploads; POST brings a new one."""
    if request.method == "POST":
        return _receive(request, workspace)
    found = scope.UPLOAD.of(request.staff).order_by("-created").prefetch_related("taken__group")[:SHOWN]
    rows = [_row(row) for row in found]
    return render(
        request, "console/imports.html", {"rows": rows, "going": any(r["upload"].state in upload.OPEN for r in rows)}
    )


def _row(row: Upload) -> dict[str, Any]:
    """One line of the list: the upload, its groups that are still there, and what was new."""
    taken = list(row.taken.all())
    there = [t for t in taken if t.group.removed is None]
    added = sum(t.added for t in taken) if taken else None
    return {
        "upload": row,
        "groups": [t.group for t in there[:FEW]],
        "taken": there[:FEW],
        "more": len(there) - FEW,
        "added": added,
    }


def _receive(request: Asked, workspace: Workspace) -> HttpResponse:
    try:
        return _go(request, take(request, workspace))
    except OnlyOwnGroups:
        return fault.only_own_groups(request)
    except zones.UnknownZone:
        return fault.bad_zone(request)
    except upload.NothingGiven:
        return fault.nothing_given(request)
    except NoRoom:
        return fault.full_disk(request)


def take(request: Asked, workspace: Workspace) -> Upload:
    """The files of a form, on their way. Raises OnlyOwnGroups, NoRoom, chat.zone.UnknownZone, upload.NothingGiven,
    Http404 for a group that is not there."""
    into = request.POST.get("into", "")
    group = _into(request.staff, into) if into else None
    if group is None and request.staff.duty.limited:
        raise OnlyOwnGroups
    zone = request.POST.get("zone", "").strip()
    if NO_ROOM in request.META:
        raise NoRoom
    zones.choose(zone or None)
    try:
        return upload.receive(workspace, _given(request), into=group, zone=zone, by=request.user, now=clock.now())
    except OSError as error:
        raise NoRoom from error
    finally:
        for each in request.FILES.getlist("files"):
            each.close()


def _into(staff: Staff, key: str) -> Group:
    try:
        return get_object_or_404(groups_for(staff), pk=UUID(key))
    except ValueError as error:
        raise Http404 from error


def _given(request: HttpRequest) -> list[Given]:
    files = request.FILES.getlist("files")
    return [Given(f.name or "", Path(f.temporary_file_path())) for f in files if isinstance(f, TemporaryUploadedFile)]


def _go(request: HttpRequest, row: Upload) -> HttpResponse:
    """On to the page of the upload; our script is told where that is."""
    address = reverse("import", args=[row.pk])
    if request.headers.get("Accept") == "application/json":
        return JsonResponse({"address": address})
    return HttpResponseRedirect(address)


def example(request: Asked, workspace: Workspace) -> HttpResponse:
    """Make the example, in a workspace of its own, or go to the one that is there; one just removed is brought back."""
    now = clock.now()
    place = staff.example_of(workspace, name=_("Example (made up)"), now=now)
    largest = group.made_up(place).order_by("-rows").first()
    if largest is not None and largest.removed:
        group.restore(largest, by=request.user, now=now)
    row = upload.ask_example(place, language=word.language(), by=request.user, now=now)
    if row.created == now and place != workspace:
        audit.note(workspace, "import.example", by=request.user, on=place.pk, now=now)
    return redirect("import", row.pk) if largest is None or row.state in upload.OPEN else redirect("group", largest.pk)


def remove_example(request: Asked, workspace: Workspace) -> HttpResponse:
    """Take the whole example away; the list of groups of the workspace it was for offers to bring it back. One that is
    still being made stays; of one that could not be made nothing is kept."""
    row = upload.example_upload(workspace)
    if row is not None and upload.being_made(row):
        messages.info(request, _("The example is still being made; a moment later it can be removed."))
        return redirect("import", row.pk)
    group.remove_example(workspace, by=request.user, now=clock.now())
    if row is not None and row.state in upload.OPEN and row.workspace.example_of_id:
        erasure.leave(row.workspace)
    return redirect("home", (workspace.example_of or workspace).slug)


def context(row: Upload) -> dict[str, Any]:
    """How far an upload is, as the page shows it."""
    return contexts([row])[0]


def contexts(rows: Sequence[Upload]) -> list[dict[str, Any]]:
    """The same of some uploads, however many in the same number of queries."""
    works = upload.works_of(rows)
    taken: dict[UUID, list[Any]] = {row.pk: [] for row in rows}
    for each in Taken.objects.select_related("group").filter(upload__in=taken, group__removed=None).order_by("pk"):
        taken[each.upload_id].append(each)
    those = {each.group_id for there in taken.values() for each in there}
    states = dict(Checkup.objects.filter(group__in=those).order_by("day").values_list("group", "state"))
    for there in taken.values():
        for each in there:
            each.state = states.get(each.group_id, "")
    going = [each.group for row in rows if row.state == upload.DIAGNOSING for each in taken[row.pk]]
    stale = (
        set(checkup.stale().filter(pk__in=[one.pk for one in going]).values_list("pk", flat=True)) if going else set()
    )
    jobs = checkup.under_way(going)
    return [_far(row, works.get(row.pk), taken[row.pk], stale, jobs) for row in rows]


def _far(
    row: Upload, work: job.Job | None, taken: list[Any], stale: set[UUID], making: dict[UUID, job.Job]
) -> dict[str, Any]:
    """How far one upload is. `stale`: groups that wait for their checkup; `making`: the jobs that make them."""
    failed = work is not None and work.state == job.FAILED
    left = 0
    if row.state == upload.DIAGNOSING:
        left = len({t.group_id for t in taken} & stale)
    if row.state == upload.DIAGNOSING and row.source == upload.FILES:
        jobs = [making[t.group_id] for t in taken if t.group_id in making]
        failed = any(j.state == job.FAILED for j in jobs)
        work = next((j for j in jobs if j.state == job.FAILED), jobs[0] if jobs else work)
    now = STEPS.index(row.state) if row.state in STEPS else -1
    done = row.state == upload.DONE
    steps = [(s, "done" if done or i < now else "now" if i == now else "todo") for i, s in enumerate(STEPS)]
    return {
        "upload": row,
        "work": work,
        "failed": failed and row.state in upload.OPEN,
        "steps": steps,
        "taken": taken,
        "left": left,
        "nothing_new": bool(taken) and not any(t.added for t in taken),
        "taken_away": row.state == upload.DONE and not taken,
        "going": row.state in upload.OPEN and not failed,
        "size": sum(f["size"] for f in row.files),
    }


def page(request: Asked, row: Upload) -> HttpResponse:
    """The page of one upload."""
    return render(request, "console/import.html", context(row))


def progress(request: Asked, row: Upload) -> HttpResponse:
    """How far it is, asked for every second by the page; at the end, on to the group."""
    known = context(row)
    response = render(request, "console/_progress.html", known)
    taken = known["taken"]
    if row.state == upload.DONE and taken and taken[0].added and not row.refused:
        largest = max(taken, key=lambda each: each.rows)
        if len(taken) == 1 or row.source == upload.EXAMPLE:
            response.headers["HX-Redirect"] = reverse("group", args=[largest.group_id])
    return response


def again(request: Asked, row: Upload) -> HttpResponse:
    """Try once more after a failure."""
    try_again(row)
    return redirect("import", row.pk)


def try_again(row: Upload) -> None:
    """Do what is left of an upload once more; one that is through stays so."""
    now = clock.now()
    if row.state == upload.DIAGNOSING and row.source == upload.FILES:
        for taken in row.taken.select_related("group"):
            checkup.again(taken.group, now=now)
    elif row.state in upload.OPEN:
        upload.again(row, now=now)
