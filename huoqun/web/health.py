"""Health: whether pages and worker do their part; for the supervisor, for monitors, and for the page itself."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from huoqun.people.account import Account
from huoqun.people.staff import Staff, staff_of
from huoqun.people.workspace import Workspace
from huoqun.web.frame import well


@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """`{"web": true, "worker": …}`."""
    return JsonResponse({"web": True, "worker": well()["worker_alive"]})


@require_safe
def banner(request: HttpRequest) -> HttpResponse:
    """The line above the page that says that nothing is being worked on; empty while all is well."""
    staff = _whose(request)
    return render(request, "console/_health.html", {**well(staff), "health_in": staff.workspace.slug if staff else ""})


def _whose(request: HttpRequest) -> Staff | None:
    """Who looks, in the workspace of the page that asks."""
    where = Workspace.objects.filter(slug=request.GET.get("in", "")[:80]).first()
    return staff_of(request.user, where) if where and isinstance(request.user, Account) else None
