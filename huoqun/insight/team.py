"""Causes in how a group is run: staff who do everything, selling, empty schedules, homework, missing activities.

Only where the card knows the team or the marked activities; a guess about who is staff accuses nobody.
"""

from collections.abc import Iterator
from datetime import timedelta

import numpy as np
import polars as pl

from huoqun.insight.cause import Case, Evidence, extent, found, over
from huoqun.insight.document import Finding
from huoqun.insight.interval import block_share, wilson
from huoqun.insight.liveliness import QUARTER
from huoqun.insight.ownership import staff_messages
from huoqun.insight.pulse import today

STAFF_SHARE = 0.6
SELL_SHARE = 0.25
"""Ours: one staff message in four. The handbook only says "too often"; an operator's own ceiling wins."""
FIRST_SALE = 7
"""Days without selling (handbook chapters 4 and 12)."""
CADENCE = 7
"""Days between activities: one or two spotlights a week (handbook chapter 7)."""
SCHEDULE_SHARE = 0.6
"""A post is on schedule when its hour of the day carries one on three days of five."""
COLD = 0.6
"""… and cold when three in five get no answer within two hours."""
TASKS = ("作业", "打卡任务", "今日任务", "本周任务", "homework", "assignment")
HANDED = ("作业", "打卡", "完成", "已交", "提交", "homework", "done", "submitted")


def teams(case: Case) -> Iterator[Finding]:
    """Findings of this family."""
    parts = [below_floor(case), camp_ending(case)]
    if case.team:
        said = staff_messages(case.ground)
        parts += [staff_do_everything(case, said), selling_early(case, said), selling_often(case, said)]
        parts += [cold_schedule(case, said), homework_burden(case, said)]
    yield from (one for one in parts if one)


def staff_do_everything(case: Case, said: pl.DataFrame) -> Finding | None:
    """The team speaks, members watch. Needs at least two of a team: one is the owner's finding."""
    since = case.ground.since(QUARTER)
    recent = case.ground.reading.messages.filter(pl.col("day") >= since)
    mine = said.filter(pl.col("day") >= since)
    days = recent.group_by("day").agg(pl.len().alias("all")).join(
        mine.group_by("day").agg(pl.len().alias("own")), on="day", how="left"
    )  # fmt: skip
    hits, cases = (days[c].fill_null(0).to_numpy().astype(np.float64) for c in ("own", "all"))
    share = float(hits.sum() / max(cases.sum(), 1))
    around = block_share(hits, cases)
    harm = over(0.6, share, around, STAFF_SHARE, 0.95)
    team = mine["person"].n_unique()
    if harm is None or team < 2 or cases.sum() < 50:
        return None
    begun = case.starts.join(recent.select("row"), on="row", how="semi")
    staff = begun.join(mine.select("row"), on="row", how="semi").height
    by_members = case.answers.join(recent.select("row"), on="row", how="semi").filter(
        ~pl.col("by").is_in(mine["person"].unique().implode())
    )
    answered = case.answers.join(recent.select("row"), on="row", how="semi").height
    evidence = {
        "staff_share": share,
        "starts_share": staff / max(begun.height, 1),
        "staff": team,
        "members_answer_share": by_members.height / max(answered, 1),
    }
    return found("staff_do_everything", "duty-week", harm, evidence)


def selling_early(case: Case, said: pl.DataFrame) -> Finding | None:
    """The first offer came before anybody was warm. Only in a group's first half year, where its birth is known."""
    sign, card = case.signs["first_sale_days"], case.ground.reading.card
    if sign.value is None or sign.value >= FIRST_SALE or card.created is None:
        return None
    if case.ground.reading.now - card.created > timedelta(days=180):
        return None
    rows = said.filter("sells").sort("row")["row"].to_list()
    evidence = {"first_sale_days": sign.value, "floor_days": FIRST_SALE}
    harm = 0.55 * extent(-sign.value, -FIRST_SALE, 0.0)
    return found("selling_early", "six-step-promotion", harm, evidence, quotes=case.quotes(rows))


def selling_often(case: Case, said: pl.DataFrame) -> Finding | None:
    """Too much of what the team says sells."""
    sign = case.signs["promotion_load"]
    ceiling = case.ground.reading.card.ranges.get("promotion_load", (0.0, SELL_SHARE))[1]
    if (sign.sample or 0) < 20:
        return None
    harm = over(0.65, sign.value, sign.interval, ceiling, max(0.8, ceiling + 0.1))
    if harm is None:
        return None
    offers = said.filter(pl.col("sells"), pl.col("day") >= case.ground.since(QUARTER)).sort("row", descending=True)
    evidence = {
        "selling_share": sign.value,
        "selling": offers.height,
        "staff_messages": sign.sample,
        "ceiling": ceiling,
    }
    shown = case.quotes(offers["row"].to_list())
    return found("selling_often", "six-step-promotion", harm, evidence, quotes=shown)


