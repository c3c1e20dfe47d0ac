"""The feedback day on its pages: marks and words for each item, and the makers' answers under them."""

from datetime import datetime
from typing import Any

from huoqun.activities import feedback
from huoqun.activities.activity import Activity, Participation
from huoqun.people.person import Identity

SHOWN = 50
"""Words shown under one item."""


def staff(activity: Activity, now: datetime) -> dict[str, Any]:
    """All items with everything said of them."""
    there = feedback.judged(activity)
    return {"judged": [_row(j) for j in there], "unanswered": sum(j.unanswered for j in there)}


def member(activity: Activity, who: Identity, mine: Participation | None, now: datetime) -> dict[str, Any]:
    """What they may judge and have judged; what everybody said, once they have had their say or it is over."""
    own, made = feedback.own(activity, who), feedback.made_by(activity, who)
    there = feedback.judged(activity)
    takes, settled = activity.takes(now), activity.state == "settled"
    return {
        "mine_of": [(j, own.get(j.number), range(1, feedback.BEST + 1)) for j in there if j.number not in made],
        "said_so": bool(own),
        "results": [_row(j) for j in there] if own or made or not takes else [],
        "still": bool(there) and not takes,
        "made": made,
        "may_reply": bool(made) and not settled,
    }


def _row(judged: feedback.Judged) -> tuple[feedback.Judged, list[tuple[int, int, float]], Any]:
    """An item, its marks as bars with the best on top, and the words."""
    top = max(judged.marks) or 1
    bars = [(m, n, n / top) for m, n in reversed(list(enumerate(judged.marks, 1)))]
    return judged, bars, judged.words[:SHOWN]
