"""The API of the board: what people need and offer, and who may serve whom."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from ninja import Query, Schema
from pydantic import Field

from huoqun.base import clock
from huoqun.people import board
from huoqun.people.board import Line
from huoqun.people.profile import NEEDS
from huoqun.people.staff import groups_for
from huoqun.people.workspace import Workspace
from huoqun.web.api_dealings import DealingTold, Spoken, by_now, dealing_told
from huoqun.web.api_facts import NotThere
from huoqun.web.api_shape import Day, Named, OneOf, Page, Paging, Sent, Words, paged
from huoqun.web.gate import Asked


class BoardAsked(Paging):
    """Which side of the board, of which group, with which words."""

    about: Annotated[str, OneOf(board.OTHER)] = NEEDS
    group: UUID | None = None
    q: Words = Field("", max_length=100)


class ServedTold(Schema):
    """A line of the other side that answers this one, by the words they share; `decided`: what somebody decided."""

    line: UUID
    person: UUID
    name: str
    text: str
    shared: list[str]
    decided: str | None


class BoardLine(Schema):
    """A need or an offer; a fact of a profile."""

    line: UUID
    person: UUID
    name: str
    group: Named | None
    about: str
    text: str
    source: str
    on: date | None
    changed: datetime
    served: list[ServedTold]


class LineSaid(Sent):
    """A need or an offer of the one member of a group who is called that; `on`: as of which day, today where none is
    said."""

    group: UUID
    name: Words = Field(min_length=1, max_length=300)
    about: Annotated[str, OneOf(board.OTHER)]
    text: Words = Field(min_length=1, max_length=200)
    source: Words = Field("", max_length=120)
    on: Day | None = None


class MatchSaid(Sent):
    """An offer and a need by their lines: brought together, or declined for good."""

    offer: UUID
    need: UUID
    accept: bool
    words: Spoken = ""


def list_board(request: Asked, workspace: Workspace, asked: Query[BoardAsked]) -> Page[BoardLine]:
    """What people need, or offer, and who may serve whom, the newest first."""
    groups = groups_for(request.staff)
    groups = groups.filter(pk=asked.group) if asked.group else groups
    found = board.lines(workspace, groups, about=asked.about, search=" ".join(asked.q.split()))
    return paged(found, asked, lambda rows: [_line(one) for one in board.filled(rows, workspace, groups)])


def _line(one: Line) -> BoardLine:
    fact = one.fact
    return BoardLine(
        line=fact.pk,
        person=one.human,
        name=one.name,
        group=Named(id=one.group.pk, name=one.group.name) if one.group else None,
        about=fact.field,
        served=[_served(other) for other in one.served],
        **{name: getattr(fact, name) for name in ("text", "source", "on", "changed")},
    )


def _served(other: board.Serving) -> ServedTold:
    decided = other.dealing.state if other.dealing else None
    told: dict[str, Any] = {"line": other.fact.pk, "person": other.human, "name": other.name, "text": other.fact.text}
    return ServedTold(**told, shared=list(other.words), decided=decided)


def add_line(request: Asked, workspace: Workspace, said: LineSaid) -> BoardLine:
    """Write down what a member needs or offers; it stands on the board and in their profile."""
    groups = groups_for(request.staff)
    group = groups.filter(pk=said.group).first()
    if group is None:
        raise NotThere("group")
    told: dict[str, Any] = {"source": said.source, "on": said.on or clock.now().date()}
    row = board.add(group, said.name.strip(), said.about, said.text, **told, **by_now(request))
    return _line(board.filled([row], workspace, groups)[0])


def decide_match(request: Asked, workspace: Workspace, said: MatchSaid) -> DealingTold:
    """Bring an offer and a need together, or decline it for good."""
    pair: dict[str, Any] = {"offer": said.offer, "need": said.need, "accept": said.accept, "words": said.words}
    return dealing_told(board.decide(workspace, groups_for(request.staff), **pair, **by_now(request)))
