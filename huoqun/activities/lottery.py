"""The lottery (抽奖) that anybody can check: the list is frozen, the seed is committed to before and revealed after.

For the operator: prizes with counts and who gave them; members sign up, or staff put a list in (`lottery_list`);
closing freezes the list, with how many chances each has; the draw is `activities/sealed_draw`, which members can run
themselves on what is published. A winner who cannot take the prize is replaced by the next in the order, with a reason
said in public; nobody else's prize changes.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from huoqun.activities import attendance, herald, sealed_draw
from huoqun.activities.activity import CLOSED, DONE, Activity, Participation
from huoqun.activities.kind import Kind, Refused, Said
from huoqun.activities.lottery_list import enlist, entrants, join, leave_out, strike
from huoqun.activities.lottery_prize import MOST_CHANCES, LotteryPlan, prizes, stakes
from huoqun.activities.sealed_draw import Win, name_in_group, wins
from huoqun.people import audit, outbox
from huoqun.people.account import Account
from huoqun.people.display import one_line
from huoqun.people.group import Group
from huoqun.people.person import Identity

LATELY = timedelta(days=90)
"""Activities of this time before the freezing count towards chances; a default."""
LONGEST_CONTACT = 300


# -- writes


def _ready(activity: Activity) -> None:
    if not prizes(activity):
        raise Refused("lottery_prizes")


def _closed(activity: Activity, now: datetime) -> None:
    """Freeze the list. Where the moment of the draw is said and needs nothing more, it is drawn then."""
    freeze(activity, now=now)
    if activity.starts is not None and not LotteryPlan.model_validate(activity.plan).outside:
        activity.next = max(activity.starts, now)


def freeze(held: Activity, *, now: datetime) -> None:
    """Number who takes part in the order they came, with their chances; not yet saved. A second time nothing changes.
    Call it under the lock."""
    extra = _active(held, now) if held.plan.get("chances") == "active" else {}
    most = int(held.plan.get("most_chances", 1))

    def chances(row: Participation) -> int:
        more = extra.get(row.person.root_id or row.person_id, 0)
        return int(row.values.get("chances") or min(1 + more, most))

    sealed_draw.freeze(held, ((row, chances(row)) for row in entrants(held)), now=now)


def _active(activity: Activity, now: datetime) -> dict[UUID, int]:
    """By root, in how many other activities of the workspace they took part lately."""
    rows = Participation.objects.filter(activity__workspace=activity.workspace_id, state=DONE, at__gte=now - LATELY)
    rows = rows.exclude(activity=activity).filter(activity__removed=None, activity__created__lte=now)
    found: dict[UUID, int] = {}
    for person, root, n in rows.values_list("person", "person__root").annotate(n=Count("activity", distinct=True)):
        found[root or person] = found.get(root or person, 0) + n
    return found


def _draw(held: Activity, outside: str, *, by: Account | None, now: datetime) -> None:
    """Draw, reveal the seed and tell the groups; not yet saved."""
    freeze(held, now=now)
    won, there = sealed_draw.draw_lots(held, stakes(held), outside=outside, now=now), prizes(held)
    audit.note(held.workspace, "lottery.draw", by=by, on=held.pk, title=held.title, after={"won": len(won)}, now=now)
    for win in won:
        _tell_winner(held, win, now)

    def words(group: Group) -> str:
        lines = [f"{there[w.prize].name}：{name_in_group(w, group)}" for w in won[:50]]
        told = {"title": held.title, "list": "\n".join(lines), "seed": held.state_of_play["seed"], "link": outbox.LINK}
        return _("“%(title)s” is drawn.\n%(list)s\nThe seed was: %(seed)s. Claim and check here: %(link)s") % told

    herald.tell_groups(held, "draw", words, now=now)


def _tell_winner(held: Activity, win: Win, now: datetime) -> None:
    if win.part is not None:
        prize = prizes(held)[win.prize].name
        attendance.tell(
            held, win.part.identity, "win", at=now, key=f"win {win.number}", values={"prize": prize}, now=now
        )


def _due(held: Activity, now: datetime) -> None:
    if held.state == CLOSED and not held.state_of_play.get("drawn"):
        _draw(held, "", by=None, now=now)


def draw_now(activity: Activity, said: Said, *, by: Account | None, now: datetime, **_more: Any) -> str:
    """Draw: `outside`, where the plan names a number of the outside world. Raises Refused."""
    with transaction.atomic():
        held = attendance.locked(activity)
        if held.state_of_play.get("drawn"):
            return "lottery_drawn"
        if held.standing(now) != CLOSED:
            raise Refused("lottery_not_closed")
        outside = one_line(said.text("outside"), 200).replace("|", "/")
        if LotteryPlan.model_validate(held.plan).outside and not outside:
            raise Refused("lottery_outside")
        _draw(held, outside, by=by, now=now)
        held.save(update_fields=["state_of_play"])
    return "lottery_drawn"


def replace(activity: Activity, said: Said, *, key: str, by: Account | None, now: datetime) -> str:
    """Put one winner out: `number`, `reason`. The next in the order gets that very prize. Raises Refused."""
    with transaction.atomic():
        held = attendance.locked(activity)
        play = held.state_of_play
        if any(turn["key"] == key for turn in play.get("replaced", ())):
            return "lottery_replaced"
        number, reason = said.number("number"), one_line(said.text("reason"), 300)
        place = next((i for i, win in enumerate(wins(held)) if win.number == number), None)
        if place is None:
            raise Refused("lottery_no_winner")
        if not reason:
            raise Refused("lottery_reason")
        if wins(held)[place].handed:
            raise Refused("lottery_handed")
        turn = sealed_draw.put_out(held, place, reason, key=key, now=now)
        fresh = turn["in"]
        held.save(update_fields=["state_of_play"])
        told = {"out": number, "in": fresh, "reason": reason}
        audit.note(held.workspace, "lottery.replace", by=by, on=held.pk, title=held.title, after=told, now=now)
        for win in wins(held):
            if win.number == fresh:
                _tell_winner(held, win, now)
        _announce_turn(held, turn, now)
    return "lottery_replaced"


def _announce_turn(held: Activity, turn: dict[str, Any], now: datetime) -> None:
    fresh = next((win for win in wins(held) if win.number == turn["in"]), None)

    def words(group: Group) -> str:
        told = {"title": held.title, "out": turn["out"], "reason": turn["reason"], "link": outbox.LINK}
        told |= {"prize": prizes(held)[turn["prize"]].name, "who": name_in_group(fresh, group) if fresh else "—"}
        return _("“%(title)s”, %(prize)s: #%(out)s gives way (%(reason)s); next is %(who)s. %(link)s") % told

    herald.tell_groups(held, "replace", words, key=str(turn["out"]), now=now)


def give_chances(activity: Activity, said: Said, *, by: Account | None, now: datetime, **_more: Any) -> str:
    """Say how many chances somebody has: `who`, a participation, and `chances`, before the list is frozen."""
    with transaction.atomic():
        held = attendance.locked(activity)
        if held.state_of_play.get("frozen"):
            raise Refused("lottery_frozen")
        row = next((p for p in entrants(held) if str(p.pk) == said.text("who")), None)
        chances = said.number("chances")
        if row is None:
            raise Refused("lottery_nobody")
        if not 1 <= chances <= MOST_CHANCES:
            raise Refused("number")
        told = {"name": row.identity.name, "chances": chances}
        row.values = row.values | {"chances": chances}
        row.save(update_fields=["values"])
        audit.note(held.workspace, "lottery.chances", by=by, on=held.pk, title=held.title, after=told, now=now)
    return "done"


def claim(activity: Activity, who: Identity, said: Said, *, now: datetime, **_more: Any) -> str:
    """A winner claims what they won: `contact`, where to send it. Raises Refused."""
    with transaction.atomic():
        held = attendance.locked(activity)
        win = sealed_draw.won_by(held, who)
        row = win.part if win else None
        if row is None:
            raise Refused("lottery_not_won")
        contact = one_line(said.text("contact"), LONGEST_CONTACT)
        row.values = row.values | {"claimed": row.values.get("claimed") or now.isoformat(), "contact": contact}
        row.save(update_fields=["values"])
        attendance.tell(held, who, "claim", at=now, key="claim", now=now)
    return "lottery_claimed"


def hand(activity: Activity, said: Said, *, by: Account | None, now: datetime, **_more: Any) -> str:
    """The prize is in the winner's hands: `number`. Raises Refused."""
    with transaction.atomic():
        held = attendance.locked(activity)
        number = said.number("number")
        win = next((w for w in wins(held) if w.number == number and w.part is not None), None)
        if win is None or win.part is None:
            raise Refused("lottery_no_winner")
        if not win.handed:
            win.part.values = win.part.values | {"handed": now.isoformat(), "contact": ""}
            win.part.save(update_fields=["values"])
            audit.note(
                held.workspace, "lottery.hand", by=by, on=held.pk, title=held.title, after={"n": number}, now=now
            )
    return "done"


def _settled(activity: Activity, _now: datetime) -> None:
    if not activity.state_of_play.get("drawn"):
        raise Refused("lottery_undrawn")


LOTTERY = Kind(
    "lottery",
    LotteryPlan,
    member={"join": join, "claim": claim, "leave_out": leave_out},
    staff={
        "draw": draw_now,
        "replace": replace,
        "chances": give_chances,
        "hand": hand,
        "enlist": enlist,
        "strike": strike,
    },
    ready=_ready,
    opened=sealed_draw.seal,
    closed=_closed,
    settled=_settled,
    due=_due,
    stakes=stakes,
)
