"""Telegram's messages: one record each, with texts that may be lists, media under many keys, and service actions."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import polars as pl

from huoqun.chat import records
from huoqun.chat.message import Kind

MEDIA = {
    "sticker": "sticker",
    "voice_message": "voice",
    "video_message": "video",
    "video_file": "video",
    "animation": "image",
    "audio_file": "file",
}
"""Kinds by `media_type`."""
_ACTIONS = {
    "invite_members": "join",
    "join_group_by_link": "join",
    "join_group_by_request": "join",
    "remove_members": "remove",
    "edit_group_title": "group_rename",
    "edit_chat_title": "group_rename",
    "pin_message": "pin",
}
"""Service actions with a meaning of their own; any other is `system`."""


class Entity(msgspec.Struct, gc=False):
    """A piece of a text that is more than plain words."""

    type: str = "plain"
    text: str = ""
    user_id: int | None = None


class Message(msgspec.Struct):
    """One record of `messages`; only what is used."""

    id: int
    type: str = "message"
    date: str | None = None
    date_unixtime: str | int | None = None
    from_: str | None = msgspec.field(name="from", default=None)
    from_id: str | int | None = None
    actor: str | None = None
    actor_id: str | int | None = None
    action: str | None = None
    members: list[str | None] | None = None
    title: str | None = None
    text: str | list[str | Entity] = ""
    text_entities: list[Entity] | None = None
    reply_to_message_id: int | None = None
    media_type: str | None = None
    photo: Any = None
    file: Any = None
    poll: Any = None
    location_information: Any = None
    contact_information: Any = None


SCHEMA = pl.Schema(
    {
        "line": pl.Int64(),
        "time": pl.Datetime("us"),
        "wall": pl.Datetime("us"),
        "key": pl.String(),
        "sequence": pl.Int64(),
        "sender": pl.String(),
        "name": pl.String(),
        "kind": Kind,
        "text": pl.String(),
        "reply_to": pl.String(),
        "mentions": pl.List(pl.String()),
        "subject": pl.String(),
    }
)
"""What `columns` gives: `line` is the record's number, `time` UTC, `wall` the exporting machine's clock."""


def columns(messages: Sequence[Message], places: Sequence[int], others: pl.DataFrame | None = None) -> pl.DataFrame:
    """Records as rows of `SCHEMA`; a service action upon several people is as many rows.

    `others` are `name` and `sender` of the chat's messages beside these, for telling who is meant by a name.
    """
    said = pl.DataFrame(
        {
            "line": pl.Series(places, dtype=pl.Int64),
            "stamp": pl.Series([m.date_unixtime for m in messages], dtype=pl.String, strict=False),
            "date": pl.Series([m.date for m in messages], dtype=pl.String),
            "sequence": pl.Series([m.id for m in messages], dtype=pl.Int64),
            "sender": pl.Series([_id(m.from_id or m.actor_id) for m in messages], dtype=pl.String),
            "name": pl.Series([m.from_ if m.from_ is not None else m.actor for m in messages], dtype=pl.String),
            "kind": pl.Series([_kind(m) for m in messages], dtype=Kind),
            "text": pl.Series([_text(m) for m in messages], dtype=pl.String),
            "reply": pl.Series([m.reply_to_message_id for m in messages], dtype=pl.Int64),
            "mentions": records.lists([_mentions(m) for m in messages]),
        }
    ).with_columns(
        time=(pl.col("stamp").cast(pl.Int64, strict=False) * 1_000_000).cast(pl.Datetime("us")),
        wall=pl.col("date").str.slice(0, 19).str.to_datetime("%Y-%m-%dT%H:%M:%S", time_unit="us", strict=False),
        key=pl.col("sequence").cast(pl.String),
        reply_to=pl.when(pl.col("reply") > 0).then(pl.col("reply").cast(pl.String)),
        sender=pl.coalesce("sender", "name"),
        name=pl.coalesce("name", "sender"),
        text=pl.col("text").str.replace_all("\r\n", "\n", literal=True),
        subject=pl.lit(None, pl.String),
    )
    service = [(place, m) for place, m in zip(places, messages, strict=True) if m.type == "service"]
    said = said.select(SCHEMA.names())
    if not service:
        return said
    bearers = said.select("name", "sender")
    return _with_subjects(said, service, bearers if others is None else pl.concat([bearers, others]))


def _id(value: str | int | None) -> str | None:
    """Old exports give bare numbers."""
    return f"user{value}" if isinstance(value, int) else value


def _kind(m: Message) -> str:
    if m.type == "service":
        if m.action == "remove_members" and m.members == [m.actor]:
            return "leave"
        return _ACTIONS.get(m.action or "", "system")
    if m.media_type:
        return MEDIA.get(m.media_type, "other")
    for field, kind in (
        (m.photo, "image"),
        (m.poll, "poll"),
        (m.location_information, "location"),
        (m.contact_information, "contact"),
        (m.file, "file"),
    ):
        if field is not None:
            return kind
    return "text"


def _text(m: Message) -> str:
    if m.type == "service":
        who = m.title or "、".join(name for name in m.members or () if name)
        return f"{m.action}: {who}" if who else m.action or ""
    if isinstance(m.text, str):
        words = m.text
    else:
        words = "".join(part if isinstance(part, str) else part.text for part in m.text)
    if not words and isinstance(m.poll, dict):
        return str(m.poll.get("question") or "")
    return words


def _mentions(m: Message) -> list[str] | None:
    parts = m.text_entities or (m.text if isinstance(m.text, list) else ())
    found = [
        f"user{part.user_id}" if part.user_id else part.text.lstrip("@")
        for part in parts
        if isinstance(part, Entity) and part.type in ("mention", "mention_name")
    ]
    return found or None


def _with_subjects(said: pl.DataFrame, service: list[tuple[int, Message]], people: pl.DataFrame) -> pl.DataFrame:
    """The rows with whom a service action happened to, by id where only one person of the chat bears the name."""
    bearers = people.drop_nulls("name").group_by("name").agg(pl.col("sender").unique())
    known: Mapping[str, str] = {name: ids[0] for name, ids in bearers.iter_rows() if len(ids) == 1}
    lines, subjects = [], []
    for place, m in service:
        whom: list[str | None] = [known.get(name, name) for name in m.members or () if name]
        if (m.action or "").startswith("join_group"):
            whom = [_id(m.actor_id) or m.actor or ""]
        lines.append(place)
        subjects.append(whom or [None])
    table = pl.DataFrame({"line": pl.Series(lines, dtype=pl.Int64), "whom": records.lists(subjects)})
    joined = said.join(table, on="line", how="left", maintain_order="left").with_columns(subject="whom")
    many = joined.with_columns(pl.col("subject").fill_null([None])).explode("subject").drop("whom")
    nth = pl.int_range(pl.len()).over("line")
    return many.with_columns(key=pl.when(nth > 0).then(pl.format("{}#{}", "key", nth)).otherwise("key")).select(
        SCHEMA.names()
    )
