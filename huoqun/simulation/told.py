"""Simulated lines as a chat: the same value a format gives."""

from collections.abc import Mapping
from datetime import datetime

import polars as pl

from huoqun.chat.message import MEMBERS, SCHEMA, Chat
from huoqun.simulation.talk import Line


def told(
    lines: list[Line],
    *,
    members: list[tuple[str, str]],
    group: str,
    zone: str,
    exported: datetime,
    others: Mapping[str, str] | None = None,
    begin: int = 0,
) -> Chat:
    """The lines in time's order as a chat with ids, owner first among `members` (identity, name). `others`: the names
    of those who are no members any more; `begin`: how many lines the record has already."""
    rows = _rows(sorted(lines, key=lambda line: line.local), {**(others or {}), **dict(members)}, zone, begin)
    listed = pl.DataFrame(
        [
            {"id": m, "name": n, "role": "owner" if i == 0 else "admin" if i == 1 else "member", "aliases": []}
            for i, (m, n) in enumerate(members)
        ],
        schema=MEMBERS,
    )
    return Chat(
        format="simulated",
        network="wechat",
        group=group,
        group_id=None,
        zone=zone,
        zone_source="file",
        exported_at=exported,
        has_ids=True,
        rows=rows,
        members=listed,
        owner=members[0][0],
    )


def _rows(lines: list[Line], names: dict[str, str], zone: str, begin: int) -> pl.DataFrame:
    """The frame of `SCHEMA` of sorted lines, which get their keys."""
    for number, line in enumerate(lines, begin):
        line.key = f"sim-{number}"
    frame = pl.DataFrame(
        {
            "key": [line.key for line in lines],
            "line": range(begin, begin + len(lines)),
            "local": [line.local.replace(microsecond=0) for line in lines],
            "sequence": range(begin + 1, begin + len(lines) + 1),
            "sender": [line.sender for line in lines],
            "name": [names[line.sender] for line in lines],
            "kind": [line.kind for line in lines],
            "text": ["".join(f"@{names[m]} " for m in line.mentions) + line.text for line in lines],
            "reply_to": [line.answers.key or None if line.answers else None for line in lines],
            "mentions": [list(line.mentions) for line in lines],
            "subject": [line.sender if line.kind in ("join", "leave") else None for line in lines],
        },
        schema_overrides={"mentions": pl.List(pl.String), "local": pl.Datetime("us"), "subject": pl.String},
    )
    return (
        frame.with_columns(
            pl.col("local")
            .dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
            .dt.convert_time_zone("UTC")
            .dt.replace_time_zone(None)
            .alias("time"),
            pl.int_range(pl.len()).over("local").alias("order"),
            pl.lit(False).alias("bot"),
        )
        .select(SCHEMA.names())
        .cast(SCHEMA)
    )
