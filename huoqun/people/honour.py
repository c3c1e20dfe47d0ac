"""The honour (荣誉): badges and titles, each by a rule that has a name, with a preview of who would get it.

A rule asks for deeds: so many of a kind, on so many days, within so long. Whoever meets all of it gets the honour once;
it stays when the rule changes later. A title is also written into the profile, where staff may take it away.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import (
    CASCADE,
    SET_NULL,
    BooleanField,
    CharField,
    Count,
    DateTimeField,
    F,
    ForeignKey,
    JSONField,
    Q,
    QuerySet,
    Sum,
    UniqueConstraint,
)
from django.db.models.functions import Coalesce, TruncDate
from pydantic import BaseModel, ConfigDict, Field

from huoqun.base.job import Hand
from huoqun.base.table import Table
from huoqun.people import audit, deed, points, profile
from huoqun.people.account import Account
from huoqun.people.deed import Deed
from huoqun.people.display import visible
from huoqun.people.group import Group
from huoqun.people.membership import here
from huoqun.people.person import Identity, Person, ones, root_of
from huoqun.people.workspace import Workspace

BADGE, TITLE = "badge", "title"
WHATS = (BADGE, TITLE)
EARNED, SAID = "points.earned", "messages.said"
"""What is no deed and may be asked for as well: points ever earned; messages in all groups."""
LONGEST_NAME = 30
MOST_PARTS = 3
EVERY = timedelta(hours=1)
"""How often a rule that gives by itself looks for new people."""


class Part(BaseModel):
    """One thing a rule asks for: at least `count` of a kind of deed, on at least `days` days, within the last `within`
    days (0: ever)."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    kind: str = Field(min_length=1, max_length=40)
    count: int = Field(default=1, ge=1, le=1_000_000)
    days: int = Field(default=0, ge=0, le=3660)
    within: int = Field(default=0, ge=0, le=3660)


class BadRule(ValueError):
    """A rule has a name and asks for something."""


class HonourRule(Table):
    """A rule that gives an honour (荣誉规则)."""

    workspace = ForeignKey(Workspace, CASCADE, related_name="honour_rules")
    what = CharField(max_length=10)
    name = CharField(max_length=LONGEST_NAME)
    parts = JSONField(default=list)
    by_itself = BooleanField(default=False)
    """It gives without being asked, and looks every hour."""
    checked = DateTimeField(null=True)
    removed = DateTimeField(null=True)


class Honour(Table):
    """An honour that somebody has (荣誉). It stays with the person it was given to."""

    rule = ForeignKey(HonourRule, CASCADE, related_name="given")
    person = ForeignKey(Person, CASCADE, related_name="honours")
    by = ForeignKey(Account, SET_NULL, null=True, related_name="+")

    class Meta(Table.Meta):
        constraints = [UniqueConstraint(fields=["rule", "person"], name="honour_once")]


# -- reads


def rules(workspace: Workspace) -> QuerySet[HonourRule]:
    """The rules of a workspace with how many have the honour, the oldest first."""
    found = HonourRule.objects.filter(workspace=workspace, removed=None)
    return found.annotate(held=Count("given")).order_by("created", "pk")


def honours(person: Person) -> list[Honour]:
    """What a human was given, the oldest first, each once; rules that were removed since leave what they gave."""
    found = Honour.objects.filter(person__in=ones(person)).select_related("rule").order_by("created", "pk")
    return list({row.rule_id: row for row in reversed(found)}.values())[::-1]


def kinds(workspace: Workspace) -> list[str]:
    """The kinds of deeds that ever happened in a workspace, and what may be asked for beside them."""
    there = Deed.objects.filter(person__workspace=workspace).values_list("kind", flat=True).distinct().order_by("kind")
    return [EARNED, SAID, *there]


def meet(workspace: Workspace, parts: list[Part], *, now: datetime) -> set[UUID]:
    """The humans (by the id of their person after merges) who meet all parts of a rule."""
    found: set[UUID] | None = None
    for part in parts:
        those = _meet(workspace, part, now)
        found = those if found is None else found & those
    return found or set()


def would_get(workspace: Workspace, parts: list[Part], *, rule: HonourRule | None = None, now: datetime) -> set[UUID]:
    """Those of them who are in a group now and do not have the honour."""
    found = meet(workspace, parts, now=now)
    if rule is not None:
        held = Honour.objects.filter(rule=rule).values_list("person__root", "person")
        found -= {root or own for root, own in held}
    return found & _here(workspace)


