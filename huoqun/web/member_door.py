"""What all pages of a member share: whose link it is, what is said where it is nobody's, how often one may try."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from huoqun.base import clock
from huoqun.people import code
from huoqun.people.person import Identity

BROWSER = "hq-browser"
"""The cookie by which a browser is known again at a door."""
KEPT = timedelta(days=365)
TRIED_WITHIN = timedelta(minutes=10)
MOST_NAMES = 60
"""Names given at doors from one address in `TRIED_WITHIN`."""
MOST_DEEDS = 600
"""Deeds over one member's link in `TRIED_WITHIN`."""


def quiet(response: HttpResponse) -> HttpResponse:
    """Nobody keeps a copy of the page, no search engine lists it, no other site learns its address."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Referrer-Policy"] = "same-origin"
    return response


def told(request: HttpRequest, what: str, status: int = 200) -> HttpResponse:
    """A page that says what became of a link."""
    return quiet(render(request, "member/gone.html", {"what": what}, status=status))


def bearer(token: str) -> Identity | str:
    """Whose link it is, or why it is nobody's."""
    try:
        return code.bearer(code.read(token, now=clock.now()))
    except code.Expired:
        return "expired"
    except code.Gone:
        return "left"
    except code.Bad:
        return "bad"
