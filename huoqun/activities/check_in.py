"""The check-in: many members at once, in one transaction, each counted once. One check-in is a batch of one.

Everything is read and written by set, so that ten thousand people in the first minute of a day cost a few hundred
statements; who asks for what the rules refuse is told so, and does not hold up the others.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from huoqun.activities import attendance, reward, streak
from huoqun.activities.activity import DONE, DRAFT, Activity, Closed, Participation
from huoqun.activities.challenge_plan import ChallengePlan, course_of, plan_of, proved
from huoqun.activities.contribution import REFUSED, WITHDRAWN, Contribution, words
from huoqun.activities.kind import Refused, Said
from huoqun.activities.streak import Course
from huoqun.base.many_rows import insert
from huoqun.people import deed
from huoqun.people.code import Link, bearers
from huoqun.people.person import Identity, Person

CHECK_IN, MADE_UP = "check_in", "made_up"
_COLUMNS = ("person_id", "identity_id", "key", "at", "day", "text", "values", "picture_id")
_RECENT = timedelta(days=4)
"""Days before today among which the day of a check-in is found."""


class Unknown(Exception):
    """There is no such challenge in the member's group."""


@dataclass(frozen=True)
class CheckIn:
    """One check-in that is asked for; `at`: when they did it."""

    who: Identity
    said: Said
    via: str
    at: datetime


@dataclass(frozen=True)
class Handed:
    """A check-in as it arrives with a member's link: nobody has looked yet whose it is, nor in what."""

    link: Link
    activity: UUID
    said: Said
    at: datetime


@dataclass
class Known:
    """What is known of one human in a challenge: their persons, their participations, the days there are rows for."""

    persons: set[UUID] = field(default_factory=set)
    parts: list[Participation] = field(default_factory=list)
    days: dict[date, str] = field(default_factory=dict)
    made_up: set[date] = field(default_factory=set)
    inside: bool = False
    """They take part already."""

    @property
    def values(self) -> list[dict[str, Any]]:
        """What their participations keep, the oldest first."""
        return [part.values for part in self.parts]

    @property
    def checked(self) -> set[date]:
        """The days that count as checked in."""
        return {day for day, state in self.days.items() if state != REFUSED}

    @property
    def breaks(self) -> list[tuple[date, date]]:
        """Their days of leave, both ends in."""
        spans = [span for values in self.values for span in values.get("breaks", ())]
        return [(date.fromisoformat(start), date.fromisoformat(end)) for start, end in spans]


# -- reads


def known(activity: Activity, those: Iterable[Person], *, since: date | None = None) -> dict[UUID, Known]:
    """What is known of these humans, by the id of their root; days since a day, or all."""
    roots = {p.root_id or p.pk for p in those}
    found = {root: Known({root}) for root in roots}
    root_by: dict[UUID, UUID] = {root: root for root in roots}
    for pk, root in Person.objects.filter(root__in=roots).values_list("pk", "root_id"):
        found[root].persons.add(pk)
        root_by[pk] = root
    for part in activity.participations.filter(person__in=root_by).order_by("created", "pk"):
        one = found[root_by[part.person_id]]
        one.parts.append(part)
        one.inside = one.inside or part.state == DONE
    rows = Contribution.objects.filter(activity=activity, what__in=(CHECK_IN, MADE_UP), person__in=root_by)
    rows = rows.filter(day__gte=since) if since else rows
    for person, what, day, state in rows.exclude(state=WITHDRAWN).values_list("person", "what", "day", "state"):
        one = found[root_by[person]]
        assert day is not None
        if what == CHECK_IN:
            one.days[day] = state if one.days.get(day, REFUSED) == REFUSED else one.days[day]
        elif state != REFUSED:
            one.made_up.add(day)
    return found


# -- writes


def check_in_all(activity: Activity, asked: Sequence[CheckIn], *, now: datetime) -> list[str | Exception]:
    """Check in many; for each, in order, what it is answered (an id with words), or why it was refused.

    Whoever has checked in for the day already is told so, and nothing is changed.
    """
    with transaction.atomic(savepoint=False):
        held = attendance.locked(activity)
        plan = plan_of(held)
        there = known(held, [a.who.person for a in asked], since=min(a.at for a in asked).date() - _RECENT)
        batch = _Batch(held, plan, now)
        answers = [batch.take(a, there[a.who.person.root_id or a.who.person_id]) for a in asked]
        batch.write()
    return answers


