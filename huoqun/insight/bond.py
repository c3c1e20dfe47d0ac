"""Causes in how people hang together: ties, owner, events, core, circles, size."""

from collections.abc import Iterator

import polars as pl

from huoqun.insight.cause import REGULAR_WEEKS, Case, found, over, under
from huoqun.insight.coming import members
from huoqun.insight.document import Finding
from huoqun.insight.interval import wilson
from huoqun.insight.liveliness import QUARTER, event_windows, inside

FEW = 10
"""Below ten speakers in 90 days nothing is said about the structure of a group: it is its people."""
WEAK_SHARE = 0.15
"""Handbook chapter 4: weak ties only. Under one in seven with somebody they really know, of the speakers as of those
who come regularly: whoever says a word and goes knows nobody anywhere (docs/decisions/117-findings-judged.md)."""
REGULARS_LEAST = 5
"""Fewer regulars than this cannot know or not know each other; what is missing then is a core."""
OWNER_SHARE = 0.5
"""More than half of what holds the group leaves with the owner."""
EVENT_SHARE = 0.5
EVENTS_LEAST = 3
CORE_DAYS = 3
"""Core speaks on 3 days of 7 (handbook chapter 2)."""
CORE_SHARE = 0.05
"""Expected core among the speakers of 90 days; a fifth is what the handbook hopes for, a twentieth is what a slow
living group has."""
STEADY_WEEKS = 3
STEADY_APART = 4
"""Nor is a group without a core in which people keep coming: in three weeks of the thirteen, over a month or more."""
CIRCLE_INSIDE = 0.85
KNOWN_SIZE = 300
"""The most people that can each be known (handbook chapter 2: intensive running, 200–300 people)."""
DYADS = 150
"""About as many people as one can know at all (R. Dunbar, 1992)."""
SYMPATHY = 15
"""Strong ties that a person has at most in life at large (R. Dunbar, 1998): where the mean member has them in the
group, it is not too large to know each other."""


def bonds(case: Case) -> Iterator[Finding]:
    """Findings of this family."""
    for one in (weak_ties(case), lives_on_owner(case), lives_on_events(case), no_core(case), clique(case)):
        if one:
            yield one
    if large := too_large(case):
        yield large


def weak_ties(case: Case) -> Finding | None:
    """Members do not know each other: hardly anybody has a strong tie, not even those who come week after week."""
    sign, pairs = case.signs["strong_tie_share"], case.ties
    speakers, regulars = case.speakers(QUARTER), case.steady(REGULAR_WEEKS)
    if speakers < FEW or regulars.len() < REGULARS_LEAST or pairs is None:
        return None
    strong = pairs.filter("strong")
    known = int(regulars.is_in(pl.concat([strong["a"], strong["b"]]).unique().implode()).sum())
    share, around = known / regulars.len(), wilson(known, regulars.len())
    harm = under(0.75, sign.value, sign.interval, WEAK_SHARE)
    if harm is None or under(0.75, share, around, WEAK_SHARE) is None:
        return None
    returned = float(pairs.select(pl.col("returned").mean()).item()) if pairs.height else None
    evidence = {
        "strong_share": sign.value,
        "speakers": speakers,
        "returned_share": returned,
        "regulars": regulars.len(),
        "regulars_strong": known,
    }
    return found("weak_ties", "revival-week", harm, evidence)


def lives_on_owner(case: Case) -> Finding | None:
    """Conversation starts and ties leave with the owner. Only where the owner is known."""
    sign = case.signs["owner_dependence"]
    if case.owner is None or case.speakers(QUARTER) < FEW / 2:
        return None
    harm = over(0.85, sign.value, sign.interval, OWNER_SHARE, 0.95)
    if harm is None:
        return None
    own = pl.col("sender") == case.owner
    recent = case.ground.reading.messages.filter(pl.col("day") >= case.ground.since(QUARTER))
    begun = case.starts.join(recent.filter(own).select("row"), on="row", how="semi")
    every = case.starts.join(recent.select("row"), on="row", how="semi").height
    evidence = {
        "starts_share": begun.height / max(every, 1),
        "ties_lost": None if case.ties_left is None else 1 - case.ties_left,
        "messages_share": float(recent.select(own.mean()).item() or 0.0),
        "days": int(recent.filter(own)["day"].n_unique()),
    }
    shown = case.quotes(begun.sort("row", descending=True)["row"].to_list())
    return found("lives_on_owner", "duty-week", harm, evidence, quotes=shown, people=[case.owner])


