"""The run board (执行看板): how runs stand: what is done, due, late, held at a gate, ahead; with what is behind it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Min, Q, QuerySet

from huoqun.activities.activity import Activity
from huoqun.people import audit, task
from huoqun.people.audit import Entry
from huoqun.people.outbox import SENT, Outgoing
from huoqun.people.task import Task
from huoqun.people.witness import FOUND, MISSING
from huoqun.playbooks import reason, run_words
from huoqun.playbooks.doing import Doing
from huoqun.playbooks.gate import Missed
from huoqun.playbooks.run import (
    AHEAD,
    DONE,
    FAILED,
    GATED,
    PAUSED,
    RUNNING,
    SKIPPED,
    WAITING,
    DueStep,
    Run,
    day_of,
)
from huoqun.playbooks.step_form import Step

LATE = timedelta(minutes=5)
"""So long after its moment a step that nobody carried out is late; a default."""
LATELY = "late"
"""A step that should be over: its moment has passed, or whoever was asked has not done it in time."""
HISTORY = 50
"""Changes by hand that the board shows, the newest."""


@dataclass(frozen=True)
class Tally:
    """How many steps of a run stand how; `next`: when the next one is due."""

    done: int = 0
    skipped: int = 0
    late: int = 0
    waiting: int = 0
    gated: int = 0
    failed: int = 0
    ahead: int = 0
    next: datetime | None = None

    @property
    def look(self) -> int:
        """How many need somebody's look."""
        return self.late + self.gated + self.failed

    @property
    def all(self) -> int:
        """Every step there is so far."""
        return self.done + self.skipped + self.late + self.waiting + self.gated + self.failed + self.ahead


@dataclass
class Card:
    """A step on the board. `state`: as `playbooks/run` has it, or late; `when`: when it was done, else when it is due,
    else about when; `short`: what its gate lacks, as of the last look; `moved`: what was planned, where somebody gave
    it another time; `written`: by field what the playbook says, where somebody has put other words in its place."""

    row: DueStep
    form: Step
    state: str
    when: datetime | None
    day: date | None
    words: dict[str, str] = field(default_factory=dict)
    short: list[Missed] = field(default_factory=list)
    moved: datetime | None = None
    written: dict[str, str] = field(default_factory=dict)
    said: Outgoing | None = None
    task: Task | None = None
    activity: Activity | None = None

    @property
    def by_hand(self) -> bool:
        """Somebody has changed it."""
        return self.row.by_id is not None


# -- rules


def late_parts(now: datetime) -> tuple[Q, Q]:
    """Steps that should be over: asked for and not done in time; ahead, and past."""
    return Q(state=WAITING, until__lt=now), Q(state=AHEAD, next__lt=now - LATE)


def late(now: datetime) -> Q:
    """Steps that should be over."""
    return reduce(or_, late_parts(now))


def trouble(now: datetime) -> Q:
    """Steps that need somebody's look: late, held by a gate, gone wrong."""
    return late(now) | Q(state__in=(GATED, FAILED))


def state_of(row: DueStep, now: datetime) -> str:
    """How one step stands."""
    over = row.until if row.state == WAITING else row.next and row.next + LATE if row.state == AHEAD else None
    return LATELY if over and over < now else row.state


# -- reads


def needing_look(now: datetime) -> Q:
    """Of runs that go on: something in them needs a look. Each reason is a query of its own over the few steps that it
    holds for, by their index, not one over all steps of each run."""
    asked = (Q(state=GATED), Q(state=FAILED), *late_parts(now))
    named = (Q(pk__in=DueStep.objects.filter(part).values("run")) for part in asked)
    return Q(state__in=(RUNNING, PAUSED)) & reduce(or_, named)


