"""A real PostgreSQL of one's own, for tests and benchmarks: made in a folder, run as an ordinary user, ended with both."""

import getpass
import os
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))


class Missing(Exception):
    """No PostgreSQL can be run here; the message says why."""


@contextmanager
def server(*options: str) -> Iterator[str]:
    """The URL of a server that ends with the block. Raises Missing."""
    if not BINARIES:
        raise Missing("no PostgreSQL is installed under /usr/lib/postgresql")
    before, user = _as_ordinary_user()
    folder = Path(tempfile.mkdtemp(prefix="huoqun-pg-"))
    shutil.chown(folder, user)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    base, tools = folder / "data", BINARIES[-1]
    init = [*before, tools / "initdb", "-D", base, "-U", "tester", "-A", "trust", "-E", "UTF8", "--no-sync"]
    subprocess.run(init, check=True, capture_output=True, cwd=folder)
    told = ["fsync=off", "listen_addresses=127.0.0.1", f"unix_socket_directories={folder}", *options]
    asked = [word for option in told for word in ("-c", option)]
    with (folder / "log").open("wb") as log:
        running = subprocess.Popen(
            [*before, tools / "postgres", "-D", base, "-p", str(port), *asked], stdout=log, stderr=log, cwd=folder
        )
        try:
            ready = [tools / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port), "-t", "1"]
            for _ in range(60):
                if not subprocess.run(ready).returncode:
                    break
                assert running.poll() is None, (folder / "log").read_text()
            yield f"postgresql://tester@127.0.0.1:{port}/postgres"
        finally:
            running.terminate()
            running.wait(30)
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def database(url: str) -> Iterator[str]:
    """The URL of an empty database of a server, gone with the block."""
    name = f"bench_{secrets.token_hex(4)}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type]  # a name of ours
        try:
            yield url.rpartition("/")[0] + "/" + name
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")  # type: ignore[arg-type]


def _as_ordinary_user() -> tuple[list[str], str]:
    """What stands before a command so that root runs it as somebody else: PostgreSQL refuses root."""
    if os.geteuid():
        return [], getpass.getuser()
    for user in ("postgres", "nobody"):
        found = subprocess.run(["id", "-u", user], capture_output=True, text=True)
        if not found.returncode:
            return ["setpriv", f"--reuid={user}", "--clear-groups", "--"], user
    raise Missing("running as root without another user to run PostgreSQL as")
