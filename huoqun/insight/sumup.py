"""Summing up: what some days of a group held, in lines that a person can read over and put into the group: what most
people took up, what was decided, links, questions that nobody took up, who is new.

Nothing is written anew: every line is what somebody said, cut to its length. Who took up a message is counted by native
replies and by mentions of its author within half an hour; in groups without either, links and questions are told.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import polars as pl

from huoqun.insight.question import asking

NEAR = timedelta(minutes=30)
MOST = 5
LONGEST = 120
SHORTEST = 8
"""Characters of a message below which it is no post worth keeping."""
MOST_NEW = 20
_DECIDED = (
    r"(?:就这么|就这样|那就|最终|已经)(?:定|说定|决定)|(?:说|敲|商)定了|定[在于]\S{0,12}(?:点|号|日|周|月)|决定(?:了|：|:|是)|结论(?:是|：|:)"
    r"|(?i:\b(?:we(?:'ve| have)? (?:decided|agreed)|decision:|it's settled|agreed:|final answer)\b)"
)
"""Words with which people say that something is settled; not what asks whether it is."""
_LINK = r"https?://[^\s<>\"'）)，。]+"


@dataclass(frozen=True)
class Line:
    """Something somebody said: their name then, the text, how many people took it up."""

    who: str
    text: str
    taken_up: int
    sender: str = ""
    """Their account in the record."""
    key: str = ""
    """Of the message."""
    at: datetime | None = None
    """Naive UTC."""


@dataclass(frozen=True)
class Sum:
    """What some days held."""

    messages: int
    people: int
    posts: list[Line]
    links: list[Line]
    questions: list[Line]
    decisions: list[Line] = field(default_factory=list)
    newcomers: list[str] = field(default_factory=list)
    """Names of who joined, as the record has them."""


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
    settled = long.filter(pl.col("text").str.contains(_DECIDED) & ~pl.col("row").is_in(asked["row"].implode()))
    return Sum(
        messages=said.height,
        people=said["sender"].n_unique(),
        posts=_lines(long.filter(pl.col("taken") > 0).sort("taken", "row", descending=[True, False])),
        links=_lines(linked),
        questions=_lines(asked.filter(pl.col("taken") == 0)),
        decisions=_lines(settled.sort("row", descending=True)),
        newcomers=_newcomers(rows, since, now),
    )


def _newcomers(rows: pl.DataFrame, since: datetime, now: datetime) -> list[str]:
    """Who joined and did not leave again in these days."""
    moved = rows.filter((pl.col("time") >= since) & (pl.col("time") < now)).with_columns(pl.col("kind").cast(pl.String))
    moved = moved.filter(pl.col("kind").is_in(["join", "leave", "remove"]))
    who = pl.coalesce("subject", "sender")
    last = moved.with_columns(who=who).drop_nulls("who").unique("who", keep="last", maintain_order=True)
    named = dict(rows.drop_nulls(["sender", "name"]).select("sender", "name").iter_rows())
    found = last.filter(pl.col("kind") == "join")["who"].to_list()
    return [named.get(one, one) for one in found[:MOST_NEW]]


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
        Line(
            row["name"] or "",
            " ".join(row["text"].split())[:LONGEST],
            row["taken"],
            row["sender"],
            row["key"],
            row["time"],
        )
        for row in found.head(MOST).iter_rows(named=True)
    ]
