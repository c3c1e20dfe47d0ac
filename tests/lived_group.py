"""Synthetic lives of groups for tests: who speaks on which day, from a seed; no real person, no real words."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np
import polars as pl

from huoqun.chat.message import SCHEMA
from huoqun.insight.card import Card
from huoqun.insight.cause import Case
from huoqun.insight.examination import examine
from huoqun.insight.reading import Reading, reading
from huoqun.insight.tie import Ties

NOW = datetime(2025, 6, 30, 12)
LINKS = {"row": pl.UInt32, "answers": pl.UInt32, "probability": pl.Float32}


def said(
    days: np.ndarray, people: np.ndarray, *, seed: int = 1, text: str = "好的", kind: str = "text", spread: int = 100
) -> pl.DataFrame:
    """Rows said `days` ago (whole days before `NOW`) by people (numbers), at random minutes of an afternoon."""
    random = np.random.default_rng(seed)
    minutes = random.integers(0, spread, len(days))
    start = datetime(2025, 6, 30, 1, 30)
    times = [start - timedelta(days=int(d)) + timedelta(minutes=int(m)) for d, m in zip(days, minutes, strict=True)]
    return pl.DataFrame({"time": times, "sender": [f"p{p}" for p in people], "text": text, "kind": kind})


def event(kind: str, days: Sequence[int], subjects: Sequence[str]) -> pl.DataFrame:
    """Events: somebody joined, left or was removed so many days before `NOW`."""
    times = [NOW - timedelta(days=d, hours=11) for d in days]
    return pl.DataFrame({"time": times, "kind": kind, "subject": list(subjects), "text": "系统消息"})


def rows(*parts: pl.DataFrame) -> pl.DataFrame:
    """All parts as rows of the message schema, sorted, on Shanghai's clock."""
    both = pl.concat(parts, how="diagonal").filter(pl.col("time") <= NOW).sort("time", maintain_order=True)
    for name, kind in SCHEMA.items():
        if name not in both.columns:
            both = both.with_columns(pl.lit(None).cast(kind).alias(name))
    return both.with_columns(
        pl.int_range(pl.len()).cast(pl.String).alias("key"),
        (pl.col("time").cast(pl.Datetime("us")) + timedelta(hours=8)).alias("local"),
        pl.int_range(pl.len(), dtype=pl.Int32).over("time").alias("order"),
        pl.col("sender").alias("name"),
        pl.col("bot").fill_null(False),
        pl.lit([], pl.List(pl.String)).alias("mentions"),
    ).select([pl.col(n).cast(t) for n, t in SCHEMA.items()])


def group(*parts: pl.DataFrame, card: Card | None = None, links: Sequence[tuple[int, int]] = ()) -> Reading:
    """A reading of these parts as of `NOW`."""
    table = pl.DataFrame([(a, b, 1.0) for a, b in links], schema=LINKS, orient="row")
    return reading(rows(*parts), table, card or Card(), now=NOW)


def case(of: Reading, *, strong: float = 0.6, **more) -> Case:
    """The whole case of a group, of whose recent speakers the share `strong` is tied strongly to the next one."""
    recent = of.messages.filter(pl.col("time") > NOW - timedelta(days=89))["person"].unique().sort().to_list()
    tied = recent[: round(strong * len(recent))]
    pairs = {"a": tied[:-1], "b": tied[1:], "strong": [True] * (len(tied) - 1), "returned": [True] * (len(tied) - 1)}
    table = pl.DataFrame(pairs, schema={"a": pl.UInt32, "b": pl.UInt32, "strong": pl.Boolean, "returned": pl.Boolean})
    return examine(of, **{"ties": Ties(table, NOW, pl.DataFrame()), **more})


def regulars(
    count: int, *, days: int = 400, chance: float = 0.3, each: float = 3, seed: int = 1, until: int = 0, first: int = 0
) -> pl.DataFrame:
    """`count` people (numbered from `first`), each speaking on a day with `chance`, from `days` to `until` days ago."""
    random = np.random.default_rng(seed)
    span = np.arange(until, days)
    spoke = random.random((count, len(span))) < chance
    person, day = np.nonzero(spoke)
    times = random.poisson(each - 1, len(day)) + 1
    return said(np.repeat(span[day], times), np.repeat(person + first, times), seed=seed)


def passers(per_day: float, *, days: int = 400, until: int = 0, seed: int = 2, first: int = 1000) -> pl.DataFrame:
    """New people all the time, each of whom speaks on one to three days and is gone."""
    random = np.random.default_rng(seed)
    came = np.repeat(np.arange(until, days), random.poisson(per_day, days - until))
    person = np.arange(len(came)) + first
    again = random.integers(0, 3, len(came))
    back = np.repeat(came, again) - random.integers(1, 20, again.sum())
    keep = back >= until
    return said(np.concatenate([came, back[keep]]), np.concatenate([person, np.repeat(person, again)[keep]]), seed=seed)
