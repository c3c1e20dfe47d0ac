"""IRC logs as clients and loggers write them: one line a message, no ids, names only, often no date.

Layouts, also mixed in one file; a time may have seconds, and may stand in brackets or after a date::

    [12:34] <nick> text              12:34 <@nick> text            2024-01-02 12:34:56 <nick> text
    [12:34] * nick does something    [12:34] -nick- a notice       [12:34] -nick:#channel- a notice
    === nick [user@host] has joined #channel                       12:34 -!- nick has quit [Ping timeout]
    === nick is now known as other                                 *** nick is now known as other
    --- Log opened Tue Jan 02 12:34:56 2024                        --- Day changed Wed Jan 03 2024

The date comes from the stamp, else from the last `---` line, else from the file name (`2024-01-02…`), else it is
1970-01-01 with the note `date_unknown`. A clock that goes back by more than an hour has passed midnight; one that
goes back by less was put right, and stands still here until it has caught up. Lines without a time of their own take
that of the line above. A line in no layout is skipped as `missing_field`; empty lines are nothing.
"""

import re
from datetime import date
from typing import Any

import polars as pl

from huoqun.chat.message import Chat, Skipped
from huoqun.chat.rows import build
from huoqun.chat.source import Source
from huoqun.chat.zone import choose

NAME = "irc"

CLOCK = r"\[?(?:(\d{4}-\d\d-\d\d)[ T])?(\d{1,2}):(\d\d)(?::(\d\d))?\]?[ \t]+"
"""The time before a line: date, hour, minute, second."""
SPEAKER = (
    r"(?:<[@+%&~! ]?([^<>]{1,64})>|\* ([^\s]{1,64})|-([^\s:!-][^\s:]{0,63}?)(?::[^\s]*)?-|\(([^\s()/]{1,64})[^\s()]*\))"
)
"""Who said it: the name in one of four dresses (said, did, noticed, relayed)."""
SAID = rf"^{CLOCK}{SPEAKER}(?: (.*)|$)"
"""A line somebody said."""
SYSTEM = rf"^(?:{CLOCK})?(?:===|-!-|\*\*\*|-->|<--|---|--) (.*)$"
"""A line the server or the client said, with or without a time."""
DAY = r"^--- (?:Day changed|Log opened|Log closed) \w{3} (\w{3}) +(\d{1,2})(?: (\d\d):(\d\d):(\d\d))? (\d{4})\s*$"
"""A line that names the day: month, day, time where there is one, year."""
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
DATE = re.compile(r"(?<!\d)((?:19|20)\d\d)[-_.]?(0[1-9]|1[0-2])[-_.]?(0[1-9]|[12]\d|3[01])(?!\d)")
LOOKS_LIKE = re.compile(
    r"^(?:\[?(?:\d{4}-\d\d-\d\d[ T])?\d{1,2}:\d\d(?::\d\d)?\]?[ \t]+(?:<[@+%&~! ]?[^\s<>]{1,64}> |\* [^\s]+ |-!- )"
    r"|=== [^\s]+ |--- (?:Day changed|Log opened))"
)
MIDNIGHT = 3600
"""A clock that goes back by more seconds than this has passed midnight (less: a correction, or summer time)."""


def recognises(source: Source) -> bool:
    """Whether most of the file's first hundred lines look like IRC and one of them was said by somebody."""
    lines = [line for line in source.head.split("\n")[:101] if line.strip()][:100]
    fitting = [line for line in lines if LOOKS_LIKE.match(line)]
    return any("<" in line or "* " in line for line in fitting) and 2 * len(fitting) > len(lines)


def read(source: Source, *, zone: str | None) -> list[Chat]:
    """The one chat of a log. `zone` is that of its clock where the operator named one."""
    lines = _lines(source)
    named = _date_of(source.name)
    rows = _kinds(_dated(lines, named or date(1970, 1, 1)))
    strange = rows.filter(pl.col("kind").is_null() & (pl.col("whole").str.strip_chars() != ""))
    wall, zone_source = choose(zone)
    return [
        Chat(
            format=NAME,
            network="irc",
            group=source.stem,
            group_id=None,
            zone=wall,
            zone_source=zone_source,
            exported_at=None,
            has_ids=False,
            rows=build(rows.filter(pl.col("kind").is_not_null()), wall),
            skipped=tuple(Skipped(line, "missing_field") for line in strange["line"]),
            notes=() if named or lines["day"].null_count() < lines.height else ("date_unknown",),
        )
    ]


