"""Causes in who takes part: the silent many, the few who carry it, regulars who leave, one voice only."""

from collections.abc import Iterator

import numpy as np
import polars as pl

from huoqun.insight.cause import REGULAR_WEEKS, Case, extent, found, over, under
from huoqun.insight.coming import members
from huoqun.insight.document import Finding
from huoqun.insight.interval import wilson
from huoqun.insight.liveliness import QUARTER
from huoqun.insight.share import gini, resampled, top_share

FEW = 10
MEMBERS_LEAST = 30
SPEAKING_SHARE = 0.2
"""The handbook expects a fifth of the members to carry the rest; fewer than that speaking in 90 days is worse."""
TOP_SHARE = 0.9
"""In four of five living channels of group-lives the top fifth writes under 0.67 (data/normal.json)."""
REGULARS_LEAST = 5
GONE_SHARE = 0.4
GONE_DAYS = 45
"""… and is gone who has not been heard for half a quarter: longer than a holiday."""
ONE_VOICE = 0.6
FALL = 0.6
"""Fewer than three people where five spoke."""
BELOW_USUAL = 0.8
"""… and clearly fewer than the group's usual, so that the passing of a peak is no decline."""
USUAL_QUARTERS = 4


def crowd(case: Case) -> Iterator[Finding]:
    """Findings of this family."""
    parts = (silent_majority(case), few_carry(case), shrinking_core(case), monologue(case), fewer_people(case))
    yield from (one for one in parts if one)


def silent_majority(case: Case) -> Finding | None:
    """Most members never say a word. Only where the number of members is truly known."""
    reading = case.ground.reading
    there, spoke = members(reading, case.ground.moves), case.speakers(QUARTER)
    known = reading.card.members is not None or bool((reading.rows["kind"] == "join").any())
    if there < MEMBERS_LEAST or not known or case.ground.days.height < 28:
        return None
    harm = under(0.5, spoke / there, wilson(min(spoke, there), there), SPEAKING_SHARE)
    if harm is None:
        return None
    evidence = {"members": there, "spoke": spoke, "silent_share": max(0.0, 1 - spoke / there)}
    return found("silent_majority", "win-back-silent", harm, evidence)


def few_carry(case: Case) -> Finding | None:
    """A few people write nearly everything."""
    recent = case.visits(QUARTER).group_by("person").agg(pl.col("messages").sum())
    if recent.height < 2 * FEW:
        return None
    recent = recent.sort("messages", "person", descending=[True, False])
    counts = recent["messages"].to_numpy().astype(np.float64)
    share = top_share(counts)
    harm = over(0.4, share, resampled(counts)[0], TOP_SHARE, 1.0)
    if harm is None:
        return None
    few = int(np.searchsorted(np.cumsum(counts), 0.8 * counts.sum())) + 1
    evidence = {"top_fifth_share": share, "gini": gini(counts), "speakers": recent.height, "top_people": few}
    return found("few_carry", "team-up", harm, evidence, people=case.names(recent["person"].head(few).to_list()[:20]))


def shrinking_core(case: Case) -> Finding | None:
    """The regulars leave: many of those who carried the quarter before the last are not heard any more."""
    ground = case.ground
    if ground.days.height < 150:
        return None
    before = case.visits(120, GONE_DAYS).with_columns(
        ((pl.lit(ground.today) - pl.col("day")).dt.total_days() // 7).alias("week")
    )
    regulars = before.group_by("person").agg(pl.col("week").n_unique()).filter(pl.col("week") >= REGULAR_WEEKS)
    here = case.visits(GONE_DAYS)["person"].unique()
    gone = regulars.filter(~pl.col("person").is_in(here.implode())).sort("week", "person", descending=[True, False])
    if regulars.height < REGULARS_LEAST:
        return None
    share = gone.height / regulars.height
    harm = over(0.8, share, wilson(gone.height, regulars.height), GONE_SHARE, 1.0)
    if harm is None:
        return None
    evidence = {"regulars": regulars.height, "gone": gone.height, "gone_share": share, "weeks": round(GONE_DAYS / 7)}
    return found("shrinking_core", "revival-week", harm, evidence, people=case.names(gone["person"].to_list())[:50])


def monologue(case: Case) -> Finding | None:
    """One person speaks, the others listen or have gone."""
    recent = case.visits(QUARTER).group_by("person").agg(pl.col("messages").sum(), pl.col("day").n_unique())
    total = int(recent["messages"].sum())
    if total < 30 or recent.height < 3:
        return None
    loudest = recent.sort("messages", "person", descending=[True, False]).row(0, named=True)
    per_day = case.visits(QUARTER).with_columns((pl.col("person") == loudest["person"]).alias("own"))
    share = loudest["messages"] / total
    around = wilson(share * per_day["day"].n_unique(), per_day["day"].n_unique())
    harm = over(0.65, share, around, ONE_VOICE, 0.95)
    if harm is None:
        return None
    evidence = {"share": share, "days": loudest["day"], "others": recent.height - 1}
    return found("monologue", "cold-start", harm, evidence, people=case.names([loudest["person"]]))


def fewer_people(case: Case) -> Finding | None:
    """Fewer people speak than in the quarter before, and than in the median quarter of the year before. Messages do not
    matter: the same people saying less is no decline.

    The chance of such a fall by luck is that of two Poisson counts (on square roots).
    """
    if case.ground.days.height < 2 * QUARTER:
        return None
    now, before = case.speakers(QUARTER), case.speakers(QUARTER, QUARTER)
    if before < FEW or now > FALL * before:
        return None
    quarters = range(1, 1 + min(USUAL_QUARTERS, case.ground.days.height // QUARTER - 1))
    usual = float(np.median([case.speakers(QUARTER, QUARTER * quarter) for quarter in quarters]))
    if now > BELOW_USUAL * usual:
        return None
    if 2 * (np.sqrt(before) - np.sqrt(now)) / np.sqrt(2) < 1.28:
        return None
    said = int(case.visits(QUARTER)["messages"].sum()), int(case.visits(QUARTER, QUARTER)["messages"].sum())
    fall = 1 - now / before
    evidence = {
        "speakers_90d": now,
        "speakers_before": before,
        "fall_share": fall,
        "messages_fall_share": 1 - said[0] / max(said[1], 1),
    }
    return found("fewer_people", "revival-week", 0.65 * extent(fall, 1 - FALL, 1.0), evidence)
