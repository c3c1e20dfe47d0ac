"""The member's page of a survey: opened from a link in the chat, on a phone, without login and without script."""

from collections import defaultdict
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from huoqun.activities import activity, questionnaire, response, survey, survey_link
from huoqun.activities.questionnaire import Unfit
from huoqun.activities.survey import Answer, Survey
from huoqun.activities.survey_link import Link
from huoqun.base import clock
from huoqun.people.group import Group
from huoqun.people.person import Identity
from huoqun.web import pace
from huoqun.web.question_field import fields

SAVED = "saved"
TRIED_WITHIN = timedelta(minutes=10)
MOST_WRONG_NAMES = 60
"""Names that nobody bears, from one address in `TRIED_WITHIN`: a class-room behind one address may mistype, a program
that reads a telephone book may not. A name that somebody bears is never counted."""
MOST_WRONG_OF_ALL = 600
"""The same from all addresses, per survey."""
MOST_SENT = 300
"""Answers sent over a group's link from one address in `TRIED_WITHIN`. Links of one's own are never counted."""


def page(request: HttpRequest, token: str) -> HttpResponse:
    """The survey behind a link, or what became of it. Nobody keeps a copy of the page."""
    response = _page(request, token)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _page(request: HttpRequest, token: str) -> HttpResponse:
    now = clock.now()
    try:
        link = survey_link.read(token, now=now)
    except survey_link.Bad:
        return _told(request, "bad", 404)
    except survey_link.Expired:
        return _told(request, "expired", 410)
    row = Survey.objects.filter(pk=link.survey, removed=None).select_related("workspace").first()
    if row is None:
        return _told(request, "removed", 410)
    if row.state == activity.DRAFT:
        return _told(request, "draft", 404)
    if link.kind == survey_link.GROUP:
        return _by_name(request, row, link)
    if link.kind == survey_link.PERSONAL:
        return _own(request, row, link)
    if link.kind == survey_link.ANSWER:
        return _again(request, row, link)
    return _told(request, "bad", 404)


def _told(request: HttpRequest, what: str, status: int = 200, **context: Any) -> HttpResponse:
    return render(request, "member/told.html", {"what": what, **context}, status=status)


def _form(request: HttpRequest, row: Survey, who: Identity, status: int = 200, **context: Any) -> HttpResponse:
    said, wrong = context.pop("said", {}), context.pop("wrong", {})
    asked = row.asked()
    names = any(q.kind == questionnaire.PEOPLE for q in asked)
    given = {
        "survey": row,
        "who": who,
        "fields": fields(asked, said, wrong),
        "wrong": wrong,
        "mates": [name for name, other in _mates(row, who) if other.pk != who.pk] if names else (),
        **context,
    }
    return render(request, "member/survey.html", given, status=status)


def _mates(row: Survey, who: Identity) -> list[tuple[str, Identity]]:
    """The members of somebody's group by the name with which they are chosen; of several of one name each has a
    number behind it."""
    borne: dict[str, list[Identity]] = defaultdict(list)
    for mate in activity.members(row).filter(group=who.group_id):
        borne[questionnaire.fold(mate.name)].append(mate)
    return [
        (mate.name if len(those) == 1 else f"{mate.name} ({number})", mate)
        for those in borne.values()
        for number, mate in enumerate(those, 1)
    ]


def _checked(row: Survey, who: Identity, said: dict[str, list[str]]) -> questionnaire.Answers:
    """The answers of a form. Raises Unfit."""
    asked = row.asked()
    known: dict[str, list[str]] = defaultdict(list)
    if any(q.kind == questionnaire.PEOPLE for q in asked):
        for name, mate in _mates(row, who):
            known[questionnaire.fold(name)].append(str(mate.pk))
    values = questionnaire.check(asked, said, known)
    for q in asked:
        if q.kind == questionnaire.PEOPLE and q.id in values:
            values[q.id] = [id for id in values[q.id] if id != str(who.pk)]
    return values


def _said(request: HttpRequest, row: Survey) -> dict[str, list[str]]:
    return {q.id: [t.replace("\0", "") for t in request.POST.getlist(q.id)] for q in row.asked()}


def _as_said(row: Survey, who: Identity, values: dict[str, Any]) -> dict[str, list[str]]:
    """An answer as the form that gave it would send it."""
    said = {id: [str(v) for v in value] if isinstance(value, list) else [str(value)] for id, value in values.items()}
    people = [q.id for q in row.asked() if q.kind == questionnaire.PEOPLE and q.id in said]
    if people:
        names = {str(mate.pk): name for name, mate in _mates(row, who)}
        said |= {id: [names[key] for key in said[id] if key in names] for id in people}
    return said


def _wrong(error: Unfit) -> dict[str, str]:
    words = {
        "missing": _("Please answer this one."),
        "choice": _("Please choose from the list."),
        "number": _("Please give a number."),
        "long": _("At most 2000 characters."),
        "nobody": _("Nobody in the group is called “%(name)s” now. Choose from the list, or leave it empty."),
        "several": _("Several members are called “%(name)s”. Choose the one you mean from the list."),
        "crowd": _("At most 60 people."),
    }
    return {
        id: words[why] % {"name": error.names[id]} if error.names.get(id) else words[why]
        for id, why in error.wrong.items()
    }


def _own(request: HttpRequest, row: Survey, link: Link) -> HttpResponse:
    """Somebody's own link."""
    who = Identity.objects.filter(pk=link.of, group__activities=row, group__removed=None).first()
    if who is None:
        return _told(request, "removed", 410)
    if not activity.members(row).filter(pk=who.pk).exists():
        return _told(request, "left", 410)
    who = Identity.objects.select_related("person__root", "group").get(pk=who.pk)
    return _answered(request, row, who, survey.answer_of(row, who), "")


