"""qq-chat-exporter (QQ): JSON of the legacy V4/V5 and of the current core, and the chunked JSON lines.

Legacy:

    {"metadata": {"name": "QQChatExporter V5", "version": "5.0.0"},
     "chatInfo": {"name": "测试群", "type": "group", "selfUid": "u_1", "selfUin": "10001"},
     "statistics": {…},
     "messages": [{"messageId": "7", "timestamp": "2024-01-02T03:04:05.000Z", "messageType": 2,
                   "sender": {"uid": "u_2", "uin": "10002", "name": "小王"}, "isSystemMessage": false,
                   "isRecalled": false, "content": {"text": "早", "resources": [],
                   "reply": {"referencedMessageId": "6", "senderName": "老李", "content": "早"}}}],
     "avatars": {}}

Current: messages have `id`, `seq`, `timestamp` (ms), `time`, `sender{uid, uin, name, nickname, groupCard}`, `type`,
`content{text, elements[{type, data}], resources[{type}], mentions[{uid, name}]}`, `recalled`, `system`.

Chunked: a folder with `manifest.json` (`chunked{format: "jsonl", chunks[{relativePath, count}]}`, older:
`metadata.format: "chunked-jsonl"`) and the same messages, one a line, in `chunks/c000001.jsonl` and so on.

Traps seen in real files: the network itself appears as a sender with uid `未知` or uin `0`; names are missing; the
task says success while the sequence has holes (chat/completeness.py finds them).
"""

import re
from typing import Any

import msgspec
import polars as pl

from huoqun.chat import records
from huoqun.chat.draft import epoch, iso, moment, one_offset, settle
from huoqun.chat.formats.qq_message import NOBODY, Message, key_of_reply, kind_of, words_of
from huoqun.chat.message import Chat, Skipped
from huoqun.chat.records import Records
from huoqun.chat.refusal import NotAChat
from huoqun.chat.rows import members
from huoqun.chat.source import Source
from huoqun.chat.zone import choose

NAME = "qq_exporter"


class _File(msgspec.Struct):
    messages: msgspec.Raw = msgspec.Raw(b"[]")
    metadata: dict[str, Any] = {}
    chatInfo: dict[str, Any] = {}
    chunked: dict[str, Any] = {}


def recognises(source: Source) -> bool:
    """The exporter's name, its chatInfo, a manifest of chunks, or lines of its messages."""
    if source.parts:
        return any(_is_manifest(part) for part in source.parts)
    head = source.head.lstrip()
    if not head.startswith("{"):
        return False
    if '"chatInfo"' in head and ('"metadata"' in head or '"selfUid"' in head):
        return True
    first = head.partition("\n")[0]
    return '"sender"' in first and '"uid"' in first and '"content"' in first and bool(
        re.search(r'"(?:uin|elements|messageId|seq)"', first)
    )  # fmt: skip


def _is_manifest(part: Source) -> bool:
    return part.name.endswith("manifest.json") and ('"chunked' in part.head or '"chunks"' in part.head)


def read(source: Source, *, zone: str | None) -> list[Chat]:
    """The one chat of the file or of the chunked folder."""
    notes: tuple[str, ...] = ()
    by_line = False
    if source.parts:
        manifest = next(part for part in source.parts if _is_manifest(part))
        file = records.whole(manifest.data, _File, NAME)
        said, notes = _chunks(source, file)
    elif '"chatInfo"' in source.head:
        file = records.whole(source.data, _File, NAME)
        said = records.array(file.messages, Message, NAME)
    else:
        file, said, by_line = _File(), records.lines(source.data, Message), True
    if not said.items and not file.chatInfo:
        raise NotAChat(source.name, "no_message", skipped=0)
    return [_chat(source, file, said, zone, notes, by_line)]


def _chunks(source: Source, file: _File) -> tuple[Records[Message], tuple[str, ...]]:
    """The messages of all chunks the manifest names; places count on over the chunks."""
    found: list[Message] = []
    places: list[int] = []
    skipped: list[Skipped] = []
    listed = [c for c in file.chunked.get("chunks") or () if isinstance(c, dict)]
    names = [str(c.get("relativePath") or c.get("fileName") or "") for c in listed]
    lines = [part for part in source.parts if part.name.endswith(".jsonl")]
    by_end = {name: next((p for p in lines if name and p.name.endswith(name)), None) for name in names}
    chunks = [part for part in by_end.values() if part is not None] if any(by_end.values()) else lines
    start = 0
    for chunk in chunks:
        part = records.lines(chunk.data, Message)
        found += part.items
        places += [place + start for place in part.places]
        skipped += [Skipped(s.line + start, s.reason) for s in part.skipped]
        start += chunk.data[:].count(b"\n") + (chunk.data[-1:] != b"\n")
    promised = sum(c["count"] for c in listed if isinstance(c.get("count"), int))
    lost = any(part is None for part in by_end.values()) or promised > len(found) + len(skipped)
    return Records(found, places, tuple(skipped)), ("chunks_missing",) if lost else ()


