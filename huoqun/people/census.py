"""The census: the persons of a set of groups as a list, one row for each human, however many accounts they have."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F, Max, Min, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from huoqun.people.group import Group
from huoqun.people.person import Identity, Naming
from huoqun.people.seat import Seat, seats

ORDERS = {"last": "last", "messages": "messages"}
AT_ONCE = 2000
"""Persons an export reads at a time."""


@dataclass(frozen=True)
class Standing:
    """One identity of a person as a list shows it."""

    group: UUID
    group_name: str
    name: str
    account: str
    seat: Seat | None


@dataclass(frozen=True)
class Human:
    """One person of the list: sums over all their accounts in these groups."""

    id: UUID
    name: str
    """The name under which they spoke last."""
    names: tuple[str, ...]
    messages: int
    first: datetime | None
    last: datetime | None
    standings: tuple[Standing, ...]


def humans(groups: QuerySet[Group], *, search: str = "", only: UUID | None = None) -> QuerySet[Any]:
    """Rows of `human`, `messages`, `first`, `last`, unordered. `search`: in names ever borne and accounts; `only`: who
    is in that group."""
    there = Identity.objects.filter(group__in=groups).annotate(human=Coalesce("person__root", "person"))
    if search:
        borne = Naming.objects.filter(name__icontains=search, identity__group__in=groups).values("identity")
        those = there.filter(Q(name__icontains=search) | Q(account__icontains=search) | Q(pk__in=borne))
        there = there.filter(human__in=those.values("human"))
    if only:
        there = there.filter(human__in=there.filter(group=only).values("human"))
    return there.values("human").annotate(messages=Sum("messages"), first=Min("first"), last=Max("last"))


def ordered(found: QuerySet[Any], order: str) -> QuerySet[Any]:
    """The list in one of `ORDERS`, the most first; who never spoke comes last."""
    return found.order_by(F(ORDERS[order]).desc(nulls_last=True), "human")


def filled(rows: Iterable[dict[str, Any]], groups: QuerySet[Group]) -> list[Human]:
    """The rows of a page with names, groups and strata, in three queries however many there are."""
    asked = list(rows)
    keys = [row["human"] for row in asked]
    those = Identity.objects.filter(Q(person__in=keys) | Q(person__root__in=keys), group__in=groups)
    mine: dict[UUID, list[Identity]] = defaultdict(list)
    for i in those.select_related("group", "person").order_by(F("last").desc(nulls_last=True), "name"):
        mine[i.person.root_id or i.person_id].append(i)
    told = seats({i.group_id for found in mine.values() for i in found})
    return [_human(row, mine[row["human"]], told) for row in asked]


def _human(row: dict[str, Any], identities: list[Identity], told: dict[UUID, Any]) -> Human:
    names = tuple(dict.fromkeys(i.name for i in identities))
    return Human(
        id=row["human"],
        name=names[0] if names else "",
        names=names,
        messages=row["messages"] or 0,
        first=row["first"],
        last=row["last"],
        standings=tuple(
            Standing(i.group_id, i.group.name, i.name, i.account, told.get(i.group_id, {}).get(i.account))
            for i in identities
        ),
    )
