"""The talk: what a day of one member's messages is worth in points, so that talk cannot be farmed.

Pure functions over texts and times. A message counts if it says something (letters enough, not all the same), comes a
while after the last that counted, and is not like anything that counted that day, nor the same as what somebody else
said that day or what they said themselves in the week before. The first messages of a day are worth the full points,
the next ones half, then a quarter, down to nothing; a day never brings more than its cap. Numbers are defaults that an
operator sees the effect of before anything is paid.
"""

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict, Field

COUNTS, SHORT, SOON, ALIKE, COPIED, WORN = "counts", "short", "soon", "alike", "copied", "worn"
"""Why a message counts or does not: too little said; too soon after the last; like another of the day; said by
somebody else, or by them days before; the day is used up."""
WEEK = timedelta(days=7)
"""How far back the same words count as said before."""
_NOISE = re.compile(r"https?://\S+|@\S+|\[[^\[\]]{1,12}\]|[\W\d_]+")
"""Addresses, mentions, emoticons by name, numbers and signs are no words: a counter behind a text makes no new one."""


class TalkRule(BaseModel):
    """What a message is worth."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    each: int = Field(default=2, ge=1, le=100)
    """Points of a message at first."""
    full: int = Field(default=3, ge=1, le=100)
    """How many messages bring that; after so many again it is half, rounded down."""
    cap: int = Field(default=10, ge=1, le=1000)
    """Points of one member in one day of one group at most."""
    gap: int = Field(default=60, ge=0, le=3600)
    """Seconds after a message that counted in which none counts."""
    least: int = Field(default=4, ge=1, le=100)
    """Different letters, or signs of Chinese, that a message needs."""
    alike: int = Field(default=60, ge=10, le=100)
    """Per cent of pairs of letters in common (Jaccard) from which two messages are the same thing said twice."""


@dataclass(frozen=True)
class Spoken:
    """One text and when it was said."""

    at: datetime
    text: str


def fold(text: str) -> str:
    """What two texts are compared by: letters alone, of one width and case."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", text).casefold())


def worth(day: Sequence[Spoken], said_before: Collection[str], rule: TalkRule) -> list[tuple[int, str]]:
    """Points of each message of one member's day, in the order of time, with why. `said_before`: folded texts of others
    that day and of the member in the week before."""
    found: list[tuple[int, str]] = []
    counted: list[frozenset[str]] = []
    last: datetime | None = None
    paid = 0
    for each in day:
        points = min(rule.each >> (len(counted) // rule.full), rule.cap - paid)
        folded = fold(each.text)
        why = _why(folded, said_before, rule)
        if not why and last is not None and each.at - last < timedelta(seconds=rule.gap):
            why = SOON
        pairs = _pairs(folded) if not why and points > 0 else frozenset()
        if not why and any(_share(pairs, other) * 100 >= rule.alike for other in counted):
            why = ALIKE
        if not why and points <= 0:
            why = WORN
        if why:
            found.append((0, why))
            continue
        counted.append(pairs)
        last, paid = each.at, paid + points
        found.append((points, COUNTS))
    return found


def _why(folded: str, said_before: Collection[str], rule: TalkRule) -> str:
    if len(set(folded)) < rule.least:
        return SHORT
    return COPIED if folded in said_before else ""


def _pairs(text: str) -> frozenset[str]:
    return frozenset(text[i : i + 2] for i in range(len(text) - 1))


def _share(a: frozenset[str], b: frozenset[str]) -> float:
    both = len(a & b)
    return both / (len(a) + len(b) - both) if both else 0.0
