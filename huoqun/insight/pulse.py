"""The pulse: messages and speakers a day, what stands out on it, and when in the week the group talks.

Days are dates on the group's wall clock, gapless from the first row to `now`; a day on which nobody spoke is a zero,
not a hole.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import polars as pl

from huoqun.insight.card import Card
from huoqun.insight.document import Event, Pulse
from huoqun.insight.reading import Reading

Floats = npt.NDArray[np.float64]

LONGEST_DAYS = 15_000
HEAT_DAYS = 180
"""How far back the heat map looks (the document's contract)."""
HABIT_DAYS = 28
"""The habit of a day is the median of the days up to this many before and after it: four whole weeks each way, so
that weekday and weekend weigh the same."""
BURST_TIMES = 3.0
"""A burst has at least this many times the messages of the habit: the handbook's own example is 300 against under
100 (chapter 4, event dependence)."""
BURST_SPREADS = 4.0
"""… and stands this many robust standard deviations (1.4826 × median absolute deviation, on the square-root scale,
where counts have even spread) above it."""
BURST_LEAST = 15
"""… and has at least this many messages by at least three people: below that one good talk is a burst."""
SHOWN = 40
"""A page shows all marks and so many bursts, the strongest."""


def today(card: Card, now: datetime) -> date:
    """The date on the group's wall clock at `now` (naive UTC)."""
    return now.replace(tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo(card.zone)).date()


def moment(day: date, card: Card) -> datetime:
    """Naive UTC at which `day` begins on the group's wall clock."""
    local = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(card.zone))
    return local.astimezone(ZoneInfo("UTC")).replace(tzinfo=None)


def visits(reading: Reading) -> pl.DataFrame:
    """Who spoke on which day: `person` (UInt32), `day` (Date), `messages` (UInt32), sorted by day and person.

    The small table nearly everything about people and time is computed from.
    """
    person = pl.col("person").cast(pl.UInt32)
    return reading.messages.group_by(person, "day").agg(pl.len().alias("messages")).sort("day", "person")


def daily(reading: Reading) -> pl.DataFrame:
    """`day` (Date), `messages`, `speakers`, `loudest` (messages of whoever wrote most): a row a day, gapless to now.

    Empty for an empty reading. Starts at most `LONGEST_DAYS` ago: no chat is older, only a broken clock.
    """
    schema = {"day": pl.Date(), **dict.fromkeys(("messages", "speakers", "loudest"), pl.UInt32())}
    if not reading.rows.height:
        return pl.DataFrame(schema=schema)
    said = pl.col("messages")
    seen = visits(reading).group_by("day").agg(said.sum(), pl.len().alias("speakers"), said.max().alias("loudest"))
    on = reading.rows["local"].dt.date()
    last = max(today(reading.card, reading.now), on.max())  # type: ignore[type-var]
    first = max(on.min(), last - timedelta(days=LONGEST_DAYS))  # type: ignore[type-var,operator]
    days = pl.DataFrame({"day": pl.date_range(first, last, eager=True)})  # type: ignore[arg-type]
    return days.join(seen, on="day", how="left").fill_null(0).select(list(schema)).sort("day")


def pulse(days: pl.DataFrame, card: Card, now: datetime) -> Pulse:
    """The document's part from `daily`."""
    start = days["day"][0] if days.height else today(card, now)
    return Pulse(start=start, messages=days["messages"].to_list(), speakers=days["speakers"].to_list())


def week_means(days: pl.DataFrame) -> Floats:
    """Messages a day, mean of each day and the six before it; shorter at the beginning. One value a day."""
    total = np.concatenate([[0.0], np.cumsum(days["messages"].to_numpy(), dtype=np.float64)])
    end = np.arange(1, len(total))
    begin = np.maximum(end - 7, 0)
    return (total[end] - total[begin]) / np.maximum(end - begin, 1)  # type: ignore[no-any-return]


def best_week(days: pl.DataFrame) -> tuple[date | None, float]:
    """The last day of the group's best seven days and their messages a day. (None, 0.0) below seven days."""
    means = week_means(days)[6:]
    if not means.size:
        return None, 0.0
    best = int(means.argmax())
    return days["day"][best + 6], float(means[best])


