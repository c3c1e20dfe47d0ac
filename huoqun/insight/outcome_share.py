"""Outcomes that are shares, day by day, read from what was said: of the questions asked on a day, how many somebody
answered within 24 hours (`answers`); of the messages, how many were negative (`mood`).

What asks, what answers and what is negative is decided where the diagnosis decides it (`insight/question`,
`insight/answer`, `insight/mood`). Answers are inferred of the latest part of a long history only (`insight/recent`):
their track begins there, at the beginning of a day. A question of the last 24 hours may still be answered: its day does
not count yet.
"""

from datetime import date, datetime, timedelta

import numpy as np
import polars as pl

from huoqun.insight.card import Card
from huoqun.insight.mood import mood_rows
from huoqun.insight.question import questions
from huoqun.insight.reading import Reading, reading
from huoqun.insight.recent import recent_links
from huoqun.insight.track import Track

SHARES = ("answers", "mood")
IN_TIME = timedelta(hours=24)
"""Within this time a question has to be answered."""


def read(rows: pl.DataFrame, card: Card, *, now: datetime) -> Reading:
    """The rows of a group as answers and moods are read from them."""
    linked = recent_links(rows, now=now)
    return reading(rows, linked.links, card, now=now, linked_from=linked.first)


def shares(said: Reading, until: date) -> dict[str, Track]:
    """The outcomes of a group that are shares, from the first day on which each is known to before the day `until`.
    Empty where nobody ever spoke."""
    if said.messages.is_empty():
        return {}
    found = {
        "answers": _track("answers", _answered(said), _linked(said), until - timedelta(days=1)),
        "mood": _track("mood", _negative(said), said.messages["day"].item(0), until),
    }
    return {name: track for name, track in found.items() if track is not None}


def waits(said: Reading, begin: date, end: date) -> list[float]:
    """How many minutes each question from the day `begin` to before `end` waited for its first answer, of those that
    have one."""
    asked = _asked(said).filter(pl.col("day").is_between(begin, end, closed="left"), pl.col("answered").is_not_null())
    return asked.select((pl.col("answered") - pl.col("time")).dt.total_seconds() / 60).to_series().to_list()


def _linked(said: Reading) -> date:
    """The first whole day of which answers are known."""
    day: date = said.rows["local"].dt.date().item(min(said.linked_from, said.rows.height - 1))
    return day + timedelta(days=1) if said.linked_from else day


def _asked(said: Reading) -> pl.DataFrame:
    return questions(said).join(said.messages.select("row", "day"), on="row", how="inner")


def _answered(said: Reading) -> pl.DataFrame:
    in_time = (pl.col("answered") - pl.col("time") <= IN_TIME).fill_null(value=False)
    return _asked(said).select("day", in_time.alias("hit"))


def _negative(said: Reading) -> pl.DataFrame:
    read_rows = mood_rows(said).select("row", pl.col("negative").alias("hit"))
    return read_rows.join(said.messages.select("row", "day"), on="row", how="inner").select("day", "hit")


def _track(name: str, cases: pl.DataFrame, first: date, until: date) -> Track | None:
    length = (until - first).days
    if length <= 0:
        return None
    inside = cases.filter(pl.col("day").is_between(first, until, closed="left"))
    daily = inside.group_by("day").agg(pl.col("hit").sum().alias("hits"), pl.len().alias("cases"))
    place = (daily["day"] - first).dt.total_days().to_numpy()
    values, asked = np.zeros(length), np.zeros(length)
    values[place], asked[place] = daily["hits"].to_numpy(), daily["cases"].to_numpy()
    return Track(name, first, values, cases=asked)
