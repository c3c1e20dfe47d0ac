"""The API of whom a survey asks: who has not answered, the one reminder, names that answered twice, the last change of
its questions undone."""

from datetime import datetime
from uuid import UUID

from ninja import Query, Schema
from pydantic import Field

from huoqun.activities import response, survey
from huoqun.activities.survey import Survey
from huoqun.base import clock
from huoqun.people.person import Identity
from huoqun.web.api_facts import NotThere
from huoqun.web.api_shape import Named, Page, Paging, Sent, Words, paged
from huoqun.web.api_surveys import SurveyTold, read_survey
from huoqun.web.gate import Asked
from huoqun.web.survey_asked import link_of, reminder


class WaitingTold(Schema):
    """Somebody who has not answered, with their own link and words to send; `reminded`: when they were."""

    person: UUID
    account: str
    name: str
    group: Named
    link: str
    words: str
    reminded: datetime | None


class RemindedTold(Schema):
    """How many were marked as reminded."""

    people: int


class ClaimTold(Schema):
    """A second answer under a name that had answered; `note`: what who gave it said of themselves."""

    key: str
    person: UUID | None
    name: str
    note: str


class ClaimSaid(Sent):
    """Which second answer, and whether it takes the place of the first."""

    key: Words = Field(min_length=1, max_length=100)
    take: bool


def list_waiting(request: Asked, row: Survey, paging: Query[Paging]) -> Page[WaitingTold]:
    """Who has not answered a survey, each with their own link."""

    def tell(who: Identity, at: datetime | None) -> WaitingTold:
        return WaitingTold(
            person=who.person.root_id or who.person_id,
            account=who.account,
            name=who.name,
            group=Named(id=who.group.pk, name=who.group.name),
            link=link_of(request, row, who),
            words=reminder(request, row, who),
            reminded=at,
        )

    return paged(survey.waiting(row), paging, lambda rows: [tell(who, at) for who, at in rows])


def remind(request: Asked, row: Survey) -> RemindedTold:
    """Write down that everybody who has not answered was reminded, by hand and once."""
    return RemindedTold(people=len(survey.remind(row, by=request.user, now=clock.now())))


def list_claims(request: Asked, row: Survey) -> list[ClaimTold]:
    """Second answers under one name that wait for a decision."""
    return [
        ClaimTold(
            key=claim["key"],
            person=there.participation.person_id,
            name=there.participation.identity.name,
            note=claim["note"],
        )
        for there in survey.answers(row).filter(participation__flagged=True)
        for claim in there.claims
    ]


def decide_claim(request: Asked, row: Survey, said: ClaimSaid) -> None:
    """Which of two answers under one name holds."""
    decided = any(
        response.decide(there, key=said.key, take=said.take, by=request.user, now=clock.now())
        for there in survey.answers(row).filter(participation__flagged=True)
    )
    if not decided:
        raise NotThere("key")


def undo_questions(request: Asked, row: Survey) -> SurveyTold:
    """The questions of a draft as they were before the last change, and back again."""
    survey.undo(row, by=request.user, now=clock.now())
    return read_survey(request, row)
