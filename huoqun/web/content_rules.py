"""How groups are spoken to: target of the mix, selling guard, how much a day, digests; and key dates."""

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from huoqun.base import clock
from huoqun.content import key_date
from huoqun.content.golden import golden_of
from huoqun.content.key_date import BadDate, KeyDate
from huoqun.people import outbox, selling_guard, voice
from huoqun.people.group import Group
from huoqun.people.role import APPROVE_CONTENT
from huoqun.people.staff import groups_for
from huoqun.people.voice import KINDS, BadVoice
from huoqun.people.workspace import Workspace
from huoqun.web import query, word, word_content
from huoqun.web.gate import Asked

CHOICES = 500
NUMBERS = ("no_selling_days", "needs_asked", "needs_solved", "a_day", "apart", "digest_hour", "digest_weekday")


def page(request: Asked, workspace: Workspace) -> HttpResponse:
    """What holds, and its form."""
    return _do(request, workspace) if request.method == "POST" else _page(request, workspace)


def _group(request: Asked, key: str) -> Group | None:
    found = query.key(key)
    return groups_for(request.staff).filter(pk=found).select_related("workspace").first() if found else None


def _page(request: Asked, workspace: Workspace, status: int = 200, **said: Any) -> HttpResponse:
    now = clock.now()
    group = _group(request, request.GET.get("group", "") or request.POST.get("group", ""))
    rule = voice.voice_of(group) if group else voice.voice_of_all(workspace)
    today = now.astimezone(ZoneInfo(workspace.zone)).date()
    context = {
        "tab": "content_rules",
        "group": group,
        "own": bool(group and voice.own_fields(group)),
        "rule": rule,
        "mix": [(k, word.of("piece", k), word.of("piece_what", k), round(100 * rule.mix[k])) for k in KINDS],
        "default": [(word.of("piece", k), round(100 * voice.MIX[k])) for k in KINDS],
        "ceiling": round(100 * rule.selling_ceiling),
        "digests": [(id, word.of("digest", id)) for id in ("", "day", "week")],
        "weekdays": [(n, day) for n, day in enumerate(_weekdays())],
        "guard": _guard(group, now) if group else None,
        "golden": golden_of([group])[group.pk] if group else None,
        "groups": groups_for(request.staff).order_by("name").values_list("pk", "name")[:CHOICES],
        "dates": key_date.coming(workspace, today),
        "may_edit": request.staff.may(APPROVE_CONTENT),
        "typed": {},
        **said,
    }
    return render(request, "content/rules.html", context, status=status)


def _weekdays() -> list[str]:
    return [_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday")]


def _guard(group: Group, now: Any) -> dict[str, Any]:
    """Where a group stands with the selling guard: its counts, and what speaks against selling now."""
    said = outbox.said_lately([group], now=now)
    ground = selling_guard.grounds([group], said, now=now)[group.pk]
    against = selling_guard.blocks(voice.voice_of(group), ground)
    return {
        "ground": ground,
        "days": ground.age.days,
        "why": [word_content.block({"id": b.id, **b.values}) for b in against],
    }


def _do(request: Asked, workspace: Workspace) -> HttpResponse:
    """Who may approve settles what holds."""
    do, now = request.POST.get("do", ""), clock.now()
    group = _group(request, request.POST.get("group", ""))
    try:
        if not request.staff.may(APPROVE_CONTENT):
            return _page(request, workspace, 422, wrong=word.of("content_wrong", "may"))
        if do == "voice":
            voice.choose(group or workspace, _chosen(request), by=request.user, now=now)
            messages.success(request, _("It holds from now on."))
        elif do == "as_all" and group:
            voice.forget_own(group, by=request.user, now=now)
            messages.success(request, _("The group is spoken to as all others."))
        elif do == "usual":
            n = key_date.take_usual(workspace, word.language(), by=request.user, now=now)
            told = ngettext("%(n)s key date is in the calendar.", "%(n)s key dates are in the calendar.", n)
            messages.success(request, told % {"n": n})
        elif do == "date":
            _date(request, workspace)
            messages.success(request, _("It stands in the calendar."))
        elif do == "no_date" and (row := _there(workspace, request.POST.get("which", ""))):
            key_date.remove(row, by=request.user, now=now)
            messages.success(request, _("It is off the list."))
        else:
            messages.warning(request, word.of("content_wrong", "gone"))
    except (BadVoice, BadDate, ValueError) as error:
        why = "date" if isinstance(error, BadDate) or do == "date" else "number"
        why = "mix" if isinstance(error, BadVoice) and error.field == "mix" else why
        typed = {name: request.POST.get(name, "") for name in request.POST}
        return _page(request, workspace, 422, wrong=word.of("content_wrong", why), typed=typed)
    there = reverse("content_rules", args=[workspace.slug])
    return redirect(f"{there}?group={group.pk}" if group else there)


def _chosen(request: Asked) -> dict[str, Any]:
    """What the form says. Raises ValueError where a number is none."""
    form = request.POST
    told: dict[str, Any] = {name: int(form[name]) for name in NUMBERS if form.get(name, "").strip()}
    shares = {kind: form.get(f"mix-{kind}", "").strip() for kind in KINDS}
    if any(shares.values()):
        told["mix"] = {kind: int(text or 0) / 100 for kind, text in shares.items()}
    if form.get("selling_ceiling", "").strip():
        told["selling_ceiling"] = int(form["selling_ceiling"]) / 100
    if "digest" in form:
        told |= {"digest": form["digest"], "digest_straight": bool(form.get("digest_straight"))}
    return told


def _date(request: Asked, workspace: Workspace) -> None:
    form = request.POST
    key_date.keep(
        workspace,
        name=form.get("name", "").replace("\0", ""),
        day=date.fromisoformat(form.get("day", "")),
        yearly=bool(form.get("yearly")),
        lead=int(form.get("lead", "") or key_date.LEAD),
        by=request.user,
        now=clock.now(),
    )


def _there(workspace: Workspace, key: str) -> KeyDate | None:
    return KeyDate.objects.filter(workspace=workspace, pk=query.row(key)).select_related("workspace").first()
