"""qq-chat-exporter (QQ) as a spreadsheet.

Sheet 聊天记录, one message a row:

    序号 | 时间 | 发送者 | 发送者QQ号 | [群头衔] | 消息类型 | 消息内容 | 是否撤回 | 资源数量

Sheets 统计信息, 发送者统计 (排名, 发送者, QQ号, UID, 消息数量, 占比(%)) and 资源列表 are summaries and not read.
`line` is the row, from 0 with the header.
"""

from typing import Any

import polars as pl

from huoqun.chat import records
from huoqun.chat.draft import settle
from huoqun.chat.formats import sheet
from huoqun.chat.formats.qq_message import NOBODY, TYPE_WORDS
from huoqun.chat.message import Chat
from huoqun.chat.placeholder import told_apart
from huoqun.chat.refusal import NotAChat
from huoqun.chat.source import Source
from huoqun.chat.stamp import wall_times
from huoqun.chat.zone import choose

NAME = "qq_exporter_xlsx"

_SHEET = "聊天记录"
_NEEDED = ("时间", "发送者", "消息内容")


def recognises(source: Source) -> bool:
    """A spreadsheet with the sheet 聊天记录 and its columns."""
    if not sheet.is_sheet(source):
        return False
    try:
        with sheet.workbook(source) as book:
            if _SHEET not in sheet.names(book):
                return False
            first = next(sheet.rows(book, _SHEET), ())
            return set(_NEEDED) <= {sheet.words(cell) for cell in first}
    except NotAChat:
        return False


def read(source: Source, *, zone: str | None) -> list[Chat]:
    """The one chat of the file."""
    with sheet.workbook(source) as book:
        lines = sheet.rows(book, _SHEET)
        header = [sheet.words(cell) for cell in next(lines, ())]
        table: list[list[Any]] = [
            [n, *(cell for cell in row[: len(header)])] for n, row in enumerate(lines, 1) if any(row)
        ]
    if not table:
        raise NotAChat(source.name, "no_message", skipped=0)
    at = {name: place + 1 for place, name in enumerate(header) if name}
    column = {
        name: records.texts(
            [sheet.words(row[at[name]]) if name in at and at[name] < len(row) else None for row in table]
        )
        for name in ("时间", "发送者", "发送者QQ号", "消息类型", "消息内容", "是否撤回")
    }
    where, why = choose(zone)
    draft = pl.DataFrame({"line": pl.Series([row[0] for row in table], dtype=pl.Int64), **column})
    frame, skipped = settle(_draft(draft), zone=where)
    return [
        Chat(
            format=NAME,
            network="qq",
            group=source.stem,
            group_id=None,
            zone=where,
            zone_source=why,
            exported_at=None,
            has_ids=False,
            rows=frame,
            skipped=skipped,
        )
    ]


def _draft(table: pl.DataFrame) -> pl.DataFrame:
    told = pl.col("消息类型").str.to_lowercase().replace_strict(TYPE_WORDS, default="text", return_dtype=pl.String)
    number = pl.when(~pl.col("发送者QQ号").str.strip_chars().is_in(NOBODY)).then(pl.col("发送者QQ号").str.strip_chars())
    name = pl.when(~pl.col("发送者").str.strip_chars().is_in([*NOBODY, "系统消息", "系统"])).then("发送者")
    taken_back = pl.col("是否撤回").str.to_lowercase().is_in(["是", "true", "1", "yes", "已撤回"]).fill_null(False)
    nobody = (pl.coalesce(number, name).is_null()) | (told == "notice")
    frame = table.with_columns(
        pl.col("line").alias("place"),
        wall_times(table["时间"]).alias("local"),
        pl.when(taken_back).then(pl.lit("recall")).when(nobody).then(pl.lit("notice")).otherwise(told.fill_null("text"))
        .alias("kind"),
        pl.when(~nobody & ~taken_back).then(pl.coalesce(number, name)).alias("sender"),
        pl.when(~nobody & ~taken_back).then(name).alias("name"),
        pl.when(taken_back).then(pl.coalesce(number, name)).alias("subject"),
        pl.when(~taken_back).then("消息内容").alias("text"),
    )  # fmt: skip
    return told_apart(frame.drop("时间", "发送者", "发送者QQ号", "消息类型", "消息内容", "是否撤回"))
