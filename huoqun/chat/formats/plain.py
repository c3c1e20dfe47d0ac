"""Anybody's table: CSV, TSV and the like, a spreadsheet, JSON lines, a JSON array of objects.

    时间,发送者,内容
    2024-01-02 03:04:05,张三,早

    {"timestamp": 1704164645, "user": "ann", "message": "hi", "id": "7", "reply_to": "6"}

Columns are known by their headings (chat/columns.py), times by their looks (chat/stamp.py). At least time, sender and
text are needed, and the values must look like a chat: that is checked, because many tables have a date and a name.
Comes last in recognising.
"""

import re
from collections.abc import Sequence
from typing import Any

import msgspec
import polars as pl

from huoqun.chat import delimited, records
from huoqun.chat.columns import OWN, roles
from huoqun.chat.draft import by_group, settle
from huoqun.chat.formats import sheet
from huoqun.chat.formats.qq_message import TYPE_WORDS
from huoqun.chat.message import KINDS, Chat, Skipped
from huoqun.chat.placeholder import WORDS, told_apart
from huoqun.chat.refusal import NotAChat
from huoqun.chat.source import Source
from huoqun.chat.stamp import stamps
from huoqun.chat.zone import choose

NAME = "plain"

_KINDS = {"event": "notice", "system": "notice", "notice": "notice", "gif": "sticker", "img": "image"}
_KIND_OF = {**WORDS, **TYPE_WORDS, **{k: k for k in KINDS if k != "system"}, **_KINDS}
_LISTS = ("messages", "data", "items", "records", "rows", "list", "result", "chat")
"""Keys under which a JSON object may hold its messages."""
_TRUE = ("true", "1", "yes", "y", "是")


def recognises(source: Source) -> bool:
    """A heading line, or the keys of the first records, with time, sender and text."""
    if source.parts:
        return False
    if sheet.is_sheet(source):
        return _of_sheet(source) is not None
    head = source.head.lstrip()
    if head[:1] in ("{", "["):
        return bool(roles(_keys(head)))
    return delimited.delimiter(head) is not None


def _keys(head: str) -> list[str]:
    """The keys at the start of a JSON text, those of a sender's object with it."""
    found = re.findall(r'"([^"\\]{1,40})"\s*:', head[:16384])
    return list(dict.fromkeys(found))[:60]


def read(source: Source, *, zone: str | None) -> list[Chat]:
    """One chat for each group the table names, else one."""
    if sheet.is_sheet(source):
        table = _of_sheet(source)
        if table is None:
            raise NotAChat(source.name, "no_heading")
        return _chats(source, *table, zone=zone, variant=".xlsx")
    head = source.head.lstrip()
    if head[:1] in ("{", "["):
        return _chats(source, *_of_json(source), zone=zone, variant=".json")
    mark = delimited.delimiter(head)
    if mark is None:
        raise NotAChat(source.name, "no_heading")
    found = delimited.table(source.data[:].decode("utf-8", "replace"), mark)
    cells = _columns(found.headings, found.rows)
    return _chats(source, cells, found.lines, tuple(found.skipped), zone=zone, variant=".csv")


def _columns(headings: Sequence[str | None], rows: Sequence[Sequence[str | None]]) -> dict[str, list[str | None]]:
    """The cells of the columns that play a role, by role."""
    cells: dict[str, list[str | None]] = {}
    for role, at in roles(headings).items():
        cells[role] = [row[at] if at < len(row) else None for row in rows]
    if tuple(h or "" for h in headings[: len(OWN)]) == OWN:
        cells["own"] = []
    return cells


_Found = tuple[dict[str, list[str | None]], Sequence[int] | None, tuple[Skipped, ...]]


def _of_sheet(source: Source) -> _Found | None:
    """The first sheet with the headings of a chat. Lines are rows, from 0 with the headings."""
    try:
        with sheet.workbook(source) as book:
            for name in sheet.names(book):
                lines = sheet.rows(book, name)
                headings = [sheet.words(cell) for cell in next(lines, ())]
                if roles(headings):
                    rows = [(n, [sheet.words(c) for c in row]) for n, row in enumerate(lines, 1) if any(row)]
                    return _columns(headings, [row for _, row in rows]), [n for n, _ in rows], ()
    except NotAChat:
        return None
    return None


def _of_json(source: Source) -> _Found:
    """The records of an array, of an object's list, or of lines."""
    by_line = False
    if source.head.lstrip().startswith("["):
        found = records.array(source.data[:], dict[str, Any], NAME)
    else:
        raw = _listed(source)
        by_line = raw is None
        found = records.lines(source.data, dict[str, Any]) if raw is None else records.array(raw, dict[str, Any], NAME)
    flat = [_flat(item) for item in found.items]
    headings = list(dict.fromkeys(key for item in flat[:500] for key in item))
    wanted = roles(headings)
    cells = {role: [_cell(item.get(headings[at])) for item in flat] for role, at in wanted.items()}
    return cells, found.places if by_line else None, found.skipped


def _listed(source: Source) -> msgspec.Raw | None:
    """The messages inside one JSON object; None where the file is lines of objects."""
    try:
        whole = msgspec.json.decode(source.data, type=dict[str, msgspec.Raw])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, ValueError):
        return None
    return next((whole[k] for k in _LISTS if k in whole and bytes(whole[k]).lstrip()[:1] == b"["), None)


