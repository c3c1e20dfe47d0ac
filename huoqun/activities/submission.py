"""The piece: a homework handed in. What it is marked by, whether it is late, which one of somebody's counts."""

from datetime import datetime, timedelta
from typing import Any, Literal
from urllib.parse import urlsplit
from uuid import UUID

from django.db.models import QuerySet
from pydantic import Field, field_validator

from huoqun.activities.activity import DRAFT, SETTLED, Activity, Closed
from huoqun.activities.contribution import Contribution, contributions, mine
from huoqun.activities.kind import Plan, Refused, Said
from huoqun.activities.plan_line import parts
from huoqun.people.person import Identity

PIECE = "piece"
LONGEST_LINK = 500
MOST_MARKS = 1000
BEST = 3
"""So many pieces are the best; a default."""


class HomeworkPlan(Plan):
    """What is asked, by what it is marked, and by whom."""

    tag: str = Field(default="", max_length=40)
    """Under which it is posted in public, where members do."""
    rubric: list[str] = Field(default_factory=list, max_length=12)
    """One a line: `criterion | marks`."""
    graders: Literal["by_staff", "by_peers"] = "by_staff"
    per_piece: int = Field(default=2, ge=1, le=5)
    """How many peers mark each piece."""
    differ: int = Field(default=25, ge=1, le=100)
    """Peers differ where their marks lie further apart than this share of the full marks, in percent."""
    late_days: int = Field(default=0, ge=0, le=30)
    """How long after the due time it is still taken, as late."""
    late_percent: int = Field(default=0, ge=0, le=100)
    """What is taken off the marks of what is late."""
    hours: float = Field(default=1, ge=0, le=40)
    """How long it takes a member."""
    on_product: bool = False
    """It is about the owner's product, which wears members out."""
    full_points: int = Field(default=0, ge=0, le=10_000)
    """Points for full marks; in proportion for fewer."""
    review_points: int = Field(default=0, ge=0, le=1000)
    """Points for each piece that a peer marked."""

    @field_validator("tag")
    @classmethod
    def _tag(cls, tag: str) -> str:
        return "".join(tag.split()).strip("#")

    @field_validator("rubric")
    @classmethod
    def _rubric(cls, rubric: list[str]) -> list[str]:
        return [f"{name} | {marks}" for name, marks in criteria(rubric)]


def criteria(rubric: list[str]) -> list[tuple[str, int]]:
    """Each criterion with its marks; 10 where none are said. Raises ValueError."""
    found = []
    for line in rubric:
        name, marks, *_rest = [*parts(line, 120), "", ""]
        if not name:
            continue
        if marks and not (marks.isdecimal() and len(marks) <= 4 and 0 < int(marks) <= MOST_MARKS):
            raise ValueError(f"how many marks? {line}")
        found.append((name, int(marks or 10)))
    return found


def rubric(activity: Activity) -> list[tuple[str, int]]:
    """The criteria of a homework."""
    return criteria(plan(activity).rubric)


def full(activity: Activity) -> int:
    """The full marks."""
    return sum(marks for _name, marks in rubric(activity))


def plan(activity: Activity) -> HomeworkPlan:
    """Its plan."""
    return HomeworkPlan.model_validate(activity.plan)


# -- rules


def due(activity: Activity) -> datetime | None:
    """Until when it is on time: when it was closed, or closes."""
    return activity.closed or activity.closes


def late(activity: Activity, moment: datetime) -> bool:
    """Whether what is handed in at a moment is late. Raises Closed where it is not taken at all."""
    ends = due(activity)
    if activity.state in {DRAFT, SETTLED} or activity.removed is not None:
        raise Closed
    if ends is None or moment <= ends:
        return False
    if moment > ends + timedelta(days=plan(activity).late_days):
        raise Closed
    return True


def marks(activity: Activity, said: Said) -> list[int]:
    """The marks of a form, one for each criterion: `mark-0`, `mark-1`. Raises Refused."""
    found = []
    for number, (name, most) in enumerate(rubric(activity)):
        given = said.number(f"mark-{number}")
        if given > most:
            raise Refused("homework_marks", name=name, most=most)
        found.append(given)
    return found


def scored(activity: Activity, piece: Contribution, raw: float) -> float:
    """Marks after what is taken off for being late."""
    off = plan(activity).late_percent if piece.values.get("late") else 0
    return round(raw * (100 - off) / 100, 1)


def link_of(text: str) -> str:
    """A link that may be shown. Raises Refused."""
    try:
        found = urlsplit(text)
        whole = found.scheme in {"http", "https"} and bool(found.hostname)
    except ValueError:
        whole = False
    if not whole or len(text) > LONGEST_LINK or any(c.isspace() for c in text):
        raise Refused("homework_link")
    return text


# -- reads


def pieces(activity: Activity) -> list[Contribution]:
    """The piece of each human that counts, oldest first: the newest of theirs."""
    newest: dict[Any, Contribution] = {}
    for row in contributions(activity, PIECE):
        newest.setdefault(root_id(row), row)
    return sorted(newest.values(), key=lambda row: (row.at, row.pk))


def best(activity: Activity) -> list[Contribution]:
    """The pieces with the best marks, `BEST` of them and whoever has as many as the last; those whose member agreed
    that they be shown."""
    there = sorted((row for row in pieces(activity) if row.score and row.values.get("show")), key=_marked)
    if len(there) <= BEST:
        return there
    return [row for row in there if (row.score or 0) >= (there[BEST - 1].score or 0)]


def _marked(row: Contribution) -> tuple[float, datetime]:
    return -(row.score or 0), row.at


def piece_of(activity: Activity, who: Identity) -> Contribution | None:
    """The piece of somebody that counts."""
    return mine(activity, who.person, PIECE).first()


def showcase(activity: Activity) -> list[Contribution]:
    """The pieces that staff picked and whose members agreed to show them."""
    return [p for p in pieces(activity) if p.values.get("picked") and p.values.get("show")]


def root_id(row: Contribution) -> UUID:
    """Whose it is, after merges."""
    return row.person.root_id or row.person_id


def found(activity: Activity, said: Said, rows: QuerySet[Contribution]) -> Contribution:
    """The contribution that a form names as `which`. Raises Refused."""
    wanted = said.text("which")
    row = next((r for r in rows if str(r.pk) == wanted), None)
    if row is None:
        raise Refused("homework_gone")
    row.activity = activity
    return row
