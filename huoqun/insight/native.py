"""Native links: who answered whom as the network itself says it, wherever in the history that is."""

import polars as pl

NATIVE = pl.Schema({"row": pl.UInt32(), "answers": pl.UInt32(), "probability": pl.Float32()})
"""As `insight/reply` gives links, all of probability 1."""


def native_links(rows: pl.DataFrame) -> pl.DataFrame:
    """`NATIVE` of sorted rows with keys: replies that name a message which is among the rows and earlier."""
    numbered = rows.select("key", "reply_to").with_row_index("row")
    said = numbered.filter(pl.col("reply_to").is_not_null())
    if not said.height:
        return pl.DataFrame(schema=NATIVE)
    keys = numbered.select(pl.col("row").alias("answers"), pl.col("key").alias("reply_to")).drop_nulls()
    return (
        said.select("row", "reply_to")
        .join(keys, on="reply_to", how="inner")
        .filter(pl.col("answers") < pl.col("row"))
        .select("row", "answers", pl.lit(1.0, pl.Float32).alias("probability"))
        .cast(NATIVE)
        .sort("row", "answers")
    )
