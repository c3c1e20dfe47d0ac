"""Telegram's columns: plain messages read as columns all at once; the rest record by record.

Nine of ten records of a group are somebody saying something in plain words. They need no objects: see
`chat/tabular.py`. Service records, texts that are lists, mentions and everything odd go to `telegram_message.columns`.
"""

from collections.abc import Sequence

import msgspec
import polars as pl
import pyarrow as pa

from huoqun.chat import records, tabular
from huoqun.chat.formats.telegram_message import MEDIA, SCHEMA, Message, columns
from huoqun.chat.message import Kind, Skipped

_STRINGS = ("type", "date", "date_unixtime", "from", "from_id", "text", "media_type", "photo", "file")
_SHAPE = pa.schema(
    [
        ("id", pa.int64()),
        ("reply_to_message_id", pa.int64()),
        *((name, pa.string()) for name in _STRINGS),
        *((name, tabular.ANYTHING) for name in ("poll", "location_information", "contact_information")),
    ]
)
_LISTED = {True: (b'"text": [', b'"listed": ['), False: (b'"text":[', b'"listed":[')}
"""Texts that are lists get a name of their own, and so no `text`; by whether blanks stand behind colons."""
_FIELDS = ("photo", "image"), ("location_information", "location"), ("contact_information", "contact"), ("file", "file")


def draft_of(pieces: Sequence[msgspec.Raw]) -> tuple[pl.DataFrame, tuple[Skipped, ...]]:
    """The records of `messages` as rows of `SCHEMA`, in their order, and those that could not be read."""
    plain = [SCHEMA.to_frame()]
    odd: list[int] = []
    swaps = (_LISTED[b'": ' in bytes(pieces[0])],) if pieces else ()
    for at, found in zip(range(0, len(pieces), tabular.SEGMENT), tabular.tables(pieces, _SHAPE, swaps), strict=True):
        if found is None:
            odd += range(at, min(at + tabular.SEGMENT, len(pieces)))
            continue
        found = found.with_columns(line=pl.int_range(at, at + found.height, dtype=pl.Int64), clean=_clean())
        odd += found.filter(~pl.col("clean"))["line"].to_list()
        plain.append(_plain(found.filter("clean")))
    said = pl.concat(plain)
    if not odd:
        return said, ()
    rest = records.array(b"[" + b",".join([pieces[number] for number in odd]) + b"]", Message, "Telegram")
    others = columns(rest.items, [odd[place] for place in rest.places], said.select("name", "sender"))
    skipped = tuple(Skipped(odd[skip.line], skip.reason) for skip in rest.skipped)
    return pl.concat([said, others]).sort("line", maintain_order=True), skipped


def _clean() -> pl.Expr:
    """Which records are messages in plain words of somebody with a name and an identity. (A text in which somebody is
    mentioned is a list.)
    """
    there = pl.all_horizontal(pl.col("id", "text", "from", "from_id").is_not_null()) & (pl.col("from_id") != "")
    return ((pl.col("type") == "message") & there & pl.col("poll").is_null()).fill_null(False)


def _plain(found: pl.DataFrame) -> pl.DataFrame:
    kind = pl.lit("text", Kind)
    for field, meant in reversed(_FIELDS):
        kind = pl.when(pl.col(field).is_not_null()).then(pl.lit(meant, Kind)).otherwise(kind)
    media = pl.col("media_type")
    sort = media.replace_strict(MEDIA, default="other", return_dtype=Kind)
    return found.select(
        "line",
        time=(pl.col("date_unixtime").cast(pl.Int64, strict=False) * 1_000_000).cast(pl.Datetime("us")),
        wall=pl.col("date").str.slice(0, 19).str.to_datetime("%Y-%m-%dT%H:%M:%S", time_unit="us", strict=False),
        key=pl.col("id").cast(pl.String),
        sequence="id",
        sender="from_id",
        name="from",
        kind=pl.when(media.is_not_null() & (media != "")).then(sort).otherwise(kind),
        text=pl.col("text").str.replace_all("\r\n", "\n", literal=True),
        reply_to=pl.when(pl.col("reply_to_message_id") > 0).then(pl.col("reply_to_message_id").cast(pl.String)),
        mentions=pl.lit([], pl.List(pl.String)),
        subject=pl.lit(None, pl.String),
    ).select(SCHEMA.names())
