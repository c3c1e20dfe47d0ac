"""The group's page: its diagnosis, what its operator says of it, and where its history comes from."""

import re
from datetime import date, datetime
from typing import Any
from urllib.parse import quote
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

from django.contrib import messages
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from huoqun.base import clock, job
from huoqun.chat import zone as zones
from huoqun.insight.card import ELEMENTS, TYPES
from huoqun.insight.stage import NAMES
from huoqun.people import alert, audit, checkup, goal, mark, positioning, remark, role, room
from huoqun.people import group as groups
from huoqun.people.group import Group
from huoqun.people.person import Identity
from huoqun.people.role import SEE_RUNS
from huoqun.web import level, playbook, verdict, word
from huoqun.web.gate import Asked
from huoqun.web.plan import progress_of
from huoqun.web.show import percent

OWNERS = 100
"""Who can be named as owner in the form: the members who spoke most, and those with a role."""

OVERRIDES = 50
"""Of the stages said by hand, so many are shown; the log has all."""


def _work(group: Group) -> dict[str, Any]:
    """The diagnosis that is being made anew, or could not be."""
    stale = checkup.stale().filter(pk=group.pk).exists()
    work = checkup.working(group) if stale else None
    return {"stale": stale, "work": work, "failed": work is not None and work.state == job.FAILED}


def page(request: Asked, group: Group) -> HttpResponse:
    """The diagnosis as of the newest checkup."""
    found = checkup.latest(group)
    context: dict[str, Any] = {"group": group, "checkup": found, "tab": "diagnosis", **_work(group)}
    now = clock.now()
    blank = not group.simulated and not group.positioning
    context["missing"] = positioning.missing(group) if blank else []
    context["warned"] = alert.of_groups([group], now=now).get(group.pk, [])
    context |= {"goal": goal.goal_of(group), "progress": progress_of(group)}
    if role.READ_MESSAGES in request.staff.duty.may:
        context["service"] = level.panel(group, now)
    if found is not None:
        books = playbook.addresses(group.workspace) if request.staff.may(SEE_RUNS) else {}
        context["body"] = verdict.body(checkup.document(found), word.language(), _remedies(group), books)
    return render(request, "group/page.html", context)


def _remedies(group: Group) -> dict[str, str]:
    """Where something is done about a finding: the positioning card for what is missing on it."""
    card = reverse("records", args=[group.pk]) + "#positioning"
    return {f"{element}_unnamed": card for element in ELEMENTS}


def status(request: Asked, group: Group) -> HttpResponse:
    """The line that says a diagnosis is being made; once it is there, the page loads itself anew.

    The page with the forms does not: somebody may be typing there.
    """
    work = _work(group)
    typing = request.GET.get("tab") == "records"
    response = render(
        request,
        "group/_status.html",
        {"group": group, "tab": "records" if typing else "diagnosis", "asked": True, **work},
    )
    if not work["stale"] and not typing:
        response.headers["HX-Refresh"] = "true"
    return response


def again(request: Asked, group: Group) -> HttpResponse:
    """Diagnose once more after a failure."""
    checkup.again(group, now=clock.now())
    return redirect("group", group.pk)


def records(request: Asked, group: Group) -> HttpResponse:
    """What the operator says of the group, its marks, and the files its history comes from."""
    return records_with(request, group)


def records_with(request: Asked, group: Group, status: int = 200, **said: Any) -> HttpResponse:
    """The records page with what was typed and what is wrong with it, so that nothing typed is lost."""
    found = checkup.latest(group)
    card = {"type": group.type, "owner": group.owner, "zone": group.zone, "ends": group.ends or ""}
    known = checkup.document(found) if found else None
    signs = known.vital_signs if known else []
    context: dict[str, Any] = {
        "group": group,
        "checkup": found,
        "tab": "records",
        "types": [("", word.of("type", "")), *((t, word.of("type", t)) for t in TYPES)],
        "owners": _owners(group),
        "zones": sorted(available_timezones()),
        "card": card,
        "marks": group.marks.order_by("-start"),
        "new_mark": _old_mark(request, group),
        "taken": group.taken.select_related("upload", "group").prefetch_related("upload__taken").order_by("-created"),
        "document": known,
        "hanging": next((sign for sign in signs if sign.id == "event_dependence"), None),
        **_standing(group, found),
        **_work(group),
        **said,
    }
    return render(request, "group/records.html", context, status=status)


def _standing(group: Group, found: checkup.Checkup | None) -> dict[str, Any]:
    """Stage, positioning and room of the group, as its page shows them."""
    known = positioning.card_of(group)
    return {
        "stage": group.stage_said or (found.stage if found else ""),
        "stages": [(s, word.of("stage", s)) for s in NAMES],
        "overrides": audit.Entry.objects.filter(
            object=group.pk, workspace=group.workspace, what__in=["group.stage", "group.stage_back"]
        ).order_by("-created")[:OVERRIDES],
        "position_card": known,
        "position_wrong": {},
        "position_parts": [(part, positioning.LONGEST[part]) for part in known if part != "orientation"],
        "position_missing": positioning.missing(group),
        "position_elements": ELEMENTS,
        "orientations": [(o, word.of("orientation", o)) for o in positioning.ORIENTATIONS],
        "room": room.room(group, found.members if found else None),
        "qq_sizes": room.QQ,
    }


def _old_mark(request: HttpRequest, group: Group) -> dict[str, str] | None:
    """The mark that is to be said anew, as the form's fields."""
    key = request.GET.get("mark", "")
    try:
        old = group.marks.filter(pk=UUID(key)).first() if key else None
    except ValueError:
        old = None
    if old is None:
        return None
    clock_there = ZoneInfo(group.zone)
    start, end = (t.astimezone(clock_there).strftime("%Y-%m-%dT%H:%M") for t in (old.start, old.end))
    return {
        "which": str(old.pk),
        "title": old.title,
        "start": start,
        "end": end,
        "by_owner": "yes" if old.by_owner else "",
    }


