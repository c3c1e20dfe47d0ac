"""The card: what an operator knows of a group that no archive tells.

Everything in INSIGHT that needs to know what kind of group it looks at takes one of these, and nothing else
from the floors above.
"""

from dataclasses import dataclass, field
from datetime import datetime

from huoqun.insight.threshold import Thresholds

TYPES = (
    "lead_pond",
    "newcomer",
    "camp",
    "core",
    "benefits",
    "word_of_mouth",
    "learning",
    "interest",
    "relationship",
    "supply_demand",
    "feedback",
    "regional",
    "staff",
)
"""Types of group (handbook chapter 1), in its order."""

ELEMENTS = ("goal", "core", "strata")
"""Without these three a group is a heap of people (handbook chapter 1)."""


@dataclass(frozen=True)
class Mark:
    """An event on a group's pulse, set by a person (handbook "Words")."""

    start: datetime
    """Naive UTC."""
    end: datetime
    """Naive UTC, exclusive."""
    title: str
    by_owner: bool = True
    """Run by the owner or a guest (counts towards event dependence)."""


@dataclass(frozen=True)
class Acquaintance:
    """One person said by survey that they know another: identities, and when (naive UTC)."""

    who: str
    knows: str
    time: datetime


@dataclass(frozen=True)
class Shared:
    """Something two people did in an activity that connects them: in a team, met in person, one vouched for the other.
    Identities, when (naive UTC), and its fresh weight in replies."""

    who: str
    other: str
    time: datetime
    weight: float


@dataclass(frozen=True)
class Card:
    """What is known of a group beside its archive."""

    zone: str = "Asia/Shanghai"
    type: str | None = None
    """One of `TYPES`, or None where nobody has said: then general ranges hold and type findings stay silent."""
    owner: str | None = None
    """Identity of the owner."""
    owner_source: str = "guess"
    """`file`, `named` or `guess`. Findings about the owner need one of the first two."""
    staff: frozenset[str] = frozenset()
    """Identities of the team, the owner included where known."""
    members: int | None = None
    """How many people are in the group, where known (else: everyone ever seen and not gone)."""
    size_limit: int | None = None
    created: datetime | None = None
    """When the group was founded, naive UTC, where known (else the first row)."""
    ends: datetime | None = None
    """Planned end (camps), naive UTC."""
    marks: tuple[Mark, ...] = ()
    known: tuple[Acquaintance, ...] = ()
    """Who said that they know whom."""
    shared: tuple[Shared, ...] = ()
    """What they did together in activities."""
    asked_whom: frozenset[str] = frozenset()
    """Identities who said whom they know, even if it is nobody."""
    response: tuple[int, int] | None = None
    """How many of how many asked have answered the newest survey."""
    ranges: dict[str, tuple[float, float]] = field(default_factory=dict)
    """Normal ranges by vital sign id that the operator has set; they win over those of the type."""
    unnamed: tuple[str, ...] = ()
    """Of `ELEMENTS` those that the operator left empty on a positioning card with something on it."""
    thresholds: Thresholds = Thresholds()
    """By what people are sorted into strata."""
