"""The vote on its pages: the options with their counts as bars."""

from datetime import datetime
from typing import Any

from huoqun.activities import vote
from huoqun.activities.activity import Activity, Participation
from huoqun.people.person import Identity


def staff(activity: Activity, now: datetime) -> dict[str, Any]:
    """All counts, with names open to staff in the roster."""
    return {"counts": _bars(activity)}


def member(activity: Activity, who: Identity, mine: Participation | None, now: datetime) -> dict[str, Any]:
    """The options, what they chose, and the counts where these may be seen."""
    plan = vote.VotePlan.model_validate(activity.plan)
    chosen = vote.chosen(activity, who)
    seen = not activity.takes(now) or (plan.shown and bool(chosen))
    return {
        "options": [(o, o in chosen) for o in plan.options],
        "chosen": chosen,
        "counts": _bars(activity) if seen else None,
    }


def _bars(activity: Activity) -> list[tuple[str, int, float]]:
    """Each option with its votes and their share of the most."""
    found = vote.counts(activity)
    top = max((n for _o, n in found), default=0) or 1
    return [(o, n, n / top) for o, n in found]
