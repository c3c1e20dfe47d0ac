"""Lately: what was said in a group in the last seven days, beside the four weeks before a day on which something began.

What needs no diagnosis, so that a gate can look every few minutes: messages, who spoke, on how many days, the mood of
the last day. Where the record ends longer ago than `FRESH`, nothing is known of now; it ends when it was exported, for
that nobody has said anything since is known too.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import polars as pl

from huoqun.chat.message import MESSAGE_KINDS
from huoqun.insight.mood import tones
from huoqun.insight.start import QUIET

WEEK = timedelta(days=7)
BEFORE = timedelta(days=28)
FRESH = timedelta(hours=30)
"""How old the end of the record may be for what is told to be of now: who imports every evening is sometimes some hours
later than the day before; a default."""
OFTEN = 3
"""Days of seven on which a regular speaks (handbook chapter 8, cold start)."""
LEAST = 10
"""Messages of a day below which its mood is not told."""


@dataclass(frozen=True)
class Lately:
    """`pulse` and `speakers` are shares of what was usual before; None where nothing was, or is not known."""

    messages_7: int
    speakers_7: int
    pulse: float | None
    speakers: float | None
    regulars: float | None
    """Of those who spoke, the share that did on three days of seven."""
    negative: float | None
    """Share of the messages of the last 24 hours that are negative."""
    owner_starts: float | None = None
    """Of what was said after half an hour of silence in the last seven days and taken up by others, the share that the
    owner said; None where the owner is not known."""


def lately(
    rows: pl.DataFrame, *, begins: datetime, now: datetime, owner: str = "", exported: datetime | None = None
) -> Lately | None:
    """What rows of a group (layout `chat.message.SCHEMA`) from 28 days before `begins` on tell; moments naive UTC,
    `owner` an account; `exported`: until when the record is known to be whole, where it is known to reach further than
    its last row. None where the record ends too early."""
    said = rows.filter(
        pl.col("kind").cast(pl.String).is_in(list(MESSAGE_KINDS))
        & ~pl.col("bot").fill_null(False)
        & pl.col("sender").is_not_null()
        & (pl.col("time") < now)
    )
    last = rows["time"].max()
    if not isinstance(last, datetime) or max(last, min(exported or last, now)) < now - FRESH:
        return None
    week = said.filter(pl.col("time") >= now - WEEK)
    first = said["time"].min()
    before = said.filter((pl.col("time") >= begins - BEFORE) & (pl.col("time") < begins))
    known = min(begins - first, BEFORE) if isinstance(first, datetime) else timedelta(0)
    weeks = max(known, timedelta(0)) / WEEK
    spoke = week.group_by("sender").agg(pl.col("time").dt.date().n_unique().alias("days"))
    back = (begins - pl.col("time")).dt.total_seconds() - 1  # a week ends with its last second
    weekly = before.group_by("sender", (back // WEEK.total_seconds()).alias("week")).agg()
    return Lately(
        messages_7=week.height,
        speakers_7=spoke.height,
        pulse=_share(week.height, before.height / weeks) if weeks >= 1 else None,
        speakers=_share(spoke.height, weekly.height / weeks) if weeks >= 1 else None,
        regulars=_share(spoke.filter(pl.col("days") >= OFTEN).height, spoke.height),
        negative=_negative(said.filter(pl.col("time") >= now - timedelta(days=1))),
        owner_starts=_owned(week, owner) if owner else None,
    )


def _share(part: float, of: float) -> float | None:
    return part / of if of else None


def _negative(day: pl.DataFrame) -> float | None:
    texts = day["text"].drop_nulls()
    if len(texts) < LEAST:
        return None
    return float(tones(texts)["negative"].cast(pl.Float64).mean() or 0.0)  # type: ignore[arg-type]


def _owned(week: pl.DataFrame, owner: str) -> float | None:
    talks = week.sort("time", "order").with_columns(
        ((pl.col("time").diff() > QUIET).fill_null(True)).cum_sum().alias("talk")
    )
    begun = talks.group_by("talk").agg(pl.col("sender").first(), pl.col("sender").n_unique().alias("people"))
    begun = begun.filter(pl.col("people") > 1)
    return _share(begun.filter(pl.col("sender") == owner).height, begun.height)
