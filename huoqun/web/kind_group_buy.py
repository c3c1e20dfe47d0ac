"""The group buy on its pages: how far it is, what it costs, who ordered, paid and got theirs."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from huoqun.activities import attendance, group_buy
from huoqun.activities.activity import IN, Activity, Participation
from huoqun.people.person import Identity


def _so_far(activity: Activity) -> dict[str, Any]:
    plan, pieces, price = group_buy.plan_of(activity), attendance.taken(activity), group_buy.price(activity)
    goal = max([plan.least, *(n for n, _price in plan.steps())])
    return {
        "pieces": pieces,
        "price": price,
        "steps": [(n, cost, n <= pieces) for n, cost in plan.steps()],
        "next_step": plan.next_step(pieces),
        "reached": group_buy.reached(activity),
        "missing": max(0, plan.least - pieces),
        "left": max(0, plan.stock - pieces) if plan.stock else None,
        "share": min(1.0, pieces / goal),
    }


def staff(activity: Activity, now: datetime) -> dict[str, Any]:
    """The orders, with what each owes."""
    rows = group_buy.orders(activity)
    price = group_buy.price(activity)
    paid = sum((price * r.count for r in rows if r.values.get("paid")), Decimal(0))
    owed = sum((price * r.count for r in rows), Decimal(0))
    return {**_so_far(activity), "orders": [(r, price * r.count) for r in rows], "paid": paid, "owed": owed}


def member(activity: Activity, who: Identity, mine: Participation | None, now: datetime) -> dict[str, Any]:
    """How far it is, and their own order."""
    so_far, ordered = _so_far(activity), mine is not None and mine.state in IN
    return {**so_far, "ordered": ordered, "cost": so_far["price"] * mine.count if ordered and mine else None}


def table(activity: Activity) -> Iterator[Sequence[object]]:
    """The orders for the spreadsheet of who packs and sends."""
    zone, price = ZoneInfo(activity.workspace.zone), group_buy.price(activity)
    head = [_("Name"), _("Group"), _("Pieces"), _("Price"), _("To pay"), _("Address and note")]
    yield [*head, _("Paid"), _("Delivered"), _("When")]
    for row in group_buy.orders(activity):
        yield (
            row.identity.name,
            row.identity.group.name,
            row.count,
            str(price),
            str(price * row.count),
            row.note,
            _("yes") if row.values.get("paid") else "",
            _("yes") if row.values.get("delivered") else "",
            row.at.astimezone(zone).strftime("%Y-%m-%d %H:%M") if row.at else "",
        )
