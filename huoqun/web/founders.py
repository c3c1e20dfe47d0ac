"""The founders of a group: each by name with what is known, role and stake, and the last personal contact."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from huoqun.base import clock
from huoqun.people import founder
from huoqun.people.group import Group
from huoqun.people.rapport import acquaintance
from huoqun.web import spoken
from huoqun.web.dealing import NobodyMeant, day, done, identity, shown, today
from huoqun.web.gate import Asked


def page(request: Asked, group: Group) -> HttpResponse:
    """The first members; what they were given, and that somebody spoke with them."""
    if request.method == "POST":
        return done(request, group, "founders", lambda: _do(request, group))
    language = spoken.language_of(group)
    rows = founder.founders(group, today=today(group))
    known = acquaintance(group)
    return shown(
        request,
        group,
        "founders",
        founders=[(r, spoken.words("founder.contact", language, name=r.identity.name, group=group.name)) for r in rows],
        forgotten=sum(r.forgotten for r in rows),
        cold=(group.stage_said or (known.stage if known else "")) == "cold_start",
        today=today(group),
    )


def _do(request: Asked, group: Group) -> str:
    """Role and stake, or a contact. Raises NobodyMeant."""
    who = identity(request, group)
    values: dict[str, Any] = {"by": request.user, "now": clock.now()}
    if request.POST.get("do") == "contacted":
        founder.contacted(group, who.person, day(request, group), **values)
    elif request.POST.get("do") == "given":
        given: dict[str, Any] = {name: request.POST.get(name, "") for name in ("role", "stake")}
        founder.say(group, who.person, **given, **values)
    else:
        raise NobodyMeant
    return _("Kept.")
