"""Check-ins in a burst, against a plain Django view that does the same two writes: `python -m bench.checkin`.

Both run under granian with one worker, on the same database with the same settings, in one run. Huoqun's is the real
route: identity by signed link, the rules of the challenge, points, the person's timeline. Aims: three times the plain
view's throughput; 99 of 100 answered within 100 ms at half of that.
"""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from bench import postgres
from bench.crowd_load import Told, crowd
from bench.row import Row

PEOPLE, FIRST = 10_000, 500
"""People who check in, and how many of them do so before anything is measured."""
CONNECTIONS = 256
_PREPARE = """
import sys
from datetime import timedelta
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from huoqun.activities import life
from huoqun.activities.challenge_plan import ChallengePlan
from huoqun.base import clock
from huoqun.people import code
from huoqun.people.group import Group
from huoqun.people.membership import Membership
from huoqun.people.person import Identity, Person
from huoqun.people.workspace import local
now = clock.now()
place = local(now=now)
group = Group(workspace=place, name="g", network="wechat", zone="Asia/Shanghai", zone_source="default", created=now)
group.save(force_insert=True)
people = [Person(workspace=place, created=now) for _ in range(int(sys.argv[1]))]
Person.objects.bulk_create(people, batch_size=500)
those = [Identity(group=group, person=p, account=str(n), name=f"m{n}", created=now) for n, p in enumerate(people)]
Identity.objects.bulk_create(those, batch_size=500)
Membership.objects.bulk_create([Membership(identity=i, number=1, created=now) for i in those], batch_size=500)
plan = ChallengePlan(days=30, day_points=1, proof="proof_text")
row = life.begin(place, "challenge", title="burst", groups=[group], plan=plan, by=None, now=now - timedelta(minutes=1))
life.open_up(row, now=now - timedelta(minutes=1))
for who in those:
    print(f"/m/{code.personal(who, now=now)}/{row.pk}/check-in")
"""
_COUNT = """
import django
django.setup()
from huoqun.activities.contribution import Contribution
from huoqun.people.points import Posting, unbalanced
from huoqun.people.workspace import Workspace
from huoqun.activities.activity import Participation
from huoqun.people.deed import Deed
print(Contribution.objects.count(), Posting.objects.count(), Participation.objects.count(), Deed.objects.count(),
      sum(len(unbalanced(w)) for w in Workspace.objects.all()))
"""


def surroundings(home: str, url: str | None) -> dict[str, str]:
    """The environment of a server with a folder and a database of its own."""
    found = {k: v for k, v in os.environ.items() if not k.startswith(("HUOQUN_", "DJANGO_"))}
    found |= {"HUOQUN_HOME": home, "PLAIN_HOME": home, "DJANGO_SETTINGS_MODULE": "huoqun.settings"}
    return found | ({"HUOQUN_DATABASE_URL": url} if url else {})


def prepared(home: str, url: str | None, people: int) -> list[str]:
    """A challenge with its members, and for each the address their form is sent to."""
    command = [sys.executable, "-c", _PREPARE, str(people)]
    done = subprocess.run(command, env=surroundings(home, url), check=True, capture_output=True, text=True)
    return done.stdout.split()


def counted(home: str, url: str | None) -> list[int]:
    """Check-ins, postings, participations and deeds there are, and purses that do not balance."""
    command = [sys.executable, "-c", _COUNT]
    done = subprocess.run(command, env=surroundings(home, url), check=True, capture_output=True, text=True)
    return [int(n) for n in done.stdout.split()]


@contextmanager
def serving(command: list[str], home: str, url: str | None, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """A server that answers, for as long as the block goes on."""
    process = subprocess.Popen(command, env=surroundings(home, url), start_new_session=True)
    try:
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        time.sleep(1)
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)


