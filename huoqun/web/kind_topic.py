"""The topic session on its pages: the stages, and what belongs to the one it is at."""

from datetime import datetime
from typing import Any

from huoqun.activities import activity as base
from huoqun.activities import proposing, topic_stage
from huoqun.activities.activity import CLOSED, Activity, Participation
from huoqun.activities.contribution import ACCEPTED, contributions
from huoqun.people.person import Identity, ones

THOUGHTS = 100


def staff(activity: Activity, now: datetime) -> dict[str, Any]:
    """Where it stands, and what staff do there."""
    stage = topic_stage.stage(activity)
    return {
        **_shared(activity),
        "names": sorted(base.people(activity).values(), key=lambda who: who.name)[:1000] if stage == "host" else [],
        "warm_up": activity.state_of_play.get("warm_up", ""),
        "declined": proposing.declined(activity, topic_stage.PROPOSAL),
        "goes_on": activity.takes(now) or (activity.standing(now) == CLOSED and stage in {"discuss", "digest"}),
    }


def member(activity: Activity, who: Identity, mine: Participation | None, now: datetime) -> dict[str, Any]:
    """What a member does at this stage."""
    return {
        **_shared(activity),
        "voted": topic_stage.chosen(activity, who, topic_stage.CHOICE, "for"),
        "declined": proposing.declined(activity, topic_stage.PROPOSAL, who.person),
        "passed": _passed(activity, who),
        "can": topic_stage.chosen(activity, who, topic_stage.SUITS, "moments"),
    }


def _passed(activity: Activity, who: Identity) -> list[str]:
    """What one proposed, once something else was chosen."""
    rows = proposing.open_to_all(activity, topic_stage.PROPOSAL).filter(person__in=ones(who.person))
    return [row.text for row in rows.exclude(state=ACCEPTED)] if topic_stage.topic(activity) else []


def _shared(activity: Activity) -> dict[str, Any]:
    stage, there = topic_stage.stage(activity), topic_stage.stages(activity)
    now_at = there.index(stage) if stage in there else -1
    proposed = topic_stage.proposals(activity)
    top = max((n for _row, n in proposed), default=0) or 1
    return {
        "stage": stage,
        "steps": [(s, n < now_at, n == now_at) for n, s in enumerate(there)],
        "topic": topic_stage.topic(activity),
        "proposals": [(row, n, n / top) for row, n in proposed],
        "times": [(m, m.isoformat(), n) for m, n in topic_stage.times(activity)],
        "host": topic_stage.host(activity),
        "thoughts": contributions(activity, topic_stage.THOUGHT)[:THOUGHTS],
        "digest": activity.state_of_play.get("digest", ""),
    }
