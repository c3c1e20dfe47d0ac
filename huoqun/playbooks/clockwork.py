"""The clockwork: what becomes of steps whose hour is long past, of steps that a wrong clock has put far ahead, and of
steps of a group that has got another clock. The reasons are in docs/decisions/265.

* Words (`say`, `remind`, `digest`) that should have been said over a day ago are not said any more. Of a step that
  comes again only the newest of the times that are past is done. Both are skipped, with the reason. Everything else is
  done late: runs go on, and people decide what a late task is worth.
* Late words of a group come half an hour apart.
* What waits and is looked at every few minutes is never put further ahead than that.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, F, Max, OuterRef, Q

from huoqun.people import audit
from huoqun.playbooks import reason, timing
from huoqun.playbooks.doing import Doing
from huoqun.playbooks.run import AHEAD, GATED, PAUSED, RUNNING, WAITING, DueStep, Run

STALE = timedelta(days=1)
"""Words so late are about an evening that is over; a default."""
LATE = timedelta(hours=1)
"""From when on something that is done is late."""
APART = timedelta(minutes=30)
"""Between late words of one group (handbook chapter 12: they flow out every half hour); a default."""
FURTHEST = timedelta(minutes=10)
"""Twice the longest time between two looks at what waits."""
SPOKEN = frozenset({"say", "remind", "digest"})
AT_ONCE = 200


def overtaken(those: Sequence[Doing], now: datetime) -> set[UUID]:
    """Of steps that come again and are late, the rows of which a later time is past too."""
    late = [each for each in those if each.row.turn.isdecimal() and lateness(each.row, now) > LATE]
    if not late:
        return set()
    rows = DueStep.objects.filter(run__among={each.run.pk for each in late}, due__lte=now)
    named = rows.filter(step__in={each.row.step for each in late}).values_list("run", "step")
    newest = {(run, step): last for run, step, last in named.annotate(last=Max("due"))}
    return {each.row.pk for each in late if each.row.due and each.row.due < newest[each.run.pk, each.row.step]}


def missed(each: Doing, what: str, gone_by: Collection[UUID], now: datetime) -> str:
    """Why a step is not done any more; empty where it is. What somebody has moved or opened by hand is done."""
    if each.row.state != AHEAD or each.row.by_id is not None:
        return ""
    if each.row.pk in gone_by:
        return reason.of("overtaken")
    late = lateness(each.row, now)
    return reason.of("missed", late // timedelta(hours=1)) if what in SPOKEN and late > STALE else ""


def lateness(row: DueStep, now: datetime) -> timedelta:
    """How long after its hour it is; nothing where it has none."""
    return now - row.due if row.due else timedelta(0)


def spread(those: Sequence[Doing], now: datetime) -> list[datetime]:
    """When the words of each are to be said: now, and late ones of one group one after the other."""
    behind: dict[UUID, int] = {}
    found = []
    for each in those:
        before = behind.get(each.run.group_id, 0)
        if lateness(each.row, now) > LATE:
            behind[each.run.group_id] = before + 1
        found.append(now + before * APART)
    return found


def mend(now: datetime) -> None:
    """What waits is looked at again soon, whatever a clock that was ahead has written; and runs whose group has another
    clock by now are put on it."""
    begun = (now - timedelta(days=1)).date()  # rows that listen wait for the first day of their run, on any clock
    going = Run.objects.filter(pk=OuterRef("run"), begins__lte=begun, state=RUNNING)
    for state in (GATED, WAITING):
        DueStep.objects.filter(Exists(going), state=state, next__gt=now + FURTHEST).update(next=now)
    moved = Run.objects.filter(state__in=(RUNNING, PAUSED)).exclude(zone=F("group__zone"))
    for run in moved.select_related("group", "edition", "workspace")[:AT_ONCE]:
        _put_on(run, now)


def _put_on(run: Run, now: datetime) -> None:
    """The steps ahead that nobody has moved, at the same hours of the other clock."""
    before, zone = run.zone, run.group.zone
    with transaction.atomic():
        if before:
            rows = list(run.steps.select_for_update().filter(Q(due=F("planned")), state=AHEAD, by=None))
            for row in rows:
                row.planned = row.due = _moment(run, row, zone) or row.due
                row.next = max(row.due, now) if run.state == RUNNING and row.due else None
            DueStep.objects.bulk_update(rows, ["planned", "due", "next"], batch_size=500)
            told = {"before": {"zone": before}, "after": {"zone": zone}}
            title = f"{run.group.name}: {run.book}"
            audit.note(run.workspace, "run.zone", by=None, on=run.group_id, title=title, now=now, **told)
        Run.objects.filter(pk=run.pk).update(zone=zone)


def _moment(run: Run, row: DueStep, zone: str) -> datetime | None:
    when = run.edition.playbook.step(row.step).when
    if isinstance(when, timing.On):
        return timing.at(run.begins, when.day, when.at, zone)
    if isinstance(when, timing.Every) and row.turn.isdecimal():
        return timing.at(run.begins, int(row.turn), when.at, zone)
    return None
