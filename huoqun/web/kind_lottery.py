"""The lottery on its pages: prizes and who has them, the proof, a member's own line and claim."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from huoqun.activities import activity as base
from huoqun.activities import lottery_list, sealed_draw
from huoqun.activities.activity import INVITED, Activity, Participation
from huoqun.activities.lottery_prize import LISTED, LotteryPlan, prizes
from huoqun.activities.sealed_draw import Win
from huoqun.people import segment
from huoqun.people.group import Group
from huoqun.people.person import Identity
from huoqun.people.segment import Segment
from huoqun.web import fairness

OTHERS = 100
"""Activities to choose from, the newest."""
SHOWN = 200
"""Members whose chances can be set on the page; the rest by the same deed from elsewhere."""


def staff(activity: Activity, now: datetime) -> dict[str, Any]:
    """Prizes, winners with what became of their claims, who is in it, and what may be done."""
    entering = [] if sealed_draw.frozen(activity) else lottery_list.entrants(activity)
    there = sealed_draw.wins(activity)
    return fairness.shown(activity) | {
        "prizes": prizes(activity),
        "won": [_won(activity, win, now) for win in there],
        "handed": sum(win.handed for win in there),
        "sponsors": _sponsors(activity),
        "entering": [(p, p.values.get("chances", "")) for p in entering[:SHOWN]],
        "entering_count": len(entering),
        "lists": _lists(activity),
        "may_list": not sealed_draw.frozen(activity),
        "groups_of": activity.groups.filter(removed=None).order_by("name"),
        "segments": segment.segments(activity.workspace),
        "others": lottery_list.others(activity)[:OTHERS],
        "how": lottery_list.HOW,
    }


def _lists(activity: Activity) -> list[tuple[dict[str, Any], str, datetime]]:
    """What staff put in, each with the name of what it was made of, and when."""
    found = lottery_list.lists(activity)
    wanted = [UUID(each["of"]) for each in found if each.get("of")]
    tables = (Group.objects.all(), Segment.objects.all(), Activity.objects.all())
    titles: dict[str, str] = {}
    for rows, field in zip(tables, ("name", "name", "title"), strict=True):
        titles |= {str(pk): name for pk, name in rows.filter(pk__in=wanted).values_list("pk", field)}
    return [(each, titles.get(each.get("of", ""), ""), datetime.fromisoformat(each["at"])) for each in found]


def member(activity: Activity, who: Identity, mine: Participation | None, now: datetime) -> dict[str, Any]:
    """Prizes, their own line of the list, and what they have won."""
    win, there = sealed_draw.won_by(activity, who), prizes(activity)
    own = base.counting(activity).get(who.person.root_id or who.person_id)
    listed = own is not None and own.state == INVITED and bool(own.values.get("lists"))
    return fairness.shown_to(activity, who) | {
        "prizes": there,
        "signs_up": LotteryPlan.model_validate(activity.plan).entry != LISTED,
        "listed": listed and not sealed_draw.frozen(activity),
        "still": sealed_draw.drawn(activity),
        "win": win,
        "prize": there[win.prize] if win else None,
        "contact": win.part.values.get("contact", "") if win and win.part else "",
        "winners": [(there[w.prize], w, _name(w, who)) for w in sealed_draw.wins(activity)],
    }


def _name(win: Win, who: Identity) -> str:
    if win.part is None:
        return "—"
    name = win.part.identity.name
    return name if win.part.identity.group_id == who.group_id else sealed_draw.public_name(name, False)


def _won(activity: Activity, win: Win, now: datetime) -> tuple[str, Win, bool]:
    """The prize's name, who has it, and whether they let the time for claiming go by."""
    days = timedelta(days=LotteryPlan.model_validate(activity.plan).claim_days)
    since = datetime.fromisoformat(activity.state_of_play["drawn"])
    turns = activity.state_of_play.get("replaced", ())
    since = max([since, *(datetime.fromisoformat(t["at"]) for t in turns if t["in"] == win.number)])
    return prizes(activity)[win.prize].name, win, not win.claimed and not win.handed and since + days < now


def _sponsors(activity: Activity) -> list[tuple[str, int, int, str]]:
    """What each sponsored prize came to: sponsor with prize, how many, how many in hands, cost of one."""
    there = sealed_draw.wins(activity)
    return [
        (f"{p.sponsor} · {p.name}", p.count, sum(w.handed for w in there if w.prize == i), p.cost)
        for i, p in enumerate(prizes(activity))
        if p.sponsor
    ]
