"""The sparks on their pages: red packets with what they stirred; what members showed, with its doubts and results."""

from datetime import datetime
from typing import Any

from huoqun.activities import red_packet, sealed_draw, show_day
from huoqun.activities.activity import SETTLED, Activity, Participation
from huoqun.activities.contribution import ACCEPTED, mine
from huoqun.people.person import Identity
from huoqun.web import fairness, word


def packets(activity: Activity, now: datetime) -> dict[str, Any]:
    """Each packet with what it stirred, and what is left of the budget."""
    names = {str(g.pk): g.name for g in activity.groups.filter(removed=None)}
    rows = [(p, names.get(p.group, ""), red_packet.effect(activity, p)) for p in red_packet.sent(activity)]
    spent = red_packet.spent(activity)
    return {
        "packets": rows,
        "spent": spent,
        "money_left": red_packet.plan_of(activity).money - spent,
        "packet_groups": sorted(names.items(), key=lambda pair: pair[1]),
    }


def packets_of(activity: Activity, who: Identity, mine: Participation | None, now: datetime) -> dict[str, Any]:
    """How many packets there were."""
    return {"packet_count": len(red_packet.sent(activity))}


def shown(activity: Activity, now: datetime) -> dict[str, Any]:
    """What was handed in, with why it is doubted."""
    won = set(activity.state_of_play.get("won", [])) if activity.state == SETTLED else set()
    rows = show_day.proofs(activity)
    return {
        "proofs": [(c, [word.of("doubt", d) for d in c.values.get("doubts", [])], c.pk.hex in won) for c in rows],
        "waiting": sum(1 for c in rows if c.state == "given"),
        "judging": activity.standing(now) not in {"draft", SETTLED} and not sealed_draw.frozen(activity),
        **(fairness.shown(activity) if show_day.stakes(activity) else {}),
    }


def shown_of(activity: Activity, who: Identity, part: Participation | None, now: datetime) -> dict[str, Any]:
    """What they handed in and what became of it; the result once it is settled."""
    settled, own = activity.state == SETTLED, mine(activity, who.person, show_day.PROOF).first()
    won = activity.state_of_play.get("won", []) if settled else []
    by_key = {c.pk.hex: c for c in show_day.proofs(activity)} if won else {}
    return {
        "proof": own,
        "likes": activity.plan.get("sort") == show_day.LIKES,
        "may_show": own is None or own.state == "given",
        "winners": [by_key[key] for key in won if key in by_key],
        "accepted": own is not None and own.state == ACCEPTED,
        **(fairness.shown_to(activity, who) if show_day.stakes(activity) else {}),
    }
