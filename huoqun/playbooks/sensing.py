"""The sensing: the facts of runs as they are now, for many runs at once. What is not known is None, never nought."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Max, Q

from huoqun.activities import team_board
from huoqun.activities.activity import DONE, IN, Activity, Participation
from huoqun.activities.survey import Answer
from huoqun.base.clock import naive_utc
from huoqun.insight import lately
from huoqun.people import history
from huoqun.people.membership import Membership
from huoqun.people.outbox import SENT, Outgoing
from huoqun.playbooks import timing
from huoqun.playbooks.fact import FACTS
from huoqun.playbooks.run import DueStep, Run, day_of

WEEK = timedelta(days=7)


def facts(runs: Sequence[Run], *, now: datetime) -> dict[UUID, dict[str, float | None]]:
    """By run, every fact there is (`playbooks/fact`) and every number that people have said."""
    found: dict[UUID, dict[str, float | None]] = {}
    parts = [_members(runs, now), _opened(runs), _said(runs)]
    for run in runs:
        known: dict[str, float | None] = dict.fromkeys(FACTS)
        known["day"] = day_of(run, now.astimezone(ZoneInfo(run.group.zone)).date())
        for part in parts:
            known |= part.get(run.pk, {})
        known |= _spoken(run, now) | _lives(run)
        if known["members"] and known["speakers_7"] is not None:
            known["speaking"] = known["speakers_7"] / known["members"]
        found[run.pk] = known | run.numbers
    return found


def _spoken(run: Run, now: datetime) -> dict[str, float | None]:
    """Of the record; nothing where that ends too early."""
    begins = naive_utc(timing.at(run.begins, 1, time(), run.group.zone))
    found = lately.lately(history.rows_of(run.group, begins - lately.BEFORE), begins=begins, now=naive_utc(now))
    return asdict(found) if found else {}


def _lives(run: Run) -> dict[str, float | None]:
    pulse = team_board.pulse_of(run.group)
    known = pulse.state or pulse.now is not None
    return {"shown": team_board.shown_in([run.group]), "recovered": float(pulse.risen) if known else None}


def _members(runs: Sequence[Run], now: datetime) -> dict[UUID, dict[str, float | None]]:
    there = Count("pk", filter=Q(left=None))
    new = Count("pk", filter=Q(left=None, joined__gt=now - WEEK))
    told = Membership.objects.filter(identity__group__in={run.group_id for run in runs}).values("identity__group")
    counted = {row["identity__group"]: row for row in told.annotate(there=there, new=new)}
    found: dict[UUID, dict[str, float | None]] = {}
    for run in runs:
        row = counted.get(run.group_id)
        found[run.pk] = {"members": row["there"], "newcomers_7": row["new"]} if row else {}
    return found


def _opened(runs: Sequence[Run]) -> dict[UUID, dict[str, float | None]]:
    """Of the newest survey and the newest activity that each run has opened."""
    made: dict[UUID, list[str]] = {}
    rows = DueStep.objects.filter(run__in=runs, result__has_key="activity").order_by("at", "created")
    for run, result in rows.values_list("run", "result"):
        made.setdefault(run, []).append(result["activity"])
    every = Activity.objects.in_bulk([UUID(a) for some in made.values() for a in some])
    found: dict[UUID, dict[str, float | None]] = {}
    for run, ids in made.items():
        those = [every[UUID(a)] for a in ids if UUID(a) in every]
        surveys, others = [a for a in those if a.kind == "survey"], [a for a in those if a.kind != "survey"]
        found[run] = _answers(surveys[-1:]) | _part(others[-1:])
        found[run]["spotlights"] = sum(a.kind == "spotlight" and a.settled is not None for a in others)
    return found


def _answers(newest: Iterable[Activity]) -> dict[str, float | None]:
    for survey in newest:
        answers = Answer.objects.filter(survey=survey.pk).count()
        asked = Participation.objects.filter(activity=survey).count()
        return {"answers": answers, "answered": answers / asked if asked else None}
    return {}


def _part(newest: Iterable[Activity]) -> dict[str, float | None]:
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


def _said(runs: Sequence[Run]) -> dict[UUID, dict[str, float | None]]:
    told = Outgoing.objects.filter(group__in={run.group_id for run in runs}, state=SENT, what__startswith="step.")
    counted: dict[Any, int] = dict(
        told.values_list("group").annotate(n=Count("pk"), last=Max("at")).values_list("group", "n")
    )
    return {run.pk: {"said": counted.get(run.group_id, 0)} for run in runs}
