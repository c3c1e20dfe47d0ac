"""Vital signs of the talk itself: pulse, speakers, how much hangs on events, how evenly people talk."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
import polars as pl

from huoqun.insight.coming import members, members_by_day
from huoqun.insight.document import Event
from huoqun.insight.interval import block_share, mean_interval, wilson
from huoqun.insight.measure import LONGEST, Measure, by_week, series, weekly
from huoqun.insight.pulse import best_week, moment, week_means
from huoqun.insight.reading import Reading
from huoqun.insight.share import gini, resampled, top_share

QUARTER = 90
"""Days of the present: the verdict compares the same span."""
LEAST_SPEAKERS = 5
"""Below five people a "top fifth" is one person."""


@dataclass(frozen=True)
class Ground:
    """What measures share: the tables of `insight/pulse` and `insight/coming`, made once."""

    reading: Reading
    today: date
    days: pl.DataFrame
    """`pulse.daily`."""
    visits: pl.DataFrame
    """`pulse.visits`."""
    moves: pl.DataFrame
    """`coming.moves`."""
    events: list[Event]

    @property
    def first(self) -> date | None:
        """The first day of the history."""
        return self.days["day"][0] if self.days.height else None

    def since(self, days: int) -> date:
        """The first of the last `days` days, today included."""
        return self.today - timedelta(days=days - 1)


def pulse_measures(ground: Ground) -> list[Measure]:
    """`pulse`: messages a day, mean of the last 7 days. `pulse_of_best`: over the mean of the best 7 days ever.

    Handbook chapter 4, pulse. The interval of the first is that of the mean of seven days, by their spread.
    """
    days = ground.days
    means = week_means(days)
    if not means.size:
        return [Measure("pulse", "per_day"), Measure("pulse_of_best", "share")]
    value = float(means[-1])
    _, best = best_week(days)
    last = days["messages"].tail(7).to_numpy().astype(np.float64)
    around = mean_interval(last) if days.height >= 7 else None
    around = around and (max(0.0, around[0]), around[1])
    ends: dict[int, float | None] = {i: float(v) for i, v in enumerate(means[::-7])}
    pulse = series(ends, ground.today, ground.first, empty=0.0)
    sample = int(last.sum())
    of_best = Measure("pulse_of_best", "share")
    if best > 0:
        share = (around[0] / best, min(1.0, around[1] / best)) if around else None
        of_best = Measure(
            "pulse_of_best", "share", value / best, sample, share, [(d, v / best if v else 0.0) for d, v in pulse]
        )
    return [Measure("pulse", "per_day", value, sample, around, pulse), of_best]


def speaker_measures(ground: Ground) -> list[Measure]:
    """`speakers`: distinct people in the last 7 days. `speaking_share`: those over members (handbook chapter 4)."""
    spoke = weekly(ground.visits, ground.today).group_by("week").agg(pl.col("person").n_unique().alias("people"))
    people = series(by_week(spoke, "people"), ground.today, ground.first, empty=0.0)
    now = int(people[-1][1] or 0) if people else int(ground.visits["person"].n_unique())
    there = members(ground.reading, ground.moves)
    then = members_by_day(ground.reading, ground.moves, [day for day, _ in people])
    shares = [(day, min(1.0, (count or 0) / total)) for (day, count), total in zip(people, then, strict=True)]
    return [
        Measure("speakers", "count", float(now), there, None, people),
        Measure(
            "speaking_share",
            "share",
            min(1.0, now / there) if there else None,
            there,
            wilson(min(now, there), there),
            list(shares),
        ),
    ]


def evenness_measures(ground: Ground) -> list[Measure]:
    """`concentration`: share of messages by the top fifth of speakers; `gini`: over speakers. Last 90 days.

    Handbook chapter 4, concentration. History: each point four weeks, since one week has too few people.
    """
    recent = ground.visits.filter(pl.col("day") >= ground.since(QUARTER))
    counts = recent.group_by("person").agg(pl.col("messages").sum())["messages"].sort().to_numpy().astype(np.float64)
    if len(counts) < LEAST_SPEAKERS:
        return [Measure("concentration", "share", sample=len(counts)), Measure("gini", "number", sample=len(counts))]
    spread = (
        weekly(ground.visits, ground.today, weeks=4)
        .group_by("week", "person")
        .agg(pl.col("messages").sum())
        .group_by("week")
        .agg("messages")
    )
    tops: dict[int, float | None] = {}
    ginis: dict[int, float | None] = {}
    for week, messages in spread.iter_rows():
        if len(messages) >= LEAST_SPEAKERS:
            values = np.asarray(messages, dtype=np.float64)
            tops[week], ginis[week] = top_share(values), gini(values)
    top_around, gini_around = resampled(counts)
    lines = [series(values, ground.today, ground.first, empty=None) for values in (tops, ginis)]
    return [
        Measure("concentration", "share", top_share(counts), len(counts), top_around, lines[0]),
        Measure("gini", "number", gini(counts), len(counts), gini_around, lines[1]),
    ]


def event_measure(ground: Ground) -> Measure:
    """`event_dependence`: share of the messages of the last 90 days inside events run by the owner or a guest.

    Where the card marks such events, they count by the minute; else the bursts seen on the pulse stand in, by the day
    (handbook chapter 4: 300 on guest days, under 100 otherwise). The interval takes days as the blocks.
    """
    since = ground.since(7 * LONGEST)
    said = ground.reading.messages.filter(pl.col("day") >= since).select("day", "time")
    in_event = inside(event_windows(ground, since)).sum().alias("in")
    table = said.group_by("day").agg(pl.len().alias("all"), in_event).sort("day")
    recent = table.filter(pl.col("day") >= ground.since(QUARTER))
    total = int(recent["all"].sum())
    if not total:
        return Measure("event_dependence", "share", sample=0)
    hits, cases = (recent[c].to_numpy().astype(np.float64) for c in ("in", "all"))
    weeks = weekly(table, ground.today, weeks=4).group_by("week").agg(pl.col("in").sum() / pl.col("all").sum())
    line = series(by_week(weeks, "in"), ground.today, ground.first, empty=0.0)
    return Measure("event_dependence", "share", float(hits.sum()) / total, total, block_share(hits, cases), line)


def event_windows(ground: Ground, since: date) -> list[tuple[datetime, datetime]]:
    """Begin and end (naive UTC) of events run by the owner or a guest that reach past `since`; else of bursts."""
    from_then = moment(since, ground.reading.card)
    marks = [m for m in ground.reading.card.marks if m.by_owner and m.start <= ground.reading.now]
    seen = [(m.start, m.end) for m in marks] or [(e.start, e.end) for e in ground.events if e.source == "observed"]
    return [(start, end) for start, end in seen if end > from_then]


def inside(windows: Sequence[tuple[datetime, datetime]]) -> pl.Expr:
    """Whether `time` lies in any of the windows (begin inclusive, end exclusive)."""
    if not windows:
        return pl.col("time").is_null()
    within = [(pl.col("time") >= pl.lit(start)) & (pl.col("time") < pl.lit(end)) for start, end in windows]
    return pl.any_horizontal(within)