def free_port() -> int:
    """A port that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def huoqun(port: int) -> list[str]:
    """The real server."""
    return [sys.executable, "-m", "huoqun", "web", "--port", str(port)]


def plain(port: int, threads: int) -> list[str]:
    """The plain project under the same server."""
    granian = [sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", "1", "--no-ws"]
    options = ["--blocking-threads", str(threads), "--port", str(port), "--log-level", "error"]
    return [*granian, *options, "bench.plain_view:application"]


def spent(process: "subprocess.Popen[bytes]") -> float:
    """Seconds of processor time of a server with all its processes (Linux)."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parts = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(parts[2]) == process.pid:
            ticks += int(parts[11]) + int(parts[12])
    return ticks / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Run:
    """One server under one crowd: as fast as it goes, then at half that; microseconds of processor time for each."""

    fast: Told
    calm: Told
    work: float

    def __str__(self) -> str:
        calm = f"at {self.calm.rate:,.0f}/s p50 {self.calm.percentile(0.5) * 1000:.0f}, p99 {self.p99:.0f} ms"
        return (
            f"{self.fast.rate:,.0f}/s (p99 {self.fast.percentile(0.99) * 1000:.0f} ms), {calm}, {self.work:.0f} us each"
        )

    @property
    def p99(self) -> float:
        """Milliseconds within which 99 of 100 were answered at half the pace."""
        return 1000 * self.calm.percentile(0.99)


def measured(command: list[str], home: str, url: str | None, port: int, paths: list[str]) -> Run:
    """Two thirds of the crowd as fast as it goes, then the rest at half that pace."""
    rest = paths[FIRST:]
    most = len(rest) * 2 // 3
    with serving(command, home, url, port) as server:
        crowd(port, paths[:FIRST], connections=CONNECTIONS)
        before = spent(server)
        fast = crowd(port, rest[:most], connections=CONNECTIONS)
        work = spent(server) - before
        calm = crowd(port, rest[most:], connections=CONNECTIONS, pace=fast.rate / 2)
    return Run(fast, calm, 1e6 * work / most)


def plain_run(url: str | None, people: int, threads: int) -> Run:
    """The plain view."""
    with tempfile.TemporaryDirectory() as home:
        env, port = surroundings(home, url), free_port()
        subprocess.run([sys.executable, "-m", "bench.plain_view", str(people)], env=env, check=True)
        found = measured(plain(port, threads), home, url, port, [f"/check/{n}" for n in range(people)])
        subprocess.run([sys.executable, "-m", "bench.plain_view", "away"], env=env, check=True)
    return found


def real_run(url: str | None, people: int) -> Run:
    """The real route; nothing is lost and nothing counted twice."""
    with tempfile.TemporaryDirectory() as home:
        port, paths = free_port(), prepared(home, url, people)
        found = measured(huoqun(port), home, url, port, paths)
        told = counted(home, url)
    assert told == [people, people, people, people, 0], told
    return found


def on(name: str, url: str | None, people: int) -> Iterator[Row]:
    """Both on one database; the plain view with whichever number of threads suits it better."""
    runs = {threads: plain_run(url, people, threads) for threads in (8, 64)}
    best = max(runs.values(), key=lambda run: run.fast.rate)
    real = real_run(url, people)
    for what, run in (*((f"plain, {n} threads", run) for n, run in runs.items()), ("huoqun", real)):
        print(f"    {name}, {what}: {run}", flush=True)
    ratio, work = real.fast.rate / best.fast.rate, best.work / real.work
    aim = f"3 x; p99 at half under 100 ms: {real.p99:.0f} ms; by processor time {work:.1f} x"
    met = ratio >= 3 and real.p99 < 100
    ours, other = f"{real.fast.rate:,.0f} a second", f"plain Django view: {best.fast.rate:,.0f} a second"
    yield Row(f"check-ins, {name}", ours, other, ratio, aim, met)


def run(*, quick: bool) -> Iterator[Row]:
    """Rows of the table."""
    people = 1_500 if quick else PEOPLE
    yield from on("SQLite", None, people)
    try:
        with postgres.server("fsync=on") as url:
            yield from on("PostgreSQL", url, people)
    except postgres.Missing as error:
        print(f"PostgreSQL not measured: {error}")


if __name__ == "__main__":
    for row in run(quick="--quick" in sys.argv[1:]):
        print(row)
