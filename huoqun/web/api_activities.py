"""The API of activities: their kinds, the list, one, a new draft, and saying it anew."""

import math
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.db.models import Count
from ninja import Query, Schema
from pydantic import AfterValidator, Field, ValidationError, WithJsonSchema

from huoqun.activities import activity as base
from huoqun.activities import attendance, behalf, life
from huoqun.activities.activity import LIFE, LONGEST_ABOUT, LONGEST_TITLE, Activity
from huoqun.activities.contribution import WITHDRAWN
from huoqun.activities.kind import Plan
from huoqun.activities.kinds import KINDS
from huoqun.base import clock
from huoqun.people.staff import groups_for
from huoqun.people.workspace import Workspace
from huoqun.web import word
from huoqun.web.api_facts import BadPlan
from huoqun.web.api_shape import Moment, Named, OneOf, Page, Paging, Sent, Words, groups_named, paged
from huoqun.web.gate import Asked

_VALUE = {"type": ["string", "number", "boolean", "null"]}


def _plain(value: Any) -> Any:
    if isinstance(value, str | list) and all(isinstance(text, str) for text in value):
        return value.replace("\0", "") if isinstance(value, str) else [text.replace("\0", "") for text in value]
    if value is None or isinstance(value, bool | int) or (isinstance(value, float) and math.isfinite(value)):
        return value
    raise ValueError("neither a text, a number, true or false, nor a list of texts")


PlanValue = Annotated[
    Any,
    AfterValidator(_plain),
    WithJsonSchema({"anyOf": [_VALUE, {"type": "array", "items": {"type": "string"}}]}),
]
PlanSaid = dict[Annotated[str, Field(max_length=60)], PlanValue]
"""What a kind needs to know, by the fields of its plan; `list_kinds` tells the JSON Schema of each."""


class KindTold(Schema):
    """A kind of activity: the JSON Schema of its `plan`, what members and staff can do in it, and the verbs that it
    takes in the chat. `signs_up`: members sign up; else they take part by what they do."""

    id: str
    name: str
    about: str
    plan: dict[str, Any]
    signs_up: bool
    members_do: list[str]
    staff_do: list[str]
    chat: list[str]


class ActivitiesAsked(Paging):
    """Which activities."""

    group: UUID | None = None
    kind: Annotated[str, OneOf(("", *KINDS))] = ""
    state: Annotated[str, OneOf(("", *LIFE))] = ""


class ActivityLine(Schema):
    """An activity as a list shows it. `people`: how many take part in which state (invited, waiting, joined, done,
    absent, left); `capacity`: how many places there are, null: as many as come."""

    id: UUID
    kind: str
    title: str
    state: str
    groups: list[Named]
    created: datetime
    opened: datetime | None
    starts: datetime | None
    closes: datetime | None
    closed: datetime | None
    settled: datetime | None
    capacity: int | None
    people: dict[str, int]


class ActivityTold(ActivityLine):
    """An activity. `takes`: whether members can take part now; `taken`: places taken; `contributions`: how many of
    which sort were handed in; `removed`: when it was taken out of the lists."""

    about: str
    plan: dict[str, Any]
    takes: bool
    taken: int
    contributions: dict[str, int]
    removed: datetime | None


class ActivityNew(Sent):
    """A new draft. What is left out of the plan is as its kind has it."""

    kind: Annotated[str, OneOf(KINDS)]
    title: Words = Field(min_length=1, max_length=LONGEST_TITLE)
    groups: list[UUID] = Field(min_length=1, max_length=1000)
    plan: PlanSaid = {}
    about: Words = Field("", max_length=LONGEST_ABOUT)
    capacity: int | None = Field(None, ge=1, le=1_000_000)
    starts: Moment | None = None
    closes: Moment | None = None


class ActivitySaid(Sent):
    """An activity said anew; what is left out stays as it is. Once it is open, its plan and its groups stay, and places
    can only become more."""

    title: Words = Field("", min_length=1, max_length=LONGEST_TITLE)
    groups: list[UUID] = Field([], min_length=1, max_length=1000)
    plan: PlanSaid = {}
    about: Words = Field("", max_length=LONGEST_ABOUT)
    capacity: int | None = Field(None, ge=1, le=1_000_000)
    starts: Moment | None = None
    closes: Moment | None = None


