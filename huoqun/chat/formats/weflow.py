"""WeFlow JSON and its relatives (WeChat): WeFlow, arkme-json, echotrace, CipherTalk detailed-json.

    {"weflow": {"version": "1.0.0"},
     "session": {"wxid": "room@chatroom", "displayName": "微信测试群", "type": "群聊"},
     "messages": [{"localId": 1, "createTime": 1704164645, "formattedTime": "2024-01-02 03:04:05",
                   "type": "文本消息", "localType": 1, "content": "hello", "isSend": 0,
                   "senderUsername": "wxid_alice", "senderDisplayName": "Alice"}]}

arkme-json has a top-level `senders` list (senderID, wxid, displayName, nickname, groupNickname) and messages that
carry `senderID`; echotrace is the same without the `weflow` key; CipherTalk has `exportInfo` instead of `weflow`,
`session.isGroup`, `session.ownerId`, and messages with `platformMessageId`. `localType` is not to be trusted; the
Chinese `type` is. There is no id of a quoted message.
"""

import re
from typing import Any

import msgspec
import polars as pl

from huoqun.chat import records
from huoqun.chat.draft import epoch, iso, moment, one_offset, settle
from huoqun.chat.message import Chat
from huoqun.chat.records import Id, Records
from huoqun.chat.rows import members
from huoqun.chat.source import Source
from huoqun.chat.zone import choose

NAME = "weflow"

_KINDS = {
    "文本消息": "text", "图片消息": "image", "语音消息": "voice", "视频消息": "video", "文件消息": "file",
    "动画表情": "sticker", "表情消息": "sticker", "名片消息": "contact", "卡片式链接": "link", "图文消息": "link",
    "链接消息": "link", "位置消息": "location", "红包卡片": "red_packet", "红包消息": "red_packet",
    "转账卡片": "transfer", "转账消息": "transfer", "小程序分享": "share", "小程序消息": "share",
    "视频号直播卡片": "share", "视频号消息": "share", "引用消息": "text", "聊天记录合并转发": "forward",
    "聊天记录": "forward", "合并转发": "forward", "系统消息": "notice", "撤回消息": "recall", "通话消息": "call",
    "语音通话": "call", "视频通话": "call", "接龙消息": "text", "群公告": "text", "拍一拍": "notice",
}  # fmt: skip


class _Message(msgspec.Struct, gc=False):
    localId: int | None = None
    createTime: int | float | None = None
    formattedTime: str | None = None
    type: str | None = None
    content: Id = None
    senderUsername: Id = None
    senderDisplayName: Id = None
    groupNickname: Id = None
    senderID: Id = None
    platformMessageId: Id = None
    serverId: Id = None
    replyToMessageId: Id = None


class _Sender(msgspec.Struct):
    senderID: Id = None
    wxid: Id = None
    displayName: Id = None
    nickname: Id = None
    groupNickname: Id = None


class _File(msgspec.Struct):
    messages: msgspec.Raw
    session: dict[str, Any] = {}
    weflow: dict[str, Any] = {}
    exportInfo: dict[str, Any] = {}
    senders: list[_Sender] = []


def recognises(source: Source) -> bool:
    """A `weflow` or CipherTalk header, or a WeChat `session` beside messages with `createTime`."""
    head = source.head.lstrip()
    if not head.startswith("{"):
        return False
    if re.match(r'\{\s*"weflow"\s*:', head) or ('"weflow"' in head and '"session"' in head):
        return True
    if '"exportInfo"' in head and ('"CipherTalk"' in head or '"detailed-json"' in head):
        return True
    return bool(re.search(r'"session"\s*:\s*\{[^{}]*"(?:wxid|displayName)"', head)) and (
        '"createTime"' in head or '"senders"' in head
    )


def read(source: Source, *, zone: str | None) -> list[Chat]:
    """The one chat of the file."""
    file = records.whole(source.data, _File, NAME)
    said = records.array(file.messages, _Message, NAME)
    draft = _draft(said, {str(s.senderID): s for s in file.senders if s.senderID is not None})
    where, why = choose(zone, one_offset(draft["time"], draft["local"]))
    frame, skipped = settle(draft.drop("local"), zone=where)
    session = file.session
    platform = str(session.get("platform") or "wechat").lower()
    owner = session.get("ownerId")
    exported = file.weflow.get("exportedAt") or file.exportInfo.get("exportedAt")
    people = [s for s in file.senders if s.wxid is not None]
    return [
        Chat(
            format=NAME + _variant(file),
            network=platform if platform in ("wechat", "wecom", "qq") else "wechat",
            group=str(session.get("displayName") or session.get("remark") or session.get("nickname") or source.stem),
            group_id=None if session.get("wxid") is None else str(session["wxid"]),
            zone=where,
            zone_source=why,
            exported_at=iso(exported) if isinstance(exported, str) else moment(exported),
            has_ids=bool(frame["sequence"].is_not_null().any() or frame["key"].is_not_null().any()),
            moments=True,
            rows=frame,
            members=members([str(s.wxid) for s in people], [_name(s) for s in people]),
            owner=str(owner) if owner else None,
            skipped=tuple(sorted((*said.skipped, *skipped), key=lambda s: s.line)),
        )
    ]


def _variant(file: _File) -> str:
    if file.exportInfo:
        return ".ciphertalk"
    if file.weflow.get("format") == "arkme-json":
        return ".arkme"
    return "" if file.weflow else ".echotrace"


def _name(sender: _Sender) -> str | None:
    name = sender.groupNickname or sender.displayName or sender.nickname
    return None if name is None else str(name)


def _draft(said: Records[_Message], senders: dict[str, _Sender]) -> pl.DataFrame:
    items = said.items
    listed = [senders.get(str(m.senderID)) if senders else None for m in items]
    none = _Sender()
    who = [m.senderUsername or (s or none).wxid for m, s in zip(items, listed, strict=True)]
    name = [
        m.groupNickname or m.senderDisplayName or (_name(s) if s else None) for m, s in zip(items, listed, strict=True)
    ]
    frame = pl.DataFrame(
        {
            "place": pl.Series(said.places, dtype=pl.Int64),
            "time": epoch([m.createTime for m in items]),
            "local": pl.Series([m.formattedTime for m in items], dtype=pl.String).str.to_datetime(
                "%Y-%m-%d %H:%M:%S", time_unit="us", strict=False
            ),
            "sequence": pl.Series([m.localId for m in items], dtype=pl.Int64, strict=False),
            "key": records.texts([m.platformMessageId or m.serverId for m in items]),
            "sender": records.texts(who),
            "name": records.texts(name),
            "kind": pl.Series([_KINDS.get(m.type or "文本消息", "other") for m in items], dtype=pl.String),
            "text": records.texts([m.content for m in items]),
            "reply_to": records.texts([m.replyToMessageId for m in items]),
        }
    )
    room = pl.col("sender").str.ends_with("@chatroom").fill_null(False)
    event = pl.col("kind").is_in(["notice", "recall"])
    media = ~event & ~pl.col("kind").is_in(["text", "other"]) & pl.col("text").str.contains(r"^\[[^\[\]\n]{1,12}\]$")
    return frame.with_columns(
        pl.when(~event & ~room & (pl.col("sender") != "")).then(c).alias(c) for c in ("sender", "name")
    ).with_columns(
        pl.when(event & (pl.col("kind") != "recall")).then(pl.lit("notice")).otherwise("kind").alias("kind"),
        pl.when(media).then(pl.lit("")).otherwise("text").alias("text"),
        pl.coalesce("sender", "name").alias("sender"),
    )
