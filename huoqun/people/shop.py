"""The shop (积分商城): what points buy. Stock, a limit for each human, and for each order a code that is redeemed once.

An order takes the stock, the points and writes itself down in one transaction, or does none of it; cancelled, it gives
all of it back. What a sponsor gave is one stock, whatever goes out of it: an order takes its pieces of the prize too.
Where an order's buyer is erased, the stock stays what it is.
"""

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import (
    CASCADE,
    SET_NULL,
    CharField,
    CheckConstraint,
    DateTimeField,
    ForeignKey,
    Index,
    PositiveIntegerField,
    Q,
    QuerySet,
    Sum,
    TextField,
    UniqueConstraint,
)

from huoqun.base.table import Table
from huoqun.people import audit, deed, points
from huoqun.people import prize as prizes
from huoqun.people.account import Account
from huoqun.people.display import one_line, visible
from huoqun.people.person import Identity, Person, ones
from huoqun.people.picture import Picture
from huoqun.people.points import Posting
from huoqun.people.prize import Prize
from huoqun.people.workspace import Workspace

ORDERED, REDEEMED, CANCELLED = "ordered", "redeemed", "cancelled"
STATES = (ORDERED, REDEEMED, CANCELLED)
LONGEST_NAME, LONGEST_ABOUT, LONGEST_NOTE = 120, 1000, 300
MOST = 1000
"""Pieces in one order at most."""
_SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Without the letters and digits that are taken for each other when a code is read aloud."""


class BadWare(ValueError):
    """A ware has a name and a price from 1 to a million points."""


class NotThere(Exception):
    """The ware is not sold (any more), or the order is not there."""


class SoldOut(Exception):
    """There are not so many left."""


class TooMany(Exception):
    """That is more than one may have of it."""


class Settled(Exception):
    """The order was redeemed or cancelled before."""


class WrongCode(Exception):
    """No order that waits has this code."""


class Ware(Table):
    """Something points buy (商品). `left`: pieces in stock (None: no bound); `most`: for one human (0: none)."""

    workspace = ForeignKey(Workspace, CASCADE, related_name="wares")
    name = CharField(max_length=LONGEST_NAME)
    about = TextField(default="")
    price = PositiveIntegerField()
    left = PositiveIntegerField(null=True)
    most = PositiveIntegerField(default=0)
    picture = ForeignKey(Picture, SET_NULL, null=True, related_name="+")
    prize = ForeignKey(Prize, SET_NULL, null=True, related_name="wares")
    """What a sponsor gave that this is."""
    removed = DateTimeField(null=True)

    @property
    def stock(self) -> int | None:
        """How many can be ordered: what is in stock, no more than is left of the sponsor's prize. None: no bound."""
        given = self.prize.left if self.prize and self.prize.removed is None else None
        bounds = [n for n in (self.left, given) if n is not None]
        return min(bounds, default=None)

    class Meta(Table.Meta):
        constraints = [CheckConstraint(condition=Q(left=None) | Q(left__gte=0), name="ware_never_below_nought")]


class Order(Table):
    """One order (兑换单). `code` is shown to the buyer, and ticked off by staff when they hand the thing over."""

    workspace = ForeignKey(Workspace, CASCADE, related_name="shop_orders")
    ware = ForeignKey(Ware, CASCADE, related_name="orders")
    person = ForeignKey(Person, CASCADE, related_name="shop_orders")
    identity = ForeignKey(Identity, CASCADE, related_name="shop_orders")
    count = PositiveIntegerField()
    cost = PositiveIntegerField()
    key = CharField(max_length=80)
    code = CharField(max_length=12)
    state = CharField(max_length=10, default=ORDERED)
    note = CharField(max_length=LONGEST_NOTE, default="")
    """Where it should go, and what else the buyer said."""
    reason = CharField(max_length=LONGEST_NOTE, default="")
    at = DateTimeField(null=True)
    """When it was redeemed or cancelled."""
    by = ForeignKey(Account, SET_NULL, null=True, related_name="+")

    class Meta(Table.Meta):
        constraints = [
            UniqueConstraint(fields=["workspace", "key"], name="shop_order_once"),
            UniqueConstraint(fields=["workspace", "code"], name="shop_code_once"),
        ]
        indexes = [Index(fields=["workspace", "state", "-created"], name="shop_order_list")]


