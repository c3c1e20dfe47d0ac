"""The engine: carries out the steps that are due, in sets, each exactly once.

A batch is one transaction: rows that are due are locked (others skip them), carried out, and marked done together with
everything they wrote. A process that is killed in the middle leaves nothing of the batch behind, and the next does it
anew; two workers never hold the same row. A step that goes wrong does so alone: it is marked failed with the reason,
and what went with it is tried again without it.
"""

import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.db.utils import InterfaceError, OperationalError

from huoqun.base.job import Hand
from huoqun.base.many_rows import change
from huoqun.people import task
from huoqun.people.task import Task
from huoqun.playbooks import clockwork, gate, occasion, reason, timing
from huoqun.playbooks.doing import Doing, Outcome
from huoqun.playbooks.gathering import doings, form
from huoqun.playbooks.playbook import Playbook, chosen
from huoqun.playbooks.run import AHEAD, DONE, ENDED, FAILED, GATED, OVER, RUNNING, SKIPPED, WAITING, DueStep, Run
from huoqun.playbooks.step import LOOK, doer, what_of
from huoqun.playbooks.step_form import Invite, Say

AT_ONCE = 500
SLOW_AT_ONCE = 20
"""Steps of a batch that are done one by one, some hundredths of a second each; a poster counts as `POSTER`."""
POSTER = 5
BY_SET = frozenset({"say", "task", "number", "branch", "wait"})
_log = logging.getLogger(__name__)


def tick(hand: Hand) -> bool:
    """Do what is due: what people have done is noticed, then a batch of steps. True where there may be more."""
    now = hand.clock()
    noticed = notice(now)
    return carry_out(now) > 0 or noticed > 0


def carry_out(now: datetime) -> int:
    """One batch of what is due; returns how many steps were looked at. Where a batch goes wrong outside of what its
    steps do, each of its rows is tried by itself, and the one to blame is marked."""
    if not DueStep.objects.filter(next__lte=now).exists():  # a transaction of its own holds up the others on SQLite
        return 0
    rows: list[DueStep] = []
    try:
        with transaction.atomic():
            rows = list(_held(DueStep.objects.filter(next__lte=now)).order_by("next", "place")[:AT_ONCE])
            if rows:
                _carry(rows, now)
    except InterfaceError:
        raise
    except Exception:  # also where two have waited for each other: one by one nobody does
        _log.exception("a batch of %s steps went wrong", len(rows))
        for row in rows:
            _by_itself(row, now)
    return len(rows)


def _by_itself(row: DueStep, now: datetime) -> None:
    with transaction.atomic():
        held = list(_held(DueStep.objects.filter(pk=row.pk, next__lte=now)))
        if not held:
            return
        try:
            with transaction.atomic():
                _carry(held, now)
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:  # a playbook that this version cannot read, a value that nobody foresaw
            DueStep.objects.filter(pk=row.pk).update(state=FAILED, next=None, at=now, why=reason.of_error(error))


def notice(now: datetime) -> int:
    """Steps that wait for a person go on when their task is done or skipped; returns how many did."""
    settled = Task.objects.filter(~Q(state=task.OPEN), noticed=False, source__startswith="run:")
    if not settled.exists():
        return 0
    with transaction.atomic():
        tasks = {t.key: t for t in settled.order_by("at")[:AT_ONCE]}
        waiting = DueStep.objects.filter(state=WAITING, run__in={_run_of(k) for k in tasks})
        known = {row.key for row in waiting}
        rows = [row for row in _held(waiting) if row.key in tasks]
        those = doings(rows, now)
        for each in those:
            _write(each, _settled(each, tasks[each.key]), now)
        _save(those, now)
        held = {row.key for row in rows}  # what somebody else holds at this moment is noticed the next time
        seen = [t.pk for key, t in tasks.items() if key in held or key not in known]
        Task.objects.filter(pk__in=seen).exclude(state=task.OPEN).update(noticed=True)
    return len(seen)


def _settled(each: Doing, told: Task) -> Outcome:
    if told.state == task.DONE and what_of(each.form) == "number":
        return _number(each, told)
    return Outcome(DONE if told.state == task.DONE else SKIPPED, {**each.row.result, "said": told.said})


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
        return Outcome(WAITING, each.row.result, why=reason.of("no_number"), until=each.row.until)
    return Outcome(DONE, {**each.row.result, "said": told.said}, numbers={each.form.id.replace("-", "_"): number})


def _held(those: QuerySet[DueStep]) -> QuerySet[DueStep]:
    """Rows with their runs, both locked; what others hold is left to them. So the steps of a run are carried out, and
    steered, by one at a time: none overwrites the path that another has chosen, and one of them sees that all is
    over."""
    those = those.select_related("run__group", "run__by")
    skip = connection.features.has_select_for_update_skip_locked
    return those.select_for_update(of=("self", "run"), skip_locked=True) if skip else those.select_for_update()