def heatmap(reading: Reading) -> list[list[int]]:
    """Messages by weekday (Monday first) and hour on the group's clock, last `HEAT_DAYS` days: 7 rows by 24."""
    since = today(reading.card, reading.now) - timedelta(days=HEAT_DAYS)
    local = reading.messages.filter(pl.col("day") > since)["local"]
    cell = (local.dt.weekday().cast(pl.Int64) - 1) * 24 + local.dt.hour().cast(pl.Int64)
    counts: list[list[int]] = np.bincount(cell.to_numpy(), minlength=168).reshape(7, 24).tolist()
    return counts


def _habit(counts: Floats, days: npt.NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Median and spread (both on the square-root scale) of the days around each of `days`, the day itself left out."""
    root = np.sqrt(counts)
    padded = np.concatenate([np.full(HABIT_DAYS, np.nan), root, np.full(HABIT_DAYS, np.nan)])
    around = np.lib.stride_tricks.sliding_window_view(padded, 2 * HABIT_DAYS + 1)[days]
    around[:, HABIT_DAYS] = np.nan
    median = np.nanmedian(around, axis=1)
    spread = 1.4826 * np.nanmedian(np.abs(around - median[:, None]), axis=1)
    return median, np.maximum(spread, 0.5)


def burst_days(days: pl.DataFrame) -> npt.NDArray[np.bool_]:
    """Which days of `daily` stand far above the habit of the days around them.

    Robust: median and median absolute deviation, so that neither one great day nor a dead month moves the habit.
    0.5 is the least spread, that of a Poisson count on the square-root scale. Nobody makes an event alone: the loudest
    person counts for no more than all the others together.
    """
    if days.height <= HABIT_DAYS // 2:
        return np.zeros(days.height, dtype=np.bool_)
    counts = days["messages"].to_numpy().astype(np.float64)
    shared = np.minimum(counts, 2 * (counts - days["loudest"].to_numpy()))
    found = (shared >= BURST_LEAST) & (days["speakers"].to_numpy() >= 3)
    busy = np.flatnonzero(found)
    median, spread = _habit(counts, busy)
    far = (np.sqrt(counts[busy]) - median) / spread >= BURST_SPREADS
    found[busy] = far & (shared[busy] >= BURST_TIMES * median**2)
    return found  # type: ignore[no-any-return]


def marked(reading: Reading) -> list[Event]:
    """The card's marks that began before `now`, with the messages inside each."""
    times = reading.messages["time"]
    return [
        Event(
            start=mark.start,
            end=mark.end,
            title=mark.title,
            source="marked",
            messages=int(times.search_sorted(mark.end)) - int(times.search_sorted(mark.start)),
        )
        for mark in reading.card.marks
        if mark.start <= reading.now
    ]


def observed(reading: Reading, days: pl.DataFrame) -> list[Event]:
    """Bursts that no mark explains, neighbouring days joined, oldest first."""
    burst = np.flatnonzero(burst_days(days))
    if not burst.size:
        return []
    runs = np.split(burst, np.flatnonzero(np.diff(burst) > 1) + 1)
    counts = days["messages"].to_numpy()
    found = []
    for run in runs:
        start = moment(days["day"][int(run[0])], reading.card)
        end = moment(days["day"][int(run[-1])] + timedelta(days=1), reading.card)
        if not any(mark.start < end and mark.end > start for mark in reading.card.marks):
            found.append(Event(start=start, end=end, title="", source="observed", messages=int(counts[run].sum())))
    return found


def events(reading: Reading, days: pl.DataFrame) -> list[Event]:
    """Everything that stands out: what people marked, and what the pulse shows by itself; by start."""
    return sorted(marked(reading) + observed(reading, days), key=lambda e: (e.start, e.end))


def shown(every: Sequence[Event]) -> list[Event]:
    """What a page shows of `events`: all marks and the `SHOWN` strongest bursts, by start."""
    bursts = sorted((e for e in every if e.source == "observed"), key=lambda e: (-e.messages, e.start))
    kept = [e for e in every if e.source == "marked"] + bursts[:SHOWN]
    return sorted(kept, key=lambda e: (e.start, e.end))
