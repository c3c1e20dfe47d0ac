"""`huoqun up`: starts web and worker, keeps them alive, prints the address when it answers, ends both cleanly."""

import argparse
import fcntl
import json
import os
import secrets
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import IO

from huoqun.base import setting
from huoqun.base.home import home
from huoqun.base.process import free_port
from huoqun.terminal.restore import settle
from huoqun.terminal.say import refuse

PATIENCE = 60
"""Seconds until a start that does not answer is called failed."""
GRACE = 10
"""Seconds a process has to end by itself."""
LONGEST_WAIT = 30
"""Seconds between two restarts of a process that keeps dying."""


@dataclass
class Child:
    """One supervised process."""

    kind: str
    arguments: list[str]
    process: subprocess.Popen[bytes] | None = None
    name: str = ""
    begun: float = 0.0
    wait: float = 0.5

    def begin(self, parent: int) -> None:
        """Start it; a worker under a name of its own, and in the place of the one that died."""
        dead, self.name = self.name, f"{self.kind}-{secrets.token_hex(4)}"
        named = ["--name", self.name] if self.kind == "worker" else []
        named += ["--instead-of", dead] if named and dead else []
        command = [sys.executable, "-m", "huoqun", self.kind, *self.arguments, *named, "--parent", str(parent)]
        self.process = subprocess.Popen(command, start_new_session=True)
        self.begun = time.monotonic()


def arguments(parser: argparse.ArgumentParser) -> None:
    """Where to listen."""
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this computer only)")
    parser.add_argument("--port", type=int, default=8000, help="port to listen on; 0 takes any free one")


def run(args: argparse.Namespace) -> int:
    """Supervise until Ctrl-C. Raises BadSetting."""
    setting.rate(os.environ)
    folder = home()
    with (folder / "up.lock").open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.seek(0)
            return refuse(f"already running for {folder}: {lock.read().strip() or 'starting'}")
        if settle(folder):
            return 2
        port = free_port(args.host, args.port)
        if port is None:
            return refuse(
                f"port {args.port} on {args.host} is taken by another program or not allowed; "
                f"take another one: make up PORT={args.port + 1}, or huoqun up --port {args.port + 1}"
            )
        migrate = [sys.executable, "-m", "huoqun", "manage", "migrate", "--verbosity", "0", "--no-input"]
        done = subprocess.run(migrate, stderr=subprocess.PIPE, text=True)
        if done.returncode:
            return refuse(f"the database cannot be used: {_reason(done.stderr)}")
        return _supervise(args.host, port, folder, lock)


def _supervise(host: str, port: int, folder: Path, lock: IO[str]) -> int:
    stop = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    children = [Child("web", ["--host", host, "--port", str(port)]), Child("worker", [])]
    address = f"http://{_reached_by(host)}:{port}"
    lock.truncate(0)
    lock.write(address + "\n")
    lock.flush()
    threading.Thread(target=_announce, args=(address, folder, stop), daemon=True).start()
    pid = os.getpid()
    for child in children:
        child.begin(pid)
    while not stop.wait(0.5):
        for child in children:
            _keep_alive(child, pid, stop)
    _end_all(children)
    return 0


def _reason(trace: str) -> str:
    """The line of a traceback that says what it is about."""
    told = [line for line in trace.splitlines() if line.strip() and not line[0].isspace()]
    return told[-1] if told else "no reason given"


def _reached_by(host: str) -> str:
    if host in {"0.0.0.0", "::"}:  # noqa: S104
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def _keep_alive(child: Child, parent: int, stop: threading.Event) -> None:
    """Restart a child that has died, later each time it dies young."""
    assert child.process is not None
    code = child.process.poll()
    if code is None:
        return
    young = time.monotonic() - child.begun < LONGEST_WAIT
    child.wait = min(child.wait * 2, LONGEST_WAIT) if young else 0.5
    sys.stderr.write(f"huoqun: {child.kind} ended ({code}); starting it again\n")
    if not stop.wait(child.wait):
        child.begin(parent)


def _end_all(children: list[Child]) -> None:
    for child in children:
        if child.process is not None:
            child.process.terminate()
    deadline = time.monotonic() + GRACE
    for child in children:
        if child.process is not None:
            try:
                child.process.wait(max(deadline - time.monotonic(), 0.1))
            except subprocess.TimeoutExpired:
                child.process.kill()
                child.process.wait()


def _announce(address: str, folder: Path, stop: threading.Event) -> None:
    """Print the address as soon as pages and worker really answer there."""
    deadline = time.monotonic() + PATIENCE
    while not stop.wait(0.2):
        well = _health(address)
        if well is not None and well.get("worker"):
            print(f"\n  Huoqun 活群 is running:  {address}\n", flush=True)
            print(f"  Everything stays in {folder}. Ctrl-C stops it.\n", flush=True)
            return
        if time.monotonic() > deadline:
            what = "the pages do not answer" if well is None else "the pages answer, but no worker does"
            sys.stderr.write(f"huoqun: {what} at {address} after {PATIENCE} seconds; the reason stands above\n")
            return


def _health(address: str) -> dict[str, bool] | None:
    try:
        with urllib.request.urlopen(f"{address}/health", timeout=5) as answer:  # noqa: S310
            found: dict[str, bool] = json.load(answer)
            return found
    except (OSError, ValueError, urllib.error.URLError):
        return None
