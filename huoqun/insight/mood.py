"""Mood: the share of negative and of positive messages, week by week.

A message is negative or positive by the words in it (`insight/lexicon`); a Chinese one is negative also where the
model of `insight/offence` is sure that it insults. Of a busy week an even sample is read.
"""

import numpy as np
import polars as pl

from huoqun.insight.document import Mood
from huoqun.insight.lexicon import Lexicon, moods
from huoqun.insight.offence import offence
from huoqun.insight.reading import Reading

CLEAR = 1.0
"""Summed weight from which a message is positive, or below minus which it is negative."""

SURE = 0.9
"""Probability of offence that makes a message negative: on COLD's dev part 97 of 100 such texts do offend."""

READ = 100_000
"""Messages read altogether; each week gets the same part of it, within the next two."""

LEAST_A_WEEK = 300
MOST_A_WEEK = 2000
"""With 300 a share of 5 % is known to within 2.5 points either way (95 %), with 2000 to within one."""

SHORTEST = 4
"""Chinese characters a text needs for the model to be asked."""

_KNUTH = 2654435761
"""Multiplying by it spreads consecutive numbers evenly (Knuth)."""


def sampled(messages: pl.DataFrame, period: str, most: int) -> pl.DataFrame:
    """At most `most` messages of each value of the column `period`, spread evenly; always the same ones."""
    order = (pl.col("row").cast(pl.UInt64) * _KNUTH % 2**32).rank("ordinal").over(period)
    return messages.filter(order <= most)


def tones(texts: pl.Series, known: Lexicon | None = None) -> pl.DataFrame:
    """By text: `score` (summed weights of its words), `offence` (probability; 0 where the model is not asked),
    `negative` and `positive` (Booleans, never both)."""
    asked = texts.str.count_matches(r"\p{Han}").fill_null(0) >= SHORTEST
    sure = np.zeros(len(texts))
    sure[asked.to_numpy()] = offence(texts.filter(asked))
    frame = pl.DataFrame([moods(texts, known).alias("score"), pl.Series("offence", sure)])
    negative = (pl.col("score") <= -CLEAR) | (pl.col("offence") >= SURE)
    return frame.with_columns(negative=negative, positive=(pl.col("score") >= CLEAR) & ~negative)


def mood_rows(reading: Reading, known: Lexicon | None = None) -> pl.DataFrame:
    """The messages read: row, week (its Monday, on the group's calendar) and the columns of `tones`; sorted by row."""
    said = reading.messages.filter(pl.col("kind") == "text")
    said = said.select("row", "text", week=pl.col("day").dt.truncate("1w"))
    a_week = min(max(READ // max(said["week"].n_unique(), 1), LEAST_A_WEEK), MOST_A_WEEK)
    read = sampled(said, "week", a_week)
    return pl.concat([read.select("row", "week"), tones(read["text"], known)], how="horizontal")


def mood(reading: Reading, table: pl.DataFrame | None = None) -> list[Mood]:
    """The document's mood: one entry per week in which anything was written, oldest first."""
    weeks = (
        (mood_rows(reading) if table is None else table)
        .group_by("week")
        .agg(pl.len().alias("messages"), pl.col("negative", "positive").mean())
    )
    return [
        Mood(
            start=row["week"],
            messages=row["messages"],
            negative=round(row["negative"], 4),
            positive=round(row["positive"], 4),
        )
        for row in weeks.sort("week").iter_rows(named=True)
    ]
