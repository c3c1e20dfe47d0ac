"""The chore (轮值事项): what there is to do in a shift. The lines of the rota, ticked off; and, where it allows it, the
group's open tasks that are nobody's by name."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from huoqun.crew.planning import NotTheirs, held
from huoqun.crew.right import TASKS, may, on_duty
from huoqun.crew.rota import Shift
from huoqun.people import audit, deed
from huoqun.people import task as tasks
from huoqun.people.person import Identity, root_of
from huoqun.people.task import Task

SIMPLE = (tasks.TICK, tasks.TEXT)
"""Proofs that a member can give."""


# -- reads


def chores(shift: Shift) -> list[tuple[str, str]]:
    """The lines of a shift, each with when it was done ("": not yet)."""
    done = dict(shift.ticks)
    return [(line, done.get(line, "")) for line in shift.rota.chores]


def lent(shift: Shift, *, now: datetime) -> QuerySet[Task]:
    """The tasks of the group that who is on duty may see and tick off: open, nobody's by name, due before the shift
    ends, not put off, and not about the rota itself."""
    found = Task.objects.filter(group=shift.group, state=tasks.OPEN, who=None, due__lt=shift.ends, proof__in=SIMPLE)
    found = found.filter(Q(later=None) | Q(later__lte=now)).exclude(source__startswith="duty:")
    return found.order_by("due", "pk")


# -- writes


def tick_chore(shift: Shift, line: str, who: Identity, *, done: bool, now: datetime) -> None:
    """A line is done, or is not after all. Raises NotTheirs."""
    with transaction.atomic():
        row = held(shift)
        on = on_duty(who, now)
        if line not in row.rota.chores or on is None or on.shift.pk != row.pk:
            raise NotTheirs
        left = [pair for pair in row.ticks if pair[0] != line]
        row.ticks = [*left, [line, now.isoformat()]] if done else left
        row.save(update_fields=["ticks"])


def do_task(which: UUID, who: Identity, text: str, *, now: datetime) -> Task:
    """Who is on duty has done a task of the group. Raises NotTheirs, people.task.NoProof."""
    with transaction.atomic():
        on = may(who, TASKS, now)
        row = lent(on.shift, now=now).filter(pk=which).first() if on else None
        if on is None or row is None:
            raise NotTheirs
        done = tasks.done(row, text=text.replace("\0", ""), by=None, now=now)
        values = {"title": row.title}
        deed.write(root_of(who.person), "duty.task", at=now, group=who.group, key=row.pk.hex, values=values, now=now)
        audit.note(who.group.workspace, "duty.task", by=None, on=who.group_id, title=row.title, now=now)
    return done
