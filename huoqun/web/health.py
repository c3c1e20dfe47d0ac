"""Health: whether pages and worker do their part; for the supervisor, for monitors, and for the page itself."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from huoqun.web.frame import well


@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """`{"web": true, "worker": …}`."""
    return JsonResponse({"web": True, "worker": well()["worker_alive"]})


@require_safe
def banner(request: HttpRequest) -> HttpResponse:
    """The line above the page that says that nothing is being worked on; empty while all is well."""
    return render(request, "console/_health.html")
