"""The watchword (关键词): words an operator wants to be told of: the brand, a rival, a need; and the sightings (命中):
where they fell, by whom.

A worker looks through a group whenever its record or the words have changed (`tick`); the same import again changes
nothing, and what somebody has ticked off stays ticked off. Found by `insight/keyword`.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import polars as pl
from django.db import transaction
from django.db.models import (
    CASCADE,
    SET_NULL,
    BooleanField,
    CharField,
    Count,
    DateTimeField,
    Exists,
    ForeignKey,
    Index,
    JSONField,
    OneToOneField,
    OuterRef,
    Q,
    QuerySet,
    TextField,
    UniqueConstraint,
)
from django.db.models.functions import TruncDate

from huoqun.base import job
from huoqun.base.clock import naive_utc
from huoqun.base.table import Table
from huoqun.insight.keyword import mentions, plain
from huoqun.people import audit, history
from huoqun.people.account import Account
from huoqun.people.display import one_line
from huoqun.people.group import Group, unchanged
from huoqun.people.person import Identity
from huoqun.people.staff import Staff, groups_for
from huoqun.people.workspace import Workspace

KIND = "watchwords"
WINDOW = timedelta(days=90)
"""How far back of a group's last message words are looked for; a default."""
MOST = 100
"""Watchwords of a workspace."""
MOST_WORDS, LONGEST_WORD, LONGEST_NOTE = 20, 40, 200
MOST_SIGHTINGS = 2000
"""Of one watchword in one group, the newest."""
AT_ONCE = 200
NEW, SEEN, ANSWERED = "new", "seen", "answered"
STATES = (NEW, SEEN, ANSWERED)


