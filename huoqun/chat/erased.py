"""The erased: who was taken out of the archive and must not come back with the next import.

Only keyed hashes stay, HMAC-SHA256 under the archive's secret, in a small table beside the messages: without the secret
nobody can tell who it was, not even by trying every name. An identity is kept out for ever. A name that only they bore
is kept out among messages up to the moment of erasure, because a later newcomer may bear it rightly. Rows under a name
that others bore too are kept out one by one, by their keys.
"""

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

import polars as pl

from huoqun.chat.lake import Conflict, Lake, note, noted
from huoqun.chat.redact import Trace, addressed, forget, trace

MARKS = pl.Schema({"group": pl.String(), "mark": pl.String(), "until": pl.Datetime("us")})
"""A keyed hash in a group; `until` null for an identity, the moment of erasure for a name."""

_ROW = "\0row\0"
"""Before the key of a row, so that its hash is no identity's; alone: that the group has such marks."""


def marked(lake: Lake, group: str) -> pl.DataFrame:
    """The marks of a group, in the layout `MARKS`."""
    return noted(lake, MARKS).filter(pl.col("group") == hashlib.sha256(group.encode()).hexdigest())


def remember(
    lake: Lake,
    secret: bytes,
    group: str,
    gone: Trace,
    identities: Iterable[str],
    now: datetime,
    keys: Iterable[str] = (),
) -> None:
    """Marks identities, the names that only they bore, and single rows. A second time changes nothing."""
    rows: list[tuple[str, datetime | None]] = [(_hash(secret, group, identity), None) for identity in identities]
    rows += [(_hash(secret, group, name), now) for name in gone.names]
    single = [(_hash(secret, group, _ROW + key), None) for key in keys]
    rows += [*single, (_hash(secret, group, _ROW), None)] if single else []
    known = set(marked(lake, group).rows())
    hidden = hashlib.sha256(group.encode()).hexdigest()
    new = [(hidden, mark, until) for mark, until in rows if (hidden, mark, until) not in known]
    while new:
        try:
            note(lake, pl.DataFrame(new, schema=MARKS, orient="row"))
            break
        except Conflict:
            continue


def without_erased(rows: pl.DataFrame, marks: pl.DataFrame, secret: bytes, group: str) -> pl.DataFrame:
    """The rows as if those who are marked had never been in the group."""
    if marks.is_empty() or rows.is_empty():
        return rows
    forever = set(marks.filter(pl.col("until").is_null())["mark"])
    if _hash(secret, group, _ROW) in forever:
        single = [key for key in rows["key"].drop_nulls() if _hash(secret, group, _ROW + key) in forever]
        rows = forget(rows, trace(rows, (), single))
    names_until = dict(marks.drop_nulls("until").sort("until").select("mark", "until").iter_rows())
    words = _candidates(rows)
    hashes = {word: _hash(secret, group, word) for word in words}
    identities = {word for word, mark in hashes.items() if mark in forever}
    names = {word: names_until[mark] for word, mark in hashes.items() if mark in names_until}
    if names:
        past = pl.col("name").replace_strict(names, default=None, return_dtype=pl.Datetime("us")) >= pl.col("time")
        identities |= set(rows.filter(past)["sender"].drop_nulls())
    if not identities and not names:
        return rows
    gone = trace(rows, identities)
    late = {name for name, until in names.items() if rows["time"].min() > until}
    more = sorted((names.keys() - late) | set(gone.names), key=lambda n: (-len(n), n))
    return forget(rows, replace(gone, names=tuple(more), identities=gone.identities | (names.keys() - late)))


def barred(words: Iterable[str], marks: pl.DataFrame, secret: bytes, group: str) -> set[str]:
    """Those of the words that are an erased identity."""
    forever = set(marks.filter(pl.col("until").is_null())["mark"])
    return {word for word in words if _hash(secret, group, word) in forever} if forever else set()


def _candidates(rows: pl.DataFrame) -> Iterable[str]:
    """Everything in the rows that can stand for a person."""
    parts = [rows[column].drop_nulls().unique() for column in ("sender", "name", "subject")]
    parts.append(rows["mentions"].list.explode(empty_as_null=False).drop_nulls().unique())
    parts.append(addressed(rows["text"]))
    return pl.concat([part.alias("word") for part in parts]).unique()


def _hash(secret: bytes, group: str, word: str) -> str:
    return hmac.new(secret, f"{group}\0{word}".encode(), hashlib.sha256).hexdigest()
