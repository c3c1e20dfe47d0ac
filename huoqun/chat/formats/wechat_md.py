"""WeChat as Markdown, from WeFlow.

    # 微信测试群

    - 会话ID: `room@chatroom`
    - 会话类型: 群聊
    - 导出工具: WeFlow

    ---

    ## 2023-11-15 06:15:23 Alice

    > Bob: quoted

    hello
    ![图片](images/one.jpg)

A quote stays in the text as it stands; pictures and files alone become messages of their kind.
"""

import re
from dataclasses import replace

import polars as pl

from huoqun.chat.blocks import bodies, headers, in_order, lines
from huoqun.chat.draft import of_names
from huoqun.chat.message import Chat
from huoqun.chat.source import Source

NAME = "wechat_md"

_HEADER = r"^## (?P<time>\d{4}-\d{1,2}-\d{1,2} \d{1,2}:\d{2}:\d{2}) ?(?P<name>.*?)\s*$"


def recognises(source: Source) -> bool:
    """A title, and either the list of a session or headers of messages."""
    head = source.head
    return bool(re.match(r"\s*# ", head)) and bool(
        re.search(r"^- (?:会话ID|会话类型|导出工具)\s*[:：]", head, re.M) and re.search(_HEADER, head, re.M)
    )


def read(source: Source, *, zone: str | None) -> list[Chat]:
    """The one chat of the file."""
    table = lines(source.data)
    found = headers(table, _HEADER).with_columns(
        pl.col("time").str.to_datetime("%Y-%m-%d %H:%M:%S", time_unit="us", strict=False).alias("local")
    )
    draft = bodies(table, in_order(found, "local"))
    event = pl.col("name").is_in(["系统消息", "系统"])
    said = draft.select(
        pl.col("line").alias("place"),
        "line",
        "local",
        pl.when(event).then(pl.lit("notice")).otherwise(pl.lit("text")).alias("kind"),
        pl.when(~event).then(pl.when(pl.col("name") != "").then("name").otherwise(pl.lit("?"))).alias("sender"),
        pl.col("text").str.strip_chars("\n").str.replace(r"^!(\[[^\[\]\n]{1,8}\]\([^()\n]*\)\s*)$", "$1"),
    )
    title = re.search(r"^# (.*)$", source.head, re.M)
    room = re.search(r"^- 会话ID\s*[:：]\s*`?([^`\s]+)`?", source.head, re.M)
    chat = of_names(said, NAME, "wechat", title[1].strip() if title else source.stem, zone)
    return [replace(chat, group_id=room[1] if room else None)]
