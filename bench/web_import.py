"""An import of 1M messages through the web while people work: `python -m bench.web_import [--messages 1000000]`.

A real `huoqun up` in a folder of its own; a group is there already. The file is sent as a browser sends it; from then
until its group can be opened, one pair of hands asks the other pages in turn. Aim: 95 of 100 answers under 500 ms.
"""

import argparse
import http.cookiejar
import json
import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request
from pathlib import Path
from uuid import uuid4

from bench.generate import write

FIRST = 20_000
"""Messages of the group that is there before."""
PAGES = ("/w/local/", "/w/local/people", "/w/local/imports/", "/w/local/surveys", "/w/local/log", "GROUP", "PERSON")
EMAIL, PASSWORD = "bench@example.org", "three odd words"


class Hands:
    """A browser's cookies and forms."""

    def __init__(self, address: str):
        self.address = address
        self.jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    def get(self, path: str) -> str:
        """A page."""
        with self.opener.open(self.address + path, timeout=600) as answer:
            return str(answer.read().decode())

    def post(self, path: str, body: bytes, kind: str) -> str:
        """Send a form; gives the address one is led to."""
        token = next(c.value for c in self.jar if "csrf" in c.name) or ""
        heads = {"Content-Type": kind, "X-CSRFToken": token, "Referer": self.address + "/"}
        request = urllib.request.Request(self.address + path, body, heads)
        with self.opener.open(request, timeout=600) as answer:
            return str(answer.geturl()).removeprefix(self.address)

    def send(self, path: str, file: Path) -> str:
        """Send a file as the drop field does."""
        edge = uuid4().hex
        head = f'--{edge}\r\nContent-Disposition: form-data; name="files"; filename="{file.name}"\r\n\r\n'
        body = head.encode() + file.read_bytes() + f"\r\n--{edge}--\r\n".encode()
        return self.post(path, body, f"multipart/form-data; boundary={edge}")


def started(home: str) -> tuple[subprocess.Popen[str], str]:
    """`huoqun up` and its address."""
    keep = {k: v for k, v in os.environ.items() if not k.startswith(("HUOQUN_", "DJANGO_"))}
    keep |= {"HUOQUN_HOME": home, "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "huoqun", "up", "--port", "0"]
    process = subprocess.Popen(command, env=keep, stdout=subprocess.PIPE, text=True)
    for line in process.stdout or ():
        if found := re.search(r"running.*?(http://\S+)", line):
            return process, found[1]
    raise SystemExit("huoqun up did not start")


def main() -> None:
    """Prints how long the import took and what the other pages took meanwhile, and alone before."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=1_000_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        process, address = started(folder + "/home")
        try:
            work(Hands(address), Path(folder), asked.messages)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


def work(hands: Hands, folder: Path, messages: int) -> None:
    """The whole scene."""
    hands.get("/start")
    form = {"email": EMAIL, "name": "bench", "password": PASSWORD}
    hands.post("/start", urllib.parse.urlencode(form).encode(), "application/x-www-form-urlencoded")
    small = hands.send("/w/local/imports/", write(folder / "a.csv", "wechat_csv_a", FIRST))
    group = waited(hands, small)
    person = re.findall(r'"(/people/[0-9a-f-]{36}/)"', hands.get("/w/local/people"))[0]
    pages = [{"GROUP": group, "PERSON": person}.get(p, p) for p in PAGES]
    alone = [took(hands, page) for page in pages * 5]
    big = write(folder / "b.csv", "wechat_csv_a", messages, seed=2)
    over, times = threading.Event(), []

    def ask() -> None:
        while not over.is_set():
            for page in pages:
                times.append((took(hands, page), page))

    asking = threading.Thread(target=ask)
    asking.start()
    begin = time.perf_counter()
    waited(hands, hands.send("/w/local/imports/", big))
    whole = time.perf_counter() - begin
    over.set()
    asking.join()
    print(f"import of {messages:,} messages: {whole:.0f} s; {len(times)} other pages meanwhile")
    print(f"other pages alone: {told(alone)}\nmeanwhile:         {told([t for t, _ in times])}")
    slowest = {page: max(t for t, p in times if p == page) for page in pages}
    print(json.dumps({page: round(1000 * t) for page, t in slowest.items()}))


def waited(hands: Hands, page: str) -> str:
    """Wait for an import; gives the address of its group."""
    while True:
        shown = hands.get(page + "progress")
        if "hx-get" not in shown:
            found = re.search(r"/groups/[0-9a-f-]{36}/", shown)
            if found is None:
                raise SystemExit("the import was not taken in")
            return found[0]
        time.sleep(1)


def took(hands: Hands, page: str) -> float:
    """Seconds until a page is there."""
    begin = time.perf_counter()
    hands.get(page)
    return time.perf_counter() - begin


def told(seconds: list[float]) -> str:
    """Median, 95 and 99 of 100, and the longest, in milliseconds."""
    cut = statistics.quantiles(seconds, n=100, method="inclusive")
    return ", ".join(
        f"{n} {1000 * s:.0f} ms"
        for n, s in (("p50", cut[49]), ("p95", cut[94]), ("p99", cut[98]), ("max", max(seconds)))
    )


if __name__ == "__main__":
    main()
