"""The door: how django-allauth lets staff in. Nobody signs up; accounts are made on first start and by invitation."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest


class Door(DefaultAccountAdapter):
    """Login with address and password."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Never."""
        return False


class OtherDoor(DefaultSocialAccountAdapter):
    """Login with a server outside: only for addresses that have an account here."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:  # noqa: ARG002
        """Never."""
        return False
