"""The lottery on its pages: prizes and who has them, the proof, a member's own line and claim."""

from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse

from huoqun.activities import attendance, lottery
from huoqun.activities.activity import IN, Activity, Participation
from huoqun.activities.lottery_prize import LotteryPlan, Win, prizes, wins
from huoqun.people import code
from huoqun.people.person import Identity

SHOWN = 200
"""Members whose chances can be set on the page; the rest by the same deed from elsewhere."""


def proof(activity: Activity) -> str:
    """The address of the public proof."""
    return reverse("lottery", args=[code.public(activity.pk, since=activity.created)])


def staff(activity: Activity, now: datetime) -> dict[str, Any]:
    """Prizes, winners with what became of their claims, and what may be done."""
    play = activity.state_of_play
    frozen = bool(play.get("frozen"))
    entering = [] if frozen else attendance.participants(activity, *IN)[:SHOWN]
    return {
        "play": _told(play),
        "proof": proof(activity),
        "prizes": prizes(activity),
        "won": [_won(activity, win, now) for win in wins(activity)],
        "handed": sum(win.handed for win in wins(activity)),
        "sponsors": _sponsors(activity),
        "entering": [(p, p.values.get("chances", "")) for p in entering],
        "in_list": len(play.get("entries", ())),
    }


def member(activity: Activity, who: Identity, mine: Participation | None, now: datetime) -> dict[str, Any]:
    """Prizes, their own line of the list, and what they have won."""
    play, win = activity.state_of_play, lottery.won_by(activity, who)
    return {
        "play": _told(play),
        "proof": proof(activity),
        "prizes": prizes(activity),
        "still": bool(play.get("drawn")),
        "line": mine.values if mine is not None and "number" in mine.values else None,
        "win": win,
        "prize": prizes(activity)[win.prize] if win else None,
        "contact": win.part.values.get("contact", "") if win and win.part else "",
        "winners": [(prizes(activity)[w.prize], w, _name(w, who)) for w in wins(activity)],
    }


def _told(play: dict[str, Any]) -> dict[str, Any]:
    """What may be shown: never the seed before the draw."""
    moments = {k: datetime.fromisoformat(play[k]) for k in ("committed", "frozen", "drawn") if play.get(k)}
    known = {k: play.get(k, "") for k in ("commitment", "list", "outside")}
    return known | moments | {"seed": play["seed"] if play.get("drawn") else "", "replaced": play.get("replaced", [])}


def _name(win: Win, who: Identity) -> str:
    if win.part is None:
        return "—"
    name = win.part.identity.name
    return name if win.part.identity.group_id == who.group_id else lottery.public_name(name, False)


def _won(activity: Activity, win: Win, now: datetime) -> tuple[str, Win, bool]:
    """The prize's name, who has it, and whether they let the time for claiming go by."""
    days = timedelta(days=LotteryPlan.model_validate(activity.plan).claim_days)
    since = datetime.fromisoformat(activity.state_of_play["drawn"])
    turns = activity.state_of_play.get("replaced", ())
    since = max([since, *(datetime.fromisoformat(t["at"]) for t in turns if t["in"] == win.number)])
    return prizes(activity)[win.prize].name, win, not win.claimed and not win.handed and since + days < now


def _sponsors(activity: Activity) -> list[tuple[str, int, int, str]]:
    """What each sponsored prize came to: sponsor with prize, how many, how many in hands, cost of one."""
    there = wins(activity)
    return [
        (f"{p.sponsor} · {p.name}", p.count, sum(w.handed for w in there if w.prize == i), p.cost)
        for i, p in enumerate(prizes(activity))
        if p.sponsor
    ]
