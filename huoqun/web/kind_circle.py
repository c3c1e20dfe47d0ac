"""Circles on their pages: what waits for a word, who is in which, what they have done."""

from datetime import datetime
from typing import Any

from huoqun.activities import circle, proposing
from huoqun.activities.activity import Activity, Participation
from huoqun.people.person import Identity

DECLINED = 20
"""Of what was declined the newest are shown."""


def staff(activity: Activity, now: datetime) -> dict[str, Any]:
    """Proposals, and every circle with its people and results."""
    return {
        "proposals": circle.proposals(activity),
        "circles": circle.circles(activity),
        "declined": proposing.declined(activity, circle.CIRCLE)[:DECLINED],
        "takes_circles": activity.takes(now),
    }


def member(activity: Activity, who: Identity, row: Participation | None, now: datetime) -> dict[str, Any]:
    """One's own circles first, then the others; what one proposed, waits or was declined."""
    there = circle.circles(activity)
    return {
        "own": [c for c in there if c.has(who.person)],
        "others": [c for c in there if not c.has(who.person)],
        "proposed": circle.proposals(activity).filter(person=who.person_id),
        "declined": circle.gone(activity, who.person)[:DECLINED],
        "sorts": circle.SORTS,
        "me": str(who.pk),
    }
