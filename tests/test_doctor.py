"""The doctor: each thing that breaks is named, with what mends it."""

import json
import os
import shutil
import socket
import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from letters import chatlab, lines
from test_backup import FILL, run

from huoqun.base import checked

SAID = lines()
FAIL = """
import django; django.setup()
from datetime import timedelta
from huoqun.base import clock
from huoqun.base.job import Job
now = clock.now()
old = now - timedelta(hours=1)
Job.objects.create(kind="checkup", key="x", state="failed", due=now, created=now, finished=now, reason="bad sum")
Job.objects.create(kind="upload", key="y", state="waiting", due=old, created=old)
"""


def free():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def doctor(home, *words, url=None, hosts=None):
    before = os.environ.get("HUOQUN_HOSTS")
    done = run(
        home, "doctor", "--json", "--port", free(), *words, url=url, more={"HUOQUN_HOSTS": hosts} if hosts else {}
    )
    assert os.environ.get("HUOQUN_HOSTS") == before
    told = json.loads(done.stdout)
    assert done.returncode == (0 if told["well"] else 1), done.stderr
    built = {"static", "locale"}  # of the checkout, which may be under way
    return {c["name"]: c for c in told["checks"] if not c["well"] and c["name"] not in built}, {
        c["name"] for c in told["checks"]
    }


@pytest.fixture(scope="module")
def well(tmp_path_factory):
    place = tmp_path_factory.mktemp("well")
    (place / "old").write_bytes(chatlab(SAID))
    (place / "open").write_bytes(chatlab(SAID))
    done = run(place / "home", place, script=FILL)
    assert done.returncode == 0, done.stderr
    return place / "home"


@pytest.fixture
def home(well, tmp_path):
    """A copy of a filled installation whose worker, as far as the database knows, lives for the next hour."""
    shutil.copytree(well, tmp_path / "home")
    with closing(sqlite3.connect(tmp_path / "home" / "huoqun.sqlite3")) as rows:
        soon = (datetime.now(UTC) + timedelta(hours=1)).strftime("%Y-%m-%d %H:%M:%S")
        values = (uuid4().hex, soon, soon)
        rows.execute("INSERT INTO huoqun_presence (id, created, name, seen) VALUES (?, ?, 'w', ?)", values)
        rows.commit()
    return tmp_path / "home"


def test_nothing_is_wrong_where_nothing_is_wrong(home):
    wrong, all_ = doctor(home)
    assert not wrong
    assert {"python", "static", "locale", "data folder", "disk", "secret key", "clock", "HUOQUN_HOSTS"} <= all_
    assert {"port", "database", "migrations", "worker", "failed jobs", "stuck jobs", "archive of local"} <= all_


def test_each_broken_thing_is_named(home):
    run(home, script=FAIL)
    home.chmod(0o755)
    (home / "secret.key").chmod(0o644)
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        wrong, _ = doctor(home, "--port", other.getsockname()[1], hosts="https://chat.example.org/")
    names = {"data folder", "secret key", "port", "HUOQUN_HOSTS", "failed jobs", "stuck jobs"}
    assert set(wrong) == names
    assert "chmod 700" in wrong["data folder"]["mend"]
    assert "chmod 600" in wrong["secret key"]["mend"]
    assert "bad sum" in wrong["failed jobs"]["told"]
    assert all(each["mend"] for each in wrong.values())


def test_an_archive_that_lost_a_file_is_named(home):
    next(home.rglob("month=*/*.parquet")).unlink()
    assert "archive of local" in doctor(home)[0]


def test_a_dead_worker_and_missing_migrations_are_named(home):
    with closing(sqlite3.connect(home / "huoqun.sqlite3")) as rows:
        rows.execute("UPDATE huoqun_presence SET seen = '2020-01-01 00:00:00'")
        rows.commit()
        assert set(doctor(home)[0]) == {"worker"}
        rows.execute("DELETE FROM django_migrations WHERE app = 'huoqun' AND name NOT LIKE '0001%'")
        rows.commit()
        assert set(doctor(home)[0]) == {"migrations"}
        rows.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('huoqun', '9999_later', '2020-01-01')")
        rows.commit()
        assert "newer" in doctor(home)[0]["migrations"]["told"]


def test_a_database_that_is_damaged_or_out_of_reach_is_named(home):
    assert set(doctor(home, url="postgresql://nobody@127.0.0.1:9/none")[0]) == {"database"}
    assert set(doctor(home, url="mysql://x/y")[0]) == {"database"}
    for end in ("-wal", "-shm"):
        Path(f"{home}/huoqun.sqlite3{end}").unlink(missing_ok=True)
    (home / "huoqun.sqlite3").write_bytes(b"no database at all" * 500)
    assert "database" in doctor(home)[0]


def test_what_was_not_built_and_a_wrong_clock_are_named(tmp_path):
    assert [c.name for c in checked.built(tmp_path) if c.mend] == ["static", "locale"]
    words = tmp_path / "locale" / "zh_Hans" / "LC_MESSAGES"
    words.mkdir(parents=True)
    (words / "django.po").write_text("x")
    (words / "django.mo").write_text("x")
    os.utime(words / "django.mo", (1, 1))
    assert "older" in [c.told for c in checked.built(tmp_path) if c.name == "locale"][0]
    (tmp_path / "a.py").write_text("")
    now = datetime.fromtimestamp(time.time(), UTC)
    assert not [c for c in checked.moment(tmp_path, now) if c.mend]
    assert [c.name for c in checked.moment(tmp_path, now - timedelta(days=1)) if c.mend] == ["clock"]


def test_a_full_disk_an_old_python_and_a_short_key_are_named(tmp_path, monkeypatch):
    tmp_path.chmod(0o700)
    (tmp_path / "secret.key").write_text("short")
    (tmp_path / "secret.key").chmod(0o600)
    monkeypatch.setattr(checked, "LITTLE", 1 << 62)
    monkeypatch.setattr(checked, "OLDEST", (99, 0))
    found = [*checked.folder(tmp_path), *checked.python()]
    assert [c.name for c in found if c.mend] == ["disk", "secret key", "python"]
    assert [c.name for c in checked.folder(tmp_path / "secret.key") if "cannot be written" in c.told] == ["data folder"]
