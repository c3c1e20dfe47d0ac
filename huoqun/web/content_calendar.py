"""The calendar of content: a week over all groups, pieces in slots, planned, moved, approved, with proof of sending;
and what the selling guard holds back."""

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from huoqun.base import clock
from huoqun.content import key_date, mix, slot
from huoqun.content.golden import Golden, golden_of
from huoqun.content.material import Material
from huoqun.content.slot import BadSlot, Crowded, Sent, Slot
from huoqun.people import outbox
from huoqun.people.group import Group
from huoqun.people.outbox import NoReason
from huoqun.people.role import APPROVE_CONTENT
from huoqun.people.staff import groups_for
from huoqun.people.voice import KINDS
from huoqun.people.workspace import Workspace
from huoqun.web import content_kinds, held, query, word
from huoqun.web.dealing import paged
from huoqun.web.gate import Asked

GROUPS = 25
"""Groups of a page."""
CHOICES = 500
PIECES = 300
"""Pieces of the library offered in the form, the newest."""
WRONG = (BadSlot, Crowded, Sent, NoReason)


def page(request: Asked, workspace: Workspace) -> HttpResponse:
    """The week."""
    return _do(request, workspace) if request.method == "POST" else _page(request, workspace)


def _page(request: Asked, workspace: Workspace, status: int = 200, **said: Any) -> HttpResponse:
    now = clock.now()
    today = now.astimezone(ZoneInfo(workspace.zone)).date()
    monday = content_kinds.week(request.GET.get("week", ""), today)
    words = request.GET.get("q", "").replace("\0", "").strip()[:100]
    there = groups_for(request.staff)
    found = there.filter(name__icontains=words) if words else there
    busy = (
        Slot.objects.filter(group__in=there, at__gte=now - timedelta(days=30)).values("group").annotate(n=Count("pk"))
    )
    counted = {row["group"]: row["n"] for row in busy} if not words else {}
    listed = paged(request, found.select_related("workspace").order_by("name", "pk"), GROUPS)
    groups = sorted(listed.rows, key=lambda one: -counted.get(one.pk, 0)) if counted else listed.rows
    holding = outbox.held(workspace).filter(group__in=there)
    context = {
        "tab": "content_calendar",
        "monday": monday,
        "before": monday - timedelta(days=7),
        "after": monday + timedelta(days=7),
        "this_week": mix.week_of(today),
        "today": today,
        "days": _days(workspace, monday),
        "rows": _rows(request, groups, monday, now),
        "page": listed,
        "q": words,
        "coming": [c for c in key_date.coming(workspace, today) if c.due][:4],
        "held": held.shown(holding[:20], now),
        "may_edit": request.staff.may("edit_content"),
        "may_approve": request.staff.may(APPROVE_CONTENT),
        "may_send": request.staff.may("send"),
        "proposed": Slot.objects.filter(group__in=there, state=slot.PROPOSED, at__gte=now - slot.LATE).count(),
        "kinds": content_kinds.kinds(),
        "groups": there.order_by("name").values_list("pk", "name")[:CHOICES],
        "library": Material.objects.filter(workspace=workspace, archived=None).order_by("-changed")[:PIECES],
        "typed": _typed(request, workspace, now),
        **said,
    }
    return render(request, "content/calendar.html", context, status=status)


def _days(workspace: Workspace, monday: date) -> list[dict[str, Any]]:
    """The days of the week with their key dates."""
    dates: dict[date, list[str]] = defaultdict(list)
    for on, row in key_date.between(workspace, monday, monday + timedelta(days=7)):
        dates[on].append(row.name)
    those = [monday + timedelta(days=n) for n in range(7)]
    return [{"date": day, "name": date_format(day, "D"), "keys": dates[day]} for day in those]


def _rows(request: Asked, groups: list[Group], monday: date, now: datetime) -> list[dict[str, Any]]:
    """A row a group: its cells with pieces and free golden slots, its golden hours, its mix."""
    begin, end = monday - timedelta(days=1), monday + timedelta(days=8)
    around = [datetime.combine(day, time(0), ZoneInfo("UTC")) for day in (begin, end)]
    slots: dict[UUID, list[Slot]] = defaultdict(list)
    mine = Group.objects.filter(pk__in=[group.pk for group in groups])
    for row in slot.between(mine, around[0], around[1]):
        slots[row.group_id].append(row)
    golden, mixed = golden_of(groups), mix.mixes(groups, monday)
    return [
        {
            "group": group,
            "golden": golden[group.pk],
            "mix": mixed[group.pk],
            "bars": _bars(mixed[group.pk]),
            "cells": [
                _cell(group, slots[group.pk], golden[group.pk], monday + timedelta(days=n), now) for n in range(7)
            ],
        }
        for group in groups
    ]


