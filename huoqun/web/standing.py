"""What operators say of a group beside its card: its stage, its positioning, how many members fit in."""

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from huoqun.base import clock
from huoqun.people import override, positioning, room
from huoqun.people.group import Group
from huoqun.web import crossing
from huoqun.web.gate import Asked
from huoqun.web.group import records_with


def stage(request: Asked, group: Group) -> HttpResponse:
    """Put another stage in place of the computed one."""
    if request.method != "POST":
        return redirect("records", group.pk)
    said = {name: request.POST.get(name, "") for name in ("stage", "why")}
    try:
        override.override(group, **said, by=request.user, now=clock.now())
    except override.BadOverride:
        why = _("A stage needs a reason, of at most 300 signs.")
        return records_with(request, group, 422, stage_typed=said, stage_wrong=why)
    return _back(group, "stage")


def stage_back(request: Asked, group: Group) -> HttpResponse:
    """The computed stage stands again."""
    override.take_back(group, by=request.user, now=clock.now())
    return _back(group, "stage")


def position(request: Asked, group: Group) -> HttpResponse:
    """Change the positioning card."""
    if request.method != "POST":
        return redirect("records", group.pk)
    said = {part: request.POST.get(part, "") for part in positioning.LONGEST}
    if crossing.crossed(request, positioning.card_of(group)):
        return records_with(request, group, 409, position_typed=said, position_crossed=True)
    try:
        positioning.set_positioning(group, said, by=request.user, now=clock.now())
    except positioning.BadCard as bad:
        words = {
            part: _("There is no such orientation.")
            if what == "unknown"
            else _("This is too long: at most %(n)s signs.") % {"n": positioning.LONGEST[part]}
            for part, what in bad.parts.items()
        }
        return records_with(request, group, 422, position_typed=said, position_wrong=words)
    return _back(group, "positioning")


def limit(request: Asked, group: Group) -> HttpResponse:
    """Say how many members fit in; nothing said: the network's limit."""
    if request.method != "POST":
        return redirect("records", group.pk)
    said = request.POST.get("limit", "").strip()
    try:
        number = int(said) if said.isascii() and said.isdecimal() and len(said) < 12 else None
        if said and number is None:
            raise room.BadLimit
        room.set_limit(group, number, by=request.user, now=clock.now())
    except room.BadLimit:
        wrong = _("This is not a number of members a group can have.")
        return records_with(request, group, 422, limit_typed=said, limit_wrong=wrong)
    return _back(group, "room")


def _back(group: Group, part: str) -> HttpResponse:
    return HttpResponseRedirect(reverse("records", args=[group.pk]) + "#" + part)
