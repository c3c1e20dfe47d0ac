"""The podium (积分榜): who earned most points in a week, a month or ever. Equal points share a place, and the place
after them is counted on; who does not want to be shown is not, and still sees where they stand."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from huoqun.people import points
from huoqun.people.group import Group
from huoqun.people.membership import here
from huoqun.people.person import Identity, Person, ones, root_of
from huoqun.people.points import Purse

WEEK, MONTH, ALL = "week", "month", "all"
PERIODS = (WEEK, MONTH, ALL)


@dataclass(frozen=True)
class Line:
    """One place: several may share it."""

    place: int
    who: Identity
    points: int
    shy: bool
    """They do not want to be shown to others."""


def begins(period: str, zone: str, *, now: datetime) -> datetime | None:
    """When the period that is on now began on a clock; a week on Monday. None: ever."""
    midnight = now.astimezone(ZoneInfo(zone)).replace(hour=0, minute=0, second=0, microsecond=0)
    if period == WEEK:
        return midnight - timedelta(days=midnight.weekday())
    return midnight.replace(day=1) if period == MONTH else None


def podium(group: Group, period: str, *, now: datetime) -> list[Line]:
    """The members of a group who earned points in a period, over all their groups, the most first; those who share a
    place by name."""
    earned = points.earned_by_all(group.workspace, since=begins(period, group.zone, now=now))
    there: dict[UUID, Identity] = {}
    for who in here(group).order_by("name", "pk"):
        there.setdefault(who.person.root_id or who.person_id, who)
    rows = sorted(((earned.get(h, 0), who) for h, who in there.items()), key=lambda row: (-row[0], row[1].name))
    hidden = _shy(group)
    found: list[Line] = []
    for number, (amount, who) in enumerate((row for row in rows if row[0] > 0), 1):
        tied = found and found[-1].points == amount
        place = found[-1].place if tied else number
        found.append(Line(place, who, amount, (who.person.root_id or who.person_id) in hidden))
    return found


def _shy(group: Group) -> set[UUID]:
    found = Purse.objects.filter(workspace=group.workspace_id, shy=True).values_list("person__root", "person")
    return {root or own for root, own in found}


def is_shy(person: Person) -> bool:
    """Whether a human does not want to be shown."""
    return Purse.objects.filter(person__in=ones(person), shy=True).exists()


def hide(person: Person, hidden: bool, *, now: datetime) -> None:
    """They want not to be shown, or to be shown again."""
    with transaction.atomic():
        points.purse_of(root_of(person), now=now)
        Purse.objects.filter(person__in=ones(person)).update(shy=hidden)
