"""ChatLab v0.0.2, JSON and JSON lines: the interchange layout, also the one Huoqun writes (`chat/convert.py`).

JSON:

    {"chatlab": {"version": "0.0.2", "exportedAt": 1703001600},
     "meta": {"name": "技术交流群", "platform": "qq", "type": "group", "groupId": "1", "ownerId": "123456"},
     "members": [{"platformId": "123456", "accountName": "张三", "groupNickname": "群主", "aliases": ["小张"],
                  "roles": [{"id": "owner"}]}],
     "messages": [{"sender": "123456", "accountName": "张三", "groupNickname": "群主", "timestamp": 1703001600,
                   "type": 0, "content": "大家好！", "platformMessageId": "9", "replyToMessageId": "8"}]}

JSON lines: a first line with `"_type": "header"` (chatlab, meta), then lines of `"_type": "member"` and
`"_type": "message"` with the same fields; lines that begin with `#` are comments.

Types: 0 text, 1 image, 2 voice, 3 video, 4 file, 5 emoji, 7 link, 8 location, 20 red packet, 21 transfer, 22 poke,
23 call, 24 share, 25 reply, 26 forward, 27 contact, 80 system, 81 recall, 99 other. What the layout has no place for
(microseconds, mentions, machines, kinds of events) Huoqun writes under the key `huoqun`, and reads back.
"""

import re
from typing import Any

import msgspec
import polars as pl

from huoqun.chat import records, rows
from huoqun.chat.draft import epoch, moment, settle
from huoqun.chat.message import EVENT_KINDS, Chat
from huoqun.chat.records import Id, Records
from huoqun.chat.refusal import NotAChat
from huoqun.chat.source import Source
from huoqun.chat.zone import choose

NAME = "chatlab"

KIND_OF = {
    0: "text", 1: "image", 2: "voice", 3: "video", 4: "file", 5: "sticker", 7: "link", 8: "location",
    20: "red_packet", 21: "transfer", 22: "poke", 23: "call", 24: "share", 25: "text", 26: "forward", 27: "contact",
    80: "notice", 81: "recall", 99: "other",
}  # fmt: skip
"""ChatLab's message types as kinds of ours."""

NETWORKS = frozenset({"wechat", "wecom", "qq", "telegram", "discord", "whatsapp", "slack", "matrix", "irc"})
_NOBODY = frozenset({"", "0", "system", "unknown", "系统", "系统消息", "未知"})
"""Senders that mean the network itself."""


class Role(msgspec.Struct, gc=False):
    """A role of a member; `owner` and `admin` are known, others are the group's own."""

    id: Any = None


class Extra(msgspec.Struct, gc=False, omit_defaults=True):
    """What only Huoqun writes with a message."""

    kind: str | None = None
    """The kind, where the type does not say it."""
    us: int | None = None
    """Microseconds above the timestamp."""
    sequence: int | None = None
    mentions: list[str] | None = None
    bot: bool = False
    subject: str | None = None


class Label(msgspec.Struct, gc=False, omit_defaults=True):
    """What only Huoqun writes with the header."""

    has_ids: bool = True
    zone: str | None = None
    exported: bool = True
    """False: `exportedAt` is only the time of the last message."""
    format: str | None = None
    moments: bool = True
    """False: the export it was made from told what a wall clock showed."""


class Entry(msgspec.Struct, gc=False, omit_defaults=True):
    """A line of any sort, a member or a message."""

    _type: str = "message"
    sender: Id = None
    accountName: Id = None
    groupNickname: Id = None
    timestamp: int | float | None = None
    type: int | None = None
    content: Id = None
    platformMessageId: Id = None
    replyToMessageId: Id = None
    huoqun: Extra | None = None
    platformId: Id = None
    aliases: list[Any] | None = None
    roles: list[Role] | None = None


class Head(msgspec.Struct):
    """The header of both layouts; `members` and `messages` only in JSON."""

    chatlab: dict[str, Any] = {}
    meta: dict[str, Any] = {}
    members: msgspec.Raw = msgspec.Raw(b"[]")
    messages: msgspec.Raw = msgspec.Raw(b"[]")
    huoqun: Label | None = None


def recognises(source: Source) -> bool:
    """A `chatlab` object beside `meta`, or a header line."""
    head = source.head
    while head.lstrip().startswith("#"):
        head = head.lstrip().partition("\n")[2]
    return head.lstrip().startswith("{") and '"chatlab"' in head and ('"meta"' in head or '"messages"' in head)


def read(source: Source, *, zone: str | None) -> list[Chat]:
    """The one chat of the file."""
    by_line = _by_line(source.head)
    if by_line:
        head, members, said = _lines(source)
    else:
        head = records.whole(source.data, Head, NAME)
        members = records.array(head.members, Entry, NAME).items
        said = records.array(head.messages, Entry, NAME)
    return [_chat(source, head, members, said, zone, by_line=by_line)]


