"""The course on its pages: sessions with who was there, the code words, who completed it and who bought."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from huoqun.activities import attendance, course
from huoqun.activities.activity import DONE, IN, Activity, Participation
from huoqun.activities.contribution import contributions
from huoqun.people.person import Identity
from huoqun.web import word


def _been(activity: Activity) -> dict[Any, set[int]]:
    found: dict[Any, set[int]] = {}
    for row in contributions(activity, course.ATTENDANCE):
        found.setdefault(row.person.root_id or row.person_id, set()).add(int(row.values["session"]))
    return found


def staff(activity: Activity, now: datetime) -> dict[str, Any]:
    """Sessions with how many came, and each member with theirs."""
    been, sessions = _been(activity), course.plan_of(activity).all()
    came = Counter(n for those in been.values() for n in those)
    people = [
        (
            row,
            len(been.get(row.person.root_id or row.person_id, ())),
            sorted(been.get(row.person.root_id or row.person_id, ())),
        )
        for row in attendance.participants(activity)[:500]
    ]
    zone = activity.workspace.zone
    return {
        "sessions": [(s, s.begins(zone), came[s.number], course.word_of(activity, s.number)) for s in sessions],
        "learners": [(row, n, [s for s in sessions if s.number not in there]) for row, n, there in people],
        "numbers": course.numbers(activity),
    }


def member(activity: Activity, who: Identity, mine: Participation | None, now: datetime) -> dict[str, Any]:
    """The sessions with their links, where they were, and the certificate."""
    zone, been = activity.workspace.zone, course.been_in(activity, who)
    inside = mine is not None and mine.state in IN
    rows = [
        (
            s,
            s.begins(zone),
            s.number in been,
            course.open_now(activity, s, now),
            bool(course.word_of(activity, s.number)),
        )
        for s in course.plan_of(activity).all()
    ]
    return {
        "sessions": rows,
        "been": len(been),
        "needed": course.plan_of(activity).to_complete(),
        "may_see_links": inside,
        "completed": mine is not None and mine.state == DONE,
        "completed_at": (mine.values.get("arrived") or "")[:10] if mine else "",
    }


def table(activity: Activity) -> Iterator[Sequence[object]]:
    """Everybody with their sessions."""
    been, sessions = _been(activity), course.plan_of(activity).all()
    yield [_("Name"), _("Group"), _("State"), *(s.title or f"{s.naive:%m-%d %H:%M}" for s in sessions), _("Bought")]
    for row in attendance.participants(activity):
        there = been.get(row.person.root_id or row.person_id, set())
        ticks = ["1" if s.number in there else "" for s in sessions]
        bought = _("yes") if row.values.get("bought") else ""
        yield [row.identity.name, row.identity.group.name, word.of("part", row.state), *ticks, bought]
