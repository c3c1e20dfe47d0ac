"""Telegram's columns: plain messages read by their keys all at once; the rest record by record.

Nine of ten records of a group are somebody saying something in plain words. They need no objects: see `chat/keyed.py`.
Service records, texts that are lists, mentions and everything odd go to `telegram_message.columns`.
"""

from dataclasses import dataclass

import msgspec
import numpy as np
import polars as pl

from huoqun.chat.encoding import Bytes
from huoqun.chat.formats.telegram_message import MEDIA, SCHEMA, Message, columns
from huoqun.chat.keyed import Keyed, begins, unescaped
from huoqun.chat.lines import Mask
from huoqun.chat.message import Kind

_SHAPE = msgspec.json.Decoder(Message, strict=False)
_FIELDS = ("photo", "image"), ("poll", "poll"), ("location_information", "location"), ("contact_information", "contact")


def fast(data: Bytes, messages: msgspec.Raw) -> pl.DataFrame | None:
    """The rows of a valid `messages` array that lies in `data`; None where its records are written in another way."""
    start = _place(data, messages)
    if start is None:
        return None
    stop = start + len(memoryview(messages)) - 1
    starts = begins(data, start, stop, (b'"id"', b'"type"'))
    if not len(starts) or data[start + 1 : int(starts[0])].strip():
        return None
    records = Keyed(data, starts, stop)
    draft = _plain(records)
    odd = records.odd | records.twice("date")
    try:
        said = [_SHAPE.decode(records.piece(number)) for number in np.flatnonzero(odd).tolist()]
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
    if not said:
        return draft
    rest = columns(said, np.flatnonzero(odd).tolist(), draft.select("name", "sender").filter(~pl.Series(odd)))
    return pl.concat([draft.filter(~pl.Series(odd)), rest]).sort("line", maintain_order=True)


def _place(data: Bytes, messages: msgspec.Raw) -> int | None:
    """Where the array lies in the data; None where it is a copy."""
    whole, part = np.frombuffer(data, np.uint8), np.frombuffer(messages, np.uint8)
    if not len(whole) or not len(part):
        return None
    place = int(part.ctypes.data) - int(whole.ctypes.data)
    return place if 0 <= place <= len(whole) - len(part) else None


@dataclass(frozen=True)
class _Media:
    has: Mask
    kind: str


def _plain(records: Keyed) -> pl.DataFrame:
    type_ = records.strings("type")
    number = records.numbers("id")
    stamp = records.strings("date_unixtime")
    date = records.strings("date")
    name, sender = records.strings("from"), records.strings("from_id")
    text = records.strings("text")
    reply = records.numbers("reply_to_message_id")
    media = records.strings("media_type")
    kinds = [_Media(records.values(key)[1], kind) for key, kind in (*_FIELDS, ("file", "file"))]
    service = (type_ != "message").fill_null(True).to_numpy()
    records.odd |= service | text.is_null().to_numpy() | sender.is_null().to_numpy()
    records.odd |= kinds[1].has | records.whole.str.contains('"mention', literal=True).to_numpy()
    kind = pl.lit("text")
    for field in reversed(kinds):
        kind = pl.when(pl.Series(field.has)).then(pl.lit(field.kind)).otherwise(kind)
    sort = pl.col("media").replace_strict(MEDIA, default="other", return_dtype=pl.String)
    clean = pl.Series(~records.odd)
    plain = pl.DataFrame(
        {"stamp": stamp, "date": date, "media": media, "reply": reply, "sequence": number}
    ).with_columns(
        line=pl.int_range(pl.len()).cast(pl.Int64),
        sender=unescaped(sender.set(~clean, None)),
        name=unescaped(name.set(~clean, None)),
        text=unescaped(text.set(~clean, None)),
        kind=pl.when(pl.col("media").is_not_null()).then(sort).otherwise(kind).cast(Kind),
    )
    return plain.with_columns(
        time=(pl.col("stamp").cast(pl.Int64, strict=False) * 1_000_000).cast(pl.Datetime("us")),
        wall=pl.col("date").str.slice(0, 19).str.to_datetime("%Y-%m-%dT%H:%M:%S", time_unit="us", strict=False),
        key=pl.col("sequence").cast(pl.String),
        reply_to=pl.when(pl.col("reply") > 0).then(pl.col("reply").cast(pl.String)),
        name=pl.coalesce("name", "sender"),
        text=pl.col("text").str.replace_all("\r\n", "\n", literal=True),
        mentions=pl.lit([], pl.List(pl.String)),
        subject=pl.lit(None, pl.String),
    ).select(SCHEMA.names())
