"""qq-chat-exporter (QQ) as text.

    [QQChatExporter V5 / https://github.com/shuakami/qq-chat-exporter]

    聊天名称: 测试群
    聊天类型: 群聊
    导出时间: 2024-01-03 10:00:00
    消息总数: 2
    时间范围: 2024-01-02 03:04:05 - 2024-01-02 03:05:00

    [头衔] 小王:
    时间: 2024-01-02 03:04:05
    内容: 早
    资源: 1 个文件
      - image: a.jpg
    提及: 老李
    回复: 01-02 03:04 老李 - 早

Names only, no ids. Lines below 资源, 提及 and 回复 are about the message and not part of it.
"""

import re
from dataclasses import replace

import polars as pl

from huoqun.chat.blocks import bodies, in_order, lines
from huoqun.chat.draft import of_names
from huoqun.chat.formats.qq_message import NOBODY
from huoqun.chat.message import Chat, Skipped
from huoqun.chat.refusal import NotAChat
from huoqun.chat.source import Source
from huoqun.chat.zone import to_utc

NAME = "qq_exporter_txt"

_TIME = r"^时间: (\d{4}[-/]\d{1,2}[-/]\d{1,2} \d{1,2}:\d{2}:\d{2})"
_TAIL = r"(?s)\n(?:资源: \d+ 个文件|提及: |回复: ).*$"


def recognises(source: Source) -> bool:
    """The exporter's banner over a list of the chat, or its blocks."""
    head = source.head
    if re.search(r"^聊天名称: ", head, re.M) and re.search(r"^(?:聊天类型|导出时间|消息总数): ", head, re.M):
        return True
    return "QQChatExporter" in head[:400] and re.search(_TIME, head, re.M) is not None


def read(source: Source, *, zone: str | None) -> list[Chat]:
    """The one chat of the file."""
    table = lines(source.data)
    draft, damaged = _blocks(table)
    if not draft.height:
        raise NotAChat(source.name, "no_message", skipped=0)
    top = "\n".join(table["said"].head(40).to_list())
    label = re.search(r"^聊天名称: *(.+)$", top, re.M)
    made = re.search(r"^导出时间: *(\d{4}[-/]\d\d?[-/]\d\d? \d\d?:\d\d:\d\d)", top, re.M)
    exported = pl.Series([made[1].replace("/", "-") if made else None], dtype=pl.String).str.to_datetime(
        "%Y-%m-%d %H:%M:%S", time_unit="us", strict=False
    )
    chat = of_names(draft, NAME, "qq", label[1].strip() if label else source.stem, zone)
    told = sorted((*damaged, *chat.skipped), key=lambda place: place.line)
    return [replace(chat, exported_at=to_utc(exported, chat.zone)[0], skipped=tuple(told))]


def _blocks(table: pl.DataFrame) -> tuple[pl.DataFrame, tuple[Skipped, ...]]:
    """The messages: a header is a line that ends in a colon above a line with a time."""
    following = table.with_columns(
        pl.col("said").shift(-1).str.extract(_TIME).str.replace_all("/", "-").alias("time"),
        (pl.col("said").shift(1).str.strip_chars().fill_null("") == "").alias("gap"),
    )
    found = following.filter(pl.col("time").is_not_null() & pl.col("said").str.contains(r"[:：]\s*$")).with_columns(
        pl.col("time").str.to_datetime("%Y-%m-%d %H:%M:%S", time_unit="us", strict=False).alias("local"),
        pl.col("said").str.replace(r"[:：]\s*$", "").str.replace(r"^\[[^\[\]]{1,20}\]\s*(\S)", "$1").alias("name"),
    )
    if 2 * found["gap"].sum() > found.height:
        found = found.filter("gap")
    whole = bodies(table, in_order(found, "local"))
    body = pl.col("text").str.replace(r"^时间:[^\n]*\n?", "")
    nobody = pl.col("name").is_in([*NOBODY, "系统消息", "系统"]) | (pl.col("name") == "")
    damaged = whole.filter(~body.str.contains(r"^(?:内容: ?|$|资源: |提及: |回复: )"))["line"]
    draft = whole.select(
        pl.col("line").alias("place"),
        "line",
        "local",
        pl.when(nobody).then(pl.lit("notice")).otherwise(pl.lit("text")).alias("kind"),
        pl.when(~nobody).then("name").alias("sender"),
        ("\n" + body).str.replace(_TAIL, "").str.replace(r"^\n(?:内容: ?)?", "").str.strip_chars_end().alias("text"),
    )
    return draft.filter(~pl.col("line").is_in(damaged.implode())), tuple(
        Skipped(line, "bad_record") for line in damaged.to_list()
    )
