"""Starting a run: what it would be, step by step, before anything is written; then the rows of it.

`plan` is the dry run: every step that the calendar alone tells, and an estimate for those that wait for others. `start`
writes the same rows. What does not fit (type, stage, size, quiet hours, another run, selling too early) is told by
`playbooks/fit` and does not stop it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from math import inf
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from huoqun.people import audit
from huoqun.people.account import Account
from huoqun.people.group import Group
from huoqun.people.workspace import Workspace
from huoqun.playbooks import timing
from huoqun.playbooks.playbook import Playbook
from huoqun.playbooks.run import AHEAD, WAITING, DueStep, Edition, Run
from huoqun.playbooks.step_form import Step, Title

LONGEST_VALUE = 500
TURNS = 400
"""Times that one step of a run can come again by the calendar, at most."""


class BadValue(ValueError):
    """A variable of the playbook is missing, or is not of its kind."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"{name}: {why}")
        self.name, self.why, self.field = name, why, f"values.{name}"


class Over(ValueError):
    """The whole run would lie in the past."""


@dataclass(frozen=True)
class Planned:
    """A step as it would be: when (UTC), whether that is sure or hangs on another step, which time of several."""

    step: Step
    place: int
    turn: str
    at: datetime | None
    sure: bool


# -- rules


def plan(book: Playbook, begins: date, zone: str, now: datetime) -> list[Planned]:
    """Every step of a run that would begin on a day, by time; what nobody can date comes last. What is counted
    from the start of the run is counted from now, or from the first minute of a day to come."""
    first = max(now, timing.at(begins, 1, time(), zone))
    found = []
    for place, step in enumerate(book.steps):
        when = timing.read(step.at)
        if isinstance(when, timing.On | timing.Every):
            moments = list(timing.moments(when, begins, book.days, zone))[:TURNS]
            turns = [m.astimezone(ZoneInfo(zone)).date() for m in moments]
            several = isinstance(when, timing.Every)
            found += [
                Planned(step, place, str((day - begins).days + 1) if several else "", m, sure=True)
                for m, day in zip(moments, turns, strict=True)
            ]
        elif isinstance(when, timing.Beside):
            estimate = first + when.span if not when.step else _beside(book, step, begins, zone, first)
            found.append(Planned(step, place, "", estimate, sure=not when.step))
        else:
            found.append(Planned(step, place, "", None, sure=False))
    return sorted(found, key=lambda p: (p.at.timestamp() if p.at else inf, p.place))


def _beside(
    book: Playbook, step: Step, begins: date, zone: str, start: datetime, above: tuple[str, ...] = ()
) -> datetime | None:
    """When a step would be due if every step before it were done on time."""
    when = timing.read(step.at)
    if isinstance(when, timing.On | timing.Every):
        return next(timing.moments(when, begins, book.days, zone), None)
    if not isinstance(when, timing.Beside) or step.id in above:
        return None
    if not when.step:
        return start + when.span
    other = next((s for s in book.steps if s.id == when.step), None)
    first = _beside(book, other, begins, zone, start, (*above, step.id)) if other else None
    if first is None or other is None:
        return None
    return begun(other, first) + when.span if when.span < timedelta(0) else first + when.span


def begun(step: Step, opened: datetime) -> datetime:
    """When what a step opens begins, where that is an hour of its own; else when it is opened."""
    starts = getattr(step, "starts", None)
    return opened + timing.span(starts) if starts else opened


def values_of(book: Playbook, told: Mapping[str, Any], language: str) -> dict[str, str | int]:
    """What was said of each variable, or its default. Raises BadValue."""
    found: dict[str, str | int] = {}
    for name, variable in book.variables.items():
        value = told.get(name)
        if value in (None, ""):
            default = variable.default
            if default is None:
                raise BadValue(name, "missing")
            found[name] = getattr(default, language) if isinstance(default, Title) else default
        elif variable.kind == "number":
            if not str(value).isdecimal() or len(str(value)) > 9:
                raise BadValue(name, "number")
            found[name] = int(value)
        else:
            found[name] = str(value).strip()[:LONGEST_VALUE]
    return found


def language_of(workspace: Workspace) -> str:
    """In which of its two languages a playbook speaks to the groups of a workspace."""
    return "zh" if workspace.language.startswith("zh") else "en"


# -- writes


def start(
    group: Group,
    edition: Edition,
    *,
    begins: date,
    values: Mapping[str, Any],
    people: Mapping[str, UUID],
    together: UUID | None = None,
    segment: UUID | None = None,
    by: Account | None,
    now: datetime,
) -> Run:
    """Begin a run in a group. Steps of its first day whose hour is past are due at once. Raises BadValue, Over."""
    book = edition.playbook
    language = language_of(group.workspace)
    told = values_of(book, values, language)
    today = now.astimezone(ZoneInfo(group.zone)).date()
    if begins < today:
        raise Over
    with transaction.atomic():
        run = Run(workspace=group.workspace, group=group, edition=edition, book=book.id, created=now)
        run.begins, run.zone, run.language, run.values = begins, group.zone, language, told
        run.people = {role: account.hex for role, account in people.items() if role in book.roles}
        run.together, run.segment, run.by = together, segment, by
        run.save(force_insert=True)
        DueStep.objects.bulk_create([row_of(run, each, now) for each in plan(book, begins, group.zone, now)])
        audit.note(
            group.workspace, "run.start", by=by, on=group.pk, title=group.name, after={"playbook": book.id}, now=now
        )
    return run


def row_of(run: Run, each: Planned, now: datetime) -> DueStep:
    """A step of a run that begins, as its row."""
    row = DueStep(run=run, step=each.step.id, turn=each.turn, place=each.place, planned=each.at, created=now)
    row.due = due_of(each)
    row.state, row.next, row.until = looked_at(each, run.edition.playbook, run.begins, run.group.zone, now)
    return row


def looked_at(
    each: Planned, book: Playbook, begins: date, zone: str, now: datetime
) -> tuple[str, datetime | None, datetime | None]:
    """How a step of a run that begins stands, when it is looked at first, and until when it waits. What waits for
    occasions listens from the first day of the run until its last (`playbooks/occasion`)."""
    if isinstance(each.step.when, timing.When):
        first = timing.at(begins, 1, timing.MIDNIGHT, zone)
        return WAITING, max(first, now), timing.at(begins, book.days + 1, timing.MIDNIGHT, zone)
    due = due_of(each)
    return AHEAD, due and max(due, now), None


def due_of(each: Planned) -> datetime | None:
    """When a step of a run that begins is due; None where that hangs on another step."""
    return each.at if each.sure or _before(each.step) else None


def _before(step: Step) -> bool:
    """It comes before another step, so that it cannot wait for that one."""
    when = step.when
    return isinstance(when, timing.Beside) and when.span < timedelta(0)
