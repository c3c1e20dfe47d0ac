"""Circles on their pages: what waits for a word, who is in which, what they have done."""

from datetime import datetime
from typing import Any

from huoqun.activities import circle
from huoqun.activities.activity import Activity, Participation
from huoqun.people.person import Identity


def staff(activity: Activity, now: datetime) -> dict[str, Any]:
    """Proposals, and every circle with its people and results."""
    return {"proposals": circle.proposals(activity), "circles": circle.circles(activity)}


def member(activity: Activity, who: Identity, row: Participation | None, now: datetime) -> dict[str, Any]:
    """One's own circles first, then the others; what one proposed and waits."""
    there = circle.circles(activity)
    return {
        "own": [c for c in there if c.has(who.person)],
        "others": [c for c in there if not c.has(who.person)],
        "proposed": circle.proposals(activity).filter(person=who.person_id),
        "sorts": circle.SORTS,
        "me": str(who.pk),
    }