def lives_on_events(case: Case) -> Finding | None:
    """Most is said on a few days on which something was put on; the days between are empty."""
    sign = case.signs["event_dependence"]
    ground = case.ground
    since = ground.since(QUARTER)
    recent = ground.reading.messages.filter(pl.col("day") >= since)
    busy = recent.filter(inside(event_windows(ground, since)))
    days = sorted(busy["day"].unique().to_list())
    runs = sum(1 for i, day in enumerate(days) if i == 0 or (day - days[i - 1]).days > 1)
    harm = over(0.7, sign.value, sign.interval, EVENT_SHARE, 0.9)
    if harm is None or runs < EVENTS_LEAST:
        return None
    whole = min(QUARTER, ground.days.height)
    per_day = busy.height / len(days), (recent.height - busy.height) / max(whole - len(days), 1)
    if per_day[0] < 3 * per_day[1]:
        return None
    evidence = {"event_share": sign.value, "events": runs, "per_day_inside": per_day[0], "per_day_outside": per_day[1]}
    return found("lives_on_events", "weekly-spotlight", harm, evidence, days=days[-10:])


def no_core(case: Case) -> Finding | None:
    """Nobody who keeps it going: hardly anybody speaks on 3 days of 7 in two of the last four weeks, nor comes at least
    in `STEADY_WEEKS` of the thirteen."""
    speakers = case.speakers(QUARTER)
    if speakers < FEW or case.ground.days.height < 28:
        return None
    recent = case.visits(28).with_columns(
        ((pl.lit(case.ground.today) - pl.col("day")).dt.total_days() // 7).alias("week")
    )
    weeks = recent.group_by("person", "week").len().filter(pl.col("len") >= CORE_DAYS)
    core = weeks.group_by("person").len().filter(pl.col("len") >= 2).height
    expected = max(2.0, CORE_SHARE * speakers)
    steady = case.steady(STEADY_WEEKS, STEADY_APART).len()
    if core >= expected / 2 or steady >= expected:
        return None
    around = wilson(core, speakers)
    harm = under(0.7, core / speakers, around, expected / speakers)
    evidence = {"core": core, "speakers": speakers, "expected": round(expected), "steady": steady}
    return found("no_core", "cold-start", harm, evidence) if harm else None


def clique(case: Case) -> Finding | None:
    """A handful talks to itself: the most answered few answer each other, and hardly anybody else."""
    recent = case.ground.reading.messages.filter(pl.col("day") >= case.ground.since(QUARTER))
    asked = recent.select("row", pl.col("person").alias("to"))
    pairs = case.answers.join(asked, on="row").select(pl.col("by"), "to")
    speakers = case.speakers(QUARTER)
    if pairs.height < 50 or speakers < 2 * FEW:
        return None
    size = max(3, min(12, round(0.15 * speakers)))
    busiest = (
        pl.concat([pairs.select(pl.col("by").alias("person")), pairs.select(pl.col("to").alias("person"))])
        .group_by("person")
        .len()
        .sort("len", "person", descending=[True, False])["person"]
        .head(size)
    )
    within = pl.col("by").is_in(busiest.implode()) & pl.col("to").is_in(busiest.implode())
    share = float(pairs.select(within.mean()).item())
    harm = over(0.5, share, wilson(share * pairs.height, pairs.height), CIRCLE_INSIDE, 1.0)
    if harm is None:
        return None
    evidence = {"clique": size, "inside_share": share, "speakers": speakers}
    return found("clique", "meetup", harm, evidence, people=case.names(busiest.to_list()))


def too_large(case: Case) -> Finding | None:
    """More people than can know each other, and most of them do not take part."""
    reading = case.ground.reading
    there, spoke = members(reading, case.ground.moves), case.speakers(QUARTER)
    known = reading.card.members is not None or bool(reading.rows["kind"].is_in(["join"]).any())
    if there < KNOWN_SIZE or not known or not spoke:
        return None
    each = None if case.ties is None else 2 * case.ties.filter("strong").height / spoke
    if spoke / there > 0.2 and (spoke < DYADS or (each or 0) > SYMPATHY):
        return None
    harm = 0.4 * min(1.0, 0.6 + 0.4 * (there - KNOWN_SIZE) / 700)
    evidence = {"members": there, "spoke": spoke, "limit": KNOWN_SIZE, "ties_per_person": each}
    return found("too_large", "split-by-region", harm, evidence)
