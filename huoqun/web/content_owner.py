"""The owner's plan: label, product, brand; aims with what is done of them, by hand and by keywords."""

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from huoqun.base import clock
from huoqun.content import brand_plan, watchword
from huoqun.content.brand_plan import STAGES, BadAim, BrandAim, BrandCount
from huoqun.people.workspace import Workspace
from huoqun.web import query, word
from huoqun.web.gate import Asked

FIELDS = ("stage", "text", "target", "unit", "until", "watchword")


def page(request: Asked, workspace: Workspace) -> HttpResponse:
    """The plan and its forms."""
    return _do(request, workspace) if request.method == "POST" else _page(request, workspace)


def _page(request: Asked, workspace: Workspace, status: int = 200, **said: Any) -> HttpResponse:
    today = clock.now().astimezone(ZoneInfo(workspace.zone)).date()
    plan = brand_plan.plan(workspace, today=today)
    context = {
        "tab": "content_owner",
        "stages": [(id, word.of("brand_stage", id), word.of("brand_what", id), _lines(plan[id])) for id in STAGES],
        "words": watchword.watched(workspace).values_list("pk", "name"),
        "today": today,
        "may_edit": request.staff.may("edit_content"),
        "typed": {name: request.POST.get(name, "") for name in FIELDS},
        **said,
    }
    return render(request, "content/owner.html", context, status=status)


def _lines(found: list[brand_plan.Standing]) -> list[dict[str, Any]]:
    return [
        {"s": one, "width": f"{100 * min(one.share, 1):.1f}", "share": round(100 * one.share), "over": one.days}
        for one in found
    ]


def _do(request: Asked, workspace: Workspace) -> HttpResponse:
    do, _colon, which = request.POST.get("do", "").partition(":")
    try:
        told = _done(request, workspace, do, which)
    except BadAim as error:
        return _page(request, workspace, 422, wrong=word.of("content_wrong", f"aim_{error.why}"))
    messages.success(request, told) if told else messages.warning(request, word.of("content_wrong", "gone"))
    return redirect("content_owner", workspace.slug)


def _done(request: Asked, workspace: Workspace, do: str, which: str) -> str:
    """Do it; what was done, in words. Raises BadAim."""
    form, by, now = request.POST, request.user, clock.now()
    if do == "aim":
        words = watchword.watched(workspace).filter(pk=query.row(form.get("watchword", ""))).first()
        told = {name: form.get(name, "").replace("\0", "") for name in ("stage", "text", "unit")}
        until, target = _day(form.get("until", "")), _number(form.get("target", ""))
        brand_plan.aim(workspace, target=target, until=until, watchword=words, by=by, now=now, **told)
        return _("The aim stands in the plan.")
    aims = BrandAim.objects.filter(workspace=workspace, removed=None).select_related("workspace")
    if do == "uncount":
        entry = BrandCount.objects.filter(aim__in=aims, pk=query.row(which)).select_related("aim__workspace").first()
        if entry:
            brand_plan.uncount(entry, by=by, now=now)
        return _("The entry is off.") if entry else ""
    row = aims.filter(pk=query.row(which)).first()
    if row is None:
        return ""
    if do == "count":
        day = _day(form.get("day", "")) or now.astimezone(ZoneInfo(workspace.zone)).date()
        key, note = form.get("key", "") or now.isoformat(), form.get("note", "").replace("\0", "")
        brand_plan.count(row, _number(form.get("amount", "")), day=day, note=note, key=key, by=by, now=now)
        return _("It is counted.")
    if do == "remove":
        brand_plan.remove(row, by=by, now=now)
        return _("The aim is off the plan.")
    return ""


def _number(text: str) -> float:
    """Raises BadAim."""
    try:
        return float(text.replace(",", "").strip())
    except ValueError:
        raise BadAim("number") from None


def _day(text: str) -> date | None:
    """Raises BadAim."""
    try:
        return date.fromisoformat(text) if text.strip() else None
    except ValueError:
        raise BadAim("date") from None
