"""The API of the plan of a group: its goal with the counter, its place in the tree, who looks after it."""

from collections.abc import Set as AbstractSet
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from django.db.models import F
from ninja import Query, Schema
from pydantic import Field

from huoqun.base import clock
from huoqun.people import branch, goal
from huoqun.people import group as groups
from huoqun.people.branch import Branch
from huoqun.people.goal import Count, Goal
from huoqun.people.group import Group
from huoqun.people.staff import groups_for, looks_after
from huoqun.people.workspace import Workspace
from huoqun.web.api_facts import NotThere
from huoqun.web.api_shape import Day, Named, OneOf, Page, Paging, Sent, Words, paged
from huoqun.web.dealing import today
from huoqun.web.gate import Asked

Number = Annotated[float, Field(allow_inf_nan=False)]


class GoalTold(Schema):
    """The goal that stands, and how far the group is; `days`: until its last day, below 0 once it is past."""

    text: str
    target: float
    unit: str
    until: date | None
    done: float
    share: float
    reached: bool
    days: int | None


class GoalSaid(Sent):
    """A goal for all members of a group."""

    text: Words = Field(min_length=1, max_length=goal.LONGEST_TEXT)
    target: Number = Field(ge=goal.LEAST, le=goal.MOST)
    unit: Words = Field("", max_length=goal.LONGEST_UNIT)
    until: Day | None = None


class CountSaid(Sent):
    """So much more towards the goal; less than nothing puts something right. Today where no day is said."""

    amount: Number = Field(ge=-goal.MOST, le=goal.MOST)
    day: Day | None = None
    note: Words = Field("", max_length=goal.LONGEST_NOTE)


class GoalCount(Schema):
    """An entry of the counter; `source`: `hand`, or the kind of activity that fed it."""

    id: UUID
    day: date
    amount: float
    note: str
    source: str
    by: str | None
    created: datetime


class BranchTold(Schema):
    """Where a group stands in the tree, and how it is run; empty words where nobody said so."""

    group: Named
    parent: UUID | None
    kind: str
    layout: str
    place: str
    way: str


class TreeLine(BranchTold):
    """A group of the tree with the verdict of its newest diagnosis; a parent somebody may not see is told as none."""

    state: str | None


class BranchSaid(Sent):
    """Under which group a group stands, as what, and how it is run."""

    parent: UUID | None = None
    kind: Annotated[str, OneOf(branch.KINDS)] = ""
    layout: Annotated[str, OneOf(branch.LAYOUTS)] = ""
    place: Words = Field("", max_length=branch.LONGEST_PLACE)
    way: Annotated[str, OneOf(branch.WAYS)] = ""


class CarerSaid(Sent):
    """The account of who looks after a group, as `list_carers` tells it; null: nobody."""

    account: UUID | None


def read_goal(request: Asked, group: Group) -> GoalTold:
    """The goal of a group and how far it is."""
    found = goal.goal_of(group)
    if found is None:
        raise goal.NoGoal
    return _goal(found, group)


def _goal(row: Goal, group: Group) -> GoalTold:
    far = goal.progress(row, today=today(group))
    names = ("text", "target", "unit", "until")
    told = {name: getattr(row, name) for name in names}
    return GoalTold(**told, done=far.done, share=far.share, reached=far.reached, days=far.days)


def set_goal(request: Asked, group: Group, said: GoalSaid) -> GoalTold:
    """Give a group a goal, or say the one that stands anew; what was counted stays."""
    return _goal(goal.aim(group, **said.dict(), by=request.user, now=clock.now()), group)


def end_goal(request: Asked, group: Group) -> None:
    """The goal stands no longer; it and what was counted are kept."""
    goal.end(group, by=request.user, now=clock.now())


def list_counts(request: Asked, group: Group, paging: Query[Paging]) -> Page[GoalCount]:
    """What was counted towards the goal that stands, the last day first."""
    found = Count.objects.filter(goal__group=group, goal__ended=None).select_related("account")
    return paged(found.order_by("-day", "-created", "pk"), paging, lambda rows: [_count(row) for row in rows])


def _count(row: Count) -> GoalCount:
    names = ("day", "amount", "note", "source", "created")
    by = str(row.account) if row.account else None
    return GoalCount(id=row.pk, by=by, **{name: getattr(row, name) for name in names})


def add_count(request: Asked, group: Group, said: CountSaid) -> GoalCount:
    """Count towards the goal."""
    day = said.day or today(group)
    return _count(goal.count(group, said.amount, day=day, note=said.note, by=request.user, now=clock.now()))


def remove_count(request: Asked, group: Group, which: UUID) -> None:
    """Take an entry off the counter."""
    row = Count.objects.filter(pk=which, goal__group=group).select_related("goal__group").first()
    if row is None:
        raise NotThere("which")
    goal.uncount(row, by=request.user, now=clock.now())


def read_branch(request: Asked, group: Group) -> BranchTold:
    """Where a group stands in the tree."""
    return _branch(request, group)


def _branch(request: Asked, group: Group) -> BranchTold:
    row = branch.branch_of(group)
    above = groups_for(request.staff).filter(pk__in=[row.parent_id])
    return BranchTold(**_placed(row, group, set(above.values_list("pk", flat=True))))


def _placed(row: Branch, group: Group, above: AbstractSet[UUID]) -> dict[str, Any]:
    """What is told of a group's place; `above`: the parents that somebody may see."""
    names = ("kind", "layout", "place", "way")
    parent = row.parent_id if row.parent_id in above else None
    told: dict[str, Any] = {name: getattr(row, name) for name in names}
    return told | {"group": Named(id=group.pk, name=group.name), "parent": parent}


def set_branch(request: Asked, group: Group, said: BranchSaid) -> BranchTold:
    """Put a group into the tree, with all that stand under it, and say how it is run."""
    parent = groups_for(request.staff).filter(pk=said.parent).first() if said.parent else None
    if said.parent and parent is None:
        raise NotThere("parent")
    parent = parent or branch.unseen(group, request.staff)
    branch.settle(group, parent=parent, **said.dict(exclude={"parent"}), by=request.user, now=clock.now())
    return _branch(request, group)


def list_tree(request: Asked, workspace: Workspace, paging: Query[Paging]) -> Page[TreeLine]:
    """The groups that stand in the tree, each with the one above it."""
    seen = groups_for(request.staff)
    found = seen.exclude(branch=None).select_related("branch").annotate(state=F("newest__state"))

    def tell(rows: list[Group]) -> list[TreeLine]:
        above = set(seen.filter(pk__in=[row.branch.parent_id for row in rows]).values_list("pk", flat=True))
        return [_tree(row, above) for row in rows]

    return paged(found.order_by("name", "pk"), paging, tell)


def _tree(row: Group, above: set[UUID]) -> TreeLine:
    return TreeLine(**_placed(row.branch, row, above), state=row.state)  # type: ignore[attr-defined]


def list_carers(request: Asked, group: Group) -> list[Named]:
    """Who can look after a group."""
    return [Named(id=one.pk, name=str(one)) for one in looks_after(group)]


def set_carer(request: Asked, group: Group, said: CarerSaid) -> None:
    """Say who looks after a group."""
    carer = next((one for one in looks_after(group) if one.pk == said.account), None)
    if said.account and carer is None:
        raise NotThere("account")
    groups.entrust(group, carer, by=request.user, now=clock.now())
