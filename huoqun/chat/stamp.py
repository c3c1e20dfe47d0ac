"""The stamp: times as anybody writes them in a column: epoch numbers, ISO, Chinese and English dates, 12-hour clocks.

The style is decided over the whole column, because one file has one habit: `3/4/24` alone tells nothing.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from huoqun.chat import dates
from huoqun.chat.daytime import AFTERNOON, MORNING, NIGHT, halves
from huoqun.chat.draft import MOST_OFFSETS, epoch, one_offset

_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS = {m: f"{n:02d}" for n, m in enumerate(_NAMES, 1)}
_EPOCH = r"^\s*\d{9,19}(?:\.\d{1,9})?\s*$"
_OFFSET = r"^\s*\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)? ?(?:Z|UTC|GMT|[+-]\d\d:?\d\d)\s*$"
_COMPACT = r"^\s*(?P<a>\d{4})(?P<b>\d\d)(?P<c>\d\d)[T _-]?(?P<h>\d\d)(?P<m>\d\d)(?P<s>\d\d)?\s*$"
_PARTS = (
    r"^\s*(?:\S*?(?:day|天|日|周.|星期.)?[,，]?\s+)??(?P<a>\d{1,4})\s?[-/.年\s]\s?(?P<b>\d{1,2})\s?[-/.月\s]\s?(?P<c>\d{1,4})日?"
    r"(?:[T,，\s]*(?P<w>[^\d\s]{0,6}?\.?\s?[^\d\s]{0,4}\.?)\s*(?P<h>\d{1,2})\s?[:：时点.]\s?(?P<m>\d{1,2})"
    r"(?:\s?[:：分.]\s?(?P<s>\d{1,2}))?(?:[.,](?P<f>\d{1,9}))?(?:秒|分)?\s*(?P<v>[^\d\s][^\d]{0,8})?)?\s*$"
)
_SERIAL = r"^\s*[2-7]\d{4}(?:\.\d+)?\s*$"


@dataclass(frozen=True)
class Stamps:
    """A column of times: `time` (naive UTC) where the file tells the moment, else `local` (wall clock)."""

    time: pl.Series | None = None
    local: pl.Series | None = None
    zone: str | None = None
    """The zone of the offsets that all of them carry. `+00:00` is one; `Z`, `UTC` and epoch numbers name a moment and
    say nothing of anybody's clock (docs/decisions/121)."""
    ambiguous: bool = False
    """Day and month might be the other way round."""

    @property
    def found(self) -> float:
        """The share of values that are times."""
        column = self.time if self.time is not None else self.local
        return 0.0 if column is None or not column.len() else 1 - column.null_count() / column.len()


def stamps(values: pl.Series) -> Stamps:
    """Read a column of strings."""
    values = _without_month_names(values.cast(pl.String).alias("v"))
    count = max(values.len() - values.null_count(), 1)

    def share(pattern: str) -> float:
        return float(values.str.contains(pattern).sum() / count)

    if share(_EPOCH) > 0.5 and share(_COMPACT) < 0.5:
        return Stamps(time=epoch(values.str.strip_chars().cast(pl.Float64, strict=False)))
    if share(_OFFSET) > 0.5:
        return _with_offset(values)
    if share(_SERIAL) > 0.5:
        day = values.str.strip_chars().cast(pl.Float64, strict=False) - 25569
        return Stamps(local=((day * 86_400).round() * 1e6).cast(pl.Int64, strict=False).cast(pl.Datetime("us")))
    return _wall(values)


def wall_times(values: pl.Series) -> pl.Series:
    """Wall-clock times; those with an offset lose it."""
    found = stamps(values)
    column = found.local if found.local is not None else found.time
    assert column is not None
    return column


