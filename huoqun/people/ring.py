"""The ring (铃声): one notification on its way to one device, until the push service of its browser has taken it.

A row is leased before it is sent and gone once it was taken. A worker that dies in between sends it again under the
same tag, which takes the place of the first on the screen: told once in effect. A service that is down or asks for
patience is tried again later; a browser that is no more is forgotten.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db.models import (
    CASCADE,
    CharField,
    DateTimeField,
    F,
    ForeignKey,
    Index,
    PositiveSmallIntegerField,
    TextField,
    UniqueConstraint,
)

from huoqun.base import fetch, web_push
from huoqun.base.fetch import NotFetched
from huoqun.base.table import Table
from huoqun.base.web_push import BadKeys
from huoqun.people.device import Device, live
from huoqun.people.staff import staff_of
from huoqun.people.workspace import Workspace

LIVES = timedelta(hours=4)
"""What could not be told within this is not news any more; ours."""
LEASE = timedelta(minutes=1)
"""Longer than one attempt can take (`base/fetch.WITHIN`)."""
AGAIN = (timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10), timedelta(minutes=30))
"""How long to wait after each attempt that failed; afterwards as long as after the last."""
AT_ONCE = 24
"""Rings of one round: `ABREAST` at a time they are through within the lease, however long each takes."""
ABREAST = 8
"""Connections at the same time: one push service that hangs holds up no other."""
GONE = frozenset({404, 410})
"""The browser has taken its subscription back (RFC 8030, section 7.3)."""


@dataclass(frozen=True)
class Told:
    """What one notification says, and the page it opens (a path of ours)."""

    title: str
    body: str
    path: str


class Ring(Table):
    """A notification for one device (铃声). `due`: when it is sent, or tried again."""

    device = ForeignKey(Device, CASCADE, related_name="rings")
    workspace = ForeignKey(Workspace, CASCADE, null=True, related_name="+")
    """Of what it tells; null: of several, or of none."""
    tag = CharField(max_length=32)
    text = TextField()
    """JSON, as the page's service worker reads it."""
    due = DateTimeField()
    tries = PositiveSmallIntegerField(default=0)

    class Meta(Table.Meta):
        constraints = [UniqueConstraint(fields=["device", "tag"], name="ring_once")]
        indexes = [Index(fields=["due"], name="ring_due")]


# -- writes


def ring(
    devices: Iterable[Device], said: Mapping[str, Told], *, workspace: Workspace | None, tag: str = "", now: datetime
) -> None:
    """Tell these devices something, each in its language (`said`, by language). The same tag again is the same."""
    tag = tag or uuid4().hex
    rows = [
        Ring(device=device, workspace=workspace, tag=tag, text=_text(said[device.language], tag), due=now, created=now)
        for device in devices
    ]
    Ring.objects.bulk_create(rows, ignore_conflicts=True)


def deliver(now: datetime) -> int:
    """Send what is due; returns how many were tried."""
    mine = _leased(now)
    if not mine:
        return 0
    held = {device.pk for device in live([row.device for row in mine], now=now)}
    wanted = [row for row in mine if row.device_id in held and _still_theirs(row)]
    Ring.objects.filter(pk__in=[row.pk for row in mine if row not in wanted]).delete()
    posts = [(row, _post(row, now)) for row in wanted]
    with ThreadPoolExecutor(ABREAST) as hands:
        for row, answer in zip(wanted, hands.map(_sent, posts), strict=True):
            _settle(row, answer, now)
    return len(mine)


def _text(told: Told, tag: str) -> str:
    """Short enough to be taken; what is cut is cut from the body."""
    body = told.body
    while True:
        text = json.dumps({"title": told.title, "body": body, "path": told.path, "tag": tag}, ensure_ascii=False)
        if len(text.encode()) <= web_push.LONGEST:
            return text
        body = body[: len(body) // 2]


def _leased(now: datetime) -> list[Ring]:
    """What is due and was got by this worker before any other."""
    found = Ring.objects.filter(due__lte=now).select_related("device__account", "workspace").order_by("due", "pk")
    mine = []
    for row in found[:AT_ONCE]:
        if Ring.objects.filter(pk=row.pk, due=row.due).update(due=now + LEASE, tries=F("tries") + 1):
            mine.append(row)
    return mine


def _still_theirs(row: Ring) -> bool:
    """Whether whoever it is for still works there."""
    return row.workspace is None or staff_of(row.device.account, row.workspace) is not None


Post = tuple[str, bytes, Mapping[str, str]]


def _post(row: Ring, now: datetime) -> Post | None:
    """Address, body and headers; None where the keys are none."""
    try:
        to = row.device.receiver
    except BadKeys:
        return None
    key = web_push.sender(settings.SECRET_KEY)
    head = web_push.headers(to, key=key, contact=_contact(), topic=row.tag, lives=LIVES, now=now)
    return to.endpoint, web_push.encrypted(row.text.encode(), to), head


def _contact() -> str:
    """Whom a push service asks when something is wrong with what this installation sends."""
    return settings.ADDRESS if settings.ADDRESS.startswith("https://") else "mailto:huoqun@localhost"


def _sent(each: tuple[Ring, Post | None]) -> fetch.Answered | NotFetched:
    """One attempt. No row is read or written here: it is in a thread."""
    _row, post = each
    if post is None:
        return NotFetched("address")
    try:
        return fetch.hand_over(*post, within=settings.PUSH_WITHIN)
    except NotFetched as error:
        return error


def _settle(row: Ring, answer: fetch.Answered | NotFetched, now: datetime) -> None:
    mine = Ring.objects.filter(pk=row.pk)
    device = Device.objects.filter(pk=row.device_id)
    if isinstance(answer, NotFetched):
        status, wrong, wait = 0, answer.why, 0
    else:
        status, wrong, wait = answer.status, str(answer.status), answer.wait or 0
    if 200 <= status < 300:
        mine.delete()
        device.update(well=now, wrong="")
    elif status in GONE or wrong in {"address", "private"}:
        device.delete()
    else:
        device.update(wrong=wrong)
        due = now + max(AGAIN[min(row.tries, len(AGAIN) - 1)], timedelta(seconds=min(wait, 86_400)))
        passing = status in {0, 408, 425, 429} or status >= 500
        if passing and due <= row.created + LIVES:
            mine.update(due=due)
        else:
            mine.delete()


def waiting(devices: Sequence[Device]) -> set[Any]:
    """Ids of those devices to which something is on its way."""
    return set(Ring.objects.filter(device__in=devices).values_list("device", flat=True))
