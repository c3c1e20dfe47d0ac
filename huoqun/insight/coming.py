"""Comings and goings: who is in the group, as far as joins, leaves and words tell."""

from datetime import date

import polars as pl

from huoqun.insight.reading import Reading

GONE = ("leave", "remove")


def moves(reading: Reading) -> pl.DataFrame:
    """`id`, `seen` (when first heard of: join, word or departure), `left` (when they went for good, null: still here).

    Somebody who spoke or joined again after a departure is still here. Machines are left out. A departure without a
    name (the network only says that somebody left) moves nobody.
    """
    rows = reading.rows
    bots = rows.filter(pl.col("bot"))["sender"].drop_nulls().unique()
    words = reading.messages.group_by(pl.col("sender").alias("id")).agg(
        pl.col("time").min().alias("seen"), pl.col("time").max().alias("here")
    )
    who = rows.filter(pl.col("kind").is_in(["join", *GONE]) & pl.col("subject").is_not_null())
    gone = pl.col("kind").is_in(list(GONE))
    events = who.group_by(pl.col("subject").alias("id")).agg(
        pl.col("time").min().alias("seen"),
        pl.col("time").filter(~gone).max().alias("here"),
        pl.col("time").filter(gone).max().alias("gone"),
    )
    both = pl.concat([words, events], how="diagonal").filter(~pl.col("id").is_in(bots.implode()))
    if "gone" not in both.columns:
        both = both.with_columns(gone=pl.lit(None, pl.Datetime("us")))
    return (
        both.group_by("id")
        .agg(pl.col("seen").min(), pl.col("here").max(), pl.col("gone").max())
        .with_columns(left=pl.when((pl.col("gone") >= pl.col("here")).fill_null(True)).then("gone"))
        .select("id", "seen", "left")
        .sort("seen", "id")
    )


def members(reading: Reading, table: pl.DataFrame) -> int:
    """People in the group now: the card's number where known, else everybody of `moves` who is not gone."""
    if reading.card.members is not None:
        return reading.card.members
    return int(table["left"].is_null().sum())


def members_by_day(reading: Reading, table: pl.DataFrame, days: list[date]) -> list[int]:
    """How many people were in the group at the end of each of `days`.

    Where the card knows today's number, the days before follow from who came and went since; else people count from
    the first sign of them.
    """
    if not days:
        return []
    offset = (reading.rows["local"][-1] - reading.rows["time"][-1]) if reading.rows.height else None
    shift = pl.lit(offset, pl.Duration("us"))
    came = table.select((pl.col("seen") + shift).dt.date())["seen"].sort()
    left = table.select((pl.col("left") + shift).dt.date())["left"].drop_nulls().sort()
    present = [int(came.search_sorted(day, side="right")) - int(left.search_sorted(day, side="right")) for day in days]
    known = members(reading, table)
    change = known - int(table["left"].is_null().sum())
    return [max(count + change, 1) for count in present]


def goodbyes(reading: Reading) -> pl.DataFrame:
    """`day`, `people`: how many left or were removed that day, named or not (one person counts once)."""
    away = reading.rows.filter(pl.col("kind").is_in(list(GONE)))
    return away.group_by(pl.col("local").dt.date().alias("day")).agg(
        (pl.col("subject").n_unique() - pl.col("subject").has_nulls() + pl.col("subject").is_null().sum()).alias(
            "people"
        )
    )


def tells_leaving(reading: Reading) -> bool:
    """The export reports joins or departures at all: without, nothing can be said of who left."""
    return bool(reading.rows["kind"].is_in(["join", *GONE]).any())
