"""Matrix: Element's room export as JSON, or events as the client-server API gives them.

    {"room_name": "Garden", "room_creator": "@ann:x.org", "export_date": "02/01/2024", "messages": [
      {"type": "m.room.message", "sender": "@ann:x.org", "event_id": "$1", "origin_server_ts": 1704164645000,
       "content": {"msgtype": "m.text", "body": "hi", "m.relates_to": {"m.in_reply_to": {"event_id": "$0"}},
                   "m.mentions": {"user_ids": ["@bob:x.org"]}}},
      {"type": "m.room.member", "state_key": "@bob:x.org", "content": {"membership": "join", "displayname": "Bob"}, …}]}

    {"chunk": [ …events… ], "start": "t1", "end": "t2"}      also a bare array of events

An edit (`m.replace`) changes the original message and is no message of its own; reactions are left out; a change of
displayname is a rename; a leave caused by somebody else, and a ban, are removals; a redacted message is a recall.
"""

import re
from typing import Any

import msgspec
import polars as pl

from huoqun.chat import records
from huoqun.chat.draft import MAX_GROUPS, epoch, settle
from huoqun.chat.formats.matrix_member import Told, membership, shown_names
from huoqun.chat.message import Chat, Skipped
from huoqun.chat.records import Records
from huoqun.chat.refusal import NotAChat
from huoqun.chat.rows import members
from huoqun.chat.source import Source
from huoqun.chat.zone import choose

NAME = "matrix"

_MSGTYPES = {
    "m.text": "text", "m.emote": "text", "m.notice": "text", "m.image": "image", "m.video": "video",
    "m.audio": "voice", "m.file": "file", "m.location": "location",
}  # fmt: skip
_TYPES = {
    "m.sticker": "sticker", "m.room.encrypted": "other", "m.call.invite": "call", "m.poll.start": "poll",
    "org.matrix.msc3381.poll.start": "poll", "m.room.name": "group_rename", "m.room.pinned_events": "pin",
    "m.room.redaction": "recall",
}  # fmt: skip
_TEXT: Told = ("text", None, None)
_SILENT = frozenset(
    {"m.reaction", "m.call.candidates", "m.call.answer", "m.call.hangup", "m.poll.response", "m.poll.end",
     "org.matrix.msc3381.poll.response", "org.matrix.msc3381.poll.end", "m.receipt", "m.typing"}
)  # fmt: skip
_FALLBACK = re.compile(r"^(?:> .*\n|>\n)+\n?")
"""Old clients put the quoted lines before the answer."""


class Content(msgspec.Struct, gc=False):
    """What a message or a membership says."""

    msgtype: str | None = None
    body: str | None = None
    name: str | None = None
    membership: str | None = None
    displayname: str | None = None
    relates: dict[str, Any] | None = msgspec.field(name="m.relates_to", default=None)
    new: dict[str, Any] | None = msgspec.field(name="m.new_content", default=None)
    mentions: dict[str, Any] | None = msgspec.field(name="m.mentions", default=None)


class Unsigned(msgspec.Struct, gc=False):
    """What the server adds to an event."""

    prev_content: Content | None = None
    redacted_because: Any = None


class Event(msgspec.Struct, gc=False):
    """An event of a room."""

    type: str
    sender: str
    origin_server_ts: int | float | None = None
    event_id: str | None = None
    room_id: str | None = None
    state_key: str | None = None
    content: Content = msgspec.field(default_factory=Content)
    unsigned: Unsigned | None = None
    prev_content: Content | None = None
    redacts: str | None = None


class _File(msgspec.Struct):
    messages: msgspec.Raw = msgspec.Raw(b"")
    chunk: msgspec.Raw = msgspec.Raw(b"")
    room_name: str | None = None
    room_creator: str | None = None


def recognises(source: Source) -> bool:
    """Events with origin_server_ts and a type of Matrix; or Element's header."""
    head = source.head.lstrip()
    if not re.match(r'\[\s*\{|\{\s*"', head):
        return False
    if '"room_name"' in head and '"room_creator"' in head:
        return True
    return '"origin_server_ts"' in head and bool(re.search(r'"type"\s*:\s*"(m|org\.matrix)\.', head))


def read(source: Source, *, zone: str | None) -> list[Chat]:
    """The one chat of the file, or one for each room where events name several."""
    file, raw = _File(), source.data[:]
    if source.head.lstrip().startswith("{"):
        file = records.whole(source.data, _File, NAME)
        raw = bytes(file.messages) or bytes(file.chunk)
        if not raw:
            raise NotAChat(source.name, "no_message", skipped=0)
    said = records.array(raw, Event, NAME)
    rooms = _by_room(said, source.name)
    where = choose(zone)
    return [
        _chat(source, file, room, events, said.skipped if first else (), where)
        for first, (room, events) in zip([True] + [False] * len(rooms), rooms.items(), strict=False)
    ]


def _by_room(said: Records[Event], name: str) -> dict[str | None, Records[Event]]:
    ids = {event.room_id for event in said.items}
    if len(ids) <= 1:
        return {next(iter(ids), None): said}
    if len(ids) > MAX_GROUPS:
        raise NotAChat(name, "too_many_groups", count=len(ids), most=MAX_GROUPS)
    rooms: dict[str | None, tuple[list[Event], list[int]]] = {}
    for event, place in zip(said.items, said.places, strict=True):
        events, places = rooms.setdefault(event.room_id, ([], []))
        events.append(event)
        places.append(place)
    return {room: Records(events, places) for room, (events, places) in rooms.items()}


