"""The outbox (待发): what is to be said in a group, as rows. Nothing sends a message; it calls `say` in the transaction
of the change that caused it.

Until a connector takes a row, a person copies it into the group: waiting, then sent or skipped. The same key is said
once. What is said in the quiet hours of the group waits for the morning.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import (
    CASCADE,
    SET_NULL,
    CharField,
    DateTimeField,
    ForeignKey,
    Index,
    QuerySet,
    TextField,
    UniqueConstraint,
)

from huoqun.base.many_rows import insert
from huoqun.base.table import Table
from huoqun.people import audit
from huoqun.people import picture as picture_of
from huoqun.people.account import Account
from huoqun.people.enclosure import Enclosure
from huoqun.people.group import Group
from huoqun.people.picture import Picture
from huoqun.people.workspace import Workspace

WAITING, SENT, SKIPPED = "waiting", "sent", "skipped"
QUIET = (time(23), time(8))
"""From when to when nothing is said in a group, on its own clock; a default."""
LINK = "{link}"
"""Stands in a text for the door of the activity it comes from; the page that shows the text knows the address."""
LONGEST = 4000
LONGEST_KEY = 200


class Outgoing(Table):
    """Something to be said in a group (待发消息). `due`: not before; `at`: when it was sent or skipped."""

    workspace = ForeignKey(Workspace, CASCADE, related_name="outbox")
    group = ForeignKey(Group, CASCADE, related_name="outbox")
    text = TextField(default="")
    picture = ForeignKey(Picture, SET_NULL, null=True, related_name="+")
    enclosure = ForeignKey(Enclosure, SET_NULL, null=True, related_name="+")
    what = CharField(max_length=40)
    """What it is: `activity.open`, `lottery.settle`."""
    source = CharField(max_length=80, default="")
    """Where it comes from: `activity:<id>`."""
    key = CharField(max_length=LONGEST_KEY)
    state = CharField(max_length=10, default=WAITING)
    due = DateTimeField()
    at = DateTimeField(null=True)
    by = ForeignKey(Account, SET_NULL, null=True, related_name="+")

    class Meta(Table.Meta):
        constraints = [UniqueConstraint(fields=["group", "key"], name="outgoing_once")]
        indexes = [
            Index(fields=["workspace", "state", "due"], name="outgoing_list"),
            Index(fields=["group", "state", "due"], name="outgoing_group"),
        ]


# -- rules


def not_quiet(moment: datetime, zone: str, quiet: tuple[time, time] = QUIET) -> datetime:
    """The moment, or the end of the quiet hours it lies in, on the clock of `zone`."""
    here = moment.astimezone(ZoneInfo(zone))
    begins, ends = quiet
    if begins <= ends:
        still = begins <= here.time() < ends
        day = here.date()
    else:
        still = here.time() >= begins or here.time() < ends
        day = here.date() + timedelta(days=1) if here.time() >= begins else here.date()
    return datetime.combine(day, ends, ZoneInfo(zone)) if still else moment


# -- reads


def to_send(workspace: Workspace, *, now: datetime) -> QuerySet[Outgoing]:
    """What waits in the groups of a workspace that are not removed, what is due first."""
    found = Outgoing.objects.filter(workspace=workspace, state=WAITING, group__removed=None, due__lte=now)
    return (
        found.select_related("group", "picture", "enclosure").defer("enclosure__body").order_by("due", "created", "pk")
    )


# -- writes


@dataclass(frozen=True)
class Words:
    """Something to say in a group, of many at once."""

    group: Group
    text: str
    what: str
    key: str
    source: str = ""
    picture: Picture | None = None
    due: datetime | None = None
    enclosure: Enclosure | None = None


def say(
    group: Group,
    text: str,
    *,
    what: str,
    key: str,
    source: str = "",
    picture: Picture | None = None,
    due: datetime | None = None,
    now: datetime,
) -> Outgoing:
    """Put something into the outbox of a group; the same key again changes nothing and gives the row there is."""
    say_all([Words(group, text, what, key, source, picture, due)], now=now)
    return Outgoing.objects.get(group=group, key=key)


def say_all(those: Sequence[Words], *, now: datetime) -> None:
    """The same for many groups at once."""
    assert all(0 < len(each.key) <= LONGEST_KEY for each in those), those
    columns: dict[str, list[Any]] = {
        "workspace_id": [each.group.workspace_id for each in those],
        "group_id": [each.group.pk for each in those],
        "text": [each.text.strip()[:LONGEST] for each in those],
        "picture_id": [each.picture and each.picture.pk for each in those],
        "enclosure_id": [each.enclosure and each.enclosure.pk for each in those],
        "what": [each.what for each in those],
        "source": [each.source for each in those],
        "key": [each.key for each in those],
        "due": [not_quiet(max(each.due or now, now), each.group.zone) for each in those],
    }
    insert(Outgoing, columns, {"created": now}, ignore=True)


def put(
    groups: Sequence[Group],
    text: str,
    *,
    pictures: Mapping[UUID, bytes],
    what: str,
    key: str,
    source: str = "",
    by: Account,
    now: datetime,
) -> int:
    """Staff put words, and for each group (by its id) a picture, among what is to be said; all or nothing, once a key.
    Returns in how many groups it is new. Raises base.image.NoImage."""
    fresh = 0
    with transaction.atomic():
        for group in groups:
            if Outgoing.objects.filter(group=group, key=key).exists():
                continue
            raw = pictures.get(group.pk)
            kept = picture_of.take(raw, workspace=group.workspace, person=None, now=now) if raw else None
            say(group, text, what=what, key=key, source=source, picture=kept, now=now)
            told = {"picture": kept is not None}
            audit.note(group.workspace, "outbox.put", by=by, on=group.pk, title=group.name, after=told, now=now)
            fresh += 1
    return fresh


def done(row: Outgoing, *, by: Account, now: datetime) -> None:
    """Somebody has put it into the group."""
    _settle(row, SENT, by, now)


def skip(row: Outgoing, *, by: Account, now: datetime) -> None:
    """It will not be said."""
    _settle(row, SKIPPED, by, now)


def again(row: Outgoing, *, by: Account, now: datetime) -> None:
    """It waits again: it was ticked off by mistake."""
    _settle(row, WAITING, by, now)


def withdraw(source: str, workspace: Workspace, *, now: datetime) -> int:
    """What waits and comes from something that is not to happen any more is skipped; returns how many."""
    mine = Outgoing.objects.filter(workspace=workspace, source=source, state=WAITING)
    return mine.update(state=SKIPPED, at=now)


def _settle(row: Outgoing, state: str, by: Account, now: datetime) -> None:
    with transaction.atomic():
        fresh = Outgoing.objects.select_for_update().select_related("group").get(pk=row.pk)
        if fresh.state == state:
            return
        before, fresh.state, fresh.by = fresh.state, state, by
        fresh.at = None if state == WAITING else now
        fresh.save(update_fields=["state", "by", "at"])
        told = {"before": {"state": before}, "after": {"state": state}}
        audit.note(
            fresh.group.workspace, "outbox.say", by=by, on=fresh.group_id, title=fresh.group.name, now=now, **told
        )
