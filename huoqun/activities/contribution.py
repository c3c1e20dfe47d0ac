"""The contribution: one thing that somebody hands in within an activity: a check-in, a ballot, a question, a homework,
an endorsement, a proposal, an order, a word about another contribution.

One table for all kinds, so that erasure, export, merges, the timeline and points need to know only this one. `key`
makes each one itself: a form sent twice is one.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import (
    CASCADE,
    SET_NULL,
    CharField,
    Count,
    DateField,
    DateTimeField,
    FloatField,
    ForeignKey,
    Index,
    JSONField,
    Q,
    QuerySet,
    TextField,
    UniqueConstraint,
)

from huoqun.activities.activity import Activity, Participation
from huoqun.base.table import Table
from huoqun.people.account import Account
from huoqun.people.display import one_line, visible
from huoqun.people.person import Identity, Person, ones
from huoqun.people.picture import Picture

GIVEN, ACCEPTED, REFUSED, WITHDRAWN = "given", "accepted", "refused", "withdrawn"
LONGEST = 4000
LONGEST_KEY = 160


class Contribution(Table):
    """Something handed in (交来的内容). `at`: when they did it; `day`: for which day it counts, if days are counted."""

    activity = ForeignKey(Activity, CASCADE, related_name="contributions", db_index=False)
    person = ForeignKey(Person, CASCADE, related_name="contributions", db_index=False)
    identity = ForeignKey(Identity, CASCADE, related_name="contributions")
    what = CharField(max_length=20)
    """`check_in`, `ballot`, `question`, `endorsement`, `submission`, `grade`, `comment`, `like`, `proposal` …"""
    key = CharField(max_length=LONGEST_KEY)
    on = ForeignKey("self", CASCADE, null=True, related_name="said_of", db_index=False)
    """The contribution it is about."""
    of = ForeignKey(Participation, CASCADE, null=True, related_name="said_of", db_index=False)
    """The participant it is about, where that is somebody else."""
    at = DateTimeField()
    day = DateField(null=True)
    text = TextField(default="")
    values = JSONField(default=dict)
    picture = ForeignKey(Picture, SET_NULL, null=True, related_name="+", db_index=False)
    score = FloatField(null=True)
    state = CharField(max_length=10, default=GIVEN)
    reason = CharField(max_length=300, default="")
    """Why it was refused or accepted."""
    by = ForeignKey(Account, SET_NULL, null=True, related_name="+", db_index=False)
    """Who of the staff wrote it down or decided; null where the member did."""

    class Meta(Table.Meta):
        constraints = [UniqueConstraint(fields=["activity", "what", "key"], name="contribution_once")]
        indexes = [
            Index(fields=["activity", "what", "-at"], name="contribution_list"),
            Index(fields=["activity", "what", "day"], name="contribution_day"),
            Index(fields=["person", "-at"], name="contribution_person"),
            Index(fields=["on"], condition=Q(on__isnull=False), name="contribution_on"),
            Index(fields=["of"], condition=Q(of__isnull=False), name="contribution_of"),
            Index(fields=["picture"], condition=Q(picture__isnull=False), name="contribution_picture"),
            Index(fields=["by"], condition=Q(by__isnull=False), name="contribution_by"),
        ]


# -- reads


def contributions(activity: Activity, what: str) -> QuerySet[Contribution]:
    """What was handed in of one sort and not taken back, newest first."""
    found = Contribution.objects.filter(activity=activity, what=what).exclude(state=WITHDRAWN)
    return found.select_related("identity", "person__root", "picture").order_by("-at", "-pk")


def mine(activity: Activity, person: Person, what: str) -> QuerySet[Contribution]:
    """The same of one human, under whichever of their accounts."""
    return contributions(activity, what).filter(person__in=ones(person))


def by_likes(rows: QuerySet[Contribution], what: str = "like") -> QuerySet[Contribution]:
    """The same with how many likes (or whatever else was said of them) each has, as `said`, the most first."""
    counts = ~Q(said_of__state=WITHDRAWN) & Q(said_of__what=what)
    return rows.annotate(said=Count("said_of", filter=counts)).order_by("-said", "at", "pk")


# -- writes


def hand_in(
    activity: Activity,
    who: Identity,
    what: str,
    *,
    key: str,
    text: str = "",
    values: Mapping[str, Any] | None = None,
    on: Contribution | None = None,
    of: Participation | None = None,
    picture: Picture | None = None,
    score: float | None = None,
    day: date | None = None,
    at: datetime | None = None,
    by: Account | None = None,
    now: datetime,
) -> tuple[Contribution, bool]:
    """Hand something in; the row, and whether it is new. The same key again changes nothing. `at`: when it was done,
    where not just now. Whether the activity takes anything is for its kind to say."""
    assert 0 < len(key) <= LONGEST_KEY, key
    row = Contribution(activity_id=activity.pk, person_id=who.person_id, identity=who, what=what, key=key, created=now)
    row.on, row.of, row.at, row.day, row.by, row.score = on, of, at or now, day, by, score
    row.text, row.values, row.picture = words(text), dict(values or {}), picture
    with transaction.atomic():
        Contribution.objects.bulk_create([row], ignore_conflicts=True)
        there = Contribution.objects.select_for_update().get(activity=activity.pk, what=what, key=key)
    return there, there.pk == row.pk


def decide(row: Contribution, state: str, *, reason: str = "", by: Account | None) -> bool:
    """Accept, refuse or take back; False where that is what it is already."""
    changed = Contribution.objects.filter(pk=row.pk).exclude(state=state)
    return bool(changed.update(state=state, reason=one_line(reason, 300), by=by))


def let_go(activity: Activity, picture: Picture) -> None:
    """Away with a picture that nothing shows any more: no contribution, nobody's part in the activity. Call it in the
    transaction of the deed that it came with, or that took it off."""
    shown = Contribution.objects.filter(picture=picture.pk).exists()
    if not shown and not activity.participations.filter(values__icontains=str(picture.pk)).exists():
        picture.delete()


def words(text: str) -> str:
    """A text as it is kept: visible signs on their lines."""
    lines = [visible(line).rstrip() for line in text.replace("\r\n", "\n").split("\n")]
    return "\n".join(lines).strip()[:LONGEST]