def _with_offset(values: pl.Series) -> Stamps:
    frame = values.to_frame().select(
        pl.col("v").str.strip_chars().str.replace(" ?(?:UTC|GMT|Z)$", "+00:00").str.replace(",", ".", literal=True)
        .str.replace(r" ?([+-]\d\d):?(\d\d)$", "$1:$2").str.replace(" ", "T", literal=True)
        .str.replace(r"(T\d\d:\d\d)([+-])", "$1:00$2")
    )  # fmt: skip
    time = frame["v"].str.to_datetime("%+", time_unit="us", time_zone="UTC", strict=False).dt.replace_time_zone(None)
    offsets = frame["v"].str.extract(r"([+-]\d\d:\d\d)$").drop_nulls().unique().to_list()
    if len(offsets) > MOST_OFFSETS or ("+00:00" in offsets and values.str.contains(r"(?:UTC|GMT|Z)\s*$").any()):
        return Stamps(time=time)
    wall = frame["v"].str.replace(r"[+-]\d\d:\d\d$", "+00:00")
    local = wall.str.to_datetime("%+", time_unit="us", time_zone="UTC", strict=False).dt.replace_time_zone(None)
    return Stamps(time=time, zone=one_offset(time, local))


def _wall(values: pl.Series) -> Stamps:
    compact = values.str.contains(_COMPACT).sum() * 2 > values.len()
    parts = values.str.extract_groups(_COMPACT if compact else _PARTS).struct.unnest()
    if compact:
        parts = parts.with_columns(pl.lit(None, pl.String).alias(c) for c in "wvf")
    number = {c: parts[c].cast(pl.Int64, strict=False).fill_null(0).to_numpy() for c in "abchms"}
    ok = parts["a"].is_not_null().to_numpy() & (number["m"] < 60) & (number["s"] < 60)
    half = halves(
        parts.select(pl.concat_str(pl.col("w").fill_null(""), pl.col("v").fill_null(""))).to_series()
    ).to_numpy()
    twelve = number["h"] == 12
    late = np.isin(half, (AFTERNOON, NIGHT)) & (number["h"] < 12)
    midnight = twelve & np.isin(half, (MORNING, NIGHT))
    hour = np.where(midnight, 0, number["h"] + 12 * late)
    ok &= hour < 24
    seconds = hour * 3600 + number["m"] * 60 + number["s"]
    digits = parts["a"].str.len_chars().fill_null(0).cast(pl.Int64).to_numpy()
    read = dates.read(number["a"][ok], number["b"][ok], number["c"][ok], digits[ok], seconds[ok])
    fraction = parts["f"].str.slice(0, 6).str.pad_end(6, "0").cast(pl.Int64, strict=False).fill_null(0).to_numpy()
    micro = np.zeros(len(ok), np.int64)
    micro[ok] = (read.days * 86_400 + seconds[ok]) * 1_000_000 + fraction[ok]
    good = np.zeros(len(ok), np.bool_)
    good[np.flatnonzero(ok)[read.ok]] = True
    local = pl.Series("local", micro).cast(pl.Datetime("us"))
    local = local.to_frame().select(pl.when(pl.Series(good)).then("local").alias("local")).to_series()
    return Stamps(local=local, ambiguous=read.ambiguous)


def _without_month_names(values: pl.Series) -> pl.Series:
    """`Jan 2, 2024` and `2 January 2024` as numbers, year first."""
    month = r"(?i)\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
    named = values.str.contains(month)
    if not named.any():
        return values
    lower = values.str.to_lowercase().str.replace(r"^\s*(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+", "")
    first = month + r"\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{1,2}:\d\d(?::\d\d)?)\s+(\d{4})"  # ctime
    lower = lower.str.replace(first, "$4-$1-$2 $3")
    lower = lower.str.replace(month + r"\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})", "$3-$1-$2")
    lower = lower.str.replace(r"(\d{1,2})(?:st|nd|rd|th)?[\s-]+" + month[4:] + r",?[\s-]+(\d{4})", "$3-$2-$1")
    numbered = lower.str.replace_many({f"-{m}-": f"-{n}-" for m, n in _MONTHS.items()})
    return values.to_frame().select(pl.when(named).then(numbered).otherwise("v").alias("v")).to_series()
