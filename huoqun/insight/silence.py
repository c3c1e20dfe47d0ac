"""Silences: the first words after one, where no link tells whom they answer.

Links are inferred by what was learned on busy talk: of 16,000 annotated messages of IRC only 45 follow two minutes of
silence. In a slow group nearly every message does, and the model, which never saw such a one, calls each a beginning.
There the next words of somebody else are the best evidence there is: over 293,000 messages of group-lives two people
who took turns for the first time took turns again within a month in 15 % of cases after a pause of two minutes, 14 %
after one of an hour, 12 % after six hours, 9 % after a day, and 5 % (no more than chance) after three days
(docs/decisions/116-slow-groups.md).
"""

from datetime import timedelta

import polars as pl

from huoqun.insight.reading import Reading

BLIND = timedelta(minutes=2)
"""After so long a silence the lack of a link means nothing."""


def first_words(reading: Reading, within: timedelta) -> pl.DataFrame:
    """Messages that somebody else says first after a silence of `BLIND` to `within`, and that no link explains.

    `row`, `person`, `time`; `last_row`, `last_person`: the message before the silence. Sorted by row; only where links
    reach (`Reading.seam`).
    """
    said = reading.messages.select("row", "person", "time")
    said = said.with_columns(pl.col("row", "person", "time").shift().name.prefix("last_"))
    pause = pl.col("time") - pl.col("last_time")
    return (
        said.filter(pause >= BLIND, pause <= within, pl.col("person") != pl.col("last_person"))
        .filter(pl.col("last_row") >= reading.seam)
        .join(reading.links.select("row").unique(), on="row", how="anti", maintain_order="left")
        .select("row", "person", "time", "last_row", "last_person")
    )
