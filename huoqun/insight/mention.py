"""Mentions: whom a text names, as the person who bore that name then.

A name counts where the network itself marks it, where it opens the text (`nick: …`, `@昵称 …`, `老王你看`), and
elsewhere in the text as a word of its own. People shorten names: an opening word before a colon or comma that is
nobody's name stands for the last speaker whose name begins with it; a decorated name (`_anna_`, `张三-北京`,
`【班长】李四`) is also known by its core.
"""

import polars as pl

MARKED, OPENING, FIRST, INSIDE = 4, 3, 2, 1
"""How a person is named: marked by the network or `@`; opening the text before `:` or `,`; first word; any word."""
MENTIONS = pl.Schema({"row": pl.UInt32(), "person": pl.Int32(), "how": pl.UInt8()})
SHORTEST_LATIN, SHORTEST_CJK = 3, 2
"""Shorter names are taken as names only where they are marked or open the text."""
REACH = 500
"""An abbreviated name means somebody who spoke within so many messages."""
CJK = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]"
WORD = r"[^\s,:;!?()<>@\"，。：；！？（）【】「」“”、…\x{2005}\p{Han}]+"
"""What a name without spaces and Chinese characters looks like inside a text."""
OPENING_WORD = r"^\s*(@?)([^\s,:，：@\x{2005}]{1,40})\s?([,:，：\x{2005}]?)"


def mentions(said: pl.DataFrame, renames: pl.DataFrame) -> pl.DataFrame:
    """`MENTIONS` of the messages `said` (row, person, name, text, mentions as persons' identities), sorted by row.

    `renames` tells who took which name when (row, person, name). Nobody mentions himself.
    """
    bearers = _bearers(said, renames)
    found = pl.concat([_opening(said, bearers), _marked(said, bearers), _inside(said, bearers)])
    return (
        found.join(said.select("row", pl.col("person").alias("self")), on="row")
        .filter(pl.col("person") != pl.col("self"))
        .group_by("row", "person")
        .agg(pl.col("how").max())
        .cast(MENTIONS)
        .sort(["row", "how", "person"], descending=[False, True, False])
    )


def _bearers(said: pl.DataFrame, renames: pl.DataFrame) -> pl.DataFrame:
    """Who bore which name from which row on: `name` lower-cased, `row`, `person`; cores of decorated names too."""
    borne = pl.concat([said.select("row", "person", "name"), renames.select("row", "person", "name")]).drop_nulls()
    whole = borne.with_columns(pl.col("name").str.to_lowercase().str.strip_chars())
    cores = (
        whole.select("name")
        .unique()
        .with_columns(
            pl.col("name").str.extract_all(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]{2,}").alias("parts"),
            pl.col("name").str.replace_all(r"^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$", "").alias("bare"),
        )
        .with_columns(pl.concat_list("parts", pl.concat_list("bare")).alias("core"))
        .explode("core")
        .filter(
            (pl.col("core") != pl.col("name"))
            & (pl.col("core").str.len_chars() >= 3 - pl.col("core").str.contains(CJK).cast(pl.Int8))
        )
        .filter(~pl.col("core").str.contains(r"^\d+$"))
        .select("name", "core")
        .unique()
        .join(whole.select(pl.col("name").alias("core")).unique(), on="core", how="anti")
    )
    decorated = whole.join(cores, on="name").select("row", "person", pl.col("core").alias("name"))
    return pl.concat([whole, decorated]).sort("row", "person", "name")


def _borne(words: pl.DataFrame, bearers: pl.DataFrame) -> pl.DataFrame:
    """Words (row, name, how) with the person who bore that name then; words that were nobody's are left out."""
    return (
        words.join(bearers.select("name").unique(), on="name", how="semi")
        .sort("row")
        .join_asof(bearers.sort("row"), on="row", by="name", strategy="backward", check_sortedness=False)
        .drop_nulls("person")
        .select("row", "person", "how")
        .cast(MENTIONS)
    )


