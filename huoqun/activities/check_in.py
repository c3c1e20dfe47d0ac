"""The check-in: many members at once, in one transaction, each counted once. One check-in is a batch of one.

Everything is read and written by set, so that ten thousand people in the first minute of a day cost a few hundred
statements; who asks for what the rules refuse is told so, and does not hold up the others.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from huoqun.activities import attendance, reward, streak
from huoqun.activities.activity import DONE, DRAFT, Activity, Closed, Participation
from huoqun.activities.challenge_plan import ChallengePlan, course_of, plan_of, proved
from huoqun.activities.contribution import REFUSED, WITHDRAWN, Contribution, words
from huoqun.activities.kind import Refused, Said
from huoqun.activities.streak import Course
from huoqun.base.many_rows import insert
from huoqun.base.round_trip import Question, Slot, one_trip, read
from huoqun.people import code, deed
from huoqun.people.code import Bearer, Link
from huoqun.people.person import Person

CHECK_IN, MADE_UP = "check_in", "made_up"
_COLUMNS = ("person_id", "identity_id", "key", "at", "day", "text", "values", "picture_id")
_ACTIVITY = [field.attname for field in Activity._meta.concrete_fields]
_PART = [field.attname for field in Participation._meta.concrete_fields]
_RECENT = timedelta(days=4)
"""Days before today among which the day of a check-in is found."""


class Unknown(Exception):
    """There is no such challenge in the member's group."""


@dataclass(frozen=True)
class CheckIn:
    """One check-in that is asked for; `at`: when they did it."""

    who: Bearer
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
    """What is known of one human in a challenge: their participations, and the days there are rows for."""

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
    humans = {p.pk: p.root_id or p.pk for p in those}
    there = _known([activity.pk], humans, since)
    return {human: there[activity.pk, human] for human in humans.values()}


def _known(activities: Collection[UUID], humans: Mapping[UUID, UUID], since: date | None) -> "_ByHuman":
    """The same of some challenges, by challenge and human. `humans`: by a person's id that of their human."""
    human_of = {human: human for human in humans.values()} | dict(humans)
    asked = {"activities": activities, "persons": human_of}
    rows = (_PARTS, asked), (_days(since), asked)
    merged, parts, days = read((_MERGED, {"humans": set(human_of.values())}), *rows)
    if others := {person: human for person, human in merged if person not in human_of}:
        human_of |= others
        parts, days = read(*rows)
    found = _ByHuman()
    for row in parts:
        part = Participation.from_db("default", _PART, row)
        one = found[part.activity_id, human_of[part.person_id]]
        one.parts.append(part)
        one.inside = one.inside or part.state == DONE
    for activity, person, what, day, state in days:
        one = found[activity, human_of[person]]
        if what == CHECK_IN:
            one.days[day] = state if one.days.get(day, REFUSED) == REFUSED else one.days[day]
        elif state != REFUSED:
            one.made_up.add(day)
    return found


class _ByHuman(defaultdict[tuple[UUID, UUID], Known]):
    """What is known, by challenge and human."""

    def __init__(self) -> None:
        super().__init__(Known)


@lru_cache(maxsize=8)
def _days(since: date | None) -> Question:
    """The days on which somebody has checked in or made up, since a day."""

    def make(activities: Slot, persons: Slot) -> "QuerySet[Any, Any]":
        rows = Contribution.objects.filter(activity__among=activities, person__among=persons)
        rows = rows.filter(what__in=(CHECK_IN, MADE_UP)).exclude(state=WITHDRAWN)
        rows = rows.filter(day__gte=since) if since else rows
        return rows.values_list("activity", "person", "what", "day", "state")

    return Question(make, "activities", "persons")


_MERGED = Question(lambda humans: Person.objects.filter(root__among=humans).values_list("pk", "root"), "humans")
_PARTS = Question(
    lambda activities, persons: (
        Participation.objects.filter(activity__among=activities, person__among=persons)
        .order_by("created", "pk")
        .values_list(*_PART)
    ),
    *("activities", "persons"),
)
_HELD = Question(
    lambda those: (
        Activity.objects.filter(pk__among=those, kind="challenge", removed=None)
        .exclude(state=DRAFT)
        .select_for_update()
        .order_by("pk")
        .values_list(*_ACTIVITY)
    ),
    "those",
)
_GROUPS = Question(
    lambda those: Activity.groups.through.objects.filter(activity__among=those).values_list("activity", "group"),
    "those",
)


# -- writes


