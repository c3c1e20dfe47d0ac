"""Saved views of the list of groups: kept under a name, opened with a click, removed."""

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from huoqun.base import clock
from huoqun.people import view
from huoqun.people.workspace import Workspace
from huoqun.web import query
from huoqun.web.gate import Asked
from huoqun.web.portfolio import wanted_by


def save(request: Asked, workspace: Workspace) -> HttpResponse:
    """Keep the list as it is shown."""
    asked = wanted_by(QueryDict(request.POST.get("query", "")[:2000])).query
    try:
        view.keep(workspace, request.user, name=request.POST.get("name", ""), query=asked, now=clock.now())
    except view.BadView:
        messages.warning(request, _("A view needs a name of at most 60 signs, and you can keep 50 of them."))
    return redirect(reverse("home", args=[workspace.slug]) + (f"?{asked}" if asked else ""))


def remove(request: Asked, workspace: Workspace) -> HttpResponse:
    """Keep it no longer; one that is gone already stays gone."""
    key = query.key(request.POST.get("view", ""))
    found = view.views_of(workspace, request.user).filter(pk=key).first() if key else None
    if found is not None:
        view.remove(found, now=clock.now())
    return redirect("home", workspace.slug)
