"""One message of qq-chat-exporter, legacy or current: its kind, its words, what it answers. Part of `qq_exporter`."""

import re
from typing import Any

import msgspec

from huoqun.chat.records import Id

_TYPES = {
    "text": "text", "mixed": "text", "reply": "text", "image": "image", "audio": "voice", "voice": "voice",
    "ptt": "voice", "video": "video", "file": "file", "face": "sticker", "market_face": "sticker",
    "marketface": "sticker", "sticker": "sticker", "emoji": "sticker", "forward": "forward", "multiforward": "forward",
    "json": "share", "ark": "share", "location": "location", "system": "notice", "gray_tip": "notice",
    "red_packet": "red_packet", "wallet": "red_packet", "markdown": "text",
    "2": "text", "3": "file", "5": "notice", "6": "voice", "7": "video", "8": "forward", "9": "text",
    "10": "red_packet", "11": "share", "17": "sticker",
}  # fmt: skip
"""Names of types, and the client's own numbers for them."""
NOBODY = ("", "0", "未知", "未知用户", "unknown", "undefined", "null", "10000", "1000000")
"""Ids and names under which the network itself appears."""
TYPE_WORDS = _TYPES | {
    "文本": "text", "文本消息": "text", "文字": "text", "普通消息": "text", "图片": "image", "图片消息": "image",
    "语音": "voice",
    "语音消息": "voice", "视频": "video", "视频消息": "video", "文件": "file", "文件消息": "file", "表情": "sticker",
    "商城表情": "sticker", "回复": "text", "回复消息": "text", "合并转发": "forward", "转发消息": "forward",
    "聊天记录": "forward", "卡片": "share", "卡片消息": "share", "JSON消息": "share", "位置": "location",
    "红包": "red_packet", "系统": "notice", "系统消息": "notice", "其他": "other",
}  # fmt: skip
"""The same as the spreadsheet words them."""
_PLACEHOLDER = re.compile(
    r"^(?:\s*\[(?P<what>图片|语音|视频|文件|表情|动画表情|商城表情|位置|红包|转账|聊天记录|合并转发|转发消息|卡片消息|JSON消息)"
    r"[^\[\]\n]*\])+\s*$"
)
_WHAT = {
    "图片": "image", "语音": "voice", "视频": "video", "文件": "file", "表情": "sticker", "动画表情": "sticker",
    "商城表情": "sticker", "位置": "location", "红包": "red_packet", "转账": "transfer", "聊天记录": "forward",
    "合并转发": "forward", "转发消息": "forward", "卡片消息": "share", "JSON消息": "share",
}  # fmt: skip
_REPLY_IDS = ("referencedMessageId", "replyMsgId", "messageId", "msgId", "id")
_REPLY_SEQUENCES = ("replyMsgSeq", "msgSeq", "seq")


class Sender(msgspec.Struct, gc=False):
    """Who spoke."""

    uid: Id = None
    uin: Id = None
    name: Id = None
    nickname: Id = None
    groupCard: Id = None


class Element(msgspec.Struct, gc=False):
    """A piece of a message."""

    type: Id = None
    data: msgspec.Raw = msgspec.Raw(b"")


class Mention(msgspec.Struct, gc=False):
    """Somebody named with @."""

    uid: Id = None
    name: Id = None
    type: Id = None


class Content(msgspec.Struct, gc=False):
    """What was said."""

    text: str | None = None
    elements: list[Element] | None = None
    resources: list[Element] | None = None
    mentions: list[Mention] | None = None
    reply: dict[str, Any] | None = None


class Raw(msgspec.Struct, gc=False):
    """The client's own record, as far as it is used."""

    sendNickName: Id = None
    sendMemberName: Id = None
    msgSeq: Id = None


class Message(msgspec.Struct, gc=False):
    """A message of either generation."""

    id: Id = None
    messageId: Id = None
    seq: Id = None
    timestamp: Any = None
    time: Id = None
    sender: Sender = msgspec.field(default_factory=Sender)
    type: Id = None
    messageType: Id = None
    content: Content = msgspec.field(default_factory=Content)
    recalled: bool | None = None
    isRecalled: bool | None = None
    system: bool | None = None
    isSystemMessage: bool | None = None
    rawMessage: Raw | None = None

    @property
    def sequence(self) -> Id:
        """The group's running number."""
        return self.rawMessage.msgSeq if self.seq is None and self.rawMessage is not None else self.seq

    @property
    def name(self) -> Id:
        """The name shown in the group: card, else nickname; never a placeholder for nobody."""
        sender, raw = self.sender, self.rawMessage
        card = sender.groupCard or (raw.sendMemberName if raw else None)
        name = card or sender.name or sender.nickname or (raw.sendNickName if raw else None)
        return name if name not in ("未知", "未知用户", "0") else None

    @property
    def mentioned(self) -> list[str] | None:
        """Ids of those named with @; @all is nobody."""
        found = self.content.mentions
        return [str(m.uid) for m in found if m.uid and m.type != "all" and m.uid != "all"] if found else None


def kind_of(message: Message) -> str:
    """The draft kind: by what the record says of itself, else by what it holds."""
    if message.system or message.isSystemMessage:
        return "notice"
    if message.recalled or message.isRecalled:
        return "recall"
    told = str(message.type if message.type is not None else message.messageType or "").lower()
    kind = _TYPES.get(told.removeprefix("type_"))
    if kind not in (None, "text"):
        return str(kind)
    content = message.content
    text = (content.text or "").strip()
    if text[:1] == "[" and (found := _PLACEHOLDER.match(text)):
        return _WHAT[found["what"]]
    if text:
        return "text"
    for piece in (*(content.resources or ()), *(content.elements or ())):
        inner = _TYPES.get(str(piece.type).lower())
        if inner not in (None, "text", "notice"):
            return str(inner)
    return kind or "other"


def words_of(message: Message) -> str:
    """The words; "" for media without any, and for what was taken back."""
    text = message.content.text or ""
    if message.recalled or message.isRecalled:
        return ""
    return "" if "[" in text and _PLACEHOLDER.match(text) else text


def key_of_reply(message: Message, by_sequence: dict[str, str]) -> str | None:
    """The id of the message this one answers."""
    content = message.content
    told = [content.reply] if content.reply else []
    told += [_object(e.data) for e in content.elements or () if e.type == "reply"]
    for reply in told:
        for name in _REPLY_IDS:
            if isinstance(value := reply.get(name), str | int) and value not in ("", "0", 0):
                return str(value)
        for name in _REPLY_SEQUENCES:
            if isinstance(value := reply.get(name), str | int) and str(value) in by_sequence:
                return by_sequence[str(value)]
    return None


def _object(raw: msgspec.Raw) -> dict[str, Any]:
    """A piece's data as an object; empty where it is something else."""
    try:
        return msgspec.json.decode(raw, type=dict[str, Any])
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return {}
