"""Slack export: a zip or folder with lists of users and channels, and a folder of days for each channel.

    channels.json           [{"id": "C1", "name": "general", "creator": "U1", "members": ["U1", "U2"]}]
    users.json              [{"id": "U1", "name": "ann", "is_bot": false, "tz": "Europe/Berlin",
                              "profile": {"display_name": "Ann", "real_name": "Ann Lee"}}]
    general/2024-01-02.json [{"type": "message", "user": "U1", "text": "hi <@U2>, see <https://x.org|this>",
                              "ts": "1704164645.000100", "thread_ts": "1704164600.000000", "reactions": […]}]

`subtype` channel_join, channel_leave, channel_name … are events, bot_message (or a `bot_id`) is a machine. An answer
in a thread answers the thread's first message. One day's file alone is read too.
"""

import html
import re
from collections import Counter
from pathlib import PurePosixPath
from typing import Any

import msgspec
import polars as pl

from huoqun.chat import records
from huoqun.chat.draft import epoch, settle
from huoqun.chat.message import Chat, Skipped
from huoqun.chat.records import Id, Records
from huoqun.chat.refusal import NotAChat
from huoqun.chat.rows import members
from huoqun.chat.source import Source
from huoqun.chat.zone import choose

NAME = "slack"

_EVENTS = {
    "channel_join": "join", "group_join": "join", "channel_leave": "leave", "group_leave": "leave",
    "channel_name": "group_rename", "group_name": "group_rename", "pinned_item": "pin", "tombstone": "recall",
    "message_deleted": "recall", "channel_topic": "system", "channel_purpose": "system", "channel_archive": "system",
    "channel_unarchive": "system", "group_topic": "system", "group_purpose": "system", "bot_add": "system",
    "bot_remove": "system", "reminder_add": "system", "channel_convert_to_private": "system",
    "channel_posting_permissions": "system", "unpinned_item": "system",
}  # fmt: skip
_DAY = re.compile(r"\d{4}-\d\d-\d\d\.json$")
_LISTS = ("channels.json", "groups.json", "mpims.json", "dms.json")
_LINK = re.compile(r"<([@#!]?)([^<>|]+)(?:\|([^<>]*))?>")
_MEDIA = {"image": "image", "video": "video", "audio": "voice"}


class _Profile(msgspec.Struct):
    display_name: str | None = None
    real_name: str | None = None


class _User(msgspec.Struct):
    id: str
    name: str | None = None
    is_bot: bool | None = None
    deleted: bool | None = None
    tz: str | None = None
    profile: _Profile | None = None

    @property
    def shown(self) -> str:
        """The name as Slack shows it."""
        profile = self.profile or _Profile()
        return profile.display_name or profile.real_name or self.name or self.id


class _Channel(msgspec.Struct):
    name: str
    id: str | None = None
    creator: str | None = None
    members: list[str] = []


class _Document(msgspec.Struct, gc=False):
    mimetype: str | None = None


class _Message(msgspec.Struct, gc=False):
    type: str | None = None
    subtype: str | None = None
    user: Id = None
    text: str | None = None
    ts: Id = None
    thread_ts: Id = None
    bot_id: Id = None
    username: str | None = None
    inviter: Id = None
    user_profile: _Profile | None = None
    files: list[_Document] | None = None
    hidden: bool | None = None


def recognises(source: Source) -> bool:
    """A bundle with days of a channel beside users.json or channels.json, or an array of messages with `ts`."""
    if source.parts:
        names = {PurePosixPath(part.name).name for part in source.parts}
        return any(_DAY.search(part.name) for part in source.parts) and bool(names & {"users.json", *_LISTS})
    head = source.head.lstrip()
    return bool(re.match(r"\[\s*\{", head)) and bool(
        re.search(r'"ts"\s*:\s*"?\d{9,10}\.\d{4,6}', head) and re.search(r'"type"\s*:\s*"message"', head)
    )


def read(source: Source, *, zone: str | None) -> list[Chat]:
    """One chat for each channel."""
    users = {user.id: user for user in _listed(source, ("users.json",), _User)}
    channels = {channel.name: channel for channel in _listed(source, _LISTS, _Channel)}
    zones = Counter(u.tz for u in users.values() if u.tz and not u.is_bot and not u.deleted)
    where, why = choose(zone, zones.most_common(1)[0][0] if zones else None)
    days: dict[str, list[Source]] = {}
    for part in source.parts or (source,):
        path = PurePosixPath(part.name)
        if not source.parts or _DAY.search(part.name):
            days.setdefault(path.parent.name if source.parts else source.stem, []).append(part)
    ids = {c.id: c.name for c in channels.values() if c.id}
    return [
        _chat(name, parts, channels.get(name) or _Channel(name), users, ids, (where, why))
        for name, parts in days.items()
    ]


