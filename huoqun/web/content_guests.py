"""Guests: who can be asked and on what terms, their visits from the plan to the thanks, and what visits did beside
members' own spotlights."""

from datetime import datetime
from math import exp
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from huoqun.base import clock
from huoqun.content import guest
from huoqun.content.guest import RELATIONS, BadGuest, Guest, Person, Visit
from huoqun.insight.pooling import LEAST
from huoqun.people.staff import groups_for
from huoqun.people.workspace import Workspace
from huoqun.reports import guesting
from huoqun.reports.guesting import Beside
from huoqun.reports.report import told as effects_of
from huoqun.web import query, word, word_effect
from huoqun.web.dealing import paged
from huoqun.web.gate import Asked

CHOICES = 500
ROSTER = 100
FIELDS = ("name", "topics", "relation", "cost", "terms", "contact")
VISIT = ("guest", "group", "at", "minutes", "topic", "series")


def page(request: Asked, workspace: Workspace) -> HttpResponse:
    """The roster, the visits, what they did."""
    return _do(request, workspace) if request.method == "POST" else _page(request, workspace)


def _page(request: Asked, workspace: Workspace, status: int = 200, **said: Any) -> HttpResponse:
    now = clock.now()
    words = request.GET.get("q", "").replace("\0", "").strip()[:100]
    archived = bool(request.GET.get("archived"))
    old = _guest(workspace, request.GET.get("edit", ""))
    listed = paged(request, guest.visits_for(request.staff))
    found = guesting.reports_by_mark(request.staff, [row.mark_id for row in listed.rows if row.mark_id])
    context = {
        "tab": "content_guests",
        "roster": list(guest.roster(workspace, archived=archived, words=words)[:ROSTER]),
        "q": words,
        "archived": archived,
        "old": old,
        "typed": _typed(old) if old else {"relation": "friend"},
        "relations": [(id, word.of("relation", id)) for id in RELATIONS],
        "todo": guest.waiting(request.staff, now=now),
        "page": listed,
        "visits": [(row, _effect(found.get(row.mark_id))) for row in listed.rows],
        "beside": [(_("Guests' visits"), _told(guesting.guests(request.staff)))]
        + [(_("Members' spotlights"), _told(guesting.spotlights(request.staff)))],
        "least": LEAST,
        "groups": groups_for(request.staff).order_by("name").values_list("pk", "name")[:CHOICES],
        "guests": Guest.objects.filter(workspace=workspace, archived=None).order_by("name").values_list("pk", "name"),
        "planning": {"minutes": "60", "guest": str(old.pk) if old else ""},
        "may_edit": request.staff.may("edit_content"),
        "now": now,
        **said,
    }
    return render(request, "content/guests.html", context, status=status)


def _guest(workspace: Workspace, key: str) -> Guest | None:
    found = query.key(key)
    return Guest.objects.filter(workspace=workspace, pk=found).select_related("workspace").first() if found else None


def _typed(row: Guest) -> dict[str, str]:
    return {name: str(getattr(row, name)) for name in FIELDS} | {"cost": f"{row.cost:g}"}


def _effect(report: Any) -> str:
    """What a visit did, in a sentence; "" where no report is there yet."""
    return word_effect.headline(effects_of(report)[0]) if report else ""


def _told(one: Beside) -> dict[str, Any]:
    """How often, at what cost, and the pooled effect as more or fewer messages than were to be expected."""
    effect = one.effect
    ends = [None if part is None else f"{exp(part) - 1:+.0%}".replace("-", "−") for part in _ends(effect)]
    return {"times": one.times, "cost": one.cost, "drawn": one.drawn, "measured": effect.runs, "ends": ends}


def _ends(effect: Any) -> tuple[float | None, ...]:
    return (effect.mean, effect.low, effect.high)


def _do(request: Asked, workspace: Workspace) -> HttpResponse:
    do, _colon, which = request.POST.get("do", "").partition(":")
    form = request.POST
    try:
        told = _done(request, workspace, do, which)
    except BadGuest as error:
        wrong = word.of("content_wrong", f"guest_{error.why}")
        if do == "plan":
            planning = {name: form.get(name, "") for name in VISIT}
            return _page(request, workspace, 422, wrong=wrong, planning=planning)
        if do == "keep":
            typed, old = {name: form.get(name, "") for name in FIELDS}, _guest(workspace, which)
            return _page(request, workspace, 422, wrong=wrong, typed=typed, old=old)
        return _page(request, workspace, 422, wrong=wrong)
    messages.success(request, told) if told else messages.warning(request, word.of("content_wrong", "gone"))
    return redirect("content_guests", workspace.slug)


def _done(request: Asked, workspace: Workspace, do: str, which: str) -> str:
    """Do it; what was done, in words. Raises BadGuest."""
    by, now = request.user, clock.now()
    if do == "keep":
        guest.keep(workspace, _person(request), row=_guest(workspace, which), by=by, now=now)
        return _("It stands on the roster.")
    if do in {"archive", "restore"}:
        row = _guest(workspace, which)
        if row is None:
            return ""
        guest.archive(row, do == "archive", by=by, now=now)
        return _("It is put aside.") if do == "archive" else _("It stands on the roster.")
    if do == "plan":
        return _plan(request, workspace)
    visit = guest.visits_for(request.staff).filter(pk=query.row(which)).first()
    return _with_visit(request, visit, do) if visit else ""


def _person(request: Asked) -> Person:
    told = {name: request.POST.get(name, "").replace("\0", "") for name in FIELDS if name != "cost"}
    return Person(cost=_number(request.POST.get("cost", ""), "cost"), **told)


def _number(text: str, why: str) -> float:
    """A number as people type it. Raises BadGuest."""
    try:
        return float(text.replace(",", "").strip() or 0)
    except ValueError:
        raise BadGuest(why) from None


def _plan(request: Asked, workspace: Workspace) -> str:
    """Plan a visit, on the clock of its group. Raises BadGuest."""
    form = request.POST
    row = _guest(workspace, form.get("guest", ""))
    group = groups_for(request.staff).filter(pk=query.row(form.get("group", ""))).first()
    if row is None or group is None:
        raise BadGuest("name" if row is None else "when")
    try:
        start = datetime.fromisoformat(form.get("at", ""))
        minutes = int(form.get("minutes", "") or 60)
    except ValueError:
        raise BadGuest("when") from None
    start = start if start.tzinfo else start.replace(tzinfo=ZoneInfo(group.zone))
    told = {"topic": form.get("topic", "").replace("\0", ""), "series": form.get("series", "").replace("\0", "")}
    key = f"{group.pk.hex} {start.isoformat()}"
    guest.plan(row, group, start=start, minutes=minutes, key=key, by=request.user, now=clock.now(), **told)
    return _("The visit is planned.")


def _with_visit(request: Asked, row: Visit, do: str) -> str:
    """Something with one visit. Raises BadGuest."""
    by, now = request.user, clock.now()
    if do in {"prepared", "thanked"} and guest.tick_off(row, do, by=by, now=now):
        return _("It is ticked off.")
    if do == "happened":
        drawn = _number(request.POST.get("drawn", ""), "number")
        if drawn != int(drawn):
            raise BadGuest("number")
        cost, note = _number(request.POST.get("cost", ""), "cost"), request.POST.get("note", "").replace("\0", "")
        guest.happened(row, cost=cost, drawn=int(drawn), note=note, by=by, now=now)
        return _("It stands on the group's pulse; what it did is measured with the next import.")
    if do == "off" and guest.call_off(row, by=by, now=now):
        return _("It is called off.")
    return ""
