"""Discord's messages: records of DiscordChatExporter as rows, all at once where they are sound, else one by one."""

from collections.abc import Sequence
from typing import Any

import msgspec
import polars as pl
import pyarrow as pa

from huoqun.chat import records, tabular
from huoqun.chat.message import Kind, Skipped

_EVENTS = {
    "RecipientAdd": "join",
    "GuildMemberJoin": "join",
    "RecipientRemove": "remove",
    "ChannelNameChange": "group_rename",
    "ChannelPinnedMessage": "pin",
}
_SAID = ("Default", "Reply")
ENDINGS = {
    **dict.fromkeys(("png", "jpg", "jpeg", "gif", "webp", "bmp", "heic"), "image"),
    **dict.fromkeys(("mp4", "mov", "webm", "mkv", "avi"), "video"),
    **dict.fromkeys(("ogg", "mp3", "wav", "m4a", "flac", "opus"), "voice"),
}
"""Kinds by the ending of a file's name; any other is a file."""


class Named(msgspec.Struct, gc=False):
    """A person, a guild or a channel."""

    id: str | int | None = None
    name: str | None = None
    nickname: str | None = None
    isBot: bool = False


class _File(msgspec.Struct, gc=False):
    fileName: str | None = None


class _Reference(msgspec.Struct, gc=False):
    messageId: str | int | None = None


class Message(msgspec.Struct):
    """One record of `messages`; only what is used."""

    id: str | int
    timestamp: str
    author: Named
    type: str = "Default"
    content: str | None = ""
    attachments: list[_File] | None = None
    stickers: list[Any] | None = None
    embeds: list[msgspec.Raw] | None = None
    mentions: list[Named] | None = None
    reference: _Reference | None = None


_NAMED = pa.struct([("id", pa.string()), ("name", pa.string()), ("nickname", pa.string()), ("isBot", pa.bool_())])
_SHAPE = pa.schema(
    [
        *((name, pa.string()) for name in ("id", "timestamp", "type", "content")),
        ("author", _NAMED),
        ("attachments", pa.list_(pa.struct([("fileName", pa.string())]))),
        ("stickers", pa.list_(tabular.ANYTHING)),
        ("embeds", pa.list_(tabular.ANYTHING)),
        ("mentions", pa.list_(_NAMED)),
        ("reference", pa.struct([("messageId", pa.string())])),
    ]
)


def draft_of(pieces: Sequence[msgspec.Raw]) -> tuple[pl.DataFrame, tuple[Skipped, ...]]:
    """The records of `messages` as rows, in their order, and those that could not be read. See `columns`."""
    rows, skipped = [columns([], [])], []
    for at, found in zip(range(0, len(pieces), tabular.SEGMENT), tabular.tables(pieces, _SHAPE), strict=True):
        if found is not None and _sound(found):
            rows.append(_plain(found.with_columns(line=pl.int_range(at, at + found.height, dtype=pl.Int64))))
            continue
        text = b"[" + b",".join(pieces[at : at + tabular.SEGMENT]) + b"]"
        read = records.array(text, Message, "Discord")
        rows.append(columns(read.items, [at + place for place in read.places]))
        skipped += [Skipped(at + skip.line, skip.reason) for skip in read.skipped]
    return pl.concat(rows), tuple(skipped)


def _sound(found: pl.DataFrame) -> bool:
    """Whether each record has what none is without."""
    author = found["author"].struct
    needed = (found["id"], found["timestamp"], found["type"], found["author"], author.field("isBot"))
    return not any(column.null_count() for column in needed)