def _listed(source: Source, names: tuple[str, ...], shape: Any) -> list[Any]:
    found: list[Any] = []
    for part in source.parts:
        if PurePosixPath(part.name).name in names:
            try:
                found += records.array(part.data[:], shape, NAME).items
            except NotAChat:  # the history is worth reading without its lists
                continue
    return found


def _chat(
    name: str,
    parts: list[Source],
    channel: _Channel,
    users: dict[str, _User],
    channels: dict[str, str],
    zone: tuple[str, str],
) -> Chat:
    said: list[_Message] = []
    lost: list[Skipped] = []
    for part in parts:
        try:
            found: Records[_Message] = records.array(part.data[:], _Message, f"{NAME} {part.name}")
        except NotAChat:
            if len(parts) == 1:
                raise
            lost.append(Skipped(len(said) + len(lost), "bad_json"))
            continue
        lost += [Skipped(s.line + len(said), s.reason) for s in found.skipped]
        said += found.items
    frame, skipped = settle(_draft(said, users, channels), zone=zone[0])
    people = [users.get(i) or _User(i) for i in channel.members]
    creator = channel.creator or None
    return Chat(
        format=NAME,
        network="slack",
        group=name,
        group_id=channel.id,
        zone=zone[0],
        zone_source=zone[1],
        exported_at=None,
        has_ids=True,
        moments=True,
        rows=frame,
        members=members(
            [p.id for p in people], [p.shown for p in people], ["owner" if p.id == creator else None for p in people]
        ),
        owner=creator,
        skipped=tuple(sorted((*lost, *skipped), key=lambda s: s.line)),
    )


def _draft(said: list[_Message], users: dict[str, _User], channels: dict[str, str]) -> pl.DataFrame:
    said = [m for m in said if m.type in (None, "message") and m.subtype != "message_changed"]
    shown = {i: user.shown for i, user in users.items()}
    machines = {i for i, user in users.items() if user.is_bot} | {"USLACKBOT"}
    who = [m.user or m.bot_id or m.username for m in said]
    event = [m.subtype in _EVENTS for m in said]
    frame = pl.DataFrame(
        {
            "place": pl.Series(range(len(said)), dtype=pl.Int64),
            "time": _exact(records.texts([m.ts for m in said])),
            "key": records.texts([m.ts for m in said]),
            "sender": records.texts(who),
            "name": records.texts([_name(m, shown) for m in said]),
            "kind": pl.Series([_kind(m) for m in said], dtype=pl.String),
            "text": pl.Series([_plain(m.text or "", shown, channels) for m in said], dtype=pl.String),
            "reply_to": records.texts([m.thread_ts if m.thread_ts != m.ts else None for m in said]),
            "mentions": records.lists([_named(m.text or "") for m in said]),
            "bot": pl.Series([m.bot_id is not None or m.user in machines for m in said], dtype=pl.Boolean),
            "event": pl.Series(event, dtype=pl.Boolean),
        }
    )
    return frame.with_columns(
        pl.when("event").then("sender").alias("subject"),
        *(pl.when(~pl.col("event")).then(c).alias(c) for c in ("sender", "name", "reply_to")),
    )


def _exact(stamps: pl.Series) -> pl.Series:
    """`seconds.micros` as naive UTC without the rounding of a float."""
    found = stamps.str.extract_groups(r"^(\d{9,11})(?:\.(\d{1,6}))?$").struct.unnest()
    second, micro = found.to_series(0), found.to_series(1).fill_null("0").str.pad_end(6, "0")
    exact = pl.Series("time", second.cast(pl.Int64) * 1_000_000 + micro.cast(pl.Int64)).cast(pl.Datetime("us"))
    return exact if stamps.len() else epoch(stamps)


def _name(message: _Message, shown: dict[str, str]) -> str | None:
    name = shown.get(str(message.user)) if message.user else None
    profile = message.user_profile or _Profile()
    return name or profile.display_name or profile.real_name or message.username


def _kind(message: _Message) -> str:
    if message.subtype in _EVENTS:
        return _EVENTS[message.subtype]
    if message.files and not message.text:
        return _MEDIA.get((message.files[0].mimetype or "").split("/")[0], "file")
    return "text"


def _named(text: str) -> list[str] | None:
    """Ids of the users a text mentions."""
    return [m[2] for m in _LINK.finditer(text) if m[1] == "@"] if "<@" in text else None


def _plain(text: str, shown: dict[str, str], channels: dict[str, str]) -> str:
    """The text as it is shown: names for ids, labels for links, no entities."""

    def word(found: re.Match[str]) -> str:
        mark, target, label = found[1], found[2], found[3]
        if mark == "@":
            return "@" + (label or shown.get(target, target)).lstrip("@")
        if mark == "#":
            return "#" + (label or channels.get(target, target))
        if mark == "!":
            return "@" + (label or target.split("^")[0]).lstrip("@")
        return f"{label} ({target})" if label and label != target else target

    if "<" in text:
        text = _LINK.sub(word, text)
    return html.unescape(text) if "&" in text else text
