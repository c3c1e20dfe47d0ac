"""The sensing: the facts of runs as they are now, for many runs at once. What is not known is None, never nought."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import asdict
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Max, Q

from huoqun.activities import team_board
from huoqun.activities.activity import DONE, IN, Activity, Participation, rate
from huoqun.activities.survey import Answer
from huoqun.base.clock import naive_utc
from huoqun.insight import lately
from huoqun.people import history
from huoqun.people.group import Group
from huoqun.people.membership import Membership
from huoqun.people.outbox import SENT, Outgoing
from huoqun.playbooks import sensing_checkup, timing
from huoqun.playbooks.fact import FACTS
from huoqun.playbooks.run import DueStep, Run, day_of

WEEK = timedelta(days=7)
Known = dict[str, float | None]


def facts(runs: Sequence[Run], wanted: Collection[str] = FACTS.keys(), *, now: datetime) -> dict[UUID, Known]:
    """By run, the facts wanted (`playbooks/fact`) and every number that people have said. What nobody asks for is not
    looked at."""
    parts = [part(runs, now) for told, part in PARTS.items() if not told.isdisjoint(wanted)]
    found: dict[UUID, Known] = {}
    for run in runs:
        known: Known = dict.fromkeys(FACTS)
        known["day"] = day_of(run, now.astimezone(ZoneInfo(run.group.zone)).date())
        for part in parts:
            known |= part.get(run.pk, {})
        if known["members"] and known["speakers_7"] is not None:
            known["speaking"] = known["speakers_7"] / known["members"]
        found[run.pk] = known | run.numbers
    return found


def _of_record(runs: Sequence[Run], now: datetime) -> dict[UUID, Known]:
    return {run.pk: _spoken(run, now) for run in runs if run.group.rows}


def _spoken(run: Run, now: datetime) -> Known:
    """Of the record; nothing where that ends too early."""
    begins = naive_utc(timing.at(run.begins, 1, time(), run.group.zone))
    owner = run.group.owner or str(run.group.facts.get("owner") or "")
    rows = history.rows_of(run.group, begins - lately.BEFORE)
    told = run.group.facts.get("exported_at")
    exported = datetime.fromisoformat(told) if told else None
    found = lately.lately(rows, begins=begins, now=naive_utc(now), owner=owner, exported=exported)
    return asdict(found) if found else {}


def _shown(runs: Sequence[Run], _now: datetime) -> dict[UUID, Known]:
    return {run.pk: {"shown": team_board.shown_in([run.group])} for run in runs}


def _recovered(runs: Sequence[Run], _now: datetime) -> dict[UUID, Known]:
    found: dict[UUID, Known] = {}
    for run in runs:
        pulse = team_board.pulse_of(run.group)
        known = pulse.state or pulse.now is not None
        found[run.pk] = {"recovered": float(pulse.risen) if known else None}
    return found


def _members(runs: Sequence[Run], now: datetime) -> dict[UUID, Known]:
    there = Count("pk", filter=Q(left=None))
    new = Count("pk", filter=Q(left=None, joined__gt=now - WEEK))
    told = Membership.objects.filter(identity__group__in={run.group_id for run in runs}).values("identity__group")
    counted = {row["identity__group"]: row for row in told.annotate(there=there, new=new)}
    found: dict[UUID, Known] = {}
    for run in runs:
        row = counted.get(run.group_id)
        found[run.pk] = {"members": row["there"], "newcomers_7": row["new"]} if row else {}
    return found


def opened_by(runs: Collection[UUID]) -> dict[UUID, list[UUID]]:
    """The activities that some runs have opened, in their order."""
    made: dict[UUID, list[UUID]] = {}
    rows = DueStep.objects.filter(run__among=runs, result__has_key="activity").order_by("at", "created")
    for run, result in rows.values_list("run", "result"):
        made.setdefault(run, []).append(UUID(result["activity"]))
    return made


def _opened(runs: Sequence[Run], _now: datetime) -> dict[UUID, Known]:
    """Of the newest survey and the newest activity that each run has opened."""
    made = opened_by({run.pk for run in runs})
    every = Activity.objects.in_bulk([a for some in made.values() for a in some])
    groups = {run.pk: run.group for run in runs}
    found: dict[UUID, Known] = {}
    for run, ids in made.items():
        those = [every[a] for a in ids if a in every]
        surveys, others = [a for a in those if a.kind == "survey"], [a for a in those if a.kind != "survey"]
        found[run] = _answers(surveys[-1:], groups[run]) | _part(others[-1:])
        found[run]["spotlights"] = _held([a for a in others if a.kind == "spotlight"])
    return found


def _answers(newest: Iterable[Activity], group: Group) -> Known:
    """Of the members who are there: everybody is asked."""
    for survey in newest:
        here = rate(survey, group)
        answers = Answer.objects.filter(survey=survey.pk).count()
        return {"answers": answers, "answered": here.answered / here.members if here.members else None}
    return {}


def _held(spotlights: Collection[Activity]) -> float:
    """Shows that were held in them: one activity takes sign-ups for many."""
    return Participation.objects.filter(activity__in=spotlights, state=DONE).count() if spotlights else 0


def _part(newest: Iterable[Activity]) -> Known:
    for row in newest:
        told = Participation.objects.filter(activity=row, state__in=IN)
        counted = told.aggregate(all=Count("pk"), done=Count("pk", filter=Q(state=DONE)))
        volunteers = team_board.offers(row).values("person").distinct().count()
        more = {"signed_up": counted["all"], "volunteers": volunteers}
        return more | {
            "took_part": counted["all"],
            "finished": counted["done"] / counted["all"] if counted["all"] else None,
        }
    return {}


def _said(runs: Sequence[Run], _now: datetime) -> dict[UUID, Known]:
    told = Outgoing.objects.filter(group__in={run.group_id for run in runs}, state=SENT, what__startswith="step.")
    counted: dict[Any, int] = dict(
        told.values_list("group").annotate(n=Count("pk"), last=Max("at")).values_list("group", "n")
    )
    return {run.pk: {"said": counted.get(run.group_id, 0)} for run in runs}


PARTS: dict[frozenset[str], Callable[[Sequence[Run], datetime], dict[UUID, Known]]] = {
    frozenset({"members", "newcomers_7", "speaking"}): _members,
    frozenset({"answers", "answered", "signed_up", "took_part", "finished", "volunteers", "spotlights"}): _opened,
    frozenset({"said"}): _said,
    frozenset(
        {"messages_7", "speakers_7", "pulse", "speakers", "regulars", "negative", "speaking", "owner_starts"}
    ): _of_record,
    frozenset({"unanswered", "welcomed"}): sensing_checkup.of_document,
    frozenset({"ties"}): sensing_checkup.ties,
    frozenset({"needs", "needs_solved"}): sensing_checkup.needs,
    frozenset({"shown"}): _shown,
    frozenset({"recovered"}): _recovered,
}
"""By what each tells; `day` and the numbers of the run are always known."""
