"""The API of runs: the list, one with its steps, starting, pausing, going on, stopping."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID, uuid5

from ninja import Query, Schema
from pydantic import Field

from huoqun.base import clock
from huoqun.people.staff import groups_for, team
from huoqun.people.workspace import Workspace
from huoqun.playbooks import reason, run_board, starting_many, steering
from huoqun.playbooks.offered import offered
from huoqun.playbooks.run import ENDED, PAUSED, RUNNING, STOPPED, Run, edition_of, runs_for
from huoqun.playbooks.run_board import Card, Tally
from huoqun.web import run_said
from huoqun.web.api_facts import NotThere
from huoqun.web.api_shape import Day, Named, OneOf, Page, Paging, Sent, Words, groups_named, paged
from huoqun.web.gate import Asked

Name = Annotated[str, Field(max_length=40)]
Value = Annotated[Words, Field(max_length=500)]
Reason = Annotated[Words, Field(min_length=1, max_length=300, pattern=r"\S")]


class RunsAsked(Paging):
    """Which runs; `look`: those that go on and have something late, failed or held by a gate."""

    group: UUID | None = None
    playbook: Annotated[Words, Field(max_length=40)] = ""
    state: Annotated[str, OneOf(("", RUNNING, PAUSED, ENDED, STOPPED))] = ""
    together: UUID | None = None
    look: bool = False


class RunLine(Schema):
    """A run as a list shows it. `steps`: how many stand how; `together`: shared by what one start began; `next`: when
    the next step is due."""

    id: UUID
    group: Named
    playbook: str
    version: int
    title: str
    state: str
    begins: date
    created: datetime
    ended: datetime | None
    why: str
    together: UUID | None
    steps: dict[str, int]
    next: datetime | None


class StepTold(Schema):
    """A step of a run. `planned`: what the playbook means; `due`: what holds; `words`: what it says, by field; `short`:
    what its gate lacks, as of the last look; `reason`: the id of why it stands so, `why`: the same as a sentence;
    `witness`: what an import says of its words (found, missing, vouched), `proved`: when they were really said;
    `by_hand`: somebody has changed it."""

    id: UUID
    step: str
    turn: str
    title: str
    do: str
    state: str
    planned: datetime | None
    due: datetime | None
    at: datetime | None
    until: datetime | None
    words: dict[str, str]
    short: list[str]
    reason: str
    why: str
    witness: str
    proved: datetime | None
    by_hand: bool
    activity: UUID | None


class RunTold(RunLine):
    """A run with all its steps, in the order they happen. `people`: by role the account that does it; `newer`: the
    version of its playbook that has come out since."""

    day: int
    values: dict[str, str | int]
    people: dict[str, UUID]
    paths: list[str]
    numbers: dict[str, float]
    newer: int | None
    plan: list[StepTold]


class RunNew(Sent):
    """A start in one group or in many. `values`: of the playbook's variables, left out: their defaults; `people`: by
    role the account that does it; sent again with the same `key` nothing is started again."""

    playbook: Annotated[Words, Field(min_length=1, max_length=40)]
    groups: list[UUID] = Field(min_length=1, max_length=1000)
    begins: Day
    values: dict[Name, Value | int] = {}
    people: dict[Name, UUID] = {}
    key: Words = Field(min_length=1, max_length=40)


class ReasonSaid(Sent):
    """Why; it stands in the log."""

    why: Reason


def list_runs(request: Asked, workspace: Workspace, asked: Query[RunsAsked]) -> Page[RunLine]:
    """The runs somebody may see, newest first."""
    found = runs_for(request.staff)
    if asked.group:
        found = found.filter(group__in=groups_for(request.staff).filter(pk=asked.group))
    found = found.filter(book=asked.playbook) if asked.playbook else found
    found = found.filter(state=asked.state) if asked.state else found
    found = found.filter(together=asked.together) if asked.together else found
    found = found.filter(run_board.needing_look(clock.now())) if asked.look else found

    def tell(rows: list[Run]) -> list[RunLine]:
        return _lines(rows)

    return paged(found, asked, tell)


def _lines(rows: list[Run]) -> list[RunLine]:
    tallies = run_board.tallies([run.pk for run in rows], clock.now())
    return [RunLine(**_line(run, tallies.get(run.pk, Tally()))) for run in rows]


def _line(run: Run, tally: Tally) -> dict[str, Any]:
    names = ("done", "skipped", "late", "waiting", "gated", "failed", "ahead")
    told = {name: getattr(run, name) for name in ("id", "state", "begins", "created", "ended", "why", "together")}
    told |= {"group": Named(id=run.group_id, name=run.group.name), "playbook": run.book}
    told |= {"version": run.edition.version, "title": run_said.titled(run.edition.playbook.title)}
    return told | {"steps": {name: getattr(tally, name) for name in names}, "next": tally.next}


def read_run(request: Asked, row: Run) -> RunTold:
    """One run with every step."""
    return run_told(row)


def run_told(row: Run) -> RunTold:
    """A run as it is now."""
    run, now = Run.objects.select_related("group", "edition", "workspace").get(pk=row.pk), clock.now()
    later = offered(run.workspace).get(run.book)
    return RunTold(
        **_line(run, run_board.tallies([run.pk], now).get(run.pk, Tally())),
        day=run_board.day_now(run, now),
        values=run.values,
        people={role: UUID(who) for role, who in run.people.items()},
        paths=run.paths,
        numbers={name: value for name, value in run.numbers.items() if value is not None},
        newer=later.version if later and later.version > run.edition.version else None,
        plan=[_step(card, run) for card in run_board.cards(run, now)],
    )


def _step(card: Card, run: Run) -> StepTold:
    names, book = ("id", "step", "turn", "planned", "due", "at", "until"), run.edition.playbook
    told = card.said or card.task
    return StepTold(
        **{name: getattr(card.row, name) for name in names},
        title=run_said.titled(card.form.title),
        do=getattr(card.form, "do", ""),
        state=card.state,
        words=card.words,
        reason=reason.read(card.row.why).id,
        why=run_said.why(card.row.why, book),
        short=[run_said.short(missed, book) for missed in card.short],
        by_hand=card.by_hand,
        witness=told.witness if told else "",
        proved=told.proved if told else None,
        activity=card.activity.pk if card.activity else None,
    )


def start_run(request: Asked, workspace: Workspace, said: RunNew) -> list[RunLine]:
    """Start a playbook in groups, all or none; returns what was started by this key."""
    offer = offered(workspace).get(said.playbook)
    if offer is None:
        raise NotThere("playbook")
    known = set(team(workspace).values_list("account", flat=True))
    if not known >= set(said.people.values()) or not offer.playbook.roles.keys() >= said.people.keys():
        raise NotThere("people")
    now = clock.now()
    runs = starting_many.start_all(
        groups_named(request.staff, said.groups),
        edition_of(workspace, offer.text, by=request.user, now=now),
        begins=said.begins,
        values=said.values,
        people=said.people,
        together=uuid5(workspace.pk, said.key),
        by=request.user,
        now=now,
    )
    mine = runs.filter(group__in=groups_for(request.staff))
    return _lines(list(mine.select_related("group", "edition")))


def pause_run(request: Asked, row: Run, said: ReasonSaid) -> RunTold:
    """Nothing more happens until it goes on."""
    steering.pause(row, why=said.why, by=request.user, now=clock.now())
    return run_told(row)


def resume_run(request: Asked, row: Run) -> RunTold:
    """It goes on; what fell due meanwhile is due now."""
    steering.resume(row, by=request.user, now=clock.now())
    return run_told(row)


def stop_run(request: Asked, row: Run, said: ReasonSaid) -> RunTold:
    """It ends before its time: what is ahead is left out, open tasks and unsent words are withdrawn."""
    steering.stop(row, why=said.why, by=request.user, now=clock.now())
    return run_told(row)