class BadWatchword(ValueError):
    """`why`: `words` (it needs one, of two signs or more), `there`, `many`."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Watchword(Table):
    """A word that is watched, with the other ways to write it (关键词)."""

    workspace = ForeignKey(Workspace, CASCADE, related_name="watchwords")
    name = CharField(max_length=LONGEST_WORD)
    words = JSONField(default=list)
    note = CharField(max_length=LONGEST_NOTE, default="")
    """Why one wants to know."""
    on = BooleanField(default=True)
    by = ForeignKey(Account, SET_NULL, null=True, related_name="+")

    class Meta(Table.Meta):
        constraints = [UniqueConstraint(fields=["workspace", "name"], name="watchword_once")]


class Scan(Table):
    """For which words, and in which record, a group was looked through (扫描)."""

    group = OneToOneField(Group, CASCADE, related_name="scan")
    state_hash = CharField(max_length=64)
    model = CharField(max_length=64)


class Sighting(Table):
    """One message in which a watchword fell (命中)."""

    watchword = ForeignKey(Watchword, CASCADE, related_name="sightings")
    group = ForeignKey(Group, CASCADE, related_name="sightings")
    identity = ForeignKey(Identity, CASCADE, related_name="sightings")
    """Who said it; it goes when they are erased."""
    key = CharField(max_length=120)
    at = DateTimeField()
    text = TextField(default="")
    state = CharField(max_length=8, default=NEW)
    settled = DateTimeField(null=True)
    by = ForeignKey(Account, SET_NULL, null=True, related_name="+")

    class Meta(Table.Meta):
        constraints = [UniqueConstraint(fields=["watchword", "group", "key"], name="sighting_once")]
        indexes = [
            Index(fields=["watchword", "-at"], name="sighting_word"),
            Index(fields=["group", "-at"], name="sighting_group"),
        ]


# -- reads


def watched(workspace: Workspace) -> QuerySet[Watchword]:
    """The watchwords, by name."""
    return Watchword.objects.filter(workspace=workspace).order_by("name", "pk")


def sightings_for(
    staff: Staff, *, word: UUID | None = None, group: UUID | None = None, state: str = "", text: str = ""
) -> QuerySet[Sighting]:
    """What a member of staff may see of them, the newest first."""
    found = Sighting.objects.filter(watchword__workspace=staff.workspace, group__in=groups_for(staff))
    found = found.filter(watchword=word) if word else found
    found = found.filter(group=group) if group else found
    found = found.filter(state=state) if state in STATES else found
    found = found.filter(Q(text__icontains=text) | Q(identity__name__icontains=text)) if text else found
    return found.select_related("watchword", "group__workspace", "identity", "by").order_by("-at", "-pk")


def by_day(found: QuerySet[Sighting], zone: str, *, since: datetime) -> dict[str, int]:
    """How many fell on each day on the clock of `zone`, days without any left out; by the day as people write it."""
    days = found.filter(at__gte=since).order_by().annotate(day=TruncDate("at", tzinfo=ZoneInfo(zone)))
    return {day.isoformat(): n for day, n in days.values_list("day").annotate(n=Count("pk"))}


def counted(found: QuerySet[Sighting]) -> dict[UUID, dict[str, int]]:
    """By watchword: how many sightings (`count`), how many nobody has looked at (`fresh`), of how many people."""
    rows = found.order_by().values_list("watchword")
    told = rows.annotate(
        n=Count("pk"), fresh=Count("pk", filter=Q(state=NEW)), who=Count("identity__person", distinct=True)
    )
    return {word: {"count": n, "fresh": fresh, "people": who} for word, n, fresh, who in told}


def around(row: Sighting, *, near: int = 3) -> list[dict[str, Any]]:
    """What stood around a sighting in the record, from `near` messages before it to as many after: `name`, `text`,
    `at`, `here`."""
    since = naive_utc(row.at - timedelta(hours=12))
    said = history.rows_of(row.group, since).filter(_spoken()).head(5000)
    places = said["key"].to_list()
    if row.key not in places:
        return []
    at = places.index(row.key)
    cut = said.slice(max(0, at - near), near + 1 + min(at, near))
    return [
        {
            "name": one["name"] or "",
            "text": " ".join(one["text"].split())[:300],
            "at": history.aware(one["time"]),
            "here": one["key"] == row.key,
        }
        for one in cut.iter_rows(named=True)
    ]


def _spoken() -> Any:
    return pl.col("sender").is_not_null() & pl.col("text").is_not_null()


def model_of(words: Iterable[Watchword]) -> str:
    """The digest of what is watched; another when words change."""
    told = sorted([row.pk.hex, *row.words] for row in words)
    return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()


def stale() -> list[tuple[Group, str]]:
    """Groups that are to be looked through anew, each with what is watched there now."""
    words: dict[UUID, list[Watchword]] = {}
    for row in Watchword.objects.filter(on=True):
        words.setdefault(row.workspace_id, []).append(row)
    found: list[tuple[Group, str]] = []
    for workspace, those in words.items():
        model = model_of(those)
        fresh = Scan.objects.filter(group=OuterRef("pk"), state_hash=OuterRef("state_hash"), model=model)
        due = Group.objects.filter(workspace=workspace, removed=None, rows__gt=0).exclude(Exists(fresh))
        found += [(group, model) for group in due.only("pk", "state_hash")[:AT_ONCE]]
    return found


# -- writes


def words_in(name: str, others: str) -> list[str]:
    """The ways to write a word, the first one by which it is called. Raises BadWatchword."""
    for sign in "，、;；|\n":
        others = others.replace(sign, ",")
    every = [one_line(word, LONGEST_WORD) for word in (name, *others.split(","))]
    if len(plain(every[0])) < 2:
        raise BadWatchword("words")
    found: dict[str, str] = {}
    for word in every:
        if len(plain(word)) >= 2:
            found.setdefault(plain(word), word)
    return list(found.values())[:MOST_WORDS]


def add(workspace: Workspace, *, name: str, others: str = "", note: str = "", by: Account, now: datetime) -> Watchword:
    """Watch a word. Raises BadWatchword."""
    words = words_in(name, others)
    with transaction.atomic():
        Workspace.objects.select_for_update().get(pk=workspace.pk)
        if Watchword.objects.filter(workspace=workspace, name=words[0]).exists():
            raise BadWatchword("there")
        if Watchword.objects.filter(workspace=workspace).count() >= MOST:
            raise BadWatchword("many")
        row = Watchword(workspace=workspace, name=words[0], words=words, by=by, created=now)
        row.note = one_line(note, LONGEST_NOTE)
        row.save(force_insert=True)
        _note(row, "add", by, now, {"words": ", ".join(words)})
    return row


def change(row: Watchword, *, others: str, note: str, by: Account, now: datetime) -> None:
    """Other ways to write it; what no longer holds one of them is let go with the next look."""
    words = words_in(row.name, others)
    told = {"words": words, "note": one_line(note, LONGEST_NOTE)}
    if {"words": row.words, "note": row.note} != told:
        Watchword.objects.filter(pk=row.pk).update(**told)
        _note(row, "change", by, now, {"words": ", ".join(words)})


def switch(row: Watchword, on: bool, *, by: Account, now: datetime) -> None:
    """Watch it, or leave it alone; what was found stays."""
    if Watchword.objects.filter(pk=row.pk).exclude(on=on).update(on=on):
        _note(row, "on" if on else "off", by, now, {})


def remove(row: Watchword, *, by: Account, now: datetime) -> None:
    """No longer watched, and what was found is gone."""
    with transaction.atomic():
        if Watchword.objects.filter(pk=row.pk).delete()[0]:
            _note(row, "remove", by, now, {})


def settle(rows: Sequence[Sighting], state: str, *, by: Account, now: datetime) -> int:
    """Seen, answered, or (NEW) to be looked at again; returns how many that changed."""
    if state not in STATES:
        raise ValueError(state)
    with transaction.atomic():
        mine = Sighting.objects.filter(pk__in=[row.pk for row in rows]).exclude(state=state)
        done = mine.update(state=state, settled=None if state == NEW else now, by=by)
        if done:
            word = rows[0].watchword
            told = {"state": state, "count": done}
            audit.note(word.workspace, "sighting.settle", by=by, on=word.pk, title=word.name, after=told, now=now)
    return done


def tick(hand: job.Hand) -> bool:
    """Open a job for every group that is to be looked through, and do one."""
    keys = [f"{group.pk.hex} {group.state_hash[:24]} {model[:24]}" for group, model in stale()]
    if keys:
        job.open_jobs(KIND, keys, now=hand.clock())
    return job.work(KIND, _run, hand)


def _run(lease: job.Lease) -> None:
    group = Group.objects.filter(pk=lease.key.split()[0], removed=None).select_related("workspace").first()
    if group is not None:
        look(group, now=lease.now())


def look(group: Group, *, now: datetime) -> None:
    """Look through a group anew. Where it changed meanwhile nothing is kept: it is due again."""
    words = list(Watchword.objects.filter(workspace=group.workspace_id, on=True))
    since = (group.last or now) - WINDOW
    found = mentions(history.rows_of(group, naive_utc(since)), {row.pk.hex: row.words for row in words})
    with transaction.atomic():
        if not unchanged(group):
            return
        _keep(group, words, found, now)
        fresh = Scan(group=group, state_hash=group.state_hash, model=model_of(words), created=now)
        Scan.objects.bulk_create(
            [fresh], update_conflicts=True, unique_fields=["group"], update_fields=["state_hash", "model"]
        )


def _keep(group: Group, words: Sequence[Watchword], found: pl.DataFrame, now: datetime) -> None:
    accounts = dict(Identity.objects.filter(group=group, bot=False).values_list("account", "pk"))
    for row in words:
        mine = found.filter(pl.col("id") == row.pk.hex).tail(MOST_SIGHTINGS)
        made = {
            one["key"]: Sighting(
                watchword=row,
                group=group,
                identity_id=accounts[one["sender"]],
                key=one["key"],
                at=history.aware(one["time"]),
                text=one["text"],
                created=now,
            )
            for one in mine.iter_rows(named=True)
            if one["sender"] in accounts
        }
        Sighting.objects.filter(group=group, watchword=row).exclude(key__in=made).delete()
        Sighting.objects.bulk_create(
            made.values(),
            batch_size=500,
            update_conflicts=True,
            unique_fields=["watchword", "group", "key"],
            update_fields=["identity", "at", "text"],
        )


def _note(row: Watchword, what: str, by: Account, now: datetime, after: dict[str, Any]) -> None:
    audit.note(row.workspace, f"watchword.{what}", by=by, on=row.pk, title=row.name, after=after, now=now)
