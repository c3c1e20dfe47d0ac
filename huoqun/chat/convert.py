"""Converting: one chat's normalised rows as a file for other programs: Parquet, ChatLab JSON lines, or CSV.

Nothing half-written is ever seen: the file is written beside its place under another name, and moved there at the end.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
import polars as pl

from huoqun.base.file import whole_file
from huoqun.chat.formats.chatlab import KIND_OF, NETWORKS, Extra, Label
from huoqun.chat.message import EVENT_KINDS, Chat

_TYPE_OF = {kind: number for number, kind in sorted(KIND_OF.items(), reverse=True)}
_SLICE = 50_000
"""Rows turned into lines at a time, so that memory stays small."""


class _Message(msgspec.Struct, gc=False, omit_defaults=True, tag_field="_type", tag="message"):
    sender: str
    accountName: str
    timestamp: int
    type: int
    content: str | None
    platformMessageId: str | None = None
    replyToMessageId: str | None = None
    huoqun: Extra | None = None


class UnknownEnding(ValueError):
    """The file's ending names no layout that can be written: .parquet, .jsonl or .csv."""


def write(chat: Chat, path: Path) -> None:
    """Write the chat to `path` in the layout its ending names. Raises UnknownEnding, or OSError where it cannot."""
    layout = _LAYOUTS.get(path.suffix.lower())
    if layout is None:
        raise UnknownEnding(f"{path.name}: can write {', '.join(_LAYOUTS)}")
    with whole_file(path) as draft, draft.open("wb") as file:
        layout(chat, file)
        file.flush()
        os.fsync(file.fileno())


def _parquet(chat: Chat, file: BinaryIO) -> None:
    chat.rows.write_parquet(file, compression="zstd")


def _csv(chat: Chat, file: BinaryIO) -> None:
    """All columns; times in ISO 8601, mentions as a JSON list, with a BOM so that Excel reads Chinese names."""
    mentions = [msgspec.json.encode(m).decode() for m in chat.rows["mentions"].to_list()]
    frame = chat.rows.with_columns(pl.Series("mentions", mentions, dtype=pl.String))
    frame.write_csv(file, include_bom=True, datetime_format="%Y-%m-%dT%H:%M:%S%.6f")


def _jsonl(chat: Chat, file: BinaryIO) -> None:
    encode = msgspec.json.Encoder().encode
    file.write(encode(_header(chat)) + b"\n")
    for member in chat.members.iter_rows(named=True):
        file.write(encode(_member(member)) + b"\n")
    for part in chat.rows.iter_slices(_SLICE):
        file.write(b"".join(encode(message) + b"\n" for message in _messages(part)))


def _header(chat: Chat) -> dict[str, Any]:
    last = chat.exported_at or (chat.rows["time"].max() if chat.rows.height else None)
    seconds = pl.Series([last], dtype=pl.Datetime("us")).dt.epoch("s")[0] or 0
    meta: dict[str, Any] = {"name": chat.group, "platform": chat.network, "type": "group"}
    if chat.group_id is not None:
        meta["groupId"] = chat.group_id
    if chat.owner is not None:
        meta["ownerId"] = chat.owner
    zone = None if chat.zone_source == "default" else chat.zone
    label = Label(chat.has_ids, zone, chat.exported_at is not None, chat.format, chat.moments)
    if chat.network not in NETWORKS:
        meta["platform"] = "unknown"
    top = {"version": "0.0.2", "exportedAt": seconds, "generator": "Huoqun"}
    return {"_type": "header", "chatlab": top, "meta": meta, "huoqun": label}


def _member(member: dict[str, Any]) -> dict[str, Any]:
    line = {"_type": "member", "platformId": member["id"], "accountName": member["name"] or member["id"]}
    if member["aliases"]:
        line["aliases"] = member["aliases"]
    if member["role"]:
        line["roles"] = [{"id": member["role"]}]
    return line


def _messages(part: pl.DataFrame) -> Iterator[_Message]:
    """Rows as ChatLab messages; what the layout has no place for goes under `huoqun`."""
    time = part["time"].dt.epoch("us")
    columns = part.select(
        (time // 1_000_000).alias("second"), (time % 1_000_000).alias("us"), "sender", "name", pl.col("kind").cast(str),
        "text", "key", "reply_to", "sequence", "mentions", "bot", "subject",
    )  # fmt: skip
    for second, us, sender, name, kind, text, key, reply, sequence, mentions, bot, subject in columns.iter_rows():
        number = _TYPE_OF.get(kind, 80 if kind in EVENT_KINDS else 99)
        if kind == "text" and reply is not None:
            number = 25
        told = kind if KIND_OF[number] != kind else None
        extra = Extra(told, us or None, sequence, mentions or None, bot, subject)
        yield _Message(
            sender=sender or "", accountName=name or "", timestamp=second, type=number,
            content=text, platformMessageId=key, replyToMessageId=reply, huoqun=None if extra == _PLAIN else extra,
        )  # fmt: skip


_PLAIN = Extra()
_LAYOUTS: dict[str, Callable[[Chat, BinaryIO], None]] = {".parquet": _parquet, ".jsonl": _jsonl, ".csv": _csv}
