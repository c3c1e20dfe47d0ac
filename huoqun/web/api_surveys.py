"""The API of surveys: from the draft to the answers. Who gave them, free texts and small counts are told only to those
who may see people."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from ninja import Query, Schema
from pydantic import Field

from huoqun.activities import activity, questionnaire, result, survey, survey_link
from huoqun.activities.activity import Rate
from huoqun.activities.questionnaire import Question
from huoqun.activities.survey import LONGEST_INTRO, Answer, Survey
from huoqun.base import clock
from huoqun.people import role
from huoqun.people.group import Group
from huoqun.people.workspace import Workspace
from huoqun.web.api_facts import NotThere
from huoqun.web.api_shape import Moment, Named, Page, Paging, Sent, Words, groups_named, paged
from huoqun.web.gate import Asked
from huoqun.web.survey_results import Split, names_in, split_of, splits


class SurveyLine(Schema):
    """A survey as a list shows it. `members`: who is asked; `others`: who answered and has left since."""

    id: UUID
    title: str
    state: str
    groups: list[Named]
    created: datetime
    opened: datetime | None
    closes: datetime | None
    closed: datetime | None
    answered: int
    members: int
    others: int


class SurveyQuestion(Question):
    """One question, under a name of its own: a diagnosis knows questions of another kind."""


class SurveyTold(SurveyLine):
    """A survey with its questions. `seconds`: how long it takes; `warnings`: what a good survey avoids."""

    intro: str
    questions: list[SurveyQuestion]
    seconds: int
    warnings: list[str]


class SurveySaid(Sent):
    """What a survey is called, says first, and whom it asks."""

    title: Words = Field(min_length=1, max_length=activity.LONGEST_TITLE)
    intro: Words = Field("", max_length=LONGEST_INTRO)
    groups: list[UUID] = Field(min_length=1, max_length=1000)


class SurveyNew(SurveySaid):
    """A new draft."""

    questions: list[SurveyQuestion] = Field(default=[], max_length=questionnaire.MOST_QUESTIONS)


class QuestionsSaid(Sent):
    """All questions, in their order."""

    questions: list[SurveyQuestion] = Field(max_length=questionnaire.MOST_QUESTIONS)


class UntilSaid(Sent):
    """When it closes by itself; null: after a week."""

    closes: Moment | None = None


class ChoiceTold(Schema):
    """How often a choice was made, and by which share of those who answered the question; null where so few chose it
    that a key without people is not told."""

    choice: str
    times: int | None
    share: float | None


class TextTold(Schema):
    """What somebody wrote."""

    name: str
    text: str


class ResultsAsked(Schema):
    """By what the answers are split: `stratum`, `group`, or `q:` and the id of a question with choices; empty: not."""

    by: Words = Field("", max_length=100)


class PartTold(Schema):
    """Those of one stratum, group or answer: how many of them answered the question, and what."""

    part: str
    name: str
    answers: int | None
    choices: list[ChoiceTold]
    mean: float | None


class ResultTold(Schema):
    """One question over all answers: choices, numbers or texts, as its kind is. `parts`: the same split, where that was
    asked for and the question can be counted."""

    question: SurveyQuestion
    answers: int | None
    choices: list[ChoiceTold] | None = None
    parts: list[PartTold] | None = None
    mean: float | None = None
    median: float | None = None
    least: float | None = None
    most: float | None = None
    texts: list[TextTold] | None = None


class ResultsTold(Schema):
    """What a survey found."""

    answered: int
    members: int
    others: int
    questions: list[ResultTold]


class AnswerTold(Schema):
    """What one person answered, by question id. `flagged`: somebody else claims the name too."""

    person: UUID
    name: str
    account: str
    group: Named
    at: datetime | None
    changed: datetime | None
    flagged: bool
    values: dict[str, Any]


class LinkTold(Schema):
    """The link that a group is given; it asks for the name first."""

    group: Named
    address: str


def list_surveys(request: Asked, workspace: Workspace, paging: Query[Paging]) -> Page[SurveyLine]:
    """The surveys somebody may see, newest first."""
    found = survey.surveys_for(request.staff).prefetch_related("groups")
    return paged(found, paging, _lines)


def _lines(rows: list[Survey]) -> list[SurveyLine]:
    rates = activity.rates(rows)
    return [SurveyLine(**_line(row, rates[row.pk])) for row in rows]


def _line(row: Survey, rate: Rate) -> dict[str, Any]:
    names = ("id", "title", "created", "opened", "closes", "closed")
    told = {name: getattr(row, name) for name in names}
    told["groups"] = [Named(id=g.pk, name=g.name) for g in activity.groups_of(row)]
    return told | {"state": row.standing(clock.now())} | vars(rate)


def read_survey(request: Asked, row: Survey) -> SurveyTold:
    """One survey with its questions."""
    return _one(row)


def _one(row: Survey) -> SurveyTold:
    row = Survey.objects.get(pk=row.pk)
    asked = row.asked()
    more: dict[str, Any] = {"seconds": questionnaire.seconds(asked), "warnings": questionnaire.warnings(asked)}
    return SurveyTold(
        **_line(row, activity.rate(row)), intro=row.intro, questions=[_question(q) for q in asked], **more
    )


def _question(q: Question) -> SurveyQuestion:
    return SurveyQuestion(**q.model_dump())


def add_survey(request: Asked, workspace: Workspace, said: SurveyNew) -> SurveyTold:
    """Begin a draft."""
    row = survey.begin(
        workspace,
        title=said.title,
        intro=said.intro,
        groups=groups_named(request.staff, said.groups),
        questions=questionnaire.read(questionnaire.kept(tuple(said.questions))),
        by=request.user,
        now=clock.now(),
    )
    return _one(row)


def set_survey(request: Asked, row: Survey, said: SurveySaid) -> SurveyTold:
    """Say anew, while a draft, what it is called, says first, and whom it asks."""
    groups = groups_named(request.staff, said.groups)
    survey.describe(row, title=said.title, intro=said.intro, groups=groups, by=request.user, now=clock.now())
    return _one(row)


def set_questions(request: Asked, row: Survey, said: QuestionsSaid) -> SurveyTold:
    """Ask other questions, while a draft."""
    survey.ask(row, tuple(said.questions), by=request.user, now=clock.now())
    return _one(row)


def open_survey(request: Asked, row: Survey, said: UntilSaid) -> SurveyTold:
    """Open a draft, or what was closed, for answers."""
    survey.open_until(row, said.closes, by=request.user, now=clock.now())
    return _one(row)


def close_survey(request: Asked, row: Survey) -> SurveyTold:
    """Take no more answers."""
    survey.close(row, by=request.user, now=clock.now())
    return _one(row)


def remove_survey(request: Asked, row: Survey) -> None:
    """Take a survey out of the lists; its links say so."""
    survey.remove(row, by=request.user, now=clock.now())


def list_links(request: Asked, row: Survey) -> list[LinkTold]:
    """The link for each group; until the survey is open they say that it is not."""

    def link(group: Group) -> LinkTold:
        address = reverse("member_survey", args=[survey_link.for_group(row, group)])
        return LinkTold(group=Named(id=group.pk, name=group.name), address=request.build_absolute_uri(address))

    return [link(group) for group in activity.groups_of(row)]


def read_results(request: Asked, row: Survey, asked: Query[ResultsAsked]) -> ResultsTold:
    """Each question over all answers, split where that is asked for."""
    questions, found = row.asked(), list(survey.answers(row))
    names, everything = names_in(questions, found), request.staff.may(role.SEE_PEOPLE)
    if asked.by and asked.by not in dict(splits(row, questions)):
        raise NotThere("by")
    split = split_of(row, questions, found, asked.by) if asked.by else None
    told = [_result(q, found, names, everything=everything) for q in questions]
    for q, one in zip(questions, told, strict=True):
        if split and asked.by != f"q:{q.id}":
            one.parts = _parts(q, found, split, everything=everything)
    return ResultsTold(**vars(activity.rate(row)), questions=told)


def _parts(q: Question, found: list[Answer], split: Split, *, everything: bool) -> list[PartTold] | None:
    parts, order, words = split
    table = result.cross(q, [a.values.get(q.id) for a in found], parts, order)
    if table is None:
        return None
    return [
        PartTold(
            part=part,
            name=words[part],
            answers=_count(each.n, everything),
            choices=_choices(each, {}, everything=everything),
            mean=each.numbers.mean if each.numbers and (everything or each.n >= result.FEW) else None,
        )
        for part, each in zip(table.parts, table.tallies, strict=True)
    ]


def _choices(whole: result.Tally, names: dict[str, str], *, everything: bool) -> list[ChoiceTold]:
    """How often each choice was made; a count that is not told has no share either."""
    counts = {id: _count(n, everything) for id, n in whole.counts.items()}
    return [
        ChoiceTold(choice=names.get(id, id), times=n, share=None if n is None else whole.share(id))
        for id, n in counts.items()
    ]


def _result(q: Question, found: list[Answer], names: dict[str, str], *, everything: bool) -> ResultTold:
    """One question, with what its kind has."""
    values = [a.values.get(q.id) for a in found]
    whole = result.tally(q, values)
    told = ResultTold(question=_question(q), answers=_count(whole.n, everything))
    if q.kind in result.COUNTED or (q.kind == questionnaire.PEOPLE and everything):
        told.choices = _choices(whole, names, everything=everything)
    if whole.numbers and (everything or whole.n >= result.FEW):
        told.mean, told.median = whole.numbers.mean, whole.numbers.median
        told.least, told.most = whole.numbers.least, whole.numbers.most
    if q.kind == questionnaire.TEXT and everything:
        wrote = [(a.participation.identity.name, v) for a, v in zip(found, values, strict=True) if v]
        told.texts = [TextTold(name=name, text=text) for name, text in wrote]
    return told


def _count(n: int, everything: bool) -> int | None:
    return n if result.told(n, everything=everything) == str(n) else None


def list_answers(request: Asked, row: Survey, paging: Query[Paging]) -> Page[AnswerTold]:
    """All answers, in the order they came."""
    return paged(survey.answers(row), paging, lambda rows: [_answer(a) for a in rows])


def _answer(a: Answer) -> AnswerTold:
    told = a.participation
    who = told.identity
    return AnswerTold(
        person=told.person_id,
        name=who.name,
        account=who.account,
        group=Named(id=who.group_id, name=who.group.name),
        at=told.at,
        changed=told.changed,
        flagged=told.flagged,
        values=a.values,
    )
