"""The API of lists of people from spreadsheets: given, looked at with their faults, taken whole, undone whole."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from ninja import File, Schema
from ninja.files import UploadedFile
from pydantic import Field

from huoqun.base import clock
from huoqun.people import roll as rolls
from huoqun.people.group import Group
from huoqun.people.roll import Plan, Roll
from huoqun.people.spreadsheet import MEANINGS
from huoqun.web.api_shape import Named, OneOf, Sent
from huoqun.web.gate import Asked
from huoqun.web.roll import FAULTS, SHOWN, lines_of

SAYINGS = 100
"""Lines of profiles that a plan tells; it counts all of them."""


class ColumnTold(Schema):
    """A column: its heading, what it seems to hold (empty: nothing that is taken), its first cells."""

    heading: str
    meaning: str
    cells: list[str]


class RollTold(Schema):
    """A list of people; `lines` below the headings; `made`: rows that taking it made, by kind."""

    id: UUID
    group: Named
    name: str
    columns: list[ColumnTold]
    lines: int
    taken: datetime | None
    undone: datetime | None
    made: dict[str, int]


class MeaningsSaid(Sent):
    """What each column holds, in their order; `add`: who is not in the group yet comes in."""

    meanings: list[Annotated[str, OneOf(MEANINGS)]] = Field(max_length=500)
    add: bool = False


class TakingSaid(MeaningsSaid):
    """The same, and `skip`: lines that are wrong are left out instead of refusing the whole."""

    skip: bool = False


class LineFault(Schema):
    """What is wrong with a line of the file: `nobody`, `unknown`, `ambiguous` or `long`."""

    line: int
    column: str
    why: str
    cell: str


class SayingPlanned(Schema):
    """What would be said of somebody, by their account."""

    account: str
    kind: str
    field: str
    text: str


class PlanTold(Schema):
    """What taking a list would do, or did; the first faults and lines of profiles with how many there are in all."""

    people: int
    strangers: dict[str, str]
    sayings: list[SayingPlanned]
    sayings_total: int
    faults: list[LineFault]
    faults_total: int


def add_roll(request: Asked, group: Group, file: File[UploadedFile]) -> RollTold:
    """Give a spreadsheet with people of a group; nothing is written of them yet."""
    return _told(rolls.give(group, file.name or "", lines_of(file), by=request.user, now=clock.now()))


def read_roll(request: Asked, row: Roll) -> RollTold:
    """A list of people with what its columns seem to hold."""
    return _told(row)


def _told(row: Roll) -> RollTold:
    row = Roll.objects.select_related("group").get(pk=row.pk)
    headings, cells = row.lines[0][1], [line[1] for line in row.lines[1 : 1 + SHOWN]]
    columns = [
        ColumnTold(heading=heading, meaning=meaning, cells=[line[n] for line in cells if n < len(line)])
        for n, (heading, meaning) in enumerate(zip(headings, row.meanings, strict=False))
    ]
    return RollTold(
        id=row.pk,
        group=Named(id=row.group.pk, name=row.group.name),
        columns=columns,
        lines=len(row.lines) - 1,
        made={kind: len(keys) for kind, keys in row.made.items()},
        **{name: getattr(row, name) for name in ("name", "taken", "undone")},
    )


def plan_roll(request: Asked, row: Roll, said: MeaningsSaid) -> PlanTold:
    """What taking a list would do; changes nothing."""
    return _plan(rolls.plan(row, said.meanings, add=said.add))


def take_roll(request: Asked, row: Roll, said: TakingSaid) -> PlanTold:
    """Take a list into profiles, as a whole or not at all."""
    asked = {"add": said.add, "skip": said.skip}
    return _plan(rolls.take(row, said.meanings, **asked, by=request.user, now=clock.now()))


def _plan(found: Plan) -> PlanTold:
    names = ("account", "kind", "field", "text")
    return PlanTold(
        people=found.lines,
        strangers=found.strangers,
        sayings=[SayingPlanned(**dict(zip(names, said, strict=True))) for said in found.sayings[:SAYINGS]],
        sayings_total=len(found.sayings),
        faults=[LineFault(**vars(fault)) for fault in found.faults[:FAULTS]],
        faults_total=len(found.faults),
    )


def undo_roll(request: Asked, row: Roll) -> RollTold:
    """Take back what a list wrote, but for what somebody has changed since."""
    rolls.undo(row, by=request.user, now=clock.now())
    return _told(row)
