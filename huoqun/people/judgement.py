"""The judgement: everybody of a workspace is put where its ladder says: each night, when the rule changed, when asked.

Also what a rule would do before it is in force, and how far a group is from a fifth that carries the rest.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from math import ceil
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Count, F, Q, QuerySet

from huoqun.base import job
from huoqun.insight.stratum import STRATA
from huoqun.people import audit, tally
from huoqun.people.account import Account
from huoqun.people.climb import Climb, write_down
from huoqun.people.group import Group, groups, refresh
from huoqun.people.ladder import Ladder, Rule, reason_of, rule_of, stratum_of
from huoqun.people.person import Person
from huoqun.people.tally import Tally
from huoqun.people.trace import Trace
from huoqun.people.workspace import Workspace

KIND = "judgement"
COUNTING = "tally"
AT_NIGHT = time(4)
"""On the workspace's clock: when hardly anybody writes."""
NAMED = 20
"""Persons named of each move in a preview."""
CARRIERS = ("kol", "core")
"""Who carries a group."""
FIFTH = 0.2
"""Share of people expected to carry the rest (handbook chapter 2)."""
AT_ONCE = 2000


@dataclass(frozen=True)
class Move:
    """People who would go from one stratum to another: how many, and the first of them by messages."""

    before: str
    after: str
    people: int
    named: tuple[tuple[UUID, str], ...]


@dataclass(frozen=True)
class Spread:
    """How a group's speakers spread over the strata of its own diagnosis."""

    group: Group
    people: int
    strata: dict[str, int]

    @property
    def carriers(self) -> int:
        """Who carries it."""
        return sum(self.strata.get(s, 0) for s in CARRIERS)

    @property
    def share(self) -> float:
        """Their share of those who ever spoke."""
        return self.carriers / self.people if self.people else 0

    @property
    def missing(self) -> int:
        """How many more would make a fifth."""
        return max(ceil(self.people * FIFTH) - self.carriers, 0)


def judged(workspace: Workspace) -> QuerySet[Tally]:
    """Whom the ladder sorts: everybody measured who is no machine."""
    return Tally.objects.filter(workspace=workspace, measured=True, bot=False)


def spread(workspace: Workspace) -> dict[str, int]:
    """People by stratum, the highest first. Who is not judged has none. Each is asked for by itself: then an index
    alone tells it, and nothing is sorted or hashed."""
    return {stratum: Tally.objects.filter(workspace=workspace, stratum=stratum).count() for stratum in STRATA}


def spreads(groups: Iterable[Group]) -> list[Spread]:
    """The same for each of some groups, in their order."""
    those = list(groups)
    counted: dict[UUID, dict[str, int]] = {g.pk: {} for g in those}
    found = Trace.objects.filter(group__in=those).values_list("group", "stratum")
    for group, stratum, n in found.annotate(n=Count("*")).order_by():
        counted[group][stratum] = n
    return [Spread(g, sum(counted[g.pk].values()), counted[g.pk]) for g in those]


def preview(workspace: Workspace, rule: Rule) -> list[Move]:
    """Who would move under a rule, the most first."""
    moving = _moving(workspace, rule)
    counted = moving.values_list("stratum", "new").annotate(n=Count("pk")).order_by("-n", "stratum", "new")
    return [
        Move(before, after, n, tuple(moving.filter(stratum=before, new=after).order_by("-messages", "person")
             .values_list("person", "name")[:NAMED]))
        for before, after, n in counted
    ]  # fmt: skip


def _moving(workspace: Workspace, rule: Rule) -> Any:
    return judged(workspace).exclude(stratum="").annotate(new=stratum_of(rule)).exclude(stratum=F("new")).order_by()


def judge(workspace: Workspace, *, now: datetime) -> int:
    """Put everybody where the rule in force says; how many came to stand elsewhere."""
    rule, count = rule_of(workspace), 0
    while moved := _judge_some(workspace, rule, now):
        count += moved
    Ladder.objects.filter(workspace=workspace).update(judged=now)
    return count


