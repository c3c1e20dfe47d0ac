"""The API of segments: rules over people, how many they find, who is in one, and why somebody is in or out."""

from datetime import datetime
from typing import Annotated, Any, Union
from uuid import UUID

from ninja import Query, Schema
from pydantic import Field

from huoqun.base import clock
from huoqun.people import census, segment
from huoqun.people.condition import MOST_PARTS, Block, Condition
from huoqun.people.segment import LONGEST_NAME, Segment
from huoqun.people.sieve import roomy
from huoqun.people.tally import Tally
from huoqun.people.workspace import Workspace
from huoqun.web import scope
from huoqun.web.api_facts import NotThere
from huoqun.web.api_people import PersonLine, person_line
from huoqun.web.api_shape import OneOf, Page, Paging, Sent, Words, paged
from huoqun.web.gate import Asked
from huoqun.web.segment import names_in
from huoqun.web.segment_why import lines


class SegmentsAsked(Paging):
    """Which segments: those there are, or those that can be brought back."""

    removed: bool = False


class InsideAsked(Paging):
    """In which order who is in a segment."""

    order: Annotated[str, OneOf(census.ORDERS)] = "last"


class RuleTest(Condition):
    """One test of a rule, under a name of its own: a diagnosis knows conditions of another kind."""


class RuleBlock(Block):
    """Tests, or blocks of them, that must hold together."""

    parts: tuple[Union["RuleBlock", RuleTest], ...] = Field(min_length=1, max_length=MOST_PARTS)


class RuleSaid(Sent):
    """A rule over people."""

    rule: RuleBlock


class SegmentSaid(RuleSaid):
    """A segment: its name and its rule."""

    name: Words = Field(min_length=1, max_length=LONGEST_NAME)


class SegmentTold(Schema):
    """A segment. `people`: how many there were when somebody last looked, at `counted`."""

    id: UUID
    name: str
    rule: RuleBlock
    by: str | None
    changed: datetime
    removed: datetime | None
    people: int | None
    counted: datetime | None


class CountTold(Schema):
    """How many fit a rule, of how many."""

    people: int
    everybody: int


class WhyLine(Schema):
    """A condition in words with what is known of the person, or the head of a block of those that stand deeper."""

    depth: int
    holds: bool
    text: str
    value: str


class WhyTold(Schema):
    """Whether somebody is in a segment, line by line; the first line is the whole rule."""

    person: UUID
    inside: bool
    lines: list[WhyLine]


def list_segments(request: Asked, workspace: Workspace, asked: Query[SegmentsAsked]) -> Page[SegmentTold]:
    """The segments of a workspace."""
    found = segment.removed_segments(workspace, now=clock.now()) if asked.removed else segment.segments(workspace)
    return paged(found, asked, lambda rows: [_told(row) for row in rows])


def _told(row: Segment) -> SegmentTold:
    values = {name: getattr(row, name) for name in ("name", "changed", "removed", "people", "counted")}
    return SegmentTold(id=row.pk, rule=RuleBlock.model_validate(row.rule), by=str(row.by) if row.by else None, **values)


def count_rule(request: Asked, workspace: Workspace, said: RuleSaid) -> CountTold:
    """How many people fit a rule; changes nothing."""
    return CountTold(
        people=segment.size(workspace, said.rule, staff=request.staff, now=clock.now()),
        everybody=segment.everybody(workspace, request.staff).count(),
    )


def add_segment(request: Asked, workspace: Workspace, said: SegmentSaid) -> SegmentTold:
    """Save a rule under a name."""
    return _told(segment.keep(workspace, name=said.name, rule=said.rule, by=request.user, now=clock.now()))


def read_segment(request: Asked, row: Segment) -> SegmentTold:
    """One segment."""
    return _told(row)


def set_segment(request: Asked, row: Segment, said: SegmentSaid) -> SegmentTold:
    """Give a segment another name or rule."""
    values: dict[str, Any] = {"name": said.name, "rule": said.rule, "segment": row}
    return _told(segment.keep(row.workspace, **values, by=request.user, now=clock.now()))


def remove_segment(request: Asked, row: Segment) -> None:
    """Take a segment out of the list; for a day it can be brought back."""
    segment.remove(row, by=request.user, now=clock.now())


def restore_segment(request: Asked, row: Segment) -> SegmentTold:
    """Bring a removed segment back."""
    segment.restore(row, by=request.user, now=clock.now())
    row.refresh_from_db()
    return _told(row)


def list_inside(request: Asked, row: Segment, asked: Query[InsideAsked]) -> Page[PersonLine]:
    """Who is in a segment, as far as somebody may see."""
    fitting = segment.tallies(row.workspace, row.block(), staff=request.staff, now=clock.now())
    with roomy():
        found = census.ordered(census.chosen(request.staff, fitting), asked.order)
        return paged(found, asked, lambda rows: [person_line(human) for human in census.filled(rows, request.staff)])


def explain_person(request: Asked, row: Segment, which: UUID) -> WhyTold:
    """Why a person is in a segment or not."""
    person = scope.PERSON.of(request.staff).filter(pk=which).first()
    tally = Tally.objects.filter(person=person.root_id or person.pk).first() if person else None
    if tally is None:
        raise NotThere("which")
    rule = row.block()
    seen = segment.explain(rule, tally, now=clock.now())
    told = lines(seen, tally, request.staff, names_in(request.staff, [rule]))
    return WhyTold(person=tally.person_id, inside=seen.holds, lines=[WhyLine(**vars(line)) for line in told])
