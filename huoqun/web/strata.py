"""Strata: who carries the groups of a workspace, by which rule, and who would move under another one."""

import math
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from pydantic import ValidationError

from huoqun.base import clock
from huoqun.insight.stratum import STRATA
from huoqun.people import judgement, ladder
from huoqun.people.ladder import DEFAULT, UNITS, Ladder, Rule
from huoqun.people.sieve import roomy
from huoqun.people.staff import groups_for
from huoqun.people.workspace import Workspace
from huoqun.web import word
from huoqun.web.gate import Asked
from huoqun.web.people import page_of

GROUPS = 50
"""Groups shown at once."""


def page(request: Asked, workspace: Workspace) -> HttpResponse:
    """The strata of a workspace; a change of the rule is looked at before it is saved."""
    if request.method != "POST":
        return _page(request, typed=ladder.rule_of(workspace).model_dump())
    typed, wrong = {name: request.POST.get(name, "").strip() for name in UNITS}, {}
    try:
        rule = Rule.model_validate(typed)
    except ValidationError as error:
        wrong = {str(e["loc"][0]): _limits(str(e["loc"][0])) for e in error.errors()}
        return _page(request, 422, typed=typed, wrong=wrong)
    if request.POST.get("do") != "save":
        with roomy():
            moves = judgement.preview(workspace, rule)
        return _page(request, typed=typed, moves=moves, moving=sum(m.people for m in moves))
    if ladder.set_rule(workspace, rule, by=request.user, now=clock.now()):
        judgement.ask(workspace, by=request.user, now=clock.now())
        messages.success(request, _("The rule is saved. Everybody is being judged by it."))
    return redirect("strata", workspace.slug)


def back(request: Asked, workspace: Workspace) -> HttpResponse:
    """The rule before the last change."""
    if ladder.take_back(workspace, by=request.user, now=clock.now()):
        judgement.ask(workspace, by=request.user, now=clock.now())
        messages.success(request, _("The rule of before is back. Everybody is being judged by it."))
    return redirect("strata", workspace.slug)


def again(request: Asked, workspace: Workspace) -> HttpResponse:
    """Everybody judged anew."""
    judgement.ask(workspace, by=request.user, now=clock.now())
    return redirect("strata", workspace.slug)


def _page(request: Asked, status: int = 200, **said: Any) -> HttpResponse:
    workspace = request.workspace
    whole = not request.staff.duty.limited
    spread = judgement.spread(workspace) if whole else {}
    groups = groups_for(request.staff).exclude(newest=None).order_by("name", "pk")
    total = groups.count()
    pages = max(math.ceil(total / GROUPS), 1)
    number = min(page_of(request), pages)
    people = sum(spread.values())
    context = {
        "spread": [(s, n, n / people if people else 0) for s, n in spread.items()],
        "people": people,
        "carriers": sum(spread.get(s, 0) for s in judgement.CARRIERS) / people if people else None,
        "groups": judgement.spreads(groups[(number - 1) * GROUPS : number * GROUPS]),
        "strata": STRATA,
        "page": number,
        "pages": pages,
        "ladder": Ladder.objects.filter(workspace=workspace).select_related("by").first(),
        "judging": judgement.at_work(workspace),
        **said,
        "numbers": _numbers(said["typed"], said.get("wrong", {})),
    }
    return render(request, "strata/page.html", context, status=status)


def _numbers(typed: dict[str, Any], wrong: dict[str, str]) -> list[dict[str, Any]]:
    """The fields of the rule."""
    default = DEFAULT.model_dump()
    return [
        {
            "id": name,
            "name": word.of("rung", name),
            "unit": word.of("unit", unit),
            "value": f"{value:g}" if isinstance(value := typed[name], float) else value,
            "default": f"{default[name]:g}",
            "wrong": wrong.get(name, ""),
        }
        for name, unit in UNITS.items()
    ]


def _limits(name: str) -> str:
    """What a number of the rule may be, in words."""
    told = {type(m).__name__: m for m in Rule.model_fields[name].metadata}
    return _("A number from %(least)s to %(most)s.") % {"least": told["Ge"].ge, "most": told["Le"].le}
