"""The API of strata: the rule by which people are sorted, who would move under another one, who carries the groups."""

from datetime import datetime

from ninja import Query, Schema

from huoqun.base import clock
from huoqun.people import judgement, ladder
from huoqun.people.ladder import Ladder, Rule
from huoqun.people.sieve import roomy
from huoqun.people.staff import groups_for
from huoqun.people.workspace import Workspace
from huoqun.web.api_shape import Named, Page, Paging, paged
from huoqun.web.gate import Asked


class StrataRule(Rule):
    """The rule, under a name of its own. What is left out has its default."""


class StrataTold(Schema):
    """The rule in force, the one that can be taken back to, and how many people stand where. `people` is null for who
    is limited to some groups; `judging`: somebody's place may still change."""

    rule: StrataRule
    former: StrataRule | None
    changed: datetime | None
    by: str | None
    judged: datetime | None
    judging: bool
    people: dict[str, int] | None


class MoveTold(Schema):
    """People who would go from one stratum to another, the first of them by name."""

    before: str
    after: str
    people: int
    named: list[Named]


class SpreadTold(Schema):
    """How those who ever spoke in a group spread; `missing`: how many more would make a fifth that carries it."""

    group: Named
    people: int
    strata: dict[str, int]
    carriers: int
    missing: int


def read_strata(request: Asked, workspace: Workspace) -> StrataTold:
    """The rule of the strata and how many people stand in each."""
    return _told(request, workspace)


def _told(request: Asked, workspace: Workspace) -> StrataTold:
    row = Ladder.objects.filter(workspace=workspace).select_related("by").first()
    former = row.former if row else None
    return StrataTold(
        rule=StrataRule(**ladder.rule_of(workspace).model_dump()),
        former=StrataRule(**former) if former is not None else None,
        changed=row.changed if row else None,
        by=str(row.by) if row and row.by else None,
        judged=row.judged if row else None,
        judging=judgement.at_work(workspace),
        people=None if request.staff.duty.limited else judgement.spread(workspace),
    )


def preview_strata(request: Asked, workspace: Workspace, said: StrataRule) -> list[MoveTold]:
    """Who would move under a rule; changes nothing."""
    with roomy():
        moves = judgement.preview(workspace, Rule(**said.model_dump()))
    return [_move(move) for move in moves]


def _move(move: judgement.Move) -> MoveTold:
    named = [Named(id=person, name=name) for person, name in move.named]
    return MoveTold(before=move.before, after=move.after, people=move.people, named=named)


def set_strata(request: Asked, workspace: Workspace, said: StrataRule) -> StrataTold:
    """Another rule; everybody is judged by it."""
    if ladder.set_rule(workspace, Rule(**said.model_dump()), by=request.user, now=clock.now()):
        judgement.ask(workspace, by=request.user, now=clock.now())
    return _told(request, workspace)


def take_back_strata(request: Asked, workspace: Workspace) -> StrataTold:
    """The rule before the last change is in force again, where there is one."""
    if ladder.take_back(workspace, by=request.user, now=clock.now()):
        judgement.ask(workspace, by=request.user, now=clock.now())
    return _told(request, workspace)


def judge_strata(request: Asked, workspace: Workspace) -> StrataTold:
    """Have everybody judged anew."""
    judgement.ask(workspace, by=request.user, now=clock.now())
    return _told(request, workspace)


def list_spreads(request: Asked, workspace: Workspace, paging: Query[Paging]) -> Page[SpreadTold]:
    """How each group's speakers spread over the strata."""
    groups = groups_for(request.staff).exclude(newest=None).order_by("name", "pk")
    return paged(groups, paging, lambda rows: [_spread(one) for one in judgement.spreads(rows)])


def _spread(one: judgement.Spread) -> SpreadTold:
    group = Named(id=one.group.pk, name=one.group.name)
    return SpreadTold(group=group, people=one.people, strata=one.strata, carriers=one.carriers, missing=one.missing)
