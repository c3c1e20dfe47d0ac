"""Who answered whom: the network's own word where there is one, else inferred."""

import polars as pl

LINKS = pl.Schema({"row": pl.UInt32(), "answers": pl.UInt32(), "probability": pl.Float32()})
"""`row` answers `answers` (indexes into the rows, the answer comes later), and how sure that is."""


def links(rows: pl.DataFrame) -> pl.DataFrame:
    """`LINKS` of the rows of one group, sorted by row. A message without a link starts something new."""
    numbered = rows.with_row_index("row")
    told = numbered.filter(pl.col("reply_to").is_not_null()).select("row", "reply_to")
    keys = numbered.select(pl.col("row").alias("answers"), pl.col("key").alias("reply_to")).drop_nulls()
    return (
        told.join(keys, on="reply_to", how="inner")
        .filter(pl.col("answers") < pl.col("row"))
        .select("row", "answers", pl.lit(1.0, pl.Float32).alias("probability"))
        .cast(LINKS)
        .sort("row", "answers")
    )
