"""Backup and restore: one file holds everything, on either database, and nothing half ever stands anywhere."""

import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import psycopg
import pytest
import zstandard
from letters import chatlab, lines
from test_postgres import postgres  # noqa: F401  the fixture

from huoqun.base import parcel

ROOT = Path(__file__).parent.parent
SAID = lines()
FILL = """
import django; django.setup()
import sys
from pathlib import Path
from django.core.management import call_command
from huoqun import worker
from huoqun.base import clock, job
from huoqun.people import mark, staff, upload
from huoqun.people.group import Group
call_command("migrate", verbosity=0)
now = clock.now()
s = staff.begin(email="boss@example.org", name="老板", password="three odd words", now=now)
for name in ("old", "open"):
    upload.receive(s.workspace, [upload.Given("聊天 (1).jsonl", Path(sys.argv[1]) / name)], by=s.account, now=now)
    hand = job.Hand("t", clock.now)
    while name == "old" and worker.tick(hand):
        pass
group = Group.objects.get()
mark.add(group, title="嘉宾", start=group.first, end=group.last, by_owner=True, by=s.account, now=now)
"""
TELL = """
import django; django.setup()
import hashlib, json
from pathlib import Path
from django.conf import settings
from django.test import Client
from huoqun.chat import archive
from huoqun.people import checkup, dump, upload
from huoqun.people.group import Group
from huoqun.people.workspace import archive_of
client = Client(headers={"host": "127.0.0.1"})
logged = client.post("/account/login/", {"login": "boss@example.org", "password": "three odd words"}).status_code
group = Group.objects.get()
print(json.dumps({
    "login": logged,
    "page": client.get(f"/groups/{group.pk}/").status_code,
    "key": settings.SECRET_KEY,
    "document": hashlib.sha256(checkup.latest(group).document.encode()).hexdigest(),
    "rows": archive.rows(archive_of(group.workspace), group.pk.hex).hash_rows().sum(),
    "waiting": [p.stat().st_size for u in upload.Upload.objects.filter(state="waiting") for p in upload.paths(u)],
    "marks": [[str(m.start), str(m.end), m.title] for m in group.marks.all()],
    "counts": {m._meta.db_table: m._base_manager.count() for m in dump.tables() if "session" not in m._meta.db_table},
}))
"""
WORK = """
import django; django.setup()
from huoqun import worker
from huoqun.base import clock, job
from huoqun.people.group import Group
hand = job.Hand("again", clock.now)
while worker.tick(hand):
    pass
print(Group.objects.get().rows)
"""


def run(home, *words, url=None, script=None, more=None):
    keep = {k: v for k, v in os.environ.items() if not k.startswith(("HUOQUN_", "PYTEST_", "DJANGO_"))}
    keep |= {"HUOQUN_HOME": str(home), "DJANGO_SETTINGS_MODULE": "huoqun.settings"}
    keep |= {"HUOQUN_DATABASE_URL": url} if url else {}
    keep |= more or {}
    begin = ["-c", script] if script else ["-m", "huoqun"]
    return subprocess.run(
        [sys.executable, *begin, *map(str, words)], cwd=ROOT, env=keep, capture_output=True, text=True
    )


def told(home, url=None, script=TELL):
    done = run(home, url=url, script=script)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[-1]


def refused(done, *words):
    assert done.returncode == 2, done.stderr
    assert done.stderr.count("\n") == 1, done.stderr
    for word in words:
        assert word in done.stderr


@pytest.fixture(scope="module")
def lived(tmp_path_factory):
    """An installation with a group and an import that waits, its backup, and what its pages say."""
    place = tmp_path_factory.mktemp("lived")
    (place / "old").write_bytes(chatlab(SAID[:600]))
    (place / "open").write_bytes(chatlab(SAID[500:]))
    (place / "spare").write_bytes(chatlab(SAID[500:]))
    filled = run(place / "home", place, script=FILL)
    assert filled.returncode == 0, filled.stderr
    done = run(place / "home", "backup", place / "one.backup")
    assert (done.returncode, done.stderr) == (0, "")
    return place


