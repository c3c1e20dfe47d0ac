"""The message: what every export format is turned into, and what the archive keeps.

One row is one message or one event of one group, in a Polars frame whose columns are `SCHEMA`.
A format gives a `Chat`: the rows of one group and what the file says about the group itself.
"""

from dataclasses import dataclass, field
from datetime import datetime

import polars as pl

MESSAGE_KINDS = (
    "text",
    "image",
    "voice",
    "video",
    "file",
    "sticker",
    "link",
    "location",
    "red_packet",
    "transfer",
    "poke",
    "call",
    "share",
    "forward",
    "contact",
    "poll",
    "other",
)
"""Things people say. Each row of one of these kinds counts as a message."""

EVENT_KINDS = (
    "join",
    "leave",
    "remove",
    "rename",
    "recall",
    "pin",
    "group_rename",
    "red_packet_opened",
    "system",
)
"""Things the network reports. Never counted as messages, never spoken by anybody."""

KINDS = MESSAGE_KINDS + EVENT_KINDS

Kind = pl.Enum(KINDS)

SCHEMA = pl.Schema(
    {
        "key": pl.String(),
        "line": pl.Int64(),
        "time": pl.Datetime("us"),
        "local": pl.Datetime("us"),
        "order": pl.Int32(),
        "sequence": pl.Int64(),
        "sender": pl.String(),
        "name": pl.String(),
        "kind": Kind,
        "text": pl.String(),
        "reply_to": pl.String(),
        "mentions": pl.List(pl.String()),
        "bot": pl.Boolean(),
        "subject": pl.String(),
    }
)
"""The columns of a row, in this order.

key       unique inside the group and the same in every export of it: the network's own id, else (filled by
          `chat/key.py`, null straight from a format) a digest of time, sender, kind, text and how often that
          very combination occurred before.
line      0-based line of the file on which the message begins; only `\\n` ends a line. For formats that are not
          lines the row of the sheet, or the number of the record in its JSON file (`chat/record_lines.py` makes a
          line of it). Null where several files were merged.
time      when, naive UTC, microseconds.
local     the same moment on the group's wall clock, naive.
order     place among the rows of the same `time`, in the order of the file, from 0. Rows are sorted by
          (time, order, key) everywhere, because many exports only know the minute.
sequence  the network's running number where the export has one (QQ seq, Telegram id, WeChat localId), else null.
sender    identity inside the group: the network's id where the export has one, else the name itself, joined
          over announced renames. Null for events that nobody did.
name      the name shown at that time. Null where `sender` is.
kind      one of `KINDS`.
text      what was said, newlines as `\\n`, "" for media without words. For events: the line as the network put it.
reply_to  `key` of the message this one answers, where the network itself says so; else null.
mentions  identities (or names, where there are no ids) that the network itself marked as mentioned; [] if none.
bot       the sender is a machine, where the export says so.
subject   events: the identity it happened to (who joined, was removed, was renamed), else null. For `rename`,
          `text` of the event stays the network's line and `name` is the name borne from then on.
"""

MEMBERS = pl.Schema({"id": pl.String(), "name": pl.String(), "role": pl.String(), "aliases": pl.List(pl.String())})
"""Members as the file lists them: identity, newest name, role (`owner`, `admin`, `member`, or null), older names."""


@dataclass(frozen=True)
class Skipped:
    """A place in a file that could not be read: 0-based line number and the reason as a short English id.

    Reasons are ids such as `bad_time`, `bad_json`, `missing_field`, `too_few_columns`, `not_utf8`; the interface
    words them.
    """

    line: int
    reason: str
    file: str | None = None
    """Name of the file, where several were read together."""
    record: bool = False
    """`line` is the 0-based number of a record: the file does not put each on a line of its own, or is cut off."""


@dataclass(frozen=True)
class Chat:
    """One group's history as one or several files tell it."""

    format: str
    """Id of the format, the module's name under `chat/formats/` with a variant where there is one: `wechat_csv.d`."""
    network: str
    """`wechat`, `wecom`, `qq`, `telegram`, `discord`, `whatsapp`, `slack`, `matrix`, `irc`, `other`."""
    group: str
    """The group's name as the file (or its file name) gives it; "" where nothing does."""
    group_id: str | None
    """The network's id of the group, where the file has it."""
    zone: str
    """IANA zone in which `local` stands."""
    zone_source: str
    """Where the zone comes from: `named` (by the operator), `file`, or `default` (Asia/Shanghai)."""
    exported_at: datetime | None
    """When the export was made, naive UTC, where the format tells it."""
    has_ids: bool
    """The format carries the network's message ids or running numbers (completeness above B needs them)."""
    rows: pl.DataFrame
    """`SCHEMA`, sorted by (time, order, key)."""
    members: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=MEMBERS))
    """`MEMBERS`; empty where the file lists nobody."""
    owner: str | None = None
    """Identity of the owner where the file names one."""
    skipped: tuple[Skipped, ...] = ()
    """Damaged places, in the order of the file."""
    notes: tuple[str, ...] = ()
    """What was decided for want of proof, as ids: `date_order_ambiguous`, `own_name_unknown`, `year_guessed`, …"""
    by_file: bool = False
    """`group` is only what its file was called; filled by `chat/recognise.py`."""
    moments: bool = False
    """The file tells moments (Unix time, or wall time with its offset): `time` is certain, `local` computed in `zone`.
    Else it tells what a wall clock showed: `local` is certain and `time` computed (see `chat/reread.py`)."""


def messages(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows that somebody said: no events. Bots stay in; leave them out where people are counted."""
    return rows.filter(rows["kind"].to_physical() < len(MESSAGE_KINDS))


def people_messages(rows: pl.DataFrame) -> pl.DataFrame:
    """The messages of people: no events, no bots."""
    return rows.filter((rows["kind"].to_physical() < len(MESSAGE_KINDS)) & ~rows["bot"])


def reported(rows: pl.DataFrame) -> int:
    """How many events the network reported: one that happened to several people has a row for each of them."""
    events = rows.filter(rows["kind"].to_physical() >= len(MESSAGE_KINDS))
    happened = events.filter(pl.col("subject").is_not_null())
    lines = happened.select("line", "sequence", "time", "sender", "kind", "text").unique()
    return events.height - happened.height + lines.height
