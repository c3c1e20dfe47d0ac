"""The matter: what waits for a member of staff and may be worth a notification, over everything they see.

| kind | what |
| --- | --- |
| `task` | a task of theirs, or of nobody in a group that is theirs or nobody's; one put off, when it comes up again |
| `late` | such a task past its time; for who plans, one that has been lying with somebody else for two hours |
| `gate` | a step of a run that its gate holds |
| `send` | words to be said by hand |
| `missing` | the watchdog found steps or activities that did not happen, or went wrong |

It is what stands on their today page, and is there no longer once it does not. Nothing a member said is part of it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from huoqun.people import alert, by_hand, role, task
from huoqun.people.bell import GATE, LATE, MISSING, SEND, TASK
from huoqun.people.group import Group
from huoqun.people.staff import Staff, groups_for
from huoqun.people.task import Task
from huoqun.people.workspace import Workspace
from huoqun.playbooks.run import GATED, RUNNING, DueStep

MOST = 500
"""Of one kind; the newest count."""
BROKEN = ("steps", "activities", "failed")
"""Parts of what the watchdog says that are told as such; its others are matters of their own."""


@dataclass(frozen=True)
class Matter:
    """One thing that waits. `key`: the same as long as it is the same thing; `about`: the id of the row behind it;
    `titles`: what it is called, by language;
    `run`: of a gate."""

    kind: str
    key: str
    workspace: Workspace
    group: Group
    about: UUID
    titles: dict[str, str]
    run: UUID | None = None


def matters(who: Staff, *, now: datetime) -> list[Matter]:
    """Everything that waits for a member of staff; nothing of an example."""
    if who.workspace.example_of_id:
        return []
    mine = groups_for(who).filter(Q(carer=who.account) | Q(carer=None))
    found = [*_tasks(who, now)]
    if who.may(role.EDIT_RUNS):
        found += [*_gates(who, mine), *_missing(who, mine, now)]
    if who.may(role.SEND):
        rows = by_hand.desk(who, now=now).filter(group__in=mine)
        found += [_of(who, SEND, row.pk, row.group) for row in rows.order_by("-due", "pk")[:MOST]]
    return found


def _tasks(who: Staff, now: datetime) -> Iterable[Matter]:
    for row in task.waiting(who, now=now).order_by("-created", "pk")[:MOST]:
        yield _task(who, LATE if row.due < now else TASK, row)
    if who.may(role.EDIT_DUTY) and not who.duty.limited:
        for row in task.escalated_for(who, now=now).order_by("-due", "pk")[:MOST]:
            yield _task(who, LATE, row, "lies")


def _task(who: Staff, kind: str, row: Task, how: str = "") -> Matter:
    again = f" {row.later:%Y%m%d%H%M}" if row.later and not how else ""
    titles = {"zh": row.title, "en": row.title}
    return Matter(kind, f"{how or kind} {row.pk.hex}{again}", who.workspace, row.group, row.pk, titles)


def _gates(who: Staff, mine: QuerySet[Group]) -> Iterable[Matter]:
    rows = DueStep.objects.filter(state=GATED, run__state=RUNNING, run__workspace=who.workspace, run__group__in=mine)
    for row in rows.select_related("run__group", "run__edition").order_by("-due", "pk")[:MOST]:
        titles = row.run.edition.playbook.title.model_dump()
        yield Matter(GATE, f"gate {row.pk.hex}", who.workspace, row.run.group, row.pk, titles, row.run_id)


def _missing(who: Staff, mine: QuerySet[Group], now: datetime) -> Iterable[Matter]:
    """Told again where something of another sort went wrong too."""
    rows = alert.alerts(now).filter(kind=alert.LATE, group__in=mine).select_related("group")
    for row in rows.order_by("-since", "pk")[:MOST]:
        parts = [part for part in BROKEN if row.why.get(part)]
        if parts:
            yield _of(who, MISSING, row.pk, row.group, "".join(part[0] for part in parts))


def _of(who: Staff, kind: str, about: UUID, group: Group, more: str = "") -> Matter:
    return Matter(kind, f"{kind} {about.hex} {more}".strip(), who.workspace, group, about, {})
