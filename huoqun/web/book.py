"""The book: everything a diagnosis can say, by id. One book a language; `phrase` picks and fills.

Sentences hold `{name:spec}`; the specs are those of `amount.Amount`. Evidence is a tuple of clauses: a clause is said
when all of its numbers are known, so that a sentence never has a hole.
"""

from dataclasses import dataclass
from typing import NamedTuple


class Sign(NamedTuple):
    """Words of a vital sign: name, and what it means in a sentence or two."""

    name: str
    meaning: str


class Cause(NamedTuple):
    """Words of a finding: title, clauses of evidence, how it opens the verdict's sentence."""

    title: str
    evidence: tuple[str, ...]
    lead: str


@dataclass(frozen=True)
class Book:
    """All words of one language. Every dictionary has the same ids in every language; a test compares them."""

    lang: str
    states: dict[str, str]
    """`Verdict.state`."""
    stages: dict[str, str]
    types: dict[str, str]
    networks: dict[str, str]
    formats: dict[str, str]
    """By the module's name under `chat/formats/`."""
    strata: dict[str, str]
    signs: dict[str, Sign]
    causes: dict[str, Cause]
    methods: dict[str, str]
    """By playbook id: what to do from Monday on, in a paragraph."""
    reasons: dict[str, str]
    """`Reason.id` with `{value}`."""
    reasons_unknown: dict[str, str]
    """`Reason.id` where the history is too short for its value; `""` stands for all others."""
    stratum_reasons: dict[str, str]
    """Why somebody stands in a stratum, by the first word of `Person.stratum_reason`, with `{value}` and `{of}`."""
    probabilities: dict[str, str]
    gaps: dict[str, tuple[str, ...]]
    """`Gap.kind`, or `kind:detail` for details with words of their own: the first whose numbers are known is said."""
    grades: dict[str, str]
    skips: dict[str, str]
    notes: dict[str, str]
    refusals: dict[str, str]
    """Reasons of `chat/refusal`, with their values; without a full stop."""
    withheld: dict[str, str]
    ties: dict[str, str]
    """Kinds of evidence for a tie."""
    trends: dict[str, str]
    sign_states: dict[str, str]
    ranges: dict[str, str]
    """`VitalSign.range_source`."""
    headline: dict[str, str]
    """Pieces of the verdict's sentence; see `headline`."""
    label: dict[str, str]
    """Words of the page itself."""
    weekdays: tuple[str, ...]
    joint: str
    """Between clauses."""
    stop: str
    """After the last clause."""