def _again(request: HttpRequest, row: Survey, link: Link) -> HttpResponse:
    """The browser that answered over the group's link comes back."""
    there = Answer.objects.filter(pk=link.of, survey=row).select_related("participation__identity").first()
    if there is None or not there.key or there.key != link.key:
        return _told(request, "replaced", 410)
    return _answered(request, row, there.participation.identity, there, link.key)


def _answered(request: HttpRequest, row: Survey, who: Identity, there: Answer | None, key: str) -> HttpResponse:
    """The form with what was answered, and its answer written; `key` where it came over the group's link."""
    now = clock.now()
    known = _as_said(row, who, there.values) if there else {}
    if not row.takes(now):
        return _told(request, "closed", survey=row, mine=bool(there))
    saved = request.GET.get("done") == SAVED and there is not None
    if request.method != "POST":
        return _form(request, row, who, said=known, saved=saved, there=there)
    said = _said(request, row)
    if "more" in request.POST:
        return _form(request, row, who, said=said, there=there)
    try:
        values = _checked(row, who, said)
        if key and there is not None:
            response.again(there, values, key=key, now=now)
        else:
            response.answer(row, who, values, via="personal", now=now)
    except Unfit as error:
        return _form(request, row, who, 422, said=said, wrong=_wrong(error), there=there)
    except activity.Closed:
        return _told(request, "closed", survey=row, mine=bool(there))
    except response.Contested:
        return _told(request, "replaced", 410)
    return HttpResponseRedirect(f"{request.path}?done={SAVED}")


def _by_name(request: HttpRequest, row: Survey, link: Link) -> HttpResponse:
    """The group's link: a name as it stands in the group, then the questions."""
    now = clock.now()
    group = row.groups.filter(pk=link.of, removed=None).first()
    if group is None:
        return _told(request, "removed", 410)
    if not row.takes(now):
        return _told(request, "closed", survey=row)
    if request.POST.get("who"):
        return _first(request, row, group)
    if request.method != "POST":
        return _asked(request, row, group)
    name = request.POST.get("name", "").replace("\0", "")[:300]
    found = _called(row, group, name)
    if len(found) != 1:
        wrong = "several" if found else "nobody"
        if not found and _guesses(request, row):
            return _told(request, "wait", 429)
        context = {"survey": row, "group": group, "name": name, "wrong": wrong}
        return render(request, "member/name.html", context, status=422)
    return HttpResponseRedirect(f"{request.path}?who={survey_link.who(row, found[0])}")


def _asked(request: HttpRequest, row: Survey, group: Group) -> HttpResponse:
    """The questions for who gave their name, at an address of their own, so that one can go back; else the name."""
    token = request.GET.get("who", "")
    who = _named(token, row, group) if token else None
    if who is None:
        return render(request, "member/name.html", {"survey": row, "group": group})
    return _form(request, row, who, who_token=token, taken=survey.answer_of(row, who) is not None)


def _named(token: str, row: Survey, group: Group) -> Identity | None:
    """The member that a typed name was; None where the token is not whole, or they have left."""
    try:
        named = survey_link.read(token, now=clock.now())
    except (survey_link.Bad, survey_link.Expired):
        return None
    if named.kind != survey_link.WHO or named.survey != row.pk:
        return None
    return activity.members(row).filter(pk=named.of, group=group).first()


def _guesses(request: HttpRequest, row: Survey) -> bool:
    """Whether too many names that nobody bears were tried."""
    span: dict[str, Any] = {"within": TRIED_WITHIN, "now": clock.now()}
    return pace.too_often(request, f"name {row.pk.hex}", most=MOST_WRONG_NAMES, **span) or pace.too_often_by_all(
        f"name {row.pk.hex}", most=MOST_WRONG_OF_ALL, **span
    )


def _called(row: Survey, group: Group, name: str) -> list[Identity]:
    """The members with exactly this name now; letters of full and half width, large and small are the same."""
    wanted = questionnaire.fold(name)
    there = activity.members(row).filter(group=group)
    return [i for i in there if questionnaire.fold(i.name) == wanted] if wanted else []


def _first(request: HttpRequest, row: Survey, group: Group) -> HttpResponse:
    """An answer over the group's link; the browser goes on with a link that changes this answer alone."""
    now = clock.now()
    token = request.POST["who"]
    who = _named(token, row, group)
    if who is None:
        return _told(request, "bad", 404)
    said = _said(request, row)
    note = request.POST.get("note", "").replace("\0", "")
    taken = survey.answer_of(row, who) is not None
    context: dict[str, Any] = {"who_token": token, "taken": taken, "said": said, "note": note}
    if "more" in request.POST:
        return _form(request, row, who, **context)
    if pace.too_often(request, f"sent {row.pk.hex}", most=MOST_SENT, within=TRIED_WITHIN, now=now):
        return _told(request, "wait", 429)
    try:
        values = _checked(row, who, said)
        there = response.first_answer(row, who, values, note=note, now=now)
    except Unfit as error:
        return _form(request, row, who, 422, wrong=_wrong(error), **context)
    except response.Contested:
        return _form(request, row, who, 422, wrong_note=True, **(context | {"taken": True}))
    except activity.Closed:
        return _told(request, "closed", survey=row)
    if there is None:
        return _told(request, "waits", survey=row)
    place = reverse("member_survey", args=[survey_link.of_answer(row, there)])
    return HttpResponseRedirect(f"{place}?done={SAVED}")
