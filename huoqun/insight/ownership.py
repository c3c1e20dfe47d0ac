"""Vital signs of those who run the group: what hangs on the owner, how present they are, how much the team sells."""

from datetime import timedelta

import numpy as np
import polars as pl

from huoqun.insight.interval import block_share, wilson
from huoqun.insight.liveliness import QUARTER, Ground
from huoqun.insight.measure import Measure, by_week, series, weekly
from huoqun.insight.pulse import today
from huoqun.insight.selling import selling

PRESENCE_DAYS = 28


def dependence_measure(ground: Ground, starts: pl.DataFrame, ties_left: float | None) -> Measure:
    """`owner_dependence`: what leaves with the owner, last 90 days (handbook chapter 4).

    Mean of the share of conversation starts that are the owner's and the share of tie strength that goes with them
    (`ties_left` is what `insight/tie` finds to stay); of the starts alone where ties are unknown. `starts` is the
    table of `insight/start`: only starts that somebody took up, a greeting nobody returned starts nothing.
    """
    if ground.reading.card.owner is None:
        return Measure("owner_dependence", "share")
    days = ground.reading.messages.select("row", "day")
    cases = starts.join(days, on="row").select("day", _by_owner(ground).alias("hit"))
    recent = cases.filter(pl.col("day") >= ground.since(QUARTER))["hit"]
    total, hits = len(recent), int(recent.sum())
    if not total:
        return Measure("owner_dependence", "share", sample=0)
    around = wilson(hits, total)
    value = hits / total
    if ties_left is not None and around is not None:
        lost = 1 - ties_left
        value, around = (value + lost) / 2, ((around[0] + lost) / 2, (around[1] + lost) / 2)
    by = weekly(cases, ground.today, weeks=4).group_by("week").agg(pl.col("hit").mean())
    line = series(by_week(by, "hit"), ground.today, ground.first, empty=None)
    return Measure("owner_dependence", "share", value, total, around, line)


def _by_owner(ground: Ground) -> pl.Expr:
    people = ground.reading.people
    owner = ground.reading.card.owner
    return pl.col("person") == (people.index(owner) if owner in people else len(people))


def presence_measures(ground: Ground) -> list[Measure]:
    """`owner_presence`: share of the last 28 days on which the owner spoke; `owner_voice`: their share of messages.

    Handbook chapter 4, owner presence: a floor and a ceiling.
    """
    if ground.reading.card.owner is None:
        return [Measure("owner_presence", "share"), Measure("owner_voice", "share")]
    own = ground.visits.with_columns(_by_owner(ground).alias("own"))
    per_day = own.group_by("day").agg(
        pl.col("messages").sum().alias("all"), pl.col("messages").filter("own").sum().alias("own")
    )
    days = ground.days.select("day").join(per_day, on="day", how="left").fill_null(0).sort("day")
    recent = days.tail(PRESENCE_DAYS)
    there, said = recent["own"].to_numpy().astype(np.float64), recent["all"].to_numpy().astype(np.float64)
    by = (
        weekly(days, ground.today, weeks=4)
        .group_by("week")
        .agg((pl.col("own") > 0).mean().alias("days"), pl.col("own").sum() / pl.col("all").sum())
        .with_columns(pl.col("own").fill_nan(None))
    )
    lines = [series(by_week(by, c), ground.today, ground.first, empty=None) for c in ("days", "own")]
    present, total = int((there > 0).sum()), float(said.sum())
    voice = float(there.sum()) / total if total else None
    return [
        Measure(
            "owner_presence",
            "share",
            present / len(there) if len(there) else None,
            len(there),
            wilson(present, len(there)),
            lines[0],
        ),
        Measure("owner_voice", "share", voice, int(total), block_share(there, said), lines[1]),
    ]


def staff_messages(ground: Ground) -> pl.DataFrame:
    """Messages of the team the card names (owner included where known for sure): row, day, time, person, `sells`."""
    card = ground.reading.card
    team = set(card.staff) | ({card.owner} if card.owner and card.owner_source != "guess" else set())
    mine = ground.reading.messages.filter(pl.col("sender").is_in(list(team)))
    return mine.select("row", "day", "time", "person", "text", selling(pl.col("text")).fill_null(False).alias("sells"))


def selling_measures(ground: Ground, team: pl.DataFrame) -> list[Measure]:
    """`promotion_load`: share of staff messages that sell, 90 days; `first_sale_days`: from founding to the first one.

    Handbook chapter 4, promotion load; `team` is `staff_messages`. Only where staff is known, and the second only
    where the founding is (`card.created`): a history may begin long after its group.
    """
    card = ground.reading.card
    if not card.staff and (card.owner is None or card.owner_source == "guess"):
        return [Measure("promotion_load", "share"), Measure("first_sale_days", "days")]
    recent = team.filter(pl.col("day") >= ground.since(QUARTER))["sells"]
    by = weekly(team, ground.today, weeks=4).group_by("week").agg(pl.col("sells").mean())
    line = series(by_week(by, "sells"), ground.today, ground.first, empty=None)
    hits, total = int(recent.sum()), len(recent)
    load = Measure("promotion_load", "share", hits / total if total else None, total, wilson(hits, total), line)
    first = team.filter("sells")["time"].min()
    days = None
    if card.created is not None and first is not None:
        days = max(0.0, float((first - card.created) / timedelta(days=1)))  # type: ignore[operator]
    return [load, Measure("first_sale_days", "days", days, 1 if days is not None else None)]


def cadence_measure(ground: Ground) -> Measure:
    """`cadence`: days between organised activities over the last 90 days; None where none was ever marked.

    Handbook chapter 4. The span since the last one counts as if the next came today, so that a stop shows at once.
    """
    card, now = ground.reading.card, ground.reading.now
    begun = sorted({today(card, mark.start) for mark in card.marks if mark.start <= now})
    if not begun:
        return Measure("cadence", "days")
    since = ground.since(QUARTER)
    recent = [day for day in begun if day >= since]
    if not recent:
        return Measure("cadence", "days", float((ground.today - begun[-1]).days), 0)
    spans = [(b - a).days for a, b in zip(recent, recent[1:], strict=False)]
    open_span = (ground.today - recent[-1]).days
    if not spans or open_span > sum(spans) / len(spans):
        spans.append(open_span)
    return Measure("cadence", "days", sum(spans) / len(spans), len(recent))