def _chat(
    source: Source, file: _File, said: Records[Message], named: str | None, notes: tuple[str, ...], by_line: bool
) -> Chat:
    draft = _draft(said, by_line)
    where, why = choose(named, one_offset(draft["time"], draft["wall"]))
    frame, skipped = settle(draft, zone=where)
    info, top = file.chatInfo, file.metadata
    number = next((info[k] for k in ("groupCode", "groupId", "peerUin", "peerUid", "id") if info.get(k)), None)
    exported = next((top[k] for k in ("exportTime", "exportedAt", "exportDate") if top.get(k)), None)
    people = draft.filter(pl.col("sender").is_not_null()).group_by("sender", maintain_order=True).last()
    return Chat(
        format=NAME + (".chunked" if source.parts or by_line else ".json"),
        network="qq",
        group=str(info.get("name") or source.stem),
        group_id=None if number is None else str(number),
        zone=where,
        zone_source=why,
        exported_at=iso(exported) if isinstance(exported, str) else moment(exported),
        has_ids=bool(frame["key"].is_not_null().any() or frame["sequence"].is_not_null().any()),
        moments=True,
        rows=frame,
        members=members(people["sender"].to_list(), people["name"].to_list()),
        skipped=tuple(sorted((*said.skipped, *skipped), key=lambda s: s.line)),
        notes=notes,
    )


def _draft(said: Records[Message], by_line: bool) -> pl.DataFrame:
    items = said.items
    place = pl.Series(said.places, dtype=pl.Int64)
    keys = [m.id if m.id is not None else m.messageId for m in items]
    by_sequence = {str(s): str(k) for m, k in zip(items, keys, strict=True) if k is not None and (s := m.sequence)}
    frame = pl.DataFrame(
        {
            "place": place,
            "line": place if by_line else pl.Series([None] * len(items), dtype=pl.Int64),
            "time": _times([m.timestamp for m in items]),
            "wall": pl.Series([m.time for m in items], dtype=pl.String, strict=False).str.to_datetime(
                "%Y-%m-%d %H:%M:%S", time_unit="us", strict=False
            ),
            "key": records.texts(keys),
            "sequence": records.texts([m.sequence for m in items]).cast(pl.Int64, strict=False),
            "uid": records.texts([m.sender.uid for m in items]),
            "uin": records.texts([m.sender.uin for m in items]),
            "name": records.texts([m.name for m in items]),
            "kind": pl.Series([kind_of(m) for m in items], dtype=pl.String),
            "text": pl.Series([words_of(m) for m in items], dtype=pl.String),
            "reply_to": records.texts([key_of_reply(m, by_sequence) for m in items]),
            "mentions": records.lists([m.mentioned for m in items]),
        }
    )
    return _people(frame)


def _people(frame: pl.DataFrame) -> pl.DataFrame:
    """One identity for each person: the QQ number where any message of the uid tells it, else the uid."""
    uid, uin = (pl.when(~pl.col(c).str.to_lowercase().is_in(NOBODY)).then(c) for c in ("uid", "uin"))
    frame = frame.with_columns(uid.alias("uid"), uin.alias("uin"))
    numbers = frame.filter(pl.col("uid").is_not_null() & pl.col("uin").is_not_null()).group_by("uid").agg(
        pl.col("uin").last().alias("number")
    )  # fmt: skip
    frame = frame.join(numbers, on="uid", how="left", maintain_order="left")
    known = dict(numbers.iter_rows())
    who = pl.coalesce("uin", "number", "uid")
    nobody = who.is_null() | (pl.col("kind") == "notice")
    recalled = pl.col("kind") == "recall"
    mentions = frame["mentions"]
    if mentions.list.len().sum():
        mentions = records.lists([[known.get(i, i) for i in m] if m else None for m in mentions.to_list()])
    frame = frame.with_columns(
        mentions.alias("mentions"),
        pl.when(recalled & ~nobody).then(who).alias("subject"),
        pl.when(~nobody & ~recalled).then(who).alias("sender"),
        pl.when(~nobody & ~recalled & (pl.col("name") != "")).then("name").alias("name"),
        pl.when(nobody & ~recalled).then(pl.lit("notice")).otherwise("kind").alias("kind"),
    )
    other = pl.coalesce(pl.col("name").forward_fill().over("sender"), pl.col("name").backward_fill().over("sender"))
    return frame.with_columns(name=pl.when(pl.col("sender").is_not_null()).then(pl.coalesce("name", other)))


def _times(values: list[Any]) -> pl.Series:
    """Epoch numbers or ISO times (without offset: UTC) as naive UTC."""
    if not any(isinstance(v, str) for v in values):
        return epoch(values)
    words = pl.Series([v if isinstance(v, str) else None for v in values], dtype=pl.String).str.strip_chars()
    naive = words.str.replace(" ", "T", literal=True)
    zoned = pl.when(naive.str.contains(r"(?:Z|[+-]\d\d:?\d\d)$")).then(naive).otherwise(naive + "Z")
    frame = pl.DataFrame({"v": naive}).select(
        zoned.str.to_datetime("%+", time_unit="us", time_zone="UTC", strict=False)
    )
    numbers = epoch(pl.Series([v if not isinstance(v, str) else None for v in values], dtype=pl.Float64, strict=False))
    digits = epoch(words.cast(pl.Float64, strict=False))
    return frame.to_series().dt.replace_time_zone(None).fill_null(numbers).fill_null(digits)
