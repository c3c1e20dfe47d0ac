"""The silent of a group: each with the rung they stand on, the next one with its words, and what came of it."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from huoqun.base import clock
from huoqun.people import silent as quietly
from huoqun.people.group import Group
from huoqun.web import spoken, word
from huoqun.web.dealing import NobodyMeant, done, identity, paged, shown
from huoqun.web.gate import Asked

NUDGED = 100
"""Private words shown with what came of them, the last ones."""


def page(request: Asked, group: Group) -> HttpResponse:
    """Who is silent and whom somebody wrote to; the next rung."""
    if request.method == "POST":
        return done(request, group, "silent", lambda: _do(request, group))
    language = spoken.language_of(group)
    found = paged(request, quietly.silent(group, now=clock.now()))
    results = quietly.results(quietly.nudged(group)[:NUDGED], group)
    return shown(
        request,
        group,
        "silent",
        page=found,
        silent=[(s, spoken.to_silent(s, group, language)) for s in quietly.filled(found.rows, group)],
        reasons=[(w, word.of("why_silent", w)) for w in quietly.WHY],
        results=results,
        spoke=sum(r.spoke is not None for r in results),
    )


def _do(request: Asked, group: Group) -> str:
    """A rung. Raises NobodyMeant, Settled."""
    who, what = identity(request, group), request.POST.get("do", "")
    values: dict[str, Any] = {"by": request.user, "now": clock.now()}
    if what == "skip":
        quietly.leave(group, who, **values)
        return _("Left in peace.")
    why = request.POST.get("why", "")
    if why not in quietly.WHY or what not in {quietly.REASON, quietly.NUDGE}:
        raise NobodyMeant
    quietly.climb(group, who, what, why=why, words=request.POST.get("words", ""), **values)
    if what == quietly.REASON:
        return _("Kept; the words follow the reason.")
    return _("Kept. Nobody writes to them about it again; whether they speak shows with the next import.")
