"""Starts: which messages belong together, and who set them going.

A conversation is a root and everything that leads back to it over each message's most probable link.
"""

from datetime import timedelta

import numpy as np
import numpy.typing as npt
import polars as pl

from huoqun.insight.answer import SURE
from huoqun.insight.reading import Reading

QUIET = timedelta(minutes=30)
"""Without links: words after so long a silence start something new."""


def roots(reading: Reading, *, sure: float = SURE) -> npt.NDArray[np.int64]:
    """By row: the row that its conversation begins with (itself for a beginning). Links below `sure` do not count."""
    root = np.arange(reading.rows.height)
    best = (
        reading.links.filter(pl.col("probability") >= sure)
        .sort("row", "probability", "answers")
        .group_by("row", maintain_order=True)
        .last()
    )
    root[best["row"].to_numpy()] = best["answers"].to_numpy()
    while True:
        further = root[root]
        if np.array_equal(further, root):
            return root
        root = further


def starts(reading: Reading) -> pl.DataFrame:
    """The messages that set a conversation of at least two people going: row, person, time, people; sorted by row.

    Where links do not reach (`Reading.seam`): the first message after `QUIET`, whoever follows (`people` counts the
    speakers up to the next silence).
    """
    said = reading.messages.select("row", "time", "person").with_columns(late=pl.col("row") >= reading.seam)
    quiet = (pl.col("time").diff() > QUIET).fill_null(True).cum_sum()
    linked = pl.Series(roots(reading)).gather(said["row"])
    talk = said.with_columns(talk=pl.when("late").then(linked).otherwise(quiet.cast(pl.Int64)))
    return (
        talk.group_by("late", "talk")
        .agg(pl.col("row", "person", "time").sort_by("row").first(), people=pl.col("person").n_unique())
        .filter(pl.col("people") > 1)
        .sort("row")
        .select("row", "person", "time", "people")
    )