def _date_of(name: str) -> date | None:
    """The date a file is named after."""
    found = DATE.search(name)
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def _lines(source: Source) -> pl.DataFrame:
    """Every physical line with what its layout says: clock (seconds of the day), day, name, text, report."""
    whole = bytes(source.data).decode("utf-8", "replace").split("\n")
    found = (
        pl.DataFrame({"whole": whole})
        .with_row_index("line")
        .with_columns(pl.col("line").cast(pl.Int64), pl.col("whole").str.strip_suffix("\r"))
        .with_columns(
            pl.col("whole").str.extract_groups(SAID).alias("said"),
            pl.col("whole").str.extract_groups(SYSTEM).alias("told"),
            pl.col("whole").str.extract_groups(DAY).alias("opened"),
        )
    )
    said, told, opened = (pl.col(name).struct for name in ("said", "told", "opened"))
    month = opened.field("1").replace_strict(MONTHS, list(range(1, 13)), default=None, return_dtype=pl.Int32)
    midnight = pl.when(opened.field("6").is_not_null()).then(0)
    return found.select(
        "line",
        "whole",
        pl.coalesce(_clock(said, "2"), _clock(told, "2"), _clock(opened, "3"), midnight).alias("clock"),
        pl.coalesce(
            said.field("1").str.to_date("%Y-%m-%d", strict=False),
            told.field("1").str.to_date("%Y-%m-%d", strict=False),
            pl.date(opened.field("6").cast(pl.Int32), month, opened.field("2").cast(pl.Int32)),
        ).alias("day"),
        pl.coalesce(*(said.field(i) for i in "5678")).alias("name"),
        said.field("9").fill_null("").alias("text"),
        told.field("5").alias("report"),
    )


def _clock(groups: Any, first: str) -> pl.Expr:
    """Seconds of the day from three neighbouring groups: hour, minute, second; null where that is no time."""
    hour, minute, second = (groups.field(str(int(first) + i)).cast(pl.Int64, strict=False) for i in range(3))
    seconds = hour * 3600 + minute * 60 + second.fill_null(0)
    return pl.when((hour < 24) & (minute < 60)).then(seconds)


def _dated(lines: pl.DataFrame, first: date) -> pl.DataFrame:
    """The lines with `local`: midnights counted where the clock goes back, days set where the log names them."""
    stretch = pl.col("day").is_not_null().cum_sum().alias("stretch")
    clock = pl.col("clock").forward_fill().backward_fill().fill_null(0)
    back = pl.col("clock").shift(1).over("stretch") - pl.col("clock")
    return (
        lines.with_columns(clock, stretch, pl.col("day").forward_fill().fill_null(first))
        .with_columns((back > MIDNIGHT).fill_null(value=False).cum_sum().over("stretch").alias("nights"))
        .with_columns(
            (pl.col("day").cast(pl.Datetime("us")) + pl.duration(days="nights", seconds="clock"))
            .cum_max()
            .over("stretch")
            .alias("local")
        )
        .drop("stretch", "nights", "day")
    )


def _kinds(lines: pl.DataFrame) -> pl.DataFrame:
    """The lines with `kind`, and for reports `subject` (whom it befell) and `name` (the new one, for a rename)."""
    report = pl.col("report").str.replace(r"^\* ", "")
    who = report.str.extract(r"^([^\s]+)")
    renamed = report.str.extract(r"^[^\s]+ is now known as ([^\s]+)\s*$")
    kind = (
        pl.when(pl.col("name").is_not_null())
        .then(pl.lit("text"))
        .when(renamed.is_not_null())
        .then(pl.lit("rename"))
        .when(report.str.contains(r"^[^\s]+ +(?:\[[^\]]*\]|\([^)]*\))? *has joined(?: |$)"))
        .then(pl.lit("join"))
        .when(report.str.contains(r"^[^\s]+ +(?:\[[^\]]*\]|\([^)]*\))? *has (?:left|quit)(?: |$)"))
        .then(pl.lit("leave"))
        .when(report.str.contains(r"^[^\s]+ was kicked "))
        .then(pl.lit("remove"))
        .when(pl.col("report").is_not_null())
        .then(pl.lit("system"))
    )
    return lines.with_columns(kind.alias("kind")).with_columns(
        pl.coalesce("name", pl.when(pl.col("kind") == "rename").then(renamed)).alias("name"),
        pl.when(pl.col("kind").is_in(["rename", "join", "leave", "remove"])).then(who).alias("subject"),
        pl.when(pl.col("kind") == "text").then("text").otherwise("whole").alias("text"),
        pl.when(pl.col("kind") == "text").then("name").when(pl.col("kind") == "rename").then(who).alias("sender"),
    )