# -- reads


def wares(workspace: Workspace) -> QuerySet[Ware]:
    """What is sold, the cheapest first."""
    found = Ware.objects.filter(workspace=workspace, removed=None).select_related("picture", "prize")
    return found.order_by("price", "name", "pk")


def orders(workspace: Workspace) -> QuerySet[Order]:
    """All orders, newest first."""
    found = Order.objects.filter(workspace=workspace)
    return found.select_related("ware", "identity__group", "person__root", "by").order_by("-created", "-pk")


def orders_of(person: Person) -> QuerySet[Order]:
    """A human's orders, newest first."""
    return Order.objects.filter(person__in=ones(person)).select_related("ware").order_by("-created", "-pk")


def had(ware: Ware, person: Person) -> int:
    """How many of a ware a human has ordered and not cancelled."""
    mine = Order.objects.filter(ware=ware, person__in=ones(person)).exclude(state=CANCELLED)
    return int(mine.aggregate(sum=Sum("count"))["sum"] or 0)


# -- writes


def keep(
    workspace: Workspace,
    *,
    name: str,
    about: str,
    price: int,
    left: int | None,
    most: int,
    picture: Picture | None = None,
    prize: Prize | None = None,
    ware: Ware | None = None,
    by: Account,
    now: datetime,
) -> Ware:
    """A new ware, or another word about one. Orders stay at the price they were made at. Raises BadWare."""
    name = one_line(name, LONGEST_NAME)
    if not name or not 0 < price <= points.MOST or (left is not None and not 0 <= left < 1_000_000_000) or most < 0:
        raise BadWare
    with transaction.atomic():
        row = Ware.objects.select_for_update().get(pk=ware.pk) if ware else Ware(workspace=workspace, created=now)
        before = _told(row) if ware else {}
        row.name, row.about, row.price, row.left, row.most = name, visible_lines(about), price, left, most
        row.picture, row.prize = picture or row.picture, prize
        row.save()
        audit.note(workspace, "shop.ware", by=by, on=row.pk, title=name, before=before, after=_told(row), now=now)
    return row


def remove(ware: Ware, *, by: Account, now: datetime) -> None:
    """It is sold no more; orders of it stay."""
    with transaction.atomic():
        if Ware.objects.filter(pk=ware.pk, removed=None).update(removed=now):
            audit.note(ware.workspace, "shop.remove", by=by, on=ware.pk, title=ware.name, now=now)


def order(ware: Ware, who: Identity, count: int = 1, *, note: str = "", key: str, now: datetime) -> Order:
    """Buy. The same key again gives the order there is. Raises NotThere, SoldOut, TooMany, points.Short."""
    if not 0 < count <= MOST:
        raise TooMany
    with transaction.atomic():
        row = Ware.objects.select_for_update(of=("self",)).select_related("workspace").filter(pk=ware.pk).first()
        if row is None:
            raise NotThere
        key = f"{who.pk.hex} {key}"[:80]
        there = Order.objects.filter(workspace=row.workspace_id, key=key).select_related("ware").first()
        if there is not None:
            return there
        if row.removed is not None:
            raise NotThere
        if row.left is not None and row.left < count:
            raise SoldOut
        if row.most and had(row, who.person) + count > row.most:
            raise TooMany
        cost = row.price * count
        if cost > points.balance(who.person):
            raise points.Short
        made = Order(workspace_id=row.workspace_id, ware=row, person_id=who.person_id, identity=who, created=now)
        made.count, made.cost, made.key, made.code = count, cost, key, _code(row.workspace_id)
        made.note = one_line(note, LONGEST_NOTE)
        made.save(force_insert=True)
        if row.left is not None:
            row.left -= count
            row.save(update_fields=["left"])
        given = _take_prize(made, row, now)
        points.spend(
            who.person, cost, key=_paid(made), what="shop.order", source=f"shop:{row.pk.hex}", group=who.group, now=now
        )
        _tell(made, "order", None, now, evidence={"prize": str(given)} if given else {})
    return made


