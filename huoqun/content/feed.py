"""The feed (订阅源): an address of somebody else's news (RSS, Atom, JSON Feed) that is looked at every night.

`tick` begins a thread of its own for what is due and returns at once: a server that does not answer keeps nobody
waiting. A feed is claimed by putting off its next look, so that two workers do not ask the same server, and a worker
that dies leaves it to the next one. What fails is tried again later and later, and says why.
"""

import hashlib
import logging
import threading
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction
from django.db.models import (
    CASCADE,
    SET_NULL,
    BooleanField,
    CharField,
    DateTimeField,
    ForeignKey,
    Index,
    PositiveSmallIntegerField,
    UniqueConstraint,
)
from django.db.utils import InterfaceError, OperationalError

from huoqun.base.fetch import Fetched, NotFetched, fetch
from huoqun.base.job import Hand
from huoqun.base.table import Table
from huoqun.content import feed_text, find
from huoqun.content.feed_text import Item, NoFeed
from huoqun.content.find import FEED, Find
from huoqun.people import audit
from huoqun.people.account import Account
from huoqun.people.display import one_line
from huoqun.people.voice import KINDS, USEFUL
from huoqun.people.workspace import Workspace

AT = time(5)
"""When feeds are looked at, on the workspace's clock: before the morning desk. A default."""
CLAIMED = timedelta(minutes=5)
"""So long nobody else looks at one; longer than `base/fetch.WITHIN`."""
AGAIN = timedelta(minutes=30)
"""After a failure; twice as long each time, a day at most."""
OLD = timedelta(days=3)
"""Items older than this are no news; a default."""
MOST = 50
"""Feeds of a workspace."""
TAKEN = 20
"""Items of one feed a night, the first ones."""
LONGEST_ADDRESS, LONGEST_NAME = 500, 80
_LOOKING = threading.Lock()
_log = logging.getLogger(__name__)