def _plain(found: pl.DataFrame) -> pl.DataFrame:
    """What `columns` gives, of records that fit `_SHAPE`."""
    author, type_ = pl.col("author").struct, pl.col("type")
    sender, first = author.field("id"), pl.col("mentions").list.first().struct.field("id")
    asked = pl.col("mentions").list.len().fill_null(0) > 0
    nickname = author.field("nickname")
    said = type_.is_in(_SAID)
    about = pl.when(type_.is_in(["RecipientAdd", "RecipientRemove"]) & asked).then(first)
    moved = ["GuildMemberJoin", "RecipientRemove", "RecipientAdd"]
    return found.select(
        "line",
        stamp="timestamp",
        key="id",
        sender=sender,
        name=pl.when(nickname != "").then(nickname).otherwise(author.field("name")),
        kind=pl.when(said).then(_said_kind()).otherwise(_event_kind(~asked | first.eq_missing(sender))),
        text="content",
        reply_to=pl.when(said).then(pl.col("reference").struct.field("messageId")),
        mentions=pl.col("mentions").list.eval(pl.element().struct.field("id").drop_nulls()).fill_null([]),
        bot=author.field("isBot"),
        subject=pl.when(~said).then(about.when(type_.is_in(moved)).then(sender)),
    )


def _said_kind() -> pl.Expr:
    file = pl.col("attachments").list.first().struct.field("fileName").fill_null("")
    ending = file.str.extract(r"([^.]*)$").str.to_lowercase()
    return (
        pl.when(_any("attachments"))
        .then(ending.replace_strict(ENDINGS, default="file", return_dtype=Kind))
        .when(_any("stickers"))
        .then(pl.lit("sticker", Kind))
        .when(_any("embeds") & (pl.col("content").fill_null("") == ""))
        .then(pl.lit("link", Kind))
        .otherwise(pl.lit("text", Kind))
    )


def _any(column: str) -> pl.Expr:
    return pl.col(column).list.len().fill_null(0) > 0


def _event_kind(themselves: pl.Expr) -> pl.Expr:
    kind = pl.col("type").replace_strict(_EVENTS, default="system", return_dtype=Kind)
    left = (pl.col("type") == "RecipientRemove") & themselves
    return pl.when(left).then(pl.lit("leave", Kind)).otherwise(kind)


def columns(messages: Sequence[Message], places: Sequence[int]) -> pl.DataFrame:
    """Records as the columns of a draft; `line` is the record's number, `stamp` the time as written."""
    kinds = [_kind(m) for m in messages]
    return pl.DataFrame(
        {
            "line": pl.Series(places, dtype=pl.Int64),
            "stamp": pl.Series([m.timestamp for m in messages], dtype=pl.String),
            "key": records.texts([m.id for m in messages]),
            "sender": records.texts([m.author.id for m in messages]),
            "name": pl.Series([m.author.nickname or m.author.name for m in messages], dtype=pl.String),
            "kind": pl.Series(kinds, dtype=Kind),
            "text": pl.Series([m.content for m in messages], dtype=pl.String),
            "reply_to": records.texts([m.reference.messageId if m.reference else None for m in messages]),
            "mentions": records.lists([_ids(m.mentions) if m.mentions else None for m in messages]),
            "bot": pl.Series([m.author.isBot for m in messages], dtype=pl.Boolean),
            "subject": records.texts([_subject(m) if m.type not in _SAID else None for m in messages]),
        }
    ).with_columns(reply_to=pl.when(pl.Series([m.type in _SAID for m in messages], dtype=pl.Boolean)).then("reply_to"))


def _ids(named: list[Named]) -> list[str]:
    return [str(one.id) for one in named if one.id is not None]


def _kind(m: Message) -> str:
    if m.type not in _SAID:
        if m.type == "RecipientRemove" and (not m.mentions or m.mentions[0].id == m.author.id):
            return "leave"
        return _EVENTS.get(m.type, "system")
    if m.attachments:
        return ENDINGS.get((m.attachments[0].fileName or "").rpartition(".")[2].lower(), "file")
    if m.stickers:
        return "sticker"
    return "link" if m.embeds and not m.content else "text"


def _subject(m: Message) -> str | int | None:
    if m.type in ("RecipientAdd", "RecipientRemove") and m.mentions:
        return m.mentions[0].id
    return m.author.id if m.type in ("GuildMemberJoin", "RecipientRemove", "RecipientAdd") else None
