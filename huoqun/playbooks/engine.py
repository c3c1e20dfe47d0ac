"""The engine: carries out the steps that are due, in sets, each exactly once.

A batch is one transaction: rows that are due are locked (others skip them), carried out, and marked done together with
everything they wrote. A process that is killed in the middle leaves nothing of the batch behind, and the next does it
anew; two workers never hold the same row. A step that goes wrong does so alone: it is marked failed with the reason,
and what went with it is tried again without it.
"""

import logging
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Model, Q, QuerySet

from huoqun.base.job import Hand
from huoqun.base.many_rows import change
from huoqun.people import task
from huoqun.people.account import Account
from huoqun.people.task import Task
from huoqun.playbooks import gate, sensing, timing
from huoqun.playbooks.doing import Doing, Outcome
from huoqun.playbooks.playbook import chosen
from huoqun.playbooks.run import AHEAD, DONE, ENDED, GATED, OVER, RUNNING, SKIPPED, WAITING, DueStep, Run, about
from huoqun.playbooks.step import LOOK, doer, missed
from huoqun.playbooks.step_form import Step

AT_ONCE = 500
_log = logging.getLogger(__name__)


def tick(hand: Hand) -> bool:
    """Do what is due: what people have done is noticed, then a batch of steps. True where there may be more."""
    now = hand.clock()
    noticed = notice(now)
    return carry_out(now) == AT_ONCE or noticed == AT_ONCE


def carry_out(now: datetime) -> int:
    """One batch of what is due; returns how many steps were looked at."""
    if not DueStep.objects.filter(next__lte=now).exists():  # a transaction of its own holds up the others on SQLite
        return 0
    with transaction.atomic():
        rows = list(_held(DueStep.objects.filter(next__lte=now)).order_by("next", "place")[:AT_ONCE])
        if rows:
            _carry(rows, now)
    return len(rows)


def notice(now: datetime) -> int:
    """Steps that wait for a person go on when their task is done or skipped; returns how many did."""
    settled = Task.objects.filter(~Q(state=task.OPEN), noticed=False, source__startswith="run:")
    if not settled.exists():
        return 0
    with transaction.atomic():
        tasks = {t.key: t for t in settled.order_by("at")[:AT_ONCE]}
        if not tasks:
            return 0
        rows = [
            r
            for r in _held(DueStep.objects.filter(state=WAITING, run__in={_run_of(k) for k in tasks}))
            if r.key in tasks
        ]
        those = _doings(rows, now)
        for each in those:
            told = tasks[each.key]
            outcome = Outcome(
                DONE if told.state == task.DONE else SKIPPED, {**each.row.result, "said": told.said}, why=""
            )
            if told.state == task.DONE and each.form.model_dump()["do"] == "number":
                outcome = _number(each, told)
            _write(each, outcome, now)
        _save(those, now)
        Task.objects.filter(pk__in=[t.pk for t in tasks.values()]).update(noticed=True)
    return len(tasks)


def _run_of(key: str) -> UUID:
    return UUID(key.split("/", 1)[0])


def _number(each: Doing, told: Task) -> Outcome:
    """What somebody has said as a number; anything else asks again."""
    text = told.said.replace(",", "").replace("，", "").strip().removesuffix("%")
    try:
        number = float(text)
    except ValueError:
        again = Task.objects.filter(pk=told.pk)
        again.update(state=task.OPEN, at=None)
        return Outcome(WAITING, each.row.result, why="not a number", until=each.row.until)
    return Outcome(DONE, {**each.row.result, "said": told.said}, numbers={each.form.id.replace("-", "_"): number})


def _held(those: QuerySet[DueStep]) -> QuerySet[DueStep]:
    skip = connection.features.has_select_for_update_skip_locked
    return those.select_for_update(of=("self",), skip_locked=skip) if skip else those.select_for_update()


def _doings(rows: Sequence[DueStep], now: datetime) -> list[Doing]:
    """The rows with their runs, forms, facts, and what came before them."""
    runs = Run.objects.filter(pk__in={r.run_id for r in rows}).select_related("edition", "group__workspace", "by")
    known = {run.pk: run for run in runs}
    forms = {row.pk: _form(known[row.run_id], row.step) for row in rows}
    before = about(list(rows))
    facts = sensing.facts([known[i] for i in {r.run_id for r in rows if forms[r.pk].asks}], now=now)
    named = {UUID(who) for run in known.values() for who in run.people.values()}
    there = set(Account.objects.filter(pk__in=named).values_list("pk", flat=True))
    found = []
    for row in rows:
        run = known[row.run_id]
        people = {role: UUID(who) for role, who in run.people.items() if UUID(who) in there}
        found.append(Doing(row, run, forms[row.pk], facts.get(run.pk, {}), before.get(run.pk, {}), people))
    return found


