"""Called: who is named in a message, as the network marks it or as the text shows it.

A name is resolved to who bore it last before the message, so that a nickname passed on does not mislead.
"""

import polars as pl

from huoqun.insight.reading import Reading

LONGEST_NAME = 32
"""Characters; what is longer after an @ is no name."""

AT = rf"@([^@\s\x{{2005}}，,。：:]{{1,{LONGEST_NAME}}})"
"""A name after @, up to a space or a sign."""

AT_WECHAT = rf"@([^@\n\x{{2005}}]{{1,{LONGEST_NAME}}})\x{{2005}}"
"""WeChat ends a mention with a thin space (U+2005), so that the name itself may hold spaces."""

QUOTED = rf"^「([^」：:\n]{{1,{LONGEST_NAME}}})[：:]"
"""How WeChat wrote a quoted message into the text before it had quotes of its own."""

MOST = 20
"""Names in one message that are looked at; more is a call to everybody."""


def called(reading: Reading) -> pl.DataFrame:
    """row, time, a (who speaks), b (who is named; indexes into `reading.people`), how (`mention`, `quote`).

    Each person once per message and `how`; nobody who never spoke; sorted by row, b, how.
    """
    said = reading.messages.select("row", "time", pl.col("person").alias("a"), "text", "mentions")
    text = pl.col("text")
    marked = said.filter(pl.col("mentions").list.len() > 0).select(
        "row", "time", "a", pl.col("mentions").list.head(MOST).alias("name"), how=pl.lit("mention")
    )
    at = said.filter((pl.col("mentions").list.len() == 0) & text.str.contains("@", literal=True))
    both = pl.concat_list(text.str.extract_all(AT_WECHAT), text.str.extract_all(AT)).list.head(MOST)
    written = at.select("row", "time", "a", both.alias("name"), how=pl.lit("mention")).with_columns(
        pl.col("name").list.eval(pl.element().str.strip_chars("@\u2005"))
    )
    quoted = said.filter(text.str.starts_with("「")).select(
        "row", "time", "a", pl.concat_list(text.str.extract(QUOTED)).alias("name"), how=pl.lit("quote")
    )
    names = pl.concat([marked, written, quoted]).explode("name").drop_nulls("name")
    return _resolved(reading, names.sort("row")).unique(["row", "b", "how"]).sort("row", "b", "how")


def _resolved(reading: Reading, names: pl.DataFrame) -> pl.DataFrame:
    """`name` replaced by `b`: an identity as it is, else who bore that name last before, else who bore it first."""
    people = pl.DataFrame(
        {"name": reading.people, "b": range(len(reading.people))}, schema={"name": str, "b": pl.UInt32}
    )
    by_id = names.join(people, on="name", how="inner")
    rest = names.join(people, on="name", how="anti")
    bore = (
        reading.messages.select("name", "row", pl.col("person").alias("b"))
        .filter(pl.col("name").is_in(rest["name"].unique().implode()))
        .sort("row")
    )
    before = rest.join_asof(bore, on="row", by="name", strategy="backward", check_sortedness=False)
    late = before.filter(pl.col("b").is_null()).drop("b")
    after = late.join(bore.unique("name", keep="first", maintain_order=True).drop("row"), on="name", how="inner")
    columns = ["row", "time", "a", "b", "how"]
    return pl.concat([part.select(columns) for part in (by_id, before.drop_nulls("b"), after)])
