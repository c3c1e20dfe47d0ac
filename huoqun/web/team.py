"""The team: who works in the workspace, in which role, who is invited, and what each role may do."""

from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from huoqun.base import clock
from huoqun.people import staff
from huoqun.people.group import Group, groups
from huoqun.people.role import PERMISSIONS, ROLES
from huoqun.people.staff import Invitation, Staff
from huoqun.people.workspace import Workspace
from huoqun.web import choosing, fault, word
from huoqun.web.gate import Asked

DAYS = (1, 7, 30)
"""For how long an invitation can be made."""


def page(request: Asked, workspace: Workspace) -> HttpResponse:
    """Everybody, and the open invitations."""
    return _page(request, workspace)


def _page(request: Asked, workspace: Workspace, **said: Any) -> HttpResponse:
    now, there = clock.now(), groups(workspace)
    team = [(s, said.get("chosen", {}).get(s.pk, {g.pk for g in s.groups.all()})) for s in staff.team(workspace)]
    context = {
        "team": [(s, choosing.choice(request, there, mine, key=s.pk.hex)) for s, mine in team],
        "invitations": staff.open_invitations(workspace, now=now),
        "roles": [(role, word.of("role", role)) for role in ROLES],
        "limited": [role.id for role in ROLES.values() if role.limited],
        "choice": choosing.choice(request, there, said.get("chosen", {}).get(None, ())),
        "days": DAYS,
        "may_edit": request.staff.may("edit_staff") and not workspace.example_of_id,
        **said,
    }
    return render(request, "staff/team.html", context)


def invite(request: Asked, workspace: Workspace) -> HttpResponse:
    """A new invitation; its link is shown once."""
    role, days = request.POST.get("role", ""), request.POST.get("days", "")
    if choosing.sought(request):
        typed = {"role": role, "days": days, "note": request.POST.get("note", "")}
        return _page(request, workspace, chosen={None: choosing.keys(request)}, typed=typed)
    if role not in ROLES or not days.isdecimal() or int(days) not in DAYS:
        return fault.bad_form(request)
    row, secret = staff.invite(
        workspace,
        role=role,
        groups=_groups(request, workspace),
        note=request.POST.get("note", "").replace("\0", ""),
        valid=timedelta(days=int(days)),
        by=request.user,
        now=clock.now(),
    )
    link = request.build_absolute_uri(reverse("join", args=[secret]))
    return _page(request, workspace, made=row, link=link)


def _groups(request: Asked, workspace: Workspace) -> list[Group]:
    return choosing.chosen(groups(workspace), choosing.keys(request))


def withdraw(request: Asked, row: Invitation) -> HttpResponse:
    """An invitation that is not to be used any more."""
    staff.withdraw(row, by=request.user, now=clock.now())
    return redirect("team", request.workspace.slug)


def change(request: Asked, member: Staff) -> HttpResponse:
    """Another role for somebody."""
    if choosing.sought(request):
        told = {
            "chosen": {member.pk: choosing.keys(request)},
            "changing": member.pk,
            "role": request.POST.get("role", ""),
        }
        return _page(request, request.workspace, **told)
    try:
        staff.change(
            member,
            role=request.POST.get("role", ""),
            groups=_groups(request, request.workspace),
            by=request.user,
            now=clock.now(),
        )
    except staff.UnknownRole:
        return fault.bad_form(request)
    except staff.LastOwner:
        return fault.last_owner(request)
    return redirect("team", request.workspace.slug)


def dismiss(request: Asked, member: Staff) -> HttpResponse:
    """Somebody leaves."""
    try:
        staff.dismiss(member, by=request.user, now=clock.now())
    except staff.LastOwner:
        return fault.last_owner(request)
    return redirect("team", request.workspace.slug)


def roles(request: Asked, workspace: Workspace) -> HttpResponse:
    """The table of roles and permissions in plain words."""
    rows = [
        (permission, word.of("permission", permission), [role.id for role in ROLES.values() if permission in role.may])
        for permission in PERMISSIONS
    ]
    heads = [(role.id, word.of("role", role.id), role.limited) for role in ROLES.values()]
    return render(request, "staff/roles.html", {"rows": rows, "heads": heads})
