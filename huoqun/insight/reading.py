"""The reading: one group's rows as of one moment, prepared once for everything that is computed from them."""

from dataclasses import dataclass
from datetime import datetime

import polars as pl

from huoqun.chat.message import MESSAGE_KINDS
from huoqun.insight.card import Card


@dataclass(frozen=True)
class Reading:
    """What every vital sign, tie and finding starts from."""

    rows: pl.DataFrame
    """All rows up to `now`, sorted by (time, order, key)."""
    messages: pl.DataFrame
    """What people said (no events, no bots): the columns of a row, and
    `row` (UInt32: index into `rows`), `day` (Date on the group's wall clock), `person` (UInt32: index into `people`).
    """
    people: list[str]
    """Identities of everybody who ever spoke, in the order of their first message."""
    links: pl.DataFrame
    """Who answered whom: `row`, `answers` (UInt32 indexes into `rows`, answers < row), `probability` (Float32)."""
    card: Card
    now: datetime
    """Naive UTC."""


def reading(rows: pl.DataFrame, links: pl.DataFrame, card: Card, *, now: datetime) -> Reading:
    """Prepare `rows` (sorted; those after `now` are left out) and `links` between them for the card's group."""
    count = int(rows["time"].search_sorted(now, side="right")) if rows.height else 0
    rows = rows.head(count)
    said = rows.with_row_index("row").filter(
        (pl.col("kind").to_physical() < len(MESSAGE_KINDS)) & ~pl.col("bot") & pl.col("sender").is_not_null()
    )
    people = said["sender"].unique(maintain_order=True).to_list()
    number = pl.col("sender").replace_strict(people, range(len(people)), return_dtype=pl.UInt32)
    said = said.with_columns(
        pl.col("local").dt.date().alias("day"),
        (number if people else pl.lit(None, pl.UInt32)).alias("person"),
    )
    return Reading(rows, said, people, links.filter(pl.col("row") < count), card, now)