class BadFeed(ValueError):
    """`why`: `address`, `there`, `many`."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Feed(Table):
    """A feed of a workspace (订阅源)."""

    workspace = ForeignKey(Workspace, CASCADE, related_name="feeds")
    address = CharField(max_length=LONGEST_ADDRESS)
    name = CharField(max_length=LONGEST_NAME)
    kind = CharField(max_length=12, default=USEFUL)
    on = BooleanField(default=True)
    next = DateTimeField()
    looked = DateTimeField(null=True)
    """When it last answered."""
    etag = CharField(max_length=200, default="")
    modified = CharField(max_length=200, default="")
    failed = PositiveSmallIntegerField(default=0)
    """Times in a row."""
    why = CharField(max_length=20, default="")
    """Why it failed last."""
    found = PositiveSmallIntegerField(default=0)
    """New items of the last look."""
    by = ForeignKey(Account, SET_NULL, null=True, related_name="+")

    class Meta(Table.Meta):
        constraints = [UniqueConstraint(fields=["workspace", "address"], name="feed_once")]
        indexes = [Index(fields=["on", "next"], name="feed_due")]


# -- writes


def add(workspace: Workspace, *, address: str, name: str, kind: str, by: Account, now: datetime) -> Feed:
    """Another feed, looked at at once. Raises BadFeed."""
    address = address.strip()
    if not address.lower().startswith(("http://", "https://")) or len(address) > LONGEST_ADDRESS:
        raise BadFeed("address")
    if any(ord(c) < 33 for c in address) or "@" in address.partition("//")[2].partition("/")[0]:
        raise BadFeed("address")
    with transaction.atomic():
        Workspace.objects.select_for_update().get(pk=workspace.pk)
        if Feed.objects.filter(workspace=workspace, address=address).exists():
            raise BadFeed("there")
        if Feed.objects.filter(workspace=workspace).count() >= MOST:
            raise BadFeed("many")
        row = Feed(workspace=workspace, address=address, next=now, by=by, created=now)
        row.name = one_line(name, LONGEST_NAME) or address.partition("//")[2].partition("/")[0][:LONGEST_NAME]
        row.kind = kind if kind in KINDS else USEFUL
        row.save(force_insert=True)
        _note(row, "add", by, now)
    return row


def switch(row: Feed, on: bool, *, by: Account, now: datetime) -> None:
    """Look at it, or do not."""
    if Feed.objects.filter(pk=row.pk).exclude(on=on).update(on=on, next=now, failed=0, why=""):
        _note(row, "on" if on else "off", by, now)


def remove(row: Feed, *, by: Account, now: datetime) -> None:
    """No longer a feed; what it brought stays."""
    with transaction.atomic():
        if Feed.objects.filter(pk=row.pk).delete()[0]:
            _note(row, "remove", by, now)


def hurry(workspace: Workspace, *, now: datetime) -> int:
    """Look at all of a workspace as soon as a worker comes by."""
    return Feed.objects.filter(workspace=workspace, on=True, next__gt=now).update(next=now)


def tick(hand: Hand) -> bool:
    """Begin to look at what is due, in a thread of its own; never waits for it."""
    if not Feed.objects.filter(on=True, next__lte=hand.clock()).exists():
        return False
    if _LOOKING.acquire(blocking=False):
        threading.Thread(target=_look_and_go, args=(hand,), name="feeds", daemon=True).start()
    return False


def _look_and_go(hand: Hand) -> None:
    try:
        look_at_all(hand)
    except (OperationalError, InterfaceError):
        pass  # the database is away: what was claimed is due again soon
    finally:
        connection.close()
        _LOOKING.release()


def look_at_all(hand: Hand) -> int:
    """Look at every feed that is due, one after another; returns how many."""
    many = 0
    while (row := _claimed(hand.clock())) is not None:
        look(row, now=hand.clock())
        many += 1
    return many


def _claimed(now: datetime) -> Feed | None:
    with transaction.atomic():
        due = Feed.objects.filter(on=True, next__lte=now)
        due = due.select_for_update(of=("self",), skip_locked=connection.features.has_select_for_update_skip_locked)
        row = due.select_related("workspace").order_by("next", "pk").first()
        if row is not None:
            Feed.objects.filter(pk=row.pk).update(next=now + CLAIMED)
    return row


def look(row: Feed, *, now: datetime) -> int:
    """Look at a feed and keep what is new; returns how much. A failure is written down, never raised."""
    try:
        got, found = _read(row)
    except (NotFetched, NoFeed) as error:
        wait = min(AGAIN * 2 ** min(row.failed, 10), timedelta(days=1))
        told = {"failed": min(row.failed + 1, 1000), "why": error.why, "next": now + wait}
        Feed.objects.filter(pk=row.pk).update(**told)
        return 0
    return _kept(row, got, found, now)


def _read(row: Feed) -> tuple[Fetched, list[Item]]:
    """What stands there. Whatever a stranger's text does to the reader is the same as a text that cannot be read."""
    got = fetch(row.address, etag=row.etag, modified=row.modified, within=settings.FEEDS_WITHIN)
    try:
        return got, [] if got.same else feed_text.items(got.body, base=got.address)
    except NoFeed:
        raise
    except Exception as error:
        _log.exception("feed %s", row.pk)
        raise NoFeed("damaged") from error


def _kept(row: Feed, got: Fetched, found: list[Item], now: datetime) -> int:
    with transaction.atomic():
        if not Feed.objects.select_for_update().filter(pk=row.pk).exists():
            return 0
        news = [item for item in found if item.at is None or now - OLD <= item.at <= now + timedelta(days=1)]
        fresh = find.keep(_found(row, item, now) for item in news[:TAKEN])
        told = {"etag": got.etag, "modified": got.modified, "looked": now, "failed": 0, "why": ""}
        Feed.objects.filter(pk=row.pk).update(**told, found=fresh, next=tomorrow(row.workspace, now))
    return fresh


def _found(row: Feed, item: Item, now: datetime) -> Find:
    """An item as a find. The same address in two feeds is one item."""
    key = hashlib.sha256((item.link or f"{row.address}\0{item.id}").encode()).hexdigest()
    made = Find(workspace=row.workspace, origin=FEED, source=row.name, kind=row.kind, created=now, key=key)
    made.title, made.text, made.link, made.told = item.title, item.text, item.link, item.at
    return made


def tomorrow(workspace: Workspace, now: datetime) -> datetime:
    """The next early morning on the workspace's clock."""
    zone = ZoneInfo(workspace.zone)
    here = now.astimezone(zone)
    day = here.date() + timedelta(days=here.time() >= AT)
    return datetime.combine(day, AT, zone)


def _note(row: Feed, what: str, by: Account, now: datetime) -> None:
    audit.note(row.workspace, f"feed.{what}", by=by, on=row.pk, title=row.name, now=now)
