"""Vital signs of those who arrive, stay, ask and leave."""

from datetime import timedelta

import numpy as np
import polars as pl

from huoqun.insight.coming import goodbyes, members, members_by_day, tells_leaving
from huoqun.insight.interval import Z80, wilson
from huoqun.insight.liveliness import QUARTER, Ground
from huoqun.insight.measure import Measure, Unit, by_week, series, weekly

MONTH = 30
COHORT_DAYS = 180
"""How far back a join cohort counts for the present value of retention: half a year of newcomers, so that groups with
few of them have a number at all."""
WEEK_1 = (7, 13)
WEEK_4 = (28, 34)
"""Days after arrival, both inclusive, on which somebody must speak to count as still there (handbook chapter 4)."""


def newcomer_measures(ground: Ground, newcomers: pl.DataFrame) -> list[Measure]:
    """`newcomer_welcome`: first message answered in time. `newcomer_voice`: spoke within 7 days. Last 90 days.

    `newcomers` is the table of `insight/newcomer`, which owns both definitions (handbook chapter 4, newcomer welcome).
    The second counts those whose join the archive shows, because only they could have stayed silent.
    """
    day = pl.col("arrived").dt.date().alias("day")
    spoke = newcomers.filter(pl.col("welcomed").is_not_null()).select(day, pl.col("welcomed").alias("hit"))
    settled = newcomers.filter(pl.col("settled") & pl.col("joined").is_not_null())
    voices = settled.select(day, pl.col("spoke_7d").alias("hit"))
    return [_rate(ground, "newcomer_welcome", spoke), _rate(ground, "newcomer_voice", voices)]


def question_measures(ground: Ground, questions: pl.DataFrame) -> list[Measure]:
    """`answer_rate`: questions that somebody answered; `answer_minutes`: median time to it. Last 90 days.

    `questions` is the table of `insight/question`. Those of the last 24 hours may still be answered and do not count
    unless they are. The interval of the median is the binomial one over ranks (W. J. Conover, 1999, chapter 3).
    """
    known = pl.col("answered").is_not_null() | (pl.col("time") < ground.reading.now - timedelta(hours=24))
    asked = questions.filter(known).select(
        pl.col("time").dt.date().alias("day"),
        pl.col("answered").is_not_null().alias("hit"),
        ((pl.col("answered") - pl.col("time")).dt.total_seconds() / 60).alias("minutes"),
    )
    rate = _rate(ground, "answer_rate", asked)
    waits = asked.filter("hit")
    recent = waits.filter(pl.col("day") >= ground.since(QUARTER))["minutes"].sort().to_numpy()
    by = weekly(waits, ground.today, weeks=4).group_by("week").agg(pl.col("minutes").median())
    line = series(by_week(by, "minutes"), ground.today, ground.first, empty=None)
    minutes = Measure("answer_minutes", "minutes", sample=len(recent), series=line)
    if len(recent):
        half = Z80 * np.sqrt(len(recent)) / 2
        ranks = np.clip(np.round([len(recent) / 2 - half - 0.5, len(recent) / 2 + half - 0.5]), 0, len(recent) - 1)
        low, high = recent[ranks.astype(np.int64)]
        minutes = Measure(
            "answer_minutes", "minutes", float(np.median(recent)), len(recent), (float(low), float(high)), line
        )
    return [rate, minutes]


def _rate(ground: Ground, id: str, cases: pl.DataFrame, days: int = QUARTER, unit: Unit = "share") -> Measure:
    """Share of `hit` among cases (`day`, `hit`) of the last `days`; history over four weeks each."""
    recent = cases.filter(pl.col("day") >= ground.since(days))["hit"]
    by = weekly(cases, ground.today, weeks=4).group_by("week").agg(pl.col("hit").mean())
    line = series(by_week(by, "hit"), ground.today, ground.first, empty=None)
    hits, total = int(recent.sum()), len(recent)
    return Measure(id, unit, hits / total if total else None, total, wilson(hits, total), line)


def retention_measures(ground: Ground, newcomers: pl.DataFrame) -> list[Measure]:
    """`retention_week_1`, `retention_week_4`: share of those who arrived that spoke on days 7–13 and 28–34 after.

    Handbook chapter 4, retention; over everybody who arrived in the last `COHORT_DAYS` days and has had the time.
    The history is by the week of arrival, four weeks each.
    """
    arrived = newcomers.filter(pl.col("person").is_not_null() | pl.col("joined").is_not_null()).select(
        "id", "person", pl.col("arrived").dt.date().alias("day")
    )
    later = (
        arrived.filter(pl.col("person").is_not_null())
        .select("id", pl.col("person").cast(pl.UInt32), pl.col("day").alias("came"))
        .join(ground.visits.select("person", pl.col("day").alias("on")), on="person")
        .with_columns((pl.col("on") - pl.col("came")).dt.total_days().alias("after"))
    )
    found = []
    for id, (begin, end) in (("retention_week_1", WEEK_1), ("retention_week_4", WEEK_4)):
        stayed = later.filter(pl.col("after").is_between(begin, end))["id"].unique()
        due = arrived.filter(pl.col("day") < ground.today - timedelta(days=end))
        cases = due.select("day", pl.col("id").is_in(stayed.implode()).alias("hit"))
        found.append(_rate(ground, id, cases, days=COHORT_DAYS + end))
    return found


def leave_measure(ground: Ground) -> Measure:
    """`leave_rate`: how many left or were removed in the last 30 days over those who were there (handbook chapter 4).

    None where the export reports neither joins nor departures: that nobody is seen leaving then means nothing.
    """
    if not tells_leaving(ground.reading):
        return Measure("leave_rate", "share")
    away = goodbyes(ground.reading)
    left = int(away.filter(pl.col("day") > ground.today - timedelta(days=MONTH))["people"].sum())
    before = members(ground.reading, ground.moves) + left
    by = weekly(away, ground.today, weeks=4).group_by("week").agg(pl.col("people").sum())
    counts = series(by_week(by, "people"), ground.today, ground.first, empty=0.0)
    then = members_by_day(ground.reading, ground.moves, [day for day, _ in counts])
    line = [(day, (count or 0) / (there + (count or 0))) for (day, count), there in zip(counts, then, strict=True)]
    value = left / before if before else None
    return Measure("leave_rate", "share", value, before, wilson(left, before), list(line))