def list_kinds(request: Asked, workspace: Workspace) -> list[KindTold]:
    """The kinds of activity, and what each needs to know."""
    return [
        KindTold(
            id=kind.id,
            name=word.of("activity_kind", kind.id),
            about=word.of("activity_for", kind.id),
            plan=kind.plan.model_json_schema(),
            signs_up=kind.signs_up,
            members_do=list(behalf.deeds(kind)),
            staff_do=list(kind.staff),
            chat=list(kind.chat),
        )
        for kind in KINDS.values()
    ]


def list_activities(request: Asked, workspace: Workspace, asked: Query[ActivitiesAsked]) -> Page[ActivityLine]:
    """The activities somebody may see, newest first."""
    found = life.activities_for(request.staff)
    if asked.group:
        found = found.filter(groups__in=groups_for(request.staff).filter(pk=asked.group))
    found = found.filter(kind=asked.kind) if asked.kind else found
    found = found.filter(base.stands(asked.state, clock.now())) if asked.state else found

    def tell(rows: list[Activity]) -> list[ActivityLine]:
        people = attendance.headcounts(rows)
        return [ActivityLine(**_line(row, people)) for row in rows]

    return paged(found.prefetch_related("groups"), asked, tell)


def _line(row: Activity, people: Mapping[UUID, dict[str, int]]) -> dict[str, Any]:
    names = ("id", "kind", "title", "created", "opened", "starts", "closes", "closed", "settled", "capacity")
    told = {name: getattr(row, name) for name in names}
    told["groups"] = [Named(id=g.pk, name=g.name) for g in base.groups_of(row)]
    return told | {"state": row.standing(clock.now()), "people": people.get(row.pk, {})}


def read_activity(request: Asked, row: Activity) -> ActivityTold:
    """One activity with its plan."""
    return activity_told(row)


def activity_told(activity: Activity) -> ActivityTold:
    """An activity as it is now."""
    row = Activity.objects.get(pk=activity.pk)
    given = row.contributions.exclude(state=WITHDRAWN).order_by()
    return ActivityTold(
        **_line(row, attendance.headcounts([row])),
        about=row.about,
        plan=row.plan,
        takes=row.takes(clock.now()),
        taken=attendance.taken(row),
        contributions=dict(given.values_list("what").annotate(n=Count("pk"))),
        removed=row.removed,
    )


def add_activity(request: Asked, workspace: Workspace, said: ActivityNew) -> ActivityTold:
    """Begin a draft of any kind."""
    told = said.dict(exclude={"kind", "plan", "groups"})
    told["groups"], told["plan"] = groups_named(request.staff, said.groups), _plan(said.kind, said.plan)
    return activity_told(life.begin(workspace, said.kind, **told, by=request.user, now=clock.now()))


def set_activity(request: Asked, row: Activity, said: ActivitySaid) -> ActivityTold:
    """Say an activity anew: everything while a draft, later words, times and more places."""
    told: dict[str, Any] = {name: getattr(row, name) for name in ("title", "about", "capacity", "starts", "closes")}
    told |= {"plan": life.plan_of(row)} | said.dict(exclude_unset=True)
    if "groups" in said.model_fields_set:
        told["groups"] = groups_named(request.staff, said.groups)
        if row.state != base.DRAFT and set(told["groups"]) != set(row.groups.all()):
            raise life.Frozen
    if "plan" in said.model_fields_set:
        told["plan"] = _plan(row.kind, said.plan)
    life.describe(row, **told, by=request.user, now=clock.now())
    return activity_told(row)


def _plan(kind: str, said: PlanSaid) -> Plan:
    """The plan of a kind. Raises BadPlan: the first field that cannot be so, and why."""
    try:
        return KINDS[kind].plan.model_validate(said)
    except ValidationError as error:
        first = error.errors()[0]
        where = first["loc"] or (str(first.get("ctx", {}).get("error", "")),)
        raise BadPlan(".".join(str(part) for part in where), first["msg"]) from error