def _bars(found: mix.Mix) -> list[dict[str, Any]]:
    """The mix as small bars: how many, the share and its target in per cent with where each begins, what to add."""
    whole = max(found.total, 1)
    told: list[dict[str, Any]] = []
    begins, aims = 0.0, 0.0
    for kind in KINDS:
        share, target = 100 * found.counts[kind] / whole, 100 * found.target[kind]
        bar = {"kind": kind, "count": found.counts[kind], "share": round(share), "target": round(target)}
        drawn = {"x": f"{begins:.1f}", "width": f"{share:.1f}", "aim_x": f"{aims:.1f}", "aim": f"{target:.1f}"}
        told.append(bar | drawn | {"add": found.missing.get(kind, 0)})
        begins, aims = begins + share, aims + target
    return told


def _cell(group: Group, slots: list[Slot], golden: Golden, day: date, now: datetime) -> dict[str, Any]:
    """A day of a group: what stands there, and the golden windows in which nothing does."""
    zone = ZoneInfo(group.zone)
    mine = [(row.at.astimezone(zone), row) for row in slots]
    mine = [(at, row) for at, row in mine if at.date() == day]
    free = []
    for start, end in golden.windows:
        at = datetime.combine(day, time(start, 30), zone)
        if at > now and not any(start <= there.hour < end for there, _row in mine):
            free.append(f"{at:%H:%M}")
    return {"day": day, "slots": [(f"{at:%H:%M}", f"{at:%Y-%m-%dT%H:%M}", row) for at, row in mine], "free": free}


def _typed(request: Asked, workspace: Workspace, now: datetime) -> dict[str, Any]:
    """What stands in the form at first: a piece chosen in the library, a slot clicked in the calendar."""
    piece = Material.objects.filter(workspace=workspace, pk=query.row(request.GET.get("piece", ""))).first()
    at = request.GET.get("at", "")[:16]
    if not at:
        at = f"{(now + timedelta(hours=1)).astimezone(ZoneInfo(workspace.zone)):%Y-%m-%dT%H:00}"
    told = {"at": at, "groups": {request.GET.get("group", "")}, "kind": request.GET.get("kind", "useful"), "text": ""}
    if piece is not None:
        told |= {"piece": str(piece.pk), "text": piece.words, "kind": piece.kind}
    return told


def _do(request: Asked, workspace: Workspace) -> HttpResponse:
    """What the page is told to do; a program (dragging) hears it as JSON."""
    program = request.headers.get("accept") == "application/json"
    try:
        said = _done(request, workspace)
    except WRONG as error:
        why = _why(error)
        if program:
            return JsonResponse({"wrong": why}, status=409)
        form = request.POST
        typed: dict[str, Any] = {name: form.get(name, "") for name in ("text", "kind", "at", "piece", "urgent")}
        typed |= {"groups": set(form.getlist("groups"))}
        return _page(request, workspace, 422, wrong=why, typed=typed)
    except LookupError:
        if program:
            return JsonResponse({"wrong": word.of("content_wrong", "gone")}, status=404)
        messages.warning(request, word.of("content_wrong", "gone"))
        return redirect(_back(request, workspace))
    if program:
        return JsonResponse({"done": said})
    messages.success(request, said)
    return redirect(_back(request, workspace))


def _back(request: Asked, workspace: Workspace) -> str:
    """The same week and page."""
    kept = {name: request.GET[name] for name in ("week", "q", "page") if request.GET.get(name)}
    there = reverse("content_calendar", args=[workspace.slug])
    return f"{there}?{'&'.join(f'{name}={query.quoted(value)}' for name, value in kept.items())}" if kept else there


def _why(error: Exception) -> str:
    if isinstance(error, Crowded):
        return _("%(why)s There is room at %(free)s.") % {
            "why": word.of("crowded", error.why),
            "free": f"{error.free:%Y-%m-%d %H:%M}",
        }
    if isinstance(error, BadSlot):
        return word.of("content_wrong", error.why)
    return word.of("content_wrong", "reason" if isinstance(error, NoReason) else "sent")


