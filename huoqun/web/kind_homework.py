"""The homework on its pages: to staff the pieces with what is left to mark; to members the form, their marks, what
they are to mark, and the showcase."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from huoqun.activities import grading
from huoqun.activities import homework_piece as piece
from huoqun.activities.activity import Activity, Closed, Participation
from huoqun.activities.contribution import ACCEPTED, Contribution
from huoqun.activities.load import load
from huoqun.people.group import Group
from huoqun.people.person import Identity

SHOWN = 200


@dataclass(frozen=True)
class Row:
    """A piece as staff see it: its fields for marks with what stands in them, and what peers said."""

    piece: Contribution
    fields: list[tuple[int, str, int, Any]]
    reviews: list[Contribution]
    waits: int


def staff(activity: Activity, now: datetime) -> dict[str, Any]:
    """The pieces, those first that staff have to look at."""
    rubric, by_peer = piece.rubric(activity), grading.reviews(activity)
    rows = []
    for each in piece.pieces(activity):
        there = by_peer.get(each.pk, [])
        waits = sum(r.state != ACCEPTED for r in there)
        rows.append(Row(each, _fields(rubric, each.values.get("marks")), there, waits))
    rows.sort(key=lambda row: (not row.piece.values.get("differs"), row.piece.score is not None))
    return {
        "pieces": rows[:SHOWN],
        "handed_in": len(rows),
        "late": sum(bool(r.piece.values.get("late")) for r in rows),
        "public": sum(bool(r.piece.values.get("public")) for r in rows),
        "marked": sum(r.piece.score is not None for r in rows),
        "differing": sum(bool(r.piece.values.get("differs")) for r in rows),
        "rubric": rubric,
        "full": piece.full(activity),
        "assigned": bool(activity.state_of_play.get("assigned")),
        "due_time": piece.due(activity),
    }


def member(activity: Activity, who: Identity, mine: Participation | None, now: datetime) -> dict[str, Any]:
    """What they may hand in, what became of it, what they are to mark."""
    rubric, own = piece.rubric(activity), piece.piece_of(activity, who)
    late, giving = _state(activity, now)
    returned = own is not None and bool(own.values.get("returned")) and activity.state != "settled"
    shown = own is not None and own.score is not None and activity.state in {"closed", "settled"}
    theirs = grading.reviews(activity).get(own.pk, []) if own and shown else []
    to_mark = grading.to_mark(activity, who) if activity.state != "settled" else []
    return {
        "own": own,
        "returned": returned,
        "late": late,
        "giving": returned or (giving and not (own and own.values.get("graded"))),
        "late_until": _late_until(activity),
        "rubric": rubric,
        "full": piece.full(activity),
        "scored": shown,
        "still": bool(shown or to_mark or giving),
        "marks": _fields(rubric, _given(own, theirs)) if own and shown else [],
        "words": [r.text for r in theirs if r.state == ACCEPTED and r.text],
        "to_mark": [(r, _fields(rubric, r.values.get("marks")), r.state == ACCEPTED) for r in to_mark],
        "left": sum(r.state != ACCEPTED for r in to_mark),
        "showcase": [(p, _name(p, who)) for p in piece.showcase(activity)[:SHOWN]],
    }


def warn(groups: list[Group], plan: Mapping[str, Any], known: Mapping[str, Any], now: datetime) -> list[str]:
    """What the load of the week says to it."""
    try:
        hours = float(plan.get("hours") or 0)
    except (TypeError, ValueError):
        hours = 0.0
    row = known["row"]
    due = known["closes"] or now + timedelta(days=7)
    found = load(groups, hours, due, besides=row.pk if row else None, now=now)
    return found.warnings(bool(plan.get("on_product")))


def _state(activity: Activity, now: datetime) -> tuple[bool, bool]:
    """Whether it would be late now, and whether it is taken at all."""
    try:
        return piece.late(activity, now), True
    except Closed:
        return False, False


def _late_until(activity: Activity) -> datetime | None:
    ends, days = piece.due(activity), piece.plan(activity).late_days
    return ends + timedelta(days=days) if ends and days else None


def _fields(rubric: list[tuple[str, int]], marks: list[Any] | None) -> list[tuple[int, str, int, Any]]:
    """For each criterion its number, its name, its marks, and what was given."""
    given = marks if marks and len(marks) == len(rubric) else [""] * len(rubric)
    return [(n, name, most, given[n]) for n, (name, most) in enumerate(rubric)]


def _given(own: Contribution, theirs: list[Contribution]) -> list[Any] | None:
    """The marks by criterion: what staff gave, else what the peers gave on average."""
    if own.values.get("graded") == "staff":
        return list(own.values["marks"])
    by_peer = [r.values["marks"] for r in theirs if r.state == ACCEPTED]
    return [f"{sum(each) / len(each):g}" for each in zip(*by_peer, strict=True)] or None


def _name(row: Contribution, who: Identity) -> str:
    return row.identity.name if row.identity.group_id == who.group_id else ""
