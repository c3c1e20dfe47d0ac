"""The API of who takes part in an activity, what they handed in, and what a program does for a member."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from django.urls import reverse
from ninja import Query, Schema
from pydantic import Field

from huoqun.activities import activity as base
from huoqun.activities import attendance, behalf
from huoqun.activities.activity import ABSENT, DONE, INVITED, JOINED, LEFT, WAITING, Activity, Participation
from huoqun.activities.contribution import WITHDRAWN, Contribution
from huoqun.activities.kind import Said
from huoqun.base import clock
from huoqun.people.person import Identity, ones
from huoqun.people.picture import Picture
from huoqun.web import scope, word
from huoqun.web.api_facts import NotThere
from huoqun.web.api_life import AnswerToDeed, Key, Texts
from huoqun.web.api_shape import Named, OneOf, Page, Paging, Sent, Words, paged
from huoqun.web.gate import Asked

STATES = (INVITED, WAITING, JOINED, DONE, ABSENT, LEFT)


class ParticipantsAsked(Paging):
    """Who: in one state; left out: all but who was only asked or signed off."""

    state: Annotated[str, OneOf(("", *STATES))] = ""


class ParticipantTold(Schema):
    """Somebody who takes part: how, with how many places or pieces, since when; `via`: how they came."""

    person: UUID
    account: str
    name: str
    group: Named
    state: str
    count: int
    note: str
    via: str
    at: datetime | None
    changed: datetime | None


class ContributionsAsked(Paging):
    """Which contributions: of one sort, of one state, of one person."""

    what: Words = Field("", max_length=20)
    state: Words = Field("", max_length=10)
    person: UUID | None = None


class ContributionTold(Schema):
    """Something handed in. `what`: its sort (check_in, ballot, question, submission …); `day`: for which day it counts;
    `on`: the contribution it is about; `about`: the person it is about; `values`: what its kind keeps."""

    id: UUID
    what: str
    person: UUID
    name: str
    group: Named
    at: datetime
    day: date | None
    text: str
    values: dict[str, Any]
    score: float | None
    state: str
    reason: str
    on: UUID | None
    about: UUID | None
    picture: str | None


class DeedForMember(Sent):
    """What a member is said to do, one of `members_do` of the kind: `join`, `leave`, `come`, or a deed of the kind with
    what its form sends. `count` and `note` go with signing up."""

    person: UUID
    do: Words = Field(min_length=1, max_length=40)
    key: Key
    count: int = Field(1, ge=1, le=1000)
    note: Words = Field("", max_length=base.LONGEST_NOTE)
    said: Texts = {}


class DoneForMember(AnswerToDeed):
    """What was answered, and how the member takes part now; null: not at all."""

    state: str | None
    count: int | None


def list_participants(request: Asked, row: Activity, asked: Query[ParticipantsAsked]) -> Page[ParticipantTold]:
    """Who takes part in an activity, in the order they came."""
    found = attendance.participants(row, *([asked.state] if asked.state else ()))
    return paged(found, asked, lambda rows: [_participant(one) for one in rows])


def _participant(row: Participation) -> ParticipantTold:
    who = row.identity
    told: dict[str, Any] = {name: getattr(row, name) for name in ("state", "count", "note", "via", "at", "changed")}
    return ParticipantTold(**_who(who, row.person.root_id or row.person_id), account=who.account, **told)


def _who(who: Identity, person: UUID) -> dict[str, Any]:
    return {"person": person, "name": who.name, "group": Named(id=who.group_id, name=who.group.name)}


def do_for_member(request: Asked, row: Activity, said: DeedForMember) -> DoneForMember:
    """Do for a member what they could do themselves: sign up, sign off, come, vote and so on, once for each key."""
    person = scope.PERSON.of(request.staff).filter(pk=said.person).first()
    who = base.members(row).filter(person__in=ones(person)).first() if person else None
    if who is None:
        raise NotThere("person")
    sent = Said({"count": [str(said.count)], "note": [said.note], **said.said})
    answer = behalf.act(row, who, said.do, sent, key=said.key, by=request.user, now=clock.now())
    there = attendance.row_of(row, who.person)
    words = word.named("answer", answer) or word.of("part", answer)
    state = (there.state, there.count) if there else (None, None)
    return DoneForMember(answer=answer, words=words, state=state[0], count=state[1])


def list_contributions(request: Asked, row: Activity, asked: Query[ContributionsAsked]) -> Page[ContributionTold]:
    """What was handed in within an activity, the last first; what was taken back only where that state is asked for."""
    found = row.contributions.select_related("identity__group", "person", "of__person", "picture")
    found = found.filter(state=asked.state) if asked.state else found.exclude(state=WITHDRAWN)
    found = found.filter(what=asked.what) if asked.what else found
    if asked.person:
        person = scope.PERSON.of(request.staff).filter(pk=asked.person).first()
        found = found.filter(person__in=ones(person)) if person else found.none()
    return paged(found.order_by("-at", "-pk"), asked, lambda rows: [_contribution(request, one) for one in rows])


def _contribution(request: Asked, row: Contribution) -> ContributionTold:
    names = ("id", "what", "at", "day", "text", "values", "score", "state", "reason")
    about = row.of.person if row.of else None
    return ContributionTold(
        **_who(row.identity, row.person.root_id or row.person_id),
        **{name: getattr(row, name) for name in names},
        on=row.on_id,
        about=(about.root_id or about.pk) if about else None,
        picture=address_of(request, row.picture),
    )


def address_of(request: Asked, picture: Picture | None) -> str | None:
    """Where a picture is to be had."""
    return request.build_absolute_uri(reverse("picture", args=[picture.pk])) if picture else None
