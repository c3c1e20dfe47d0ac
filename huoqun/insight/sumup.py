"""Summing up: what some days of a group held, in lines that a person can read over and put into the group: what most
people took up, links, questions that nobody took up.

Nothing is written anew: every line is what somebody said, cut to its length. Who took up a message is counted by native
replies and by mentions of its author within half an hour; in groups without either, links and questions are told.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import polars as pl

from huoqun.insight.question import asking

NEAR = timedelta(minutes=30)
MOST = 5
LONGEST = 120
SHORTEST = 8
"""Characters of a message below which it is no post worth keeping."""
_LINK = r"https?://[^\s<>\"'）)，。]+"


@dataclass(frozen=True)
class Line:
    """Something somebody said: their name then, the text, how many people took it up."""

    who: str
    text: str
    taken_up: int


@dataclass(frozen=True)
class Sum:
    """What some days held."""

    messages: int
    people: int
    posts: list[Line]
    links: list[Line]
    questions: list[Line]


def sumup(rows: pl.DataFrame, *, since: datetime, now: datetime) -> Sum:
    """Of a group's rows (layout `chat.message.SCHEMA`), what was said from `since` until before `now` (naive UTC)."""
    said = rows.filter(
        (pl.col("time") >= since)
        & (pl.col("time") < now)
        & pl.col("sender").is_not_null()
        & ~pl.col("bot").fill_null(False)
        & pl.col("kind").cast(pl.String).is_in(["text", "link"])
        & pl.col("text").is_not_null()
    ).with_row_index("row")
    counted = said.join(_taken_up(said), on="row", how="left").with_columns(pl.col("taken").fill_null(0))
    asked = counted.filter(pl.col("row").is_in(asking(counted.select("row", "text"))["row"].implode()))
    long = counted.filter(pl.col("text").str.len_chars() >= SHORTEST)
    linked = long.filter(pl.col("text").str.contains(_LINK)).unique(
        pl.col("text").str.extract(_LINK, 0), keep="first", maintain_order=True
    )
    return Sum(
        messages=said.height,
        people=said["sender"].n_unique(),
        posts=_lines(long.filter(pl.col("taken") > 0).sort("taken", "row", descending=[True, False])),
        links=_lines(linked),
        questions=_lines(asked.filter(pl.col("taken") == 0)),
    )


def _taken_up(said: pl.DataFrame) -> pl.DataFrame:
    """By row, how many others replied to it or named its author soon after."""
    replies = said.filter(pl.col("reply_to").is_not_null()).select("sender", key="reply_to")
    native = said.select("row", "key", author="sender").join(replies, on="key").select("row", "author", "sender")
    named = said.select("sender", "time", "mentions").explode("mentions").drop_nulls("mentions")
    named = named.rename({"mentions": "author"}).sort("time")
    last = said.select("row", "time", author="sender").sort("time")
    soon = named.join_asof(last, on="time", by="author", strategy="backward", tolerance=NEAR, check_sortedness=False)
    both = pl.concat([native, soon.drop_nulls("row").select("row", "author", "sender")])
    return both.filter(pl.col("author") != pl.col("sender")).group_by("row").agg(taken=pl.col("sender").n_unique())


def _lines(found: pl.DataFrame) -> list[Line]:
    return [
        Line(row["name"] or "", " ".join(row["text"].split())[:LONGEST], row["taken"])
        for row in found.head(MOST).iter_rows(named=True)
    ]
