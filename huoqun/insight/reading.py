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
    linked_from: int = 0
    """Answers of rows before this one were not inferred: the links hold only what the network tells of them."""

    @property
    def seam(self) -> int:
        """From this row on links show who answered whom; before it nearness has to do (the whole history, where there
        is not one link)."""
        return self.linked_from if self.links.height else self.rows.height


def reading(rows: pl.DataFrame, links: pl.DataFrame, card: Card, *, now: datetime, linked_from: int = 0) -> Reading:
    """Prepare `rows` (sorted; those after `now` are left out) and `links` between them for the card's group.

    `linked_from`: from which row on the links are complete.
    """
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
    return Reading(rows, said, people, links.filter(pl.col("row") < count), card, now, linked_from)
