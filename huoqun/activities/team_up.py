"""The team-up (战队): tasks worth doing in themselves, captains who take them on, members who join where all can see.

For the operator: staff publish tasks; members offer to lead one, staff say yes; the others join a team on the page, as
far as there is room. Captains and staff enter what was done; a board compares the teams. Best after some five
spotlights and with a pulse that has recovered (`team_board.advice`).

Rules: one team for each human; a captain goes only after handing the team over. Writes participations, contributions,
deeds of team-mates with whom.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from huoqun.activities import attendance, reward
from huoqun.activities.activity import RUNNING, Activity, members
from huoqun.activities.contribution import ACCEPTED, REFUSED, WITHDRAWN, contributions, decide
from huoqun.activities.contribution import hand_in as hand
from huoqun.activities.kind import Kind, Refused, Said
from huoqun.activities.proposing import agree, judged
from huoqun.activities.team_board import PROGRESS, TEAM, Team, TeamPlan, assembled, board, offers, plan_of, team_of
from huoqun.people.account import Account
from huoqun.people.display import one_line
from huoqun.people.person import Identity, ones

LONGEST_NAME = 40

# -- writes of members


def lead(
    activity: Activity, who: Identity, said: Said, *, via: str, key: str, at: datetime | None, now: datetime
) -> str:
    """Offer to lead a task: `task`, `name` of the team, `why`. Raises Refused, Closed."""
    with transaction.atomic():
        held = attendance.taking(activity, now, at)
        name = one_line(said.text("name"), LONGEST_NAME)
        if said.text("task") not in plan_of(held).tasks:
            raise Refused("team_task")
        if not name:
            raise Refused("team_name")
        if team_of(held, who.person):
            raise Refused("team_in_one")
        if contributions(held, TEAM).filter(state=ACCEPTED, text=name).exists():
            raise Refused("team_name_taken")
        values = {"task": said.text("task"), "why": one_line(said.text("why"), 300)}
        offers(held).filter(person__in=ones(who.person)).exclude(key=f"{who.pk.hex} {key}").update(state=WITHDRAWN)
        hand(held, who, TEAM, key=f"{who.pk.hex} {key}", text=name, values=values, at=at, now=now)
        attendance.tell(held, who, "offer", at=at or now, key=f"{who.pk.hex} {key}", now=now)
    return "team_offered"


def join(
    activity: Activity, who: Identity, said: Said, *, via: str, key: str, at: datetime | None, now: datetime
) -> str:
    """Join a team, or go over to another: `team`. Raises Refused, Closed, attendance.Full."""
    with transaction.atomic():
        held = attendance.taking(activity, now, at)
        _into(held, who, _found(held, said.text("team")), via, at, now)
    return "team_joined"


def leave(
    activity: Activity, who: Identity, said: Said, *, via: str, key: str, at: datetime | None, now: datetime
) -> str:
    """Leave one's team. Raises NotIn, Refused for its captain."""
    with transaction.atomic():
        held = attendance.locked(activity)
        _not_its_captain(held, who)
        attendance.sign_off(held, who, now=now)
    return "left"


def enter(
    activity: Activity, who: Identity, said: Said, *, via: str, key: str, at: datetime | None, now: datetime
) -> str:
    """A captain enters what the team has done: `amount`, `text`, a picture. Raises Refused, Closed."""
    with transaction.atomic():
        held = attendance.taking(activity, now, at)
        own = _found(held, team_of(held, who.person))
        if own.captain is None or own.captain.person_id != who.person_id:
            raise Refused("team_not_captain")
        _enter(held, own, who, said, f"{who.pk.hex} {key}", None, at, now)
    return "team_entered"


# -- writes of staff


def accept(activity: Activity, said: Said, *, key: str, by: Account | None, now: datetime) -> str:
    """Say yes or no to somebody who offered to lead: `offer`, `state`, `reason`, which they read of a no. With a yes,
    also a late one, the team is there and they are in it. Raises Refused, Closed, attendance.Full."""
    with transaction.atomic():
        held = attendance.locked(activity)
        row, answer = judged(held, TEAM, said.key("offer"), said, by=by, now=now)
        if answer != "yes":
            return "proposal_declined" if answer == "no" else "done"
        if row.state == REFUSED and team_of(held, row.identity.person):
            raise Refused("team_captain_in_one")
        if contributions(held, TEAM).filter(state=ACCEPTED, text=row.text).exists():
            raise Refused("team_name_taken")
        same = [t for t in board(held) if t.task == row.values["task"]]
        if len(same) >= plan_of(held).teams:
            raise Refused("team_task_taken")
        agree(row, said, by=by)
        _into(held, row.identity, assembled(row, [], 0, plan_of(held)), "staff", None, now)
        attendance.tell(held, row.identity, "lead", at=now, key=row.pk.hex, by=by, now=now)
    return "team_accepted"


def place(activity: Activity, said: Said, *, key: str, by: Account | None, now: datetime) -> str:
    """Put a member into a team (who signed up in the chat): `who`, `team`. Raises Refused, Closed, Full."""
    with transaction.atomic():
        held = attendance.locked(activity)
        _into(held, _member(held, said.key("who")), _found(held, said.text("team")), "staff", None, now)
    return "team_joined"


