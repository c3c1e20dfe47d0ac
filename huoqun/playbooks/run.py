"""The run (执行): a playbook at work in one group, with every step ahead as a row that says when it is due.

What was planned and what was done are kept apart: `planned` is what the playbook says, `due` what holds (moved by hand
or by what came before), `at` when it was done. The words of the playbook it began with stay its own (`Edition`); a
newer version changes no run by itself. A run begun in many groups at once shares `together`.
"""

from datetime import date, datetime
from hashlib import sha256

from django.db.models import (
    CASCADE,
    PROTECT,
    SET_NULL,
    CharField,
    DateField,
    DateTimeField,
    ForeignKey,
    Index,
    JSONField,
    PositiveIntegerField,
    Q,
    QuerySet,
    TextField,
    UniqueConstraint,
    UUIDField,
)

from huoqun.base.table import Table
from huoqun.people.account import Account
from huoqun.people.group import Group
from huoqun.people.staff import Staff, groups_for
from huoqun.people.workspace import Workspace
from huoqun.playbooks.playbook import Playbook, read

RUNNING, PAUSED, ENDED, STOPPED = "running", "paused", "ended", "stopped"
AHEAD, WAITING, GATED, DONE, SKIPPED, FAILED = "ahead", "waiting", "gated", "done", "skipped", "failed"
"""How a step stands: ahead; begun, and waiting for a person, a number or a condition; held by its gate; done; left out
with a reason; gone wrong, to be tried again by somebody."""
OVER = (DONE, SKIPPED, FAILED)
HELD = Q(state=WAITING) | Q(state=GATED) | Q(state=FAILED)
"""The few that somebody has to look at or to do something for; they have an index of their own. SQLite takes it only
for a query that says one of these by itself, `state=GATED`, not several at once (docs/decisions/315)."""


class Edition(Table):
    """The text of a playbook as a workspace has run or kept it; never changed."""

    workspace = ForeignKey(Workspace, CASCADE, related_name="editions")
    book = CharField(max_length=40)
    version = PositiveIntegerField()
    digest = CharField(max_length=64)
    text = TextField()
    by = ForeignKey(Account, SET_NULL, null=True, related_name="+")

    class Meta(Table.Meta):
        constraints = [UniqueConstraint(fields=["workspace", "digest"], name="edition_once")]

    @property
    def playbook(self) -> Playbook:
        """What it says; read once for each text."""
        if self.digest not in _READ:
            if len(_READ) >= KEPT:
                _READ.clear()
            _READ[self.digest] = read(self.text)
        return _READ[self.digest]


KEPT = 200
"""Playbooks that a process remembers having read."""
_READ: dict[str, Playbook] = {}


class Run(Table):
    """A run (执行). `begins`: day 1 on the group's own calendar."""

    workspace = ForeignKey(Workspace, CASCADE, related_name="runs")
    group = ForeignKey(Group, CASCADE, related_name="runs")
    edition = ForeignKey(Edition, PROTECT, related_name="runs")
    book = CharField(max_length=40)
    language = CharField(max_length=2, default="zh")
    state = CharField(max_length=10, default=RUNNING)
    begins = DateField()
    zone = CharField(max_length=64, default="")
    """The clock its steps were put on: the group's. Where the group has got another since, they are put on that."""
    values = JSONField(default=dict)
    """What was said of the playbook's variables."""
    people = JSONField(default=dict)
    """By role, the account that does it; a role without one falls to whoever looks after the group."""
    paths = JSONField(default=list)
    """The paths that branches, waits and gates have chosen."""
    numbers = JSONField(default=dict)
    """Facts that people have said, and those of before it began (`before_…`)."""
    together = UUIDField(null=True)
    segment = UUIDField(null=True)
    by = ForeignKey(Account, SET_NULL, null=True, related_name="+")
    ended = DateTimeField(null=True)
    why = CharField(max_length=300, default="")

    class Meta(Table.Meta):
        indexes = [
            Index(fields=["workspace", "state", "-created"], name="run_list"),
            Index(fields=["group", "state"], name="run_group"),
        ]
        constraints = [UniqueConstraint(fields=["together", "group"], name="run_together")]

    @property
    def source(self) -> str:
        """By what tasks, announcements and facts name it."""
        return f"run:{self.pk.hex}"


class DueStep(Table):
    """A step of a run, once or one of several times. `next`: when to look at it; null: not before something else."""

    run = ForeignKey(Run, CASCADE, related_name="steps")
    step = CharField(max_length=40)
    turn = CharField(max_length=64, default="")
    """Which time, of a step that comes again: the day of the run, or what happened."""
    place = PositiveIntegerField(default=0)
    """Where it stands in the playbook, for what is due at the same moment."""
    planned = DateTimeField(null=True)
    due = DateTimeField(null=True)
    next = DateTimeField(null=True)
    state = CharField(max_length=10, default=AHEAD)
    at = DateTimeField(null=True)
    until = DateTimeField(null=True)
    """How long it waits at its gate or for its condition."""
    said = JSONField(default=dict)
    """What somebody has put in place of the playbook's words for this once; never overwritten."""
    result = JSONField(default=dict)
    """What it made: ids of activities, outbox rows, tasks, people."""
    why = CharField(max_length=300, default="")
    """Why it waits, was skipped or went wrong."""
    by = ForeignKey(Account, SET_NULL, null=True, related_name="+")
    """Who moved, skipped or edited it last; null: nobody did."""

    class Meta(Table.Meta):
        constraints = [UniqueConstraint(fields=["run", "step", "turn"], name="due_step_once")]
        indexes = [
            Index(fields=["next", "place"], condition=Q(next__isnull=False), name="due_step_next"),
            Index(fields=["run", "due"], name="due_step_run"),
            Index(fields=["state", "run"], condition=HELD, name="due_step_held"),
        ]

    @property
    def key(self) -> str:
        """What it does has this key: done again, nothing happens again."""
        return f"{self.run_id.hex}/{self.step}/{self.turn}"


# -- reads


def runs_for(staff: Staff) -> QuerySet[Run]:
    """The runs a member of staff may see, newest first."""
    found = Run.objects.filter(workspace=staff.workspace, group__removed=None, group__in=groups_for(staff))
    return found.select_related("group", "edition").order_by("-created", "-pk")


def day_of(run: Run, today: date) -> int:
    """Which day of the run it is; 1 is the first."""
    return (today - run.begins).days + 1


# -- writes


def edition_of(workspace: Workspace, text: str, *, by: Account | None, now: datetime) -> Edition:
    """A playbook's text as the workspace keeps it; the same text once. Raises playbook.Wrong."""
    book, digest = read(text), sha256(text.encode()).hexdigest()
    row = Edition(workspace=workspace, book=book.id, version=book.version, digest=digest, text=text, by=by, created=now)
    Edition.objects.bulk_create([row], ignore_conflicts=True)
    return Edition.objects.get(workspace=workspace, digest=digest)
