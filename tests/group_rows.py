"""Rows of small synthetic groups for tests: what was said, by whom, when."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import polars as pl

from huoqun.chat.message import SCHEMA

START = datetime(2024, 3, 1)
"""Midnight UTC, a Friday; 08:00 in Shanghai."""


def row(minute: float, sender: str | None, text: str = "好的", **more) -> dict:
    """One row `minute` minutes after `START`; `more` are further columns of a row."""
    time = START + timedelta(minutes=minute)
    return {
        "line": None,
        "time": time,
        "local": time + timedelta(hours=8),
        "sender": sender,
        "name": sender and f"名{sender}",
        "kind": "text",
        "text": text,
        "mentions": [],
        "bot": False,
        **more,
    }


def rows(said: Iterable[dict]) -> pl.DataFrame:
    """A frame of `SCHEMA`, sorted, with keys `k0`, `k1` … in the order given."""
    frame = pl.DataFrame(
        [{name: one.get(name) for name in SCHEMA} | {"key": f"k{i}"} for i, one in enumerate(said)], schema=SCHEMA
    )
    order = pl.int_range(pl.len(), dtype=pl.Int32).over("time")
    return frame.sort("time", maintain_order=True).with_columns(order=order)


def links(pairs: Iterable[tuple[int, int]], probability: float = 1.0) -> pl.DataFrame:
    """Links `(row, answers)`."""
    return pl.DataFrame(
        [(a, b, probability) for a, b in pairs],
        schema={"row": pl.UInt32, "answers": pl.UInt32, "probability": pl.Float32},
        orient="row",
    )


def days(number: float) -> float:
    """Minutes of so many days."""
    return number * 24 * 60
