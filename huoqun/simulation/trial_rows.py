"""What a trial left behind in rows: what the team was asked to do, and what members took part in."""

from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Q

from huoqun.activities.activity import DONE, IN, Activity
from huoqun.people.task import Task
from huoqun.playbooks.run import DueStep, Run


def tasks(run: Run) -> list[dict[str, Any]]:
    """Every task of a run, in the order in which they were due."""
    rows = Task.objects.filter(workspace=run.workspace_id, source=run.source)
    zone = ZoneInfo(run.group.zone)
    found = []
    for row in sorted(rows, key=lambda r: (r.due, r.created, r.key.split("/", 1)[-1])):
        _run, step, turn = row.key.split("/", 2)
        told: dict[str, Any] = {
            "step": step,
            "turn": turn,
            "title": row.title,
            "proof": row.proof,
            "minutes": row.minutes,
        }
        times = {"given": row.created, "due": row.due, "done": row.at}
        told |= {name: _on_the_clock(moment, zone) for name, moment in times.items()}
        found.append(told | {"state": row.state, "late": row.at is None or row.at > row.due})
    return found


def activities(run: Run) -> list[dict[str, Any]]:
    """Every activity and survey that a run has opened, in their order: who took part, who finished."""
    made: dict[UUID, DueStep] = {
        UUID(row.result["activity"]): row for row in DueStep.objects.filter(run=run, result__has_key="activity")
    }
    inside = Count("participations", filter=Q(participations__state__in=IN))
    done = Count("participations", filter=Q(participations__state=DONE))
    rows = Activity.objects.filter(pk__in=made).annotate(inside=inside, done=done)
    zone = ZoneInfo(run.group.zone)
    found = []
    for row in sorted(rows, key=lambda r: (r.opened or r.created, made[r.pk].place, made[r.pk].turn)):
        told: dict[str, Any] = {
            "step": made[row.pk].step,
            "turn": made[row.pk].turn,
            "kind": row.kind,
            "title": row.title,
        }
        times: dict[str, datetime | None] = {"opened": row.opened, "closed": row.closed, "settled": row.settled}
        told |= {name: _on_the_clock(moment, zone) for name, moment in times.items()}
        found.append(told | {"state": row.state, "took_part": row.inside, "finished": row.done})
    return found


def _on_the_clock(moment: datetime | None, zone: ZoneInfo) -> str | None:
    return moment.astimezone(zone).isoformat(timespec="seconds") if moment else None
