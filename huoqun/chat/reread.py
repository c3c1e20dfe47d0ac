"""The reread: a chat as its file would have been read in another zone.

Most exports tell what a wall clock showed, so which moments their rows mean, and with them the keys, depends on the
zone they are read in. When a file turns out to continue a group whose zone is known better, its rows must be read in
that one before they are compared, or every message would stand there twice, hours apart.
"""

from dataclasses import replace

import polars as pl

from huoqun.chat.key import digests, is_digest
from huoqun.chat.message import Chat
from huoqun.chat.rows import plausible
from huoqun.chat.zone import to_local, to_utc


def reread(chat: Chat, zone: str, source: str) -> Chat:
    """The chat in `zone`, known from `source` (`named`, `file`, `default`). The chat needs keys.

    Moments that are certain stay: those that the file told (`Chat.moments`), and those of a zone that the operator
    named for this very file; their wall time is computed anew. Else the wall time stays, moments and digest keys are
    made anew, and what answers a message by its digest names it by the new one.
    """
    if chat.zone == zone:
        return chat
    if chat.moments or chat.zone_source == "named":
        rows = chat.rows.with_columns(local=to_local(chat.rows["time"], zone))
    else:
        rows = chat.rows.with_columns(time=to_utc(chat.rows["local"], zone)).filter(plausible("time"))
        rows = _rekeyed(rows.sort("time", maintain_order=True))
    return replace(chat, zone=zone, zone_source=source, rows=rows)


def _rekeyed(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of new moments, in their order, with new digests in place of the old."""
    rows = rows.with_columns(order=pl.int_range(pl.len(), dtype=pl.Int32).over("time"))
    old = rows.filter(is_digest(pl.col("key")))
    if old.is_empty():
        return rows.sort("time", "order", "key")
    new = digests(old, names=rows["name"].unique())
    renewed = [pl.col(column).replace(old["key"], new) for column in ("key", "reply_to")]
    return rows.with_columns(renewed).sort("time", "order", "key")