def check_in_all(activity: Activity, asked: Sequence[CheckIn], *, now: datetime) -> list[str | Exception]:
    """Check in many; for each, in order, what it is answered (an id with words), or why it was refused.

    Whoever has checked in for the day already is told so, and nothing is changed.
    """
    with transaction.atomic(savepoint=False), one_trip():
        return _together([attendance.locked(activity)], [(activity.pk, one) for one in asked], now)


def take_all(handed: Sequence[Handed], *, now: datetime) -> list[str | Exception]:
    """Check in the bearers of many links, whatever challenge each is for. Beside what `check_in_all` refuses: code.Bad,
    code.Gone, and Unknown for what is no challenge of the bearer's group."""
    those, links = {"those": {one.activity for one in handed}}, [one.link for one in handed]
    with transaction.atomic(), one_trip():
        whose = code.accounts(links)
        rows, groups, told = read((_HELD, those), (_GROUPS, those), (code.BEARING, {"of": set(whose.values())}))
        held = {row.pk: row for row in (Activity.from_db("default", _ACTIVITY, row) for row in rows)}
        of_group = {(activity, group) for activity, group in groups if activity in held}
        answers: list[str | Exception] = [Unknown()] * len(handed)
        asked: dict[int, tuple[UUID, CheckIn]] = {}
        for number, (one, who) in enumerate(zip(handed, code.bearers(links, whose, told), strict=True)):
            if isinstance(who, Exception):
                answers[number] = who
            elif (one.activity, who.group) in of_group:
                asked[number] = one.activity, CheckIn(who, one.said, "personal", one.at)
        done = _together(list(held.values()), list(asked.values()), now)
        for number, answer in zip(asked, done, strict=True):
            answers[number] = answer
    return answers


def _together(held: Sequence[Activity], asked: Sequence[tuple[UUID, CheckIn]], now: datetime) -> list[str | Exception]:
    """Check in many in challenges that are held; each with the id of its own."""
    if not asked:
        return []
    those = [one.who for _activity, one in asked]
    since = min(one.at for _activity, one in asked).date() - _RECENT
    there = _known([row.pk for row in held], {who.person: who.human for who in those}, since)
    batches = {row.pk: _Batch(row, plan_of(row), now) for row in held}
    answers = [batches[activity].take(one, there[activity, one.who.human]) for activity, one in asked]
    for batch in batches.values():
        batch.write()
    return answers


class _Batch:
    """What one transaction writes, gathered by column and then written together."""

    def __init__(self, activity: Activity, plan: ChallengePlan, now: datetime) -> None:
        self.activity, self.plan, self.now = activity, plan, now
        self.columns: dict[str, list[Any]] = {name: [] for name in _COLUMNS}
        self.who: list[Bearer] = []
        self.fresh: list[CheckIn] = []
        self.changed: list[Participation] = []
        self.due: dict[date, list[Bearer]] = defaultdict(list)
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
        text = words(asked.said.text("text"))
        row = (who.person, who.identity, f"{who.person.hex} {day}", at, day, text, values, picture)
        for name, value in zip(_COLUMNS, row, strict=True):
            self.columns[name].append(value)
        self.who.append(who)
        if self.plan.day_points:
            self.due[day].append(who)
        return "challenge_checked" if day == course.day(at) else "challenge_checked_late"

    def _course(self, who: Bearer, one: Known) -> Course:
        """Their way; whoever has no clock of their own goes the way of their group."""
        if any("zones" in values for values in one.values):
            return course_of(self.activity, self.plan, who.zone, one.values)
        zone = who.zone
        if zone not in self.courses:
            self.courses[zone] = course_of(self.activity, self.plan, zone, ())
        return self.courses[zone]

    def _part(self, asked: CheckIn, one: Known) -> None:
        """They take part from their first check-in on."""
        if one.inside:
            return
        one.inside = True
        mine = next((part for part in one.parts if part.person_id == asked.who.person), None)
        if mine is None:
            self.fresh.append(asked)
            return
        mine.identity_id, mine.state, mine.via = asked.who.identity, DONE, asked.via
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
            "group_id": [who.group for who in self.who],
            "at": self.columns["at"],
            "key": [f"{activity.pk.hex} {day}" for day in self.columns["day"]],
        }
        deed.write_crowd(deeds, told | {"evidence": {"activity": str(activity.pk)}})
        for day, those in self.due.items():
            reward.pay_crowd(activity, those, self.plan.day_points, CHECK_IN, key=str(day), note=title, now=now)

    def _write_parts(self) -> None:
        if self.fresh:
            columns: dict[str, list[Any]] = {
                "person_id": [asked.who.person for asked in self.fresh],
                "identity_id": [asked.who.identity for asked in self.fresh],
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
