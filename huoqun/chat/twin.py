"""The twin: one message told twice under two keys, because two exporters know different things about it.

Rows with the same key are the same row; that settles nearly everything. But one exporter knows the network's ids and
another does not, one knows milliseconds and another only minutes. So rows whose keys differ are twins when second,
name and words agree (where there are no words: the kind as well), and where one side knows only minutes, when the
minute does. Bursts keep their number: of three equal lines on one side and two on the other, three remain.

Ids of one network never have twins among each other: people do write "+1" twice in a second. Only when two sets of
ids have nothing in common and yet `MASS` rows and half of all agree, are they ids of two exporters for the same talk.

Measured in `tests/test_twin.py`: no doubled and no lost row between exports with ids, without ids, and of minutes.
"""

import polars as pl

from huoqun.chat.key import is_digest
from huoqun.chat.redact import REDACTED

MASS = 20
"""Agreeing rows from which on two sets of ids are taken for two namings of the same messages."""
SPARSE = 3
"""Distinct times a side must have before it is said to know only minutes."""

NEEDED = ("key", "time", "order", "name", "kind", "text")
"""The columns that decide whether rows are the same."""


def unseen(have: pl.DataFrame, new: pl.DataFrame) -> pl.DataFrame:
    """The rows of `new` that `have` does not hold yet, ready to be put beside them.

    `have` needs `NEEDED` only. Their `reply_to` names what `have` calls the answered message, and their `order`
    continues that of `have` where a moment is cut in two by the edge of an export.
    """
    if have.is_empty() or new.is_empty():
        return new
    fresh = new.filter(~pl.col("key").is_in(have["key"].implode()))
    known = new.select("key", "time", "order").join(have.select("key", had="order"), on="key")
    if fresh.is_empty():
        return fresh
    twins = _twins(have, new, fresh)
    fresh = fresh.join(twins, on="key", how="anti")
    fresh = fresh.with_columns(reply_to=pl.col("reply_to").replace(twins["key"], twins["twin"]))
    return _in_place(fresh, known)


def _in_place(fresh: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Rows of a moment known in part get their order from the part that is known."""
    shift = known.group_by("time").agg(shift=(pl.col("had") - pl.col("order")).max())
    shifted = fresh.join(shift, on="time", how="left", maintain_order="left")
    moved = (pl.col("order") + pl.col("shift").fill_null(0)).cast(pl.Int32)
    return shifted.with_columns(order=moved).drop("shift")


def _twins(have: pl.DataFrame, new: pl.DataFrame, fresh: pl.DataFrame) -> pl.DataFrame:
    """Pairs (key, twin): rows of `fresh` with the key under which `have` holds them."""
    unit = "1m" if _only_minutes(have) or _only_minutes(new) else "1s"
    first, last = new["time"].min(), new["time"].max()
    near = have.filter(pl.col("time").dt.truncate(unit).is_between(_cut(first, unit), last))
    left = near.select(NEEDED).filter(~pl.col("key").is_in(new["key"].implode()))
    digest = is_digest(pl.col("key"))
    found = [_pairs(fresh.filter(digest), left, unit), _pairs(fresh.filter(~digest), left.filter(digest), unit)]
    ids = fresh.filter(~digest)
    if ids.height >= MASS and left.height == near.height:
        other = _pairs(ids, left.filter(~digest), unit)
        if other.height >= MASS and 2 * other.height >= ids.filter(pl.col("time") <= near["time"].max()).height:
            found.append(other)
    redacted = left.filter(pl.col("text").str.contains(REDACTED, literal=True))
    if not redacted.is_empty():
        found.append(_pairs(fresh, redacted, unit, words=False))
    return pl.concat(found).unique("key", keep="first", maintain_order=True)


def _cut(moment: object, unit: str) -> pl.Expr:
    return pl.lit(moment, dtype=pl.Datetime("us")).dt.truncate(unit)


def _pairs(fresh: pl.DataFrame, left: pl.DataFrame, unit: str, *, words: bool = True) -> pl.DataFrame:
    """The n-th row of a look among `fresh` with the n-th of that look among `left`."""
    look = [pl.col("time").dt.truncate(unit), pl.col("name").fill_null("")]
    if words:
        text = pl.col("text").str.strip_chars()
        look += [text, pl.when(text == "").then(pl.col("kind").cast(pl.String)).otherwise(pl.lit(""))]
    names = [f"look{n}" for n in range(len(look))]
    aliased = [column.alias(name) for column, name in zip(look, names, strict=True)]

    def numbered(rows: pl.DataFrame, key: str) -> pl.DataFrame:
        frame = rows.sort("time", "order", "key").select(pl.col("key").alias(key), *aliased)
        return frame.with_columns(n=pl.int_range(pl.len()).over(names))

    if fresh.is_empty() or left.is_empty():
        return pl.DataFrame(schema={"key": pl.String, "twin": pl.String})
    return numbered(fresh, "key").join(numbered(left, "twin"), on=[*names, "n"]).select("key", "twin")


def _only_minutes(rows: pl.DataFrame) -> bool:
    """Whether every time is a whole minute, with enough times to say so."""
    whole = (rows["time"].dt.second() == 0).all() and (rows["time"].dt.microsecond() == 0).all()
    return bool(whole) and rows["time"].n_unique() >= SPARSE
