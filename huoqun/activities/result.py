"""The result: what the answers to one question add up to, alone and split by something else that is known of people.

Everything here is a rule on values; nothing is read from or written to the database.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean, median
from typing import Any

from huoqun.activities.questionnaire import MANY, NUMBER, ONE, PEOPLE, SCALE, TEXT, Question

FEW = 5
"""Fewer people than this can be told apart; who may not see people is shown no smaller count. A usual default of
official statistics."""
COUNTED = (ONE, MANY, SCALE)


@dataclass(frozen=True)
class Numbers:
    """What the answers of a scale or number question add up to."""

    mean: float
    median: float
    least: float
    most: float


@dataclass(frozen=True)
class Tally:
    """One question over some people: how many answered it, how often each choice, what numbers."""

    n: int
    counts: dict[str, int]
    numbers: Numbers | None

    def share(self, choice: str) -> float:
        """Who chose it, of those who answered the question."""
        return self.counts[choice] / self.n if self.n else 0.0


@dataclass(frozen=True)
class Cross:
    """One question beside something else: a tally for each part, in the order of the parts."""

    parts: tuple[str, ...]
    tallies: tuple[Tally, ...]


def tally(question: Question, values: Sequence[Any]) -> Tally:
    """What these values add up to; None stands for no answer."""
    given = [value for value in values if value is not None]
    counts: dict[str, int] = {}
    if question.kind in COUNTED:
        ticks = Counter(str(t) for v in given for t in (v if isinstance(v, list) else [v]))
        counts = {choice: ticks[choice] for choice in question.choices()}
    if question.kind == PEOPLE:
        counts = dict(Counter(id for ids in given for id in ids).most_common())
    numbers = None
    if question.kind in {SCALE, NUMBER} and given:
        numbers = Numbers(round(mean(given), 2), median(given), min(given), max(given))
    return Tally(len(given), counts, numbers)


def cross(
    question: Question, values: Sequence[Any], parts: Sequence[Sequence[str]], order: Sequence[str]
) -> Cross | None:
    """The question split: `parts` says for each value to which parts its giver belongs. None where there is nothing to
    count."""
    if question.kind in {TEXT, PEOPLE}:
        return None
    split = [
        tally(question, [value for value, mine in zip(values, parts, strict=True) if part in mine]) for part in order
    ]
    there = [(part, each) for part, each in zip(order, split, strict=True) if each.n]
    return Cross(tuple(part for part, _ in there), tuple(each for _, each in there)) if there else None


def told(count: int, *, everything: bool) -> str:
    """A count as it may be shown: to who may not see people nothing that tells one person from another."""
    return f"<{FEW}" if 0 < count < FEW and not everything else str(count)
