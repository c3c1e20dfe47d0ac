"""Who is in a Matrix room under which name, as its membership events tell it. Part of the format `matrix`."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

from huoqun.chat.draft import moment

Told = tuple[str, str | None, str | None]
"""Kind, whom it happened to, and the new name of a rename. Kind `nothing`: a new picture, say."""


def membership(event: Any) -> Told:
    """What a membership event reports."""
    who = event.state_key or event.sender
    before = event.prev_content or (event.unsigned.prev_content if event.unsigned else None)
    was = before.membership if before else None
    now = event.content.membership
    if before and now == "join" and was == "join":
        new = event.content.displayname
        if new and before.displayname != new:
            return "rename", who, new
        return "nothing", who, None
    if now == "join":
        return "join", who, None
    if now == "ban" or (now == "leave" and event.sender != who and was != "invite"):
        return "remove", who, None
    if now == "leave" and was not in ("invite", "knock"):
        return "leave", who, None
    return "system", who, None


@dataclass(frozen=True)
class ShownNames:
    """Displaynames over time: user, naive UTC, name; and who is in the room at the end."""

    table: pl.DataFrame
    inside: dict[str, str | None]

    def borne(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Rows with the name each sender bore at that time, where the room tells it."""
        table, first = self.table, self.table.unique("sender", keep="first", maintain_order=True)
        if not table.height or not rows.height:
            return rows
        found = rows.join_asof(table, on="time", by="sender", strategy="backward", check_sortedness=False)
        found = found.join(first.select("sender", pl.col("shown").alias("_first")), on="sender", how="left",
                           maintain_order="left")  # fmt: skip
        own = pl.col("kind").cast(pl.String) == "rename"
        name = pl.when(own | pl.col("sender").is_null()).then("name").otherwise(pl.coalesce("shown", "_first", "name"))
        return found.with_columns(name.alias("name")).select(rows.columns)

    def present(self) -> list[tuple[str, str | None]]:
        """Users in the room at the end, with their newest names."""
        return sorted(self.inside.items())


def shown_names(events: Iterable[Any]) -> ShownNames:
    """Names as the room's membership events tell them, in order."""
    found: list[tuple[str, datetime, str]] = []
    inside: dict[str, str | None] = {}
    for event in events:
        if event.type != "m.room.member":
            continue
        who = event.state_key or event.sender
        at = moment(event.origin_server_ts)
        if event.content.membership == "join":
            inside[who] = event.content.displayname
            if event.content.displayname and at:
                found.append((who, at, event.content.displayname))
        else:
            inside.pop(who, None)
    schema = pl.Schema({"sender": pl.String(), "time": pl.Datetime("us"), "shown": pl.String()})
    return ShownNames(pl.DataFrame(found, schema=schema, orient="row").sort("time", maintain_order=True), inside)