def _form(run: Run, step: str) -> Step:
    return run.edition.playbook.step(step)


def _carry(rows: Sequence[DueStep], now: datetime) -> None:
    those = _doings(rows, now)
    ready: dict[str, list[Doing]] = defaultdict(list)
    for each in those:
        held = _held_back(each, now)
        if held is None:
            ready[each.form.model_dump()["do"]].append(each)
        else:
            _write(each, held, now)
    for alike in ready.values():
        for each, outcome in zip(alike, _done(alike, now), strict=True):
            _write(each, outcome, now)
    _save(those, now)


def _done(alike: Sequence[Doing], now: datetime) -> list[Outcome]:
    """What became of steps of one kind. Where one of them goes wrong, each is tried by itself."""
    try:
        with transaction.atomic():
            return doer(alike[0].form)(alike, now)
    except Exception as error:  # a step may fail for any reason; the run must not
        if len(alike) == 1:
            _log.exception("step %s went wrong", alike[0].key)
            return [Outcome("failed", alike[0].row.result, why=f"{type(error).__name__}: {error}"[:300])]
    return [outcome for each in alike for outcome in _done([each], now)]


def _held_back(each: Doing, now: datetime) -> Outcome | None:
    """Why a step that is due is not done now; None: it is. A path that was not taken, an `if`, a gate."""
    form, run = each.form, each.run
    if run.state != RUNNING or each.row.state in OVER:  # somebody has paused it or skipped the step meanwhile
        return Outcome(each.row.state, each.row.result, why=each.row.why)
    if form.path and form.path not in run.paths:
        if _undecided(each):
            return Outcome(AHEAD, why=f"path {form.path}", next=now + LOOK)
        return Outcome(SKIPPED, why=f"path {form.path}")
    if each.row.state == AHEAD and form.only_if and not gate.read(form.only_if).holds(each.facts):
        return Outcome(SKIPPED, why=missed(form.only_if, each.facts))
    shut = each.row.state in {AHEAD, GATED} and each.row.said.get("gate") != "open"
    if shut and form.gate and not gate.read(form.gate).holds(each.facts):
        until = each.row.until or now + timing.span(form.patience)
        why = missed(form.gate, each.facts)
        if now >= until:
            return Outcome(SKIPPED, why=why, path=form.otherwise or "")
        return Outcome(GATED, why=why, next=min(now + LOOK, until), until=until)
    return None


def _undecided(each: Doing) -> bool:
    """A step that may yet choose the path of this one is not over."""
    book = each.run.edition.playbook
    choosers = [s.id for s in book.steps if each.form.path in chosen(s).values()]
    return each.run.steps.filter(step__in=choosers).exclude(state__in=OVER).exclude(pk=each.row.pk).exists()


def _write(each: Doing, outcome: Outcome, now: datetime) -> None:
    """Put an outcome on the row and its run, which are saved afterwards."""
    row, run = each.row, each.run
    row.state, row.why, row.next, row.until = outcome.state, outcome.why[:300], outcome.next, outcome.until
    row.result = outcome.result or row.result
    row.at = row.at or now if outcome.state in OVER else None
    if outcome.path and outcome.path not in run.paths:
        run.paths, each.chose = [*run.paths, outcome.path], True
    if outcome.numbers:
        run.numbers, each.chose = {**run.numbers, **outcome.numbers}, True


def _save(those: Sequence[Doing], now: datetime) -> None:
    """Write the rows; what waited for them becomes due; runs in which nothing is left are over."""
    _store(DueStep, [each.row for each in those], "state", "why", "next", "until", "result", "at")
    _store(Run, list({each.run.pk: each.run for each in those if each.chose}.values()), "paths", "numbers")
    over: dict[UUID, dict[str, Doing]] = defaultdict(dict)
    for each in those:
        if each.row.state in OVER:
            over[each.run.pk][each.row.step] = each
    if not over:
        return
    freed = []
    for row in DueStep.objects.filter(run__in=over, next=None, due=None, state=AHEAD).select_related("run__edition"):
        when = timing.read(_form(row.run, row.step).at)
        if isinstance(when, timing.Beside) and when.step in over[row.run_id] and when.span >= timedelta(0):
            row.due = row.next = now + when.span
            freed.append(row)
    _store(DueStep, freed, "due", "next")
    done = set(over) - set(
        DueStep.objects.filter(run__in=over).exclude(state__in=OVER).values_list("run", flat=True).distinct()
    )
    Run.objects.filter(pk__in=done, state=RUNNING).update(state=ENDED, ended=now)


def _store(model: type[Model], rows: Sequence[Any], *fields: str) -> None:
    change(model, {name: [getattr(row, name) for row in rows] for name in ("id", *fields)})
