"""The device (设备): a browser of a member of staff that lets itself be told when something waits for them.

It belongs to the login under which it was given: who logs out there, changes the password, or is logged out elsewhere
is told nothing there any more. The browser gives itself anew whenever its pages are opened.
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import CASCADE, CharField, DateTimeField, ForeignKey, TextField
from django.utils.crypto import constant_time_compare

from huoqun.base.fetch import NotFetched, well_formed
from huoqun.base.table import Table
from huoqun.base.web_push import BadKeys, Receiver
from huoqun.people.account import Account

MOST = 20
"""Devices of one account; the one that was given first goes."""
LONGEST = 1000
"""Signs of an address; those of the known push services have some two hundred."""


class BadDevice(ValueError):
    """What was given is no subscription of a browser, or leads nowhere on the internet."""


class Device(Table):
    """One browser (设备) that is told. `well`: when it last took something; `wrong`: what went wrong since."""

    account = ForeignKey(Account, CASCADE, related_name="devices")
    endpoint = TextField()
    """At its push service. Whoever knows it can disturb, but not read or write."""
    digest = CharField(max_length=64, unique=True)
    key = CharField(max_length=100)
    secret = CharField(max_length=40)
    session = CharField(max_length=40)
    """The login under which it was given."""
    agent = CharField(max_length=300, default="")
    language = CharField(max_length=10)
    given = DateTimeField()
    """When it last gave itself."""
    well = DateTimeField(null=True)
    wrong = CharField(max_length=40, default="")

    @property
    def receiver(self) -> Receiver:
        """Where and for whom a message is encrypted. Raises web_push.BadKeys."""
        return Receiver.of(self.endpoint, self.key, self.secret)


# -- reads


def live(devices: Iterable[Device], *, now: datetime) -> list[Device]:
    """Those whose login still holds."""
    there = list(devices)
    sessions = Session.objects.in_bulk([device.session for device in there])
    return [device for device in there if _holds(sessions.get(device.session), device.account, now)]


def devices_of(account: Account, *, now: datetime) -> list[Device]:
    """The devices of an account that are told, the newest first."""
    mine = Device.objects.filter(account=account).select_related("account").order_by("-created", "pk")
    return live(mine, now=now)


def _holds(session: Session | None, account: Account, now: datetime) -> bool:
    """Whether somebody is still logged in there, with the password of now."""
    if session is None or session.expire_date <= now or not account.is_active:
        return False
    told = session.get_decoded()
    known = str(told.get(HASH_SESSION_KEY, ""))
    return told.get(SESSION_KEY) == str(account.pk) and constant_time_compare(known, account.get_session_auth_hash())


# -- writes


def keep(
    account: Account,
    *,
    endpoint: str,
    key: str,
    secret: str,
    session: str,
    agent: str,
    language: str,
    now: datetime,
) -> Device:
    """A browser gives itself; the same again renews what is known of it, and is of who is logged in there now. Raises
    BadDevice."""
    endpoint = endpoint.strip()
    try:
        if len(endpoint) > LONGEST or urlsplit(endpoint).scheme != "https":
            raise BadDevice
        well_formed(endpoint, within=settings.PUSH_WITHIN)
        Receiver.of(endpoint, key, secret)
    except (NotFetched, BadKeys, ValueError) as error:
        raise BadDevice from error
    values = {"key": key.strip(), "secret": secret.strip(), "session": session, "agent": agent[:300]}
    values |= {"language": language, "endpoint": endpoint}
    digest = hashlib.sha256(endpoint.encode()).hexdigest()
    with transaction.atomic():
        Account.objects.select_for_update().get(pk=account.pk)
        Device.objects.filter(digest=digest).exclude(account=account).delete()
        told = {"account": account, **values, "given": now}
        row, _new = Device.objects.update_or_create(
            digest=digest, defaults=told, create_defaults=told | {"created": now}
        )
        Device.objects.filter(pk__in=_too_many(account)).delete()
    return row


def _too_many(account: Account) -> list[UUID]:
    return list(Device.objects.filter(account=account).order_by("-given").values_list("pk", flat=True)[MOST:])


def forget(account: Account, endpoint: str) -> None:
    """The browser at an address is told nothing any more."""
    digest = hashlib.sha256(endpoint.strip().encode()).hexdigest()
    Device.objects.filter(account=account, digest=digest).delete()


def remove(account: Account, which: UUID) -> bool:
    """The same for one of the list; whether it was there."""
    return bool(Device.objects.filter(account=account, pk=which).delete()[0])


def sweep(now: datetime) -> int:
    """Browsers whose login is over leave nothing behind; returns how many. Cheap upkeep of the worker."""
    every = list(Device.objects.select_related("account"))
    held = {device.pk for device in live(every, now=now)}
    gone = [device.pk for device in every if device.pk not in held]
    return Device.objects.filter(pk__in=gone).delete()[0] if gone else 0