def test_a_backup_becomes_the_same_installation(lived, tmp_path):
    new = tmp_path / "home"
    done = run(new, "restore", lived / "one.backup")
    assert (done.returncode, done.stderr) == (0, "")
    assert told(new) == told(lived / "home")
    assert '"login": 302, "page": 200' in told(new)
    assert int(told(new, script=WORK)) == len(SAID), "what waited is taken in where it came to"
    assert sorted(p.name for p in new.iterdir() if p.name.startswith(".")) == []
    assert ((new / "secret.key").stat().st_mode & 0o777) == 0o600
    assert ((lived / "one.backup").stat().st_mode & 0o777) == 0o600


def test_sqlite_and_postgresql_take_each_others_backups(lived, tmp_path, postgres):  # noqa: F811
    urls = [postgres.removesuffix("postgres") + name for name in ("first", "second")]
    with psycopg.connect(postgres, autocommit=True) as server:
        for url in urls:
            server.execute(f"CREATE DATABASE {url.rsplit('/', 1)[1]}")
    here = told(lived / "home")
    assert run(tmp_path / "a", "restore", lived / "one.backup", url=urls[0]).returncode == 0
    assert told(tmp_path / "a", urls[0]) == here
    assert run(tmp_path / "a", "backup", tmp_path / "two.backup", url=urls[0]).returncode == 0
    assert run(tmp_path / "b", "restore", tmp_path / "two.backup", url=urls[1]).returncode == 0
    assert told(tmp_path / "b", urls[1]) == here
    assert run(tmp_path / "c", "restore", tmp_path / "two.backup").returncode == 0
    assert told(tmp_path / "c") == here
    assert int(told(tmp_path / "b", urls[1], WORK)) == len(SAID)
    refused(run(tmp_path / "empty", "restore", tmp_path / "two.backup", url=urls[0]), "already", "--replace")
    assert told(tmp_path / "a", urls[0]) == here
    done = run(tmp_path / "b", "restore", "--replace", tmp_path / "two.backup", url=urls[1])
    assert done.returncode == 0, done.stderr
    assert told(tmp_path / "b", urls[1]) == here
    with psycopg.connect(urls[1]) as server:
        found = server.execute(
            "SELECT schemaname FROM pg_tables WHERE tablename = 'huoqun_group' ORDER BY 1"
        ).fetchall()
    assert len(found) == 2
    assert found[0][0].startswith("before_restore_")


def test_a_backup_carries_every_column_of_every_table(tmp_path, postgres):  # noqa: F811
    """Also of tables that are made later: there is a row in each before, and the same one after two restores."""
    url = postgres.removesuffix("postgres") + "every"
    with psycopg.connect(postgres, autocommit=True) as server:
        server.execute("CREATE DATABASE every")
    here = json.loads(told(tmp_path / "home", script=EVERY.replace("# fill", "fill()")))
    empty = {name for name, (rows, _) in here["rows"].items() if not rows}
    assert set(here["tables"]) == set(here["rows"]), "no table stands beside those that are looked at"
    assert not empty
    assert run(tmp_path / "home", "backup", tmp_path / "one.backup").returncode == 0
    done = run(tmp_path / "a", "restore", tmp_path / "one.backup", url=url)
    assert done.returncode == 0, done.stderr
    there = json.loads(told(tmp_path / "a", url, EVERY))
    assert run(tmp_path / "a", "backup", tmp_path / "two.backup", url=url).returncode == 0
    assert run(tmp_path / "b", "restore", tmp_path / "two.backup").returncode == 0
    back = json.loads(told(tmp_path / "b", script=EVERY))
    passing = {"huoqun_presence"}
    for each in (there, back):
        assert {name for name in here["rows"] if each["rows"][name] != here["rows"][name]} == passing


EVERY = """
import django; django.setup()
import json, sys
sys.path.insert(0, "tests")
from django.core.management import call_command
from every_table import fill, named, told
call_command("migrate", verbosity=0)
# fill
print(json.dumps({"rows": told(), "tables": named()}))
"""


