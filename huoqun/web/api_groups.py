"""The API of groups: list, one, what the operator says of it, its marks, its diagnosis, removal."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Schema
from pydantic import Field

from huoqun.base import clock
from huoqun.insight.card import TYPES
from huoqun.insight.document import Diagnosis
from huoqun.insight.stage import NAMES
from huoqun.people import checkup, mark, override, positioning
from huoqun.people import group as groups
from huoqun.people import room as rooms
from huoqun.people.checkup import CARE
from huoqun.people.group import Group
from huoqun.people.mark import Mark
from huoqun.people.override import LONGEST_WHY
from huoqun.people.workspace import Workspace
from huoqun.web.api_facts import NotThere, NotYet
from huoqun.web.api_shape import Day, Moment, Named, OneOf, Page, Paging, Sent, Words, paged
from huoqun.web.gate import Asked
from huoqun.web.group import owner_there
from huoqun.web.portfolio import ORDERS, Wanted, portfolio, told


class GroupsAsked(Paging):
    """Which groups, in which order."""

    q: Words = Field("", max_length=100, description="Part of the name.")
    state: Annotated[str, OneOf(("", *CARE))] = ""
    type: Annotated[str, OneOf(("", *TYPES))] = ""
    stage: Annotated[str, OneOf(("", *NAMES))] = ""
    network: str = Field("", max_length=20, pattern="^[a-z]*$")
    order: Annotated[str, OneOf(ORDERS)] = "care"


class GroupLine(Schema):
    """A group as a list shows it. Shares are from 0 to 1; what is not known is null."""

    id: UUID
    name: str
    network: str
    type: str
    zone: str
    simulated: bool
    stage: str | None = None
    state: str | None = Field(None, description="The verdict of the newest diagnosis.")
    half: float | None = Field(None, description="How likely it has half as many speakers in 90 days.")
    silent: float | None = Field(None, description="How likely it is silent in 90 days.")
    cause: str | None = None
    grade: str | None = Field(None, description="How complete the files are, A to D.")
    members: int | None = None
    messages: int
    answered: float | None = None
    speaking: float | None = None
    welcome: float | None = None
    alerts: list[str] = Field(description="What its list says at once: `worse`, `owner_silent` and the like.")
    first: datetime | None
    last: datetime | None


class RoomTold(Schema):
    """How many members fit in. `said`: somebody said so, else it is the network's limit."""

    members: int | None
    limit: int | None
    said: bool
    share: float | None
    near: bool


class GroupTold(GroupLine):
    """A group with what its operator says of it."""

    owner: str
    carer: Named | None
    ends: date | None
    stage_said: str
    stage_why: str
    positioning: dict[str, str]
    missing: list[str] = Field(description="Which of the three elements nobody has named.")
    room: RoomTold
    as_of: datetime | None = Field(description="Of what moment the newest diagnosis is.")
    stale: bool = Field(description="A newer diagnosis is on its way.")


class CardSaid(Sent):
    """The card of a group."""

    type: Annotated[str, OneOf(("", *TYPES))]
    owner: Words = Field(max_length=300, description="The owner's account; empty: found out from the files.")
    zone: Words = Field(max_length=64, examples=["Asia/Shanghai"])
    ends: Day | None = None


class StageSaid(Sent):
    """A stage in place of the computed one."""

    stage: Annotated[str, OneOf(NAMES)]
    why: Words = Field(min_length=1, max_length=LONGEST_WHY)


class LimitSaid(Sent):
    """How many members fit in; null: the network's limit."""

    limit: int | None = Field(ge=1, le=rooms.MOST)


class PositioningSaid(Sent):
    """The positioning card; a part that is left out is emptied."""

    goal: str = ""
    core: str = ""
    strata: str = ""
    field: str = ""
    persona: str = ""
    value: str = ""
    slogan: str = ""
    rules: str = ""
    threshold: str = ""
    orientation: Annotated[str, OneOf(positioning.ORIENTATIONS)] = ""


class MarkSaid(Sent):
    """An event on the pulse."""

    title: Words = Field(min_length=1, max_length=mark.LONGEST_TITLE)
    start: Moment
    end: Moment
    by_owner: bool = True


class MarkTold(Schema):
    """An event on the pulse."""

    id: UUID
    title: str
    start: datetime
    end: datetime
    by_owner: bool


