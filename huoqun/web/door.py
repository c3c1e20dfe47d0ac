"""The door: how django-allauth lets staff in. Nobody signs up; accounts are made on first start and by invitation."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.providers.base import AuthProcess
from django.http import HttpRequest
from django.shortcuts import redirect

from huoqun.people.account import Account
from huoqun.web import fault


class Door(DefaultAccountAdapter):
    """Login with address and password."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Never."""
        return False


class OtherDoor(DefaultSocialAccountAdapter):
    """Login with a server outside: only for addresses that have an account here, and that the server has checked.

    django-allauth would take the password of whoever comes this way for the first time, because somebody might have
    signed up under their address; here nobody signs up.
    """

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Who is not known yet by who they are there is known by their address from now on."""
        if sociallogin.state.get("process") == AuthProcess.CONNECT:
            raise ImmediateHttpResponse(redirect("front"))
        if sociallogin.is_existing:
            return
        checked = [told.email.lower() for told in sociallogin.email_addresses if told.verified]
        account = Account.objects.filter(email__in=checked, is_active=True).first()
        if account is None:
            raise ImmediateHttpResponse(fault.stranger(request))
        sociallogin.connect(request, account)

    def on_authentication_error(self, request: HttpRequest, *_reasons: Any, **_more: Any) -> None:
        """What came back was not what a server says that let somebody in."""
        raise ImmediateHttpResponse(fault.outside(request))

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:  # noqa: ARG002
        """Never."""
        return False