def test_what_is_there_is_not_written_over(lived, tmp_path):
    home = tmp_path / "home"
    assert run(home, "restore", lived / "one.backup").returncode == 0
    assert int(told(home, script=WORK)) == len(SAID)
    before = told(home)
    refused(run(home, "restore", lived / "one.backup"), "already", "--replace")
    assert told(home) == before
    done = run(home, "restore", "--replace", lived / "one.backup")
    assert done.returncode == 0, done.stderr
    assert told(home) == told(lived / "home")
    kept = next(home.glob("before-restore-*"))
    assert kept.name in done.stdout
    assert told(kept) == before, "the old installation still opens"
    refused(run(lived / "home", "backup", lived / "one.backup"), "there already")


@pytest.mark.parametrize("damage", ["cut", "flipped", "stranger", "empty", "newer", "evil", "other rows"])
def test_a_damaged_or_newer_file_is_refused_and_leaves_nothing(lived, tmp_path, damage):
    good, bad, home = (lived / "one.backup").read_bytes(), tmp_path / "bad.backup", tmp_path / "home"
    if damage == "cut":
        bad.write_bytes(good[: len(good) * 2 // 3])
    elif damage == "flipped":
        bad.write_bytes(good[:20000] + bytes([good[20000] ^ 255]) + good[20001:])
    elif damage == "stranger":
        bad.write_bytes(b"PK\x03\x04" + bytes(5000))
    elif damage == "empty":
        bad.write_bytes(b"")
    elif damage == "newer":
        with parcel.pack(bad, {"version": "9.9", "migrations": [["huoqun", "9999_later"]]}) as into:
            into.add("files/secret.key", lived / "home" / "secret.key")
    elif damage == "evil":
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w") as tar:
            parcel._add_json(tar, parcel.HEAD, {"huoqun": 1})
            parcel._add_json(tar, "../../stolen", {})
        bad.write_bytes(zstandard.compress(packed.getvalue()))
    else:
        stage = tmp_path / "stage"
        stage.mkdir()
        head = parcel.unpack(lived / "one.backup", stage)
        rows = stage / "tables" / "huoqun_staff.jsonl"
        rows.write_text(rows.read_text().replace("[", '["00000000-0000-0000-0000-000000000000",', 2)[:-1])
        with parcel.pack(bad, head) as into:
            for path in (p for p in stage.rglob("*") if p.is_file() and p.name not in {parcel.HEAD, parcel.SUMS}):
                into.add(str(path.relative_to(stage)), path)
    refused(run(home, "restore", bad), "bad.backup")
    assert [p.name for p in home.iterdir()] == ["up.lock"]
    assert not (tmp_path / "stolen").exists()
    assert run(home, "restore", lived / "one.backup").returncode == 0


def test_no_file_no_database_no_room(lived, tmp_path):
    refused(run(tmp_path / "home", "restore", tmp_path / "none.backup"), "No such file")
    refused(run(lived / "home", "backup", tmp_path / "no" / "folder.backup"), "cannot be written")
    refused(run(tmp_path / "fresh", "backup", tmp_path / "a.backup"), "huoqun up")
    assert not (tmp_path / "a.backup").exists()
    gone = "postgresql://nobody@127.0.0.1:9/none"
    refused(run(lived / "home", "backup", tmp_path / "a.backup", url=gone), "database")


@pytest.mark.parametrize("number", [0, 3])
def test_a_restore_killed_between_any_two_moves_leaves_the_old_whole(lived, tmp_path, number):
    """The process is killed before its n-th move; the next command takes back what was done, and says so."""
    home = tmp_path / "home"
    shutil.copytree(lived / "home", home)
    before = told(home)
    script = KILLED.replace("NUMBER", str(number))
    killed = run(home, "restore", "--replace", lived / "one.backup", script=script)
    assert killed.returncode == -9, killed.stderr
    refused(run(home, "password", "boss@example.org"), "broken off")
    refused(run(home, "restore", "--replace", lived / "one.backup"), "as it was before")
    assert told(home) == before
    assert not [p.name for p in home.iterdir() if p.name.startswith((".restore", "restore"))]
    assert run(home, "restore", "--replace", lived / "one.backup").returncode == 0


def test_a_restore_into_postgresql_killed_before_or_after_its_commit(lived, tmp_path, postgres):  # noqa: F811
    """Before: the old is back. After: the new stands, and the old beside it."""
    url, home = postgres.removesuffix("postgres") + "killed", tmp_path / "home"
    with psycopg.connect(postgres, autocommit=True) as server:
        server.execute("CREATE DATABASE killed")
    assert run(home, "restore", lived / "one.backup", url=url).returncode == 0
    before = told(home, url)
    early, late = KILLED.replace("NUMBER", "5"), KILLED.replace("NUMBER", "500").replace("# later", "swap.end = dies")
    for script, word, kept in ((early, "as it was before", 0), (late, "it stands", 1)):
        assert run(home, "restore", "--replace", lived / "one.backup", url=url, script=script).returncode == -9
        refused(run(home, "restore", lived / "one.backup", url=url), word)
        assert told(home, url) == before
        assert len(list(home.glob("before-restore-*"))) == kept


KILLED = """
import os, signal, sys
from pathlib import Path
from huoqun.__main__ import main
from huoqun.base import swap
rename, count = Path.rename, iter(range(1000))
def counted(self, target):
    if next(count) == NUMBER:
        os.kill(os.getpid(), signal.SIGKILL)
    return rename(self, target)
def dies(note):
    os.kill(os.getpid(), signal.SIGKILL)
Path.rename = counted
# later
sys.exit(main(sys.argv[1:]))
"""


def test_a_backup_while_work_goes_on_is_of_one_moment(lived, tmp_path):
    """Groups, people and rows are written all the time; what comes back is whole and can be worked on."""
    home = tmp_path / "home"
    shutil.copytree(lived / "home", home)
    keep = {k: v for k, v in os.environ.items() if not k.startswith(("HUOQUN_", "PYTEST_", "DJANGO_"))}
    keep |= {"HUOQUN_HOME": str(home), "DJANGO_SETTINGS_MODULE": "huoqun.settings"}
    busy = subprocess.Popen([sys.executable, "-c", BUSY, str(lived)], cwd=ROOT, env=keep, stdout=subprocess.PIPE)
    try:
        assert busy.stdout.readline()
        for number in range(4):
            done = run(home, "backup", tmp_path / f"{number}.backup")
            assert done.returncode == 0, done.stderr
            assert busy.poll() is None
    finally:
        busy.terminate()
        busy.wait(30)
    for number in range(4):
        new = tmp_path / f"new-{number}"
        done = run(new, "restore", tmp_path / f"{number}.backup")
        assert done.returncode == 0, done.stderr
        assert told(new, script=SETTLED) == "well"


BUSY = """
import django; django.setup()
import sys
from pathlib import Path
from huoqun import worker
from huoqun.base import clock, job
from huoqun.people import upload
from huoqun.people.account import Account
from huoqun.people.workspace import local
import shutil
boss, hand, n = Account.objects.get(), job.Hand("busy", clock.now), 0
while True:
    n += 1
    path = Path(sys.argv[1]) / f"busy-{n}"
    path.write_bytes((Path(sys.argv[1]) / "spare").read_bytes().replace(b"g-1", b"g-%d" % n))
    upload.receive(local(now=clock.now()), [upload.Given("a.jsonl", path)], by=boss, now=clock.now())
    worker.tick(hand)
    print(n, flush=True)
"""
SETTLED = """
import django; django.setup()
from datetime import timedelta
from huoqun import worker
from huoqun.base import clock, job
from huoqun.chat import archive
from huoqun.people.group import Group
from huoqun.people.workspace import archive_of
hand = job.Hand("after", lambda: clock.now() + timedelta(minutes=5))
while worker.tick(hand):
    pass
assert not job.Job.objects.filter(state="failed").exists(), list(job.Job.objects.filter(state="failed").values())
for group in Group.objects.all():
    assert archive.rows(archive_of(group.workspace), group.pk.hex).height == group.rows
print("well")
"""