def _owners(group: Group) -> list[Identity]:
    speakers = list(Identity.objects.filter(group=group, bot=False).order_by("-messages", "name")[:OWNERS])
    named = Identity.objects.filter(group=group, account=group.owner).first() if group.owner else None
    return speakers if named is None or named in speakers else [named, *speakers]


def owner_there(group: Group, account: str) -> bool:
    """Whether the account that is named as owner is in the group."""
    return Identity.objects.filter(group=group, account=account).exists()


def card(request: Asked, group: Group) -> HttpResponse:
    """Change type, owner, zone and end of the group. Opened by itself (a form with a fault, reloaded): the forms."""
    if request.method != "POST":
        return redirect("records", group.pk)
    said = {name: request.POST.get(name, "").strip() for name in ("type", "owner", "zone", "ends")}
    wrong = {}
    ends = None
    try:
        ends = date.fromisoformat(said["ends"]) if said["ends"] else None
    except ValueError:
        wrong["ends"] = _("This is not a day.")
    if ends is not None and ends.year not in mark.YEARS:
        wrong["ends"] = _("This is not a day.")
    if said["owner"] and not owner_there(group, said["owner"]):
        wrong["owner"] = _("Nobody in the group is called that.")
    try:
        if not wrong:
            groups.set_card(
                group,
                type=said["type"],
                owner=said["owner"],
                zone=said["zone"],
                ends=ends,
                by=request.user,
                now=clock.now(),
            )
    except groups.UnknownType:
        wrong["type"] = _("There is no such type.")
    except zones.UnknownZone:
        wrong["zone"] = _("There is no such time zone; give one like Asia/Shanghai.")
    if wrong:
        return records_with(request, group, 422, card=said, wrong=wrong)
    return HttpResponseRedirect(reverse("group", args=[group.pk]))


def marks(request: Asked, group: Group) -> HttpResponse:
    """Set a mark on the pulse, or say one anew."""
    if request.method != "POST":
        return redirect("records", group.pk)
    said = {name: request.POST.get(name, "").strip() for name in ("title", "start", "end", "by_owner", "which")}
    old = _mark(group, said["which"]) if said["which"] else None
    try:
        start, end = _time(said["start"], group.zone), _time(said["end"], group.zone)
        values: dict[str, Any] = {"title": said["title"], "start": start, "end": end}
        values["by_owner"] = said["by_owner"] == "yes"
        if old is None:
            mark.add(group, **values, by=request.user, now=clock.now())
        else:
            mark.change(old, **values, by=request.user, now=clock.now())
        _remarked(request, group)
    except (ValueError, OverflowError):
        why = _("An event needs a title, a beginning, and an end after the beginning.")
        return records_with(request, group, 422, new_mark=said, mark_wrong=why)
    return HttpResponseRedirect(reverse("records", args=[group.pk]) + "#marks")


def _remarked(request: Asked, group: Group) -> None:
    """Compute event dependence anew, and say what it was and is. The mark itself is kept already: where the sign cannot
    be (a full disk), the worker's next checkup says it."""
    try:
        found = remark.remark(group)
    except DatabaseError:
        return
    if found is None or found.after.value is None:
        return
    was = percent(found.before.value) if found.before else "–"
    told = {"was": was, "now": percent(found.after.value)}
    messages.info(request, _("Event dependence of the last 90 days: %(now)s (before: %(was)s).") % told)


def _mark(group: Group, key: str) -> mark.Mark:
    try:
        return get_object_or_404(group.marks.all(), pk=UUID(key))
    except ValueError as error:
        raise Http404 from error


def _time(text: str, zone: str) -> datetime:
    """What a browser's time field sends, on the group's clock. Raises ValueError."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def unmark(request: Asked, group: Group, which: UUID) -> HttpResponse:
    """Take a mark off the pulse; one that is off already stays off."""
    found = group.marks.filter(pk=which).first()
    if found is not None:
        mark.take_off(found, by=request.user, now=clock.now())
        _remarked(request, group)
    return HttpResponseRedirect(reverse("records", args=[group.pk]) + "#marks")


def as_file(request: Asked, group: Group) -> HttpResponse:
    """The page as one file that opens without network."""
    found = checkup.latest(group)
    if found is None:
        return redirect("group", group.pk)
    page = verdict.page(checkup.document(found), word.language())
    return _download(page.encode(), "text/html; charset=utf-8", f"{group.name} {found.day}.html")


def as_json(request: Asked, group: Group) -> HttpResponse:
    """The diagnosis as `huoqun schema` describes it."""
    found = checkup.latest(group)
    if found is None:
        return redirect("group", group.pk)
    return _download(found.document.encode(), "application/json", f"{group.name} {found.day}.json")


def _download(content: bytes, kind: str, name: str) -> HttpResponse:
    plain = re.sub(r"[^\w .()·—-]", "_", name)
    ascii_name = plain.encode("ascii", "replace").decode().replace("?", "_")
    response = HttpResponse(content, content_type=kind)
    response.headers["Content-Disposition"] = f"attachment; filename=\"{ascii_name}\"; filename*=UTF-8''{quote(plain)}"
    return response


def remove(request: Asked, group: Group) -> HttpResponse:
    """Remove the group; the list of groups offers to bring it back. A second click finds it removed."""
    groups.remove(group, by=request.user, now=clock.now())
    return redirect("home", request.workspace.slug)


def restore(request: Asked, group: Group) -> HttpResponse:
    """Bring a removed group back."""
    groups.restore(group, by=request.user, now=clock.now())
    return redirect("group", group.pk)
