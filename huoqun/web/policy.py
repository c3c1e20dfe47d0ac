"""The policy: what a page may load, and how large an upload may be. Both hold before anything else is looked at."""

import logging
from collections.abc import Callable

from django.conf import settings
from django.db.utils import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from requests import RequestException

from huoqun.people.group import Removed
from huoqun.web import api_fault, fault

LARGEST_FORM = 1 << 20
"""Bytes a form without files may have; the longest text anybody may type here has some hundred."""
MOST_READ_AWAY = 64 << 20
_log = logging.getLogger(__name__)
Answer = Callable[[HttpRequest], HttpResponse]

CONTENT = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
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
        response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        return response


class UploadLimit:
    """Refuses what is announced as too large before a byte of it is read."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        announced = request.META.get("CONTENT_LENGTH") or "0"
        if announced.isdigit() and int(announced) > settings.UPLOAD_LIMIT:
            return fault.too_large(request)
        files = request.META.get("CONTENT_TYPE", "").startswith("multipart/")
        if not files and announced.isdigit() and int(announced) > LARGEST_FORM:
            _read_away(request, int(announced))
            return fault.large_form(request)
        return self.answer(request)


class Failures:
    """Says in words what Django would answer with an empty page or call our mistake."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.answer(request)
        if response.status_code != 405 or (response.content and not api_fault.for_program(request)):
            return response
        told = fault.not_allowed(request)
        told.headers["Allow"] = response.headers.get("Allow", "")
        return told

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A removed group can be brought back; a database that does not take what was sent is no fault of the
        form; the only server outside that pages ask is the one with which staff log in."""
        if isinstance(exception, Removed):
            return fault.gone(request, exception.group)
        if isinstance(exception, RequestException):
            _log.error("%s: %s", request.path, exception)
            return fault.outside(request)
        if not isinstance(exception, OperationalError | InterfaceError):
            return None
        _log.error("%s: %s", request.path, exception)
        return fault.database(request, exception)


def _read_away(request: HttpRequest, size: int) -> None:
    """Read what will not be looked at, up to `MOST_READ_AWAY`, so that the sender hears the answer."""
    left = min(size, MOST_READ_AWAY)
    while left > 0 and (chunk := request.read(min(left, 1 << 16))):
        left -= len(chunk)
