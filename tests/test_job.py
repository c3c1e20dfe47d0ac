"""Jobs: what was asked for is done once, by somebody alive, and what became of it can be seen."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError, connection, transaction

from huoqun.base import job

pytestmark = pytest.mark.django_db(transaction=True)
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Clock:
    """A clock that goes when told to."""

    def __init__(self):
        self.moment = NOON

    def __call__(self):
        return self.moment

    def later(self, **span):
        self.moment += timedelta(**span)


@pytest.fixture
def clock():
    return Clock()


def hand(clock, name="one"):
    return job.Hand(name, clock)


def test_work_is_done_once_and_says_how_far_it_is(clock):
    job.open_job("k", "a", now=NOON, colour="red")
    seen = []

    def run(lease):
        job.tell(lease, "half", 0.5, messages=7)
        row = job.newest("k", "a")
        seen.append((row.state, row.stage, row.share, row.detail, lease.arguments))

    assert job.work("k", run, hand(clock))
    assert not job.work("k", run, hand(clock))
    assert seen == [("running", "half", 0.5, {"messages": 7}, {"colour": "red"})]
    assert job.newest("k", "a").state == "done"


def test_asking_twice_opens_one_job(clock):
    first = job.open_job("k", "a", now=NOON)
    assert job.open_job("k", "a", now=NOON).pk == first.pk
    lease = job.claim("k", hand(clock))
    assert job.open_job("k", "a", now=NOON).pk == first.pk
    job.open_jobs("k", ["a", "b"], now=NOON)
    assert job.Job.objects.count() == 2
    assert lease.key == "a"


def test_what_is_not_due_waits(clock):
    job.open_job("k", "a", now=NOON, due=NOON + timedelta(hours=1))
    assert job.claim("k", hand(clock)) is None
    clock.later(hours=1)
    assert job.claim("k", hand(clock)).key == "a"


def test_many_workers_at_once_take_each_job_exactly_once(clock):
    job.open_jobs("k", [f"{n}" for n in range(60)], now=NOON)
    taken, ready = [], threading.Barrier(6)

    def worker(name):
        ready.wait()
        try:
            while (lease := job.claim("k", hand(clock, name))) is not None or job.Job.objects.filter(
                state="waiting"
            ).exists():
                if lease is not None:
                    taken.append(lease.key)
        finally:
            connection.close()

    threads = [threading.Thread(target=worker, args=(f"w{n}",)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken, key=int) == [f"{n}" for n in range(60)]


def test_a_dead_workers_job_is_taken_over_and_the_dead_can_no_longer_write(clock):
    job.open_job("k", "a", now=NOON)
    dead = job.claim("k", hand(clock, "dead"))
    assert job.claim("k", hand(clock, "next")) is None
    clock.later(seconds=job.LEASE.total_seconds() + 1)
    alive = job.claim("k", hand(clock, "next"))
    assert alive.token == dead.token + 1
    with pytest.raises(job.LeaseLost):
        job.tell(dead, "ghost")
    with pytest.raises(job.LeaseLost), transaction.atomic():
        job.hold(dead)
    with transaction.atomic():
        job.hold(alive)
    job.tell(alive, "going on")
    assert job.newest("k", "a").stage == "going on"


def test_a_worker_known_to_be_dead_gives_back_at_once(clock):
    job.open_job("k", "a", now=NOON)
    job.claim("k", hand(clock, "dead"))
    assert job.release("dead") == 1
    assert job.claim("k", hand(clock, "next")).token == 2


def test_a_job_that_kills_its_workers_is_given_up(clock):
    job.open_job("k", "a", now=NOON)
    for _ in range(job.ATTEMPTS):
        assert job.claim("k", hand(clock)) is not None
        clock.later(minutes=1)
    assert job.claim("k", hand(clock)) is None
    row = job.newest("k", "a")
    assert (row.state, row.reason) == ("failed", "gave_up")
    assert job.open_job("k", "a", now=clock()).state == "waiting", "it can be asked for again"


def test_a_mistake_ends_the_job_with_its_reason(clock):
    job.open_job("k", "a", now=NOON)

    def run(lease):
        raise KeyError("column")

    assert job.work("k", run, hand(clock))
    row = job.newest("k", "a")
    assert (row.state, row.reason) == ("failed", "KeyError: 'column'")
    assert "KeyError" in row.trace


def test_an_outage_is_waited_out_longer_each_time(clock):
    job.open_job("k", "a", now=NOON)
    tries = []

    def run(lease):
        tries.append(clock())
        if len(tries) < 3:
            raise OperationalError("disk")

    for _ in range(3):
        job.work("k", run, hand(clock))
        assert not job.work("k", run, hand(clock)), "not before its time"
        clock.later(minutes=2)
    assert len(tries) == 3
    assert job.newest("k", "a").state == "done"


def test_asked_to_stop_the_job_is_given_back_as_if_not_begun(clock):
    job.open_job("k", "a", now=NOON)

    def run(lease):
        raise SystemExit

    with pytest.raises(SystemExit):
        job.work("k", run, hand(clock))
    row = job.newest("k", "a")
    assert (row.state, row.attempts) == ("waiting", 0)


def test_the_lease_of_a_long_job_is_renewed(monkeypatch):
    monkeypatch.setattr(job, "LEASE", timedelta(seconds=0.4))
    began = datetime.now(UTC)
    job.open_job("k", "a", now=began)
    stolen = []

    def run(lease):
        pause = threading.Event()
        for _ in range(8):
            pause.wait(0.15)
            stolen.append(job.claim("k", job.Hand("thief", lambda: datetime.now(UTC))))

    assert job.work("k", run, job.Hand("one", lambda: datetime.now(UTC)))
    assert stolen == [None] * 8
    assert job.newest("k", "a").state == "done"


def test_finished_jobs_are_forgotten_after_a_while(clock):
    job.open_job("k", "a", now=NOON)
    job.work("k", lambda lease: None, hand(clock))
    job.sweep(NOON + timedelta(days=1))
    assert job.newest("k", "a") is not None
    job.sweep(NOON + job.KEPT + timedelta(days=1))
    assert job.newest("k", "a") is None
