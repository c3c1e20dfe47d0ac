"""WeChat as text: 留痕 (MemoTrace, WeChatMsg) and WeFlow.

留痕, header, body of any number of lines, an empty line; the name may also stand before the time:

    2026-10-05 21:40:12 老王
    今晚谁来？
    带上茶

    老王 2026-10-05 21:40:12
    …

WeFlow puts the name in single quotes; the operator's own messages are from '我':

    2023-11-15 06:15:23 'Alice'
    hello

Bodies may hold lines that look like headers. The group is the file's name.
"""

from dataclasses import replace

import polars as pl

from huoqun.chat.blocks import bodies, headers, in_order, lines, orphans, with_bodies
from huoqun.chat.draft import of_names
from huoqun.chat.message import Chat
from huoqun.chat.refusal import NotAChat
from huoqun.chat.source import Source

NAME = "wechat_txt"

_TIME = r"(?P<time>\d{4}-\d{1,2}-\d{1,2} \d{1,2}:\d{2}:\d{2})"
LAYOUTS = {
    "weflow": rf"^{_TIME} '(?P<name>.*)'\s*$",
    "memotrace": rf"^{_TIME} (?P<name>\S.{{0,99}}?)\s*$",
    "memotrace_name_first": rf"^(?P<name>\S.{{0,99}}?) {_TIME}\s*$",
}
"""Variants and their header lines, the most specific first."""
_WITHIN = 20
"""The first header stands within so many lines with words: damage at the start is no reason to refuse."""
_SYSTEM = ("系统消息", "系统", "system", "System")
_QQ = r"[(<][^()<>\s]{5,}[)>]\s*$"
"""A QQ number or mail behind the name: that is another format."""


def recognises(source: Source) -> bool:
    """Headers of one of the three layouts near the start, most of them with words below."""
    return not source.parts and _layout(source.head.encode()) is not None


def _layout(head: bytes) -> str | None:
    table = lines(head)
    first = table.filter(pl.col("said").str.strip_chars() != "").head(_WITHIN)
    for layout, pattern in LAYOUTS.items():
        if first["said"].str.contains(pattern).any():
            found = headers(table, pattern)
            strange = found["name"].str.contains(_QQ).sum()
            if found.height and strange < 0.5 * found.height and with_bodies(table, found) >= 0.5:
                return layout
    return None


def read(source: Source, *, zone: str | None) -> list[Chat]:
    """The one chat of the file."""
    layout = _layout(source.head.encode())
    if layout is None:
        raise NotAChat(source.name, "no_message", skipped=0)
    table = lines(source.data)
    found = headers(table, LAYOUTS[layout]).with_columns(
        pl.col("time").str.to_datetime("%Y-%m-%d %H:%M:%S", time_unit="us", strict=False).alias("local")
    )
    draft = bodies(table, in_order(found, "local"))
    chat = of_names(_draft(draft), f"{NAME}.{layout}", "wechat", source.stem, zone)
    return [replace(chat, skipped=(*orphans(table, draft), *chat.skipped))]


def _draft(found: pl.DataFrame) -> pl.DataFrame:
    event = pl.col("name").is_in(_SYSTEM)
    return found.select(
        pl.col("line").alias("place"),
        "line",
        "local",
        pl.when(event).then(pl.lit("notice")).otherwise(pl.lit("text")).alias("kind"),
        pl.when(~event).then(pl.when(pl.col("name") != "").then("name").otherwise(pl.lit("?"))).alias("sender"),
        "text",
    )
