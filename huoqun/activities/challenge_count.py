"""The count of a challenge: everybody's days, five counters a member, the board, who is wanting today."""

from base64 import b32encode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db.models import Count, F, QuerySet
from django.db.models.functions import Coalesce

from huoqun.activities import streak
from huoqun.activities.activity import DONE, Activity, Participation
from huoqun.activities.challenge_plan import FROM_JOINING, course_of, plan_of
from huoqun.activities.check_in import CHECK_IN, MADE_UP, Known, known
from huoqun.activities.contribution import REFUSED, WITHDRAWN, Contribution, contributions
from huoqun.activities.streak import Course, Standing
from huoqun.people.group import Group
from huoqun.people.membership import here
from huoqun.people.person import Identity, root_of

LIKE, COMMENT, STAFF_WORD = "like", "comment", "staff_word"
AT_ONCE = 500
"""Humans whose days are read at once."""


@dataclass(frozen=True)
class Counters:
    """What a check-in calendar comes to: days done, likes and comments got, check-ins picked as best, check-ins that
    staff said something to."""

    days: int = 0
    likes: int = 0
    comments: int = 0
    picked: int = 0
    staff: int = 0


@dataclass(frozen=True)
class Row:
    """One line of the board; who has as many days has the same rank."""

    rank: int
    who: Identity
    counters: Counters
    streak: int


@dataclass(frozen=True)
class Way:
    """One human's way: their course, what became of its days, and what is known of them."""

    course: Course
    standing: Standing
    known: Known
    joined: date
    """The day of their first check-in; the day that runs, where there is none."""

    @property
    def late(self) -> int:
        """Days of it that were over, or running without them, before they joined."""
        return max(0, (min(self.joined, self.course.last) - self.course.first).days)


# -- reads


def way_of(activity: Activity, who: Identity, *, now: datetime, found: Known | None = None) -> Way:
    """How far a member has come."""
    one = found or known(activity, [who.person])[root_of(who.person).pk]
    plan = plan_of(activity)
    course = course_of(activity, plan, who.group.zone, one.values)
    joined = min(one.days, default=course.day(now))
    since = joined if plan.late == FROM_JOINING else None
    return Way(course, streak.standing(course, now, one.checked, one.made_up, one.breaks, since), one, joined)


def taking_part(activity: Activity, group: Group | None = None) -> dict[UUID, Identity]:
    """Whoever has checked in, one account for each human, by root; of a group: whoever is still there."""
    rows = activity.participations.filter(state=DONE).select_related("identity__group", "identity__person__root")
    if group is not None:
        rows = rows.filter(identity__in=here(group).values("pk"))
    found: dict[UUID, Identity] = {}
    for row in rows.order_by("at", "pk"):
        found.setdefault(row.identity.person.root_id or row.identity.person_id, row.identity)
    return found


def ways(activity: Activity, those: dict[UUID, Identity], *, now: datetime) -> Iterator[tuple[UUID, Identity, Way]]:
    """The ways of many, some hundred at a time."""
    roots = list(those)
    for start in range(0, len(roots), AT_ONCE):
        part = roots[start : start + AT_ONCE]
        there = known(activity, [those[root].person for root in part])
        for root in part:
            yield root, those[root], way_of(activity, those[root], now=now, found=there[root])


def wanting(activity: Activity, group: Group, *, now: datetime) -> list[Identity]:
    """Who takes part in a group and has not checked in for the day that runs, without who is on leave."""
    found = []
    for _root, who, way in ways(activity, taking_part(activity, group), now=now):
        if dict(way.standing.days).get(way.course.day(now)) == streak.OPEN:
            found.append(who)
    return sorted(found, key=lambda who: (who.name, who.pk))


def checked_today(activity: Activity, group: Group, *, now: datetime) -> QuerySet[Contribution]:
    """The check-ins of a group for the day that runs on its clock, the newest first."""
    course = course_of(activity, plan_of(activity), group.zone, ())
    rows = contributions(activity, CHECK_IN).filter(day=course.day(now), identity__group=group)
    return rows.exclude(state=REFUSED)


