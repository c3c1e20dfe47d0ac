"""The lottery (抽奖) that anybody can check: the list is frozen, the seed is committed to before and revealed after.

For the operator: prizes with counts and who gave them; members sign up; closing freezes the list, with how many chances
each has; the draw is `activities/draw`, which members can run themselves on what is published. A winner who cannot take
the prize is replaced by the next in the order, with a reason said in public; nobody else's prize changes.

Kept in `Activity.state_of_play`: the seed (secret until the draw), its commitment, the frozen list, the draw, who was
replaced. Names are never kept there: they are read anew, and shown as far as their members agreed.
"""

import secrets
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from huoqun.activities import attendance, draw, herald
from huoqun.activities.activity import CLOSED, DONE, IN, Activity, Participation
from huoqun.activities.kind import Kind, Refused, Said
from huoqun.activities.lottery_prize import MOST_CHANCES, LotteryPlan, Win, prizes, wins
from huoqun.people import audit, consent, outbox
from huoqun.people.account import Account
from huoqun.people.display import one_line, visible
from huoqun.people.group import Group
from huoqun.people.person import Identity

LATELY = timedelta(days=90)
"""Activities of this time before the freezing count towards chances; a default."""
LONGEST_CONTACT = 300


# -- reads


def published(activity: Activity) -> dict[str, Any]:
    """What everybody may see and check, in the form that `draw.check` reads. The seed is in it only once it is drawn;
    names are in it only of who agreed to be named in public."""
    play, plan = activity.state_of_play, LotteryPlan.model_validate(activity.plan)
    names, drawn = agreed_names(activity), bool(play.get("drawn"))
    entries = [
        {"number": n, "chances": c, "digest": d} | ({"name": names[key]} if key in names else {})
        for n, key, c, d in play.get("entries", ())
    ]
    return {
        "format": draw.FORMAT,
        "title": activity.title,
        "commitment": play.get("commitment", ""),
        "committed_at": play.get("committed", ""),
        "prizes": [{"name": p.name, "count": p.count, "sponsor": p.sponsor} for p in prizes(activity)],
        "frozen_at": play.get("frozen", ""),
        "entries": entries,
        "list_sha256": play.get("list", ""),
        "outside_source": plan.outside,
        "outside": play.get("outside", ""),
        "drawn_at": play.get("drawn", ""),
        "seed": play["seed"] if drawn else "",
        "drawn": [{"prize": p, "number": n} for p, n in play.get("first", ())],
        "replaced": [{k: v for k, v in turn.items() if k not in {"by", "key"}} for turn in play.get("replaced", ())],
        "winners": [{"prize": p, "number": n} for p, n in play.get("winners", ())],
    }


def won_by(activity: Activity, who: Identity) -> Win | None:
    """What a human has won, under whichever of their accounts."""
    root = who.person.root_id or who.person_id
    theirs = (w for w in wins(activity) if w.part and root in {w.part.person.root_id, w.part.person_id})
    return next(theirs, None)


def public_name(name: str, agreed: bool) -> str:
    """A name as strangers see it: whole where its member agreed, else its first sign."""
    seen = visible(name).strip()
    return seen if agreed else f"{seen[:1]}＊＊"


def agreed_names(activity: Activity) -> dict[str, str]:
    """By the hex id of their participation, the names of who agreed to be named in public."""
    listed = {key for _n, key, _c, _d in activity.state_of_play.get("entries", ())}
    if not listed:
        return {}
    rows = activity.participations.select_related("person", "identity")
    roots = {row.person.root_id or row.person_id: row for row in rows if row.pk.hex in listed}
    agreed = consent.allowing(roots, consent.NAME)
    return {roots[root].pk.hex: visible(roots[root].identity.name) for root in agreed}


# -- writes


def _ready(activity: Activity) -> None:
    if not prizes(activity):
        raise Refused("lottery_prizes")


def _opened(activity: Activity, now: datetime) -> None:
    """Commit to a seed, in public. Once the list is frozen there is no way back. Raises Refused."""
    play = activity.state_of_play
    if play.get("frozen"):
        raise Refused("lottery_frozen")
    if play.get("seed"):
        return
    seed = secrets.token_hex(32)
    activity.state_of_play = {"seed": seed, "commitment": draw.sha256(seed), "committed": now.isoformat()}

    def words(_group: Group) -> str:
        told = {"title": activity.title, "hash": draw.sha256(seed), "link": outbox.LINK}
        return _("The sealed number of “%(title)s”: %(hash)s. Whoever keeps it can check the draw. %(link)s") % told

    herald.tell_groups(activity, "seal", words, now=now)


def _closed(activity: Activity, now: datetime) -> None:
    """Freeze the list. Where the moment of the draw is said and needs nothing more, it is drawn then."""
    freeze(activity, now=now)
    if activity.starts is not None and not LotteryPlan.model_validate(activity.plan).outside:
        activity.next = max(activity.starts, now)


