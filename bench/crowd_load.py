"""A crowd at a web server: many connections that post forms, as fast as they are answered or at a given pace.

One thread that asks the kernel which sockets have something to say (`select.epoll`): the crowd runs on the same
machine as what it measures, so it has to cost as little as it can.
"""

import select
import socket
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

BODY = b"do=check_in&key=k&text=%E4%BB%8A%E5%A4%A9%E8%AF%BB%E4%BA%86%E4%BA%8C%E5%8D%81%E9%A1%B5"
"""The form of a check-in: 今天读了二十页."""
PATIENCE = 60.0
"""Seconds without any answer after which the rest is given up."""


@dataclass
class Told:
    """What became of a run: by address the status and the seconds, and how long the whole took."""

    status: dict[str, int]
    seconds: list[float]
    whole: float

    @property
    def rate(self) -> float:
        """Good answers a second."""
        return sum(s < 400 for s in self.status.values()) / self.whole

    def percentile(self, share: float) -> float:
        """Seconds within which this share was answered."""
        return sorted(self.seconds)[min(len(self.seconds) - 1, int(share * len(self.seconds)))]


class _One:
    """One connection; answers have a length."""

    __slots__ = ("due", "left", "path", "socket")

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.left = b""
        self.path, self.due = "", 0.0

    def post(self, path: str, due: float) -> None:
        """Send one form. Raises OSError where the connection is broken."""
        self.path, self.due, self.left = path, due, b""
        head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        self.socket.sendall(f"{head}Content-Length: {len(BODY)}\r\n\r\n".encode() + BODY)

    def answer(self) -> int | None:
        """The status, once the whole answer is there. Raises OSError where the connection is broken."""
        got = self.socket.recv(65536)
        if not got:
            raise ConnectionResetError
        self.left += got
        head, parted, rest = self.left.partition(b"\r\n\r\n")
        if not parted:
            return None
        lower = head.lower()
        at = lower.find(b"content-length:")
        length = int(lower[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        return int(head[9:12]) if len(rest) >= length else None


def crowd(port: int, paths: Sequence[str], *, connections: int, pace: float | None = None) -> Told:
    """Post to each path once. `pace`: so many a second, each measured from when it was due; else as fast as it goes.
    A connection that breaks is not made again."""
    told, poll = Told({}, [], 0.0), select.epoll()
    those = {one.socket.fileno(): one for one in (_One(port) for _ in range(connections))}
    for number in those:
        poll.register(number, select.EPOLLIN)
    idle, at = deque(those.values()), 0
    begin = heard = time.perf_counter()

    def lose(one: _One) -> None:
        those.pop(one.socket.fileno(), None)
        one.socket.close()

    while those and (at < len(paths) or len(idle) < len(those)):
        now = time.perf_counter()
        while idle and at < len(paths) and (due := begin + at / pace if pace else now) <= now:
            one = idle.popleft()
            try:
                one.post(paths[at], due)
            except OSError:
                lose(one)
            at += 1
        wait = max(0.0, begin + at / pace - now) if pace and idle and at < len(paths) else 1.0
        events = poll.poll(wait)
        now = time.perf_counter()
        heard = now if events else heard
        if now - heard > PATIENCE:
            break
        for number, _what in events:
            one = those[number]
            try:
                status = one.answer()
            except OSError:
                lose(one)
                continue
            if status is not None:
                told.status[one.path] = status
                told.seconds.append(time.perf_counter() - one.due)
                idle.append(one)
    told.whole = time.perf_counter() - begin
    for one in those.values():
        one.socket.close()
    poll.close()
    return told