def list_groups(request: Asked, workspace: Workspace, asked: Query[GroupsAsked]) -> Page[GroupLine]:
    """The groups somebody may see, those that need care first."""
    wanted = Wanted(**asked.dict(exclude={"page", "size"}))
    keys = portfolio(request.staff, wanted, now=clock.now()).values_list("pk", flat=True)
    return paged(keys, asked, lambda some: [GroupLine(**line) for _, line in _lines(some)])


def _lines(keys: Sequence[UUID]) -> list[tuple[Any, dict[str, Any]]]:
    """The groups of the keys, each with its line; `half` is the chance itself, null where it is not known."""
    return [(group, _line(group)) for group in told(list(keys), now=clock.now())]


def _line(group: Any) -> dict[str, Any]:
    own = {"half": group.chance, "alerts": [each.kind for each in group.warned]}
    return {name: getattr(group, name) for name in GroupLine.model_fields if name not in own} | own


def read_group(request: Asked, group: Group) -> GroupTold:
    """One group."""
    return _one(request, group)


def _one(request: Asked, group: Group) -> GroupTold:
    ((row, line),) = _lines([group.pk])
    found = checkup.latest(group)
    more: dict[str, Any] = {
        "carer": Named(id=row.carer.pk, name=str(row.carer)) if row.carer else None,
        "positioning": positioning.card_of(row),
        "missing": positioning.missing(row),
        "room": rooms.room(row, row.members)._asdict(),
        "as_of": found.as_of if found else None,
        "stale": checkup.stale().filter(pk=row.pk).exists(),
    }
    plain = {name: getattr(row, name) for name in ("owner", "ends", "stage_said", "stage_why")}
    return GroupTold(**line, **plain, **more)


def set_card(request: Asked, group: Group, said: CardSaid) -> GroupTold:
    """Say what type the group is of, who owns it, its zone and when it ends."""
    if said.owner and not owner_there(group, said.owner):
        raise NotThere("owner")
    groups.set_card(group, **said.dict(), by=request.user, now=clock.now())
    return _one(request, group)


def set_stage(request: Asked, group: Group, said: StageSaid) -> GroupTold:
    """Put another stage in place of the computed one."""
    override.override(group, stage=said.stage, why=said.why, by=request.user, now=clock.now())
    return _one(request, group)


def unset_stage(request: Asked, group: Group) -> GroupTold:
    """Let the computed stage stand again."""
    override.take_back(group, by=request.user, now=clock.now())
    return _one(request, group)


def set_positioning(request: Asked, group: Group, said: PositioningSaid) -> GroupTold:
    """Say what the group is for."""
    positioning.set_positioning(group, said.dict(), by=request.user, now=clock.now())
    return _one(request, group)


def set_limit(request: Asked, group: Group, said: LimitSaid) -> GroupTold:
    """Say how many members fit in."""
    rooms.set_limit(group, said.limit, by=request.user, now=clock.now())
    return _one(request, group)


def list_marks(request: Asked, group: Group, paging: Query[Paging]) -> Page[MarkTold]:
    """The events set on the pulse by hand, the newest first."""
    return paged(group.marks.order_by("-start", "pk"), paging, lambda some: [MarkTold.from_orm(m) for m in some])


def add_mark(request: Asked, group: Group, said: MarkSaid) -> MarkTold:
    """Set an event on the pulse; the same one set twice is one."""
    return MarkTold.from_orm(mark.add(group, **said.dict(), by=request.user, now=clock.now()))


def change_mark(request: Asked, group: Group, which: UUID, said: MarkSaid) -> MarkTold:
    """Say anew what an event is and when."""
    row = _mark(group, which)
    mark.change(row, **said.dict(), by=request.user, now=clock.now())
    return MarkTold.from_orm(_mark(group, which))


def remove_mark(request: Asked, group: Group, which: UUID) -> None:
    """Take an event off the pulse."""
    mark.take_off(_mark(group, which), by=request.user, now=clock.now())


def _mark(group: Group, which: UUID) -> Mark:
    row = group.marks.filter(pk=which).first()
    if row is None:
        raise NotThere("which")
    return row


def read_document(request: Asked, group: Group) -> Diagnosis:
    """The newest diagnosis, whole, as `huoqun schema` describes it."""
    found = checkup.latest(group)
    if found is None:
        raise NotYet
    return HttpResponse(found.document, content_type="application/json")  # type: ignore[return-value]


def remove_group(request: Asked, group: Group) -> None:
    """Remove the group; for an hour it can be brought back."""
    groups.remove(group, by=request.user, now=clock.now())


def restore_group(request: Asked, group: Group) -> GroupTold:
    """Bring a removed group back."""
    groups.restore(group, by=request.user, now=clock.now())
    return _one(request, group)
