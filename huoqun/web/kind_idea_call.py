"""The idea call on its pages: proposals by likes, with their answers; staff merge and answer."""

from datetime import datetime
from typing import Any

from huoqun.activities import idea_call
from huoqun.activities.activity import Activity, Participation
from huoqun.people.person import Identity

SHOWN = 200


def staff(activity: Activity, now: datetime) -> dict[str, Any]:
    """All proposals, those without an answer first."""
    there = idea_call.ideas(activity)
    rows = sorted(there, key=lambda idea: bool(idea.answer))
    return {
        "ideas": rows[:SHOWN],
        "waits": sum(not idea.answer for idea in there),
        "statuses": idea_call.ANSWERS,
    }


def member(activity: Activity, who: Identity, mine: Participation | None, now: datetime) -> dict[str, Any]:
    """All proposals with what they may do with each, and their own with its answer."""
    plan = idea_call.IdeaPlan.model_validate(activity.plan)
    root = who.person.root_id or who.person_id
    there = idea_call.ideas(activity)
    rows = []
    for idea in there[:SHOWN]:
        all_of = [idea.row, *idea.merged]
        own = [r for r in all_of if (r.person.root_id or r.person_id) == root]
        name = idea.row.identity.name if plan.named and idea.row.identity.group_id == who.group_id else ""
        rows.append((idea, name, root in idea.likers, own))
    return {
        "ideas": rows,
        "own": [(row, idea) for idea, _name, _liked, mine_ in rows for row in mine_],
        "named": plan.named,
        "still": bool(there),
    }
