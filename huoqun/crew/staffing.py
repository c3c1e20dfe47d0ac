"""Staffing (人手): how many people some groups need, by role, and how many groups one person can serve by hand.

Two ways to count, and the larger one holds. By heads, as the handbook's chapter 13 says it: four groups of 500 need a
service, two operators and a host; small ones two people. That is one service for 2,000 members, one operator for 1,000,
one host for four groups, and never fewer than two. By work: what questions, messages and sending take in minutes of a
day. Minutes are assumptions, said on the page and changed there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from math import ceil
from typing import Any

SIZES = (50, 100, 200, 500)
"""Up to how many members each class of groups goes; the last class is above."""
SERVICE, OPERATOR, HOST = "service", "operator", "host"
ROLES = (SERVICE, OPERATOR, HOST)
MEMBERS_A_SERVICE, MEMBERS_AN_OPERATOR, GROUPS_A_HOST, LEAST = 2000, 1000, 4, 2
"""Handbook chapter 13."""
DAYS, WORKED = 7, 5
"""Groups live seven days a week; a person works five of them."""


@dataclass(frozen=True)
class Assumed:
    """What the count rests on. `hours`: of service a day; `target`: minutes until an answer; the others: minutes (for a
    message seconds) that one takes, and minutes of a working day that can be filled."""

    hours: float = 13
    target: float = 240
    question: float = 4
    send: float = 1.5
    message: float = 1
    group: float = 5
    """Daily for each group served by hand: looking in, and the export."""
    day: float = 360


LIMITS: Mapping[str, tuple[float, float]] = {
    "hours": (1, 24),
    "target": (1, 10_080),
    "question": (0.1, 120),
    "send": (0.1, 60),
    "message": (0, 60),
    "group": (0, 120),
    "day": (60, 720),
}


@dataclass(frozen=True)
class Class:
    """Groups of one size: how many, and of one of them members, and a day messages, questions, things to send."""

    groups: float = 0
    members: float = 0
    messages: float = 0
    questions: float = 0
    sends: float = 0


@dataclass(frozen=True)
class Role:
    """How many of a role are needed: by heads, by work (people, with a fraction), by presence, and what holds."""

    id: str
    heads: int
    work: float
    presence: int
    needed: int


@dataclass(frozen=True)
class Need:
    """People by role. `floor`: the sum was raised to the least there must be."""

    roles: tuple[Role, ...]
    total: int
    floor: bool


class BadNumber(ValueError):
    """A number is missing, no number, or beyond what can be; says which field."""


def need(classes: Sequence[Class], assumed: Assumed) -> Need:
    """The people some groups need; nobody where there is no group."""
    groups = sum(c.groups for c in classes)
    if not groups:
        return Need(tuple(Role(role, 0, 0, 0, 0) for role in ROLES), 0, floor=False)
    members = sum(c.groups * c.members for c in classes)
    answers = sum(c.groups * c.questions for c in classes) * assumed.question
    reading = sum(c.groups * c.messages for c in classes) * assumed.message / 60
    sending = sum(c.groups * c.sends for c in classes) * assumed.send
    week = DAYS / WORKED / assumed.day
    roles = (
        _role(SERVICE, members / MEMBERS_A_SERVICE, answers * week, present(assumed)),
        _role(OPERATOR, members / MEMBERS_AN_OPERATOR, (reading + sending) * week, 0),
        _role(HOST, groups / GROUPS_A_HOST, 0, 0),
    )
    if members <= SIZES[-1] and not any(role.work > 1 for role in roles):  # small ones two: one who serves and hosts
        roles = (roles[0], roles[1], Role(HOST, 0, 0, 0, 0))
    total = sum(role.needed for role in roles)
    return Need(roles, max(total, LEAST), floor=total < LEAST)


def present(assumed: Assumed) -> int:
    """How many it takes for somebody to be there: where an answer is wanted within an hour, all hours of service of
    seven days; else it is enough to look in."""
    if assumed.target > 60:
        return 1
    return ceil(assumed.hours * DAYS / (8 * WORKED) - 1e-9)


def _role(id: str, heads: float, work: float, presence: int) -> Role:
    by_heads = ceil(heads - 1e-9)
    return Role(id, by_heads, round(work, 2), presence, max(by_heads, ceil(work - 1e-9), presence))


def by_hand(one: Class, assumed: Assumed) -> float:
    """Minutes a day that a group served by hand takes: looking in, reading, sending, answering."""
    return (
        assumed.group
        + one.messages * assumed.message / 60
        + one.sends * assumed.send
        + one.questions * assumed.question
    )


def shared_out(minutes: Mapping[Any, float], day: float) -> list[list[Any]]:
    """Groups shared out so that each person's day holds theirs, by few people: the longest first, each to the first who
    has room (first fit decreasing). A group that is longer than a day is one person's alone."""
    people: list[tuple[float, list[Any]]] = []
    for key, takes in sorted(minutes.items(), key=lambda two: (-two[1], str(two[0]))):
        at = next((i for i, (filled, _) in enumerate(people) if filled + takes <= day), None)
        if at is None:
            people.append((takes, [key]))
        else:
            people[at] = (people[at][0] + takes, [*people[at][1], key])
    return [those for _, those in people]


def size_of(members: float) -> int:
    """The class of a group, as a position in `SIZES`; above the last one it is the one after."""
    return next((n for n, most in enumerate(SIZES) if members <= most), len(SIZES))


def classes_of(rows: Sequence[Class]) -> list[Class]:
    """Single groups summed up by size: of each class how many, and the mean of everything."""
    found = []
    for at in range(len(SIZES) + 1):
        those = [row for row in rows if size_of(row.members) == at]
        mean = {
            f.name: round(sum(getattr(row, f.name) for row in those) / len(those), 1) if those else 0.0
            for f in fields(Class)
        }
        found.append(Class(**{**mean, "groups": len(those)}))
    return found


def number(text: str, low: float, high: float) -> float:
    """A number somebody typed. Raises BadNumber."""
    try:
        found = float(text.replace(",", ".")) if len(text) < 20 else float("nan")
    except ValueError as error:
        raise BadNumber(text) from error
    if not low <= found <= high:
        raise BadNumber(text)
    return found
