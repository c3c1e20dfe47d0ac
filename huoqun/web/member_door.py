"""What all pages of a member share: whose link it is, what is said where it is nobody's, how often one may try."""

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from huoqun.activities import activity as base
from huoqun.activities import questionnaire
from huoqun.activities.activity import Activity
from huoqun.base import clock
from huoqun.people import code
from huoqun.people.group import Group
from huoqun.people.membership import here
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
    known = {"what": what, "logs_in": bool(settings.MEMBER_ISSUERS)}
    return quiet(render(request, "member/gone.html", known, status=status))


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


def opened(token: str) -> tuple[Activity, Group] | str:
    """The activity and the group of a door, or why it leads nowhere."""
    try:
        link = code.read(token, now=clock.now())
    except code.Expired:
        return "expired"
    except code.Bad:
        return "bad"
    found = Activity.objects.filter(pk=link.of, groups=link.group, groups__removed=None)
    row = found.select_related("workspace").first()
    group = row.groups.select_related("workspace").filter(pk=link.group).first() if row else None
    if link.kind != code.DOOR or row is None or group is None or row.removed is not None:
        return "removed"
    return "draft" if row.state == base.DRAFT else (row, group)


STATUS = {"bad": 404, "draft": 404, "wait": 429}
"""The status of a page that says what became of a link; of all others it is gone."""


def named(group: Group, name: str) -> list[Identity]:
    """The members of a group who bear a name, as somebody typed it."""
    wanted = questionnaire.fold(name)
    return [who for who in here(group) if questionnaire.fold(who.name) == wanted] if wanted else []
