"""The person's page: who they are over all groups, what is known of them and from where, and what happened."""

import csv
import io
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import QuerySet
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from huoqun.activities.activity import Participation
from huoqun.activities.survey import Answer
from huoqun.base import clock
from huoqun.people import consent, dossier, forgotten, honour, points, profile, revision, role, tally, way
from huoqun.people.climb import climbs_of
from huoqun.people.dossier import Presence
from huoqun.people.group import Group
from huoqun.people.ladder import Rule, rule_of
from huoqun.people.person import Identity, Person, ones
from huoqun.people.staff import Staff, groups_for
from huoqun.people.tally import Tally
from huoqun.web import word
from huoqun.web.gate import Asked
from huoqun.web.segment_why import reason
from huoqun.web.sheet import cell


def page(request: Asked, person: Person) -> HttpResponse:
    """Everything known of a person; who was merged is shown with whom they were merged into."""
    if person.root_id:
        return redirect("person", person.root_id)
    gone = forgotten.stone(person)
    if gone is not None:
        return render(request, "people/tombstone.html", {"erasure": gone})
    return page_with(request, person)


def page_with(request: Asked, person: Person, status: int = 200, **said: Any) -> HttpResponse:
    """The page, with what was wrong or typed."""
    groups = groups_for(request.staff)
    those = dossier.presences(person, groups)
    facts: list[Any] = list(profile.sayings(person, "fact"))
    resources = (profile.OFFERS, profile.NEEDS)
    fields = [f for f in profile.FIELDS if f not in resources]
    told = dossier.timeline(person, those, request.staff, _number(request.GET.get("page", "")))
    may = request.staff.may
    context = {
        "person": person,
        "name": name_of(those),
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
        "timeline": told,
        "honours": honour.honours(person),
        "points": points.balance(person),
        "undoable": revision.undoable([m.deed for m in told.moments if m.deed]),
        "agreed": consent.newest(person),
        "consents": list(consent.consents(person)[: dossier.LINES]),
        "things": [(thing, word.of("consent", thing)) for thing in consent.THINGS],
        "merges": dossier.merged(person, request.staff),
        "leaving": forgotten.under_way(person),
        "may_edit": may(role.EDIT_PEOPLE),
        "may_merge": may(role.MERGE_PEOPLE),
        "may_erase": may(role.ERASE_PEOPLE),
        "may_read": may(role.READ_MESSAGES),
        "may_export": may(role.EXPORT),
        **said,
    }
    return render(request, "people/person.html", context, status=status)


def name_of(those: list[Presence]) -> str:
    """What a person is called: the name they spoke under last."""
    return those[0].identity.name if those else _("Nobody named")


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 6 else 1


def _standing(person: Person, staff: Staff) -> dict[str, Any]:
    """Where they stand over all groups of the workspace; who sees some groups only is not told."""
    row = None if staff.duty.limited else Tally.objects.filter(person=person).exclude(stratum="").first()
    return {"tally": row, "reason": reason(row) if row else "", "climbs": climbs_of(person)[:10] if row else []}


def _kinds() -> list[tuple[str, str]]:
    return [("tag", _("Tags")), ("title", _("Titles")), ("note", _("Notes"))]


def activity(request: Asked, person: Person) -> HttpResponse:
    """How much they said week by week, read from the archive, so a part of its own; and the way up over the groups
    that may be seen, by the workspace's ladder."""
    groups = groups_for(request.staff)
    rule = rule_of(request.workspace)
    sums = tally.over(Identity.objects.filter(person__in=ones(person), group__in=groups))
    up = way.way(sums, rule) if sums else None
    context = {
        "person": person,
        "weeks": dossier.weeks(dossier.said(person, groups), clock.now()),
        "way": up,
        "rungs": [[(_ask(ask, rule), ask) for ask in asks] for asks in up.rungs] if up else [],
        "limited": request.staff.duty.limited,
    }
    whole = "people/_activity.html" if request.headers.get("HX-Request") else "people/activity.html"
    return render(request, whole, context)


def _ask(ask: way.Ask, rule: Rule) -> dict[str, Any]:
    """What is asked for in words, with the numbers of the rule."""
    if ask.what == "ago":
        return {"said": _("Days since the last message: fewer than %(days)s") % {"days": rule.regular_days}}
    if ask.what == "answered_share":
        return {"said": word.of("ask", ask.what), "have": f"{ask.have:.0%}", "need": f"{ask.need:.0%}"}
    return {"said": word.of("ask", ask.what), "have": f"{ask.have:.3g}", "need": f"{ask.need:g}"}


def as_json(request: Asked, person: Person) -> HttpResponse:
    """Everything the database knows of them."""
    groups = groups_for(request.staff)
    more = {"participations": _participations(person, groups), "answers": _answers(person, groups)}
    told = dossier.told(person, request.staff) | more
    options = {"ensure_ascii": False, "indent": 1}
    response = JsonResponse(told, encoder=DjangoJSONEncoder, json_dumps_params=options)
    response.headers["Content-Disposition"] = 'attachment; filename="person.json"'
    return response


def _participations(person: Person, groups: QuerySet[Group]) -> list[dict[str, Any]]:
    """In what they took part or were asked to, as whom of their accounts in these groups."""
    rows = Participation.objects.filter(person__in=ones(person), identity__group__in=groups)
    return [
        {
            "activity": p.activity.title,
            "kind": p.activity.kind,
            "group": p.identity.group.name,
            "state": p.state,
            "via": p.via,
            "at": p.at,
            "changed": p.changed,
            "reminded": p.reminded,
        }
        for p in rows.select_related("activity", "identity__group").order_by("created", "pk")
    ]


def _answers(person: Person, groups: QuerySet[Group]) -> list[dict[str, Any]]:
    """What they answered in surveys, question by question, as whom of their accounts in these groups."""
    rows = Answer.objects.filter(participation__person__in=ones(person), participation__identity__group__in=groups)
    return [
        {
            "survey": a.survey.title,
            "group": a.participation.identity.group.name,
            "at": a.participation.at,
            "changed": a.participation.changed,
            "via": a.participation.via,
            "answers": [{"question": q.text, "answer": a.values.get(q.id)} for q in a.survey.asked()],
            "second_answers": a.claims,
        }
        for a in rows.select_related("survey", "participation__identity__group").order_by("participation__at")
    ]


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
