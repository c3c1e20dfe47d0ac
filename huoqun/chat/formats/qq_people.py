"""QQ's people: who stands behind `【管理员】Alice(10001)`, `Bob<bob@example.com>` or a bare name."""

import re
from dataclasses import dataclass

import polars as pl

from huoqun.chat.rows import members

_WHO = re.compile(
    r"^(?P<honours>(?:【[^】\n]*】)*)(?P<name>.*?)"
    r"(?:\((?P<number>\d{4,12})\)|<(?P<mail>[^<>\s@]+@[^<>\s@]+)>)?$"
)
_ROLES = {"群主": "owner", "管理员": "admin"}


SYSTEM = ("10000", "1000000")
"""Numbers under which QQ itself speaks."""


@dataclass(frozen=True)
class People:
    """The people of one conversation."""

    by_name: dict[str, str]
    """Identity by name; of a name that several bore, the last bearer."""
    members: pl.DataFrame
    """`MEMBERS`: newest name, older names, role where an honour tells it."""


def honours_off(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with `who` taken apart into `sender` (number, mail, or null), `name` and `role`."""
    different = frame["who"].unique()
    parts = [_parse(who) for who in different.to_list()]
    table = pl.DataFrame(
        [(who, *part) for who, part in zip(different.to_list(), parts, strict=True)],
        schema={"who": pl.String, "sender": pl.String, "name": pl.String, "role": pl.String},
        orient="row",
    )
    return frame.join(table, on="who", how="left", maintain_order="left").drop("who")


def _parse(who: str) -> tuple[str | None, str, str | None]:
    found = _WHO.match(who.strip())
    if not found:
        return None, who, None
    honours = re.findall("【([^】]*)】", found["honours"])
    role = next((_ROLES[honour] for honour in honours if honour in _ROLES), None)
    identity = found["number"] or found["mail"]
    return identity, found["name"].strip() or identity or who, role


def resolve(frame: pl.DataFrame) -> pl.DataFrame:
    """Names where only the number stood, from the rest of the file; identities where only a name stood."""
    nameless = frame["sender"].is_not_null() & (frame["name"] == frame["sender"])
    if nameless.any():
        named = pl.when(pl.col("name") != pl.col("sender")).then("name")
        frame = frame.with_columns(
            name=pl.coalesce(named, named.backward_fill().over("sender"), named.forward_fill().over("sender"), "name")
        )
    bare = frame["sender"].is_null()
    if bare.any():
        owners = frame.drop_nulls("sender").group_by("name").agg(pl.col("sender").unique())
        sure = owners.filter(pl.col("sender").list.len() == 1).with_columns(behind=pl.col("sender").list.first())
        frame = frame.join(sure.select("name", "behind"), on="name", how="left", maintain_order="left")
        frame = frame.with_columns(sender=pl.coalesce("sender", "behind", "name")).drop("behind")
    return frame


def people(frame: pl.DataFrame) -> People:
    """The people of a conversation, from `sender`, `name`, `role`; QQ itself is none of them."""
    pairs = frame.group_by("sender", "name", maintain_order=True).agg(
        pl.col("line").max(), pl.col("role").drop_nulls().last()
    )
    pairs = pairs.filter(~pl.col("sender").is_in(SYSTEM))
    by_name = dict(pairs.sort("line").select("name", "sender").iter_rows())
    each = (
        pairs.sort("line")
        .group_by("sender", maintain_order=True)
        .agg(pl.col("name").last().alias("newest"), pl.col("name").alias("names"), pl.col("role").drop_nulls().last())
    )
    rows = each.rows()
    return People(
        by_name,
        members(
            [sender for sender, *_ in rows],
            [newest for _, newest, *_ in rows],
            [role for *_, role in rows],
            [[name for name in names if name != newest] for _, newest, names, _ in rows],
        ),
    )
