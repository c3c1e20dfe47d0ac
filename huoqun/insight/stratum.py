"""Strata: where a person stands in the group, as a pure rule from what the archive shows, with the reason.

From handbook chapter 2; the highest that fits counts:

kol            seen lately, and brings others or is answered by many
core           speaks on 3 days of 7 (this week, or at that pace over four weeks)
regular        seen in 30 days
word_of_mouth  passes the group on without taking part: brought somebody, but has not spoken for long. Others of this
               stratum (not customers, but carrying the brand) need what no archive shows
silent         none of these

Use of the product, the other axis of the handbook, is no matter of the archive.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from huoqun.insight.reading import Reading
from huoqun.insight.threshold import Thresholds

STRATA = ("kol", "core", "regular", "word_of_mouth", "silent")

Stratum = pl.Enum(STRATA)


@dataclass(frozen=True)
class Past:
    """What the rule looks at, gathered once so that many moments can be judged quickly."""

    days: pl.DataFrame
    """`person`, `day`: each day somebody spoke once, sorted by day."""
    turned: pl.DataFrame
    """Replies and turns of `insight/tie`'s evidence, sorted by time: `a` (who answers), `b`, `time`, `weight`."""
    brought: pl.DataFrame
    """Joins that another person brought about: `person`, `subject`, `time`."""
    now: datetime
    zone: str
    rule: Thresholds
    """What holds unless `strata` is asked about another rule."""


def past(reading: Reading, evidence: pl.DataFrame) -> Past:
    """Gather what `strata` needs; `evidence` is that of `insight/tie`."""
    days = reading.messages.select("person", "day").unique().sort("day", "person")
    turned = evidence.filter(pl.col("kind").is_in(["reply", "turn"])).select("a", "b", "time", "weight")
    people = pl.DataFrame({"sender": reading.people}, schema={"sender": pl.String}).with_row_index("person")
    brought = (
        reading.rows.filter((pl.col("kind") == "join") & (pl.col("sender") != pl.col("subject")))
        .join(people, on="sender", how="inner")
        .select("person", "subject", "time")
    )
    return Past(days, turned, brought, reading.now, reading.card.zone, reading.card.thresholds)


def strata(past: Past, *, at: datetime | None = None, thresholds: Thresholds | None = None) -> pl.DataFrame:
    """One row per person who spoke by `at` (default: now), sorted by `person`, by `thresholds` (default: the card's).

    person; stratum; reason (id) with value and of (its numbers):
    `brought` value people; `answered_by` value people of speakers; `days_of_week` value days of 7; `days_of_weeks`
    value days of 28; `seen` value days ago; `brought_quietly` value people; `unseen` value days ago. Beside them what
    was measured: days_week, days_weeks, ago (days since the last message), answered_by, brought.
    """
    at = at or past.now
    rule = thresholds or past.rule
    spoken = _spoken(past, local_day(at, past.zone), rule)
    since = at - timedelta(days=rule.kol_window)
    recent = pl.col("ago") < rule.kol_window
    brought = past.brought.filter((pl.col("time") > since) & (pl.col("time") <= at))
    measured = (
        spoken.join(_answered(past, since, at, rule), on="person", how="left")
        .join(brought.group_by("person").agg(brought=pl.col("subject").n_unique()), on="person", how="left")
        .with_columns(pl.col("answered_by", "brought").fill_null(0))
        .with_columns(
            of=recent.sum().cast(pl.Float64), usual=pl.col("answered_by").filter(recent).mean().fill_null(0.0)
        )
        .sort("person")
    )
    return _judged(measured, rule)


def local_day(at: datetime, zone: str) -> date:
    """The day on the wall clock of `zone` at the naive UTC time `at`."""
    return at.replace(tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo(zone)).date()


