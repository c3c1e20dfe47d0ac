"""Answers: when and by whom a message was first answered.

The word of a link counts where there are links (`insight/reply`). The part of a history without them (`Reading.seam`)
falls back to a rule on the set: the next thing somebody else says within `WITHOUT_LINKS` is taken as an answer, unless
the network itself tells one. That is generous in a busy group; docs/decisions/060-answers-without-links.md says how
generous. Shares of what was answered are therefore taken over the other part only.
"""

from datetime import timedelta

import numpy as np
import polars as pl

from huoqun.insight.reading import Reading

SURE = 0.5
"""Least probability of a link that counts as an answer."""

WITHOUT_LINKS = timedelta(minutes=10)
"""Without links: how long after a message somebody else's words are taken as an answer to it."""

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
    near = _by_turns(reading, within).join(told, on="row", how="anti")
    found = pl.concat([told, near])
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


def _by_turns(reading: Reading, within: timedelta) -> pl.DataFrame:
    """The first message of the next turn (a run of messages of one person) answers all of this turn, if soon enough."""
    said = reading.messages.select("row", "time", turn=pl.col("person").rle_id()).filter(pl.col("row") < reading.seam)
    starts = said.group_by("turn").agg(pl.col("row").min().alias("answer"), pl.col("time").min().alias("answered"))
    return (
        said.join(starts.with_columns(pl.col("turn") - 1), on="turn", how="inner")
        .filter(pl.col("answered") - pl.col("time") <= within)
        .select("row", "answer")
    )
