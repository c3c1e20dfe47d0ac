"""The task (待办): one thing a member of staff has to do, with words ready to copy and a deadline.

Whoever needs somebody to act gives one, in the transaction of the change that caused it, under a key: the same key
gives one task. It waits for a person or, where nobody is named, for whoever looks after the group. A proof is a tick,
some words, a picture, or what is found in the next import.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import (
    CASCADE,
    SET_NULL,
    BooleanField,
    CharField,
    DateTimeField,
    ForeignKey,
    Index,
    PositiveSmallIntegerField,
    Q,
    QuerySet,
    TextField,
    UniqueConstraint,
)

from huoqun.people import audit
from huoqun.people.account import Account
from huoqun.people.group import Group
from huoqun.people.picture import Picture
from huoqun.people.staff import Staff, groups_for
from huoqun.people.witness import UNKNOWN, Witnessed
from huoqun.people.workspace import Workspace

OPEN, DONE, SKIPPED = "open", "done", "skipped"
TICK, TEXT, PHOTO, IMPORT = "tick", "text", "photo", "import"
PROOFS = (TICK, TEXT, PHOTO, IMPORT)
ESCALATED = timedelta(hours=2)
"""So long after its deadline an open task goes to the owners of the workspace too; a default."""
LONGEST_KEY = 200


class NoProof(ValueError):
    """The task asks for some words, or for a picture."""


class Task(Witnessed):
    """A task (待办). `due`: until when; `at`, `by`: when and by whom it was done or skipped."""

    workspace = ForeignKey(Workspace, CASCADE, related_name="tasks")
    group = ForeignKey(Group, CASCADE, related_name="tasks")
    who = ForeignKey(Account, SET_NULL, null=True, related_name="tasks")
    """Whose it is; null: of whoever looks after the group."""
    title = CharField(max_length=120)
    text = TextField(default="")
    ready = TextField(default="")
    """Words ready to copy."""
    proof = CharField(max_length=10, default=TICK)
    minutes = PositiveSmallIntegerField(default=10)
    source = CharField(max_length=80, default="")
    key = CharField(max_length=LONGEST_KEY)
    state = CharField(max_length=10, default=OPEN)
    due = DateTimeField()
    later = DateTimeField(null=True)
    """Put off until then: not shown before."""
    escalated = DateTimeField(null=True)
    said = TextField(default="")
    """What was said as proof, or why it was skipped."""
    picture = ForeignKey(Picture, SET_NULL, null=True, related_name="+")
    at = DateTimeField(null=True)
    noticed = BooleanField(default=False)
    """Who gave it knows how it ended."""
    by = ForeignKey(Account, SET_NULL, null=True, related_name="+")

    class Meta(Witnessed.Meta):
        constraints = [UniqueConstraint(fields=["group", "key"], name="task_once")]
        indexes = [
            Index(fields=["who", "due"], condition=Q(state="open"), name="task_mine"),
            Index(fields=["workspace", "due"], condition=Q(state="open"), name="task_open"),
            Index(fields=["group", "state", "due"], name="task_group"),
            Index(fields=["at"], condition=Q(noticed=False) & ~Q(state="open"), name="task_unnoticed"),
        ]


# -- reads


def waiting(staff: Staff, *, now: datetime) -> QuerySet[Task]:
    """What waits for a member of staff: what is theirs, and what is nobody's in the groups they look after; what is
    overdue first. What was put off is left out until then."""
    nobodys = Q(who=None, group__carer=staff.account) | Q(who=None, group__carer=None)
    found = Task.objects.filter(workspace=staff.workspace, state=OPEN, group__removed=None)
    found = found.filter(Q(who=staff.account) | nobodys, group__in=groups_for(staff))
    return (
        found.filter(Q(later=None) | Q(later__lte=now)).select_related("group", "who").order_by("due", "created", "pk")
    )


def escalated_for(staff: Staff, *, now: datetime) -> QuerySet[Task]:
    """What is long overdue and somebody else's: for those who plan who does what; what has waited longest first."""
    late = Task.objects.filter(workspace=staff.workspace, state=OPEN, group__in=groups_for(staff))
    late = late.exclude(pk__in=waiting(staff, now=now).order_by().values("pk")).exclude(later__gt=now)
    return late.filter(due__lte=now - ESCALATED).select_related("group", "who").order_by("due", "created", "pk")