def freeze(held: Activity, *, now: datetime) -> None:
    """Number who takes part in the order they came, with their chances; not yet saved. A second time nothing changes.
    Call it under the lock."""
    if held.state_of_play.get("frozen"):
        return
    rows: dict[UUID, Participation] = {}
    for row in attendance.participants(held, *IN):
        rows.setdefault(row.person.root_id or row.person_id, row)
    extra = _active(held, now) if held.plan.get("chances") == "active" else {}
    most, entries = int(held.plan.get("most_chances", 1)), []
    for number, (root, row) in enumerate(rows.items(), 1):
        chances = int(row.values.get("chances") or min(1 + extra.get(root, 0), most))
        code, name = secrets.token_hex(8), visible(row.identity.name)
        row.values = row.values | {"number": number, "code": code, "name": name, "chances": chances}
        row.state, row.changed = DONE, now
        entries.append([number, row.pk.hex, chances, draw.line_digest(code, name)])
    Participation.objects.bulk_update(rows.values(), ["values", "state", "changed"], batch_size=500)
    play = held.state_of_play | {"frozen": now.isoformat(), "entries": entries}
    held.state_of_play = play | {"list": draw.list_sha256(_lines(entries))}

    def words(_group: Group) -> str:
        told = {"title": held.title, "n": len(entries), "hash": held.state_of_play["list"], "link": outbox.LINK}
        return _("The list of “%(title)s” is frozen: %(n)s take part, fingerprint %(hash)s. %(link)s") % told

    herald.tell_groups(held, "frozen", words, now=now)


def _lines(entries: list[list[Any]]) -> list[dict[str, Any]]:
    return [{"number": n, "chances": c, "digest": d} for n, _key, c, d in entries]


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
    play, there = held.state_of_play, prizes(held)
    numbers = draw.order(play["seed"], _lines(play["entries"]), outside)
    first = [list(pair) for pair in draw.first_draw(numbers, [p.count for p in there])]
    held.state_of_play = play | {"outside": outside, "drawn": now.isoformat(), "first": first, "winners": first}
    audit.note(held.workspace, "lottery.draw", by=by, on=held.pk, title=held.title, after={"won": len(first)}, now=now)
    for win in wins(held):
        _tell_winner(held, win, now)

    def words(group: Group) -> str:
        lines = [f"{there[w.prize].name}：{_in_group(w, group)}" for w in wins(held)[:50]]
        told = {"title": held.title, "list": "\n".join(lines), "seed": play["seed"], "link": outbox.LINK}
        return _("“%(title)s” is drawn.\n%(list)s\nThe seed was: %(seed)s. Claim and check here: %(link)s") % told

    herald.tell_groups(held, "draw", words, now=now)


def _in_group(win: Win, group: Group) -> str:
    if win.part is None:
        return f"#{win.number}"
    name = visible(win.part.identity.name)
    return f"#{win.number} {name if win.part.identity.group_id == group.pk else public_name(name, False)}"


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
        turns = list(play.get("replaced", ()))
        if any(turn["key"] == key for turn in turns):
            return "lottery_replaced"
        number, reason = said.number("number"), one_line(said.text("reason"), 300)
        place = next((i for i, win in enumerate(wins(held)) if win.number == number), None)
        if place is None:
            raise Refused("lottery_no_winner")
        if not reason:
            raise Refused("lottery_reason")
        if wins(held)[place].handed:
            raise Refused("lottery_handed")
        numbers = draw.order(play["seed"], _lines(play["entries"]), play["outside"])
        used = [n for _prize, n in play["first"]] + [turn["in"] for turn in turns]
        fresh, prize = draw.successor(numbers, used), play["winners"][place][0]
        winners = [list(pair) for pair in play["winners"]]
        winners[place : place + 1] = [[prize, fresh]] if fresh is not None else []
        turn = {"prize": prize, "out": number, "in": fresh, "reason": reason, "at": now.isoformat(), "key": key}
        held.state_of_play = play | {"replaced": [*turns, turn], "winners": winners}
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
        told |= {"prize": prizes(held)[turn["prize"]].name, "who": _in_group(fresh, group) if fresh else "—"}
        return _("“%(title)s”, %(prize)s: #%(out)s gives way (%(reason)s); next is %(who)s. %(link)s") % told

    herald.tell_groups(held, "replace", words, key=str(turn["out"]), now=now)


def give_chances(activity: Activity, said: Said, *, by: Account | None, now: datetime, **_more: Any) -> str:
    """Say how many chances somebody has: `who`, a participation, and `chances`, before the list is frozen."""
    with transaction.atomic():
        held = attendance.locked(activity)
        if held.state_of_play.get("frozen"):
            raise Refused("lottery_frozen")
        row = next((p for p in attendance.participants(held, *IN) if str(p.pk) == said.text("who")), None)
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
        win = won_by(held, who)
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
    member={"claim": claim},
    staff={"draw": draw_now, "replace": replace, "chances": give_chances, "hand": hand},
    ready=_ready,
    opened=_opened,
    closed=_closed,
    settled=_settled,
    due=_due,
)
