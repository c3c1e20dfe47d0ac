"""Steering: what people change of a run that goes on: move, skip, say otherwise, hand on, try again, pause, stop.

Every change has a reason, stands in the log with what was before, and is never overwritten by the engine or by a newer
playbook. Pausing takes the steps off the clock; resuming puts them back where they were, and what fell due meanwhile is
due at once.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Greatest

from huoqun.people import audit, outbox, task
from huoqun.people.account import Account
from huoqun.playbooks import reason
from huoqun.playbooks.run import AHEAD, FAILED, GATED, OVER, PAUSED, RUNNING, SKIPPED, STOPPED, WAITING, DueStep, Run

LONGEST_WHY = 300


class Late(Exception):
    """The step is over, or the run is: there is nothing left to change."""


class NoReason(ValueError):
    """A change of what was planned says why."""


# -- one step


def move(row: DueStep, due: datetime, *, why: str, by: Account, now: datetime) -> None:
    """Another time for a step that is ahead; those that wait for it follow. Raises Late, NoReason."""

    def change(step: DueStep) -> None:
        _open(step, AHEAD, GATED)
        step.due = due
        step.next = max(due, now) if step.run.state == RUNNING else None

    _change(row, "move", change, why, by, now)


def skip(row: DueStep, *, why: str, by: Account, now: datetime) -> None:
    """A step is left out; what waits for it goes on as if it were done. Raises Late, NoReason."""

    def change(step: DueStep) -> None:
        _open(step, AHEAD, GATED, WAITING, FAILED)
        step.state, step.next, step.why = SKIPPED, now, reason.of("hand", why)
        task.withdraw_key(step.run.group, step.key, why=why, now=now)

    _change(row, "skip", change, why, by, now)


def edit(row: DueStep, said: Mapping[str, str], *, why: str, by: Account, now: datetime) -> None:
    """Other words for this once, by field (`text`, `title`, `ready`); an empty one takes the playbook's again. Raises
    Late, NoReason."""

    def change(step: DueStep) -> None:
        _open(step, AHEAD, GATED)
        told = {**step.said, **said}
        step.said = {field: text for field, text in told.items() if text.strip()}

    _change(row, "edit", change, why, by, now)


def again(row: DueStep, *, by: Account, now: datetime) -> None:
    """Try a step that went wrong once more. Raises Late."""

    def change(step: DueStep) -> None:
        _open(step, FAILED)
        step.state, step.next, step.why, step.at = AHEAD, now, "", None

    _change(row, "again", change, "again", by, now)


def go_on(row: DueStep, *, why: str, by: Account, now: datetime) -> None:
    """Through its gate, though that is shut. Raises Late, NoReason."""

    def change(step: DueStep) -> None:
        _open(step, GATED)
        step.said = {**step.said, "gate": "open"}
        step.next = now

    _change(row, "go_on", change, why, by, now)


# -- a whole run


def reassign(run: Run, role: str, who: Account | None, *, by: Account, now: datetime) -> None:
    """Somebody else is a role from now on; their open tasks go along."""
    with transaction.atomic():
        held = _held(run)
        before = held.people.get(role)
        held.people = {r: a for r, a in held.people.items() if r != role} | ({role: who.pk.hex} if who else {})
        held.save(update_fields=["people"])
        task.hand_all_on(held.source, UUID(before) if before else None, who)
        _note(held, "reassign", by, now, {"role": role, "who": before}, {"role": role, "who": str(who or "")})


def pause(run: Run, *, why: str, by: Account | None, now: datetime) -> None:
    """Nothing more happens until it is resumed. Raises Late, NoReason."""
    with transaction.atomic():
        held = _in_state(run, RUNNING, why)
        held.steps.update(next=None)
        _become(held, PAUSED, why, by, now)


def resume(run: Run, *, by: Account | None, now: datetime) -> None:
    """It goes on; what fell due meanwhile is due now. Raises Late."""
    with transaction.atomic():
        held = _in_state(run, PAUSED, "resume")
        waiting = held.steps.filter(
            Q(state=AHEAD, due__isnull=False) | Q(state__in=(GATED, WAITING), until__isnull=False)
        )
        waiting.filter(state=AHEAD).update(next=Greatest(F("due"), now))
        waiting.filter(state__in=(GATED, WAITING)).update(next=now)
        _become(held, RUNNING, "", by, now)


def stop(run: Run, *, why: str, by: Account, now: datetime) -> None:
    """It ends before its time: what is ahead is skipped, open tasks and unsent words are withdrawn. Raises Late,
    NoReason."""
    with transaction.atomic():
        held = _held(run)
        if held.state not in {RUNNING, PAUSED}:
            raise Late
        _reason(why)
        held.steps.exclude(state__in=OVER).update(state=SKIPPED, next=None, why=reason.of("stopped", why), at=now)
        task.withdraw(held.source, held.workspace, why=why, now=now)
        outbox.withdraw(held.source, held.workspace, now=now)
        held.ended = now
        _become(held, STOPPED, why, by, now)


def _in_state(run: Run, state: str, why: str) -> Run:
    held = _held(run)
    if held.state != state:
        raise Late
    _reason(why)
    return held


def _become(run: Run, state: str, why: str, by: Account | None, now: datetime) -> None:
    before, run.state, run.why = run.state, state, why[:LONGEST_WHY]
    run.save(update_fields=["state", "why", "ended"])
    _note(run, state, by, now, {"state": before}, {"state": state, "why": why})


def _change(row: DueStep, what: str, change: Callable[[DueStep], None], why: str, by: Account, now: datetime) -> None:
    with transaction.atomic():
        run = _held(row.run)
        if run.state not in {RUNNING, PAUSED}:
            raise Late
        _reason(why)
        fresh = DueStep.objects.select_for_update().get(pk=row.pk)
        fresh.run = run
        before = _told(fresh)
        change(fresh)
        fresh.by = by
        fresh.save()
        _note(run, what, by, now, before, {**_told(fresh), "why": why, "at": row.step})


def _held(run: Run) -> Run:
    return Run.objects.select_for_update(of=("self",)).select_related("group", "workspace").get(pk=run.pk)


def _open(step: DueStep, *states: str) -> None:
    if step.state not in states:
        raise Late


def _reason(why: str) -> None:
    if not why.strip():
        raise NoReason


def _told(step: DueStep) -> dict[str, Any]:
    due = step.due.isoformat() if step.due else None
    return {"step": step.step, "turn": step.turn, "due": due, "state": step.state, "said": step.said}


def _note(run: Run, what: str, by: Account | None, now: datetime, before: Any, after: Any) -> None:
    told = {"before": before, "after": {**after, "run": run.pk.hex}}
    title = f"{run.group.name}: {run.book}"
    audit.note(run.workspace, f"run.{what}", by=by, on=run.group_id, title=title, now=now, **told)
