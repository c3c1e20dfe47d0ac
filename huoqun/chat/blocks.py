"""Blocks: messages of a text file that have a header line of their own and a body of any number of lines.

The danger is a body that looks like a header. Two things tell them apart: a real header has an empty line before it
(where the file does so at all), and real headers stand in the order of time, because exporters sort.
"""

from bisect import bisect_right
from mmap import mmap

import numpy as np
import numpy.typing as npt
import polars as pl

from huoqun.chat.message import Skipped

_SORTED = 0.99
"""From this share of headers in order on, the file counts as sorted, and what steps out of order is body."""


def lines(data: bytes | mmap) -> pl.DataFrame:
    """`line` and `said` (without its line end) of every line; only `\\n` ends one."""
    text = data[:].decode("utf-8", "replace")
    said = pl.Series("said", text.split("\n"), dtype=pl.String).str.strip_suffix("\r")
    if said.len() and said[-1] == "":
        said = said.head(-1)
    return pl.DataFrame({"line": pl.int_range(said.len(), dtype=pl.Int64, eager=True), "said": said})


def headers(table: pl.DataFrame, pattern: str, *, after_empty: bool = True) -> pl.DataFrame:
    """The lines that match `pattern`, with its named groups as columns; `gap`: whether the line before is empty.

    With `after_empty`, lines without a gap before are dropped if most headers of the file have one.
    """
    gap = pl.col("said").shift(1).str.strip_chars().fill_null("") == ""
    found = table.with_columns(gap.alias("gap")).filter(pl.col("said").str.contains(pattern))
    others = found["gap"].tail(-1)
    if after_empty and 2 * others.sum() >= found.height - 1:
        found = found.filter("gap")
    return found.with_columns(pl.col("said").str.extract_groups(pattern).alias("_parts")).unnest("_parts")


def in_order(found: pl.DataFrame, column: str) -> pl.DataFrame:
    """The headers whose time stands in order; all of them where the file is not sorted."""
    times = found[column]
    known = found.filter(times.is_not_null())
    values = known[column].cast(pl.Int64).to_numpy()
    if len(values) < 3 or bool(np.all(values[1:] >= values[:-1])):
        return known
    kept = longest_rise(values)
    if kept.mean() < _SORTED:
        return known
    return known.filter(pl.Series(kept))


def longest_rise(values: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Which values belong to one longest part that never falls (patience sorting, n log n)."""
    tails: list[int] = []
    at: list[int] = []
    before = np.full(len(values), -1, np.int64)
    for place, value in enumerate(values.tolist()):
        slot = bisect_right(tails, value)
        if slot == len(tails):
            tails.append(value)
            at.append(place)
        else:
            tails[slot] = value
            at[slot] = place
        if slot:
            before[place] = at[slot - 1]
    kept = np.zeros(len(values), np.bool_)
    place = at[-1] if at else -1
    while place >= 0:
        kept[place] = True
        place = int(before[place])
    return kept


def bodies(table: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """`found` with `text`: the lines from below each header to above the next, without empty lines at the end."""
    starts = found.select("line", pl.col("line").alias("block"))
    placed = table.join(starts, on="line", how="left", maintain_order="left").with_columns(
        pl.col("block").forward_fill()
    )
    inner = placed.filter(pl.col("block").is_not_null() & (pl.col("block") != pl.col("line")))
    texts = inner.group_by("block", maintain_order=True).agg(pl.col("said").str.join("\n").alias("text"))
    joined = found.join(texts, left_on="line", right_on="block", how="left", maintain_order="left")
    return joined.with_columns(pl.col("text").fill_null("").str.strip_chars_end("\n \t"))


def orphans(table: pl.DataFrame, found: pl.DataFrame) -> tuple[Skipped, ...]:
    """Lines with words above the first header: they belong to no message."""
    first = found["line"][0] if found.height else None
    above = table.filter((pl.col("line") < first) & (pl.col("said").str.strip_chars() != "")) if found.height else table
    return tuple(Skipped(line, "no_header") for line in above["line"].to_list())


def with_bodies(table: pl.DataFrame, found: pl.DataFrame) -> float:
    """The share of headers that have words below them; in a log of a program there are none."""
    marked = table.with_columns(
        pl.col("line").is_in(found["line"].implode()).alias("header"),
        (pl.col("said").str.strip_chars() != "").alias("words"),
    ).with_columns((pl.col("words") & ~pl.col("header")).shift(-1, fill_value=False).alias("below"))
    return float(marked.filter("header")["below"].mean() or 0)  # type: ignore[arg-type]
