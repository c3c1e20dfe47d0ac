"""The vote on its pages: the options with their counts as bars."""

from datetime import datetime
from typing import Any

from huoqun.activities import vote
from huoqun.activities.activity import Activity, Participation
from huoqun.insight.stratum import STRATA
from huoqun.people.person import Identity


def staff(activity: Activity, now: datetime) -> dict[str, Any]:
    """All counts, and by stratum who wants what."""
    options = vote.VotePlan.model_validate(activity.plan).options
    there = vote.by_stratum(activity)
    strata = [(s, there[s]) for s in (*STRATA, "") if s in there]
    return {"counts": _bars(activity), "strata": [(s, [votes[o] for o in options]) for s, votes in strata]}


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
