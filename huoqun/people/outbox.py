"""The outbox (待发): what is to be said in a group, as rows. Nothing sends a message; it calls `say` in the transaction
of the change that caused it.

Until a connector takes a row, a person copies it into the group: waiting, then sent or skipped. The same key is said
once. What is said in the quiet hours of the group waits for the morning. What sells where nothing may be sold yet
(`people/selling_guard`) is held with the reasons, until somebody releases or skips it; it is never lost.
"""

from collections.abc import Iterable, Mapping, Sequence
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
    Count,
    DateTimeField,
    ForeignKey,
    Index,
    JSONField,
    Q,
    QuerySet,
    TextField,
    UniqueConstraint,
)

from huoqun.base.many_rows import insert
from huoqun.people import audit, selling_guard
from huoqun.people import picture as picture_of
from huoqun.people.account import Account
from huoqun.people.display import one_line
from huoqun.people.enclosure import Enclosure
from huoqun.people.group import Group
from huoqun.people.picture import Picture
from huoqun.people.selling_guard import Block
from huoqun.people.voice import KINDS, SELLING
from huoqun.people.witness import UNKNOWN, Witnessed
from huoqun.people.workspace import Workspace

WAITING, SENT, SKIPPED, HELD = "waiting", "sent", "skipped", "held"
PIECES = tuple(f"{where}.{kind}" for where in ("step", "content") for kind in KINDS)
"""What is a piece of content: what playbooks say, and what stands in the calendar."""
QUIET = (time(23), time(8))
"""From when to when nothing is said in a group, on its own clock; a default."""
LINK = "{link}"
"""Stands in a text for the door of the activity it comes from; the page that shows the text knows the address."""
LONGEST = 4000
LONGEST_KEY = 200
LONGEST_REASON = 300


class NoReason(ValueError):
    """What the selling guard holds goes out only with a reason."""


class Outgoing(Witnessed):
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
    why = JSONField(default=dict)
    """Of what the selling guard held: `blocks` (ids with numbers), and `released`: why it was let out."""
    due = DateTimeField()
    at = DateTimeField(null=True)
    by = ForeignKey(Account, SET_NULL, null=True, related_name="+")
    said = TextField(default="")
    """What somebody said, or is about to say, in place of `text`, which stays as it was planned."""
    taken = ForeignKey(Account, SET_NULL, null=True, related_name="+")
    """Who is saying it just now (`people/by_hand`)."""
    taken_at = DateTimeField(null=True)
    copied = DateTimeField(null=True)

    class Meta(Witnessed.Meta):
        constraints = [UniqueConstraint(fields=["group", "key"], name="outgoing_once")]
        indexes = [
            Index(fields=["workspace", "state", "due"], name="outgoing_list"),
            Index(fields=["group", "state", "due"], name="outgoing_group"),
        ]

    @property
    def words(self) -> str:
        """What is to be said as it stands now."""
        return self.said or self.text


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


def held(workspace: Workspace) -> QuerySet[Outgoing]:
    """What the selling guard holds in groups that are not removed, the oldest first."""
    found = Outgoing.objects.filter(workspace=workspace, state=HELD, group__removed=None)
    return found.select_related("group", "picture").order_by("due", "created", "pk")


def said_lately(groups: Iterable[Group], *, now: datetime) -> dict[UUID, tuple[int, int]]:
    """By group, pieces of content of the last seven days that were said or wait to be, and how many of them sell."""
    rows = Outgoing.objects.filter(
        group__in=[group.pk for group in groups],
        state__in=(WAITING, SENT),
        what__in=PIECES,
        due__gt=now - selling_guard.WEEK,
        due__lte=now,
    )
    told = rows.values("group").annotate(all=Count("pk"), sold=Count("pk", filter=Q(what__endswith=f".{SELLING}")))
    return {row["group"]: (row["all"], row["sold"]) for row in told}


