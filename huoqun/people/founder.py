"""The founder: one of the first members of a group, who is no audience: role, stake, last personal contact.

Handbook chapter 2: a group in cold start shows each by name with what is known of them.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import CASCADE, SET_NULL, CharField, DateField, ForeignKey, Min, Q, UniqueConstraint
from django.db.models.functions import Coalesce

from huoqun.base.table import Table
from huoqun.people import audit, deed
from huoqun.people.account import Account
from huoqun.people.display import visible
from huoqun.people.group import Group
from huoqun.people.membership import here
from huoqun.people.person import Identity, Person, ones
from huoqun.people.profile import Fact

FIRST = 12
"""How many of the first members a page shows by itself: a handful, and those who came with them."""
NEGLECTED = timedelta(days=14)
"""Without a personal word for so long a founder is forgotten. Ours; handbook chapter 4 names the finding only."""
LONGEST = 200


class Founder(Table):
    """What a founder was given in a group (创始成员), and when staff last spoke with them in person."""

    group = ForeignKey(Group, CASCADE, related_name="founders")
    person = ForeignKey(Person, CASCADE, related_name="founding")
    role = CharField(max_length=LONGEST, default="")
    stake = CharField(max_length=LONGEST, default="")
    contacted = DateField(null=True)
    by = ForeignKey(Account, SET_NULL, null=True, related_name="+")

    class Meta(Table.Meta):
        constraints = [UniqueConstraint(fields=["group", "person"], name="founder_once")]


@dataclass(frozen=True)
class First:
    """One of the first members with what is known of them."""

    identity: Identity
    person: Person
    since: datetime | None
    founder: Founder | None
    facts: list[Fact] = field(default_factory=list)
    forgotten: bool = False


def founders(group: Group, *, today: date) -> list[First]:
    """The first members still there, and who else was made one; who was forgotten longest first."""
    given = {
        f.person.root_id or f.person_id: f
        for f in Founder.objects.filter(group=group).select_related("person", "by").order_by("created")
    }
    first = here(group).annotate(since=Coalesce(Min("memberships__joined"), "first"))
    those = list(first.exclude(since=None).order_by("since", "pk")[:FIRST])
    those += list(first.filter(Q(person__in=given) | Q(person__root__in=given)))
    shown: dict[UUID, Identity] = {}
    for identity in those:
        shown.setdefault(identity.person.root_id or identity.person_id, identity)
    facts: dict[UUID, list[Fact]] = defaultdict(list)
    for fact in Fact.objects.filter(Q(person__in=shown) | Q(person__root__in=shown)).select_related("person"):
        facts[fact.person.root_id or fact.person_id].append(fact)
    rows = [
        First(
            identity,
            identity.person.root or identity.person,
            identity.since,  # type: ignore[attr-defined]
            given.get(human),
            facts[human],
            _forgotten(given.get(human), today),
        )
        for human, identity in shown.items()
    ]
    return sorted(rows, key=lambda r: (_contacted(r.founder), r.since is None, r.since))


def _contacted(founder: Founder | None) -> date:
    return founder.contacted if founder and founder.contacted else date.min


def _forgotten(founder: Founder | None, today: date) -> bool:
    return today - _contacted(founder) > NEGLECTED


def say(group: Group, person: Person, *, role: str, stake: str, by: Account, now: datetime) -> Founder:
    """What somebody was given: a role in the group and a stake in it."""
    values = {"part": _line(role), "stake": _line(stake)}
    with transaction.atomic():
        row = _held(group, person, now)
        before = {"part": row.role, "stake": row.stake}
        if before == values and not row._state.adding:
            return row
        row.role, row.stake, row.by = values["part"], values["stake"], by
        row.save()
        key = f"{group.pk} {now.isoformat()}"
        deed.write(person, "founder.given", at=now, group=group, key=key, values=values, by=by, now=now)
        audit.note(group.workspace, "founder.given", by=by, on=person.pk, before=before, after=values, now=now)
    return row


def contacted(group: Group, person: Person, on: date, *, by: Account, now: datetime) -> Founder:
    """Somebody spoke with them in person on that day; a wrong day is said anew."""
    with transaction.atomic():
        row = _held(group, person, now)
        if row.contacted == on:
            return row
        before = {"contacted": row.contacted.isoformat() if row.contacted else ""}
        row.contacted, row.by = on, by
        row.save()
        after = {"contacted": on.isoformat()}
        key = f"{group.pk} {on.isoformat()}"
        deed.write(person, "founder.contact", at=now, group=group, key=key, values=after, by=by, now=now)
        audit.note(group.workspace, "founder.contact", by=by, on=person.pk, before=before, after=after, now=now)
    return row


def _held(group: Group, person: Person, now: datetime) -> Founder:
    """The row of a founder, held; a new one where there is none."""
    Group.objects.select_for_update().get(pk=group.pk)
    there = Founder.objects.filter(group=group, person__in=ones(person)).order_by("-created").first()
    return there or Founder(group=group, person=person, created=now)


def _line(text: str) -> str:
    return " ".join(visible(text).split())[:LONGEST]
