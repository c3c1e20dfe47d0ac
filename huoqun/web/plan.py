"""The plan of a group: who looks after it, its place in the tree and how it is run, its goal with the counter."""

import math
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from huoqun.base import clock
from huoqun.people import branch, goal, research
from huoqun.people import group as groups
from huoqun.people.checkup import Checkup, document, latest
from huoqun.people.group import Group
from huoqun.people.staff import Staff, groups_for, looks_after
from huoqun.web import query, word
from huoqun.web.gate import Asked

ENTRIES = 200
"""Entries of the counter shown; the sum is of all."""
PARENTS = 2000
"""Groups that can be chosen as the one above."""


def page(request: Asked, group: Group) -> HttpResponse:
    """All of it, with a form for each part."""
    return _page(request, group)


def _page(request: Asked, group: Group, status: int = 200, **said: Any) -> HttpResponse:
    found = latest(group)
    stands = branch.branch_of(group)
    seen = groups_for(request.staff)
    aim = goal.goal_of(group)
    context = {
        "group": group,
        "checkup": found,
        "tab": "plan",
        "carers": looks_after(group),
        "branch": stands,
        "above": seen.filter(pk=stands.parent_id).first() if stands.parent_id else None,
        "below": seen.filter(branch__parent=group).select_related("branch").order_by("name")[:ENTRIES],
        "parents": branch.parents(group).filter(pk__in=seen.values("pk"))[:PARENTS],
        "kinds": [(k, word.of("branch", k)) for k in branch.KINDS],
        "layouts": [(k, word.of("layout", k)) for k in branch.LAYOUTS],
        "ways": [(k, word.of("way", k)) for k in branch.WAYS],
        "proposal": _proposal(found),
        "goal": aim,
        "progress": progress_of(group),
        "counts": aim.counts.select_related("account").order_by("-day", "-created")[:ENTRIES] if aim else [],
        "today": _today(group),
        "studies": research.studies_for(request.staff).filter(group=group, removed=None)[:ENTRIES],
        **said,
    }
    return render(request, "group/plan.html", context, status=status)


def _proposal(found: Checkup | None) -> branch.Proposal | None:
    """The way of running that the newest diagnosis calls for."""
    if found is None:
        return None
    signs = {sign.id: sign.value for sign in document(found).vital_signs}
    return branch.proposed(found.members or round(found.people), signs.get("strong_tie_share"))


def progress_of(group: Group) -> goal.Progress | None:
    """How far the group is towards its goal today."""
    aim = goal.goal_of(group)
    return goal.progress(aim, today=_today(group)) if aim else None


def _today(group: Group) -> date:
    return clock.now().astimezone(ZoneInfo(group.zone)).date()


def entrust(request: Asked, group: Group) -> HttpResponse:
    """Say who looks after the group."""
    who = query.key(request.POST.get("carer", ""))
    carer = next((one for one in looks_after(group) if one.pk == who), None)
    groups.entrust(group, carer, by=request.user, now=clock.now())
    return _back(group, "carer")


def place(request: Asked, group: Group) -> HttpResponse:
    """Put the group into the tree, and say how it is run."""
    if request.method != "POST":
        return redirect("plan", group.pk)
    said = {name: request.POST.get(name, "") for name in ("kind", "layout", "place", "way", "parent")}
    try:
        parent = _parent(request.staff, said["parent"]) or branch.unseen(group, request.staff)
        values = {name: said[name] for name in ("kind", "layout", "place", "way")}
        branch.settle(group, parent=parent, **values, by=request.user, now=clock.now())
    except branch.Circle:
        return _page(request, group, 422, placed=said, place_wrong=_("A group cannot stand under itself."))
    except branch.BadPlace:
        why = _("This place cannot be: choose from the lists, in at most 60 signs, and not more than 8 levels deep.")
        return _page(request, group, 422, placed=said, place_wrong=why)
    return _back(group, "place")


def _parent(staff: Staff, text: str) -> Group | None:
    """The group above. Raises BadPlace where there is no such group for who asks."""
    if not text:
        return None
    key = query.key(text)
    found = groups_for(staff).filter(pk=key).first() if key else None
    if found is None:
        raise branch.BadPlace
    return found


def aim(request: Asked, group: Group) -> HttpResponse:
    """Set the goal."""
    if request.method != "POST":
        return redirect("plan", group.pk)
    said = {name: request.POST.get(name, "").strip() for name in ("text", "target", "unit", "until")}
    try:
        goal.aim(
            group,
            text=said["text"],
            target=_number(said["target"]),
            unit=said["unit"],
            until=date.fromisoformat(said["until"]) if said["until"] else None,
            by=request.user,
            now=clock.now(),
        )
    except ValueError:
        why = _("A goal needs words (at most 200 signs), a number above 0 and, if any, a day that exists.")
        return _page(request, group, 422, aimed=said, goal_wrong=why)
    return _back(group, "goal")


def end(request: Asked, group: Group) -> HttpResponse:
    """The goal stands no longer."""
    goal.end(group, by=request.user, now=clock.now())
    return _back(group, "goal")


def count(request: Asked, group: Group) -> HttpResponse:
    """Count towards the goal."""
    if request.method != "POST":
        return redirect("plan", group.pk)
    said = {name: request.POST.get(name, "").strip() for name in ("amount", "day", "note")}
    try:
        day = date.fromisoformat(said["day"])
        goal.count(group, _number(said["amount"]), day=day, note=said["note"], by=request.user, now=clock.now())
    except goal.NoGoal:
        return _back(group, "goal")
    except ValueError:
        why = _("A count needs a number other than 0 and a day that exists.")
        return _page(request, group, 422, counted=said, count_wrong=why)
    return _back(group, "goal")


def uncount(request: Asked, group: Group, which: UUID) -> HttpResponse:
    """Take an entry off the counter; one that is off stays off."""
    row = goal.Count.objects.filter(pk=which, goal__group=group).select_related("goal__group").first()
    if row is not None:
        goal.uncount(row, by=request.user, now=clock.now())
    return _back(group, "goal")


def _number(text: str) -> float:
    """Raises ValueError, also where the number is not one that can be reached."""
    found = float(text.replace(",", "")) if len(text) < 20 else math.nan
    if not math.isfinite(found):
        raise ValueError(text)
    return found


def _back(group: Group, part: str) -> HttpResponse:
    return HttpResponseRedirect(reverse("plan", args=[group.pk]) + "#" + part)
