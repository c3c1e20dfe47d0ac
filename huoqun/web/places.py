"""The places: the workspaces where somebody works, a new one, and what a workspace is called."""

from collections.abc import Callable

from django.conf import settings as installed
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from huoqun.base import clock
from huoqun.chat import zone as zones
from huoqun.people import staff
from huoqun.people import workspace as workspaces
from huoqun.people.account import Account
from huoqun.people.workspace import Workspace
from huoqun.web.gate import Asked

LANGUAGES = installed.LANGUAGES
"""What the product speaks, by code with its own name."""


def page(request: HttpRequest) -> HttpResponse:
    """All workspaces of somebody."""
    return _page(request)


def _page(request: HttpRequest, status: int = 200, **said: object) -> HttpResponse:
    assert isinstance(request.user, Account)
    context = {"mine": staff.workspaces_of(request.user), "languages": LANGUAGES, "here": get_language(), **said}
    return render(request, "staff/places.html", context, status=status)


def begin(request: HttpRequest) -> HttpResponse:
    """A new workspace."""
    assert isinstance(request.user, Account)
    account, said = request.user, _said(request)
    wrong = _wrong(lambda: staff.open_workspace(account, **said, now=clock.now()))
    if wrong:
        return _page(request, 422, said=said, wrong=wrong)
    return redirect("front")


def settings(request: Asked, workspace: Workspace) -> HttpResponse:
    """What a workspace is called, where its days begin, and in which language it speaks to its groups."""
    said = {"name": workspace.name, "zone": workspace.zone, "language": workspace.language}
    context: dict[str, object] = {"said": said, "languages": LANGUAGES}
    if request.method != "POST":
        return render(request, "staff/workspace.html", context)
    said = _said(request)
    wrong = _wrong(lambda: staff.rename(workspace, **said, by=request.user, now=clock.now()))
    if wrong:
        return render(request, "staff/workspace.html", context | {"said": said, "wrong": wrong}, status=422)
    return redirect("home", workspace.slug)


def _said(request: HttpRequest) -> dict[str, str]:
    return {name: request.POST.get(name, "").replace("\0", "").strip() for name in ("name", "zone", "language")}


def _wrong(change: Callable[[], object]) -> dict[str, str]:
    """Make the change; by field, why it cannot be made."""
    try:
        change()
    except zones.UnknownZone:
        return {"zone": _("There is no such time zone; give one like Asia/Shanghai.")}
    except workspaces.UnknownLanguage:
        return {"language": _("Please choose from the list.")}
    except workspaces.Nameless:
        return {"name": _("A workspace needs a name.")}
    return {}
