"""Causes in how people are treated: newcomers, questions, moods, those who come and go."""

from collections.abc import Iterator
from datetime import timedelta

import numpy as np
import polars as pl

from huoqun.insight.cause import Case, extent, found, over
from huoqun.insight.document import Finding
from huoqun.insight.interval import wilson
from huoqun.insight.liveliness import QUARTER

ALONE_SHARE = 0.4
"""More than two newcomers in five left alone. In group-lives, newcomers who were answered came back in 44 % of cases,
others in 31 % (data README; published elsewhere: 56 against 44 %)."""
NEWCOMERS_LEAST = 5
UNANSWERED_SHARE = 0.4
QUESTIONS_LEAST = 8
MEMBERS_LEAST = 20
LEAVE_SHARE = 0.08
"""A group that loses one member in twelve a month is gone in a year."""
NEGATIVE_SHARE = 0.15
NEGATIVE_TIMES = 2.0


def care(case: Case) -> Iterator[Finding]:
    """Findings of this family."""
    for one in (newcomers_alone(case), questions_unanswered(case), leaving(case), bad_mood(case)):
        if one:
            yield one
    if dry := no_newcomers(case):
        yield dry


def newcomers_alone(case: Case) -> Finding | None:
    """First words that nobody answers in time."""
    since = case.ground.reading.now - timedelta(days=QUARTER)
    spoke = case.newcomers.filter(pl.col("welcomed").is_not_null(), pl.col("first") >= since)
    alone = spoke.filter(~pl.col("welcomed")).sort("first", descending=True)
    if spoke.height < NEWCOMERS_LEAST:
        return None
    share = alone.height / spoke.height
    harm = over(0.65, share, wilson(alone.height, spoke.height), ALONE_SHARE, 1.0)
    if harm is None:
        return None
    evidence = {
        "newcomers": spoke.height,
        "alone": alone.height,
        "alone_share": share,
        "hours": 1 if case.ground.reading.card.type == "newcomer" else 24,
    }
    rows, people = alone["row"].to_list(), alone["id"].to_list()
    return found("newcomers_alone", "newcomer-welcome", harm, evidence, quotes=case.quotes(rows), people=people[:50])


def questions_unanswered(case: Case) -> Finding | None:
    """Questions into the void. Those of the last 24 hours may still be answered and do not count."""
    now = case.ground.reading.now
    asked = case.questions.filter(
        pl.col("time") >= now - timedelta(days=QUARTER),
        pl.col("answered").is_not_null() | (pl.col("time") < now - timedelta(hours=24)),
    )
    if asked.height < QUESTIONS_LEAST:
        return None
    open_ones = asked.filter(pl.col("answered").is_null()).sort("time", descending=True)
    share = open_ones.height / asked.height
    harm = over(0.55, share, wilson(open_ones.height, asked.height), UNANSWERED_SHARE, 1.0)
    if harm is None:
        return None
    evidence = {
        "questions": asked.height,
        "unanswered": open_ones.height,
        "unanswered_share": share,
        "median_minutes": case.signs["answer_minutes"].value,
    }
    shown = case.quotes(open_ones["row"].to_list())
    return found("questions_unanswered", "weekly-feedback-day", harm, evidence, quotes=shown)


def leaving(case: Case) -> Finding | None:
    """Many leave in a month."""
    sign = case.signs["leave_rate"]
    if sign.value is None or (sign.sample or 0) < MEMBERS_LEAST:
        return None
    harm = over(0.6, sign.value, sign.interval, LEAVE_SHARE, 0.3)
    if harm is None:
        return None
    rows, since = case.ground.reading.rows, case.ground.reading.now - timedelta(days=30)
    joined = rows.filter((pl.col("kind") == "join") & (pl.col("time") >= since))["subject"].n_unique()
    there = sign.sample or 0
    evidence = {
        "left": round(sign.value * there),
        "members": there - round(sign.value * there),
        "leave_rate": sign.value,
        "joined": joined,
    }
    return found("leaving", "newcomer-welcome", harm, evidence)


def no_newcomers(case: Case) -> Finding | None:
    """New people have stopped coming, and those who are there grow fewer by themselves.

    Against the quarters before; chance of so few by Poisson (normal on square roots). Groups whose people live long
    (relationship, staff) and camps need no newcomers.
    """
    if case.ground.reading.card.type in ("relationship", "staff", "camp", "core") or case.ground.days.height < 270:
        return None
    first = case.ground.visits.group_by("person").agg(pl.col("day").min())["day"]
    ago = (pl.Series([case.ground.today]) - first).dt.total_days().to_numpy()
    quarters = int(min(case.ground.days.height // QUARTER, 5))
    new = np.array([((ago >= QUARTER * q) & (ago < QUARTER * (q + 1))).sum() for q in range(quarters)])
    before = new[1 : max(2, quarters - 1)].mean()
    if before < 6 or new[0] > before / 3:
        return None
    gap = 2 * (np.sqrt(before / 2) - np.sqrt(new[0]))
    if gap < 1.28:
        return None
    harm = 0.45 * extent(-float(new[0]), -float(before) / 3, 0.0)
    evidence = {"new_90d": int(new[0]), "new_before": float(before), "days_since_new": int(ago.min())}
    return found("no_newcomers", "invitation-race", harm, evidence)


def bad_mood(case: Case) -> Finding | None:
    """The tone of the last weeks is far more negative than the group's own."""
    recent, before = case.mood[-4:], case.mood[-30:-4]
    total, past = sum(w.messages for w in recent), sum(w.messages for w in before)
    if total < 50 or past < 200:
        return None
    hits = sum(w.negative * w.messages for w in recent)
    usual = sum(w.negative * w.messages for w in before) / past
    threshold = max(NEGATIVE_SHARE, NEGATIVE_TIMES * usual)
    harm = over(0.65, hits / total, wilson(hits, total), threshold, max(0.5, 2 * threshold))
    if harm is None:
        return None
    evidence = {"negative_share": hits / total, "usual_share": usual, "messages": total, "weeks": len(recent)}
    return found("bad_mood", "crisis", harm, evidence)