def gone(reading: Reading, times: Sequence[datetime]) -> list[pl.Series]:
    """By moment: persons (indexes) who left or were removed by then and have neither joined nor spoken since."""
    people = pl.DataFrame({"subject": reading.people}, schema={"subject": pl.String}).with_row_index("person")
    moves = (
        reading.rows.filter(pl.col("kind").is_in(["leave", "remove", "join"]))
        .select("kind", pl.coalesce("subject", "sender").alias("subject"), moved="time", at="time")
        .join(people, on="subject", how="inner", maintain_order="left")
    )
    said = reading.messages.select("person", said="time", at="time")
    moments = pl.DataFrame({"at": times}, schema={"at": pl.Datetime("us")}).with_row_index("moment").sort("at")
    last = (
        moments.join(moves.select("person").unique(), how="cross", maintain_order="left")
        .join_asof(moves, on="at", by="person", check_sortedness=False)
        .filter(pl.col("kind") != "join")
        .join_asof(said, on="at", by="person", check_sortedness=False)
        .filter(pl.col("said").is_null() | (pl.col("said") <= pl.col("moved")))
    )
    return [last.filter(pl.col("moment") == moment)["person"].sort() for moment in range(len(times))]


def _spoken(past: Past, today: date, rule: Thresholds) -> pl.DataFrame:
    ago = (pl.lit(today) - pl.col("day")).dt.total_days()
    return (
        past.days.head(int(past.days["day"].search_sorted(today, side="right")))
        .with_columns(ago=ago)
        .group_by("person")
        .agg(
            days_week=(pl.col("ago") < rule.core_window).sum(),
            days_weeks=(pl.col("ago") < rule.core_window * rule.core_weeks).sum(),
            ago=pl.col("ago").min(),
        )
    )


def _answered(past: Past, since: datetime, at: datetime, rule: Thresholds) -> pl.DataFrame:
    first, last = (int(past.turned["time"].search_sorted(moment, side="right")) for moment in (since, at))
    return (
        past.turned[first:last]
        .group_by("b", "a")
        .agg(pl.col("weight").sum())
        .filter(pl.col("weight") >= rule.answered_weight)
        .group_by(pl.col("b").alias("person"))
        .agg(answered_by=pl.len())
    )


def _judged(measured: pl.DataFrame, rule: Thresholds) -> pl.DataFrame:
    seen = pl.col("ago") < rule.regular_days
    many = pl.col("answered_by") >= pl.max_horizontal(
        rule.kol_answered_by, rule.kol_answered_share * pl.col("of"), rule.kol_times_usual * pl.col("usual")
    )
    week, weeks, month = (
        pl.lit(float(n)) for n in (rule.core_window, rule.core_window * rule.core_weeks, rule.regular_days)
    )
    rules = [
        ("kol", "brought", seen & (pl.col("brought") >= rule.kol_brought), "brought", None),
        ("kol", "answered_by", seen & many, "answered_by", pl.col("of")),
        ("core", "days_of_week", pl.col("days_week") >= rule.core_days, "days_week", week),
        ("core", "days_of_weeks", pl.col("days_weeks") >= rule.core_pace, "days_weeks", weeks),
        ("regular", "seen", seen, "ago", month),
        ("word_of_mouth", "brought_quietly", pl.col("brought") >= rule.mouth_brought, "brought", None),
        ("silent", "unseen", pl.lit(True), "ago", month),
    ]
    none = pl.lit(None, pl.Float64)
    return measured.select(
        "person",
        pl.coalesce(pl.when(test).then(pl.lit(name)) for name, _, test, _, _ in rules).cast(Stratum).alias("stratum"),
        pl.coalesce(pl.when(test).then(pl.lit(reason)) for _, reason, test, _, _ in rules).alias("reason"),
        _first_fit([(test, pl.col(value).cast(pl.Float64)) for _, _, test, value, _ in rules]).alias("value"),
        _first_fit([(test, none if of is None else of) for _, _, test, _, of in rules]).alias("of"),
        *("days_week", "days_weeks", "ago", "answered_by", "brought"),
    )


def _first_fit(cases: list[tuple[pl.Expr, pl.Expr]]) -> pl.Expr:
    """The value of the first case whose test holds, null included."""
    chosen = pl.lit(None, pl.Float64)
    for test, value in reversed(cases):
        chosen = pl.when(test).then(value).otherwise(chosen)
    return chosen
