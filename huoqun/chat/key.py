"""The key: what makes a row the same row in every export of its group.

Where the network gives a message an id, that is the key. Everywhere else it is a digest of what the row says, computed
here. The digest is part of the archive: it must come out the same on every machine and in every version, for ever.
`tests/test_key.py` holds it fast with written-down values. It is

    "~" + the first 20 hex digits of MD5( time SEP kind SEP length SEP who SEP text )  [ + "-" + n ]

in UTF-8, with SEP the character U+001F; `time` in microseconds since 1970 UTC; `length` the number of bytes of
`who`, or -1 with an empty `who` where nobody did it; and n (left out for 0) how often that very combination occurred
before at that time, in the order of the file. `who` is the sender's id, or, where senders are names, the name shown on
the row: a rename that only a longer export knows of must not change the keys of older rows.

MD5 is used as a fixed, fast, well-spread function, not as a lock: whoever wants to make two of his own messages
collide may. 80 bits: among a million rows of one group an accidental collision has a chance of 4e-13.
"""

from dataclasses import replace
from hashlib import md5
from typing import TYPE_CHECKING

import polars as pl

from huoqun.base.later import later
from huoqun.chat.message import Chat

if TYPE_CHECKING:
    import duckdb
else:
    duckdb = later("duckdb")

DIGEST = "~"
"""First character of every key that is a digest. No network's ids begin with it."""

SEPARATOR = "\x1f"

FEW = 20_000
"""Rows up to which Python's own MD5 takes less time than an engine takes to load."""

_SQL = "select '~' || left(md5(said), 20) as key from rows"


def with_keys(chat: Chat) -> Chat:
    """The chat with every missing key filled and each key on one row only. A million rows take under a second.

    The network's ids stay, with two exceptions that exports do have: an id on several rows of the same time and sender
    is one message written twice, and the first stays; an id on rows of different times or senders (`0` for whatever
    the network did not number) is no id, and all its rows get digests.
    """
    rows = chat.rows.with_columns(key=pl.when(pl.col("key") != "").then("key"))
    rows = _one_row_a_key(rows) if rows["key"].drop_nulls().is_duplicated().any() else rows
    blank = rows["key"].is_null()
    if not blank.any():
        return replace(chat, rows=rows.sort("time", "order", "key"))
    if blank.all():
        return replace(chat, rows=rows.with_columns(key=digests(rows)).sort("time", "order", "key"))
    filled = rows.filter(blank)
    filled = filled.with_columns(key=digests(filled, names=rows["name"].unique()))
    return replace(chat, rows=pl.concat([rows.filter(~blank), filled]).sort("time", "order", "key"))


def _one_row_a_key(rows: pl.DataFrame) -> pl.DataFrame:
    has, place = pl.col("key").is_not_null(), pl.struct("time", "sender")
    false_id = has & (place.n_unique().over("key") > 1)
    rows = rows.with_columns(key=pl.when(~false_id).then("key"))
    return rows.filter(pl.col("key").is_null() | pl.col("key").is_first_distinct())


def digests(rows: pl.DataFrame, *, names: pl.Series | None = None) -> pl.Series:
    """The digest key of each row. `names` are all names of the chat, where `rows` are only a part of it."""
    known = rows["name"].unique() if names is None else names
    is_name = pl.col("sender").is_in(known.implode())
    who = pl.when(is_name).then(pl.coalesce("name", "sender")).otherwise("sender")
    length = who.str.len_bytes().cast(pl.Int64).fill_null(-1)
    parts = (pl.col("time").dt.epoch("us"), pl.col("kind").cast(pl.String), length, who.fill_null(""), pl.col("text"))
    said = rows.select(said=pl.concat_str(parts, separator=SEPARATOR, ignore_nulls=True))
    return _numbered(_few(said) if said.height <= FEW else _many(said))


def _few(said: pl.DataFrame) -> pl.Series:
    digest = (md5(words, usedforsecurity=False).hexdigest() for words in said["said"].cast(pl.Binary))
    return pl.Series("key", [DIGEST + digits[:20] for digits in digest], pl.String)


def _many(said: pl.DataFrame) -> pl.Series:
    with duckdb.connect() as engine:
        engine.register("rows", said.to_arrow())
        keys: pl.Series = engine.sql(_SQL).pl()["key"]
    return keys


def is_digest(keys: pl.Expr) -> pl.Expr:
    """Whether a key is a digest rather than an id of the network."""
    return keys.str.starts_with(DIGEST)


def _numbered(keys: pl.Series) -> pl.Series:
    """Repeated keys with `-1`, `-2`, … behind, in the order given."""
    repeated = keys.hash().is_duplicated()  # a chance meeting of hashes too, which then counts from 0 as any other
    if not repeated.any():
        return keys
    frame = pl.DataFrame({"key": keys, "repeated": repeated}).with_row_index("at")
    again = frame.filter("repeated").with_columns(n=pl.int_range(pl.len()).over("key")).filter(pl.col("n") > 0)
    again = again.select("at", numbered=pl.format("{}-{}", "key", "n"))
    joined = frame.join(again, on="at", how="left", maintain_order="left")
    return joined.select(pl.coalesce("numbered", "key").alias("key"))["key"]