def _chat(
    source: Source,
    file: _File,
    room: str | None,
    said: Records[Event],
    lost: tuple[Skipped, ...],
    zone: tuple[str, str],
) -> Chat:
    items = said.items
    if len(items) > 1 and (items[0].origin_server_ts or 0) > (items[-1].origin_server_ts or 0):
        items.reverse()  # the API gives the newest first
        said = Records(items, list(said.places)[::-1])
    names = [e.content.name for e in items if e.type == "m.room.name" and e.content.name]
    owner = file.room_creator or next((e.sender for e in items if e.type == "m.room.create"), None)
    shown = shown_names(items)
    frame, skipped = settle(_draft(said), zone=zone[0])
    frame = shown.borne(frame)
    now = shown.present()
    return Chat(
        format=NAME,
        network="matrix",
        group=file.room_name or (names[-1] if names else None) or room or source.stem,
        group_id=room,
        zone=zone[0],
        zone_source=zone[1],
        exported_at=None,
        has_ids=True,
        moments=True,
        rows=frame,
        members=members([i for i, _ in now], [n for _, n in now], ["owner" if i == owner else None for i, _ in now]),
        owner=owner,
        skipped=tuple(sorted((*lost, *skipped), key=lambda s: s.line)),
    )


def _draft(said: Records[Event]) -> pl.DataFrame:
    edits = _edits(said.items)
    kept = [
        (e, p)
        for e, p in zip(said.items, said.places, strict=True)
        if e.type not in _SILENT and not (e.content.relates and _edited_id(e, edits))
    ]
    events = [e for e, _ in kept]
    told = [_TEXT if e.content.msgtype == "m.text" else _told(e) for e in events]
    bare = [e.content.relates is None and e.content.msgtype == "m.text" for e in events]
    known = {e.event_id for e in events}
    frame = pl.DataFrame(
        {
            "place": pl.Series([p for _, p in kept], dtype=pl.Int64),
            "time": epoch([e.origin_server_ts for e in events]),
            "key": pl.Series([e.event_id for e in events], dtype=pl.String),
            "sender": pl.Series([e.sender for e in events], dtype=pl.String),
            "kind": pl.Series([kind for kind, _, _ in told], dtype=pl.String),
            "subject": pl.Series([subject for _, subject, _ in told], dtype=pl.String),
            "name": pl.Series([name for _, _, name in told], dtype=pl.String),
            "text": pl.Series(
                [
                    e.content.body if b and e.event_id not in edits else _text(e, edits)
                    for e, b in zip(events, bare, strict=True)
                ],
                dtype=pl.String,
            ),
            "reply_to": pl.Series(
                [_answered(e, known) if e.content.relates else None for e in events], dtype=pl.String
            ),
            "mentions": records.lists([_mentioned(e) if e.content.mentions else None for e in events]),
            "bot": pl.Series([e.content.msgtype == "m.notice" for e in events], dtype=pl.Boolean),
        }
    )
    return frame.filter(pl.col("kind") != "nothing")


def _edits(events: list[Event]) -> dict[str, tuple[float, str, str]]:
    """The newest edit of each message that stands in the file: time, author, new words."""
    authors = {e.event_id: e.sender for e in events if e.event_id}
    newest: dict[str, tuple[float, str, str]] = {}
    for event in events:
        relates = event.content.relates
        if relates and relates.get("rel_type") == "m.replace" and event.content.new:
            target, body = relates.get("event_id"), event.content.new.get("body")
            if isinstance(target, str) and isinstance(body, str) and authors.get(target) == event.sender:
                edit = (float(event.origin_server_ts or 0), event.sender, body)
                newest[target] = max(newest.get(target, edit), edit)
    return newest


def _edited_id(event: Event, edits: Any) -> bool:
    """Whether the event is an edit of a message that stands in the file."""
    relates = event.content.relates
    return bool(
        relates
        and relates.get("rel_type") == "m.replace"
        and isinstance(t := relates.get("event_id"), str)
        and t in edits
    )


def _told(event: Event) -> Told:
    """Kind, whom it happened to, and the new name of a rename."""
    return membership(event) if event.type == "m.room.member" else (_kind(event), None, None)


def _kind(event: Event) -> str:
    if event.type == "m.room.message":
        gone = event.content.msgtype is None and event.content.body is None
        return "recall" if gone else _MSGTYPES.get(event.content.msgtype or "m.text", "other")
    return _TYPES.get(event.type, "system")


def _text(event: Event, edits: dict[str, tuple[float, str, str]]) -> str:
    edit = edits.get(event.event_id or "")
    new = event.content.new.get("body") if event.content.new else None
    body = edit[2] if edit else new if isinstance(new, str) else event.content.body or event.content.name or ""
    if event.content.relates and body.startswith(">") and "m.in_reply_to" in event.content.relates:
        body = _FALLBACK.sub("", body, count=1)
    if event.content.msgtype in ("m.image", "m.video", "m.audio", "m.file"):
        return ""
    return body


def _answered(event: Event, known: set[str | None]) -> str | None:
    """The event this one answers: the named one, or the start of the thread where the naming is only a fallback."""
    relates = event.content.relates or {}
    inner = relates.get("m.in_reply_to")
    named = inner.get("event_id") if isinstance(inner, dict) else None
    if relates.get("rel_type") == "m.thread" and (relates.get("is_falling_back") or named is None):
        root = relates.get("event_id")
        named = root if root in known else named or root
    return named if isinstance(named, str) else None


def _mentioned(event: Event) -> list[str] | None:
    users = (event.content.mentions or {}).get("user_ids")
    return [u for u in users if isinstance(u, str)] if isinstance(users, list) else None