def against_selling(groups: Iterable[Group], *, now: datetime) -> dict[UUID, list[Block]]:
    """By group, what speaks against saying one more piece there that sells; nothing: it may be said."""
    those = list({group.pk: group for group in groups}.values())
    return selling_guard.judged(those, said_lately(those, now=now), now=now) if those else {}


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
    against = against_selling((each.group for each in those if selling_guard.sells(each.what)), now=now)
    blocked = [against.get(each.group.pk, []) if selling_guard.sells(each.what) else [] for each in those]
    columns: dict[str, list[Any]] = {
        "workspace_id": [each.group.workspace_id for each in those],
        "group_id": [each.group.pk for each in those],
        "text": [each.text.strip()[:LONGEST] for each in those],
        "picture_id": [each.picture and each.picture.pk for each in those],
        "enclosure_id": [each.enclosure and each.enclosure.pk for each in those],
        "what": [each.what for each in those],
        "source": [each.source for each in those],
        "key": [each.key for each in those],
        "state": [HELD if blocks else WAITING for blocks in blocked],
        "why": [_why(blocks) for blocks in blocked],
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
    """It waits again: it was ticked off by mistake. What the guard held and nobody released is held again."""
    _settle(row, WAITING, by, now)


def release(row: Outgoing, *, why: str, by: Account, now: datetime) -> bool:
    """Let out what the selling guard holds, with a reason; False where it is held no more. Raises NoReason where the
    guard still has something against it and no reason is given."""
    why = one_line(why, LONGEST_REASON)
    with transaction.atomic():
        fresh = Outgoing.objects.select_for_update(of=("self",)).select_related("group__workspace").get(pk=row.pk)
        if fresh.state != HELD:
            return False
        if not why and against_selling([fresh.group], now=now)[fresh.group_id]:
            raise NoReason
        fresh.state, fresh.why = WAITING, fresh.why | {"released": why}
        fresh.due = not_quiet(max(fresh.due, now), fresh.group.zone)
        fresh.by = by
        fresh.save(update_fields=["state", "why", "due", "by"])
        told = {"before": {"state": HELD}, "after": {"state": WAITING, "why": why}}
        title = fresh.group.name
        audit.note(fresh.group.workspace, "outbox.release", by=by, on=fresh.group_id, title=title, now=now, **told)
    return True


def reword(row: Outgoing, text: str, *, by: Account, now: datetime) -> bool:
    """Other words for what was not sent yet; False where it was."""
    text = text.strip()[:LONGEST]
    with transaction.atomic():
        fresh = Outgoing.objects.select_for_update(of=("self",)).select_related("group__workspace").get(pk=row.pk)
        if fresh.state not in {WAITING, HELD}:
            return False
        before, fresh.text, fresh.said = fresh.words, text, ""
        if before != text:
            fresh.save(update_fields=["text", "said"])
            told = {"before": {"text": before}, "after": {"text": text}}
            title = fresh.group.name
            audit.note(fresh.group.workspace, "outbox.reword", by=by, on=fresh.group_id, title=title, now=now, **told)
    return True


def withdraw(source: str, workspace: Workspace, *, now: datetime) -> int:
    """What waits and comes from something that is not to happen any more is skipped; returns how many."""
    mine = Outgoing.objects.filter(workspace=workspace, source=source, state__in=(WAITING, HELD))
    return mine.update(state=SKIPPED, at=now)


def _why(blocks: Sequence[Block]) -> dict[str, Any]:
    return {"blocks": [{"id": block.id, **block.values} for block in blocks]} if blocks else {}


def _settle(row: Outgoing, state: str, by: Account, now: datetime) -> None:
    with transaction.atomic():
        fresh = Outgoing.objects.select_for_update(of=("self",)).select_related("group").get(pk=row.pk)
        if state == WAITING and fresh.why and "released" not in fresh.why:
            state = HELD
        if fresh.state == state:
            return
        before, fresh.state, fresh.by = fresh.state, state, by
        fresh.at, fresh.taken, fresh.taken_at = None if state in {WAITING, HELD} else now, None, None
        fresh.witness, fresh.proved, fresh.speaker, fresh.message = UNKNOWN, None, None, ""
        fresh.save(update_fields=["state", "by", "at", "taken", "taken_at", "witness", "proved", "speaker", "message"])
        told = {"before": {"state": before}, "after": {"state": state}}
        audit.note(
            fresh.group.workspace, "outbox.say", by=by, on=fresh.group_id, title=fresh.group.name, now=now, **told
        )
