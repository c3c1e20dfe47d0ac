"""The tokens: keys for programs; made for oneself, told once; whoever may make them may revoke anybody's."""

from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render

from huoqun.base import clock
from huoqun.people import api_token
from huoqun.people.api_token import Token
from huoqun.people.role import PERMISSIONS, SEE_GROUPS
from huoqun.people.workspace import Workspace
from huoqun.web import fault, word
from huoqun.web.gate import Asked

DAYS = (7, 30, 90, 365)
"""For how long a token can be made."""


def page(request: Asked, workspace: Workspace) -> HttpResponse:
    """The tokens of the workspace; POST makes one for oneself, whose secret is shown once."""
    if request.method != "POST":
        return _page(request)
    days, name = request.POST.get("days", ""), request.POST.get("name", "").strip()
    if not name or not days.isdecimal() or int(days) not in DAYS:
        return fault.bad_form(request)
    try:
        row, secret = api_token.make(
            request.staff,
            name=name,
            scopes=request.POST.getlist("scopes"),
            valid=timedelta(days=int(days)),
            now=clock.now(),
        )
    except api_token.BadScopes:
        return fault.bad_form(request)
    return _page(request, made=row, secret=secret)


def _page(request: Asked, **said: Any) -> HttpResponse:
    rows = [
        (row, row.expires <= clock.now(), [word.of("permission", scope) for scope in row.scopes])
        for row in api_token.tokens(request.workspace)
    ]
    context = {
        "rows": rows,
        "days": DAYS,
        "scopes": [(p, word.of("permission", p), p == SEE_GROUPS) for p in PERMISSIONS if request.staff.may(p)],
        "example": request.build_absolute_uri(f"/api/workspaces/{request.workspace.slug}/groups"),
        **said,
    }
    return render(request, "staff/tokens.html", context)


def revoke(request: Asked, row: Token) -> HttpResponse:
    """A token that is to open nothing any more."""
    api_token.revoke(row, by=request.staff, now=clock.now())
    return redirect("tokens", request.workspace.slug)
