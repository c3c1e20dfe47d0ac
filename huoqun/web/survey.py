"""The surveys of a workspace: list, building without script, preview, opening, links."""

from contextlib import suppress
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from pydantic import ValidationError

from huoqun.activities import activity, questionnaire, readymade, survey, survey_link
from huoqun.activities.questionnaire import Question, Questions
from huoqun.activities.survey import Survey
from huoqun.base import clock
from huoqun.people import profile
from huoqun.people.group import Group
from huoqun.people.staff import groups_for
from huoqun.people.workspace import Workspace
from huoqun.web import choosing, crossing, fault, question_form, word
from huoqun.web.gate import Asked
from huoqun.web.question_field import fields

LISTED = 40
"""Surveys on one page of the list."""


def page(request: Asked, workspace: Workspace) -> HttpResponse:
    """All surveys, newest first, and what a new one can begin from."""
    return _list(request)


def _list(request: Asked, status: int = 200, **said: Any) -> HttpResponse:
    now, found = clock.now(), survey.surveys_for(request.staff)
    pages = max(1, -(-found.count() // LISTED))
    number = request.GET.get("page", "")
    here = max(1, min(int(number) if number.isdigit() else 1, pages))
    shown = list(found.prefetch_related("groups")[(here - 1) * LISTED : here * LISTED])
    rates = activity.rates(shown)
    context = {
        "rows": [
            {"survey": s, "state": s.standing(now), "rate": rates[s.pk], "groups": activity.groups_of(s)} for s in shown
        ],
        "here": here,
        "pages": pages,
        "readymade": readymade.READYMADE[word.language()],
        "from": "profile",
        "choice": choosing.choice(request, groups_for(request.staff), said.get("chosen", set()), only=True),
        **said,
    }
    return render(request, "survey/list.html", context, status=status)


def begin(request: Asked, workspace: Workspace) -> HttpResponse:
    """A new draft, empty or from a template."""
    told: dict[str, Any] = {"from": request.POST.get("from", ""), "chosen": choosing.keys(request)}
    if choosing.sought(request):
        return _list(request, typed=_text(request, "title"), **told)
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
        wrong = _("Give the survey a title, or begin from a template.")
    except survey.Nobody:
        wrong = _("Choose at least one group.")
    else:
        return redirect("survey", row.pk)
    return _list(request, 422, wrong=wrong, typed=_text(request, "title"), **told)


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
        "questions": question_form.lines(asked, said.get("wrong_id", ""), said.get("form", {})),
        "conditions": question_form.conditions(asked, None),
        "add": said["form"] if said.get("adding") else question_form.form_of(None),
        "standing": _standing(row),
        "about": {"title": row.title, "intro": row.intro},
        "kinds": [(kind, word.of("question", kind)) for kind in questionnaire.KINDS],
        "warned": questionnaire.warnings(asked),
        "seconds": questionnaire.seconds(asked),
        "choice": choosing.choice(
            request, groups_for(request.staff), said.get("chosen", set(row.groups.values_list("pk", flat=True)))
        ),
        "rate": activity.rate(row),
        "takes": row.takes(now),
        "closes_at": (row.closes or now + survey.OPEN_FOR).astimezone(_zone(row)).strftime("%Y-%m-%dT%H:%M"),
        "tab": "survey",
    }
    if state != activity.DRAFT and request.staff.may("edit_surveys"):
        context["links"] = [(g, _address(request, survey_link.for_group(row, g))) for g in activity.groups_of(row)]
        context["flagged"] = list(survey.answers(row).filter(participation__flagged=True))
    context["facts"] = profile.learnt(survey.origin(row)).count()
    return render(request, "survey/one.html", context | said, status=status)


def about(request: Asked, row: Survey) -> HttpResponse:
    """Title, introduction and groups of a draft."""
    typed = {"title": _text(request, "title"), "intro": _text(request, "intro")}
    told: dict[str, Any] = {"about": typed, "chosen": choosing.keys(request)}
    if choosing.sought(request):
        return _one(request, row, describing=True, **told)
    if crossing.crossed(request, _standing(row)):
        return _one(request, row, 409, crossed_about=True, describing=True, **told)
    try:
        survey.describe(row, **typed, groups=_groups(request), by=request.user, now=clock.now())
    except survey.Nameless:
        return _one(request, row, 422, wrong_about=_("A survey needs a title."), **told)
    except survey.Nobody:
        return _one(request, row, 422, wrong_about=_("Choose at least one group."), **told)
    except survey.Frozen:
        return _frozen(request)
    return redirect("survey", row.pk)


def _standing(row: Survey) -> list[Any]:
    """What the form of title, introduction and groups changes."""
    return [row.title, row.intro, sorted(str(pk) for pk in row.groups.values_list("pk", flat=True))]


def questions(request: Asked, row: Survey) -> HttpResponse:
    """One question added, changed, moved, copied or removed; or the last change taken back."""
    asked, id, deed = row.asked(), _text(request, "id"), request.POST.get("do", "save")
    known = next((q for q in asked if q.id == id), None)
    form = question_form.typed(request)
    told: dict[str, Any] = {"wrong_id": id, "form": form, "adding": known is None}
    if deed == "save" and known is not None and crossing.crossed(request, known.model_dump()):
        return _one(request, row, 409, crossed_question=True, **told)
    try:
        if deed == "undo":
            survey.undo(row, by=request.user, now=clock.now())
        else:
            wanted = _changed(asked, id, deed, form, known)
            survey.ask(row, wanted, by=request.user, now=clock.now())
            _lost(request, asked, wanted)
    except ValidationError as error:
        code = str(error.errors()[0].get("ctx", {}).get("error", ""))
        return _one(request, row, 422, wrong_question=_bad_options() if code == "options" else _bad_text(), **told)
    except questionnaire.BadQuestions:
        return _one(request, row, 422, wrong_question=_("A survey holds 40 questions at most."), **told)
    except survey.Frozen:
        return _frozen(request)
    place = "questions" if deed in {"undo", "remove"} else "add" if known is None else f"q-{id}"
    return redirect(reverse("survey", args=[row.pk]) + "#" + place)


def _changed(asked: Questions, id: str, deed: str, form: dict[str, str], known: Question | None) -> Questions:
    """The questions after one deed. Raises ValidationError, BadQuestions."""
    if deed == "remove":
        return questionnaire.without(asked, id)
    if deed == "copy":
        return questionnaire.twice(asked, id)
    if deed in {"up", "down"}:
        return questionnaire.move(asked, id, -1 if deed == "up" else 1)
    return questionnaire.put(asked, question_form.question_of(form, known))


def _lost(request: Asked, before: Questions, after: Questions) -> None:
    """Say so where a question is shown to everybody now, because what it depended on is gone or comes later."""
    had = {q.id for q in before if q.show_if}
    lost = [q.text for q in after if q.id in had and q.show_if is None]
    if lost and len(after) <= len(before) and request.POST.get("do") != "save":
        told = _("Everybody is asked this now, for what it depended on is not before it any more: %(questions)s")
        messages.warning(request, told % {"questions": "; ".join(lost)})


def _bad_text() -> str:
    return _("A question needs words (at most 200 characters).")


def _bad_options() -> str:
    return _("A choice needs 2 to 30 different options, one a line, each at most 80 characters.")


def preview(request: Asked, row: Survey) -> HttpResponse:
    """The survey as a member sees it, all questions at once; nothing is kept."""
    context = {"survey": row, "fields": fields(row.asked(), {}, {}), "preview": True}
    return render(request, "member/survey.html", context)


def open_it(request: Asked, row: Survey) -> HttpResponse:
    """Open it until a moment on the workspace's clock."""
    text = request.POST.get("closes", "")
    try:
        closes = datetime.fromisoformat(text).replace(tzinfo=_zone(row)) if text else None
        survey.open_until(row, closes, by=request.user, now=clock.now())
    except survey.Empty:
        return _one(request, row, 422, wrong_open=_("Add a question first."), closes_at=text)
    except survey.Past:
        return _one(request, row, 422, wrong_open=_("This moment is over; choose a later one."), closes_at=text)
    except (ValueError, OverflowError):
        return _one(request, row, 422, wrong_open=_("This is not a moment."), closes_at=text)
    except activity.WrongMoment:
        pass
    return redirect("survey", row.pk)


def close(request: Asked, row: Survey) -> HttpResponse:
    """Close it; a second click finds it closed."""
    with suppress(activity.WrongMoment):
        survey.close(row, by=request.user, now=clock.now())
    return redirect("survey", row.pk)


def remove(request: Asked, row: Survey) -> HttpResponse:
    """Take it out of the list, with or without what it told of people."""
    keep = request.POST.get("facts") != "remove"
    gone = survey.remove(row, facts=keep, by=request.user, now=clock.now())
    told = _("“%(title)s” was removed. What it told of people stays in their profiles.")
    if not keep:
        told = _("“%(title)s” was removed, and %(n)s entries it had made in profiles.")
    messages.success(request, told % {"title": row.title, "n": gone})
    return redirect("surveys", request.workspace.slug)


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
    return choosing.chosen(groups_for(request.staff), choosing.keys(request))