def _by_line(head: str) -> bool:
    """Whether the first line that is no comment is a record by itself."""
    first = next((line for line in head.split("\n") if line.strip() and not line.lstrip().startswith("#")), "")
    top = re.sub(r'"(?:messages|members)"\s*:\s*\[.*', "", first)
    return '"_type"' in top


def _lines(source: Source) -> tuple[Head, list[Entry], Records[Entry]]:
    found = records.lines(source.data, Entry)
    headers = [place for entry, place in zip(found.items, found.places, strict=True) if entry._type == "header"]
    lines = source.data[:].split(b"\n") if headers else []
    head = records.whole(lines[headers[0]], Head, NAME) if headers else Head()
    kept = [(e, p) for e, p in zip(found.items, found.places, strict=True) if e._type == "message"]
    members = [entry for entry in found.items if entry._type == "member"]
    return head, members, Records([e for e, _ in kept], [p for _, p in kept], found.skipped)


def _chat(
    source: Source, head: Head, members: list[Entry], said: Records[Entry], named: str | None, *, by_line: bool
) -> Chat:
    if not said.items and not said.skipped and not head.meta:
        raise NotAChat(source.name, "no_message", skipped=0)
    label = head.huoqun or Label(has_ids=any(m.platformMessageId is not None for m in said.items))
    where, why = choose(named, label.zone)
    frame, skipped = settle(_draft(said, by_line, ours=head.huoqun is not None), zone=where)
    meta = head.meta
    platform = str(meta.get("platform", "")).lower()
    table = _members(members)
    owner = meta.get("ownerId")
    if owner is None:
        owner = next(iter(table.filter(pl.col("role") == "owner")["id"]), None)
    return Chat(
        format=NAME,
        network=platform if platform in NETWORKS else "other",
        group=str(meta.get("name") or source.stem),
        group_id=None if meta.get("groupId") is None else str(meta["groupId"]),
        zone=where,
        zone_source=why,
        exported_at=moment(head.chatlab.get("exportedAt")) if label.exported else None,
        has_ids=label.has_ids,
        moments=label.moments,
        rows=frame,
        members=table,
        owner=None if owner is None else str(owner),
        skipped=tuple(sorted((*said.skipped, *skipped), key=lambda s: s.line)),
    )


def _draft(said: Records[Entry], by_line: bool, *, ours: bool) -> pl.DataFrame:
    """The rows; in a file Huoqun wrote, nobody is an empty sender and every other sender is somebody."""
    items = said.items
    none = Extra()
    extra = [m.huoqun or none for m in items]
    place = pl.Series(said.places, dtype=pl.Int64)
    kind = [x.kind or KIND_OF.get(0 if m.type is None else m.type, "other") for m, x in zip(items, extra, strict=True)]
    frame = pl.DataFrame(
        {
            "place": place,
            "line": place if by_line else pl.Series([None] * len(items), dtype=pl.Int64),
            "time": epoch([m.timestamp for m in items]),
            "us": pl.Series([x.us for x in extra], dtype=pl.Int64),
            "sequence": pl.Series([x.sequence for x in extra], dtype=pl.Int64),
            "key": records.texts([m.platformMessageId for m in items]),
            "sender": records.texts([m.sender for m in items]),
            "account": records.texts([m.accountName for m in items]),
            "card": records.texts([m.groupNickname for m in items]),
            "kind": pl.Series(kind, dtype=pl.String),
            "text": records.texts([m.content for m in items]),
            "reply_to": records.texts([m.replyToMessageId for m in items]),
            "mentions": records.lists([x.mentions for x in extra]),
            "bot": pl.Series([x.bot for x in extra], dtype=pl.Boolean),
            "subject": pl.Series([x.subject for x in extra], dtype=pl.String),
        }
    )
    sender, account, card = (pl.when(pl.col(c) != "").then(c) for c in ("sender", "account", "card"))
    event = pl.col("kind").is_in(["notice", *EVENT_KINDS])
    nobody = event & (sender.is_null() if ours else sender.str.to_lowercase().is_in(_NOBODY) | sender.is_null())
    return frame.with_columns(
        pl.col("time") + pl.duration(microseconds=pl.col("us").fill_null(0)),
        pl.when(~nobody.fill_null(True)).then(pl.coalesce(sender, account, card)).alias("sender"),
        pl.when(~nobody.fill_null(True)).then(pl.coalesce(card, account, sender)).alias("name"),
    ).drop("us", "account", "card")


def _members(entries: list[Entry]) -> pl.DataFrame:
    known = [e for e in entries if e.platformId is not None]
    roles = [{str(r.id) for r in e.roles or ()} for e in known]
    return rows.members(
        [str(e.platformId) for e in known],
        [None if (n := e.groupNickname or e.accountName) is None else str(n) for e in known],
        [next((r for r in ("owner", "admin", "member") if r in has), None) for has in roles],
        [[str(a) for a in e.aliases or () if a is not None] for e in known],
    )
