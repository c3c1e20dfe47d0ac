"""The stir: what a spark (a red packet, a shout) changed in a group: the hour after it beside the hour before it, and
beside the same hour of the weeks before.

A spark that brings thirty stickers and nothing else wakes nobody: what is said without a word, and the packet itself,
are not counted, and besides messages and speakers it is told how many spoke who had been silent for a week, and
how many still spoke in the hour after that one.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import polars as pl

from huoqun.chat.message import MESSAGE_KINDS

HOUR = timedelta(hours=1)
WEEKS = 4
"""How many weeks back the usual hour is taken from."""
SILENT = timedelta(days=7)
NOT_TALK = ("red_packet", "transfer", "sticker", "other")
"""Kinds that answer a packet without a word."""


@dataclass(frozen=True)
class Hour:
    """One hour: messages with words or pictures, and who said them."""

    messages: int
    speakers: int


@dataclass(frozen=True)
class Stir:
    """What the hours around a spark held.

    `usual`: messages in the same hour of the weeks before, on average (None where the record does not reach back);
    `woken`: who spoke after it and had not for a week; `stayed`: who of those who spoke in the hour after it spoke in
    the next one too.
    """

    before: Hour
    after: Hour
    usual: float | None
    woken: int
    stayed: int


def stir(rows: pl.DataFrame, at: datetime) -> Stir:
    """The stir of a spark at a moment (naive UTC), out of a group's rows of the five weeks before it and the two hours
    after (layout `chat.message.SCHEMA`)."""
    kind = pl.col("kind").cast(pl.String)
    talk = kind.is_in([k for k in MESSAGE_KINDS if k not in NOT_TALK]) & ~pl.col("bot").fill_null(False)
    said = rows.filter(talk & pl.col("sender").is_not_null()).select("time", "sender")

    def within(begin: datetime, end: datetime) -> pl.DataFrame:
        return said.filter((pl.col("time") >= begin) & (pl.col("time") < end))

    before, after, later = within(at - HOUR, at), within(at, at + HOUR), within(at + HOUR, at + 2 * HOUR)
    past = set(within(at - SILENT, at)["sender"])
    first = rows["time"].min()
    weeks = [at - timedelta(weeks=n) for n in range(1, WEEKS + 1)]
    known = [w for w in weeks if isinstance(first, datetime) and first <= w]
    usual = sum(within(w, w + HOUR).height for w in known) / len(known) if known else None
    spoke = set(after["sender"])
    return Stir(
        Hour(before.height, before["sender"].n_unique()),
        Hour(after.height, len(spoke)),
        usual,
        len(spoke - past),
        len(spoke & set(later["sender"])),
    )
