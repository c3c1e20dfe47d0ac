"""The census: people as a list, one row for each human, however many accounts they have.

Who sees a whole workspace sees the tallies; who is limited to some groups sees sums over these alone.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, F, Max, Min, Q, QuerySet, Sum, Window
from django.db.models.functions import Coalesce

from huoqun.people.group import Group
from huoqun.people.person import Identity, Naming
from huoqun.people.piece import Holds
from huoqun.people.staff import Staff, groups_for
from huoqun.people.tally import NEVER, Tally, humans_of

ORDERS = {"last": "last", "messages": "messages"}
AT_ONCE = 2000
"""Persons an export reads at a time."""
MOST = 20_000
"""So far the people that a search finds are counted."""


@dataclass(frozen=True)
class Standing:
    """One identity of a person as a list shows it."""

    group: UUID
    group_name: str
    name: str
    account: str
    stratum: str
    """In that group; empty where nobody has measured it."""


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
    stratum: str
    """Over all groups of the workspace."""
    standings: tuple[Standing, ...]


def people(staff: Staff, *, search: str = "", only: UUID | None = None) -> QuerySet[Any]:
    """Whom a member of staff may see: rows of `human`, `messages`, `first`, `last`, unordered. `search`: in names ever
    borne and accounts; `only`: who is in that group."""
    groups = groups_for(staff)
    if staff.duty.limited:
        return humans(groups, search=search, only=only)
    found = everybody(Tally.objects.filter(workspace=staff.workspace), search=search)
    if only:
        there = Identity.objects.filter(group__in=groups, group=only)
        found = found.filter(person__in=there.values(human=Coalesce("person__root", "person")))
    return found


def found(staff: Staff, *, search: str = "", only: UUID | None = None) -> tuple[QuerySet[Any], int]:
    """The same people and how many they are; of a search no more than `MOST` + 1 are counted."""
    those = people(staff, search=search, only=only)
    if not search or those.model is not Tally:
        return those, those.count()
    if connection.vendor == "sqlite":  # looks through all names: once is enough
        keys = list(those.values_list("pk", flat=True)[: MOST + 1])
        total, those = len(keys), people(staff).filter(pk__in=keys[:MOST])
    else:
        total = those[: MOST + 1].count()
    # more stand so close together in the list that walking along it finds a page of them soonest
    return (people(staff, only=only).filter(names__contains=search.lower()) if total > MOST else those), total


def everybody(tallies: QuerySet[Tally], *, search: str = "") -> QuerySet[Any]:
    """Such rows of some tallies."""
    if search:
        tallies = tallies.filter(Holds(F("names"), search.lower()))
    return tallies.values("messages", "first", "last", human=F("person"))


def chosen(staff: Staff, tallies: QuerySet[Tally]) -> QuerySet[Any]:
    """Such rows of those whom a rule chose, with sums over the groups a member of staff may see and no others."""
    if not staff.duty.limited:
        return everybody(tallies)
    return humans(groups_for(staff)).filter(human__in=tallies.values("person"))


def humans(groups: QuerySet[Group], *, search: str = "", only: UUID | None = None) -> QuerySet[Any]:
    """The same, counted over some groups and no others."""
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
    by = F(ORDERS[order])
    return found.order_by(by.desc() if found.model is Tally else by.desc(nulls_last=True), "human")


def some(found: QuerySet[Any], order: str, begin: int, many: int) -> tuple[list[dict[str, Any]], int]:
    """A part of the list and how many there are in all, in one look at the table: for lists that were searched, where
    every look reads all names. Where the part lies behind the end it is empty, and so is the number."""
    if found.model is not Tally:
        return list(ordered(found, order)[begin : begin + many]), found.count()
    told = ordered(found.annotate(total=Window(Count("*"))), order)[begin : begin + many]
    rows = list(told)
    return rows, rows[0]["total"] if rows else 0


def filled(rows: Iterable[dict[str, Any]], staff: Staff) -> list[Human]:
    """The rows of a page with names, groups and strata, in as many queries however many there are. Who is limited to
    some groups is not told where somebody stands over all of them."""
    asked, groups = list(rows), groups_for(staff)
    roots = humans_of(row["human"] for row in asked)
    those = Identity.objects.filter(person__in=roots, group__in=groups).select_related("group", "trace")
    mine: dict[UUID, list[Identity]] = defaultdict(list)
    for i in those.order_by(F("last").desc(nulls_last=True), "name"):
        mine[roots[i.person_id]].append(i)
    judged = Tally.objects.none() if staff.duty.limited else Tally.objects
    strata = dict(judged.filter(person__in=mine).values_list("person", "stratum"))
    return [_human(row, mine[row["human"]], strata.get(row["human"], "")) for row in asked]


def _human(row: dict[str, Any], identities: list[Identity], stratum: str) -> Human:
    names = tuple(dict.fromkeys(i.name for i in identities))
    return Human(
        id=row["human"],
        name=names[0] if names else "",
        names=names,
        messages=row["messages"] or 0,
        first=None if row["first"] == NEVER else row["first"],
        last=None if row["last"] == NEVER else row["last"],
        stratum=stratum,
        standings=tuple(
            Standing(i.group_id, i.group.name, i.name, i.account, i.trace.stratum if hasattr(i, "trace") else "")
            for i in identities
        ),
    )
