"""The gathering: steps that are due with everything that carrying them out needs, in the same few queries however many.

`of` and `who` of a step that comes again mean their own time: what is closed on Friday is what was opened on Friday or
before, not what was opened since.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, prefetch_related_objects

from huoqun.activities.activity import Activity
from huoqun.people.account import Account
from huoqun.playbooks import sensing
from huoqun.playbooks.doing import Doing
from huoqun.playbooks.run import OVER, DueStep, Run
from huoqun.playbooks.step_form import Step

Past = dict[str, list[tuple[str, dict[str, Any]]]]
"""By step, which times it has come and what each has made, the oldest first."""


def doings(rows: Sequence[DueStep], now: datetime) -> list[Doing]:
    """The rows with their runs, forms, facts, and what came before them."""
    known = runs_of(rows)
    forms = {row.pk: form(known[row.run_id], row.step) for row in rows}
    past = _past({row.run_id for row in rows if _refers(forms[row.pk])})
    facts = _facts(rows, known, forms, now)
    there = _there(known.values())
    found = []
    for row in rows:
        run = known[row.run_id]
        people = {role: UUID(who) for role, who in run.people.items() if UUID(who) in there}
        before = _before(past.get(run.pk, {}), row)
        found.append(Doing(row, run, forms[row.pk], facts.get(run.pk, {}), before, people))
    _open(found)
    return found


def runs_of(rows: Iterable[DueStep]) -> dict[UUID, Run]:
    """The runs of some rows, by id; an edition and a workspace that many of them share is read once."""
    known: dict[UUID, Run] = {}
    for row in rows:
        row.run = known.setdefault(row.run_id, row.run)
    prefetch_related_objects(list(known.values()), "edition", "workspace", "group__workspace")
    return known


def form(run: Run, step: str) -> Step:
    """What the playbook says of a step."""
    return run.edition.playbook.step(step)


def _refers(step: Step) -> bool:
    """It means something that another step has made."""
    return bool(getattr(step, "of", None) or getattr(step, "who", None))


def _facts(
    rows: Iterable[DueStep], known: dict[UUID, Run], forms: dict[UUID, Step], now: datetime
) -> dict[UUID, dict[str, float | None]]:
    """By run, what its steps ask for; runs that ask for the same are looked at together."""
    asked: dict[UUID, frozenset[str]] = {}
    for row in rows:
        if forms[row.pk].asks:
            asked[row.run_id] = asked.get(row.run_id, frozenset()) | forms[row.pk].asks
    alike: dict[frozenset[str], list[Run]] = {}
    for run, wanted in asked.items():
        alike.setdefault(wanted, []).append(known[run])
    return {pk: told for wanted, runs in alike.items() for pk, told in sensing.facts(runs, wanted, now=now).items()}


def _there(runs: Iterable[Run]) -> set[UUID]:
    """Of the accounts that have a role, those that still are."""
    named = {UUID(who) for run in runs for who in run.people.values()}
    return set(Account.objects.filter(pk__in=named).values_list("pk", flat=True)) if named else set()


def _past(runs: set[UUID]) -> dict[UUID, Past]:
    found: dict[UUID, Past] = {}
    if runs:
        told = ~Q(result={}) | Q(state__in=OVER) & ~Q(turn="")
        done = DueStep.objects.filter(told, run__among=runs)
        for run, step, turn, result in done.order_by("at", "created").values_list("run", "step", "turn", "result"):
            found.setdefault(run, {}).setdefault(step, []).append((turn, result))
    return found


def _before(past: Past, row: DueStep) -> dict[str, Any]:
    """What each other step has made, of several times the one that this row means."""
    return {step: _meant(times, row) for step, times in past.items()} | (
        {row.step: _own(past[row.step], row.turn)} if row.step in past else {}
    )


def _meant(times: list[tuple[str, dict[str, Any]]], row: DueStep) -> dict[str, Any]:
    """Of a step that comes on days of the run: its last day up to this one's; else the last time it made something."""
    if row.turn.isdecimal():
        days = {int(turn): result for turn, result in times if turn.isdecimal() and int(turn) <= int(row.turn)}
        if days:
            return days[max(days)]
    return next((result for _, result in reversed(times) if result), {})


def _own(times: list[tuple[str, dict[str, Any]]], turn: str) -> dict[str, Any]:
    """Of the step itself: everybody whom its other times have reached."""
    return {"people": [who for other, result in times if other != turn for who in result.get("people", ())]}


def _open(those: Iterable[Doing]) -> None:
    """Put beside each what its `of` has opened."""
    named = {}
    for each in those:
        of = getattr(each.form, "of", None)
        if of and (made := each.before.get(of, {}).get("activity")):
            named[each.row.pk] = UUID(made)
    there = Activity.objects.select_related("workspace").in_bulk(set(named.values())) if named else {}
    for each in those:
        each.opened = there.get(named[each.row.pk]) if each.row.pk in named else None
