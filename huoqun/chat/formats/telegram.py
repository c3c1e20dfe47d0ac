"""Telegram: `result.json` of Telegram Desktop, one chat or a full export.

    {"name": "测试群", "type": "private_supergroup", "id": 1234567890, "messages": [
      {"id": 1, "type": "message", "date": "2024-01-02T03:04:05", "date_unixtime": "1704135845",
       "from": "Alice", "from_id": "user10001", "reply_to_message_id": 0,
       "text": ["hi ", {"type": "mention_name", "text": "Bob", "user_id": 10002}], "text_entities": [...]},
      {"id": 2, "type": "service", "date": "...", "actor": "Alice", "actor_id": "user10001",
       "action": "invite_members", "members": ["Bob"]}]}

    {"chats": {"list": [{"name": ..., "messages": [...]}, ...]}, "left_chats": {"list": [...]}}     full export

Of a full export only groups and channels are taken, unless there are none. `date` is the wall clock of the exporting
machine and `date_unixtime` the moment: together they tell the zone. Message ids run on without gaps in supergroups and
channels; in small groups they are those of the account, so they are keys there, but no sequence. Of a file that is cut
off or damaged everything that is whole is read, and the rest reported by the number of the record.
"""

import re
from itertools import pairwise

import msgspec
import polars as pl

from huoqun.chat import records
from huoqun.chat import zone as clock
from huoqun.chat.draft import one_offset
from huoqun.chat.formats.telegram_columns import draft_of
from huoqun.chat.formats.telegram_message import Message, columns
from huoqun.chat.message import Chat, Skipped
from huoqun.chat.refusal import NotAChat
from huoqun.chat.rows import build, members, plausible
from huoqun.chat.salvage import last, salvage
from huoqun.chat.source import Source

NAME = "telegram"

_MESSAGES = re.compile(rb'"messages"\s*:\s*\[')
_RECORD = re.compile(rb'\{\s*"id"\s*:\s*-?\d+\s*,\s*"type"\s*:\s*"(?:message|service)"')
_SINGLE = re.compile(r'"messages"\s*:\s*\[')
_DATE = re.compile(r'"date"\s*:\s*"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d"')
_TYPE = re.compile(r'"type"\s*:\s*"(?:message|service|\w+_(?:chat|group|supergroup|channel)|saved_messages)"')
_FULL = re.compile(r'"(?:chats|left_chats)"\s*:\s*\{[^{}\[\]]*"list"\s*:\s*\[')


class _Chat(msgspec.Struct):
    name: str | None = None
    type: str | None = None
    id: int | None = None
    messages: list[msgspec.Raw] = msgspec.field(default_factory=list)


class _List(msgspec.Struct):
    chats: list[_Chat] = msgspec.field(name="list", default_factory=list)


class _File(_Chat):
    chats: _List | None = None
    left_chats: _List | None = None


def recognises(source: Source) -> bool:
    """The keys of one chat with Telegram's messages, or a list of chats."""
    head = source.head.lstrip()
    if not head.startswith("{"):
        return False
    dated = _DATE.search(head) or re.search(r'"messages"\s*:\s*\[\s*\]', head)
    return bool((_SINGLE.search(head) and _TYPE.search(head) and dated) or _FULL.search(head))


def read(source: Source, *, zone: str | None) -> list[Chat]:
    """The groups of the file, in its order."""
    try:
        file = records.whole(source.data, _File, "Telegram")
    except NotAChat:
        return _salvaged(source, zone)
    chats: list[_Chat] = [file] if file.chats is None and file.left_chats is None else []
    for listed in (file.chats, file.left_chats):
        chats += listed.chats if listed else []
    groups = [chat for chat in chats if re.search("group|channel", chat.type or "")]
    found = []
    for chat in groups or chats:
        found.append(_chat(chat, *draft_of(chat.messages), zone))
    return found


def _salvaged(source: Source, zone: str | None) -> list[Chat]:
    """What can be read of a damaged file; its chats are told apart by where their messages begin."""
    begins = [found.start() for found in _MESSAGES.finditer(source.data)]
    chats = []
    for begin, end in pairwise([*begins, len(source.data)]):
        read_ = salvage(source.data[begin:end], _RECORD, Message)
        number = last(rb'"id"\s*:\s*(\d+)', source.data, begin)
        head = _Chat(
            name=last(rb'"name"\s*:\s*"((?:[^"\\]|\\.)*)"', source.data, begin),
            type=last(rb'"type"\s*:\s*"(\w+)"', source.data, begin),
            id=int(number) if number else None,
        )
        if read_.items:
            chats.append(_chat(head, columns(read_.items, read_.places), read_.skipped, zone))
    if not chats:
        raise NotAChat(source.name, "damaged", detail="no message in it is whole")
    return chats


def _chat(chat: _Chat, draft: pl.DataFrame, damaged: tuple[Skipped, ...], zone: str | None) -> Chat:
    sane = plausible("time") | (pl.col("time").is_null() & plausible("wall"))
    skipped = [*damaged, *(Skipped(place, "bad_time") for place in draft.filter(~sane)["line"])]
    draft = draft.filter(sane)
    exact = not draft["time"].null_count()
    offset = one_offset(draft["time"], draft["wall"]) if exact and draft.height else None
    named, zone_source = clock.choose(zone, offset)
    if exact:
        draft = draft.drop("wall")
    else:
        moment = pl.col("time").dt.replace_time_zone("UTC").dt.convert_time_zone(named).dt.replace_time_zone(None)
        draft = draft.with_columns(local=pl.coalesce(moment, "wall")).drop("time", "wall")
    numbered = bool(re.search("supergroup|channel", chat.type or ""))
    draft = draft.with_columns(sequence=pl.col("sequence") if numbered else pl.lit(None, pl.Int64))
    people = (
        draft.filter(pl.col("subject").is_null())
        .drop_nulls("sender")
        .group_by("sender", maintain_order=True)
        .agg(pl.col("name").drop_nulls().last(), pl.col("name").drop_nulls().unique(maintain_order=True).alias("all"))
    )
    older = [[name for name in names if name != last] for _, last, names in people.iter_rows()]
    return Chat(
        format=NAME,
        network="telegram",
        group=chat.name or "",
        group_id=str(chat.id) if chat.id is not None else None,
        zone=named,
        zone_source=zone_source,
        exported_at=None,
        has_ids=True,
        moments=exact,
        rows=build(draft, named),
        members=members(people["sender"].to_list(), people["name"].to_list(), None, older),
        skipped=tuple(sorted(skipped, key=lambda place: place.line)),
    )