def take_all(handed: Sequence[Handed], *, now: datetime) -> list[str | Exception]:
    """Check in the bearers of many links, whatever challenge each is for. Beside what `check_in_all` refuses: code.Bad,
    code.Gone, and Unknown for what is no challenge of the bearer's group."""
    those = bearers([one.link for one in handed])
    wanted = {one.activity for one in handed}
    rows = Activity.objects.filter(pk__in=wanted, kind="challenge", removed=None).exclude(state=DRAFT)
    of_group = {(row, group) for row, group in rows.values_list("pk", "groups")}
    answers: list[str | Exception] = [Unknown()] * len(handed)
    by_activity: dict[UUID, list[tuple[int, CheckIn]]] = defaultdict(list)
    for number, (one, who) in enumerate(zip(handed, those, strict=True)):
        if isinstance(who, Exception):
            answers[number] = who
        elif (one.activity, who.group_id) in of_group:
            by_activity[one.activity].append((number, CheckIn(who, one.said, "personal", one.at)))
    with transaction.atomic():
        for key in sorted(by_activity):
            asked = by_activity[key]
            done = check_in_all(Activity(pk=key), [one for _number, one in asked], now=now)
            for (number, _one), answer in zip(asked, done, strict=True):
                answers[number] = answer
    return answers


class _Batch:
    """What one transaction writes, gathered by column and then written together."""

    def __init__(self, activity: Activity, plan: ChallengePlan, now: datetime) -> None:
        self.activity, self.plan, self.now = activity, plan, now
        self.columns: dict[str, list[Any]] = {name: [] for name in _COLUMNS}
        self.who: list[Identity] = []
        self.fresh: list[CheckIn] = []
        self.changed: list[Participation] = []
        self.due: dict[date, list[tuple[Identity, int]]] = defaultdict(list)
        self.courses: dict[str, Course] = {}

    def take(self, asked: CheckIn, one: Known) -> str | Exception:
        """One check-in, into the batch; what it is answered."""
        who, at = asked.who, asked.at
        if not self.activity.takes(self.now, at):
            return Closed()
        course = self._course(who, one)
        day = streak.counts_for(course, at, one.days.keys(), one.breaks)
        if day is None:
            return _why_none(course, at, one)
        try:
            values = proved(self.plan, asked.said)
        except Refused as error:
            return error
        one.days[day] = "given"
        self._part(asked, one)
        picture = asked.said.picture.pk if asked.said.picture else None
        row = (
            who.person_id,
            who.pk,
            f"{who.person_id.hex} {day}",
            at,
            day,
            words(asked.said.text("text")),
            values,
            picture,
        )
        for name, value in zip(_COLUMNS, row, strict=True):
            self.columns[name].append(value)
        self.who.append(who)
        if self.plan.day_points:
            self.due[day].append((who, self.plan.day_points))
        return "challenge_checked" if day == course.day(at) else "challenge_checked_late"

    def _course(self, who: Identity, one: Known) -> Course:
        """Their way; whoever has no clock of their own goes the way of their group."""
        if any("zones" in values for values in one.values):
            return course_of(self.activity, self.plan, who.group.zone, one.values)
        zone = who.group.zone
        if zone not in self.courses:
            self.courses[zone] = course_of(self.activity, self.plan, zone, ())
        return self.courses[zone]

    def _part(self, asked: CheckIn, one: Known) -> None:
        """They take part from their first check-in on."""
        if one.inside:
            return
        one.inside = True
        mine = next((part for part in one.parts if part.person_id == asked.who.person_id), None)
        if mine is None:
            self.fresh.append(asked)
            return
        mine.identity, mine.state, mine.via = asked.who, DONE, asked.via
        mine.at = mine.changed = asked.at
        self.changed.append(mine)

    def write(self) -> None:
        """Write all there is. A row that is there already would be a mistake of ours: then nothing is written."""
        if not self.who:
            return
        activity, now, title = self.activity, self.now, self.activity.title
        self._write_parts()
        insert(Contribution, self.columns, {"activity_id": activity.pk, "what": CHECK_IN, "created": now})
        told = {"kind": f"{activity.kind}.{CHECK_IN}", "values": {"title": title}, "created": now}
        deeds = {
            "person_id": self.columns["person_id"],
            "group_id": [who.group_id for who in self.who],
            "at": self.columns["at"],
            "key": [f"{activity.pk.hex} {day}" for day in self.columns["day"]],
        }
        deed.write_crowd(deeds, told | {"evidence": {"activity": str(activity.pk)}})
        for day, those in self.due.items():
            reward.pay_crowd(activity, those, CHECK_IN, key=str(day), note=title, now=now)

    def _write_parts(self) -> None:
        if self.fresh:
            columns: dict[str, list[Any]] = {
                "person_id": [asked.who.person_id for asked in self.fresh],
                "identity_id": [asked.who.pk for asked in self.fresh],
                "via": [asked.via for asked in self.fresh],
                "at": (at := [asked.at for asked in self.fresh]),
                "changed": at,
            }
            insert(Participation, columns, {"activity_id": self.activity.pk, "state": DONE, "created": self.now})
        if self.changed:
            Participation.objects.bulk_update(self.changed, ["identity", "state", "via", "at", "changed"])


def _why_none(course: Course, at: datetime, one: Known) -> str | Exception:
    if at < course.begins:
        return Refused("challenge_not_begun")
    today = course.day(at)
    if today > course.last:
        return Refused("challenge_over")
    return Refused("challenge_refused_today") if one.days[today] == REFUSED else "challenge_already"