def of_source(workspace: Workspace, sources: Iterable[str]) -> QuerySet[Task]:
    """The tasks that some things have given, in the order they were given."""
    return Task.objects.filter(workspace=workspace, source__in=list(sources)).order_by("created", "pk")


# -- writes


def give(rows: Iterable[Task]) -> None:
    """Put tasks on the lists of those who are to do them; the same key again changes nothing."""
    Task.objects.bulk_create(rows, ignore_conflicts=True)


def done(row: Task, *, text: str = "", picture: Picture | None = None, by: Account | None, now: datetime) -> Task:
    """It is done. Raises NoProof where the proof it asks for is missing."""
    if (row.proof == TEXT and not text.strip()) or (row.proof == PHOTO and picture is None and row.picture is None):
        raise NoProof
    return _settle(row, DONE, text, picture, by, now)


def skip(row: Task, *, why: str, by: Account, now: datetime) -> Task:
    """It will not be done, and why."""
    return _settle(row, SKIPPED, why, None, by, now)


def again(row: Task, *, by: Account, now: datetime) -> Task:
    """It is open again: it was ticked off by mistake."""
    return _settle(row, OPEN, "", None, by, now)


def put_off(row: Task, until: datetime, *, by: Account, now: datetime) -> None:
    """Not before then; its deadline stays."""
    _change(row, by, now, later=until)


def hand_on(row: Task, who: Account | None, *, by: Account, now: datetime) -> None:
    """Somebody else does it."""
    _change(row, by, now, who=who, later=None)


def escalate(now: datetime) -> int:
    """What is long overdue is marked, so that the owners see it; returns how many. Cheap upkeep of the worker."""
    late = Task.objects.filter(state=OPEN, escalated=None, due__lte=now - ESCALATED)
    return late.update(escalated=now)


def withdraw(source: str, workspace: Workspace, *, why: str, now: datetime) -> int:
    """What is open and comes from something that is not to happen any more is skipped; returns how many."""
    mine = Task.objects.filter(workspace=workspace, source=source, state=OPEN)
    return mine.update(state=SKIPPED, said=why, at=now, noticed=True)


def withdraw_key(group: Group, key: str, *, why: str, now: datetime) -> None:
    """The same for one task."""
    Task.objects.filter(group=group, key=key, state=OPEN).update(state=SKIPPED, said=why, at=now, noticed=True)


def hand_all_on(source: str, before: UUID | None, who: Account | None) -> int:
    """Open tasks from one source that were somebody's are somebody else's now; returns how many."""
    return Task.objects.filter(source=source, state=OPEN, who=before).update(who=who, later=None)


def _settle(row: Task, state: str, said: str, picture: Picture | None, by: Account | None, now: datetime) -> Task:
    with transaction.atomic():
        fresh = _held(row)
        if fresh.state == state:
            return fresh
        before = fresh.state
        fresh.state, fresh.said, fresh.by = state, said.strip()[:2000], None if state == OPEN else by
        fresh.at, fresh.picture = None if state == OPEN else now, picture or fresh.picture
        fresh.noticed, fresh.witness, fresh.proved, fresh.speaker, fresh.message = False, UNKNOWN, None, None, ""
        told = ["state", "said", "by", "at", "picture", "noticed", "witness", "proved", "speaker", "message"]
        fresh.save(update_fields=told)
        _note(fresh, by, now, {"state": before}, {"state": state})
    return fresh


def _change(row: Task, by: Account, now: datetime, **values: object) -> None:
    with transaction.atomic():
        fresh = _held(row)
        before = {name: str(getattr(fresh, name)) for name in values}
        Task.objects.filter(pk=fresh.pk).update(**values)
        _note(fresh, by, now, before, {name: str(value) for name, value in values.items()})


def _held(row: Task) -> Task:
    return Task.objects.select_for_update(of=("self",)).select_related("group", "workspace").get(pk=row.pk)


def _note(row: Task, by: Account | None, now: datetime, before: dict[str, str], after: dict[str, str]) -> None:
    told = {"before": before, "after": after}
    audit.note(row.workspace, "task", by=by, on=row.group_id, title=f"{row.group.name}: {row.title}", now=now, **told)
