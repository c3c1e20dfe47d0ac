"""The person's page: who they are over all groups, what is known of them and from where, and what happened."""

import csv
import io
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.serializers.json import DjangoJSONEncoder
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from huoqun.base import clock
from huoqun.people import dossier, merge, profile, role
from huoqun.people.climb import climbs_of
from huoqun.people.person import Person
from huoqun.people.profile import BadSaying, Saying
from huoqun.people.staff import Staff, groups_for
from huoqun.people.tally import Tally
from huoqun.web.gate import Asked
from huoqun.web.segment_why import reason
from huoqun.web.sheet import cell


def page(request: Asked, person: Person) -> HttpResponse:
    """Everything known of a person; who was merged is shown with whom they were merged into."""
    if person.root_id:
        return redirect("person", person.root_id)
    return _page(request, person)


def _page(request: Asked, person: Person, status: int = 200, **said: Any) -> HttpResponse:
    groups = groups_for(request.staff)
    those = dossier.presences(person, groups)
    facts: list[Any] = list(profile.sayings(person, "fact"))
    resources = (profile.OFFERS, profile.NEEDS)
    fields = [f for f in profile.FIELDS if f not in resources]
    context = {
        "person": person,
        "name": those[0].identity.name if those else _("Nobody named"),
        "presences": those,
        "messages_total": sum(p.identity.messages for p in those),
        "first": min((p.identity.first for p in those if p.identity.first), default=None),
        "last": max((p.identity.last for p in those if p.identity.last), default=None),
        "boxes": [
            ("fact", _("Profile"), [f for f in facts if f.field not in resources], fields),
            ("fact", _("Offers and needs"), [f for f in facts if f.field in resources], list(resources)),
            *((k, t, list(profile.sayings(person, k)), []) for k, t in _kinds()),
        ],
        **_standing(person, request.staff),
        "timeline": dossier.timeline(person, those, groups),
        "merges": merge.merges(person),
        "may_edit": role.EDIT_PEOPLE in request.staff.duty.may,
        "may_merge": role.MERGE_PEOPLE in request.staff.duty.may,
        "may_export": role.EXPORT in request.staff.duty.may,
        **said,
    }
    return render(request, "people/person.html", context, status=status)


def _standing(person: Person, staff: Staff) -> dict[str, Any]:
    """Where they stand over all groups of the workspace; who sees some groups only is not told."""
    row = None if staff.duty.limited else Tally.objects.filter(person=person).exclude(stratum="").first()
    return {"tally": row, "reason": reason(row) if row else "", "climbs": climbs_of(person)[:10] if row else []}


def _kinds() -> list[tuple[str, str]]:
    return [("tag", _("Tags")), ("title", _("Titles")), ("note", _("Notes"))]


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
        return _page(request, person, 422, wrong=_("Write something first."))
    return _back(person)


def change(request: Asked, person: Person, which: UUID) -> HttpResponse:
    """Something about a person, said anew."""
    row = _row(request, person, which)
    said = _said(request)
    try:
        profile.change(row, said.pop("text"), **said, by=request.user, now=clock.now())
    except BadSaying:
        return _page(request, person, 422, wrong=_("Write something first."))
    return _back(person)


def remove(request: Asked, person: Person, which: UUID) -> HttpResponse:
    """Something about a person, taken back."""
    profile.remove(_row(request, person, which), by=request.user, now=clock.now())
    return _back(person)


def unmerge(request: Asked, person: Person, which: UUID) -> HttpResponse:
    """Taking a person apart again as they were before a decision."""
    row = merge.merges(person).filter(pk=which).first()
    if row is None:
        raise Http404
    merge.unmerge(row, by=request.user, now=clock.now())
    messages.success(request, _("They are two persons again."))
    return redirect("person", row.kept_id)


def _row(request: Asked, person: Person, which: UUID) -> Saying:
    row = profile.saying(person, request.POST.get("kind", ""), which)
    if row is None:
        raise Http404
    return row


def _said(request: Asked) -> dict[str, Any]:
    on = None
    if told := request.POST.get("on", ""):
        try:
            on = date.fromisoformat(told)
        except ValueError:
            on = None
    return {"text": request.POST.get("text", ""), "source": request.POST.get("source", ""), "on": on}


def _back(person: Person) -> HttpResponse:
    return redirect("person", person.root_id or person.pk)


def as_json(request: Asked, person: Person) -> HttpResponse:
    """Everything the database knows of them."""
    told = dossier.told(person, groups_for(request.staff))
    options = {"ensure_ascii": False, "indent": 1}
    response = JsonResponse(told, encoder=DjangoJSONEncoder, json_dumps_params=options)
    response.headers["Content-Disposition"] = 'attachment; filename="person.json"'
    return response


def as_csv(request: Asked, person: Person) -> HttpResponse:
    """Everything they said, from the archive."""
    out = io.StringIO()
    write = csv.writer(out)
    write.writerow([_("Group"), _("Time (UTC)"), _("Time there"), _("Name"), _("Kind"), _("Text")])
    for group, time, local, name, kind, text in dossier.messages(person, groups_for(request.staff)).iter_rows():
        write.writerow([cell(group), time.isoformat(), local.isoformat(), cell(name or ""), kind, cell(text or "")])
    response = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="messages.csv"'
    return response
