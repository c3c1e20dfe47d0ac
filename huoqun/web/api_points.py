"""The API of points: what somebody has and how they came to it, giving and taking by hand, the board of a group."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from ninja import Query, Schema
from pydantic import Field

from huoqun.base import clock
from huoqun.people import level, podium, points, scheme
from huoqun.people.group import Group
from huoqun.people.person import Identity, Person, ones
from huoqun.people.points import Posting
from huoqun.people.staff import groups_for
from huoqun.web import reward
from huoqun.web.api_facts import NotThere
from huoqun.web.api_life import Key
from huoqun.web.api_shape import Named, OneOf, Page, Paging, Sent, Words, paged
from huoqun.web.gate import Asked

Why = Annotated[Words, Field(min_length=1, max_length=points.LONGEST_NOTE, pattern=r"\S")]


class PurseTold(Schema):
    """The points of a human over all persons they are: what they have, what they ever earned, their level and how many
    points are missing to the next one (0 at the top)."""

    person: UUID
    balance: int
    earned: int
    level: int
    level_name: str
    missing: int


class PostingTold(Schema):
    """One change of somebody's points. `what`: what it is for; `after`: what was in the purse then; `activity`: the one
    that gave them; `reversed`: it was taken back."""

    id: UUID
    amount: int
    after: int
    kind: str
    what: str
    note: str
    activity: UUID | None
    group: Named | None
    by: str | None
    at: datetime
    reversed: bool


class PostingSaid(Sent):
    """Points given by hand (above nought) or taken (below), and why. `group`: in which group; left out, the first one
    they are in."""

    amount: int = Field(ge=-points.MOST, le=points.MOST)
    why: Why
    key: Key
    group: UUID | None = None


class ReversalSaid(Sent):
    """Why a posting is taken back."""

    why: Why


class PodiumAsked(Paging):
    """For which time: this week, this month, or ever."""

    period: Annotated[str, OneOf(podium.PERIODS)] = podium.WEEK


class PodiumLine(Schema):
    """A place on the board; several may share one. `shy`: they do not want to be shown to other members."""

    place: int
    person: UUID
    account: str
    name: str
    points: int
    shy: bool


def read_points(request: Asked, person: Person) -> PurseTold:
    """The points of a person, and their level."""
    earned = points.earned(person)
    stands = level.level_of(earned, scheme.levels(request.workspace))
    told: dict[str, Any] = {"level": stands.number, "level_name": stands.name, "missing": stands.missing}
    return PurseTold(person=person.root_id or person.pk, balance=points.balance(person), earned=earned, **told)


def list_postings(request: Asked, person: Person, paging: Query[Paging]) -> Page[PostingTold]:
    """How a person came to their points, the last change first; who is limited sees those of their own groups."""
    return paged(_postings(request, person), paging, lambda rows: [_posting(row) for row in rows])


def _postings(request: Asked, person: Person) -> Any:
    found = reward.seen(request, request.workspace).filter(purse__person__in=ones(person))
    return found.select_related("group", "by", "reversed_by").order_by("-created", "-number", "-pk")


def _posting(row: Posting) -> PostingTold:
    kind, _colon, id = row.source.partition(":")
    return PostingTold(
        activity=UUID(id) if kind == "activity" else None,
        group=Named(id=row.group.pk, name=row.group.name) if row.group else None,
        by=str(row.by) if row.by else None,
        reversed=hasattr(row, "reversed_by"),
        **{name: getattr(row, name) for name in ("id", "amount", "after", "kind", "what", "note", "at")},
    )


def give_points(request: Asked, person: Person, said: PostingSaid) -> PurseTold:
    """Give somebody points by hand within the month's budget, or take them, once for each key."""
    there = Identity.objects.filter(person__in=ones(person), group__in=groups_for(request.staff))
    there = there.filter(group=said.group) if said.group else there
    who = there.select_related("person__workspace", "group").order_by("group__name", "pk").first()
    if who is None and said.group:
        raise NotThere("group")
    whose, group = (who.person, who.group) if who else (person, None)
    told: dict[str, Any] = {"why": said.why, "key": f"hand {said.key} {(person.root_id or person.pk).hex}"}
    scheme.give_by_hand(whose, said.amount, **told, by=request.user, group=group, now=clock.now())
    return read_points(request, person)


def reverse_posting(request: Asked, person: Person, which: UUID, said: ReversalSaid) -> PurseTold:
    """Take a change of points back, if they are still there."""
    row = _postings(request, person).filter(pk=which).first()
    if row is None:
        raise NotThere("which")
    points.reverse(row, why=said.why, by=request.user, now=clock.now())
    return read_points(request, person)


def list_podium(request: Asked, group: Group, asked: Query[PodiumAsked]) -> Page[PodiumLine]:
    """Who of a group earned most points, the most first."""

    def tell(line: podium.Line) -> PodiumLine:
        who = line.who
        named: dict[str, Any] = {"person": who.person.root_id or who.person_id, "account": who.account}
        return PodiumLine(place=line.place, **named, name=who.name, points=line.points, shy=line.shy)

    return paged(podium.podium(group, asked.period, now=clock.now()), asked, lambda rows: [tell(row) for row in rows])
