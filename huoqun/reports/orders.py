"""Orders of a group day by day, where they are known: what its members ordered in group buys, and for how much money.

What was cancelled does not count. Money is pieces times the price as it stood, or stands, when all is counted.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

import numpy as np

from huoqun.activities import group_buy
from huoqun.activities.activity import IN, Activity, Participation
from huoqun.insight.track import Track
from huoqun.people.group import Group

KIND = "group_buy"


@dataclass(frozen=True)
class Order:
    """One order that stands."""

    day: date
    money: Decimal


def orders_of(group: Group) -> list[Order]:
    """The orders of a group that stand, by its calendar, oldest first."""
    clock = ZoneInfo(group.zone)
    sold = {one.pk: one for one in _sales(group)}
    rows = Participation.objects.filter(activity__in=sold, identity__group=group, state__in=IN, at__isnull=False)
    price = {pk: group_buy.price(one) for pk, one in sold.items()}
    return [
        Order(row.at.astimezone(clock).date(), price[row.activity_id] * row.count)
        for row in rows.order_by("at", "pk")
        if row.at is not None
    ]


def _sales(group: Group) -> list[Activity]:
    return list(Activity.objects.filter(groups=group, kind=KIND, removed=None, opened__isnull=False))


def orders_track(group: Group, until: date) -> Track | None:
    """Orders a day, from the day on which the first group buy opened to before the day `until`; None where there was
    none."""
    opened = [sale.opened for sale in _sales(group) if sale.opened is not None]
    if not opened:
        return None
    known = orders_of(group)
    first = min([min(opened).astimezone(ZoneInfo(group.zone)).date(), *(order.day for order in known)])
    values = np.zeros(max((until - first).days, 0))
    places = np.array([(order.day - first).days for order in known if order.day < until], dtype=np.int64)
    np.add.at(values, places, 1.0)
    return Track("orders", first, values)


def within(known: list[Order], begin: date, end: date) -> tuple[int, Decimal]:
    """How many of the orders are from the day `begin` to before the day `end`, and their money."""
    some = [order.money for order in known if begin <= order.day < end]
    return len(some), sum(some, Decimal(0))