def _flat(item: dict[str, Any]) -> dict[str, Any]:
    """A record with the sender's object spread out: `user: {id, name}` becomes `user id` and `user name`."""
    if not any(isinstance(value, dict) for value in item.values()):
        return item
    flat: dict[str, Any] = {}
    for key, value in item.items():
        if isinstance(value, dict):
            inner = {str(k).lower(): v for k, v in value.items() if not isinstance(v, dict | list)}
            if key.lower() in ("sender", "from", "author", "user", "member"):
                flat["sender id"] = inner.get("id") or inner.get("user_id") or inner.get("uid")
                flat["sender name"] = inner.get("name") or inner.get("nickname") or inner.get("username")
        else:
            flat[key] = value
    return flat


def _cell(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, list):
        return "".join(v if isinstance(v, str) else str(v.get("text", "")) for v in value if isinstance(v, str | dict))
    return sheet.words(value) if not isinstance(value, dict) else None


def _chats(
    source: Source,
    cells: dict[str, list[str | None]],
    lines: Sequence[int] | None,
    lost: tuple[Skipped, ...],
    *,
    zone: str | None,
    variant: str,
) -> list[Chat]:
    if not cells or not cells.get("text"):
        raise NotAChat(source.name, "no_message", skipped=0)
    draft, found, why, notes = _draft(source, cells, lines, zone)
    groups = draft["group"].drop_nulls().unique(maintain_order=True) if "group" in draft.columns else pl.Series([])
    parts = by_group(draft, "group", source.name) if groups.len() > 1 else [draft]
    chats: list[Chat] = []
    for part in parts:
        frame, skipped = settle(part, zone=found)
        name = part["group"].drop_nulls().first() if "group" in part.columns else None
        chats.append(
            Chat(
                format=NAME + variant,
                network="other",
                group=str(name or source.stem),
                group_id=None,
                zone=found,
                zone_source=why,
                exported_at=None,
                has_ids=bool(frame["key"].is_not_null().any()),
                moments="time" in draft.columns,
                rows=frame,
                skipped=tuple(sorted((*(lost if not chats else ()), *skipped), key=lambda s: s.line)),
                notes=notes,
            )
        )
    return chats


def _draft(
    source: Source, cells: dict[str, list[str | None]], lines: Sequence[int] | None, zone: str | None
) -> tuple[pl.DataFrame, str, str, tuple[str, ...]]:
    column = {role: records.texts(values) for role, values in cells.items() if role != "own"}
    when = column["time"] if "time" in column else column["local"]
    if "clock" in column:
        when = pl.select(pl.concat_str([when.str.slice(0, 10), column["clock"]], separator=" ")).to_series()
    read = stamps(when)
    _like_a_chat(source, column, read.found)
    found, why = choose(zone, read.zone)
    utc = "own" in cells or ("local" in column and "time" in column)
    clock = read.time if read.time is not None else read.local
    assert clock is not None
    count = clock.len()
    place = pl.Series(lines if lines is not None else range(count), dtype=pl.Int64)
    known = {"place": place, "time" if read.time is not None or utc else "local": clock}
    known["line"] = place if lines is not None else pl.Series([None] * count, dtype=pl.Int64)
    frame = pl.DataFrame(known | {c: column[c] for c in ("key", "reply_to", "group", "subject") if c in column})
    frame = frame.with_columns(
        *(_empty(c) for c in ("key", "reply_to", "group", "subject") if c in column),
        *_said(column),
    )
    notes = ("date_order_ambiguous",) if read.ambiguous else ()
    return told_apart(frame) if "own" not in cells else frame, found, why, notes


def _empty(name: str) -> pl.Expr:
    return pl.when(pl.col(name).str.strip_chars() != "").then(name).alias(name)


def _said(column: dict[str, pl.Series]) -> list[pl.Series]:
    """Who said what: sender, name, kind, text and the smaller columns."""
    table = pl.DataFrame({c: column[c] for c in ("sender", "name", "kind", "text", "bot") if c in column})
    missing = [pl.lit(None, pl.String).alias(c) for c in ("sender", "name", "kind", "bot") if c not in column]
    table = table.with_columns(missing)
    kind = pl.col("kind").str.strip_chars().str.to_lowercase()
    told = kind.replace_strict(_KIND_OF, default=None, return_dtype=pl.String).fill_null("text")
    name = pl.when(pl.col("name").str.strip_chars() != "").then(pl.col("name").str.strip_chars())
    who = pl.coalesce(pl.when(pl.col("sender").str.strip_chars() != "").then(pl.col("sender").str.strip_chars()), name)
    system = who.is_in(["系统消息", "系统", "system", "System"])
    table = table.with_columns(
        pl.when(system).then(pl.lit("notice")).otherwise(told).alias("kind"),
        pl.when(~system).then(who).alias("sender"),
        pl.when(~system).then(name).alias("name"),
        pl.col("bot").str.to_lowercase().is_in(_TRUE).fill_null(False).alias("bot"),
    )
    sequence = column["sequence"].cast(pl.Int64, strict=False) if "sequence" in column else None
    said = [table[c] for c in ("sender", "name", "kind", "text", "bot")]
    return said if sequence is None else [*said, sequence.alias("sequence")]


def _like_a_chat(source: Source, column: dict[str, pl.Series], times: float) -> None:
    """Refuse a table whose values are not those of a chat."""
    if times < 0.5:
        raise NotAChat(source.name, "few_times", share=f"{times:.0%}")
    who = column["name"] if "name" in column else column["sender"]
    spoken = who.filter(who.str.strip_chars() != "")
    said = column["text"].filter(column["text"].str.strip_chars() != "")
    if not spoken.len() or not said.len():
        raise NotAChat(source.name, "empty_columns")
    if spoken.len() >= 50 and spoken.n_unique() > 0.9 * spoken.len():
        raise NotAChat(source.name, "all_names_differ")
    if said.len() >= 20 and said.str.contains(r"^[\s\d.,%+-]*$").mean() > 0.8:  # type: ignore[operator]
        raise NotAChat(source.name, "only_numbers")