def counters(activity: Activity, roots: Iterable[UUID]) -> dict[UUID, Counters]:
    """The five counters of some humans."""
    wanted = list(roots)
    rows = _counting(activity, (CHECK_IN, MADE_UP)).filter(root__in=wanted)
    days = dict(rows.values("root").annotate(n=Count("day", distinct=True)).values_list("root", "n"))
    picked = dict(rows.filter(score=1).values("root").annotate(n=Count("pk")).values_list("root", "n"))
    said = {what: _said_of(activity, what, wanted) for what in (LIKE, COMMENT, STAFF_WORD)}
    return {
        root: Counters(
            days.get(root, 0),
            said[LIKE].get(root, 0),
            said[COMMENT].get(root, 0),
            picked.get(root, 0),
            said[STAFF_WORD].get(root, 0),
        )
        for root in wanted
    }


def board(activity: Activity, *, most: int, now: datetime, group: Group | None = None) -> list[Row]:
    """Who has done the most days; as many days are the same rank, and none of them is left out for being last."""
    rows = _counting(activity, (CHECK_IN, MADE_UP))
    if group is not None:
        rows = rows.filter(identity__group=group)
    ranked = rows.values("root").annotate(n=Count("day", distinct=True)).order_by("-n").values_list("root", "n")
    shown = list(ranked[:most])
    if len(shown) == most:
        least = shown[-1][1]
        shown = [pair for pair in shown if pair[1] > least] + list(ranked.filter(n=least)[: most * 2])
    place: dict[int, int] = {}
    for number, (_root, n) in enumerate(shown, start=1):
        place.setdefault(n, number)
    everybody, days = taking_part(activity), dict(shown)
    there = {root: everybody[root] for root in days if root in everybody}
    each = counters(activity, there)
    found = [
        Row(place[days[root]], who, each[root], way.standing.streak)
        for root, who, way in ways(activity, there, now=now)
    ]
    return sorted(found, key=lambda row: (row.rank, -row.counters.likes, row.who.name))


def _counting(activity: Activity, what: Iterable[str]) -> QuerySet[Any]:
    """The rows that count, with `root`, the human they are of."""
    rows = Contribution.objects.filter(activity=activity, what__in=list(what)).exclude(state__in=(REFUSED, WITHDRAWN))
    return rows.annotate(root=Coalesce(F("person__root_id"), F("person_id")))


def _said_of(activity: Activity, what: str, roots: list[UUID]) -> dict[UUID, int]:
    """How often others said this of somebody's check-ins; what staff said counts once a check-in."""
    rows = Contribution.objects.filter(activity=activity, what=what).exclude(state__in=(REFUSED, WITHDRAWN))
    rows = rows.annotate(root=Coalesce(F("on__person__root_id"), F("on__person_id"))).filter(root__in=roots)
    counted = Count("on", distinct=True) if what == STAFF_WORD else Count("pk")
    return dict(rows.values("root").annotate(n=counted).values_list("root", "n"))


def needed_days(activity: Activity, found: Standing) -> int:
    """How many days a human needs to have finished."""
    return found.need(plan_of(activity).needed)


def may_make_up(activity: Activity, way: Way, *, now: datetime) -> list[date]:
    """The days they may make up now, the newest first."""
    if not made_up_left(activity, way):
        return []
    back = plan_of(activity).makeup_back
    return streak.may_make_up(way.course, way.standing, now, back=back, joined=way.joined)


def within_reach(activity: Activity, way: Way) -> bool:
    """Whether they can still finish: with every day that is left, and every one they may make up."""
    found = way.standing
    left = found.count(streak.OPEN, streak.AHEAD) + min(made_up_left(activity, way), found.count(streak.MISSED))
    return found.done + left >= needed_days(activity, found) > 0


def made_up_left(activity: Activity, way: Way) -> int:
    """Days they may still make up."""
    return max(0, plan_of(activity).makeups - len(way.known.made_up))


def code_of(part: Participation) -> str:
    """The code by which others say who brought them: eight letters and digits, the same for ever."""
    return b32encode(sha256(part.pk.bytes).digest()[:5]).decode()


def brought_by(activity: Activity, code: str) -> Participation | None:
    """Whose code it is; upper or lower case, with or without spaces."""
    wanted = "".join(code.split()).upper()
    return next((part for part in activity.participations.filter(state=DONE) if code_of(part) == wanted), None)
