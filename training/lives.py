"""The group-lives data: seven years of a real public community, as channels of people and times (no text, no names).

Read from the folder in HUOQUN_DATA; its README gives the sampling rule that `samples` follows to the letter.
"""

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from huoqun.chat.message import SCHEMA

LEAST_MESSAGES = 50
FIRST_DAYS = 90
STEP_DAYS = 60
AHEAD_DAYS = 90


@dataclass(frozen=True)
class Life:
    """One channel without bots: times in days (since the epoch, sorted), people numbered from 0."""

    name: str
    times: np.ndarray
    people: np.ndarray


@dataclass(frozen=True)
class Sample:
    """One channel as of one moment, with what came after."""

    life: int
    when: float
    speakers: int
    """Distinct people of the last 90 days."""
    ahead: int
    """Distinct people of the next 90 days."""

    @property
    def labels(self) -> tuple[bool, bool, bool]:
        """silent, third, half."""
        return self.ahead == 0, self.ahead < self.speakers / 3, self.ahead < self.speakers / 2


def frame() -> pl.DataFrame:
    """The raw table, sorted by time."""
    path = Path(os.environ["HUOQUN_DATA"]) / "group-lives.parquet"
    return pl.read_parquet(path).sort("sent_at", maintain_order=True)


def lives() -> tuple[list[Life], float]:
    """Every channel, in the order of its first message, and the end of the record (of all channels)."""
    people = frame().filter(~pl.col("is_bot"))
    people = people.with_columns((pl.col("sent_at").dt.epoch("us") / 86400e6).alias("at"))
    found = []
    for (name,), part in people.group_by("channel", maintain_order=True):
        codes = np.unique(part["author"].to_physical().to_numpy(), return_inverse=True)[1]
        found.append(Life(str(name), part["at"].to_numpy(), codes))
    return found, float(people["at"].max())


def distinct(life: Life, begin: float, end: float) -> int:
    """How many people spoke from `begin` (inclusive) to `end` (exclusive)."""
    low, high = np.searchsorted(life.times, (begin, end))
    return len(np.unique(life.people[low:high]))


def samples(found: list[Life], end: float, *, step: float = STEP_DAYS) -> list[Sample]:
    """The sampling rule of the data's README (with another `step`: the same rule, denser)."""
    kept = []
    for number, life in enumerate(found):
        if len(life.times) < LEAST_MESSAGES:
            continue
        first = life.times[0] + FIRST_DAYS
        for when in np.arange(first, end - AHEAD_DAYS + 1e-9, step):
            before = int(np.searchsorted(life.times, when))
            if before < 30 or when - life.times[before - 1] > 30:
                continue
            speakers = distinct(life, when - 90, when)
            if speakers >= 5:
                kept.append(Sample(number, float(when), speakers, distinct(life, when, when + AHEAD_DAYS)))
    return kept


def rows(part: pl.DataFrame) -> pl.DataFrame:
    """A channel's part of `frame` as rows of the message schema; the only text is the question mark that is known."""
    said = part.select(
        pl.int_range(pl.len()).cast(pl.String).alias("key"),
        pl.col("sent_at").dt.replace_time_zone(None).alias("time"),
        pl.col("author").cast(pl.String).alias("sender"),
        pl.lit("text").alias("kind"),
        pl.when("is_question").then(pl.lit("is this so?")).otherwise(pl.lit("so it is")).alias("text"),
        pl.col("is_bot").alias("bot"),
    ).with_columns(pl.col("time").alias("local"), pl.col("sender").alias("name"))
    absent = [pl.lit(None).cast(t).alias(n) for n, t in SCHEMA.items() if n not in said.columns]
    order = pl.int_range(pl.len(), dtype=pl.Int32).over("time").alias("order")
    whole = said.with_columns(absent).with_columns(order, pl.lit([], pl.List(pl.String)).alias("mentions"))
    return whole.select([pl.col(n).cast(t) for n, t in SCHEMA.items()]).sort("time", "order")
