"""The same tests on a real PostgreSQL: jobs, claims, histories and imports must not depend on the database."""

import getpass
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
SAME = [
    "tests/test_job.py",
    "tests/test_history.py",
    "tests/test_person.py",
    "tests/test_segment.py",
    *(
        f"tests/test_upload.py::test_{name}"
        for name in (
            "overlapping_files_merge_whatever_comes_first",
            "an_import_that_dies_anywhere_is_repeated_without_doubling",
            "a_removed_group_comes_back_or_is_gone_for_good",
            "a_change_of_the_card_or_a_mark_makes_the_diagnosis_anew",
        )
    ),
    "tests/test_pages.py::test_strange_questions_get_the_list",
]


def as_ordinary_user():
    """What stands before a command so that root runs it as somebody else: PostgreSQL refuses root."""
    if os.geteuid():
        return [], getpass.getuser()
    for user in ("postgres", "nobody"):
        found = subprocess.run(["id", "-u", user], capture_output=True, text=True)
        if not found.returncode:
            return ["setpriv", f"--reuid={user}", "--clear-groups", "--"], user
    pytest.skip("running as root without another user to run PostgreSQL as")


@pytest.fixture(scope="session")
def postgres():
    """The URL of a server that ends with the tests."""
    if not BINARIES:
        pytest.skip("no PostgreSQL is installed under /usr/lib/postgresql")
    before, user = as_ordinary_user()
    folder = Path(tempfile.mkdtemp(prefix="huoqun-pg-"))
    shutil.chown(folder, user)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    base, tools = folder / "data", BINARIES[-1]
    init = [*before, tools / "initdb", "-D", base, "-U", "tester", "-A", "trust", "-E", "UTF8", "--no-sync"]
    subprocess.run(init, check=True, capture_output=True, cwd=folder)
    fast = ["-c", "fsync=off", "-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={folder}"]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [*before, tools / "postgres", "-D", base, "-p", str(port), *fast], stdout=log, stderr=log, cwd=folder
        )
        try:
            ready = [tools / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port), "-t", "1"]
            for _ in range(60):
                if not subprocess.run(ready).returncode:
                    break
                assert server.poll() is None, (folder / "log").read_text()
            yield f"postgresql://tester@127.0.0.1:{port}/postgres"
        finally:
            server.terminate()
            server.wait(30)
            shutil.rmtree(folder, ignore_errors=True)


def test_everything_holds_on_postgresql(postgres):
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("HUOQUN_", "PYTEST_"))}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *SAME],
        cwd=ROOT,
        env=environment | {"HUOQUN_DATABASE_URL": postgres},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert "passed" in done.stdout
