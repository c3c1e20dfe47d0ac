"""The job: work that outlives a request, leased to one worker at a time and fenced by a token.

A worker claims a due job for `LEASE` and keeps beating while it works. If it dies, the lease runs out and another
takes the job over; its token is one higher, so whatever the dead (or merely sleeping) worker still tries to write is
refused with `LeaseLost`. So a job must be repeatable: begun twice, it ends as if begun once. A job that has killed
its worker `ATTEMPTS` times is given up with a reason instead of killing the next one.

A claim is BEGIN IMMEDIATE on SQLite (settings: every transaction is) and FOR UPDATE SKIP LOCKED on PostgreSQL.
"""

import logging
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import (
    CharField,
    DateTimeField,
    F,
    FloatField,
    Index,
    JSONField,
    PositiveIntegerField,
    Q,
    TextField,
    UniqueConstraint,
)
from django.db.utils import InterfaceError, OperationalError

from huoqun.base.table import Table

LEASE = timedelta(seconds=20)
ATTEMPTS = 3
"""How often a job may be begun before it is given up."""
LONGEST = timedelta(hours=2)
"""A job that runs longer is taken for hung: its lease is no longer renewed."""
KEPT = timedelta(days=14)
"""How long finished jobs are remembered."""

WAITING, RUNNING, DONE, FAILED = "waiting", "running", "done", "failed"
_log = logging.getLogger(__name__)


class LeaseLost(Exception):
    """The job belongs to another worker now; nothing more may be written for it."""


class Job(Table):
    """One piece of work: what (`kind`), for what (`key`), how far, and what became of it."""

    kind = CharField(max_length=40)
    key = CharField(max_length=100)
    state = CharField(max_length=10, default=WAITING)
    arguments = JSONField(default=dict)
    due = DateTimeField()
    attempts = PositiveIntegerField(default=0)
    token = PositiveIntegerField(default=0)
    worker = CharField(max_length=120, default="")
    leased_until = DateTimeField(null=True)
    stage = CharField(max_length=40, default="")
    share = FloatField(null=True)
    detail = JSONField(default=dict)
    started = DateTimeField(null=True)
    beat = DateTimeField(null=True)
    finished = DateTimeField(null=True)
    reason = CharField(max_length=300, default="")
    trace = TextField(default="")

    class Meta(Table.Meta):
        constraints = [
            UniqueConstraint(fields=["kind", "key"], condition=Q(state__in=[WAITING, RUNNING]), name="job_once_open")
        ]
        indexes = [Index(fields=["state", "kind", "due"], name="job_due")]


@dataclass(frozen=True)
class Hand:
    """Who works: a name that is no other process's, and the clock it goes by."""

    name: str
    clock: Callable[[], datetime]


@dataclass(frozen=True)
class Lease:
    """The right to work on a job, as long as nobody else has taken it over."""

    job: UUID
    key: str
    arguments: dict[str, Any]
    token: int
    hand: Hand
    lost: threading.Event = field(default_factory=threading.Event)

    def now(self) -> datetime:
        """The worker's present moment."""
        return self.hand.clock()


def open_job(kind: str, key: str, *, now: datetime, due: datetime | None = None, **arguments: Any) -> Job:
    """Make sure that a job for this is waiting or running; the one that already is stays as it is."""
    Job.objects.bulk_create(
        [Job(kind=kind, key=key, arguments=arguments, due=due or now, created=now)], ignore_conflicts=True
    )
    found = newest(kind, key)
    assert found is not None
    return found


def open_jobs(kind: str, keys: Sequence[str], *, now: datetime) -> None:
    """Make sure that a job for each of these is waiting or running, except where the last one failed."""
    known = set(
        Job.objects.filter(kind=kind, key__in=keys, state__in=[WAITING, RUNNING, FAILED]).values_list("key", flat=True)
    )
    new = [Job(kind=kind, key=key, due=now, created=now) for key in keys if key not in known]
    Job.objects.bulk_create(new, ignore_conflicts=True)


def newest(kind: str, key: str) -> Job | None:
    """The last job for this, whatever became of it."""
    return Job.objects.filter(kind=kind, key=key).order_by("-created").first()


def newest_of(kind: str, keys: Sequence[str]) -> dict[str, Job]:
    """By key, the last job for each, without the trace of a failure; keys without a job are not in it."""
    found = Job.objects.filter(kind=kind, key__in=keys).defer("trace").order_by("created") if keys else ()
    return {job.key: job for job in found}


