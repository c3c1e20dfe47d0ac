"""The seat: what the newest checkup of a group says of one of its accounts: stratum with reason, ties."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from uuid import UUID

from django.db.models import OuterRef, Subquery

from huoqun.insight.document import Diagnosis
from huoqun.insight.document import Person as Member
from huoqun.people.checkup import Checkup

MOST_TIES = 12
"""Ties shown of one account, strongest first."""
KEPT = 64
"""Groups whose people are kept in memory, those of the newest pages."""


@dataclass(frozen=True)
class Bond:
    """A tie to another account of the same group; `name` as the checkup knows it."""

    account: str
    name: str
    strength: float
    strong: bool
    returned: bool
    kinds: tuple[tuple[str, int], ...] = ()
    """How often each kind of evidence was seen, the most first."""
    last: datetime | None = None
    """Naive UTC."""


@dataclass(frozen=True)
class Seat:
    """Where somebody stands in a group as of its newest checkup."""

    stratum: str
    reason: str
    ties: int
    strong_ties: int
    messages_90d: int
    bonds: tuple[Bond, ...]


def seats(groups: Iterable[UUID]) -> dict[UUID, Mapping[str, Seat]]:
    """By group and account; a group without a checkup has none."""
    newest = Checkup.objects.filter(group=OuterRef("group")).order_by("-day", "-computed").values("pk")[:1]
    found = Checkup.objects.filter(group__in=set(groups), pk=Subquery(newest))
    return {group: _read(pk, str(computed)) for group, pk, computed in found.values_list("group", "pk", "computed")}


@lru_cache(maxsize=KEPT)
def _read(pk: UUID, _computed: str) -> Mapping[str, Seat]:
    told = Diagnosis.model_validate_json(Checkup.objects.values_list("document", flat=True).get(pk=pk))
    return MappingProxyType(_seats(told))


def _seats(told: Diagnosis) -> dict[str, Seat]:
    names = {p.id: p.name for p in told.people_table}
    bonds: dict[str, list[Bond]] = {}
    for t in sorted(told.ties, key=lambda t: -t.strength):
        for mine, theirs in ((t.a, t.b), (t.b, t.a)):
            those = bonds.setdefault(mine, [])
            if len(those) < MOST_TIES:
                kinds = tuple(sorted(t.kinds.items(), key=lambda k: -k[1]))
                those.append(Bond(theirs, names.get(theirs, theirs), t.strength, t.strong, t.returned, kinds, t.last))
    return {p.id: _seat(p, bonds.get(p.id, [])) for p in told.people_table}


def _seat(p: Member, bonds: list[Bond]) -> Seat:
    return Seat(p.stratum, p.stratum_reason, p.ties, p.strong_ties, p.messages_90d, tuple(bonds))
