"""WeChat as it comes from the PC client by selecting messages and copying them. Needs no tool at all.

    张三 2024年1月2日 03:04
    明天几点出发？

    李四 2024年1月2日 下午3:05
    八点

Older clients copy names without times (`张三:` and the text below). Without times nothing can be said about the
life of a group, so that such a file is refused with this reason.
"""

import re
from dataclasses import replace

import polars as pl

from huoqun.chat.blocks import bodies, headers, in_order, lines, orphans
from huoqun.chat.draft import of_names
from huoqun.chat.message import Chat
from huoqun.chat.refusal import NotAChat
from huoqun.chat.source import Source

NAME = "wechat_copy"

_HEADER = (
    r"^(?P<name>\S.{0,99}?)[:：]?\s+(?P<year>\d{4})\s?[年/.-]\s?(?P<month>\d{1,2})\s?[月/.-]\s?(?P<day>\d{1,2})日?\s+"
    r"(?P<half>上午|下午|凌晨|清晨|早上|中午|傍晚|晚上|夜里|AM|PM|am|pm)?\s?(?P<hour>\d{1,2}):(?P<minute>\d{2})"
    r"(?::(?P<second>\d{2}))?\s?(?P<behind>AM|PM|am|pm)?\s*$"
)
_UNTIMED = re.compile(r"(?:^|\n\n)[^\s:：][^\n:：]{0,40}[:：]\n[^\n]+", re.M)
_LATE = ("下午", "傍晚", "晚上", "夜里", "中午", "PM", "pm")


def recognises(source: Source) -> bool:
    """Begins with a name and a time of minutes, the date in Chinese; or blocks of `name:` without any time."""
    head = source.head.lstrip()
    first = head.partition("\n")[0]
    if len(first) > 200 or source.parts:
        return False
    if re.match(_HEADER, first.rstrip("\r")) is not None:
        return True
    plain = head.replace("\r\n", "\n")
    return len(_UNTIMED.findall(plain)) >= 3 and _UNTIMED.match(plain) is not None


def read(source: Source, *, zone: str | None) -> list[Chat]:
    """The one chat of the file."""
    table = lines(source.data)
    found = headers(table, _HEADER)
    if not found.height:
        raise NotAChat(source.name, "no_times")
    draft = bodies(table, in_order(found.with_columns(_local().alias("local")), "local"))
    said = draft.select(
        pl.col("line").alias("place"),
        "line",
        "local",
        pl.lit("text").alias("kind"),
        pl.col("name").alias("sender"),
        "text",
    )
    chat = of_names(said, NAME, "wechat", source.stem, zone)
    return [replace(chat, skipped=(*orphans(table, draft), *chat.skipped))]


def _local() -> pl.Expr:
    half = pl.coalesce("half", "behind")
    hour = pl.col("hour").cast(pl.Int32)
    evening = half.is_in(_LATE) & (hour < 12) & ~((half == "中午") & (hour >= 10))
    midnight = half.is_in(["上午", "凌晨", "AM", "am", "夜里"]) & (hour == 12)
    clock = pl.when(evening).then(hour + 12).when(midnight).then(0).otherwise(hour)
    part = {c: pl.col(c).cast(pl.Int32, strict=False) for c in ("year", "month", "day", "minute", "second")}
    right = (
        part["month"].is_between(1, 12) & part["day"].is_between(1, 31) & (clock < 24) & (part["minute"] < 60)
        & (part["second"].fill_null(0) < 60)
    )  # fmt: skip
    text = pl.format("{}-{}-{} {}:{}:{}", "year", "month", "day", clock, "minute", pl.col("second").fill_null("00"))
    return pl.when(right).then(text.str.to_datetime("%Y-%m-%d %H:%M:%S", time_unit="us", strict=False))
