"""People: everybody who speaks in a group, one row each, with what the other chapters found about them."""

from datetime import timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from huoqun.chat.message import MESSAGE_KINDS
from huoqun.insight.answer import NOBODY, SURE, speakers
from huoqun.insight.document import Person
from huoqun.insight.graph import VISIBLE, circles, graph
from huoqun.insight.reading import Reading
from huoqun.insight.stratum import Past, local_day, past, strata
from huoqun.insight.tie import Ties

RECENT_DAYS = 90
SPOKE = 30
"""Days that `Person.spoke` tells one by one."""


def people_table(
    reading: Reading, now: Ties, *, roles: dict[str, str] | None = None, known: Past | None = None
) -> list[Person]:
    """Everybody who ever spoke, the most active of the last 90 days first; then bots, who have no stratum of their own.

    `roles` are those of the file's member list by identity; `known` is `past(reading, now.evidence)` where at hand.
    """
    roles = roles or {}
    known = known or past(reading, now.evidence)
    frame = (
        reading.messages.group_by("person")
        .agg(_counts(reading))
        .join(_days(reading, known.days, "person"), on="person", how="left")
        .join(strata(known, at=now.at), on="person", how="left")
        .join(_tied(now), on="person", how="left")
        .join(_exchanged(reading), on="person", how="left")
        .join(pl.DataFrame({"circle": circle_of(reading, now)}).with_row_index("person"), on="person", how="left")
        .with_columns(pl.col("ties", "strong_ties", "answers", "answered").fill_null(0))
        .sort("messages_90d", "messages", "person", descending=[True, True, False])
    )
    return [_person(row, roles) for row in frame.iter_rows(named=True)] + _bots(reading, roles)


def circle_of(reading: Reading, now: Ties) -> npt.NDArray[np.int64]:
    """By person: their circle as of the ties' moment, -1 for who is alone."""
    return circles(graph(len(reading.people), now.pairs))


def reason_text(reason: str, value: float | None, of: float | None) -> str:
    """A stratum's reason as the document carries it: the id and its numbers, `answered_by 12 60`."""
    return " ".join([reason, *(f"{number:g}" for number in (value, of) if number is not None)])


def _person(row: dict[str, Any], roles: dict[str, str]) -> Person:
    return Person(
        id=row["id"],
        name=row["name"],
        messages=row["messages"],
        first=row["first"],
        last=row["last"],
        days=row["days"],
        messages_90d=row["messages_90d"],
        days_90d=row["days_90d"],
        messages_7d=row["messages_7d"],
        messages_30d=row["messages_30d"],
        spoke=row["spoke"],
        answered_by=row["answered_by"],
        brought=row["brought"],
        stratum=row["stratum"],
        stratum_reason=reason_text(row["reason"], row["value"], row["of"]),
        ties=row["ties"],
        strong_ties=row["strong_ties"],
        circle=row["circle"] if row["circle"] >= 0 else None,
        answers=row["answers"],
        answered=row["answered"],
        role=roles.get(row["id"]),
    )


def _counts(reading: Reading) -> list[pl.Expr]:
    """What is counted over one sender's messages."""
    back = {days: pl.col("time") > pl.lit(reading.now) - pl.duration(days=days) for days in (7, SPOKE, RECENT_DAYS)}
    return [
        pl.col("sender").first().alias("id"),
        pl.coalesce(pl.col("name").drop_nulls().last(), pl.col("sender").first()).alias("name"),
        pl.len().alias("messages"),
        pl.col("time").min().alias("first"),
        pl.col("time").max().alias("last"),
        *(recent.sum().alias(f"messages_{days}d") for days, recent in back.items()),
    ]


def _days(reading: Reading, days: pl.DataFrame, who: str) -> pl.DataFrame:
    """`who`, days spoken ever (days) and in the last 90, today included (days_90d), those of the last 30 as bits
    (spoke); `days` holds each day once."""
    today = local_day(reading.now, reading.card.zone)
    since = today - timedelta(days=RECENT_DAYS - 1)
    ago = (pl.lit(today) - pl.col("day")).dt.total_days()
    bit = pl.when(ago.is_between(0, SPOKE - 1)).then(pl.lit(2, pl.Int64).pow(ago)).otherwise(0)
    return days.group_by(who).agg(
        days=pl.len(), days_90d=(pl.col("day") >= since).sum(), spoke=bit.cast(pl.Int64).sum()
    )


def _tied(now: Ties) -> pl.DataFrame:
    """person, ties (those that still count in the graph), strong_ties."""
    seen = now.pairs.filter(pl.col("strength") >= VISIBLE)
    ends = pl.concat([seen.select("strong", person=end) for end in ("a", "b")])
    return ends.group_by("person").agg(ties=pl.len(), strong_ties=pl.col("strong").sum())


def _exchanged(reading: Reading) -> pl.DataFrame:
    """person, answers (messages of theirs that answer somebody), answered (messages that somebody answered)."""
    by = speakers(reading)
    links = reading.links.filter(pl.col("probability") >= SURE)
    row, before = links["row"].to_numpy(), links["answers"].to_numpy()
    other = (by[row] != by[before]) & (by[row] != NOBODY) & (by[before] != NOBODY)
    counts = {}
    for name, ends in (("answers", row), ("answered", before)):
        once = np.zeros(by.size, dtype=bool)
        once[ends[other]] = True
        counts[name] = np.bincount(by[once], minlength=len(reading.people))
    return pl.DataFrame(counts).with_row_index("person")


def _bots(reading: Reading, roles: dict[str, str]) -> list[Person]:
    spoke = (pl.col("kind").to_physical() < len(MESSAGE_KINDS)) & pl.col("sender").is_not_null() & pl.col("bot")
    found = reading.rows.filter(spoke & ~pl.col("sender").is_in(reading.people))
    days = _days(reading, found.select("sender", day=pl.col("local").dt.date()).unique(), "sender")
    counted = found.group_by("sender").agg(_counts(reading)).join(days, on="sender").drop("sender").sort("first", "id")
    return [
        Person(stratum="silent", stratum_reason="bot", bot=True, role=roles.get(row["id"]), **row)
        for row in counted.iter_rows(named=True)
    ]
