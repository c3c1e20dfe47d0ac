"""The portfolio: the groups somebody may see with what their newest checkups say, filtered, ordered and paged."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, QuerySet

from huoqun.activities import activity
from huoqun.insight.card import TYPES
from huoqun.insight.stage import NAMES
from huoqun.people import alert, branch, checkup
from huoqun.people.account import Account
from huoqun.people.alert import alerts
from huoqun.people.branch import Branch
from huoqun.people.checkup import CARE
from huoqun.people.group import Group
from huoqun.people.staff import Staff, groups_for
from huoqun.web.query import asking, key, number

PAGE = 100
"""Groups shown at once."""
ORDERS = {"care": ("care", "-harm", "-half", "name"), "name": ("name",), "last": ("-last",), "size": ("-messages",)}
COLUMNS = ("state", "silent", "cause", "grade", "people", "members", "answered", "speaking", "welcome", "spark")
"""What a line takes from the newest checkup."""
ANY, NOBODY, ME = "any", "nobody", "me"
"""Of alerts: one of whatever kind. Of those who look after groups: none, and whoever asks."""
MOST_ROOTS = 200
"""So many branches the list can be narrowed to by a click."""


@dataclass(frozen=True)
class Wanted:
    """What the list was asked for. Whatever nobody knows is as if it was not asked."""

    q: str = ""
    state: str = ""
    type: str = ""
    stage: str = ""
    network: str = ""
    alert: str = ""
    carer: str = ""
    branch: str = ""
    order: str = "care"
    page: int = 1

    @property
    def search(self) -> str:
        """Part of the name."""
        return self.q

    @property
    def query(self) -> str:
        """The list's address without its page: what a saved view and an export keep."""
        return asking(replace(self, page=1))

    @property
    def filtered(self) -> bool:
        """Not all groups are asked for."""
        return replace(self, order="care", page=1) != Wanted()


@dataclass(frozen=True)
class Page:
    """One page of the list; `wanted.page` is the last one where more was asked."""

    lines: list[Any]
    total: int
    wanted: Wanted

    @property
    def pages(self) -> int:
        """How many there are; at least one."""
        return max(math.ceil(self.total / PAGE), 1)


def wanted_by(query: Mapping[str, str]) -> Wanted:
    """What an address asks for."""

    def row(name: str) -> str:
        found = key(query.get(name, ""))
        return str(found) if found else ""

    def one_of(name: str, known: Any) -> str:
        said = str(query.get(name, ""))
        return said if said in known else ""

    network = query.get("network", "")
    return Wanted(
        q=" ".join(query.get("q", "").replace("\0", "").split())[:100],
        state=one_of("state", CARE),
        type=one_of("type", TYPES),
        stage=one_of("stage", NAMES),
        alert=one_of("alert", (ANY, *alert.KINDS)),
        carer=one_of("carer", (NOBODY, ME)) or row("carer"),
        branch=row("branch"),
        network=network if network.isascii() and network.isalpha() and len(network) <= 20 else "",
        order=one_of("order", ORDERS) or "care",
        page=number(query.get("page", "1")),
    )


def portfolio(staff: Staff, wanted: Wanted, *, now: datetime) -> QuerySet[Group, Group]:
    """The groups somebody may see, in the order asked for. One index of narrow rows serves filters and order."""
    found = groups_for(staff)
    if wanted.q:
        found = found.filter(name__icontains=wanted.q)
    for name in ("type", "stage", "network"):
        if value := getattr(wanted, name):
            found = found.filter(**{name: value})
    if wanted.state:
        found = found.filter(care=CARE[wanted.state])
    if wanted.carer:
        whose = {NOBODY: None, ME: staff.account_id}.get(wanted.carer, key(wanted.carer))
        found = found.filter(carer=whose)
    if wanted.branch:
        found = found.filter(branch.under(Group(pk=UUID(wanted.branch))))
    if wanted.alert:
        there = alerts(now).filter(group=OuterRef("pk"))
        found = found.filter(Exists(there if wanted.alert == ANY else there.filter(kind=wanted.alert)))
    order = [
        F(o[1:]).desc(nulls_last=o == "-last" or None) if o[0] == "-" else F(o).asc() for o in ORDERS[wanted.order]
    ]
    return found.order_by(*order, F("pk").asc())


def lines_of(staff: Staff, wanted: Wanted, *, now: datetime) -> Page:
    """One page of the list. The keys are ordered first, so that what lines show is read for a hundred groups only."""
    found = portfolio(staff, wanted, now=now)
    total = found.order_by().count()
    wanted = replace(wanted, page=min(wanted.page, max(math.ceil(total / PAGE), 1)))
    begin = (wanted.page - 1) * PAGE
    keys = list(found.values_list("pk", flat=True)[begin : begin + PAGE])
    return Page(told(keys, now=now), total, wanted)


def told(keys: list[UUID], *, now: datetime) -> list[Any]:
    """The groups of some keys, in their order, with all that lines say of them; one query for each kind of thing."""
    said = {name: F(f"newest__{name}") for name in COLUMNS}
    shown = Group.objects.annotate(chance=F("newest__half"), **said).select_related("carer", "branch")
    rows: dict[UUID, Any] = shown.in_bulk(keys)
    lines = [rows[one] for one in keys if one in rows]
    warned, going = alert.of_groups(lines, now=now), activity.under_way(lines, now=now)
    failed = checkup.failed([line for line in lines if not line.state])
    for line in lines:
        line.failed = line.pk in failed
        line.warned = warned.get(line.pk, [])
        line.next = going.get(line.pk)
    return lines


def networks(staff: Staff) -> list[str]:
    """The networks of the groups somebody may see."""
    return sorted(groups_for(staff).order_by().values_list("network", flat=True).distinct())


def carers(staff: Staff) -> list[Account]:
    """Who looks after groups that somebody may see."""
    return list(Account.objects.filter(pk__in=groups_for(staff).order_by().values("carer")).order_by("name"))


def roots(staff: Staff) -> list[Group]:
    """The groups somebody may see that have others under them, by name."""
    above = Branch.objects.filter(parent=OuterRef("pk"))
    return list(groups_for(staff).filter(Exists(above)).order_by("name", "pk")[:MOST_ROOTS])