def _carry(rows: Sequence[DueStep], now: datetime) -> None:
    those = _few_slow(doings(rows, now))
    ready: dict[str, list[Doing]] = defaultdict(list)
    listening, gone_by = [], clockwork.overtaken(those, now)
    for each in those:
        held = _held_back(each, gone_by, now)
        if held is None and occasion.listens(each):
            listening.append(each)
        elif held is None:
            ready[what_of(each.form)].append(each)
        else:
            _write(each, held, now)
    for alike in ready.values():
        for each, outcome in zip(alike, _done(alike, now), strict=True):
            _write(each, outcome, now)
    if listening:
        outcomes, happened = occasion.listen(listening, now)
        for each, outcome in zip(listening, outcomes, strict=True):
            _write(each, outcome, now)
        DueStep.objects.bulk_create(happened, ignore_conflicts=True)
    _save(those, now)


def _few_slow(those: list[Doing]) -> list[Doing]:
    """Without most of those that are done one by one: they are due again at once, in a transaction of their own. So a
    batch is soon over, whatever is due; a worker that is killed loses little, and others need not wait."""
    found, left = [], SLOW_AT_ONCE
    for each in those:
        cost = POSTER if getattr(each.form, "poster", None) else what_of(each.form) not in BY_SET
        if left >= cost:
            found.append(each)
            left -= cost
    return found


def _done(alike: Sequence[Doing], now: datetime) -> list[Outcome]:
    """What became of steps of one kind. Where one of them goes wrong, each is tried by itself."""
    try:
        with transaction.atomic():
            return doer(alike[0].form)(alike, now)
    except (OperationalError, InterfaceError):  # the database is away or asks to try again: nothing is to blame
        raise
    except Exception as error:  # a step may fail for any reason; the run must not
        if len(alike) == 1:
            _log.exception("step %s went wrong", alike[0].key)
            return [Outcome(FAILED, alike[0].row.result, why=reason.of_error(error))]
    return [outcome for each in alike for outcome in _done([each], now)]


def _held_back(each: Doing, gone_by: set[UUID], now: datetime) -> Outcome | None:
    """Why a step that is due is not done now; None: it is. A path that was not taken, an `if`, a gate."""
    form, run = each.form, each.run
    if run.state != RUNNING or each.row.state in OVER:  # somebody has paused it or skipped the step meanwhile
        return Outcome(each.row.state, each.row.result, why=each.row.why)
    if each.group.removed is not None:
        return Outcome(SKIPPED, why=reason.of("group_removed"))
    if each.withdrawn:
        return Outcome(SKIPPED, why=reason.of("withdrawn"))
    if why := clockwork.missed(each, what_of(form), gone_by, now):
        return Outcome(SKIPPED, why=why)
    if form.path and form.path not in run.paths:
        if _undecided(each):
            return Outcome(each.row.state, until=each.row.until, why=reason.of("undecided", form.path), next=now + LOOK)
        return Outcome(SKIPPED, why=reason.of("path", form.path))
    if each.row.state == AHEAD and form.only_if and not gate.read(form.only_if).holds(each.facts):
        return Outcome(SKIPPED, why=reason.short(form.only_if, each.facts))
    if isinstance(form, Say | Invite) and (why := each.of_nothing):
        return Outcome(SKIPPED, why=why)
    shut = each.row.state in {AHEAD, GATED} and each.row.said.get("gate") != "open"
    if shut and form.gate and not gate.read(form.gate).holds(each.facts):
        until = each.row.until or now + timing.span(form.patience)
        why = reason.short(form.gate, each.facts)
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
    row.result = {**row.result, **outcome.result}
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
    _free(over, now)
    open_steps = DueStep.objects.filter(run=OuterRef("pk")).exclude(state__in=OVER)
    ending = Run.objects.filter(pk__among=over.keys(), state=RUNNING).exclude(Exists(open_steps))
    ending.update(state=ENDED, ended=now)


def _free(over: Mapping[UUID, Mapping[str, Doing]], now: datetime) -> None:
    """What waits for steps that are over becomes due."""
    awaited = {}
    for run in {next(iter(steps.values())).run for steps in over.values()}:
        if run.edition not in awaited:
            awaited[run.edition] = _awaited(run.edition.playbook)
    held = [pk for pk, steps in over.items() if not awaited[next(iter(steps.values())).run.edition].isdisjoint(steps)]
    freed = []
    for row in DueStep.objects.filter(run__among=held, next=None, due=None, state=AHEAD) if held else ():
        steps = over[row.run_id]
        when = form(next(iter(steps.values())).run, row.step).when
        if isinstance(when, timing.Beside) and when.step in steps and when.span >= timedelta(0):
            row.due = row.next = now + when.span
            freed.append(row)
    _store(DueStep, freed, "due", "next")


def _awaited(book: Playbook) -> frozenset[str]:
    """The steps that others wait for."""
    whens = (step.when for step in book.steps)
    return frozenset(w.step for w in whens if isinstance(w, timing.Beside) and w.step and w.span >= timedelta(0))


def _store(model: type[Model], rows: Sequence[Any], *fields: str) -> None:
    change(model, {name: [getattr(row, name) for row in rows] for name in ("id", *fields)})
