"""Raising: whom to raise, who is on the way, and the words for the next stage."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from huoqun.base import clock
from huoqun.people import raising
from huoqun.people.group import Group
from huoqun.people.raising import THANKS
from huoqun.web import spoken
from huoqun.web.dealing import done, identity, shown, today
from huoqun.web.gate import Asked


def page(request: Asked, group: Group) -> HttpResponse:
    """Candidates with their reasons, and everybody on the way; the next stage."""
    if request.method == "POST":
        return done(request, group, "raising", lambda: _do(request, group))
    language = spoken.language_of(group)

    def said(stage: str, name: str) -> str:
        values = {"name": name, "group": group.name, "title": "…"}
        return spoken.words(f"raising.{stage}", language, **values) if stage else ""

    rows = raising.raised(group, today=today(group))
    return shown(
        request,
        group,
        "raising",
        candidates=[(c, said("word", c.identity.name)) for c in raising.candidates(group)],
        raised=[
            (r, said(r.next, r.identity.name), said(THANKS, r.identity.name) if r.thanks_due else "")
            for r in rows
            if r.identity
        ],
    )


def _do(request: Asked, group: Group) -> str:
    """A stage done, or nothing of it. Raises NobodyMeant, Settled, BadSaying, ValueError."""
    who = identity(request, group)
    values: dict[str, Any] = {"by": request.user, "now": clock.now()}
    if request.POST.get("do") == "refuse":
        raising.decline(group, who.person, **values)
        return _("They are not proposed again.")
    told: dict[str, Any] = {"words": request.POST.get("words", ""), "title": request.POST.get("title", "")}
    raising.raise_to(group, who.person, request.POST.get("do", ""), **told, today=today(group), **values)
    return _("Kept, and written on their page.")
