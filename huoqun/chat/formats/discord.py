"""Discord: DiscordChatExporter's JSON and CSV.

    {"guild": {"id": "1", "name": "测试"}, "channel": {"id": "2", "type": "GuildTextChat", "name": "general"},
     "exportedAt": "...", "messages": [
      {"id": "900", "type": "Reply", "timestamp": "2024-01-02T03:04:05.123+08:00", "content": "hi",
       "author": {"id": "5001", "name": "ann", "nickname": "Ann", "isBot": false, "roles": []},
       "attachments": [{"fileName": "a.png", ...}], "stickers": [], "embeds": [], "mentions": [{"id": "5002"}],
       "reference": {"messageId": "899"}}], "messageCount": 1}

    AuthorID,Author,Date,Content,Attachments,Reactions
    5001,ann,2024-01-02T03:04:05.1230000+08:00,hi,,

Types other than Default and Reply are events. Ids are snowflakes: keys, but no running numbers. The CSV has neither ids
of messages nor types. Of a JSON file that is cut off or damaged everything that is whole is read.
"""

import csv
import re

import msgspec
import polars as pl

from huoqun.chat import grid, records
from huoqun.chat import zone as clock
from huoqun.chat.draft import iso
from huoqun.chat.formats.discord_message import ENDINGS, Message, Named, columns, draft_of
from huoqun.chat.message import Chat, Kind, Skipped
from huoqun.chat.refusal import NotAChat
from huoqun.chat.rows import build, members, plausible
from huoqun.chat.salvage import salvage
from huoqun.chat.source import Source
from huoqun.chat.stamp import stamps

NAME = "discord"

_HEADINGS = ("AuthorID,Author,Date,Content,Attachments,Reactions", "Author,Date,Content,Attachments,Reactions")
_CSV_EVENTS = {"Joined the server.": "join", "Pinned a message.": "pin"}


_RECORD = re.compile(rb'\{\s*"id"\s*:\s*"\d+"\s*,\s*"type"\s*:\s*"\w+"\s*,\s*"timestamp"')


class _Export(msgspec.Struct):
    guild: Named | None = None
    channel: Named | None = None
    exportedAt: str | None = None
    messages: list[msgspec.Raw] = msgspec.field(default_factory=list)


def recognises(source: Source) -> bool:
    """A guild and a channel before the messages, or the CSV's headings."""
    head = source.head.lstrip()
    if head.startswith("{"):
        begin = head.partition('"messages"')[0]
        return '"guild"' in begin and '"channel"' in begin
    return _headings(head.partition("\n")[0]) in _HEADINGS


def _headings(line: str) -> str:
    """The headings without the quotes around them; a quote inside one is damage and stays."""
    try:
        return ",".join(next(csv.reader([line.strip()], strict=True), []))
    except csv.Error:
        return ""


def read(source: Source, *, zone: str | None) -> list[Chat]:
    """The one channel of the file."""
    return [_csv(source, zone) if source.data[:1] not in (b"{", b" ", b"\n", b"\r", b"\t") else _json(source, zone)]


def _json(source: Source, zone: str | None) -> Chat:
    try:
        export = records.whole(source.data, _Export, "Discord")
        draft, damaged = draft_of(export.messages)
    except NotAChat:
        export, read_ = _Export(), salvage(source.data, _RECORD, Message)
        if not read_.items:
            raise
        draft, damaged = columns(read_.items, read_.places), read_.skipped
    guild, channel = export.guild or Named(), export.channel or Named()
    inside = f"{guild.name} #{channel.name}" if guild.name and guild.name != "Direct Messages" else channel.name
    return _chat(
        draft, damaged, zone, group=inside or source.stem, group_id=_text(channel.id), exported=export.exportedAt
    )


def _csv(source: Source, zone: str | None) -> Chat:
    table = grid.read(source.data, "Date")
    frame = table.frame
    ending = pl.col("Attachments").str.extract(r"\.(\w{2,5})(?:\?[^,\s]*)?(?:,|\s|$)").str.to_lowercase()
    sent = pl.col("Attachments").fill_null("") != ""
    event = pl.col("Content").replace_strict(_CSV_EVENTS, default=None, return_dtype=pl.String)
    kind = (
        pl.when(sent)
        .then(ending.replace_strict(ENDINGS, default="file", return_dtype=pl.String))
        .otherwise(pl.coalesce(event, pl.lit("text")))
    )
    sender = pl.col("AuthorID") if "AuthorID" in frame.columns else pl.col("Author")
    draft = frame.select(
        "line",
        stamp="Date",
        key=pl.lit(None, pl.String),
        sender=sender,
        name="Author",
        kind=kind.cast(Kind),
        text="Content",
        reply_to=pl.lit(None, pl.String),
        mentions=pl.lit([], pl.List(pl.String)),
        bot=pl.lit(False),
        subject=pl.when(event == "join").then(sender),
    )
    return _chat(draft, table.skipped, zone, group=source.stem, group_id=None, exported=None)


def _chat(
    draft: pl.DataFrame,
    skipped: tuple[Skipped, ...],
    zone: str | None,
    *,
    group: str,
    group_id: str | None,
    exported: str | None,
) -> Chat:
    times = stamps(draft["stamp"])
    column = "time" if times.time is not None else "local"
    read_ = times.time if times.time is not None else times.local
    assert read_ is not None
    draft = draft.with_columns(read_.alias(column)).drop("stamp")
    bad = tuple(Skipped(line, "bad_time") for line in draft.filter(~plausible(column))["line"])
    draft = draft.filter(plausible(column)).with_columns(pl.col("text").str.replace_all("\r\n", "\n", literal=True))
    named, zone_source = clock.choose(zone, times.zone)
    last = draft.drop_nulls("sender").group_by("sender", maintain_order=True)
    people = last.agg(pl.col("name").last(), pl.col("name").unique(maintain_order=True).alias("all"))
    older = [[name for name in names if name and name != last] for _, last, names in people.iter_rows()]
    return Chat(
        format=NAME if draft["key"].len() > draft["key"].null_count() else f"{NAME}.csv",
        network="discord",
        group=group,
        group_id=group_id,
        zone=named,
        zone_source=zone_source,
        exported_at=iso(exported),
        has_ids=draft["key"].null_count() == 0,
        moments=column == "time",
        rows=build(draft, named),
        members=members(people["sender"].to_list(), people["name"].to_list(), None, older),
        skipped=tuple(sorted((*skipped, *bad), key=lambda place: place.line)),
        notes=("date_order_ambiguous",) if times.ambiguous else (),
    )


def _text(value: str | int | None) -> str | None:
    return None if value is None else str(value)