def _judge_some(workspace: Workspace, rule: Rule, now: datetime) -> int:
    told = judged(workspace).annotate(new=stratum_of(rule), reason=reason_of(rule))
    wrong = told.filter(~Q(stratum=F("new")) | ~Q(why=F("reason"))).order_by("person")
    with transaction.atomic():
        rows = list(wrong.select_for_update()[:AT_ONCE])
        moved = []
        for row in rows:
            if row.stratum != row.new:
                moved += [Climb(row.person_id, row.stratum, row.new, row.reason)] if row.stratum else []
                row.since = now
            row.stratum, row.why = row.new, row.reason
        Tally.objects.bulk_update(rows, ["stratum", "why", "since"], batch_size=500)
        write_down(moved, now=now)
    return len(rows)


def ask(workspace: Workspace, *, by: Account | None, now: datetime) -> None:
    """Let a worker judge everybody anew."""
    with transaction.atomic():
        job.open_job(KIND, f"{workspace.pk.hex} asked", now=now)
        audit.note(workspace, "strata.ask", by=by, on=workspace.pk, title=workspace.name, now=now)


def at_work(workspace: Workspace) -> bool:
    """Whether a worker is about to, or at it."""
    open_ = job.Job.objects.filter(kind=KIND, key__startswith=workspace.pk.hex)
    return open_.filter(state__in=[job.WAITING, job.RUNNING]).exists()


def tick(hand: job.Hand) -> bool:
    """Count the groups that came or went; each night count and judge everybody once more."""
    now = hand.clock()
    job.open_jobs(COUNTING, [f"{key.hex} {'in' if there else 'out'}" for key, there in _uncounted()], now=now)
    for workspace in Workspace.objects.all():
        local = now.astimezone(ZoneInfo(workspace.zone)) - timedelta(hours=AT_NIGHT.hour)
        key = f"{workspace.pk.hex} {local.date().isoformat()}"
        if job.newest(KIND, key) is None:
            job.open_job(KIND, key, now=now)
    return job.work(COUNTING, _count_group, hand) or job.work(KIND, _run, hand)


def _uncounted() -> list[tuple[UUID, bool]]:
    came = Group.objects.filter(removed=None, counted=False).values_list("pk", flat=True)[:500]
    went = Group.objects.filter(counted=True).exclude(removed=None).values_list("pk", flat=True)[:500]
    return [(key, True) for key in came] + [(key, False) for key in went]


def _count_group(lease: job.Lease) -> None:
    group = Group.objects.filter(pk=lease.key.split()[0]).first()
    if group is not None:
        tally.count_group(group, now=lease.now())


def _run(lease: job.Lease) -> None:
    key, why = lease.key.split()
    workspace = Workspace.objects.filter(pk=key).first()
    if workspace is None:
        return
    if why != "asked":
        _count_all(workspace, lease)
    _tell_groups(workspace)
    judge(workspace, now=lease.now())


def _tell_groups(workspace: Workspace) -> None:
    """Let the diagnoses of single groups be made by the same rule, where it changed since everybody was last judged."""
    row = Ladder.objects.filter(workspace=workspace).first()
    if row is None or (row.judged is not None and row.judged > row.changed):
        return
    for group in groups(workspace).select_related("workspace").iterator():
        refresh(group)


def _count_all(workspace: Workspace, lease: job.Lease) -> None:
    """Everybody, by key, so that what anybody forgot to count is right in the morning."""
    last = UUID(int=0)
    roots = Person.objects.filter(workspace=workspace, root=None).order_by("pk")
    while batch := list(roots.filter(pk__gt=last).values_list("pk", flat=True)[: tally.AT_ONCE]):
        tally.count(batch, now=lease.now())
        last = batch[-1]
        job.tell(lease, "counting")
