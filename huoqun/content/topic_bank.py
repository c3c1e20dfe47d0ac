"""The topic bank (话题库): topics worth a session, of three kinds: universal, professional, personal.

Fed by what members say of themselves (profiles, needs and offers), by what their group talks about (its newest
checkup) and by watchwords that fall there: proposals with their evidence, counted live; what staff take over stands in
the bank, is used in a topic session, and is rated by how that went.
"""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import (
    CASCADE,
    SET_NULL,
    CharField,
    Count,
    DateTimeField,
    F,
    ForeignKey,
    Index,
    JSONField,
    PositiveSmallIntegerField,
    QuerySet,
    UniqueConstraint,
    UUIDField,
)

from huoqun.base.table import Table
from huoqun.content.watchword import Sighting
from huoqun.people import audit
from huoqun.people.account import Account
from huoqun.people.checkup import Checkup
from huoqun.people.display import one_line
from huoqun.people.group import Group
from huoqun.people.profile import NEEDS, OFFERS, Fact
from huoqun.people.workspace import Workspace

UNIVERSAL, PROFESSIONAL, PERSONAL = "universal", "professional", "personal"
SORTS = (UNIVERSAL, PROFESSIONAL, PERSONAL)
"""Universal: everybody has a say; professional: of their work; personal: from who they are (handbook chapter 7)."""
OF_FIELD = {
    "industry": PROFESSIONAL,
    "work": PROFESSIONAL,
    OFFERS: PROFESSIONAL,
    NEEDS: PROFESSIONAL,
    "interests": PERSONAL,
    "goal": PERSONAL,
    "can_speak_about": PERSONAL,
}
TALK, STAFF, WATCH = "talk", "staff", "watch"
LEAST = {"can_speak_about": 1, NEEDS: 1, OFFERS: 1}
"""People who must say so for a topic to be proposed; of all other fields two."""
MOST = 12
"""Proposals of a kind."""
PERIODS = 4
"""The newest periods of what is talked about."""
LONGEST = 120
RATINGS = range(1, 6)
SIGNS = "、，,；;/|\n"


class BadTopic(ValueError):
    """A topic needs words and a kind."""


class Topic(Table):
    """A topic of the bank (话题)."""

    workspace = ForeignKey(Workspace, CASCADE, related_name="topics")
    group = ForeignKey(Group, CASCADE, null=True, related_name="topics")
    """For whom; null: for every group of the workspace."""
    sort = CharField(max_length=12)
    text = CharField(max_length=LONGEST)
    why = JSONField(default=dict)
    """Evidence: `origin` (a field, `talk`, `staff`), `people` who say so, `count` of messages, `day`."""
    used = DateTimeField(null=True)
    session = UUIDField(null=True)
    """The topic session that was opened with it."""
    rating = PositiveSmallIntegerField(null=True)
    """How it went, from 1 to 5."""
    removed = DateTimeField(null=True)
    by = ForeignKey(Account, SET_NULL, null=True, related_name="+")

    class Meta(Table.Meta):
        constraints = [UniqueConstraint(fields=["workspace", "group", "text"], name="topic_once")]
        indexes = [Index(fields=["workspace", "removed", "-created"], name="topic_list")]


@dataclass(frozen=True)
class Proposal:
    """A topic that the group itself suggests, with its evidence."""

    sort: str
    text: str
    why: dict[str, Any] = field(hash=False)


# -- reads


def bank(workspace: Workspace, groups: QuerySet[Group], *, sort: str = "") -> QuerySet[Topic]:
    """The topics for some groups and for all, unused first, then those that went best."""
    found = Topic.objects.filter(workspace=workspace, removed=None)
    found = found.filter(group=None) | found.filter(group__in=groups)
    found = found.filter(sort=sort) if sort in SORTS else found
    order = (F("used").asc(nulls_first=True), F("rating").desc(nulls_last=True), "-created", "pk")
    return found.select_related("group", "by").order_by(*order)


def proposals(group: Group) -> list[Proposal]:
    """What a group's profiles and talk suggest, that is not in the bank already; of each kind what most speaks for."""
    there = Topic.objects.filter(workspace=group.workspace_id).filter(group=None) | Topic.objects.filter(group=group)
    known = {text.casefold() for text in there.values_list("text", flat=True)}
    found = [p for p in (*_of_profiles(group), *talked(group), *_of_words(group)) if p.text.casefold() not in known]
    kept: dict[str, list[Proposal]] = {sort: [] for sort in SORTS}
    for one in found:
        if len(kept[one.sort]) < MOST and one.text not in {other.text for other in kept[one.sort]}:
            kept[one.sort].append(one)
    return [one for sort in SORTS for one in kept[sort]]


