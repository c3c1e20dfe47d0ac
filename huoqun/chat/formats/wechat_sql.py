"""WeChat as SQL, from WeFlow: INSERTs into one table, read as data and never executed.

    INSERT INTO weflow_messages (session_id, local_id, message_id, create_time, sender, is_send, local_type, media_type,
      content, media_path) VALUES ('room@chatroom', 1, '9001', 1704164645, 'wxid_alice', 0, 1, NULL, 'it''s me', NULL);

Several rows may follow one VALUES. Types are WeChat's numbers: 1 text, 3 image, 34 voice, 43 video, 47 sticker, 49
a card with its sub-type in the upper half, 10000 a notice.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

import polars as pl

from huoqun.chat import records
from huoqun.chat.draft import by_group, epoch, settle
from huoqun.chat.formats.chatlog import APP_TYPES, TYPES
from huoqun.chat.message import Chat, Skipped
from huoqun.chat.refusal import NotAChat
from huoqun.chat.source import Source
from huoqun.chat.zone import choose

NAME = "wechat_sql"

COLUMNS = (
    "session_id", "local_id", "message_id", "create_time", "sender", "is_send", "local_type", "media_type", "content",
    "media_path",
)  # fmt: skip
_INSERT = re.compile(
    r"\bINSERT\s+(?:OR\s+\w+\s+)?INTO\s+[`\"\[]?weflow_messages[`\"\]]?\s*(?:\(([^()]{0,2000})\))?\s*VALUES\s*", re.I
)
_TOKEN = re.compile(r"\s*(?:(?P<text>[NEne]?'(?:[^']|'')*')|(?P<word>[^\s'(),;]+)|(?P<mark>[(),;]))")
_FIELD = re.compile(r"[NEne]?'(?:[^']|'')*+'|[^\s'(),;]+")
_ROW = re.compile(r"\s*,?\s*(\((?:\s*(?:[NEne]?'(?:[^']|'')*+'|[^\s'(),;]+)\s*[,)])++)\s*([;,]?)")
"""A whole sound row at once; where it does not fit, `_TOKEN` goes on step by step and finds the damage."""
_MEDIA = {"image": "image", "voice": "voice", "video": "video", "emoji": "sticker", "file": "file"}


def recognises(source: Source) -> bool:
    """The table's name in a statement."""
    return "weflow_messages" in source.head and bool(
        re.search(r"\b(?:INSERT\s+(?:OR\s+\w+\s+)?INTO|CREATE\s+TABLE)\b", source.head, re.I)
    )


def read(source: Source, *, zone: str | None) -> list[Chat]:
    """One chat for each session, rooms first."""
    rows, skipped = _rows(source.data[:].decode("utf-8", "replace"))
    if not rows:
        raise NotAChat(source.name, "no_message", skipped=0)
    draft = _draft(rows)
    where, why = choose(zone)
    chats: list[Chat] = []
    for part in by_group(draft, "session_id", source.name):
        frame, lost = settle(part, zone=where)
        session = part["session_id"][0]
        chats.append(
            Chat(
                format=NAME,
                network="wechat",
                group=session or source.stem,
                group_id=session,
                zone=where,
                zone_source=why,
                exported_at=None,
                has_ids=True,
                moments=True,
                rows=frame,
                skipped=tuple(sorted((*(skipped if not chats else ()), *lost), key=lambda s: s.line)),
            )
        )
    return chats


def _rows(text: str) -> tuple[list[list[str | int | None]], tuple[Skipped, ...]]:
    """The values of every row in the order of COLUMNS, its line at the end; and the lines that could not be read."""
    rows: list[list[str | int | None]] = []
    skipped: list[Skipped] = []
    at = line = end = 0
    while found := _INSERT.search(text, end):
        width, places = _places(found[1] or ",".join(COLUMNS))
        end = found.end()
        for values, begin, end in _tuples(text, found.end()):  # noqa: B007  the end of the last row is needed below
            line += text.count("\n", at, begin)
            at = begin
            if values is None or len(values) != width:
                skipped.append(Skipped(line, "bad_record"))
            else:
                rows.append([*(None if p is None else values[p] for p in places), line])
    return rows, tuple(skipped)


@lru_cache(maxsize=16)
def _places(listed: str) -> tuple[int, tuple[int | None, ...]]:
    """How many columns a statement lists, and where each of ours stands among them."""
    names = [n.strip(' \t\r\n`"[]').lower() for n in listed.split(",")]
    return len(names), tuple(names.index(c) if c in names else None for c in COLUMNS)


def _tuples(text: str, at: int) -> Iterator[tuple[list[str | None] | None, int, int]]:
    """The rows behind VALUES: values (None: damaged), where the row begins, where it ends."""
    values: list[str | None] = []
    begin, inside = at, False
    while whole := _ROW.match(text, at):
        yield [_value(v) for v in _FIELD.findall(whole[1])], whole.start(1), whole.end(1)
        at = whole.end()
        if whole[2] == ";":
            return
    begin = at
    while found := _TOKEN.match(text, at):
        at = found.end()
        mark = found["mark"]
        if mark == "(":
            if inside:
                yield None, begin, at
                return
            begin, inside, values = found.start("mark"), True, []
        elif mark == ")":
            yield (values if inside else None), begin, at
            inside = False
        elif mark == ";":
            if not inside:
                return
        elif mark is None and inside:
            values.append(_value(found["text"] or found["word"]))
        elif mark is None:
            return
    if inside:
        yield None, begin, at


def _value(written: str) -> str | None:
    if written[-1] == "'":
        return written[written.index("'") + 1 : -1].replace("''", "'")
    return None if written.upper() == "NULL" else written


def _draft(rows: list[list[str | int | None]]) -> pl.DataFrame:
    columns = list(zip(*rows, strict=True))
    table = {name: records.texts(values) for name, values in zip((*COLUMNS, "line"), columns, strict=True)}
    whole = pl.DataFrame(table).with_columns(pl.col("line").cast(pl.Int64))
    number = pl.col("local_type").cast(pl.Int64, strict=False).fill_null(1)
    low, high = number & 0xFFFFFFFF, number // 2**32
    kind = low.replace_strict(TYPES, default="other", return_dtype=pl.String)
    app = high.replace_strict(APP_TYPES, default="link", return_dtype=pl.String)
    media = pl.col("media_type").replace_strict(_MEDIA, default=None, return_dtype=pl.String)
    frame = whole.with_columns(
        pl.when(low == 49).then(pl.coalesce(media, app)).otherwise(kind).alias("kind"),
        epoch(whole["create_time"].cast(pl.Float64, strict=False)).alias("time"),
    )
    said = pl.col("kind").is_in(["text", "notice", "link", "share", "other", "forward"])
    nobody = (pl.col("kind") == "notice") | pl.col("sender").str.ends_with("@chatroom").fill_null(True)
    return frame.select(
        pl.col("line").alias("place"),
        "line",
        "time",
        "session_id",
        pl.when(pl.col("message_id") != "").then("message_id").alias("key"),
        pl.col("local_id").cast(pl.Int64, strict=False).alias("sequence"),
        pl.when(~nobody & (pl.col("sender") != "")).then("sender").alias("sender"),
        "kind",
        pl.when(said).then("content").otherwise(pl.lit("")).alias("text"),
    )