def _done(request: Asked, workspace: Workspace) -> str:
    """Do it; what was done, in words. Raises WRONG, LookupError."""
    do, now, by = request.POST.get("do", ""), clock.now(), request.user
    approves = request.staff.may(APPROVE_CONTENT)
    if do == "plan":
        return _plan(request, workspace, approves)
    if do in held.DEEDS:
        return held.let_out(request, do)
    if do == "approve_all":
        return _approve_all(request)
    row = _there(request)
    if do == "approve" and approves:
        slot.approve(row, by=by, now=now)
        return _("It is approved.")
    if do == "move":
        return _move(request, row, approves)
    if do == "change":
        at = content_kinds.moment(request.POST.get("at", ""), row.group.zone)
        same = at is None or (row.state == slot.OUT) or at == row.at.replace(second=0, microsecond=0)
        text, kind = request.POST.get("text", "").replace("\0", ""), request.POST.get("kind") or None
        slot.change(row, text=text, kind=kind, at=None if same else at, approves=approves, by=by, now=now)
        return _("It is changed.")
    if do == "drop":
        if not slot.drop(row, by=by, now=now):
            raise Sent
        return _("It was dropped.")
    if do == "back":
        slot.bring_back(row, by=by, now=now)
        return _("It is proposed again.")
    raise LookupError


def _there(request: Asked) -> Slot:
    """The piece that is meant. Raises LookupError."""
    found = Slot.objects.filter(group__in=groups_for(request.staff), pk=query.row(request.POST.get("which", "")))
    row = found.select_related("group__workspace", "workspace").first()
    if row is None:
        raise LookupError
    return row


def _plan(request: Asked, workspace: Workspace, approves: bool) -> str:
    """A piece in each of the groups chosen; all or, where one has no room, none."""
    form, now = request.POST, clock.now()
    keys = {key for text in form.getlist("groups") if (key := query.key(text))}
    groups = list(groups_for(request.staff).filter(pk__in=keys).select_related("workspace"))
    if not groups:
        raise BadSlot("groups")
    piece = Material.objects.filter(workspace=workspace, pk=query.row(form.get("piece", ""))).first()
    urgent = bool(form.get("urgent"))
    times = {group.pk: content_kinds.moment(form.get("at", ""), group.zone) for group in groups}
    if not urgent and not all(times.values()):
        raise BadSlot("when")
    text = form.get("text", "").replace("\0", "").strip() or (piece.words if piece else "")
    kind = form.get("kind", "") or (piece.kind if piece else "")
    slot.plan_all(
        [(group, times[group.pk] or now) for group in groups],
        text=text,
        kind=kind,
        material=piece,
        urgent=urgent,
        approves=approves,
        by=request.user,
        now=now,
    )
    return _("It stands in the calendar.") if approves else _("It is proposed; somebody who may approve decides.")


def _move(request: Asked, row: Slot, approves: bool) -> str:
    """To another day, hour or group. A day alone keeps the hour."""
    key = query.key(request.POST.get("group", ""))
    group = groups_for(request.staff).filter(pk=key).select_related("workspace").first() if key else row.group
    if group is None:
        raise LookupError
    zone = ZoneInfo(group.zone)
    day, hour = request.POST.get("day", ""), request.POST.get("time", "") or f"{row.at.astimezone(zone):%H:%M}"
    at = content_kinds.moment(f"{day}T{hour}", group.zone)
    if at is None:
        raise BadSlot("when")
    other = group if group.pk != row.group_id else None
    moved = slot.change(row, at=at, group=other, approves=approves, by=request.user, now=clock.now())
    return _("It stands at %(at)s now.") % {"at": f"{moved.at.astimezone(zone):%m-%d %H:%M}"}


def _approve_all(request: Asked) -> str:
    """Everything proposed that is shown."""
    if not request.staff.may(APPROVE_CONTENT):
        raise LookupError
    keys = [key for text in request.POST.getlist("each") if (key := query.key(text))]
    rows = Slot.objects.filter(group__in=groups_for(request.staff), pk__in=keys, state=slot.PROPOSED)
    many = sum(slot.approve(row, by=request.user, now=clock.now()) for row in rows)
    return _("%(n)s approved.") % {"n": many}
