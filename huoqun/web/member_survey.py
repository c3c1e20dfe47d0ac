"""The member's page of a survey: opened from a link in the chat, on a phone, without login and without script."""

import unicodedata
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from huoqun.activities import activity, questionnaire, survey, survey_link
from huoqun.activities.questionnaire import Unfit
from huoqun.activities.survey import Answer, Survey
from huoqun.activities.survey_link import Link
from huoqun.base import clock
from huoqun.people.group import Group
from huoqun.people.person import Identity
from huoqun.web.question_field import fields

SAVED = "saved"


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


def _form(request: HttpRequest, row: Survey, status: int = 200, **context: Any) -> HttpResponse:
    said, wrong = context.pop("said", {}), context.pop("wrong", {})
    given = {"survey": row, "fields": fields(row.asked(), said, wrong), "wrong": wrong, **context}
    return render(request, "member/survey.html", given, status=status)


def _said(request: HttpRequest, row: Survey) -> dict[str, list[str]]:
    return {q.id: [t.replace("\0", "") for t in request.POST.getlist(q.id)] for q in row.asked()}


def _as_said(values: dict[str, Any]) -> dict[str, list[str]]:
    """An answer as the form that gave it would send it."""
    return {id: [str(v) for v in value] if isinstance(value, list) else [str(value)] for id, value in values.items()}


def _wrong(error: Unfit) -> dict[str, str]:
    words = {
        "missing": _("Please answer this one."),
        "choice": _("Please choose from the list."),
        "number": _("Please give a number."),
        "long": _("At most 2000 characters."),
    }
    return {id: words[why] for id, why in error.wrong.items()}


def _own(request: HttpRequest, row: Survey, link: Link) -> HttpResponse:
    """Somebody's own link."""
    who = Identity.objects.filter(pk=link.of, group__activities=row, group__removed=None).first()
    if who is None:
        return _told(request, "removed", 410)
    who = Identity.objects.select_related("person__root").get(pk=who.pk)
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
    known = _as_said(there.values) if there else {}
    if not row.takes(now):
        return _told(request, "closed", survey=row, mine=bool(there))
    saved = request.GET.get("done") == SAVED and there is not None
    if request.method != "POST":
        return _form(request, row, who=who, said=known, saved=saved, there=there)
    said = _said(request, row)
    try:
        values = questionnaire.check(row.asked(), said)
        if key and there is not None:
            survey.again(there, values, key=key, now=now)
        else:
            survey.answer(row, who, values, via="personal", now=now)
    except Unfit as error:
        return _form(request, row, 422, who=who, said=said, wrong=_wrong(error), there=there)
    except activity.Closed:
        return _told(request, "closed", survey=row, mine=bool(there))
    except survey.Contested:
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
    if request.method != "POST":
        return render(request, "member/name.html", {"survey": row, "group": group})
    if request.POST.get("who"):
        return _first(request, row, group)
    name = request.POST.get("name", "").replace("\0", "")[:300]
    found = _called(row, group, name)
    if len(found) != 1:
        wrong = "several" if found else "nobody"
        context = {"survey": row, "group": group, "name": name, "wrong": wrong}
        return render(request, "member/name.html", context, status=422)
    who = found[0]
    taken = survey.answer_of(row, who) is not None
    return _form(request, row, who=who, who_token=survey_link.who(row, who), taken=taken)


def _called(row: Survey, group: Group, name: str) -> list[Identity]:
    """The members with exactly this name now; letters of full and half width, large and small are the same."""
    wanted = _plain(name)
    return [i for i in survey.members(row).filter(group=group) if _plain(i.name) == wanted] if wanted else []


def _plain(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def _first(request: HttpRequest, row: Survey, group: Group) -> HttpResponse:
    """An answer over the group's link; the browser goes on with a link that changes this answer alone."""
    now = clock.now()
    token = request.POST["who"]
    try:
        named = survey_link.read(token, now=now)
    except (survey_link.Bad, survey_link.Expired):
        return _told(request, "bad", 404)
    who = survey.members(row).filter(pk=named.of, group=group).first()
    if who is None or named.kind != survey_link.WHO or named.survey != row.pk:
        return _told(request, "bad", 404)
    said = _said(request, row)
    note = request.POST.get("note", "").replace("\0", "")
    taken = survey.answer_of(row, who) is not None
    context = {"who": who, "who_token": token, "taken": taken, "said": said, "note": note}
    try:
        values = questionnaire.check(row.asked(), said)
        there = survey.first_answer(row, who, values, note=note, now=now)
    except Unfit as error:
        return _form(request, row, 422, wrong=_wrong(error), **context)
    except survey.Contested:
        return _form(request, row, 422, wrong_note=True, **(context | {"taken": True}))
    except activity.Closed:
        return _told(request, "closed", survey=row)
    if there is None:
        return _told(request, "waits", survey=row)
    place = reverse("member_survey", args=[survey_link.of_answer(row, there)])
    return HttpResponseRedirect(f"{place}?done={SAVED}")
