"""Conversation starts: who breaks the silence."""

from datetime import timedelta

import polars as pl

from huoqun.insight.reading import Reading

PAUSE = timedelta(minutes=30)
"""A message after at least so much silence, that answers nothing, starts a conversation. Half an hour is the usual
cut between sessions in logs of talk; chats that answer later than that are caught by the link."""
SURE = 0.5
"""A link counts from this probability on."""


def starts(reading: Reading) -> pl.DataFrame:
    """`row`, `person`, `day`, `time`, `answered` of each start: whether anybody else spoke before the next `PAUSE`.

    The first message of the history counts as one.
    """
    answering = reading.links.filter(pl.col("probability") >= SURE)["row"].unique()
    said = reading.messages.select("row", "person", "day", "time")
    pause = (pl.col("time").diff() >= PAUSE).fill_null(True)
    session = said.with_columns(pause.cum_sum().alias("session"))
    people = session.group_by("session").agg(pl.col("person").n_unique().alias("people"))
    return (
        session.filter(pause & ~pl.col("row").is_in(answering.implode()))
        .join(people, on="session", how="left", maintain_order="left")
        .select("row", "person", "day", "time", (pl.col("people") > 1).alias("answered"))
    )
