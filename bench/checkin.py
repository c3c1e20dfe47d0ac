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
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench import postgres
from bench.crowd_load import Told, crowd
from bench.row import Row

PEOPLE, FIRST = 10_000, 500
"""People who check in, and how many of them do so before anything is measured."""
CONNECTIONS = 256
ROUNDS = 3
THREADS = (2, 8, 64)
"""Of the plain view's server."""
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


def spent(process: "subprocess.Popen[bytes]", url: str | None) -> tuple[float, float]:
    """Seconds of processor time of a web server with all its processes, and of PostgreSQL with all of its (Linux)."""
    web = database = 0
    port = url.rpartition(":")[2].partition("/")[0] if url else "none"
    stats = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            parts = (folder / "stat").read_text().rpartition(")")[2].split()
            stats[int(folder.name)] = int(parts[1]), int(parts[2]), int(parts[11]) + int(parts[12])
    for number, (parent, group, ticks) in stats.items():
        if group == process.pid:
            web += ticks
        elif url and (_listens(number, port) or _listens(parent, port)):
            database += ticks
    ticks_a_second = os.sysconf("SC_CLK_TCK")
    return web / ticks_a_second, database / ticks_a_second


def _listens(process: int, port: str) -> bool:
    """Whether a process is the PostgreSQL of a port."""
    try:
        told = Path(f"/proc/{process}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return told[0].endswith(b"/postgres") and port.encode() in told


@dataclass(frozen=True)
class Run:
    """One server under one crowd: as fast as it goes, then at half that; microseconds of processor time of the web
    server and of the database for each."""

    fast: Told
    calm: Told
    web: float
    database: float

    def __str__(self) -> str:
        calm = f"at {self.calm.rate:,.0f}/s p50 {self.calm.percentile(0.5) * 1000:.0f}, p99 {self.p99:.0f} ms"
        fast = f"{self.fast.rate:,.0f}/s (p99 {self.fast.percentile(0.99) * 1000:.0f} ms)"
        return f"{fast}, {calm}, {self.web:.0f} + {self.database:.0f} us each"

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
        before = spent(server, url)
        fast = crowd(port, rest[:most], connections=CONNECTIONS)
        web, database = (1e6 * (after - b) / most for after, b in zip(spent(server, url), before, strict=True))
        calm = crowd(port, rest[most:], connections=CONNECTIONS, pace=fast.rate / 2)
    return Run(fast, calm, web, database)


@contextmanager
def place(server: str | None) -> Iterator[tuple[str, str | None]]:
    """A folder and an empty database, for one run."""
    with tempfile.TemporaryDirectory() as home, ExitStack() as stack:
        yield home, stack.enter_context(postgres.database(server)) if server else None


def plain_run(server: str | None, people: int, threads: int) -> Run:
    """The plain view."""
    with place(server) as (home, url):
        env, port = surroundings(home, url), free_port()
        subprocess.run([sys.executable, "-m", "bench.plain_view", str(people)], env=env, check=True)
        return measured(plain(port, threads), home, url, port, [f"/check/{n}" for n in range(people)])


def real_run(server: str | None, people: int) -> Run:
    """The real route; nothing is lost and nothing counted twice."""
    with place(server) as (home, url):
        port, paths = free_port(), prepared(home, url, people)
        found = measured(huoqun(port), home, url, port, paths)
        told = counted(home, url)
    assert told == [people, people, people, people, 0], told
    return found


def on(name: str, server: str | None, people: int, rounds: int) -> Iterator[Row]:
    """Both on one database, by turns; the plain view with whichever number of threads suits it best. Ratios are of runs
    that stood side by side, and of these the median counts."""
    tried = {threads: plain_run(server, max(1_500, people // 4), threads) for threads in THREADS}
    threads = max(tried, key=lambda n: tried[n].fast.rate)
    print(f"    {name}: " + "; ".join(f"plain, {n} threads: {run}" for n, run in tried.items()), flush=True)
    runs = []
    for _ in range(rounds):
        other, ours = plain_run(server, people, threads), real_run(server, people)
        print(f"    {name}, plain, {threads} threads: {other}\n    {name}, huoqun: {ours}", flush=True)
        runs.append((other, ours))
    ratio = median(ours.fast.rate / other.fast.rate for other, ours in runs)
    work = median(other.web / ours.web for other, ours in runs)
    both = median((other.web + other.database) / (ours.web + ours.database) for other, ours in runs)
    p99 = median(ours.p99 for _other, ours in runs)
    aim = f"3 x; p99 at half under 100 ms: {p99:.0f} ms; by processor time {work:.1f} x, with the database {both:.1f} x"
    rate = median(ours.fast.rate for _other, ours in runs)
    slow = median(other.fast.rate for other, _ours in runs)
    what = f"plain Django view: {slow:,.0f} a second"
    yield Row(f"check-ins, {name}", f"{rate:,.0f} a second", what, ratio, aim, ratio >= 3 and p99 < 100)


def run(*, quick: bool) -> Iterator[Row]:
    """Rows of the table."""
    people, rounds = (1_500, 1) if quick else (PEOPLE, ROUNDS)
    yield from on("SQLite", None, people, rounds)
    try:
        with postgres.server("fsync=on") as url:
            yield from on("PostgreSQL", url, people, rounds)
    except postgres.Missing as error:
        print(f"PostgreSQL not measured: {error}")


if __name__ == "__main__":
    for row in run(quick="--quick" in sys.argv[1:]):
        print(row)
