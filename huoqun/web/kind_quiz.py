"""The quiz on its pages: questions only while a try runs, results and right answers when it is over."""

from datetime import datetime
from typing import Any

from huoqun.activities import quiz
from huoqun.activities.activity import Activity, Participation
from huoqun.activities.contribution import ACCEPTED
from huoqun.people.person import Identity

SHOWN = 10
"""Of the best, members see so many, and themselves."""


def staff(activity: Activity, now: datetime) -> dict[str, Any]:
    """Who is where, and which questions were hard."""
    return {
        "standings": quiz.standings(activity)[:200],
        "rights": [(q, n, of, n / of if of else 0) for q, n, of in quiz.rights(activity)],
        "many": len(quiz.questions(activity)),
    }


def member(activity: Activity, who: Identity, mine: Participation | None, now: datetime) -> dict[str, Any]:
    """The try they are in, what they have, and the results when it is over."""
    there, running = quiz.tries(activity, who), quiz.going(activity, who, now)
    over = not activity.takes(now)
    questions, plan = quiz.questions(activity), quiz.QuizPlan.model_validate(activity.plan)
    ranked = quiz.standings(activity) if over else []
    root = who.person.root_id or who.person_id
    done = [row for row in there if row.state == ACCEPTED]
    best = max((int(row.score or 0) for row in done), default=None)
    last = done[-1].values["answers"] if done else [[]] * len(questions)
    return {
        "asked": [(n, q, len(q.right) > 1) for n, q in enumerate(questions)] if running and not over else [],
        "ends": quiz.ends(activity, running) if running else None,
        "many": len(questions),
        "left": max(0, plan.tries - len(there)),
        "best": best,
        "over": over,
        "still": over and bool(ranked),
        "top": [(p, _name(p, who)) for p in ranked[:SHOWN]],
        "mine_at": next((p for p in ranked if p.root == root), None),
        "solutions": [(q, sorted(q.right), last[n]) for n, q in enumerate(questions)] if over else [],
    }


def _name(place: quiz.Place, who: Identity) -> str:
    return place.identity.name if place.identity.group_id == who.group_id else ""