def claim(kind: str, hand: Hand) -> Lease | None:
    """Take the longest due job of this kind, or one whose worker has died. None where nothing is due."""
    now = hand.clock()
    due = Job.objects.filter(kind=kind).filter(Q(state=WAITING, due__lte=now) | Q(state=RUNNING, leased_until__lt=now))
    if not due.exists():
        return None
    with transaction.atomic():
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True)
        job = due.order_by("due", "created").first()
        if job is None:
            return None
        job.token += 1
        if job.attempts >= ATTEMPTS:
            job.state, job.finished, job.leased_until, job.reason = FAILED, now, None, "gave_up"
            job.save()
            return None
        job.state, job.worker, job.attempts = RUNNING, hand.name, job.attempts + 1
        job.started, job.beat, job.leased_until, job.reason, job.trace = now, now, now + LEASE, "", ""
        job.save()
    return Lease(job.pk, job.key, job.arguments, job.token, hand)


def tell(lease: Lease, stage: str, share: float | None = None, **detail: Any) -> None:
    """Say how far the work is, and keep the lease. Raises LeaseLost."""
    now = lease.now()
    changed = Job.objects.filter(pk=lease.job, token=lease.token, state=RUNNING).update(
        stage=stage, share=share, detail=detail, beat=now, leased_until=now + LEASE
    )
    if not changed:
        raise LeaseLost


def hold(lease: Lease) -> None:
    """Inside a transaction: make sure the job is still ours until it commits. Raises LeaseLost."""
    if not Job.objects.select_for_update().filter(pk=lease.job, token=lease.token, state=RUNNING).exists():
        raise LeaseLost


def work(kind: str, run: Callable[[Lease], None], hand: Hand) -> bool:
    """Claim one job and do it, beating meanwhile. False where nothing was due. Never raises for what the job does."""
    lease = claim(kind, hand)
    if lease is None:
        return False
    try:
        with _beating(lease):
            run(lease)
        _end(lease, DONE)
    except LeaseLost:
        _log.warning("%s %s: taken over by another worker", kind, lease.key)
    except (OperationalError, InterfaceError, OSError, MemoryError) as error:
        _log.exception("%s %s", kind, lease.key)
        _again(lease, error)
    except Exception as error:
        _log.exception("%s %s", kind, lease.key)
        _end(lease, FAILED, reason=_named(error), trace=traceback.format_exc())
    except BaseException:  # asked to stop: give the job back as if it had not been begun
        _mine(lease).update(state=WAITING, leased_until=None, attempts=F("attempts") - 1)
        raise
    return True


def release(worker: str) -> int:
    """Give back what a worker that is known to be dead still holds; whoever ended it calls this."""
    return Job.objects.filter(state=RUNNING, worker=worker).update(leased_until=None, state=WAITING)


def sweep(now: datetime) -> None:
    """Forget what was finished long ago."""
    Job.objects.filter(state__in=[DONE, FAILED], finished__lt=now - KEPT).delete()


def _mine(lease: Lease) -> Any:
    return Job.objects.filter(pk=lease.job, token=lease.token, state=RUNNING)


def _end(lease: Lease, state: str, reason: str = "", trace: str = "") -> None:
    _mine(lease).update(state=state, finished=lease.now(), leased_until=None, reason=reason, trace=trace)


def _again(lease: Lease, error: BaseException) -> None:
    """Something outside the job failed (disk, database, memory): wait longer each time, then give up."""
    job = _mine(lease).first()
    if job is None:
        return
    if job.attempts >= ATTEMPTS:
        _end(lease, FAILED, reason=_named(error), trace=traceback.format_exc())
    else:
        wait = timedelta(seconds=5 * 3**job.attempts)
        _mine(lease).update(state=WAITING, leased_until=None, due=lease.now() + wait, reason=_named(error))


def _named(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"[:300]


@contextmanager
def _beating(lease: Lease) -> Iterator[None]:
    """Renew the lease from a thread of its own, because reading a large file is one long call."""
    stop = threading.Event()

    def beat() -> None:
        begun = lease.now()
        try:
            while not stop.wait(LEASE.total_seconds() / 4):
                now = lease.now()
                if now - begun > LONGEST or not _mine(lease).update(beat=now, leased_until=now + LEASE):
                    lease.lost.set()
                    return
        except Exception:  # the database is away: the lease runs out by itself, which is what a lease is for
            _log.exception("no beat for %s", lease.key)
        finally:
            connection.close()

    thread = threading.Thread(target=beat, name=f"beat {lease.key}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
