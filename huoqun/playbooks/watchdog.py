"""The watchdog: what should have happened in a group and did not, as an alert (`people/alert`) within a minute.

| part | what is late |
| --- | --- |
| `steps` | steps of runs that were due over a minute ago and that nothing carries out: the worker is down, or stuck |
| `activities` | activities that should have closed, or whose kind had something to do, over two minutes ago |
| `failed` | steps that went wrong and that nobody has tried again or skipped |
| `gates` | steps held by a gate: the run waits for the operator |
| `tasks` | tasks past their deadline that are still open |
| `unsent` | words that were to be said over an hour ago and that nobody has sent or skipped |

An alert is raised once, keeps the moment since which it holds, and goes away by itself when nothing is late any more.
The worker looks; that the worker itself is gone is told by the pages (`base/presence`), which count late steps anew.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet

from huoqun.activities.activity import OPEN, RUNNING, Activity
from huoqun.people import alert, outbox, task
from huoqun.people.group import Group
from huoqun.people.outbox import Outgoing
from huoqun.people.task import Task
from huoqun.people.workspace import Workspace
from huoqun.playbooks import run
from huoqun.playbooks.run import DueStep

STEP_LATE = timedelta(minutes=1)
ACTIVITY_LATE = timedelta(minutes=2)
UNSENT = timedelta(hours=1)
"""Words are to be sent when they are due; so long after, somebody is told. A default."""
REMEMBERED = timedelta(days=3)
"""How long a step that failed is told of after its run has ended: nobody can mend it any more."""


def late_steps(now: datetime, **of: Any) -> QuerySet[DueStep]:
    """Steps of runs that go on and that should have been carried out by now; `of`: which runs. Every page asks: runs
    stand in a query of their own, so that no database looks at all steps of theirs instead of the few that are due."""
    going = run.Run.objects.filter(pk=OuterRef("run"), state=run.RUNNING, group__removed=None, **of)
    return DueStep.objects.filter(Exists(going), next__lte=now - STEP_LATE)


def watch(now: datetime) -> None:
    """Bring the alerts of all groups to what is late."""
    whys: dict[UUID, dict[str, Any]] = defaultdict(dict)
    for part, counted in _late(now):
        for group, many, since in counted:
            whys[group][part] = many
            whys[group]["since"] = min(since, whys[group].get("since", since))
    there = Group.objects.filter(removed=None, pk__among=whys.keys()).values_list("pk", flat=True) if whys else ()
    alert.put_all(alert.LATE, {pk: _told(whys[pk]) for pk in there}, now=now)


def _told(why: dict[str, Any]) -> dict[str, Any]:
    return {**why, "since": why["since"].isoformat()}


Counted = Iterable[tuple[UUID, int, datetime]]
"""By group, how many and since when."""


def _late(now: datetime) -> Iterable[tuple[str, Counted]]:
    failed = Q(run__state__in=(run.RUNNING, run.PAUSED)) | Q(run__state=run.ENDED, at__gte=now - REMEMBERED)
    yield "steps", _by_group(late_steps(now))
    yield "activities", _counted(_activities(now), "groups", "closes", "next")
    yield "failed", _counted(DueStep.objects.filter(failed, state=run.FAILED), "run__group", "at")
    yield "gates", _counted(DueStep.objects.filter(state=run.GATED, run__state=run.RUNNING), "run__group", "due")
    everywhere = list(Workspace.objects.values_list("pk", flat=True))
    tasks = Task.objects.filter(workspace__in=everywhere, state=task.OPEN, due__lt=now)
    yield "tasks", _counted(tasks, "group", "due")
    unsent = Outgoing.objects.filter(workspace__in=everywhere, state=outbox.WAITING, due__lt=now - UNSENT)
    yield "unsent", _counted(unsent, "group", "due")


def _activities(now: datetime) -> QuerySet[Activity]:
    past = now - ACTIVITY_LATE
    return Activity.objects.filter(Q(closes__lte=past, state__in=(OPEN, RUNNING)) | Q(next__lte=past), removed=None)


def _by_group(rows: QuerySet[DueStep]) -> Counted:
    """The same of steps, counted here: these may be none or, after a day without a worker, very many."""
    found: dict[UUID, list[datetime]] = defaultdict(list)
    for key, moment in rows.values_list("run", "next"):
        if moment is not None:
            found[key].append(moment)
    homes = dict(run.Run.objects.filter(pk__among=found.keys()).values_list("pk", "group")) if found else {}
    together: dict[UUID, list[datetime]] = defaultdict(list)
    for key, moments in found.items():
        together[homes[key]] += moments
    return [(group, len(moments), min(moments)) for group, moments in together.items()]


def _counted(rows: QuerySet[Any], by: str, *times: str) -> Counted:
    """How many of some rows there are in each group, and the oldest of their moments."""
    firsts = {f"first_{name}": Min(name) for name in times}
    for row in rows.order_by().values(by).annotate(n=Count("pk"), **firsts):
        since = [row[name] for name in firsts if row[name] is not None]
        if row[by] is not None and since:
            yield row[by], row["n"], min(since)
