"""Personal touches: birthdays to come, who was forgotten, who got what and when."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from huoqun.base import clock
from huoqun.people import touch
from huoqun.people.dealing import DONE, dealings
from huoqun.people.group import Group
from huoqun.people.membership import here
from huoqun.web import spoken, word
from huoqun.web.dealing import day, done, identity, noon, paged, shown, today
from huoqun.web.gate import Asked

LATELY = 100
"""Touches shown, the last ones."""


def page(request: Asked, group: Group) -> HttpResponse:
    """Who is to be thought of; something done for somebody."""
    if request.method == "POST":
        return done(request, group, "touches", lambda: _do(request, group))
    now, language = clock.now(), spoken.language_of(group)
    rows = list(dealings(group, touch.KIND).filter(state=DONE).order_by("-at")[:LATELY])
    humans = {(r.person.root or r.person).pk for r in rows}
    names = {(i.person.root or i.person).pk: i.name for i in here(group).order_by("messages")} if humans else {}
    coming = touch.birthdays(group, today=today(group), now=now)
    return shown(
        request,
        group,
        "touches",
        page=paged(request, touch.forgotten(group, now=now)),
        birthdays=[
            (b, spoken.words("touch.birthday", language, name=b.identity.name, group=group.name)) for b in coming
        ],
        touched=[(r, (r.person.root or r.person).pk, names.get((r.person.root or r.person).pk, "")) for r in rows],
        kinds=[(t, word.of("touch", t)) for t in touch.TOUCHES],
        today=today(group),
    )


def _do(request: Asked, group: Group) -> str:
    """Something done for somebody. Raises NobodyMeant, ValueError."""
    who, on = identity(request, group), day(request, group)
    values: dict[str, Any] = {"by": request.user, "now": clock.now()}
    what, words = request.POST.get("do", ""), request.POST.get("words", "")
    touch.touch(group, who.person, what, on=on, words=words, noon=noon(on, group), **values)
    return _("Kept, and written on their page.")
