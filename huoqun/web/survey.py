"""The surveys of a workspace: list, building without script, preview, opening, links, reminder."""

from contextlib import suppress
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from pydantic import ValidationError

from huoqun.activities import activity, questionnaire, readymade, survey, survey_link
from huoqun.activities.questionnaire import Condition, Question, Questions
from huoqun.activities.survey import Survey
from huoqun.base import clock
from huoqun.people.group import Group
from huoqun.people.person import Identity
from huoqun.people.staff import groups_for
from huoqun.people.workspace import Workspace
from huoqun.web import fault, word
from huoqun.web.gate import Asked
from huoqun.web.question_field import fields

LISTED = 200
"""Surveys on the list: the newest."""


def page(request: Asked, workspace: Workspace) -> HttpResponse:
    """All surveys, newest first, and what a new one can begin from."""
    return _list(request)


def _list(request: Asked, status: int = 200, **said: Any) -> HttpResponse:
    now = clock.now()
    rows = [
        {"survey": s, "state": s.standing(now), "rate": survey.rate(s), "groups": s.groups.all()}
        for s in survey.surveys_for(request.staff).prefetch_related("groups")[:LISTED]
    ]
    context = {
        "rows": rows,
        "readymade": readymade.READYMADE[word.language()],
        "all_groups": groups_for(request.staff).order_by("name"),
        **said,
    }
    return render(request, "survey/list.html", context, status=status)


def begin(request: Asked, workspace: Workspace) -> HttpResponse:
    """A new draft, empty or from a template."""
    chosen = readymade.readymade(word.language(), request.POST.get("from", ""))
    title = _text(request, "title") or (chosen.title if chosen else "")
    try:
        row = survey.begin(
            workspace,
            title=title,
            groups=_groups(request),
            intro=chosen.intro if chosen else "",
            questions=chosen.questions if chosen else (),
            by=request.user,
            now=clock.now(),
        )
    except survey.Nameless:
        return _list(request, 422, wrong=_("Give the survey a title, or begin from a template."), typed=title)
    except survey.Nobody:
        return _list(request, 422, wrong=_("Choose at least one group."), typed=title)
    return redirect("survey", row.pk)


def one(request: Asked, row: Survey) -> HttpResponse:
    """A draft is built here; afterwards the page tells who has answered, and has the links."""
    return _one(request, row)


def _one(request: Asked, row: Survey, status: int = 200, **said: Any) -> HttpResponse:
    now = clock.now()
    asked = row.asked()
    state = row.standing(now)
    context: dict[str, Any] = {
        "survey": row,
        "state": state,
        "questions": [(q, _befores(asked, q), f"{_condition(q)}") for q in asked],
        "befores": _befores(asked, None),
        "kinds": [(kind, word.of("question", kind)) for kind in questionnaire.KINDS],
        "warned": questionnaire.warnings(asked),
        "seconds": questionnaire.seconds(asked),
        "all_groups": groups_for(request.staff).order_by("name"),
        "chosen": set(row.groups.values_list("pk", flat=True)),
        "rate": survey.rate(row),
        "takes": row.takes(now),
        "closes_at": (row.closes or now + survey.OPEN_FOR).astimezone(_zone(row)).strftime("%Y-%m-%dT%H:%M"),
        "tab": "survey",
    }
    if state != activity.DRAFT and request.staff.may("edit_surveys"):
        context["links"] = [(g, _address(request, survey_link.for_group(row, g))) for g in row.groups.all()]
        context["flagged"] = list(survey.answers(row).filter(participation__flagged=True))
    return render(request, "survey/one.html", context | said, status=status)


def _befores(asked: Questions, question: Question | None) -> list[tuple[str, str]]:
    """What a question can depend on: the choices of those before it."""
    out = []
    for q in asked:
        if question is not None and q.id == question.id:
            break
        out += [(f"{q.id}={choice}", f"{q.text} → {choice}") for choice in q.choices()]
    return out


def _condition(q: Question) -> str:
    return f"{q.show_if.question}={q.show_if.answer}" if q.show_if else ""


def about(request: Asked, row: Survey) -> HttpResponse:
    """Title, introduction and groups of a draft."""
    try:
        survey.describe(
            row,
            title=_text(request, "title"),
            intro=_text(request, "intro"),
            groups=_groups(request),
            by=request.user,
            now=clock.now(),
        )
    except survey.Nameless:
        return _one(request, row, 422, wrong_about=_("A survey needs a title."))
    except survey.Nobody:
        return _one(request, row, 422, wrong_about=_("Choose at least one group."))
    except survey.Frozen:
        return _frozen(request)
    return redirect("survey", row.pk)


def questions(request: Asked, row: Survey) -> HttpResponse:
    """One question added, changed, moved or removed."""
    asked, id, deed = row.asked(), _text(request, "id"), request.POST.get("do", "save")
    known = next((q for q in asked if q.id == id), None)
    try:
        if deed == "remove":
            wanted = questionnaire.without(asked, id)
        elif deed in {"up", "down"}:
            wanted = questionnaire.move(asked, id, -1 if deed == "up" else 1)
        else:
            wanted = questionnaire.put(asked, _question(request, known))
        survey.ask(row, wanted, by=request.user, now=clock.now())
    except ValidationError as error:
        why = {"no_text": _("A question needs words (at most 200 characters)."), "options": _bad_options()}
        code = str(error.errors()[0].get("ctx", {}).get("error", ""))
        typed = {"id": id, **{name: _text(request, name) for name in ("text", "options", "kind")}}
        wrong = why.get(code) or why["no_text"]
        return _one(request, row, 422, wrong_question=wrong, typed=typed)
    except questionnaire.BadQuestions:
        return _one(request, row, 422, wrong_question=_("A survey holds 40 questions at most."), typed={"id": id})
    except survey.Frozen:
        return _frozen(request)
    place = "add" if known is None else f"q-{id}"
    return redirect(reverse("survey", args=[row.pk]) + "#" + place)


