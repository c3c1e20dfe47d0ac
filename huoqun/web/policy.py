"""The policy: what a page may load, and how large an upload may be. Both hold before anything else is looked at."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from huoqun.web.fault import too_large

Answer = Callable[[HttpRequest], HttpResponse]

CONTENT = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
"""No inline script or style, nothing from elsewhere: chat text cannot run, load or style anything."""


class ContentPolicy:
    """Sends the content security policy with every answer."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.answer(request)
        response.headers["Content-Security-Policy"] = CONTENT
        response.headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()"
        return response


class UploadLimit:
    """Refuses what is announced as too large before a byte of it is read."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        announced = request.META.get("CONTENT_LENGTH") or "0"
        if announced.isdigit() and int(announced) > settings.UPLOAD_LIMIT:
            return too_large(request)
        return self.answer(request)
