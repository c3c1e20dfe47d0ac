"""WeCom (企业微信) message archive, decrypted: JSON lines or one array, of one or many rooms.

    {"msgid": "1_17", "action": "send", "from": "zhangsan", "tolist": ["lisi", "wmA"], "roomid": "wrA",
     "msgtime": 1704164645000, "msgtype": "text", "text": {"content": "大家好"}}
    {"msgid": "1_18", "action": "recall", "from": "zhangsan", "tolist": ["lisi"], "roomid": "wrA",
     "msgtime": 1704164646000, "msgtype": "revoke", "revoke": {"pre_msgid": "1_17"}}
    {"msgid": "1_19", "action": "switch", "time": 1704164647000, "user": "zhangsan"}

External people are `wo…` or `wm…`, robots `wb…`, rooms `wr…` (inner rooms any). Messages between two people have no
`roomid` and belong to no group: they are left out, with a note. Raw, still encrypted lines are refused.
"""

import re
from typing import Any

import msgspec
import polars as pl

from huoqun.chat import records
from huoqun.chat.draft import by_group, epoch, settle
from huoqun.chat.message import Chat, Skipped
from huoqun.chat.records import Id, Records
from huoqun.chat.refusal import NotAChat
from huoqun.chat.source import Source
from huoqun.chat.zone import choose

NAME = "wecom"

_KINDS = {
    "text": "text", "markdown": "text", "mixed": "text", "image": "image", "voice": "voice", "video": "video",
    "file": "file", "qydiskfile": "file", "emotion": "sticker", "link": "link", "news": "link", "card": "contact",
    "location": "location", "weapp": "share", "docmsg": "share", "sphfeed": "share", "voip_doc_share": "share",
    "chatrecord": "forward", "vote": "poll", "redpacket": "red_packet", "external_redpacket": "red_packet",
    "meeting": "call", "meeting_voice_call": "call", "voiptext": "call", "revoke": "recall", "agree": "system",
    "disagree": "system",
}  # fmt: skip
_WORDS = ("content", "title", "filename", "votetitle", "topic", "address", "displayname", "wish", "description")
"""Fields of a message's body that hold words, best first."""


class _Message(msgspec.Struct, gc=False):
    msgid: Id = None
    action: str | None = None
    sender: Id = msgspec.field(name="from", default=None)
    roomid: Id = None
    msgtime: int | float | None = None
    msgtype: str | None = None
    seq: Id = None
    text: dict[str, Any] | None = None
    encrypt_chat_msg: str | None = None


def recognises(source: Source) -> bool:
    """Records with msgid, action and tolist or msgtype; or the raw encrypted ones, to say so."""
    head = source.head.lstrip()
    if not re.match(r'\[\s*\{|\{\s*"', head) or '"msgid"' not in head:
        return False
    return '"encrypt_chat_msg"' in head or ('"action"' in head and ('"tolist"' in head or '"msgtype"' in head))


def read(source: Source, *, zone: str | None) -> list[Chat]:
    """One chat for each room."""
    by_line = not source.head.lstrip().startswith("[")
    said = records.lines(source.data, _Message) if by_line else records.array(source.data[:], _Message, NAME)
    if any(m.encrypt_chat_msg for m in said.items) and not any(m.action for m in said.items):
        raise NotAChat(source.name, "encrypted")
    draft = _draft(said, _words(source, said, by_line), by_line)
    rooms = draft.filter(pl.col("roomid") != "")
    if not rooms.height:
        raise NotAChat(source.name, "no_group")
    alone = draft.height - rooms.height - sum(m.action == "switch" for m in said.items)
    notes = ("private_messages_ignored",) if alone else ()
    where, why = choose(zone)
    chats: list[Chat] = []
    for part in by_group(rooms, "roomid", source.name):
        chats.append(_chat(part, said.skipped if not chats else (), where, why, notes))
    return chats


def _chat(part: pl.DataFrame, lost: tuple[Skipped, ...], zone: str, why: str, notes: tuple[str, ...]) -> Chat:
    frame, skipped = settle(part, zone=zone)
    room = part["roomid"][0]
    return Chat(
        format=NAME,
        network="wecom",
        group=room,
        group_id=room,
        zone=zone,
        zone_source=why,
        exported_at=None,
        has_ids=True,
        moments=True,
        rows=frame,
        skipped=tuple(sorted((*lost, *skipped), key=lambda s: s.line)),
        notes=notes,
    )


def _draft(said: Records[_Message], words: list[str], by_line: bool) -> pl.DataFrame:
    items = said.items
    place = pl.Series(said.places, dtype=pl.Int64)
    frame = pl.DataFrame(
        {
            "place": place,
            "line": place if by_line else pl.Series([None] * len(items), dtype=pl.Int64),
            "time": epoch([m.msgtime for m in items]),
            "key": records.texts([m.msgid for m in items]),
            "sequence": pl.Series([m.seq for m in items], dtype=pl.Int64, strict=False),
            "roomid": records.texts([m.roomid for m in items]),
            "sender": records.texts([m.sender for m in items]),
            "kind": pl.Series([_KINDS.get(m.msgtype or "", "other") for m in items], dtype=pl.String),
            "action": pl.Series([m.action or "send" for m in items], dtype=pl.String),
            "text": pl.Series(words, dtype=pl.String),
        }
    )
    recall = (pl.col("action") == "recall") | (pl.col("kind") == "recall")
    told = recall | (pl.col("action") == "switch") | (pl.col("kind") == "system")
    return frame.with_columns(
        pl.col("sender").str.starts_with("wb").fill_null(False).alias("bot"),
        pl.when(recall).then(pl.lit("recall")).when(told).then(pl.lit("system")).otherwise("kind").alias("kind"),
        pl.when(told).then("sender").alias("subject"),
        pl.when(~told).then("sender").alias("sender"),
    )


def _words(source: Source, said: Records[_Message], by_line: bool) -> list[str]:
    """What was said: of texts at once, of other messages from the part of the record named like its type."""
    bodies: dict[int, dict[str, Any]] = {}
    wanted = [i for i, m in enumerate(said.items) if m.msgtype not in ("text", "image", None)]
    if wanted:
        raws = source.data[:].split(b"\n") if by_line else records.array(source.data[:], msgspec.Raw, NAME).items
        for i in wanted:
            found = records.array(b"[" + bytes(raws[said.places[i]]) + b"]", dict[str, Any], NAME).items
            body = found[0].get(said.items[i].msgtype or "") if found else None
            bodies[i] = body if isinstance(body, dict) else {}
    return [_text(m.text or {}) if m.msgtype == "text" else _text(bodies.get(i, {})) for i, m in enumerate(said.items)]


def _text(body: dict[str, Any]) -> str:
    parts = body.get("item")
    if isinstance(parts, list):
        return "".join(_part(p) for p in parts if isinstance(p, dict) and p.get("type") == "text")
    return next((v for k in _WORDS if isinstance(v := body.get(k), str) and v), "")


def _part(part: dict[str, Any]) -> str:
    """A piece of a mixed message: its content is JSON inside a string."""
    try:
        inner = msgspec.json.decode(str(part.get("content", "")))
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return str(part.get("content", ""))
    return str(inner.get("content", "")) if isinstance(inner, dict) else str(part.get("content", ""))