def hand_over(activity: Activity, said: Said, *, key: str, by: Account | None, now: datetime) -> str:
    """Another captain: `team`, `who`, one of its members. Raises Refused."""
    with transaction.atomic():
        held = attendance.locked(activity)
        team, who = _found(held, said.text("team")), _member(held, said.key("who"))
        if team_of(held, who.person) != team.id:
            raise Refused("team_not_in")
        row = attendance.row_of(held, who.person)
        assert row is not None
        team.row.values = team.row.values | {"captain": str(row.identity_id)}
        team.row.save(update_fields=["values"])
        attendance.tell(held, who, "lead", at=now, key=team.row.pk.hex, by=by, now=now)
    return "done"


def add(activity: Activity, said: Said, *, key: str, by: Account | None, now: datetime) -> str:
    """Staff enter what a team has done: `team`, `amount`, `text`. Raises Refused."""
    with transaction.atomic():
        held = attendance.locked(activity)
        team = _found(held, said.text("team"))
        _enter(held, team, team.row.identity, said, f"staff {key}", by, None, now)
    return "team_entered"


def strike(activity: Activity, said: Said, *, key: str, by: Account | None, now: datetime) -> str:
    """Take back what was entered: `progress`. Raises Refused."""
    row = contributions(activity, PROGRESS).filter(pk=said.key("progress")).first()
    if row is None:
        raise Refused("unknown")
    decide(row, WITHDRAWN, by=by)
    return "done"


# -- of itself


def _ready(activity: Activity) -> None:
    if not plan_of(activity).tasks:
        raise Refused("team_no_tasks")


def _mates(activity: Activity, now: datetime) -> None:
    """Each team's members are team-mates from now on."""
    for team in board(activity):
        _tell(activity, team, now)


def _closed(activity: Activity, now: datetime) -> None:
    """Whoever is in a team that has done something took part."""
    _mates(activity, now)
    for team in board(activity):
        if team.done:
            for row in team.members:
                attendance.arrive(activity, row.identity, via=row.via, now=now)


def _settled(activity: Activity, now: datetime) -> None:
    prize = plan_of(activity).prize
    dues = [(who, prize) for who in _won(activity)]
    if prize and dues:
        reward.pay_all(activity, dues, "first", key="", note=activity.title, now=now)


def _won(activity: Activity) -> list[Identity]:
    """Everybody of the team that has done most; of several that have done as much."""
    return [row.identity for t in board(activity) if t.place == 1 and t.done for row in t.members]


# -- shared


def _into(held: Activity, who: Identity, team: Team, via: str, at: datetime | None, now: datetime) -> None:
    there = team_of(held, who.person)
    if there == team.id:
        return
    if there:
        _not_its_captain(held, who)
    if not team.free:
        raise attendance.Full
    attendance.sign_up(held, who, values={"team": team.row.pk.hex}, via=via, at=at, now=now)
    attendance.tell(held, who, "team", at=at or now, key=f"{team.row.pk.hex} {now.isoformat()}", now=now)
    if held.standing(now) == RUNNING:
        _tell(held, _found(held, team.id), now)


def _tell(held: Activity, team: Team, now: datetime) -> None:
    those: Iterable[Identity] = [row.identity for row in team.members]
    attendance.tell_together(held, those, "mates", key=team.row.pk.hex, at=now, now=now)


def _enter(
    held: Activity,
    team: Team,
    who: Identity,
    said: Said,
    key: str,
    by: Account | None,
    at: datetime | None,
    now: datetime,
) -> None:
    amount = said.number("amount")
    if not 0 < amount <= 1_000_000:
        raise Refused("team_amount")
    told: dict[str, Any] = {"text": said.text("text")[:500], "on": team.row, "score": float(amount), "by": by}
    hand(held, who, PROGRESS, key=f"{team.row.pk.hex} {key}", picture=said.picture, at=at, now=now, **told)


def _not_its_captain(held: Activity, who: Identity) -> None:
    own = next((t for t in board(held) if t.id == team_of(held, who.person)), None)
    if own is not None and own.captain is not None and own.captain.person_id == who.person_id and len(own.members) > 1:
        raise Refused("team_captain")


def _found(held: Activity, key: str) -> Team:
    found = next((team for team in board(held) if team.id == key), None)
    if found is None:
        raise Refused("team_none")
    return found


def _member(held: Activity, key: UUID) -> Identity:
    who = members(held).filter(pk=key).first()
    if who is None:
        raise Refused("team_nobody")
    return who


TEAM_UP = Kind(
    "team_up",
    TeamPlan,
    member={"lead": lead, "join": join, "leave": leave, "enter": enter},
    staff={"accept": accept, "place": place, "hand_over": hand_over, "add": add, "strike": strike},
    ready=_ready,
    begun=_mates,
    closed=_closed,
    settled=_settled,
    won=_won,
    own_form=True,
)
