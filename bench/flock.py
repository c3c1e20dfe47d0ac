"""A made-up fleet: many groups over a year, in the archive's layout (a sorted Parquet file per month), from one seed.

Sizes differ as they do (a few groups talk most), groups are born over the year and fade, a few people say most, and
one message in nine asks something. Texts are short and say nothing.
"""

from datetime import datetime
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from huoqun.chat.lake import ORDER, ROW_GROUP, STORED

OUT = Path(__file__).parent / "out"
BEGIN = datetime(2024, 1, 1)
NOW = datetime(2025, 1, 1)
YEAR = 366 * 86_400
AT_ONCE = 1_500_000
"""Rows made at a time."""


def flock(groups: int, messages: int, *, seed: int = 1) -> list[Path]:
    """The files of so many groups and about so many messages, made once."""
    folder = OUT / f"fleet-{groups}-{messages}-{seed}"
    if not folder.exists():
        draft = folder.with_suffix(".part")
        draft.mkdir(parents=True, exist_ok=True)
        _make(draft, groups, messages, np.random.default_rng(seed))
        draft.rename(folder)
    return sorted(folder.glob("*.parquet"))


def _make(folder: Path, groups: int, messages: int, dice: np.random.Generator) -> None:
    sizes = dice.lognormal(0, 1.2, groups)
    sizes = np.maximum(3, (sizes / sizes.sum() * messages)).astype(np.int64)
    cuts = np.flatnonzero(np.diff(np.cumsum(sizes) // AT_ONCE)) + 1
    writers: dict[str, pq.ParquetWriter] = {}
    for part in np.split(np.arange(groups), cuts):
        for (month,), rows in _rows(part, sizes[part], dice).partition_by("month", as_dict=True).items():
            table = rows.drop("month").to_arrow().cast(_arrow())
            if month not in writers:
                writers[month] = pq.ParquetWriter(folder / f"{month}.parquet", _arrow(), compression="zstd")
            writers[month].write_table(table, row_group_size=ROW_GROUP)
    for writer in writers.values():
        writer.close()


def _arrow() -> pa.Schema:
    schema = pl.DataFrame(schema=STORED).to_arrow().schema
    plain = {pa.large_string(): pa.string(), pa.string_view(): pa.string()}
    fields = [f.with_type(plain.get(f.type, f.type)) if not pa.types.is_large_list(f.type) else f for f in schema]
    fields = [f.with_type(pa.list_(pa.string())) if pa.types.is_large_list(f.type) else f for f in fields]
    return pa.schema(fields)


def _rows(groups: np.ndarray, sizes: np.ndarray, dice: np.random.Generator) -> pl.DataFrame:
    born = dice.uniform(0, 0.4 * YEAR, len(groups))
    life = np.minimum(1, dice.uniform(0.3, 2, len(groups))) * (YEAR - born)
    people = np.maximum(2, (sizes**0.6 * dice.uniform(1, 3, len(groups))).astype(np.int64))
    group = np.repeat(np.arange(len(groups)), sizes)
    n = len(group)
    at = (born[group] + life[group] * dice.beta(1, 1.2, n)).astype(np.int64)
    person = (people[group] * dice.random(n) ** 2.5).astype(np.int64)
    asks = dice.random(n) < 0.11
    words = dice.integers(0, 4000, n)
    frame = pl.DataFrame({"g": groups[group], "at": at, "person": person, "asks": asks, "words": words})
    frame = frame.sort("g", "at", maintain_order=True).with_columns(
        order=pl.int_range(pl.len()).over("g", "at").cast(pl.Int32)
    )
    time = (pl.lit(BEGIN) + pl.duration(seconds="at")).cast(pl.Datetime("us"))
    who = pl.format("u{}", pl.col("person") + pl.col("g") * 13 % 1000)
    text = pl.format("消息 {}", "words") + pl.when("asks").then(pl.lit("怎么办？")).otherwise(pl.lit("了"))
    columns = {
        "group": pl.format("g{}", pl.col("g").cast(pl.String).str.zfill(6)),
        "key": pl.format("{}-{}", "g", pl.int_range(pl.len())),
        "time": time,
        "local": time + pl.duration(hours=8),
        "order": pl.col("order"),
        "sender": who,
        "name": who,
        "kind": pl.lit("text"),
        "text": text,
        "mentions": pl.lit([], pl.List(pl.String)),
        "bot": pl.lit(False),
    }
    full = [(columns.get(name, pl.lit(None, dtype))).alias(name) for name, dtype in STORED.items()]
    return frame.select(full).with_columns(month=time_of(pl.col("time"))).sort(ORDER)


def time_of(time: pl.Expr) -> pl.Expr:
    """The month a row is filed under."""
    return time.dt.strftime("%Y-%m")
