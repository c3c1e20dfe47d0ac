"""The portfolio: the groups somebody may see with what their newest checkups say, filtered, ordered and paged."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Case, F, QuerySet, Value, When
from django.db.models.functions import Coalesce, NullIf

from huoqun.base import job
from huoqun.insight.card import TYPES
from huoqun.insight.stage import NAMES
from huoqun.people import checkup
from huoqun.people.checkup import CARE
from huoqun.people.group import Group
from huoqun.people.room import room
from huoqun.people.staff import Staff, groups_for

PAGE = 100
"""Groups shown at once."""
ORDERS = {"care": ("care", "-harm", "-half", "name"), "name": ("name",), "last": ("-last",), "size": ("-messages",)}
COLUMNS = (
    "state",
    "half",
    "silent",
    "harm",
    "cause",
    "grade",
    "people",
    "members",
    "answered",
    "speaking",
    "welcome",
    "spark",
)
"""What a line takes from the newest checkup."""


@dataclass(frozen=True)
class Wanted:
    """What the list was asked for. Whatever nobody knows is as if it was not asked."""

    q: str = ""
    state: str = ""
    type: str = ""
    stage: str = ""
    network: str = ""
    order: str = "care"
    page: int = 1

    @property
    def search(self) -> str:
        """Part of the name."""
        return self.q

    @property
    def query(self) -> str:
        """The list's address without its page: what a saved view and an export keep."""
        asked = asdict(replace(self, page=1))
        plain = asdict(Wanted())
        return urlencode({name: value for name, value in asked.items() if value != plain[name]})

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

    def one_of(name: str, known: Any) -> str:
        said = str(query.get(name, ""))
        return said if said in known else ""

    page = query.get("page", "1")
    network = query.get("network", "")
    return Wanted(
        q=" ".join(query.get("q", "").replace("\0", "").split())[:100],
        state=one_of("state", CARE),
        type=one_of("type", TYPES),
        stage=one_of("stage", NAMES),
        network=network if network.isascii() and network.isalpha() and len(network) <= 20 else "",
        order=one_of("order", ORDERS) or "care",
        page=int(page) if page.isascii() and page.isdecimal() and len(page) < 6 and int(page) else 1,
    )


def portfolio(staff: Staff, wanted: Wanted) -> QuerySet[Group, Group]:
    """The groups somebody may see with what their newest checkup says, in the order asked for."""
    care = Case(*[When(newest__state=state, then=Value(rank)) for state, rank in CARE.items()], default=Value(9))
    stage = Coalesce(NullIf(F("stage_said"), Value("")), F("newest__stage"))
    found = groups_for(staff).annotate(care=care, stage=stage, **{name: F(f"newest__{name}") for name in COLUMNS})
    if wanted.q:
        found = found.filter(name__icontains=wanted.q)
    for name in ("state", "type", "stage", "network"):
        if value := getattr(wanted, name):
            found = found.filter(**{name: value})
    order = [F(o[1:]).desc(nulls_last=True) if o[0] == "-" else F(o).asc() for o in ORDERS[wanted.order]]
    return found.order_by(*order, F("pk").asc())


def lines_of(staff: Staff, wanted: Wanted) -> Page:
    """One page of the list. The keys are ordered first, so that what lines show is read for a hundred groups only."""
    found = portfolio(staff, wanted)
    total = found.count()
    wanted = replace(wanted, page=min(wanted.page, max(math.ceil(total / PAGE), 1)))
    begin = (wanted.page - 1) * PAGE
    keys = list(found.values_list("pk", flat=True)[begin : begin + PAGE])
    lines = lines_with(staff, keys)
    for line in lines:
        line.room = room(line, line.members)
        work = None if line.state else checkup.working(line)
        line.failed = work is not None and work.state == job.FAILED
    return Page(lines, total, wanted)


def lines_with(staff: Staff, keys: Sequence[UUID]) -> list[Any]:
    """The lines of these groups, in the order of the keys."""
    rows: dict[Any, Any] = portfolio(staff, Wanted()).order_by().in_bulk(keys)
    return [rows[key] for key in keys if key in rows]


def networks(staff: Staff) -> list[str]:
    """The networks of the groups somebody may see."""
    return sorted(groups_for(staff).order_by().values_list("network", flat=True).distinct())
