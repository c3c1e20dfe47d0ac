"""The app: what makes the pages of staff installable on a phone, and readable there without a network."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from huoqun.base import app_icon

PAPER = "#faf9f6"


def manifest(_request: HttpRequest) -> HttpResponse:
    """What a browser asks before it installs: name, icons, where it opens; in the language of who asks."""
    icons = [
        {
            "src": reverse("app_icon", args=[size]),
            "sizes": f"{size}x{size}",
            "type": "image/png",
            "purpose": "any maskable",
        }
        for size in app_icon.SIZES
    ]
    told = {
        "id": "/today",
        "name": _("Huoqun"),
        "short_name": _("Huoqun"),
        "lang": get_language() or "",
        "start_url": reverse("today_everywhere"),
        "scope": "/",
        "display": "standalone",
        "background_color": PAPER,
        "theme_color": PAPER,
        "icons": icons,
    }
    return JsonResponse(told, content_type="application/manifest+json")


def icon(request: HttpRequest, size: int) -> HttpResponse:
    """The icon in one of its sizes."""
    if size not in app_icon.SIZES:
        return render(request, "desk/offline.html", status=404)
    answer = HttpResponse(app_icon.icon(size), content_type="image/png")
    answer.headers["Cache-Control"] = "public, max-age=604800"
    return answer


def worker(request: HttpRequest) -> HttpResponse:
    """What keeps the pages of the day in the browser, to be read without a network, and shows notifications."""
    context = {"static": static("").rstrip("/") + "/", "offline": reverse("app_offline")}
    context |= {"icon": reverse("app_icon", args=[192]), "waits": _("Something waits for you")}
    answer = render(request, "desk/app.js", context, content_type="text/javascript")
    answer.headers["Cache-Control"] = "no-cache"
    return answer


def offline(request: HttpRequest) -> HttpResponse:
    """What is shown without a network where nothing was kept."""
    return render(request, "desk/offline.html")
