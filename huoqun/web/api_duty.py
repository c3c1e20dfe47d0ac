"""The API of duty: the rota of a group with its weeks, and the questions that wait, with whose turn it is."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from ninja import Query, Schema
from pydantic import Field

from huoqun.base import clock
from huoqun.crew import inquiry, planning, rota, service_level
from huoqun.crew.inquiry import HOWS, Inquiry
from huoqun.crew.right import RIGHTS
from huoqun.crew.rota import AMONG, ENGAGED, MOST_CHORES, Rota, Shift
from huoqun.crew.service_level import Waiting
from huoqun.people.group import Group
from huoqun.people.person import ones
from huoqun.people.staff import groups_for
from huoqun.people.workspace import Workspace
from huoqun.web.api_facts import NotThere
from huoqun.web.api_shape import Named, OneOf, Page, Paging, Sent, Words, paged
from huoqun.web.gate import Asked

UNDO = ""
PAST_WEEKS = 12
MOST_GROUPS = 2000


class ShiftTold(Schema):
    """A week on duty. `state`: `open` (nobody has said yes), `set`; `outcome`: "" until it is over."""

    id: UUID
    begins: date
    person: UUID | None
    name: str
    state: str
    outcome: str


class RotaTold(Schema):
    """The rota of a group and its weeks: twelve past ones and all ahead. `on`: weeks are planned."""

    on: bool
    ahead: int
    rest: int
    among: str
    points: int
    reward: str
    rights: list[str]
    chores: list[str]
    told: bool
    weeks: list[ShiftTold]


class RotaSaid(Sent):
    """How a rota works; what is left out is as in a new one."""

    on: bool = True
    ahead: int = Field(8, ge=1, le=52)
    rest: int = Field(4, ge=0, le=51)
    among: Annotated[str, OneOf(AMONG)] = ENGAGED
    points: int = Field(0, ge=0, le=100_000)
    reward: Annotated[Words, Field(max_length=30)] = ""
    rights: list[Annotated[str, OneOf(tuple(RIGHTS))]] = []
    chores: list[Annotated[Words, Field(max_length=120)]] = Field(default=[], max_length=MOST_CHORES)
    told: bool = True


class WeekSaid(Sent):
    """A member for a week; `agreed`: they have said yes, else they are asked."""

    person: UUID
    agreed: bool = False


class QuestionsAsked(Paging):
    """Which questions; `late`: past the target alone; `mine`: where it is my turn."""

    group: UUID | None = None
    late: bool = False
    mine: bool = False


class QuestionTold(Schema):
    """A question that waits. `minutes`: of service so far; `turn`: of what kind the one is whose turn it is."""

    id: UUID
    group: Named
    person: UUID
    name: str
    text: str
    at: datetime
    minutes: float
    target: int
    late: bool
    turn: str
    whose: str
    known: datetime | None


class TickSaid(Sent):
    """How it was ticked off: `elsewhere` (answered elsewhere), `no_question`; "": by mistake, it waits again."""

    how: Annotated[str, OneOf((UNDO, *HOWS))]


class TickTold(Schema):
    """A question as it was ticked off."""

    id: UUID
    how: str
    settled: datetime | None


def read_duty(request: Asked, group: Group) -> RotaTold:
    """The rota of a group with its weeks; where there is none yet, how a new one would work."""
    return _rota(group)


def _rota(group: Group) -> RotaTold:
    row = Rota.objects.filter(group=group).first() or Rota(group=group, on=False)
    today = rota.local_day(clock.now(), group.zone)
    since = rota.monday(today) - PAST_WEEKS * rota.WEEK
    weeks = list(rota.shifts(group, since=since).select_related("person"))
    called = rota.names(group, {who for shift in weeks if (who := rota.human(shift.person))})
    names = ("on", "ahead", "rest", "among", "points", "reward", "rights", "chores", "told")
    return RotaTold(weeks=[_week(s, called) for s in weeks], **{name: getattr(row, name) for name in names})


def _week(shift: Shift, called: dict[UUID, str]) -> ShiftTold:
    who = rota.human(shift.person)
    told: dict[str, Any] = {name: getattr(shift, name) for name in ("id", "begins", "state", "outcome")}
    return ShiftTold(person=who, name=called.get(who, "") if who else "", **told)


def set_duty(request: Asked, group: Group, said: RotaSaid) -> RotaTold:
    """Begin a rota, or say anew how it works; weeks are planned in a moment."""
    planning.set_up(group, by=request.user, now=clock.now(), **said.model_dump())
    return _rota(group)


def _shift(group: Group, which: UUID) -> Shift:
    row = rota.shifts(group).filter(pk=which).first()
    if row is None:
        raise NotThere("which")
    return row


def name_duty(request: Asked, group: Group, which: UUID, said: WeekSaid) -> RotaTold:
    """Give a week to a member of the group, or ask them."""
    row = _shift(group, which)
    seats = rota.seats(group)
    who = next((one for one in seats.values() if ones(one.person).filter(pk=said.person).exists()), None)
    if who is None:
        raise NotThere("person")
    planning.name_one(row, who, agreed=said.agreed, by=request.user, now=clock.now())
    return _rota(group)


def ask_another(request: Asked, group: Group, which: UUID) -> RotaTold:
    """Let somebody else be asked for a week that has not begun."""
    planning.another(_shift(group, which), by=request.user, now=clock.now())
    return _rota(group)


def list_questions(request: Asked, workspace: Workspace, asked: Query[QuestionsAsked]) -> Page[QuestionTold]:
    """The questions that wait, who has waited longest against the target first."""
    groups = groups_for(request.staff).select_related("workspace").order_by("name", "pk")
    those = list((groups.filter(pk=asked.group) if asked.group else groups)[:MOST_GROUPS])
    found = service_level.waiting_questions(those, clock.now())
    found = [w for w in found if w.late] if asked.late else found
    found = [w for w in found if w.turn.account == request.user.pk] if asked.mine else found
    return paged(found, asked, lambda rows: [_question(w) for w in rows])


def _question(w: Waiting) -> QuestionTold:
    told: dict[str, Any] = {"id": w.row.pk, "text": w.row.text, "at": w.row.at, "known": w.known}
    return QuestionTold(
        group=Named(id=w.group.pk, name=w.group.name),
        person=w.row.asker.person_id,
        name=w.row.asker.name,
        minutes=round(w.minutes, 1),
        target=w.aim.minutes,
        late=w.late,
        turn=w.turn.kind,
        whose=w.turn.name,
        **told,
    )


def tick_question(request: Asked, workspace: Workspace, which: UUID, said: TickSaid) -> TickTold:
    """Tick a question off by hand, or let it wait again."""
    rows = Inquiry.objects.filter(group__in=groups_for(request.staff), pk=which)
    row = rows.select_related("group__workspace").first()
    if row is None:
        raise NotThere("which")
    by, now = request.user, clock.now()
    fresh = inquiry.tick_off(row, said.how, by=by, now=now) if said.how else inquiry.undo(row, by=by, now=now)
    return TickTold(id=fresh.pk, how=fresh.how, settled=fresh.settled)
