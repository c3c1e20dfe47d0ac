"""Newcomers: who arrived, whether anybody answered their first words, and whether they found a voice.

A newcomer is somebody whose arrival the archive shows: a join event, or a first message late enough in the history
that it is not simply the first time the file catches a person who was there all along. A history that begins with the
group itself (`card.created`) has no such doubt.
"""

from datetime import datetime, timedelta

import polars as pl

from huoqun.insight.answer import answers
from huoqun.insight.document import Newcomer
from huoqun.insight.quote import quotes
from huoqun.insight.reading import Reading

WARM_UP = timedelta(days=30)
"""First words in the first days of a history that begins in the middle are no arrival: a regular of handbook chapter 2
is seen within 30 days."""

LONGEST_WARM_UP = 0.25
"""Share of the whole history that the warm-up may take, so that short histories still have newcomers."""

OPENING = timedelta(minutes=10)
"""What somebody says within this time of their first message belongs to it ("hi", "I am new", the question)."""

WELCOME = timedelta(hours=24)
"""A first message has to be answered within this time (handbook chapter 4, newcomer welcome)."""

WELCOME_BY_TYPE = {"newcomer": timedelta(hours=1)}
"""Types of group with a shorter time (same place)."""

SETTLING = timedelta(days=7)
"""A newcomer has found a voice who speaks within this time of joining (same place)."""


def newcomers(reading: Reading, *, known: pl.DataFrame | None = None) -> pl.DataFrame:
    """One row per newcomer, in the order of arrival. `known` is `answers(reading)` where it is at hand.

    id           identity
    person       index into `reading.people`; null where they never spoke
    arrived      when they joined, else their first message (naive UTC, as all times)
    joined       their first join event; null where the archive has none, or it was a return
    row, first   their first message: index into the rows, and when; null where they never spoke
    answered     when somebody else first answered what they opened with (`OPENING`), however late; null if nobody
    answered_by  identity of who did
    welcomed     answered within `WELCOME` (an hour in newcomer groups); null where that time is not over yet, or
                 where answers were not inferred (before `Reading.linked_from`)
    spoke_7d     joined: spoke within 7 days of it. No join event: spoke again on a later day within 7 days
    settled      the 7 days are over: only such newcomers belong into a share of `spoke_7d`
    """
    people = _arrivals(reading)
    opened = _openings(reading, people, answers(reading) if known is None else known)
    welcome = WELCOME_BY_TYPE.get(reading.card.type or "", WELCOME)
    in_time = pl.col("answered") - pl.col("first") <= welcome
    over = pl.col("first") + welcome <= reading.now
    return (
        people.join(opened, on="person", how="left", maintain_order="left")
        .join(_voices(reading, people), on="id", how="left", maintain_order="left")
        .with_columns(
            welcomed=pl.when(pl.col("row") < reading.linked_from)
            .then(None)
            .when(in_time.fill_null(False))
            .then(True)
            .when(over)
            .then(False),
            spoke_7d=pl.col("spoke_7d").fill_null(False),
            settled=pl.col("arrived") + SETTLING <= reading.now,
            answered_by=pl.col("by").replace_strict(
                range(len(reading.people)), reading.people, default=None, return_dtype=pl.String
            ),
        )
        .sort("arrived", "id")
        .select(
            *("id", "person", "arrived", "joined", "row", "first"),
            *("answered", "answered_by", "welcomed", "spoke_7d", "settled"),
        )
    )


def newcomer_list(reading: Reading, table: pl.DataFrame | None = None, *, limit: int = 200) -> list[Newcomer]:
    """The newest `limit` newcomers for the document, newest first, with their first words."""
    table = newcomers(reading) if table is None else table
    newest = table.sort("arrived", "id", descending=[True, False]).head(limit)
    spoken = newest["row"].drop_nulls().to_list()
    words = dict(zip(spoken, quotes(reading, spoken), strict=True))
    names = _names(reading, newest)
    return [
        Newcomer(
            person=row["id"],
            name=names.get(row["id"]) or row["id"],
            joined=row["joined"],
            first=row["first"],
            answered=row["answered"],
            answered_by=row["answered_by"],
            spoke_7d=row["spoke_7d"],
            quote=words.get(row["row"]),
        )
        for row in newest.iter_rows(named=True)
    ]


def warm_up_ends(reading: Reading) -> datetime:
    """From when on a first message makes a newcomer: the beginning itself where the group's birth is known."""
    if not reading.rows.height:
        return reading.now
    begin: datetime = reading.rows["time"].item(0)
    created = reading.card.created
    if created is not None and begin - created <= timedelta(days=1):
        return begin
    return begin + min(WARM_UP, (reading.now - begin) * LONGEST_WARM_UP)


def _arrivals(reading: Reading) -> pl.DataFrame:
    """id, person, joined, row, first, arrived of everybody whose arrival the archive shows."""
    first = (
        reading.messages.group_by("person", maintain_order=True)
        .first()
        .select(pl.col("sender").alias("id"), "person", "row", pl.col("time").alias("first"))
    )
    bots = reading.rows.filter(pl.col("bot"))["sender"].drop_nulls().unique()
    joined = (
        reading.rows.filter((pl.col("kind") == "join") & pl.col("subject").is_not_null())
        .filter(~pl.col("subject").is_in(bots.implode()))
        .group_by(pl.col("subject").alias("id"))
        .agg(pl.col("time").min().alias("joined"))
    )
    both = first.join(joined, on="id", how="full", coalesce=True)
    returned = (pl.col("joined") > pl.col("first")).fill_null(False)
    late = pl.col("first") >= warm_up_ends(reading)
    return (
        both.with_columns(joined=pl.when(~returned).then("joined"))
        .filter(pl.col("joined").is_not_null() | late.fill_null(False))
        .with_columns(arrived=pl.coalesce("joined", "first"))
    )


def _openings(reading: Reading, people: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """person, answered, by: the first answer to what a newcomer said within `OPENING` of the first message."""
    return (
        reading.messages.select("row", "time", "person")
        .join(people.select("person", pl.col("first").alias("begun")), on="person", how="inner")
        .filter(pl.col("time") - pl.col("begun") <= OPENING)
        .join(known, on="row", how="inner")
        .sort("answered", "answer")
        .group_by("person", maintain_order=True)
        .first()
        .select("person", "answered", "by")
    )


def _voices(reading: Reading, people: pl.DataFrame) -> pl.DataFrame:
    """id, spoke_7d."""
    said = reading.messages.select(pl.col("sender").alias("id"), "time", "day")
    soon = pl.col("time") - pl.col("arrived") <= SETTLING
    again = pl.col("day") > pl.col("day").min()
    return (
        people.select("id", "arrived", "joined")
        .join(said, on="id", how="inner")
        .group_by("id")
        .agg(spoke_7d=(soon & (pl.col("joined").is_not_null() | again)).any())
    )


def _names(reading: Reading, table: pl.DataFrame) -> dict[str, str]:
    """Newest names of these newcomers; of those who never spoke, the name of a join they made themselves."""
    wanted = table["id"].implode()
    said = reading.messages.filter(pl.col("sender").is_in(wanted)).group_by("sender").agg(pl.col("name").last())
    joins = reading.rows.filter((pl.col("kind") == "join") & (pl.col("subject") == pl.col("sender")))
    silent = joins.filter(pl.col("subject").is_in(wanted)).group_by("subject").agg(pl.col("name").last())
    return {i: n for i, n in [*silent.iter_rows(), *said.iter_rows()] if n}
