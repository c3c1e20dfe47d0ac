"""A crowd at a web server: many connections that post forms, as fast as they are answered or at a given pace."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

BODY = b"do=check_in&key=k&text=%E4%BB%8A%E5%A4%A9%E8%AF%BB%E4%BA%86%E4%BA%8C%E5%8D%81%E9%A1%B5"
"""The form of a check-in: 今天读了二十页."""


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


class _One(asyncio.Protocol):
    """One connection; answers have a length."""

    def __init__(self) -> None:
        self.waits: asyncio.Future[int] | None = None
        self.left = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.left += data
        head, parted, rest = self.left.partition(b"\r\n\r\n")
        if not parted:
            return
        lower = head.lower()
        at = lower.find(b"content-length:")
        length = int(lower[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        if len(rest) >= length:
            self.left = rest[length:]
            if self.waits and not self.waits.done():
                self.waits.set_result(int(head[9:12]))

    def connection_lost(self, error: Exception | None) -> None:
        if self.waits and not self.waits.done():
            self.waits.set_exception(error or ConnectionResetError())

    def post(self, path: str) -> "asyncio.Future[int]":
        """Send one form."""
        self.waits = asyncio.get_running_loop().create_future()
        head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        self.transport.write(f"{head}Content-Length: {len(BODY)}\r\n\r\n".encode() + BODY)  # type: ignore[attr-defined]
        return self.waits


async def _run(port: int, paths: Sequence[str], connections: int, pace: float | None) -> Told:
    loop, todo, told = asyncio.get_running_loop(), iter(enumerate(paths)), Told({}, [], 0.0)
    begin = time.perf_counter()

    async def hand() -> None:
        try:
            _transport, one = await loop.create_connection(_One, "127.0.0.1", port)
            for number, path in todo:
                due = begin + number / pace if pace else time.perf_counter()
                if (early := due - time.perf_counter()) > 0:
                    await asyncio.sleep(early)
                status = await one.post(path)
                told.status[path] = status
                told.seconds.append(time.perf_counter() - due)
        except OSError:
            return

    await asyncio.gather(*(hand() for _ in range(connections)))
    told.whole = time.perf_counter() - begin
    return told


def crowd(port: int, paths: Sequence[str], *, connections: int, pace: float | None = None) -> Told:
    """Post to each path once. `pace`: so many a second, each measured from when it was due; else as fast as it goes.
    A connection that breaks is not made again."""
    return asyncio.run(_run(port, paths, connections, pace))
