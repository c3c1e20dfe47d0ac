"""Answers by line: the links of a chat in terms of the lines of its file, for `huoqun replies`.

One output line a link, `line<TAB>answers_line`, 0-based numbers of the input's lines. A start and a system line name
themselves, a message of several lines is named by its first, and a message may have several output lines.
"""

from collections.abc import Iterable
from pathlib import Path

import polars as pl

from huoqun.base.file import write_whole
from huoqun.chat.message import Chat
from huoqun.insight.reply import links


def line_links(chat: Chat) -> list[tuple[int, int]]:
    """Sorted pairs of a line and the line it answers, itself where it answers none; skipped lines name themselves."""
    lines = chat.rows["line"]
    found = links(chat.rows)
    answers = pl.DataFrame({"row": found["row"], "to": lines.gather(found["answers"])})
    own = pl.DataFrame({"row": range(chat.rows.height), "line": lines}, schema={"row": pl.UInt32, "line": pl.Int64})
    pairs = own.join(answers, on="row", how="left").select("line", pl.coalesce("to", "line").alias("to")).drop_nulls()
    known = set(pairs["line"])
    strange = {(skip.line, skip.line) for skip in chat.skipped if skip.line not in known}
    return sorted({*pairs.iter_rows(), *strange})


def write_links(chats: Iterable[Chat], path: Path) -> int:
    """Write `line_links` of the chats of one file, whole or not at all; returns how many lines that are."""
    pairs = sorted({pair for chat in chats for pair in line_links(chat)})
    write_whole(path, "".join(f"{line}\t{to}\n" for line, to in pairs))
    return len(pairs)
