"""The pace: how often something may be tried from one address, counted for all processes of a machine."""

from datetime import datetime, timedelta

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
