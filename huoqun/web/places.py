"""The places: the workspaces where somebody works, a new one, and what a workspace is called."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from huoqun.base import clock
from huoqun.chat import zone as zones
from huoqun.people import staff
from huoqun.people import workspace as workspaces
from huoqun.people.account import Account
from huoqun.people.workspace import Workspace
from huoqun.web.gate import Asked


def page(request: HttpRequest) -> HttpResponse:
    """All workspaces of somebody."""
    return _page(request)


def _page(request: HttpRequest, status: int = 200, **said: object) -> HttpResponse:
    assert isinstance(request.user, Account)
    return render(request, "staff/places.html", {"mine": staff.workspaces_of(request.user), **said}, status=status)


def begin(request: HttpRequest) -> HttpResponse:
    """A new workspace."""
    assert isinstance(request.user, Account)
    account, said = request.user, _said(request)
    wrong = _wrong(lambda: staff.open_workspace(account, **said, now=clock.now()))
    if wrong:
        return _page(request, 422, said=said, wrong=wrong)
    return redirect("front")


def settings(request: Asked, workspace: Workspace) -> HttpResponse:
    """What a workspace is called and where its days begin."""
    said = {"name": workspace.name, "zone": workspace.zone}
    if request.method != "POST":
        return render(request, "staff/workspace.html", {"said": said})
    said = _said(request)
    wrong = _wrong(lambda: staff.rename(workspace, **said, by=request.user, now=clock.now()))
    if wrong:
        return render(request, "staff/workspace.html", {"said": said, "wrong": wrong}, status=422)
    return redirect("home", workspace.slug)


def _said(request: HttpRequest) -> dict[str, str]:
    return {name: request.POST.get(name, "").replace("\0", "").strip() for name in ("name", "zone")}


def _wrong(change: Callable[[], object]) -> dict[str, str]:
    """Make the change; by field, why it cannot be made."""
    try:
        change()
    except zones.UnknownZone:
        return {"zone": _("There is no such time zone; give one like Asia/Shanghai.")}
    except workspaces.Nameless:
        return {"name": _("A workspace needs a name.")}
    return {}
