"""The team board (战队榜): the teams of a team-up, who is in them, what they have done, and whether it is time for any.

Reads spotlights and checkups for the advice; it is advice, and bars nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet
from pydantic import Field, field_validator

from huoqun.activities import attendance
from huoqun.activities.activity import DONE, IN, Activity, Participation
from huoqun.activities.contribution import ACCEPTED, GIVEN, Contribution, contributions
from huoqun.activities.kind import Plan
from huoqun.people.checkup import latest
from huoqun.people.group import Group
from huoqun.people.person import Identity, Person

TEAM, PROGRESS = "team", "progress"
SPOTLIGHTS = 5
"""So many members should have been in the spotlight before teams (handbook chapter 7)."""
RISEN = 2
"""A week with so many times the messages of the weakest week before it has recovered; a default."""
WEEKS = 12


class TeamPlan(Plan):
    """What there is to do, and how large teams are."""

    tasks: list[str] = Field(default_factory=list, max_length=20)
    """One a line; each worth doing in itself."""
    teams: int = Field(default=1, ge=1, le=20)
    """Teams that may take on the same task."""
    most: int = Field(default=12, ge=2, le=500)
    """Members of a team, with its captain."""
    goal: int = Field(default=0, ge=0, le=1_000_000)
    """What each team is to reach; 0: as much as they can."""
    unit: str = Field(default="", max_length=20)
    prize: int = Field(default=0, ge=0, le=100_000)
    """Points for each member of the team that is first when it is settled."""

    @field_validator("tasks")
    @classmethod
    def _distinct(cls, tasks: list[str]) -> list[str]:
        return list(dict.fromkeys(" ".join(t.split())[:120] for t in tasks if t.strip()))


@dataclass(frozen=True)
class Team:
    """A team: its row, who leads it, who is in it (the captain first), and what it has done. `place`: on the board."""

    row: Contribution
    captain: Identity | None
    members: tuple[Participation, ...]
    done: float
    free: int
    place: int = 0

    @property
    def id(self) -> str:
        """The id of its row."""
        return str(self.row.pk)

    @property
    def name(self) -> str:
        """What it is called."""
        return str(self.row.text)

    @property
    def task(self) -> str:
        """What it does."""
        return str(self.row.values["task"])


@dataclass(frozen=True)
class Pulse:
    """Messages of a group in its newest week, and in the weakest of the weeks before, and its verdict; None: nothing is
    known."""

    group: str
    state: str
    now: int | None
    weakest: int | None

    @property
    def risen(self) -> bool:
        """It has recovered, or never fell."""
        up = self.now is not None and self.weakest is not None and self.now >= RISEN * self.weakest > 0
        return self.state == "living" or up


@dataclass(frozen=True)
class Advice:
    """Whether it is time for teams: who has been in the spotlight in its groups, and how these groups live."""

    spotlights: int
    pulses: tuple[Pulse, ...]

    @property
    def good(self) -> bool:
        """Both hold."""
        return self.spotlights >= SPOTLIGHTS and all(p.risen for p in self.pulses)


# -- reads


def plan_of(activity: Activity) -> TeamPlan:
    """The plan of a team-up."""
    return TeamPlan.model_validate(activity.plan)


def advice(activity: Activity) -> Advice:
    """Real numbers on whether it is time for teams."""
    groups = list(activity.groups.filter(removed=None))
    return Advice(shown_in(groups), tuple(pulse_of(group) for group in groups[:20]))


def shown_in(groups: Sequence[Group]) -> int:
    """How many members have been in the spotlight in some groups."""
    shown = Participation.objects.filter(activity__kind="spotlight", activity__removed=None, state=DONE)
    return shown.filter(activity__groups__in=groups).values("pk").distinct().count()


def pulse_of(group: Group) -> Pulse:
    """How a group lives, by its newest checkup."""
    newest = latest(group)
    weeks = list(newest.spark)[-WEEKS:] if newest else []
    last, weakest = weeks[-1] if weeks else None, min(weeks[:-1], default=None)
    return Pulse(group.name, newest.state if newest else "", last, weakest)


def offers(activity: Activity) -> QuerySet[Contribution]:
    """Who has offered to lead and waits for a word."""
    return contributions(activity, TEAM).filter(state=GIVEN)


def board(activity: Activity) -> list[Team]:
    """The teams by what they have done; equal ones share a place."""
    plan, there = plan_of(activity), _by_team(activity)
    sums: dict[UUID, float] = {}
    for on, score in contributions(activity, PROGRESS).order_by().values_list("on", "score"):
        if on is not None:
            sums[on] = sums.get(on, 0) + (score or 0)
    found = [
        assembled(row, there.get(row.pk.hex, []), sums.get(row.pk, 0.0), plan)
        for row in contributions(activity, TEAM).filter(state=ACCEPTED).order_by("at", "pk")
    ]
    found.sort(key=lambda team: -team.done)
    placed: list[Team] = []
    for number, team in enumerate(found, 1):
        same = placed and placed[-1].done == team.done
        placed.append(_placed(team, placed[-1].place if same else number))
    return placed


def team_of(activity: Activity, person: Person) -> str:
    """The id of the team of a human; "" for none."""
    row = attendance.row_of(activity, person)
    return str(UUID(row.values["team"])) if row and row.state in IN and row.values.get("team") else ""


def progress(activity: Activity) -> QuerySet[Contribution]:
    """What was entered, newest first."""
    return contributions(activity, PROGRESS).select_related("on", "by")


def _by_team(activity: Activity) -> dict[str, list[Participation]]:
    found: dict[str, list[Participation]] = {}
    for row in attendance.participants(activity, *IN):
        found.setdefault(str(row.values.get("team", "")), []).append(row)
    return found


def assembled(row: Contribution, inside: list[Participation], done: float, plan: TeamPlan) -> Team:
    """A team of its row and whoever is in it."""
    leader = row.values.get("captain") or str(row.identity_id)
    inside = sorted(inside, key=lambda p: str(p.identity_id) != leader)
    first = inside[0].identity if inside and str(inside[0].identity_id) == leader else None
    return Team(row, first, tuple(inside), done, max(0, plan.most - len(inside)))


def _placed(team: Team, place: int) -> Team:
    return Team(team.row, team.captain, team.members, team.done, team.free, place)
