"""Outcomes: what a group does, day by day, on which something may have had an effect.

`messages` and `speakers` a day; `ties`: pairs of people who took turns or answered one another that day;
`newcomers`: people who came that day and spoke again on a later day within a week. `bonds`: a stock, how many pairs
took turns or answered one another on two days or more of the four weeks up to that day. Days are dates on the group's
wall clock. The last day of a record is mostly cut off: it counts only where the record goes on after it.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import numpy as np
import polars as pl

from huoqun.chat.hole import holes
from huoqun.chat.message import people_messages
from huoqun.insight.comparison import Donor
from huoqun.insight.effect import Effect, Window, effect
from huoqun.insight.track import Track

COUNTS = ("messages", "speakers", "ties", "newcomers")
FROM_WORDS = (*COUNTS, "bonds")
"""What is known of every record; shares need to be read for (`insight/outcome_share`)."""
BOND = 28
"""Days within which a pair that met on two of them is bound."""
TURN = timedelta(minutes=10)
"""Within this time two neighbours took turns (`insight/tie.TURN_WITHIN`)."""
SETTLING = 7
"""Days within which a newcomer who stays speaks again (`insight/newcomer.SETTLING`)."""
WARM_UP = 28
"""Days from the beginning of a record in which first words make no newcomer."""


def counts(rows: pl.DataFrame, until: date) -> dict[str, Track]:
    """The outcomes that are counted, of rows of a group (layout `chat.message.SCHEMA`, sorted) from the first day to
    before the day `until`: the first that is not wholly on record. Empty where nobody ever spoke."""
    said = people_messages(rows).filter(pl.col("sender").is_not_null())
    said = said.with_columns(pl.col("local").dt.date().alias("day")).filter(pl.col("day") < until)
    if said.is_empty():
        return {}
    first: date = said["day"].min()  # type: ignore[assignment]
    length = (until - first).days
    missing = _missing(said, first)
    pairs = _pairs(said)
    daily = {
        "messages": said.group_by("day").agg(pl.len().alias("count")),
        "speakers": said.group_by("day").agg(pl.col("sender").n_unique().alias("count")),
        "ties": pairs.group_by("day").agg(pl.len().alias("count")),
        "bonds": _bound(pairs, first, length),
        "newcomers": _stayed(said, first),
    }
    ends = {"newcomers": max(length - SETTLING, 0)}
    return {
        outcome: Track(outcome, first, _spread(table, first, length)[: ends.get(outcome, length)], unknown=missing)
        for outcome, table in daily.items()
    }


def _spread(table: pl.DataFrame, first: date, length: int) -> np.ndarray:
    values = np.zeros(length)
    values[(table["day"] - first).dt.total_days().to_numpy()] = table["count"].to_numpy()
    return values


def _missing(said: pl.DataFrame, first: date) -> frozenset[int]:
    """Places of days that are not on record, told apart from silence by `chat/hole`."""
    days = (said["day"] - first).dt.total_days().to_numpy()
    return frozenset(place for last, many in holes(days) for place in range(last + 1, last + many + 1))


def _pairs(said: pl.DataFrame) -> pl.DataFrame:
    """By day: the pairs of people who took turns, or answered one another as the network tells."""
    turns = said.select("day", "time", "sender").with_columns(pl.col("time", "sender").shift().name.prefix("last_"))
    turns = turns.filter(pl.col("time") - pl.col("last_time") <= TURN).select("day", "sender", other="last_sender")
    by_key = said.select(reply_to="key", other="sender")
    replies = said.filter(pl.col("reply_to").is_not_null()).join(by_key, on="reply_to", how="inner")
    both = pl.concat([turns, replies.select("day", "sender", "other")]).filter(pl.col("sender") != pl.col("other"))
    a, b = pl.min_horizontal("sender", "other"), pl.max_horizontal("sender", "other")
    return both.select("day", a.alias("a"), b.alias("b")).unique()


def _bound(pairs: pl.DataFrame, first: date, length: int) -> pl.DataFrame:
    """By day: how many pairs met on two days of the `BOND` up to it. From each meeting on a pair is bound until the one
    before it is too long ago, or it meets anew."""
    place = (pl.col("day") - first).dt.total_days()
    meetings = pairs.sort("a", "b", "day").select(
        begin=place,
        end=pl.min_horizontal(place.shift(1) + BOND, place.shift(-1).over("a", "b"), pl.lit(length)),
        same=pl.struct("a", "b") == pl.struct("a", "b").shift(1),
    )
    spans = meetings.filter("same", pl.col("begin") < pl.col("end"))
    change = np.zeros(length + 1)
    np.add.at(change, spans["begin"].to_numpy(), 1)
    np.add.at(change, spans["end"].to_numpy(), -1)
    days = pl.Series("day", [first + timedelta(days=n) for n in range(length)], pl.Date)
    return pl.DataFrame([days, pl.Series("count", np.cumsum(change)[:length])])


def _stayed(said: pl.DataFrame, first: date) -> pl.DataFrame:
    """By day of their first words: newcomers who spoke again on a later day within a week."""
    came = said.group_by("sender").agg(pl.col("day").min().alias("came"))
    came = came.filter(pl.col("came") >= first + timedelta(days=WARM_UP))
    again = (
        said.select("sender", "day")
        .join(came, on="sender", how="inner")
        .filter(pl.col("day") > pl.col("came"), pl.col("day") <= pl.col("came") + timedelta(days=SETTLING))
    )
    stayed = again.select("sender", "came").unique()
    return stayed.group_by(pl.col("came").alias("day")).agg(pl.len().alias("count"))


def effects(
    rows: pl.DataFrame,
    start: datetime,
    end: datetime,
    *,
    until: date | None = None,
    donors: Sequence[Donor] = (),
    outcomes: Sequence[str] = FROM_WORDS,
    windows: Sequence[Window] = ("during", "after"),
) -> list[Effect]:
    """The effects on a group of what went on from `start` to before `end`, on its wall clock (naive, as `local`).

    `rows` are the group's own, in the layout of the archive. `until`: the first day not wholly on record (default: the
    day of the last row). `donors`: tracks of messages of other groups; they are compared with for messages only.
    """
    last = until or (rows["local"].max().date() if rows.height else start.date())  # type: ignore[union-attr]
    tracks = counts(rows, last)
    begin, after = start.date(), (end - timedelta(microseconds=1)).date() + timedelta(days=1)
    found = []
    for outcome in outcomes:
        track = tracks.get(outcome) or Track(outcome, last, np.zeros(0))
        like = [donor for donor in donors if donor.track.outcome == outcome]
        found += [effect(track, like, begin, after, window=window) for window in windows]
    return found