def _bad_options() -> str:
    return _("A choice needs 2 to 30 different options, one a line, each at most 80 characters.")


def _question(request: Asked, known: Question | None) -> Question:
    """The question of the form. Raises ValidationError."""
    kind = request.POST.get("kind", "")
    lines = [line.strip() for line in _text(request, "options").splitlines() if line.strip()]
    on, _is, answer = _text(request, "show_if").partition("=")
    values: dict[str, Any] = {
        "kind": kind,
        "text": _text(request, "text"),
        "options": lines if kind in {questionnaire.ONE, questionnaire.MANY} else (),
        "low": _text(request, "low")[:40],
        "high": _text(request, "high")[:40],
        "required": request.POST.get("required") == "yes",
        "show_if": Condition(question=on, answer=answer) if on else None,
    }
    if known is not None:
        values |= {"id": known.id, "points": known.points, "fact": known.fact}
    return Question(**values)


def preview(request: Asked, row: Survey) -> HttpResponse:
    """The survey as a member sees it, all questions at once; nothing is kept."""
    context = {"survey": row, "fields": fields(row.asked(), {}, {}), "preview": True}
    return render(request, "member/survey.html", context)


def open_it(request: Asked, row: Survey) -> HttpResponse:
    """Open it until a moment on the workspace's clock."""
    try:
        text = request.POST.get("closes", "")
        closes = datetime.fromisoformat(text).replace(tzinfo=_zone(row)) if text else None
        survey.open_until(row, closes, by=request.user, now=clock.now())
    except survey.Empty:
        return _one(request, row, 422, wrong_open=_("Add a question first."))
    except survey.Past:
        return _one(request, row, 422, wrong_open=_("This moment is over; choose a later one."))
    except (ValueError, OverflowError):
        return _one(request, row, 422, wrong_open=_("This is not a moment."))
    except activity.WrongMoment:
        pass
    return redirect("survey", row.pk)


def close(request: Asked, row: Survey) -> HttpResponse:
    """Close it; a second click finds it closed."""
    with suppress(activity.WrongMoment):
        survey.close(row, by=request.user, now=clock.now())
    return redirect("survey", row.pk)


def remove(request: Asked, row: Survey) -> HttpResponse:
    """Take it out of the list."""
    survey.remove(row, by=request.user, now=clock.now())
    return redirect("surveys", request.workspace.slug)


def asked(request: Asked, row: Survey) -> HttpResponse:
    """Who has not answered, with their own links: to be reminded once, by hand."""
    now = clock.now()
    rows = [
        {"who": who, "reminded": reminded, "text": _reminder(request, row, who)}
        for who, reminded in survey.waiting(row)
    ]
    context = {
        "survey": row,
        "state": row.standing(now),
        "takes": row.takes(now),
        "waiting": [r for r in rows if r["reminded"] is None],
        "reminded": [r for r in rows if r["reminded"] is not None],
        "rate": survey.rate(row),
        "tab": "asked",
    }
    return render(request, "survey/asked.html", context)


def remind(request: Asked, row: Survey) -> HttpResponse:
    """Mark everybody on the list as reminded; the words stand beside their names."""
    with suppress(activity.Closed):
        survey.remind(row, by=request.user, now=clock.now())
    return redirect("survey_asked", row.pk)


def decide(request: Asked, row: Survey) -> HttpResponse:
    """Which of two answers under one name holds."""
    key, take = _text(request, "key"), request.POST.get("take") == "yes"
    for a in survey.answers(row).filter(participation__flagged=True):
        if survey.decide(a, key=key, take=take, by=request.user, now=clock.now()):
            break
    return redirect(reverse("survey", args=[row.pk]) + "#flagged")


def _reminder(request: Asked, row: Survey, who: Identity) -> str:
    link = _address(request, survey_link.personal(row, who))
    return _("%(name)s, a short survey waits for you: %(title)s. Your own link: %(link)s") % {
        "name": who.name,
        "title": row.title,
        "link": link,
    }


def _address(request: Asked, token: str) -> str:
    return request.build_absolute_uri(reverse("member_survey", args=[token]))


def _frozen(request: Asked) -> HttpResponse:
    return fault.fault(
        request,
        409,
        _("The survey has been opened; its questions stay as they were asked."),
        _("Nothing was changed."),
        _("Close it and begin a new one."),
    )


def _text(request: Asked, name: str) -> str:
    return request.POST.get(name, "").replace("\0", "").strip()


def _zone(row: Survey) -> ZoneInfo:
    return ZoneInfo(row.workspace.zone)


def _groups(request: Asked) -> list[Group]:
    keys = set(request.POST.getlist("groups"))
    return [g for g in groups_for(request.staff) if str(g.pk) in keys]
