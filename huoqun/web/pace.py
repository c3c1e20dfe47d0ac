"""The pace: how often something may be tried from one address, counted for all processes of a machine."""

from collections import Counter
from datetime import datetime, timedelta
from threading import Lock
from uuid import UUID

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest


def too_often(request: HttpRequest, what: str, *, most: int, within: timedelta, now: datetime) -> bool:
    """Count one try of `what` from the request's address; True where it is one too many. Windows are fixed: whoever
    waits for the next one may try again."""
    return _full(f"pace {what} {get_adapter(request).get_client_ip(request)}", most, within, now)


def too_often_by_all(what: str, *, most: int, within: timedelta, now: datetime) -> bool:
    """The same, from all addresses together."""
    return _full(f"pace {what}", most, within, now)


def _full(what: str, most: int, within: timedelta, now: datetime) -> bool:
    seconds = int(within.total_seconds())
    key = f"{what} {int(now.timestamp()) // seconds}".replace(" ", "_")
    cache.add(key, 0, timeout=seconds)
    try:
        return cache.incr(key) > most
    except ValueError:  # swept between the two
        return False


class Few:
    """How often somebody does something, counted in the memory of this process: for what a crowd does at once, where a
    file for each of them would cost more than what they do. Whoever does it oftener goes where it is counted for all
    processes."""

    def __init__(self, most: int, within: timedelta) -> None:
        self._most, self._seconds = most, int(within.total_seconds())
        self._window, self._counts, self._guard = 0, Counter[UUID](), Lock()

    def no_more(self, who: UUID, *, now: datetime) -> bool:
        """Count one; True where it is one too many. Windows are fixed."""
        window = int(now.timestamp()) // self._seconds
        with self._guard:
            if window != self._window:
                self._window, self._counts = window, Counter()
            self._counts[who] += 1
            return self._counts[who] > self._most