def _of_profiles(group: Group) -> Iterable[Proposal]:
    """What several members say of themselves, the most of them first; a need, or a talk one could give, is enough."""
    facts = Fact.objects.filter(person__identities__group=group, field__in=OF_FIELD)
    said: dict[tuple[str, str], set[UUID]] = defaultdict(set)
    spelt: dict[tuple[str, str], str] = {}
    for about, text, person in facts.values_list("field", "text", "person").distinct():
        for part in _parts(text):
            said[about, part.casefold()].add(person)
            spelt.setdefault((about, part.casefold()), part)
    for key in sorted(said, key=lambda one: (-len(said[one]), one)):
        about, people = key[0], len(said[key])
        if people >= LEAST.get(about, 2):
            yield Proposal(OF_FIELD[about], spelt[key], {"origin": about, "people": people})


def _parts(text: str) -> list[str]:
    for sign in SIGNS:
        text = text.replace(sign, "\n")
    return [part for line in text.split("\n") if 2 <= len(part := one_line(line)) <= LONGEST]


def talked(group: Group) -> Iterable[Proposal]:
    """Words that stood out lately, the newest period first."""
    newest = Checkup.objects.filter(pk=group.newest_id) if group.newest_id else Checkup.objects.none()
    document = newest.values_list("document", flat=True).first()
    told = json.loads(document).get("topics") or [] if document else []
    for period in list(reversed(told))[:PERIODS]:
        words = [word for word in period.get("words", []) if word.get("word")][:3]
        if words:
            count = sum(int(word.get("count") or 0) for word in words)
            day = date.fromisoformat(period["end"]).isoformat()
            text = " · ".join(str(word["word"]) for word in words)[:LONGEST]
            yield Proposal(UNIVERSAL, text, {"origin": TALK, "count": count, "day": day})


def _of_words(group: Group) -> Iterable[Proposal]:
    """Watchwords of which several people of the group speak."""
    rows = Sighting.objects.filter(group=group, watchword__on=True).order_by().values_list("watchword__name")
    told = rows.annotate(people=Count("identity__person", distinct=True), count=Count("pk"))
    for name, people, count in sorted(told, key=lambda one: (-one[1], one[0])):
        if people >= 2:
            yield Proposal(PROFESSIONAL, name, {"origin": WATCH, "people": people, "count": count})


# -- writes


def add(
    workspace: Workspace,
    *,
    group: Group | None,
    sort: str,
    text: str,
    why: dict[str, Any] | None = None,
    by: Account,
    now: datetime,
) -> Topic:
    """Put a topic into the bank; the one that is there stays, and comes back where it was removed. Raises BadTopic."""
    text = one_line(text, LONGEST)
    if not text or sort not in SORTS:
        raise BadTopic
    with transaction.atomic():
        Workspace.objects.select_for_update().get(pk=workspace.pk)
        row = Topic.objects.filter(workspace=workspace, group=group, text=text).first()
        if row is None:
            row = Topic(workspace=workspace, group=group, text=text, sort=sort, by=by, created=now)
            row.why = why or {"origin": STAFF}
            row.save(force_insert=True)
        elif row.removed is not None:
            Topic.objects.filter(pk=row.pk).update(removed=None)
        _note(row, "add", by, now)
    return row


def use(row: Topic, session: UUID, *, by: Account, now: datetime) -> None:
    """A session was opened with it."""
    Topic.objects.filter(pk=row.pk).update(used=now, session=session)
    _note(row, "use", by, now)


def rate(row: Topic, rating: int, *, by: Account, now: datetime) -> None:
    """How it went. Raises BadTopic."""
    if rating not in RATINGS:
        raise BadTopic
    if Topic.objects.filter(pk=row.pk).exclude(rating=rating).update(rating=rating):
        _note(row, "rate", by, now, after={"rating": rating})


def remove(row: Topic, *, by: Account, now: datetime) -> None:
    """Out of the bank; added anew it comes back with what is known of it."""
    if Topic.objects.filter(pk=row.pk, removed=None).update(removed=now):
        _note(row, "remove", by, now)


def _note(row: Topic, what: str, by: Account, now: datetime, **told: Any) -> None:
    audit.note(row.workspace, f"topic.{what}", by=by, on=row.pk, title=row.text, now=now, **told)
