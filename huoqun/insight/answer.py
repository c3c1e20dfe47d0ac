"""Answers: when and by whom a message was first answered.

The word of a link counts where there are links (`insight/reply`); after a silence, where links are blind, the first
words of somebody else within `FIRST_WORDS` answer what was said before it (`insight/silence`). The part of a history
without links (`Reading.seam`) falls back to a rule on the set: the next thing somebody else says within `WITHOUT_LINKS`
is taken as an answer, unless the network itself tells one. That is generous in a busy group;
docs/decisions/060-answers-without-links.md says how generous. Shares of what was answered are therefore taken over the
other part only.
"""

from datetime import timedelta

import numpy as np
import polars as pl

from huoqun.insight.reading import Reading
from huoqun.insight.silence import first_words

SURE = 0.5
"""Least probability of a link that counts as an answer."""

WITHOUT_LINKS = timedelta(minutes=10)
"""Without links: how long after a message somebody else's words are taken as an answer to it."""

FIRST_WORDS = timedelta(hours=24)
"""After a silence: how long it may have been. In group-lives newcomers after whose first words somebody else spoke
within 24 hours came back in 44 % of cases, others in 31 % (the data's README)."""

NOBODY = np.iinfo(np.uint32).max

ANSWERS = pl.Schema(
    {
        "row": pl.UInt32(),
        "answer": pl.UInt32(),
        "answered": pl.Datetime("us"),
        "by": pl.UInt32(),
    }
)
"""Messages that were answered: index of the message and of its first answer into the rows, when, and the person."""


def answers(reading: Reading, *, sure: float = SURE, within: timedelta = WITHOUT_LINKS) -> pl.DataFrame:
    """`ANSWERS` of every message that somebody else answered, sorted by row."""
    told = _by_links(reading, sure)
    late = _after_silence(reading).join(told, on="row", how="anti")
    near = _by_turns(reading, within).join(told, on="row", how="anti")
    found = pl.concat([told, late, near])
    said = reading.messages.select("row", "time", "person")
    return (
        found.join(said.rename({"row": "answer", "time": "answered", "person": "by"}), on="answer", how="inner")
        .select(ANSWERS.names())
        .cast(ANSWERS)
        .sort("row")
    )


def speakers(reading: Reading) -> np.ndarray:
    """By row: the person who said it, or `NOBODY` for events and bots."""
    by = np.full(reading.rows.height, NOBODY, dtype=np.uint32)
    by[reading.messages["row"].to_numpy()] = reading.messages["person"].to_numpy()
    return by


def _by_links(reading: Reading, sure: float) -> pl.DataFrame:
    by = speakers(reading)
    links = reading.links.filter(pl.col("probability") >= sure)
    row, answer = links["answers"].to_numpy(), links["row"].to_numpy()
    other = (by[row] != by[answer]) & (by[row] != NOBODY) & (by[answer] != NOBODY)
    return pl.DataFrame({"row": row[other], "answer": answer[other]}).group_by("row").agg(pl.col("answer").min())


def _after_silence(reading: Reading) -> pl.DataFrame:
    """The first words after a silence answer the whole turn before it."""
    first = first_words(reading, FIRST_WORDS).select(pl.col("row").alias("answer"), pl.col("last_row").alias("row"))
    turns = reading.messages.select("row", turn=pl.col("person").rle_id())
    last = turns.join(first, on="row", how="inner").select("turn", "answer")
    return turns.filter(pl.col("row") >= reading.seam).join(last, on="turn", how="inner").select("row", "answer")


def _by_turns(reading: Reading, within: timedelta) -> pl.DataFrame:
    """The first message of the next turn (a run of messages of one person) answers all of this turn, if soon enough."""
    said = reading.messages.select("row", "time", turn=pl.col("person").rle_id()).filter(pl.col("row") < reading.seam)
    starts = said.group_by("turn").agg(pl.col("row").min().alias("answer"), pl.col("time").min().alias("answered"))
    return (
        said.join(starts.with_columns(pl.col("turn") - 1), on="turn", how="inner")
        .filter(pl.col("answered") - pl.col("time") <= within)
        .select("row", "answer")
    )
