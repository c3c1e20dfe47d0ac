"""Vital signs: every measure beside its normal range, trend and sample (handbook chapter 4).

The signs are computed in `liveliness` (the talk itself), `arrival` (those who come, ask, stay and leave) and
`ownership` (those who run the group), each with its source; this module puts them in order and compares them.
`strong_tie_share` and `mood` are measured elsewhere (`insight/tie`, `insight/mood`) and handed in.
"""

from collections.abc import Sequence

import polars as pl

from huoqun.insight.acquaintance import heard_measures
from huoqun.insight.arrival import leave_measure, newcomer_measures, question_measures, retention_measures
from huoqun.insight.coming import moves, tells_leaving
from huoqun.insight.document import Event, Mood, VitalSign
from huoqun.insight.interval import wilson
from huoqun.insight.liveliness import (
    QUARTER,
    Ground,
    evenness_measures,
    event_measure,
    pulse_measures,
    speaker_measures,
)
from huoqun.insight.measure import Measure
from huoqun.insight.normal import Normal, normals
from huoqun.insight.ownership import (
    cadence_measure,
    dependence_measure,
    presence_measures,
    selling_measures,
    staff_messages,
)
from huoqun.insight.pulse import best_week, daily, events, today, visits
from huoqun.insight.reading import Reading
from huoqun.insight.trend import trend

ORDER = (
    "pulse",
    "pulse_of_best",
    "speakers",
    "speaking_share",
    "strong_tie_share",
    "owner_dependence",
    "event_dependence",
    "concentration",
    "gini",
    "newcomer_welcome",
    "newcomer_voice",
    "answer_rate",
    "answer_minutes",
    "retention_week_1",
    "retention_week_4",
    "leave_rate",
    "mood",
    "owner_presence",
    "owner_voice",
    "cadence",
    "promotion_load",
    "first_sale_days",
)
"""All ids that an archive tells, in the order the page shows them; after them come those of `insight/acquaintance`."""


def ground(reading: Reading, *, seen: Sequence[Event] | None = None) -> Ground:
    """The tables all measures share, made once; `seen` are the events where they are already known."""
    days = daily(reading)
    found = events(reading, days) if seen is None else list(seen)
    every = visits(reading)
    if days.height:
        every = every.filter(pl.col("day") >= days["day"][0])
    return Ground(reading, today(reading.card, reading.now), days, every, moves(reading), found)


def vital_signs(
    base: Ground,
    newcomers: pl.DataFrame,
    questions: pl.DataFrame,
    starts: pl.DataFrame,
    *,
    strong_share: float | None = None,
    ties_left: float | None = None,
    mood: Sequence[Mood] = (),
) -> list[VitalSign]:
    """All vital signs in the order of `ORDER`; those that cannot be measured have the value None. Behind them
    what members told by survey, where they did.

    `newcomers`, `questions` and `starts` are the tables of `insight/newcomer`, `question` and `start`. `strong_share`:
    share of the people of the last 90 days with a strong tie; `ties_left`: share of tie strength without the owner;
    `mood`: by week, oldest first.
    """
    reading = base.reading
    found = [
        *pulse_measures(base),
        *speaker_measures(base),
        strong_measure(base, strong_share),
        dependence_measure(base, starts, ties_left),
        event_measure(base),
        *evenness_measures(base),
        *newcomer_measures(base, newcomers),
        *question_measures(base, questions),
        *retention_measures(base, newcomers),
        leave_measure(base),
        mood_measure(mood),
        *presence_measures(base),
        cadence_measure(base),
        *selling_measures(base, staff_messages(base)),
    ]
    by_id = {one.id: one for one in found}
    ranges = normals(reading.card) | _own(base, normals(reading.card), by_id["speakers"])
    shown = [*(by_id[id] for id in ORDER), *heard_measures(base)]
    return [dressed(one, ranges.get(one.id, Normal())) for one in shown]


def event_sign(base: Ground) -> VitalSign:
    """`event_dependence` by itself, as `vital_signs` has it: what a mark changes at once."""
    return dressed(event_measure(base), normals(base.reading.card).get("event_dependence", Normal()))


def strong_measure(base: Ground, share: float | None) -> Measure:
    """`strong_tie_share`: people of the last 90 days with at least one strong tie (handbook chapter 4)."""
    people = base.visits.filter(pl.col("day") >= base.since(QUARTER))["person"].n_unique()
    around = wilson(share * people, people) if share is not None else None
    return Measure("strong_tie_share", "share", share, people, around)


def mood_measure(mood: Sequence[Mood]) -> Measure:
    """`mood`: share of negative messages over the last four weeks read (handbook chapter 4)."""
    recent = mood[-4:]
    total = sum(week.messages for week in recent)
    if not total:
        return Measure("mood", "share", sample=0)
    hits = sum(week.negative * week.messages for week in recent)
    line = [(week.start, week.negative if week.messages else None) for week in mood]
    return Measure("mood", "share", hits / total, total, wilson(hits, total), line)


def dressed(measure: Measure, normal: Normal) -> VitalSign:
    """The document's part: a measure with its range, state and trend."""
    return VitalSign(
        id=measure.id,
        value=measure.value,
        low=normal.low,
        high=normal.high,
        trend=trend([value for _, value in measure.series]),
        unit=measure.unit,
        state=normal.state(measure.value),  # type: ignore[arg-type]
        sample=measure.sample,
        interval=measure.interval,
        series=measure.series,
        range_source=normal.source,
    )


def _own(base: Ground, ranges: dict[str, Normal], speakers: Measure) -> dict[str, Normal]:
    """Ranges of the pulse and of speakers, which depend on the group's size: parts of its own best week.

    Which parts are normal comes from the table (`pulse_of_best`, `speakers_of_best`). The speaking share has no range
    where members are known: the table's is over everybody ever seen.
    """
    own = {}
    share = ranges.get("speaking_share", Normal())
    if share.source == "group-lives" and (base.reading.card.members is not None or tells_leaving(base.reading)):
        own["speaking_share"] = Normal()
    best = {"pulse": best_week(base.days)[1], "speakers": max((v or 0 for _, v in speakers.series), default=0)}
    for id in ("pulse", "speakers"):
        part = ranges.get(f"{id}_of_best", Normal())
        if part.source and best[id] > 0 and ranges.get(id, Normal()).source != "operator":
            low, high = (None if bound is None else bound * best[id] for bound in (part.low, part.high))
            own[id] = Normal(low, high, "own best")
    return own
