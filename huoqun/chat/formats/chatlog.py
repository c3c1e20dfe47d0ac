"""chatlog HTTP JSON (WeChat): what `GET /api/v1/chatlog` answers, and the body of its webhook.

A bare array, or a webhook's object with `messages`:

    [{"seq": 1780289347000, "time": "2026-06-01T12:49:07+08:00", "talker": "12345678901@chatroom",
      "talkerName": "车友群", "isChatRoom": true, "sender": "wxid_example0001", "senderName": "张三", "isSelf": false,
      "type": 1, "subType": 0, "content": "明天几点出发？", "contents": {}}]

    {"talker": "12345678901@chatroom", "sender": "", "keyword": "", "lastTime": "…", "length": 1, "messages": […]}

`seq` is the second of the message and a running number inside it: an id, but no sequence that shows gaps. A quote
(type 49, subType 57) names the quoted message in `contents.refer.seq`.
"""

import re
from typing import Any

import msgspec
import polars as pl

from huoqun.chat import records
from huoqun.chat.draft import by_group, one_offset, settle
from huoqun.chat.message import Chat, Skipped
from huoqun.chat.records import Id, Records
from huoqun.chat.refusal import NotAChat
from huoqun.chat.source import Source
from huoqun.chat.zone import choose

NAME = "chatlog"

TYPES = {
    1: "text", 3: "image", 34: "voice", 42: "contact", 43: "video", 47: "sticker", 48: "location", 49: "link",
    50: "call", 62: "video", 66: "contact", 10000: "notice", 10002: "notice",
}  # fmt: skip
"""WeChat's message types."""
APP_TYPES = {
    1: "text", 3: "share", 4: "link", 5: "link", 6: "file", 8: "sticker", 17: "location", 19: "forward", 24: "share",
    33: "share", 36: "share", 51: "share", 53: "text", 57: "text", 62: "notice", 63: "share", 74: "file", 87: "text",
    2000: "transfer", 2001: "red_packet",
}  # fmt: skip
"""WeChat's sub-types of type 49."""


class _Message(msgspec.Struct, gc=False):
    seq: Id = None
    time: str | None = None
    talker: Id = None
    talkerName: Id = None
    isChatRoom: bool | None = None
    sender: Id = None
    senderName: Id = None
    type: int | None = None
    subType: int | None = None
    content: Id = None
    contents: Any = None


class _Hook(msgspec.Struct):
    messages: msgspec.Raw
    talker: Id = None


def recognises(source: Source) -> bool:
    """An array (or a webhook's object) of messages with talker, sender and isChatRoom or talkerName."""
    head = source.head.lstrip()
    if not re.match(r'\[\s*\{|\{\s*"', head):
        return False
    return '"talker"' in head and '"sender"' in head and ('"isChatRoom"' in head or '"talkerName"' in head)


def read(source: Source, *, zone: str | None) -> list[Chat]:
    """One chat for each talker, rooms first; single chats are left out where the file holds rooms."""
    raw: bytes | msgspec.Raw = source.data[:]
    if source.head.lstrip().startswith("{"):
        raw = records.whole(source.data, _Hook, NAME).messages
    said = records.array(raw, _Message, NAME)
    draft = _draft(said)
    local = draft["stamp"].str.slice(0, 19).str.to_datetime("%Y-%m-%dT%H:%M:%S", time_unit="us", strict=False)
    where, why = choose(zone, one_offset(draft["time"], local))
    talkers = draft.filter(pl.col("talker").is_not_null())
    if talkers["room"].any():
        talkers = talkers.filter(pl.col("room").any().over("talker"))
    if not talkers.height:
        raise NotAChat(source.name, "no_talker")
    chats: list[Chat] = []
    for part in by_group(talkers, "talker", source.name):
        chats.append(_chat(part, said.skipped if not chats else (), where, why))
    return chats


def _chat(part: pl.DataFrame, lost: tuple[Skipped, ...], zone: str, why: str) -> Chat:
    frame, skipped = settle(part, zone=zone)
    names = part["talker_name"].drop_nulls()
    return Chat(
        format=NAME,
        network="wechat",
        group=(names[-1] if names.len() else None) or part["talker"][0],
        group_id=part["talker"][0],
        zone=zone,
        zone_source=why,
        exported_at=None,
        has_ids=bool(frame["key"].is_not_null().any()),
        moments=True,
        rows=frame,
        skipped=tuple(sorted((*lost, *skipped), key=lambda s: s.line)),
    )


def _draft(said: Records[_Message]) -> pl.DataFrame:
    items = said.items
    stamp = pl.Series([m.time for m in items], dtype=pl.String)
    frame = pl.DataFrame(
        {
            "place": pl.Series(said.places, dtype=pl.Int64),
            "stamp": stamp,
            "time": utc(stamp),
            "key": records.texts([m.seq for m in items]),
            "talker": records.texts([m.talker for m in items]),
            "talker_name": records.texts([m.talkerName or None for m in items]),
            "room": pl.Series([m.isChatRoom for m in items], dtype=pl.Boolean),
            "sender": records.texts([m.sender for m in items]),
            "name": records.texts([m.senderName or None for m in items]),
            "kind": pl.Series([_kind(m) for m in items], dtype=pl.String),
            "text": records.texts([m.content for m in items]),
            "reply_to": records.texts([_quoted(m) if m.contents else None for m in items]),
        }
    )
    event = (pl.col("kind") == "notice") | (pl.col("sender") == "系统消息")
    nobody = event | pl.col("sender").str.ends_with("@chatroom").fill_null(True) | (pl.col("sender") == "")
    return frame.with_columns(
        pl.col("room").fill_null(pl.col("talker").str.ends_with("@chatroom")),
        pl.when(event).then(pl.lit("notice")).otherwise("kind").alias("kind"),
        *(pl.when(~nobody).then(c).alias(c) for c in ("sender", "name")),
    )


def utc(stamps: pl.Series) -> pl.Series:
    """ISO times with offset as naive UTC; what is none is null."""
    times = stamps.str.to_datetime("%+", time_unit="us", time_zone="UTC", strict=False)
    return times.dt.replace_time_zone(None)


def _kind(message: _Message) -> str:
    if message.type == 49:
        return APP_TYPES.get(message.subType or 5, "link")
    return TYPES.get(1 if message.type is None else message.type, "other")


def _quoted(message: _Message) -> object:
    """The id of the quoted message, where the record tells it."""
    refer = message.contents.get("refer") if isinstance(message.contents, dict) else None
    seq = refer.get("seq") if isinstance(refer, dict) else None
    return seq if isinstance(seq, str | int) and seq else None