def cold_schedule(case: Case, said: pl.DataFrame) -> Finding | None:
    """Posts by the clock that nobody answers: right as far as it goes, and it does not last (handbook chapter 4)."""
    local = case.ground.reading.messages.select("row", "local")
    recent = said.filter(pl.col("day") >= case.ground.since(28)).join(local, on="row")
    days = case.ground.days.tail(28).height
    by_hour = recent.with_columns(pl.col("local").dt.hour().alias("hour"))
    fixed = by_hour.group_by("hour").agg(pl.col("day").n_unique()).filter(pl.col("day") >= SCHEDULE_SHARE * days)
    posts = by_hour.join(fixed.select("hour"), on="hour", how="semi").group_by("day", "hour").agg(pl.col("row").min())
    if days < 14 or not fixed.height or posts.height < 15:
        return None
    said_at = case.ground.reading.messages.select("row", pl.col("time").alias("asked"))
    answered = case.answers.join(said_at, on="row").filter(
        pl.col("answered") - pl.col("asked") <= timedelta(hours=2),
        ~pl.col("by").is_in(said["person"].unique().implode()),
    )
    cold = posts.filter(~pl.col("row").is_in(answered["row"].implode()))
    share = cold.height / posts.height
    on_schedule = by_hour.join(fixed.select("hour"), on="hour", how="semi").height / max(by_hour.height, 1)
    harm = over(0.5, share, wilson(cold.height, posts.height), COLD, 1.0)
    if harm is None or on_schedule < 0.5:
        return None
    everyone = case.visits(28)["messages"].sum()
    evidence: Evidence = {
        "posts": posts.height,
        "fixed_share": on_schedule,
        "hours": ", ".join(str(hour) for hour in sorted(fixed["hour"].to_list())),
        "unanswered_share": share,
        "person_share": 1 - recent.height / max(int(everyone), 1),
    }
    shown = case.quotes(cold.sort("row", descending=True)["row"].to_list())
    return found("cold_schedule", "weekly-feedback-day", harm, evidence, quotes=shown)


def homework_burden(case: Case, said: pl.DataFrame) -> Finding | None:
    """Tasks keep coming, fewer and fewer hand in: homework has become a burden.

    Handed in: a member's message within two days of a task that names it or brings a picture or file. First against
    second half of the tasks of the last 90 days.
    """
    asked = said.filter(
        pl.col("day") >= case.ground.since(QUARTER), pl.col("text").str.to_lowercase().str.contains_any(list(TASKS))
    )
    tasks = asked.group_by("day").agg(pl.col("row").min(), pl.col("time").min()).sort("day")
    if tasks.height < 6:
        return None
    named = pl.col("text").str.to_lowercase().str.contains_any(list(HANDED))
    staff = said["person"].unique().implode()
    handed = case.ground.reading.messages.filter(
        ~pl.col("person").is_in(staff), named | pl.col("kind").is_in(["image", "file", "video"])
    ).select("time", "person")
    both = tasks.select("day", pl.col("time").alias("given")).join(handed, how="cross")
    in_time = (pl.col("time") >= pl.col("given")) & (pl.col("time") <= pl.col("given") + timedelta(days=2))
    counts = both.filter(in_time).group_by("day").agg(pl.col("person").n_unique().alias("people"))
    people = tasks.join(counts, on="day", how="left")["people"].fill_null(0).to_numpy().astype(np.float64)
    half = len(people) // 2
    before, now = people[:half].mean(), people[half:].mean()
    if before < 3 or now > before / 2 or 2 * (np.sqrt(before * half) - np.sqrt(now * half)) / np.sqrt(2) < 1.28:
        return None
    fall = 1 - now / before
    span = max((tasks["day"][-1] - tasks["day"][0]).days, 7) / 7
    evidence = {
        "tasks": tasks.height,
        "per_week": tasks.height / span,
        "handed_in_before": float(before),
        "handed_in_now": float(now),
        "fall_share": float(fall),
    }
    shown = case.quotes(tasks["row"].to_list()[::-1])
    return found("homework_burden", "challenge-100", 0.45 * extent(float(fall), 0.5, 1.0), evidence, quotes=shown)


def below_floor(case: Case) -> Finding | None:
    """Organised activities come too seldom, or have stopped. Only where some were marked."""
    sign, card = case.signs["cadence"], case.ground.reading.card
    floor = card.ranges.get("cadence", (0.0, CADENCE))[1]
    begun = sorted(today(card, m.start) for m in card.marks if m.start <= case.ground.reading.now)
    if sign.value is None or not begun or sign.value <= 2 * floor:
        return None
    harm = 0.5 * extent(sign.value, 2 * floor, 8 * floor)
    evidence: Evidence = {
        "days_between": sign.value,
        "floor_days": floor,
        "last_activity": begun[-1].isoformat(),
        "activities": sign.sample,
    }
    return found("below_floor", "weekly-spotlight", harm, evidence, days=begun[-5:])


def camp_ending(case: Case) -> Finding | None:
    """A camp ends within two weeks: what comes after must be told before. Not harm yet, a deadline."""
    card, now = case.ground.reading.card, case.ground.reading.now
    if card.ends is None or not now < card.ends <= now + timedelta(days=14):
        return None
    evidence = {"days_left": (card.ends - now).days, "members": case.signs["speaking_share"].sample}
    return found("camp_ending", "camp-farewell", 0.2, evidence)
