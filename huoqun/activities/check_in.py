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
from huoqun.activities.activity import DONE, Activity, Closed, Participation
from huoqun.activities.challenge_plan import ChallengePlan, course_of, plan_of, proved
from huoqun.activities.contribution import REFUSED, WITHDRAWN, Contribution, words
from huoqun.activities.kind import Refused, Said
from huoqun.people import deed
from huoqun.people.person import Identity, Person

CHECK_IN, MADE_UP = "check_in", "made_up"
_RECENT = timedelta(days=4)
"""Days before today among which the day of a check-in is found."""


@dataclass(frozen=True)
class CheckIn:
    """One check-in that is asked for; `at`: when they did it."""

    who: Identity
    said: Said
    via: str
    at: datetime


@dataclass
class Known:
    """What is known of one human in a challenge: their persons, their participations, the days there are rows for."""

    persons: set[UUID] = field(default_factory=set)
    parts: list[Participation] = field(default_factory=list)
    days: dict[date, str] = field(default_factory=dict)
    made_up: set[date] = field(default_factory=set)

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
        found[root_by[part.person_id]].parts.append(part)
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
    with transaction.atomic():
        held = attendance.locked(activity)
        plan = plan_of(held)
        there = known(held, [a.who.person for a in asked], since=min(a.at for a in asked).date() - _RECENT)
        batch = _Batch(held, plan, now)
        answers = [batch.take(a, there[a.who.person.root_id or a.who.person_id]) for a in asked]
        batch.write()
    return answers


class _Batch:
    """The rows of one transaction, gathered and then written together."""

    def __init__(self, activity: Activity, plan: ChallengePlan, now: datetime) -> None:
        self.activity, self.plan, self.now = activity, plan, now
        self.rows: list[Contribution] = []
        self.deeds: list[deed.Deed] = []
        self.fresh: dict[UUID, Participation] = {}
        self.changed: list[Participation] = []
        self.due: dict[date, list[tuple[Identity, int]]] = defaultdict(list)

    def take(self, asked: CheckIn, one: Known) -> str | Exception:
        """One check-in, into the batch; what it is answered."""
        who, at = asked.who, asked.at
        if not self.activity.takes(at):
            return Closed()
        course = course_of(self.activity, self.plan, who.group.zone, one.values)
        day = streak.counts_for(course, at, one.days.keys(), one.breaks)
        if day is None:
            return _why_none(course, at, one)
        try:
            values = proved(self.plan, asked.said)
        except Refused as error:
            return error
        one.days[day] = "given"
        self._part(asked, one)
        self._row(asked, day, values)
        if self.plan.day_points:
            self.due[day].append((who, self.plan.day_points))
        return "challenge_checked" if day == course.day(at) else "challenge_checked_late"

    def _row(self, asked: CheckIn, day: date, values: dict[str, Any]) -> None:
        who, now = asked.who, self.now
        key = f"{who.person_id.hex} {day}"
        row = Contribution(activity_id=self.activity.pk, person_id=who.person_id, identity=who, created=now)
        row.what, row.key, row.day, row.at, row.values = CHECK_IN, key, day, asked.at, values
        row.text, row.picture = words(asked.said.text("text")), asked.said.picture
        self.rows.append(row)
        written = attendance.deed_of(self.activity, who, CHECK_IN, at=asked.at, key=str(day), now=now)
        self.deeds.append(written)

    def _part(self, asked: CheckIn, one: Known) -> None:
        """They take part from their first check-in on."""
        if any(part.state == DONE for part in one.parts):
            return
        mine = next((part for part in one.parts if part.person_id == asked.who.person_id), None)
        if mine is None:
            mine = Participation(activity_id=self.activity.pk, person_id=asked.who.person_id, created=self.now)
            self.fresh[mine.pk] = mine
            one.parts.append(mine)
        else:
            self.changed.append(mine)
        mine.identity, mine.state, mine.via = asked.who, DONE, asked.via
        mine.at = mine.changed = asked.at

    def write(self) -> None:
        """Write all there is. A row that is there already would be a mistake of ours: then nothing is written."""
        Participation.objects.bulk_create(self.fresh.values())
        if self.changed:
            Participation.objects.bulk_update(self.changed, ["identity", "state", "via", "at", "changed"])
        Contribution.objects.bulk_create(self.rows)
        deed.write_all(self.deeds)
        for day, those in self.due.items():
            note = self.activity.title
            reward.pay_all(self.activity, those, CHECK_IN, key=str(day), note=note, now=self.now)


def _why_none(course: streak.Course, at: datetime, one: Known) -> str | Exception:
    if at < course.begins:
        return Refused("challenge_not_begun")
    today = course.day(at)
    if today > course.last:
        return Refused("challenge_over")
    return Refused("challenge_refused_today") if one.days[today] == REFUSED else "challenge_already"
