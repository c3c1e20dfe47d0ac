"""The last use of a login: when, and from which address and browser, for the page that lists where one is logged in.

Kept at most every few minutes: a page that asks for itself every second must not write, and wait for whoever else
writes, every second. What cannot be kept keeps nobody from what they ask for.
"""

import logging
from collections.abc import Callable
from datetime import timedelta

from allauth.account.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.db.utils import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse

from huoqun.base import clock

EVERY = timedelta(minutes=5)
"""So exact is what the page says; a default."""
_log = logging.getLogger(__name__)


class LastUse:
    """Keeps it with whatever a login asks for."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            if request.session.session_key and request.user.is_authenticated and not _kept(request):
                UserSession.objects.create_from_request(request)
        except (
            DatabaseError,
            InterfaceError,
        ) as error:  # somebody else writes for long, or has just removed the account
            _log.warning("last use of a login was not kept: %s", error)
        return self.answer(request)


def _kept(request: HttpRequest) -> bool:
    """It was kept lately, and is the same browser at the same address still."""
    found = UserSession.objects.filter(session_key=request.session.session_key)
    row = found.values_list("user", "ip", "user_agent", "last_seen_at").first()
    if row is None:
        return False
    user, address, browser, seen = row
    longest = UserSession._meta.get_field("user_agent").max_length
    told = request.META.get("HTTP_USER_AGENT", "")[:longest]
    same = (user, address, browser) == (request.user.pk, get_adapter().get_client_ip(request), told)
    return same and clock.now() - seen < EVERY
