"""The rhythm of made-up people (`huoqun/simulation/rhythm`), from group-lives: writes `society.json`.

Run as `python -m training.train_society` with HUOQUN_DATA set. Hours of the week, gaps and lengths of conversations and
arrivals are read off the channels; how unequally people speak, and who stays after first words that were taken up or
were not, are fitted by simulating and measuring with the same code.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from huoqun.simulation import rhythm as shipped
from huoqun.simulation.chatter import Chatter
from huoqun.simulation.rhythm import Rhythm
from huoqun.simulation.society import Course, Society
from huoqun.simulation.talk import load_words
from training.lives import Life, frame, lives

FILE = Path(shipped.__file__).parent / "data" / "society.json"
SOURCE = "fitted by training/train_society to group-lives: 122 channels, bots left out; no message of it is in here"
MINUTE = 1 / 1440
BURST = 30 * MINUTE
"""A longer silence ends a conversation."""
WINDOW, LEAST_PEOPLE, LEAST_MESSAGES = 60.0, 30, 300
BACK = (1.0, 90.0)
"""Days after their first words on which a newcomer has come back."""
QUIETEST = 4
SPREADS = (1.0, 1.3, 1.6)


@dataclass(frozen=True)
class Measured:
    """What is compared; None where it cannot be told."""

    gini: float
    top: float
    once: float
    gap: float
    burst: float
    alone: float
    taken_up: float
    not_taken_up: float


def measured(found: Iterable[Life]) -> Measured:
    """Of some groups: medians over windows of sixty days in which enough was said; the rest over all of it."""
    windows, gaps, lengths, yes, no = [], [], [], [], []
    for life in found:
        windows += list(_windows(life))
        steps = np.diff(life.times)
        gaps.append(steps[steps < BURST])
        lengths.append(np.diff(np.flatnonzero(np.concatenate([[True], steps >= BURST, [True]]))))
        a, b = _newcomers(life)
        yes += a
        no += b
    gini, top, once = np.median(np.array(windows), axis=0) if windows else (np.nan,) * 3
    gap, length = np.concatenate(gaps), np.concatenate(lengths)
    return Measured(
        gini=float(gini), top=float(top), once=float(once), gap=float(np.median(gap)) / MINUTE,
        burst=float(length.mean()), alone=float((length == 1).mean()),
        taken_up=float(np.mean(yes)), not_taken_up=float(np.mean(no)),
    )  # fmt: skip


def _windows(life: Life) -> Iterable[tuple[float, float, float]]:
    for begin in np.arange(life.times[0], life.times[-1] - WINDOW, WINDOW):
        low, high = np.searchsorted(life.times, (begin, begin + WINDOW))
        many = np.sort(np.unique(life.people[low:high], return_counts=True)[1])
        if len(many) >= LEAST_PEOPLE and many.sum() >= LEAST_MESSAGES:
            place, length = np.arange(1, len(many) + 1), len(many)
            gini = 2 * (place * many).sum() / (length * many.sum()) - (length + 1) / length
            yield gini, many[-max(1, -(-length // 10)) :].sum() / many.sum(), float((many == 1).mean())


def _newcomers(life: Life) -> tuple[list[bool], list[bool]]:
    """Whether newcomers spoke again: of those whose first words somebody else followed within half an hour, and of the
    others. Who spoke in the first thirty days may have been there before the record."""
    yes, no = list[bool](), list[bool]()
    first = {}
    for place, who in enumerate(life.people):
        first.setdefault(int(who), place)
    for who, place in first.items():
        at = life.times[place]
        if at < life.times[0] + 30 or at > life.times[-1] - BACK[1]:
            continue
        low, high, ends = np.searchsorted(life.times, (at + BACK[0], at + BACK[1], at + BURST))
        back = bool((life.people[low:high] == who).any())
        (yes if (life.people[place:ends] != who).any() else no).append(back)
    return yes, no


def week(table: pl.DataFrame) -> list[list[float]]:
    """By weekday and hour the share of messages, the quietest hour set at 04:00."""
    counted = np.zeros((7, 24))
    told = table.group_by(pl.col("sent_at").dt.weekday().alias("d"), pl.col("sent_at").dt.hour().alias("h")).len()
    for day, hour, many in told.iter_rows():
        counted[day - 1, hour] = many
    flat = counted.reshape(-1)
    moved = np.roll(flat, QUIETEST - int(counted.sum(axis=0).argmin()))
    return [[round(float(v), 5) for v in day] for day in (moved / moved.sum()).reshape(7, 24)]


def simulated(rhythm: Rhythm, seeds: Sequence[int], days: int = 240, people: int = 220) -> list[Life]:
    """Groups to which nothing happens, as lives."""
    found = []
    for seed in seeds:
        society = Society(people, Course(0.12, 0.0, 30), rhythm, load_words("en"), seed)
        chatter, start, lines = Chatter(society), datetime(2026, 3, 2, tzinfo=UTC).replace(tzinfo=None), []
        chatter.burn_in(start)
        for day in range(days):
            lines += chatter.day(day, start + timedelta(days=day))
            society.overnight(day)
        said = sorted(
            (line.local.replace(tzinfo=UTC).timestamp() / 86400, line.sender) for line in lines if line.kind == "text"
        )
        names = {name: number for number, name in enumerate(sorted({who for _at, who in said}))}
        found.append(Life(str(seed), np.array([at for at, _ in said]), np.array([names[who] for _, who in said])))
    return found


def arrivals(found: Iterable[Life]) -> float:
    """New voices a day for each who speaks in a month: the median over months of channels."""
    rates = []
    for life in found:
        firsts = np.sort(np.unique(life.people, return_index=True)[1])
        for begin in np.arange(life.times[0] + 30, life.times[-1] - 30, 30):
            low, high = np.searchsorted(life.times, (begin, begin + 30))
            there = len(np.unique(life.people[low:high]))
            if there >= LEAST_PEOPLE:
                rates.append(((firsts >= low) & (firsts < high)).sum() / there / 30)
    return float(np.median(rates))


def main() -> None:
    """Measure, fit, write."""
    found, _end = lives()
    there = measured(found)
    steps = np.concatenate([np.diff(life.times) for life in found])
    logs = np.log(np.maximum(steps[steps < BURST] / MINUTE, 1 / 60))
    numbers: dict[str, Any] = {
        "gap_middle": round(there.gap, 3), "gap_spread": round(float(logs.std()), 3),
        "replies": round(there.burst - 1, 3), "alone": round(there.alone, 3), "arrivals": round(arrivals(found), 5),
        "stays_answered": there.taken_up, "stays_unanswered": there.not_taken_up, "spread": 1.5,
    }  # fmt: skip
    table = week(frame().filter(~pl.col("is_bot")))
    fitted = Rhythm(week=tuple(tuple(day) for day in table), **numbers)
    for _round in range(2):
        tried = {spread: measured(simulated(replace(fitted, spread=spread), (1, 2, 3))) for spread in SPREADS}
        spread = min(tried, key=lambda s: abs(tried[s].gini - there.gini) + abs(tried[s].top - there.top))
        here = tried[spread]
        stay = (there.taken_up + there.not_taken_up) / (
            here.taken_up + here.not_taken_up
        )  # newcomers are few: one factor
        fitted = replace(
            fitted,
            spread=spread,
            gap_middle=fitted.gap_middle * there.gap / here.gap,
            stays_answered=min(0.97, fitted.stays_answered * stay),
            stays_unanswered=min(0.97, fitted.stays_unanswered * stay),
            replies=fitted.replies * (there.burst - 1) / (here.burst - 1),
            alone=min(0.8, fitted.alone * there.alone / here.alone),
        )
    kept = {name: round(getattr(fitted, name), 5) for name in numbers}
    FILE.write_text(json.dumps({"source": SOURCE, "numbers": kept, "week": table}, indent=1) + "\n", encoding="utf-8")
    print(there, measured(simulated(fitted, (11, 12, 13))), kept, sep="\n")


if __name__ == "__main__":
    main()
