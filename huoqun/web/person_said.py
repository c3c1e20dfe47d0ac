"""What staff write about a person: facts, tags, titles, notes, consent; and the undoing of it."""

from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from huoqun.base import clock
from huoqun.people import consent, deed, profile, revision
from huoqun.people.person import Person
from huoqun.people.profile import BadSaying, Saying
from huoqun.web import crossing
from huoqun.web.gate import Asked
from huoqun.web.person import page_with


def say(request: Asked, person: Person) -> HttpResponse:
    """Something new about a person."""
    said = _said(request)
    try:
        profile.say(
            person,
            request.POST.get("kind", ""),
            said.pop("text"),
            field=request.POST.get("field", ""),
            **said,
            by=request.user,
            now=clock.now(),
        )
    except BadSaying:
        return page_with(request, person, 422, wrong=_("Write something first."))
    return _back(person)


def change(request: Asked, person: Person, which: UUID) -> HttpResponse:
    """Something about a person, said anew."""
    row = _row(request, person, which)
    if row is None:
        return _gone(request, person)
    said = _said(request)
    if crossing.crossed(request, *_standing(row)):
        return page_with(request, person, 409, crossed=row.pk, crossed_said=said)
    try:
        profile.change(row, said.pop("text"), **said, by=request.user, now=clock.now())
    except BadSaying:
        return page_with(request, person, 422, wrong=_("Write something first."))
    return _back(person)


def _standing(row: Saying) -> list[Any]:
    """What the form of something said changes; empty names where it has no such part."""
    return [getattr(row, name, "") for name in ("text", "source", "on")]


def remove(request: Asked, person: Person, which: UUID) -> HttpResponse:
    """Something about a person, taken back."""
    row = _row(request, person, which)
    if row is None:
        return _gone(request, person)
    profile.remove(row, by=request.user, now=clock.now())
    messages.success(request, _("Removed. What happened below can undo it."))
    return _back(person)


def undo(request: Asked, person: Person, which: UUID) -> HttpResponse:
    """The last write about something, undone."""
    row = deed.deeds(person).filter(pk=which, kind__in=revision.UNDONE).first()
    if row is None:
        raise Http404
    try:
        revision.undo(row, by=request.user, now=clock.now())
        messages.success(request, _("Undone."))
    except revision.Overtaken:
        messages.warning(request, _("It was changed since; only the last change can be undone. Nothing was done."))
    return _back(person)


def agree(request: Asked, person: Person) -> HttpResponse:
    """A yes or a no of the person, written down."""
    now = clock.now()
    try:
        consent.record(
            person,
            request.POST.get("what", ""),
            given=request.POST.get("say") == "yes",
            source=request.POST.get("source", ""),
            on=_day(request) or now.astimezone(ZoneInfo(request.workspace.zone)).date(),
            by=request.user,
            now=now,
        )
    except consent.NoSource:
        return page_with(request, person, 422, wrong=_("Write from where it is known: a form, a call, a message."))
    except consent.UnknownThing:
        return page_with(request, person, 422, wrong=_("There is nothing of that kind to agree to."))
    return _back(person)


def _row(request: Asked, person: Person, which: UUID) -> Saying | None:
    """What is meant; None where somebody has removed it meanwhile."""
    row = profile.saying(person, request.POST.get("kind", ""), which)
    if row is None and not deed.deeds(person).filter(key__startswith=which.hex, kind__in=revision.UNDONE).exists():
        raise Http404
    return row


def _gone(request: Asked, person: Person) -> HttpResponse:
    messages.warning(request, _("It was removed meanwhile. Nothing was done."))
    return _back(person)


def _said(request: Asked) -> dict[str, Any]:
    return {"text": request.POST.get("text", ""), "source": request.POST.get("source", ""), "on": _day(request)}


def _day(request: Asked) -> date | None:
    try:
        return date.fromisoformat(request.POST.get("on", ""))
    except ValueError:
        return None


def _back(person: Person) -> HttpResponse:
    return redirect("person", person.root_id or person.pk)
