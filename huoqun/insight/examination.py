"""The examination: everything about one group that vital signs and findings need, computed once, in order."""

from collections.abc import Sequence

import polars as pl

from huoqun.insight.answer import answers
from huoqun.insight.cause import Case
from huoqun.insight.document import Event, Mood
from huoqun.insight.liveliness import QUARTER, Ground
from huoqun.insight.newcomer import newcomers
from huoqun.insight.question import questions
from huoqun.insight.reading import Reading
from huoqun.insight.start import starts
from huoqun.insight.tie import Ties
from huoqun.insight.vital import ground, vital_signs


def examine(
    reading: Reading,
    *,
    ties: Ties | None = None,
    ties_left: float | None = None,
    mood: Sequence[Mood] = (),
    events: Sequence[Event] | None = None,
    begun: pl.DataFrame | None = None,
) -> Case:
    """The case of a group: its tables, and its vital signs by id.

    `ties` as of the reading's now (`insight/tie`), `ties_left` the share of their strength without the owner
    (`insight/graph`): None leaves what needs them unknown.
    `mood` by week, oldest first (`insight/mood`). `events` and `begun` (`insight/start`) where they are already known.
    """
    base = ground(reading, seen=events)
    answered = answers(reading)
    arrived, asked = newcomers(reading, known=answered), questions(reading, known=answered)
    begun = starts(reading) if begun is None else begun
    share = None if ties is None else strong_share(base, ties)
    signs = vital_signs(base, arrived, asked, begun, strong_share=share, ties_left=ties_left, mood=mood)
    by_id = {sign.id: sign for sign in signs}
    pairs = None if ties is None else ties.pairs
    return Case(base, by_id, arrived, asked, begun, answered, pairs, ties_left, mood)


def strong_share(base: Ground, ties: Ties) -> float | None:
    """Share of the people of the last 90 days who have at least one strong tie; None where nobody spoke."""
    people = base.visits.filter(pl.col("day") >= base.since(QUARTER))["person"].unique()
    if not people.len():
        return None
    strong = ties.pairs.filter("strong")
    return float(people.is_in(pl.concat([strong["a"], strong["b"]]).unique().implode()).mean() or 0.0)  # type: ignore[arg-type]