def _opening(said: pl.DataFrame, bearers: pl.DataFrame) -> pl.DataFrame:
    """Who is addressed by the first word, whole or abbreviated."""
    first = (
        said.select("row", pl.col("text").str.extract_groups(OPENING_WORD).alias("at"))
        .unnest("at")
        .drop_nulls("2")
        .select(
            "row",
            pl.col("2").str.to_lowercase().alias("name"),
            pl.when(pl.col("1") == "@")
            .then(MARKED)
            .when(pl.col("3") != "")
            .then(OPENING)
            .otherwise(FIRST)
            .cast(pl.UInt8)
            .alias("how"),
        )
    )
    whole = _borne(first, bearers)
    rest = (
        first.filter(pl.col("how") >= OPENING)
        .join(whole, on="row", how="anti")
        .filter(pl.col("name").str.len_chars() >= 3)
    )
    return pl.concat([whole, _abbreviated(rest, bearers)])


def _abbreviated(words: pl.DataFrame, bearers: pl.DataFrame) -> pl.DataFrame:
    """Opening words that begin the name of somebody who spoke lately: the last such speaker."""
    short = pl.col("name").str.slice(0, 3).alias("start")
    longer = (
        words.select(pl.col("name").alias("word"), pl.col("name").str.slice(0, 3).alias("start"))
        .unique()
        .join(bearers.select("name", short).unique(), on="start")
        .filter(pl.col("name").str.starts_with(pl.col("word")))
        .select("word", "name")
    )
    spoken = bearers.join(longer, on="name").select(
        "row", pl.col("row").alias("since"), "person", pl.col("word").alias("name")
    )
    return (
        words.sort("row")
        .join_asof(spoken.sort("row"), on="row", by="name", strategy="backward", check_sortedness=False)
        .drop_nulls("person")
        .select("row", "person", "how")
        .cast(MENTIONS)
    )


def _marked(said: pl.DataFrame, bearers: pl.DataFrame) -> pl.DataFrame:
    """Who is marked with `@` in the text, or by the network."""
    names = bearers.select("name").unique().filter(pl.col("name") != "")["name"]
    text = pl.col("text").str.to_lowercase().str.replace_all("＠", "@", literal=True)
    words = _found_in(said.filter(pl.col("text").str.contains("[@＠]")).select("row", text), "@" + names, MARKED)
    identities = said.select(pl.col("sender").alias("mentions"), "person").unique()
    native = (
        said.select("row", "mentions")
        .filter(pl.col("mentions").list.len() > 0)
        .explode("mentions")
        .join(identities, on="mentions")
        .select("row", "person", pl.lit(MARKED, pl.UInt8).alias("how"))
        .cast(MENTIONS)
    )
    return pl.concat([_borne(words, bearers), native])


def _found_in(said: pl.DataFrame, names: pl.Series, how: int) -> pl.DataFrame:
    """Which of the names (lower case) stand in the texts, spaces or none around them; the longest where several fit."""
    ordered = names.to_frame("name").sort(pl.col("name").str.len_chars(), "name", descending=True)["name"]
    patterns = pl.lit(pl.Series([ordered.to_list()], dtype=pl.List(pl.String)))
    return (
        said.select("row", pl.col("text").str.extract_many(patterns, leftmost=True).alias("name"))
        .explode("name")
        .drop_nulls("name")
        .select("row", pl.col("name").str.strip_prefix("@"), pl.lit(how, pl.UInt8).alias("how"))
    )


def _inside(said: pl.DataFrame, bearers: pl.DataFrame) -> pl.DataFrame:
    """Who is named anywhere in the text: as a word of its own, or, where a name has Chinese characters, as a part."""
    lower = said.select("row", pl.col("text").str.to_lowercase())
    words = (
        lower.select("row", pl.col("text").str.extract_all(WORD).alias("name"))
        .explode("name")
        .drop_nulls("name")
        .with_columns(pl.col("name").str.strip_chars_end(".'"), pl.lit(INSIDE, pl.UInt8).alias("how"))
        .filter(pl.col("name").str.len_chars() >= SHORTEST_LATIN)
    )
    names = (
        bearers.select("name")
        .unique()
        .filter(pl.col("name").str.contains(CJK) & (pl.col("name").str.len_chars() >= SHORTEST_CJK))["name"]
    )
    parts = _found_in(lower.filter(pl.col("text").str.contains(CJK)), names, INSIDE)
    opens = pl.col("text").str.starts_with(pl.col("name"))
    parts = parts.join(lower, on="row").with_columns(
        pl.when(opens).then(FIRST).otherwise("how").cast(pl.UInt8).alias("how")
    )
    return _borne(pl.concat([words, parts.select("row", "name", "how")]), bearers)
