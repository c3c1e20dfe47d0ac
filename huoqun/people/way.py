"""The way up: where somebody stands over some of their groups by the workspace's ladder, what the next stratum asks of
them, and how far they are.

A group's own diagnosis sorts its people by the numbers of `insight/stratum`, whatever the ladder says; a page that
shows both says which is which.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from huoqun.people.ladder import Rule, Rung, place, rungs

UP = {"silent": "regular", "word_of_mouth": "regular", "regular": "core", "core": "kol"}
"""Which stratum comes next."""


@dataclass(frozen=True)
class Ask:
    """One thing the next stratum asks for: a column of a tally. `have`: how much of `need` there is. All asks of one
    rung are needed together; one rung is enough."""

    what: str
    need: float
    have: float


@dataclass(frozen=True)
class Way:
    """From where somebody stands to the next stratum, by each rung of it; `to` is empty at the top."""

    at: str
    why: str
    to: str
    rungs: tuple[tuple[Ask, ...], ...]


def way(measured: Mapping[str, Any], rule: Rule) -> Way:
    """The way up of whoever has these sums (`tally.over`)."""
    at, why = place(measured, rule)
    to = UP.get(at, "")
    return Way(at, why, to, tuple(_asks(rung, measured) for rung in rungs(rule) if rung[0] == to))


def _asks(rung: Rung, measured: Mapping[str, Any]) -> tuple[Ask, ...]:
    """What a rung asks for; when they were seen is no matter of climbing but where it is all that is asked."""
    tests = [test for test in rung[2] if test[0] != "ago"] or rung[2]
    return tuple(Ask(column, number, measured[column] or 0) for column, _, number in tests)