def redeem(workspace: Workspace, code: str, *, by: Account, now: datetime) -> Order:
    """The buyer showed the code and got it. A code works once. Raises WrongCode, Settled."""
    typed = "".join(code.upper().split())[:12]
    with transaction.atomic():
        row = Order.objects.select_for_update(of=("self",)).filter(workspace=workspace, code=typed).first()
        if row is None:
            raise WrongCode
        if row.state != ORDERED:
            raise Settled
        row.state, row.at, row.by = REDEEMED, now, by
        row.save(update_fields=["state", "at", "by"])
        _tell(row, "redeem", by, now)
        audit.note(workspace, "shop.redeem", by=by, on=row.pk, title=row.ware.name, now=now)
    return row


def cancel(order: Order, *, why: str, by: Account | None, now: datetime) -> None:
    """Give the points and the stock back. Done once. Raises Settled."""
    with transaction.atomic():
        ware = Ware.objects.select_for_update().get(pk=order.ware_id)
        row = Order.objects.select_for_update(of=("self",)).get(pk=order.pk)
        if row.state != ORDERED:
            raise Settled
        row.state, row.at, row.by, row.reason = CANCELLED, now, by, one_line(why, LONGEST_NOTE)
        row.save(update_fields=["state", "at", "by", "reason"])
        if ware.left is not None:
            ware.left += row.count
            ware.save(update_fields=["left"])
        _return_prize(row)
        paid = Posting.objects.filter(workspace=row.workspace_id, key__startswith=f"{_paid(row)} /")
        for posting in paid.select_related("purse__person").order_by("key"):
            points.reverse(posting, why=row.reason or ware.name, by=by, now=now)
        _tell(row, "cancel", by, now)


def _take_prize(order: Order, ware: Ware, now: datetime) -> UUID | None:
    """Take the pieces of what a sponsor gave; which prize that was. Raises SoldOut."""
    if ware.prize_id is None:
        return None
    on = now.astimezone(ZoneInfo(ware.workspace.zone)).date()
    try:
        taken = prizes.take(ware.prize_id, order.count, ware.name, key=_sold(order), on=on)
    except prizes.NoneLeft as error:
        raise SoldOut from error
    return ware.prize_id if taken else None


def _return_prize(order: Order) -> None:
    """Give the pieces back to the prize they were taken of, whatever the ware is of now: its deed says it."""
    made = deed.Deed.objects.filter(person=order.person_id, kind="shop.order", key=order.pk.hex).first()
    if made is not None and (given := made.evidence.get("prize")):
        prizes.give_back(UUID(given), order.count, key=_sold(order))


def _sold(order: Order) -> str:
    """Under what the sales of a ware on one day stand with its prize."""
    return f"shop {order.ware_id.hex} {order.created.astimezone(UTC).date()}"


def _paid(order: Order) -> str:
    return f"shop {order.pk.hex}"


def _code(workspace: UUID) -> str:
    """Eight signs that nobody guesses and no other order has."""
    while True:
        found = "".join(secrets.choice(_SIGNS) for _ in range(8))
        if not Order.objects.filter(workspace=workspace, code=found).exists():
            return found


def _tell(
    order: Order, what: str, by: Account | None, now: datetime, evidence: Mapping[str, Any] | None = None
) -> None:
    values = {"title": order.ware.name, "count": order.count, "points": order.cost}
    who = order.identity
    told: dict[str, Any] = {"values": values, "evidence": evidence, "by": by, "now": now}
    deed.write(who.person, f"shop.{what}", at=now, group=who.group, key=order.pk.hex, **told)


def _told(ware: Ware) -> Mapping[str, Any]:
    return {"name": ware.name, "price": ware.price, "left": ware.left, "limit": ware.most}


def visible_lines(text: str) -> str:
    """A text of several lines as it is kept."""
    return "\n".join(visible(line).rstrip() for line in text.splitlines()).strip()[:LONGEST_ABOUT]
