"""Synthetic lives of groups for tests: who speaks on which day, from a seed; no real person, no real words."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np
import polars as pl

from huoqun.chat.message import SCHEMA
from huoqun.insight.answer import answers
from huoqun.insight.card import Card
from huoqun.insight.cause import Case
from huoqun.insight.newcomer import newcomers
from huoqun.insight.question import questions
from huoqun.insight.reading import Reading, reading
from huoqun.insight.vital import ground, vital_signs

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


def starts(of: Reading, pause: int = 30) -> pl.DataFrame:
    """The table of `insight/start` for a group without links: first words after a pause, when others followed."""
    begun = of.messages.with_columns(
        (pl.col("time").diff() > timedelta(minutes=pause)).fill_null(True).cum_sum().alias("talk")
    )
    first = begun.group_by("talk").agg(
        pl.col("row", "person", "time").first(), pl.col("person").n_unique().alias("people")
    )
    return first.filter(pl.col("people") > 1).sort("row").select("row", "person", "time", "people")


def case(of: Reading, **more) -> Case:
    """The whole case of a group, with what other modules hand in (`strong_share`, `ties_left`, `mood`, `ties`)."""
    base = ground(of)
    arrived, asked, begun = newcomers(of), questions(of), starts(of)
    handed = {k: more[k] for k in ("strong_share", "ties_left", "mood") if k in more}
    signs = {sign.id: sign for sign in vital_signs(base, arrived, asked, begun, **handed)}
    rest = {k: more[k] for k in ("ties", "ties_left", "mood") if k in more}
    return Case(base, signs, arrived, asked, begun, answers(of), **rest)


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
