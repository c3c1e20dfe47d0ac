"""Who spoke next, for many groups at once: the questions and first words of a quarter, straight from the files.

The same as `followed` of `insight/fleet`, which is an expression for any engine, where only keys can tell which of two
rows is first (else `insight/muster` does it with numbers): in a sorted table the next speaker stands below the end of a
run.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import polars as pl

from huoqun.chat.lake import ORDER
from huoqun.chat.message import MESSAGE_KINDS

QUESTION = "[?？吗][ \\t\\r\\n\u3000]*$"
"""What a text must match to be a question; written so that every engine reads it alike."""
COLUMNS = ("group", "sender", "time", "order", "key", "asks", "next", "new")
"""The columns of the answer: whose words, whether they ask and whether they are the person's first, and when somebody
else spoke next (null for nobody)."""


def followed(
    files: Sequence[str], came: pl.DataFrame, shelf: tuple[str | None, str | None], *, now: datetime, span: timedelta
) -> pl.DataFrame:
    """Of the groups from the shelf's first name until before its last: questions of the last `span`, and first words of
    those in `came` (group, sender, first), with what followed."""
    rows = _said(files, shelf, now, span)
    below = {name: pl.col(name).shift(-1) for name in ("group", "sender", "time")}
    same = (pl.col("group") == below["group"]).fill_null(False)
    ends = ~(same & (pl.col("sender") == below["sender"])).fill_null(False)
    rows = rows.with_columns(
        next=pl.when(same).then(below["time"]),
        end=pl.when(ends).then(pl.int_range(pl.len())).backward_fill(),
    )
    new = came.select("group", "sender", time="first", new=pl.lit(True))
    rows = rows.with_columns(next=pl.col("next").gather(pl.col("end")))
    told = rows.join(new, on=["group", "sender", "time"], how="left").with_columns(pl.col("new").fill_null(False))
    return told.filter(pl.col("asks") | pl.col("new")).select(COLUMNS)


def _said(files: Sequence[str], shelf: tuple[str | None, str | None], now: datetime, span: timedelta) -> pl.DataFrame:
    """What people said in the span, in order."""
    said = pl.col("kind").is_in(MESSAGE_KINDS) & ~pl.col("bot") & pl.col("sender").is_not_null()
    said &= (pl.col("time") <= now) & (pl.col("time") > now - span)
    first, last = shelf
    said &= pl.lit(True) if first is None else pl.col("group") >= first
    said &= pl.lit(True) if last is None else pl.col("group") < last
    rows = pl.scan_parquet(list(files), hive_partitioning=False, glob=False).filter(said)
    asks = pl.col("text").str.contains(QUESTION).fill_null(False)
    return rows.select("group", "time", "order", "key", "sender", asks=asks).sort(ORDER).collect()
