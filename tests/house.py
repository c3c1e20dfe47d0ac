"""The house: `huoqun up` as a user starts it, in a data folder of its own, with the browser that looks at it."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).parent.parent


class House:
    """A running Huoqun."""

    def __init__(self, home: Path, *arguments: str, **environment: str):
        env = {k: v for k, v in os.environ.items() if not k.startswith(("HUOQUN_", "DJANGO_"))}
        self.home = home
        self.process = subprocess.Popen(
            [sys.executable, "-m", "huoqun", "up", "--port", "0", *arguments],
            cwd=ROOT,
            env=env | {"HUOQUN_HOME": str(home), "PYTHONUNBUFFERED": "1"} | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.said: list[str] = []
        self.address = ""
        self.login = None
        self._heard = threading.Event()
        threading.Thread(target=self._listen, daemon=True).start()
        self._heard.wait(60)
        assert self.address, "".join(self.said)

    def _listen(self) -> None:
        for line in self.process.stdout or ():
            self.said.append(line)
            found = re.search(r"http://\S+", line)
            if found and "running" in line:
                self.address = found[0]
                self._heard.set()
        self._heard.set()

    def new_context(self, browser, **options):
        """A window of the browser in which the first account is logged in; it is made the first time."""
        if self.login is None:
            context = browser.new_context(base_url=self.address, locale="zh-CN")
            page = context.new_page()
            page.goto("/")
            page.get_by_label("邮箱").fill("boss@example.org")
            page.get_by_label("怎么称呼你").fill("阿宽")
            page.get_by_label("密码").fill("three odd words")
            page.get_by_role("button", name="开始").click()
            page.wait_for_url(re.compile("/w/"))
            self.login = context.storage_state()
            context.close()
        return browser.new_context(base_url=self.address, storage_state=self.login, **options)

    def get(self, path: str) -> bytes:
        """The body of a page."""
        with urllib.request.urlopen(self.address + path, timeout=10) as answer:
            return answer.read()

    def health(self) -> dict[str, bool]:
        return json.loads(self.get("/health"))

    def children(self, kind: str) -> list[int]:
        """Process ids of the supervised children of a kind."""
        found = []
        for place in Path("/proc").glob("[0-9]*"):
            try:
                command = (place / "cmdline").read_bytes().split(b"\0")
                parent = int((place / "stat").read_text().rsplit(")", 1)[1].split()[1])
            except (OSError, IndexError):
                continue
            if parent == self.process.pid and kind.encode() in command:
                found.append(int(place.name))
        return found

    def end(self) -> int:
        """Ctrl-C; returns the exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(30)


def until(true, seconds: float = 30.0, every: float = 0.1):
    """Wait until something is true, and return what it is."""
    deadline = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < deadline, "it did not come to that"
        time.sleep(every)
    return found