def named(those: set[UUID], groups: QuerySet[Group], most: int = 50) -> list[Identity]:
    """One account, in these groups, of each of some humans, by name."""
    found: dict[UUID, Identity] = {}
    rows = Identity.objects.filter(Q(person__in=those) | Q(person__root__in=those), group__in=groups)
    for row in rows.select_related("person", "group").order_by("name", "pk"):
        found.setdefault(row.person.root_id or row.person_id, row)
    return list(found.values())[:most]


def _here(workspace: Workspace) -> set[UUID]:
    found: set[UUID] = set()
    for group in Group.objects.filter(workspace=workspace, removed=None):
        found |= {root or own for root, own in here(group).values_list("person__root", "person")}
    return found


def _meet(workspace: Workspace, part: Part, now: datetime) -> set[UUID]:
    human = Coalesce(F("person__root"), F("person"))
    if part.kind == SAID:
        rows: QuerySet[Any] = Identity.objects.filter(person__workspace=workspace, bot=False)
        sums = rows.values(human=human).annotate(n=Sum("messages"))
        return set(sums.filter(n__gte=part.count).values_list("human", flat=True))
    since = now - timedelta(days=part.within) if part.within else None
    if part.kind == EARNED:
        earned = points.earned_by_all(workspace, since=since)
        return {who for who, n in earned.items() if n >= part.count}
    rows = Deed.objects.filter(person__workspace=workspace, kind=part.kind)
    rows = rows.filter(at__gte=since) if since else rows
    day = TruncDate("at", tzinfo=ZoneInfo(workspace.zone))
    counts = rows.values(human=human).annotate(n=Count("pk"), d=Count(day, distinct=True))
    return set(counts.filter(n__gte=part.count, d__gte=part.days).values_list("human", flat=True))


# -- writes


def keep(
    workspace: Workspace,
    *,
    what: str,
    name: str,
    parts: list[Part],
    by_itself: bool = False,
    rule: HonourRule | None = None,
    by: Account,
    now: datetime,
) -> HonourRule:
    """A new rule, or one that is there said anew. Raises BadRule."""
    name = " ".join(visible(name).split())[:LONGEST_NAME]
    if what not in WHATS or not name or not 0 < len(parts) <= MOST_PARTS:
        raise BadRule
    with transaction.atomic():
        row = rule or HonourRule(workspace=workspace, created=now)
        row.what, row.name, row.by_itself, row.checked = what, name, by_itself, None
        row.parts = [p.model_dump() for p in parts]
        row.save()
        audit.note(workspace, "rewards.rule", by=by, on=row.pk, title=name, after={"rule": row.parts}, now=now)
    return row


def remove(rule: HonourRule, *, by: Account, now: datetime) -> None:
    """It gives nothing more; who has the honour keeps it."""
    with transaction.atomic():
        if HonourRule.objects.filter(pk=rule.pk, removed=None).update(removed=now):
            audit.note(rule.workspace, "rewards.unrule", by=by, on=rule.pk, title=rule.name, now=now)


def give(rule: HonourRule, *, by: Account | None = None, now: datetime) -> int:
    """Give the honour to everybody who meets the rule and does not have it; returns how many."""
    with transaction.atomic():
        row = HonourRule.objects.select_for_update().select_related("workspace").get(pk=rule.pk)
        row.checked = now
        row.save(update_fields=["checked"])
        if row.removed is not None:
            return 0
        those = would_get(row.workspace, [Part.model_validate(p) for p in row.parts], rule=row, now=now)
        for person in Person.objects.filter(pk__in=those).select_related("workspace").order_by("pk"):
            confer(row, person, by=by, now=now)
        if those and by is not None:
            told = {"people": len(those)}
            audit.note(row.workspace, "rewards.give", by=by, on=row.pk, title=row.name, after=told, now=now)
    return len(those)


def confer(rule: HonourRule, person: Person, *, by: Account | None, now: datetime) -> bool:
    """Give the honour to one; False where they have it. What they have they keep."""
    who = root_of(person)
    with transaction.atomic():
        if Honour.objects.filter(rule=rule, person__in=ones(who)).exists():
            return False
        fresh = Honour(rule=rule, person=who, by=by, created=now)
        Honour.objects.bulk_create([fresh], ignore_conflicts=True)
        values = {"title": rule.name}
        deed.write(who, f"honour.{rule.what}", at=now, key=rule.pk.hex, values=values, by=by, now=now)
        if rule.what == TITLE:
            profile.say(who, "title", rule.name, by=by, now=now)
    return True


def tick(hand: Hand) -> bool:
    """Let the rules that give by themselves look for new people."""
    now = hand.clock()
    waits = Q(checked=None) | Q(checked__lte=now - EVERY)
    for rule in HonourRule.objects.filter(waits, by_itself=True, removed=None):
        give(rule, now=now)
    return False
