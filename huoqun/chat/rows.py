"""The rows: whatever columns a format could read become one frame in `SCHEMA`.

Formats differ in what they know. They hand over the columns they have, in the order of the file; here the rest is
filled, wall time and UTC are derived from each other, and the rows get their order.
"""

from datetime import datetime

import polars as pl

from huoqun.chat.message import MEMBERS, SCHEMA, Kind
from huoqun.chat.zone import to_local, to_utc

EARLIEST = datetime(1985, 1, 1)  # noqa: DTZ001  naive by contract
LATEST = datetime(2100, 1, 1)  # noqa: DTZ001
"""Times outside are mistakes of the export (0, milliseconds read as seconds): formats skip such rows as `bad_time`."""


_PIECE = 200_000


def plausible(column: str) -> pl.Expr:
    """Whether a time (or a wall time) can be true; null is not."""
    return pl.col(column).is_between(EARLIEST, LATEST).fill_null(False)


def build(frame: pl.DataFrame, zone: str) -> pl.DataFrame:
    """The frame as `SCHEMA`, sorted by (time, order of the file).

    `frame` holds one row per message or event in the order of the file, with `time` (naive UTC) or `local` (wall
    clock of `zone`), or both, and any other columns of `SCHEMA`; missing ones get their defaults: null, "" for
    `text`, `text` for `kind`, no mentions, not a bot. A sender of "" counts as none. Rows without a plausible time
    must have been taken out (and reported) before.
    """
    frame = _times(frame, zone)
    if not frame["time"].is_sorted():
        frame = frame.sort("time", maintain_order=True)
    frame = frame.with_row_index("_at").with_columns(
        order=(
            pl.col("_at") - pl.when(pl.col("time") != pl.col("time").shift(1)).then("_at").forward_fill().fill_null(0)
        ).cast(pl.Int32)
    )
    defaults: dict[str, pl.Expr] = {
        "text": pl.lit(""),
        "kind": pl.lit("text", dtype=Kind),
        "mentions": pl.lit([], dtype=pl.List(pl.String)),
        "bot": pl.lit(False),
    }
    columns = []
    for name, dtype in SCHEMA.items():
        missing = defaults.get(name, pl.lit(None))
        column = pl.col(name).fill_null(missing) if name in defaults else pl.col(name)
        columns.append((column if name in frame.columns else missing).cast(dtype).alias(name))
    full = frame.select(columns)
    if "sender" in frame.columns:
        nobody = (pl.col("sender") == "").fill_null(True)
        full = full.with_columns(pl.when(~nobody).then(name).alias(name) for name in ("sender", "name"))
    return full


def with_events(said: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
    """The rows with the events in the places of those on the same lines. Both have a `line` and stand in its order."""
    first = events["line"].is_first_distinct()
    firsts, more = events.filter(first), events.filter(~first)
    place = said["line"].search_sorted(firsts["line"])
    if firsts.height:
        said = said.with_columns(said[name].scatter(place, firsts[name]) for name in said.columns)
    return _with_more(said, more) if more.height else said


def _with_more(rows: pl.DataFrame, more: pl.DataFrame) -> pl.DataFrame:
    """The rows with more of them behind those on the same lines; a piece at a time, so that no second copy of the whole
    is ever made.
    """
    parts = []
    for at in range(0, rows.height, _PIECE):
        part = rows.slice(at, _PIECE)
        mine = more.filter(pl.col("line") <= part["line"][-1])
        more = more.slice(mine.height)
        parts.append(pl.concat([part, mine], rechunk=True).sort("line", maintain_order=True))
    whole = pl.concat(parts)
    del parts, part
    return pl.DataFrame([whole.drop_in_place(name).rechunk() for name in whole.columns])


def _times(frame: pl.DataFrame, zone: str) -> pl.DataFrame:
    exact = pl.Datetime("us")
    if "time" in frame.columns:
        time = frame["time"].cast(exact)
        local = frame["local"].cast(exact) if "local" in frame.columns else to_local(time, zone)
    else:
        local = frame["local"].cast(exact)
        time = to_utc(local, zone)
    return frame.with_columns(time.alias("time"), local.alias("local"))


def members(
    ids: list[str],
    names: list[str | None] | None = None,
    roles: list[str | None] | None = None,
    aliases: list[list[str]] | None = None,
) -> pl.DataFrame:
    """Members in the layout `MEMBERS`, from lists of the same length."""
    count = len(ids)
    return pl.DataFrame(
        {
            "id": ids,
            "name": names or [None] * count,
            "role": roles or [None] * count,
            "aliases": aliases or [[] for _ in ids],
        },
        schema=MEMBERS,
    )
