"""The stay: who was there from when to when, read from a group's rows. Pure frames, no database.

`history` writes what this finds.
"""

import hashlib
from dataclasses import dataclass

import polars as pl

from huoqun.chat.message import MESSAGE_KINDS, Chat

LONGEST = 300
"""Names and accounts are cut to this many characters."""


@dataclass(frozen=True)
class Seen:
    """What a history says of who is who."""

    identities: pl.DataFrame
    """`account`, `name` (newest), `listed`, `role`, `bot`, `messages`, `first`, `last`; one row each, by account."""
    namings: pl.DataFrame
    """`account`, `name`, `since`; once for each name an account bore."""
    stays: pl.DataFrame
    """`account`, `number` (from 1), `joined`, `left`, `removed`."""


def seen(chat: Chat) -> Seen:
    """Identities, names and stays of everybody who spoke, came, went, or is listed."""
    rows = chat.rows.with_columns(account_of("sender"), account_of("subject"), _plain("name"))
    said = rows.filter((pl.col("kind").to_physical() < len(MESSAGE_KINDS)) & pl.col("sender").is_not_null())
    happened = rows.filter(pl.col("kind").is_in(["join", "leave", "remove"]) & pl.col("subject").is_not_null())
    listed = chat.members.with_columns(account_of("id"), _plain("name")).unique("id", keep="last", maintain_order=True)
    namings = _namings(rows, said, listed)
    return Seen(_identities(said, happened, listed, namings), namings, _stays(said, happened, listed))


def _plain(column: str) -> pl.Expr:
    return pl.col(column).str.replace_all("\x00", "", literal=True).str.slice(0, LONGEST)


def account_of(column: str) -> pl.Expr:
    """An account; a longer one is cut and ends on a digest of the whole, so that two that begin alike stay two."""
    return pl.col(column).str.replace_all("\x00", "", literal=True).map_batches(_shortened, return_dtype=pl.String)


def _shortened(accounts: pl.Series) -> pl.Series:
    long = accounts.filter(accounts.str.len_chars() > LONGEST).unique()
    short = [a[: LONGEST - 17] + "~" + hashlib.sha256(a.encode()).hexdigest()[:16] for a in long]
    return accounts.replace(long, pl.Series(short, dtype=pl.String)) if short else accounts


def _namings(rows: pl.DataFrame, said: pl.DataFrame, listed: pl.DataFrame) -> pl.DataFrame:
    """Every name with when it was first seen; aliases of a list have no time."""
    renamed = rows.filter((pl.col("kind") == "rename") & pl.col("subject").is_not_null() & pl.col("name").is_not_null())
    aliases = listed.select(pl.col("id").alias("account"), pl.col("aliases").alias("name")).explode("name")
    found = pl.concat(
        [
            said.select(pl.col("sender").alias("account"), "name", pl.col("time").alias("since")),
            renamed.select(pl.col("subject").alias("account"), "name", pl.col("time").alias("since")),
            aliases.with_columns(_plain("name"), pl.lit(None, pl.Datetime("us")).alias("since")),
        ]
    )
    return (
        found.filter(pl.col("name").fill_null("") != "")
        .group_by("account", "name")
        .agg(pl.col("since").min())
        .sort("account", "since", "name")
    )


def _identities(
    said: pl.DataFrame, happened: pl.DataFrame, listed: pl.DataFrame, namings: pl.DataFrame
) -> pl.DataFrame:
    spoke = said.group_by(pl.col("sender").alias("account")).agg(
        pl.col("name").last().alias("spoken"),
        pl.col("bot").any(),
        pl.len().alias("messages"),
        pl.col("time").min().alias("first"),
        pl.col("time").max().alias("last"),
    )
    told = listed.select(pl.col("id").alias("account"), pl.col("name").alias("told"), "role", listed=pl.lit(True))
    everybody = pl.concat([spoke["account"], told["account"], happened["subject"].alias("account"), namings["account"]])
    newest = namings.group_by("account").agg(pl.col("name").last().alias("borne"))
    return (
        pl.DataFrame({"account": everybody.unique()})
        .join(spoke, on="account", how="left")
        .join(told, on="account", how="left")
        .join(newest, on="account", how="left")
        .select(
            "account",
            name=pl.coalesce(pl.col("told").replace("", None), "borne", "spoken", "account"),
            listed=pl.col("listed").fill_null(False),
            role=pl.col("role").fill_null(""),
            bot=pl.col("bot").fill_null(False),
            messages=pl.col("messages").fill_null(0),
            first=pl.col("first"),
            last=pl.col("last"),
        )
        .sort("account")
    )


def _stays(said: pl.DataFrame, happened: pl.DataFrame, listed: pl.DataFrame) -> pl.DataFrame:
    """A stay begins with the first sight of somebody, or the first after they went; it ends when they go."""
    going = pl.col("what").is_in(["leave", "remove"])
    before = pl.col("what").shift(1).over("account")
    was_out = before.is_in(["leave", "remove"])
    moves = pl.concat(
        [
            happened.select(pl.col("subject").alias("account"), "time", "order", what=pl.col("kind").cast(pl.String)),
            said.select(pl.col("sender").alias("account"), "time", "order", what=pl.lit("seen")),
        ]
    ).sort("account", "time", "order")
    known = (
        moves.with_columns(begins=before.is_null() | (was_out & ~going))
        .with_columns(number=pl.col("begins").cast(pl.Int64).cum_sum().over("account"))
        .group_by("account", "number")
        .agg(
            joined=pl.when(pl.col("what").first() == "join").then(pl.col("time").first()),
            left=pl.col("time").filter(going).first(),
            removed=(pl.col("what") == "remove").any(),
        )
    )
    silent = listed.select(pl.col("id").alias("account")).join(known, on="account", how="anti")
    none = pl.lit(None, pl.Datetime("us"))
    return pl.concat(
        [
            known.select("account", "number", "joined", "left", "removed"),
            silent.select("account", number=pl.lit(1, pl.Int64), joined=none, left=none, removed=pl.lit(False)),
        ]
    ).sort("account", "number")
