"""The bell (铃): when and of what somebody lets themselves be told that something waits, and what they were told of.

What waits is worked out elsewhere (`playbooks/matter`), each thing with a key; what was told once is not told again as
long as it waits. Several things that come together are one notification; there is none in quiet hours, and no two soon
after each other.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, time, timedelta
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import (
    CASCADE,
    CharField,
    DateTimeField,
    ForeignKey,
    JSONField,
    OneToOneField,
    PositiveSmallIntegerField,
    Q,
    UniqueConstraint,
)

from huoqun.base.table import Table
from huoqun.chat import zone as zones
from huoqun.people.account import Account
from huoqun.people.outbox import not_quiet
from huoqun.people.workspace import Workspace

TASK, LATE, GATE, SEND, MISSING = "task", "late", "gate", "send", "missing"
KINDS = (LATE, MISSING, GATE, TASK, SEND)
"""What one can be told of, the gravest first."""
TOGETHER = timedelta(seconds=20)
"""So long one waits for what comes with it: at eight in the evening a thousand rows fall due within seconds. Ours."""
SHORTEST, LONGEST = 2, 240
"""Minutes between two notifications, as one may choose."""
LOOK = timedelta(seconds=15)
"""How often somebody's things are looked at."""
REMEMBERED = timedelta(days=7)
"""So long it is known what was told once it waits no more."""


class BadBell(ValueError):
    """An hour, a zone or a number of minutes that is none; the message names the field."""


class Bell(Table):
    """How one account is told. Hours are those of `zone`, from `quiet_from` up to `quiet_until`; the same: none."""

    account = OneToOneField(Account, CASCADE, related_name="bell")
    off = JSONField(default=list)
    """Kinds they do not want to be told of."""
    quiet_from = PositiveSmallIntegerField(default=22)
    quiet_until = PositiveSmallIntegerField(default=8)
    zone = CharField(max_length=64)
    apart = PositiveSmallIntegerField(default=5)
    """Minutes between two notifications at least."""
    rang = DateTimeField(null=True)
    """When they were told last."""
    looked = DateTimeField(null=True)

    def quiet(self, now: datetime) -> bool:
        """Whether it is to be silent at a moment."""
        hours = (time(self.quiet_from), time(self.quiet_until))
        return self.quiet_from != self.quiet_until and not_quiet(now, self.zone, hours) != now

    def soon(self, now: datetime) -> bool:
        """Whether they were told just now."""
        return self.rang is not None and now < self.rang + timedelta(minutes=self.apart)


class Notice(Table):
    """A thing that waits for somebody, seen by their bell. `at`: when they were told, or when it was let be."""

    account = ForeignKey(Account, CASCADE, related_name="notices")
    workspace = ForeignKey(Workspace, CASCADE, related_name="+")
    key = CharField(max_length=100)
    at = DateTimeField(null=True)

    class Meta(Table.Meta):
        constraints = [UniqueConstraint(fields=["account", "key"], name="notice_once")]


# -- reads


def bell_of(account: Account, *, zone: str, now: datetime) -> Bell:
    """The bell of an account; one that is not kept yet is as the defaults say."""
    found = Bell.objects.filter(account=account).first()
    return found or Bell(account=account, zone=zone, created=now)


# -- writes


def begin(account: Account, *, zone: str, now: datetime) -> Bell:
    """A bell for who had none."""
    row = bell_of(account, zone=zone, now=now)
    Bell.objects.bulk_create([row], ignore_conflicts=True)
    return Bell.objects.get(account=account)


def set_bell(account: Account, chosen: Mapping[str, Any], *, zone: str, now: datetime) -> Bell:
    """Other kinds, hours, minutes: `on` (the kinds wanted), `quiet_from`, `quiet_until`, `zone`, `apart`. Raises
    BadBell."""
    begin(account, zone=zone, now=now)
    with transaction.atomic():
        row = Bell.objects.select_for_update().get(account=account)
        row.off = [kind for kind in KINDS if kind not in chosen["on"]]
        row.quiet_from, row.quiet_until = (_within(chosen, f"quiet_{end}", 0, 23) for end in ("from", "until"))
        row.apart = _within(chosen, "apart", SHORTEST, LONGEST)
        try:
            row.zone = zones.choose(str(chosen["zone"]).strip() or None)[0]
        except zones.UnknownZone as error:
            raise BadBell("zone") from error
        row.save(update_fields=["off", "quiet_from", "quiet_until", "zone", "apart"])
    return row


def _within(chosen: Mapping[str, Any], name: str, least: int, most: int) -> int:
    told = str(chosen.get(name, ""))
    if not (told.isascii() and told.isdecimal() and least <= int(told[:6]) <= most):
        raise BadBell(name)
    return int(told)


def claim(account: Account, *, now: datetime) -> bool:
    """Whether it is this worker's turn to look at somebody's things."""
    mine = Bell.objects.filter(Q(looked=None) | Q(looked__lte=now - LOOK), account=account)
    return bool(mine.update(looked=now))


def note(account: Account, keys: Mapping[str, Workspace], *, told: bool = False, now: datetime) -> None:
    """All that waits for somebody now, by key. What is new is noted (`told`: as if they knew it already); what waits no
    more is forgotten after a while."""
    known = dict(Notice.objects.filter(account=account).values_list("key", "at"))
    fresh = [
        Notice(account=account, workspace=workspace, key=key, at=now if told else None, created=now)
        for key, workspace in keys.items()
        if key not in known
    ]
    Notice.objects.bulk_create(fresh, ignore_conflicts=True, batch_size=500)
    old = [key for key, at in known.items() if key not in keys and (at is None or at < now - REMEMBERED)]
    _drop(account, old)


def untold(account: Account, *, now: datetime) -> set[str]:
    """Keys of what is noted and was not told, once the oldest of it has waited for what comes with it."""
    rows = list(Notice.objects.filter(account=account, at=None).values_list("key", "created"))
    ripe = any(created <= now - TOGETHER for _key, created in rows)
    return {key for key, _created in rows} if ripe else set()


def was_told(account: Account, keys: Iterable[str], *, now: datetime) -> None:
    """They were told of these, or do not want to be."""
    for some in _few(keys):
        Notice.objects.filter(account=account, key__in=some, at=None).update(at=now)


def _drop(account: Account, keys: Iterable[str]) -> None:
    for some in _few(keys):
        Notice.objects.filter(account=account, key__in=some).delete()


def _few(keys: Iterable[str]) -> Iterator[list[str]]:
    """Few enough for one statement each."""
    rest = iter(keys)
    while some := list(islice(rest, 500)):
        yield some
