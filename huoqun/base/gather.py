"""The gathering: what many threads ask for at the same time is done together by one, and each hears of its own.

For writes: a transaction costs nearly the same for one row as for a hundred, so whoever asks while a batch is being
written is in the next. Nobody is answered before their batch is done. Where a batch fails, its items are done one by
one, so that a bad one fails alone.
"""

import queue
import threading
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")
IDLE = 2.0
"""Seconds without work after which the thread ends; the next to ask begins a new one."""


class _Asked(Generic[T, R]):
    """One who waits."""

    __slots__ = ("answer", "crowd", "done", "item")

    def __init__(self, item: T) -> None:
        self.item = item
        self.answer: R | Exception | None = None
        self.crowd = 0
        self.done = threading.Lock()
        self.done.acquire()


class Gathering(Generic[T, R]):
    """Does `together` for all who ask at the same time, `most` at once; `rest` when its thread ends."""

    def __init__(
        self,
        together: Callable[[Sequence[T]], Sequence[R | Exception]],
        *,
        most: int,
        rest: Callable[[], None] = lambda: None,
    ) -> None:
        self._together, self._most, self._rest = together, most, rest
        self._queue: queue.SimpleQueue[_Asked[T, R]] = queue.SimpleQueue()
        self._guard = threading.Lock()
        self._thread: threading.Thread | None = None

    def ask(self, item: T) -> tuple[R, int]:
        """What became of an item, and with how many others it was done. Raises what doing it raised."""
        mine: _Asked[T, R] = _Asked(item)
        with self._guard:
            self._queue.put(mine)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="gathering", daemon=True)
                self._thread.start()
        mine.done.acquire()
        if isinstance(mine.answer, Exception):
            raise mine.answer
        assert mine.answer is not None
        return mine.answer, mine.crowd

    def _work(self) -> None:
        while True:
            try:
                batch = [self._queue.get(timeout=IDLE)]
            except queue.Empty:
                with self._guard:
                    if self._queue.empty():
                        self._thread = None
                        break
                continue
            while len(batch) < self._most and not self._queue.empty():
                batch.append(self._queue.get())
            self._do(batch)
        self._rest()

    def _do(self, batch: list[_Asked[T, R]]) -> None:
        answers: Sequence[R | Exception]
        try:
            answers = self._together([asked.item for asked in batch])
        except Exception as error:
            if len(batch) > 1:
                for asked in batch:
                    self._do([asked])
                return
            answers = [error]
        for asked, answer in zip(batch, answers, strict=True):
            asked.answer, asked.crowd = answer, len(batch)
            asked.done.release()