def tallies(runs: Iterable[UUID], now: datetime) -> dict[UUID, Tally]:
    """By run, how its steps stand: one query for all of them."""
    slow = late(now)
    counts = {name: Count("pk", filter=Q(state=name)) for name in (DONE, SKIPPED, GATED, FAILED)}
    counts |= {name: Count("pk", filter=Q(state=name) & ~slow) for name in (WAITING, AHEAD)}
    told = DueStep.objects.filter(run__in=list(runs)).order_by().values("run")
    rows: Any = told.annotate(
        **counts, late=Count("pk", filter=slow), next_due=Min("due", filter=Q(state=AHEAD, next__isnull=False))
    )
    return {
        row["run"]: Tally(
            **{name: row[name] for name in (DONE, SKIPPED, LATELY, WAITING, GATED, FAILED, AHEAD)},
            next=row["next_due"],
        )
        for row in rows
    }


def cards(run: Run, now: datetime, only: UUID | None = None) -> list[Card]:
    """The steps of a run in the order they happen, with all that is behind them: a few queries, however many."""
    rows = list(run.steps.filter(pk=only) if only else run.steps.all())
    for row in rows:
        row.run = run
    zone = ZoneInfo(run.group.zone)
    found = [_card(row, run, now, zone) for row in rows]
    _behind(run, found)
    for card in found:
        each = Doing(card.row, run, card.form, {}, {}, {})
        card.words = run_words.texts(each)
        if card.said is not None:
            card.words["text"] = card.said.words
        own = run_words.written(card.form, run.language)
        card.written = {name: own[name] for name in own if card.row.said.get(name, own[name]) != own[name]}
    return sorted(found, key=lambda c: (c.when is None, c.when or now, c.row.place, c.row.turn))


def _card(row: DueStep, run: Run, now: datetime, zone: ZoneInfo) -> Card:
    when = (row.at if row.state == DONE else None) or row.due or row.planned
    moved = row.planned if row.by_id and row.planned and row.due and row.due != row.planned else None
    return Card(
        row=row,
        form=run.edition.playbook.step(row.step),
        state=state_of(row, now),
        when=when,
        day=when.astimezone(zone).date() if when else None,
        short=reason.read(row.why).lacks if row.state in {GATED, WAITING} else [],
        moved=moved,
    )


def _behind(run: Run, found: Sequence[Card]) -> None:
    """What the steps have made: words among those to be said, tasks, activities."""
    keys = {card.row.key: card for card in found if card.row.state != AHEAD or card.row.result}
    for said in Outgoing.objects.filter(group=run.group_id, key__in=keys).select_related("speaker"):
        said.group, keys[said.key].said = run.group, said
    for given in Task.objects.filter(group=run.group_id, key__in=keys).select_related("who", "by", "speaker"):
        given.group, keys[given.key].task = run.group, given
    made = {UUID(a): card for card in found if isinstance(a := card.row.result.get("activity"), str)}
    for activity in Activity.objects.filter(pk__in=made, removed=None).select_related("workspace"):
        made[activity.pk].activity = activity


@dataclass(frozen=True)
class Proof:
    """What imports say of the words that steps have said: of so many, how many stand in one, and how many do not stand
    in one that misses nothing of that time."""

    said: int
    found: int
    missing: int


def proof(those: Iterable[Card]) -> Proof:
    """How far imports prove what a run said."""
    witnessed = [card.said.witness for card in those if card.said is not None and card.said.state == SENT]
    return Proof(len(witnessed), witnessed.count(FOUND), witnessed.count(MISSING))


def history(run: Run) -> QuerySet[Entry]:
    """What people have changed of a run by hand, newest first."""
    told = audit.entries(run.workspace).filter(object=run.group_id, what__startswith="run.", created__gte=run.created)
    return told.filter(after__run=run.pk.hex)[:HISTORY]


def open_tasks(run: Run) -> int:
    """Tasks of a run that wait for somebody."""
    return Task.objects.filter(workspace=run.workspace_id, source=run.source, state=task.OPEN).count()


def day_now(run: Run, now: datetime) -> int:
    """Which day of the run it is on the group's calendar; below 1 where it has not begun, at most its last."""
    last: Any = run.ended or now
    return min(day_of(run, last.astimezone(ZoneInfo(run.group.zone)).date()), run.edition.playbook.days)
