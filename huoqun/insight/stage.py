"""The stage of a group on every day of its history, by people, never by messages alone.

What counts is how many distinct people spoke in the last 28 days, against the group's own level: the median of that
number over the half year before those 28 days. Fewer messages by the same people is no decline (one community went
from 404 to 98 messages a meeting while the same 8 to 11 people kept speaking).

cold_start  the first 28 days; longer, up to 90, while fewer than five people speak
growing     at least 1.35 times the level, beyond chance; until below 1.1
active      neither
declining   at most 0.6 times the level, beyond chance; until above 0.8
silent      nobody has spoken for 28 days, or one person alone for 56; until two people do within 28 days: then it grows
closed      past the planned end of a camp

Two thresholds each way, a test against chance (two Poisson counts, one-sided 5 %; to stay, half as strict) and a wait
of 21 days keep the stage from flickering; a change is dated on the day on which what caused it began. Thresholds are
ours (docs/decisions/052-stages.md).
"""

from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import polars as pl

from huoqun.insight.document import StageChange
from huoqun.insight.liveliness import Ground
from huoqun.insight.pulse import today

SPAN = 28
LEVEL_DAYS = 182
COLD_DAYS = 28
COLD_LONGEST = 90
COLD_PEOPLE = 5
WAIT = 21
GROW, GROWN = 1.35, 1.1
FALL, FALLEN = 0.6, 0.8
CHANCE = 1.645
WAKE_PEOPLE = 2

COLD, GROWING, ACTIVE, DECLINING, SILENT, CLOSED = range(6)
NAMES = ("cold_start", "growing", "active", "declining", "silent", "closed")

Counts = npt.NDArray[np.int64]


def speakers_by_day(visits: pl.DataFrame, first: date, days: int, span: int = SPAN) -> Counts:
    """Distinct people who spoke in the `span` days up to each of `days` days from `first` on.

    Each visit counts for a person until `span` days are over or their next visit takes its place.
    """
    ordered = visits.sort("person", "day")
    day = (ordered["day"] - pl.Series([first])).dt.total_days().to_numpy()
    person = ordered["person"].to_numpy()
    if not day.size:
        return np.zeros(days, dtype=np.int64)
    until = day + span
    again = person[1:] == person[:-1]
    until[:-1] = np.where(again, np.minimum(until[:-1], day[1:]), until[:-1])
    size = days + span + 1
    change = np.bincount(day, minlength=size) - np.bincount(until, minlength=size)
    return np.cumsum(change)[:days]


def levels(speakers: Counts) -> npt.NDArray[np.float64]:
    """The group's own level on each day: the median of `speakers` over the half year before the last 28 days.

    In the first months, of as much as there is after the cold start; NaN where there is nothing yet.
    """
    level = np.full(len(speakers), np.nan)
    padded = np.concatenate([np.full(LEVEL_DAYS, np.nan), speakers.astype(np.float64)])
    padded[LEVEL_DAYS : LEVEL_DAYS + min(COLD_DAYS, len(speakers)) // 2] = np.nan
    weekly = np.lib.stride_tricks.sliding_window_view(padded, LEVEL_DAYS)[:, ::7]
    usable = len(speakers) - SPAN
    if usable > 0:
        windows = weekly[1 : usable + 1]
        known = np.isfinite(windows).any(axis=1)
        level[SPAN:][known] = np.nanmedian(windows[known], axis=1)
    return level


def _next(stage: int, age: int, people: int, longer: int, level: float) -> int:
    """What a day calls for, given the stage so far; `people` spoke in 28 days, `longer` in 56."""
    if age >= SPAN and (people == 0 or (longer <= 1 and age >= 2 * SPAN)):
        return SILENT
    if stage == SILENT:
        return GROWING if people >= WAKE_PEOPLE else SILENT
    if age < COLD_DAYS or (stage == COLD and age < COLD_LONGEST and people < COLD_PEOPLE):
        return COLD
    if np.isnan(level) or level <= 0:
        return GROWING if stage in (COLD, SILENT) else ACTIVE
    ratio, beyond = people / level, float(np.sqrt(2 * people) - np.sqrt(2 * level))
    doubt = CHANCE / 2 if stage in (DECLINING, GROWING) else CHANCE
    if beyond <= -doubt and ratio <= (FALLEN if stage == DECLINING else FALL):
        return DECLINING
    if beyond >= doubt and ratio >= (GROWN if stage == GROWING else GROW):
        return GROWING
    return ACTIVE


def walk(speakers: Counts, longer: Counts) -> Counts:
    """The stage of each day, from the people of its last 28 and 56 days."""
    level = levels(speakers)
    stages = np.zeros(len(speakers), dtype=np.int64)
    stage, wanted, since = COLD, COLD, 0
    for day in range(len(speakers)):
        call = _next(stage, day, int(speakers[day]), int(longer[day]), float(level[day]))
        if call != wanted:
            wanted, since = call, day
        if wanted != stage and (day - since >= WAIT or SILENT in (wanted, stage)):
            stages[since:day] = wanted
            stage = wanted
        stages[day] = stage
    return stages


def stages(ground: Ground) -> list[StageChange]:
    """The stage of the group from its first day on, each change with its date; empty where there is no history."""
    if ground.first is None:
        return []
    count = ground.days.height
    people, longer = (speakers_by_day(ground.visits, ground.first, count, span) for span in (SPAN, 2 * SPAN))
    by_day = walk(people, longer)
    end = ground.reading.card.ends
    if end is not None and end <= ground.reading.now:
        by_day[max(0, (today(ground.reading.card, end) - ground.first).days) :] = CLOSED
    changes = np.flatnonzero(np.concatenate([[True], np.diff(by_day) != 0]))
    return [
        StageChange(day=ground.first + timedelta(days=int(day)), stage=NAMES[int(by_day[day])])  # type: ignore[arg-type]
        for day in changes
    ]


def stage(changes: list[StageChange]) -> str:
    """The stage now; a group without any history is in its cold start."""
    return changes[-1].stage if changes else NAMES[COLD]
