"""The group buy (拼团): the more are ordered together, the less each pays.

For the operator: a price, tiers (“10 = 35.00”: from ten pieces on each costs 35), a stock and a deadline. Members order
pieces with a word where they go, change or cancel until it closes. Nothing is sold twice: orders are taken under a lock
on the activity. When it closes it is known whether enough came together and at which price; staff tick who has paid
and who was sent theirs. Where too few came together, settling cancels the orders, once nobody's money is held.
"""

from datetime import datetime
from decimal import Decimal, InvalidOperation

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from pydantic import Field, field_validator, model_validator

from huoqun.activities import attendance, herald
from huoqun.activities.activity import DONE, DRAFT, IN, JOINED, LEFT, SETTLED, Activity, Participation
from huoqun.activities.kind import Kind, Plan, Refused, Said, counted, in_words
from huoqun.people.account import Account
from huoqun.people.person import Identity

CENT = Decimal("0.01")
MOST_PIECES = 1_000_000


class GroupBuyPlan(Plan):
    """What is sold, and for how much."""

    price: Decimal = Field(default=Decimal(0), ge=0, le=1_000_000, decimal_places=2)
    """Of one piece, when few are ordered."""
    tiers: list[str] = Field(default_factory=list, max_length=10)
    """“pieces = price”: from so many pieces together on, each costs that."""
    stock: int = Field(default=0, ge=0, le=MOST_PIECES)
    """Pieces there are; 0: as many as are wanted."""
    least: int = Field(default=1, ge=1, le=MOST_PIECES)
    """Pieces that must come together."""
    most: int = Field(default=0, ge=0, le=MOST_PIECES)
    """Pieces for one member at most; 0: no bound."""
    address: bool = True
    """Members must say where it goes."""

    @field_validator("tiers")
    @classmethod
    def _read(cls, tiers: list[str]) -> list[str]:
        found = [_tier(t) for t in tiers if t.strip()]
        return [f"{n} = {price}" for n, price in sorted(found)]

    @model_validator(mode="after")
    def _falling(self) -> "GroupBuyPlan":
        prices = [self.price, *(price for _n, price in self.steps())]
        counts = [n for n, _price in self.steps()]
        if any(a <= b for a, b in zip(prices, prices[1:], strict=False)) or len(set(counts)) < len(counts):
            raise ValueError("tiers")
        return self

    def steps(self) -> list[tuple[int, Decimal]]:
        """The tiers: from how many pieces on, and the price."""
        return [_tier(t) for t in self.tiers]

    def price_at(self, pieces: int) -> Decimal:
        """What one piece costs when so many are ordered together."""
        return next((price for n, price in reversed(self.steps()) if n <= pieces), self.price)

    def next_step(self, pieces: int) -> tuple[int, Decimal] | None:
        """How many more pieces bring which price; None at the lowest."""
        return next(((n - pieces, price) for n, price in self.steps() if n > pieces), None)


def _tier(text: str) -> tuple[int, Decimal]:
    pieces, sign, price = text.replace("＝", "=").replace(":", "=").replace("：", "=").partition("=")
    try:
        n, cost = int(pieces), Decimal(price.strip())
    except (ValueError, InvalidOperation) as error:
        raise ValueError("tiers") from error
    if not sign or not 1 < n <= MOST_PIECES or not cost.is_finite() or cost < 0 or cost != cost.quantize(CENT):
        raise ValueError("tiers")
    return n, cost.quantize(CENT)


# -- reads


def plan_of(activity: Activity) -> GroupBuyPlan:
    """What is sold."""
    return GroupBuyPlan.model_validate(activity.plan)


def reached(activity: Activity) -> bool:
    """Whether enough came together."""
    return attendance.taken(activity) >= plan_of(activity).least


def price(activity: Activity) -> Decimal:
    """What one piece costs as things stand, or as they stood when it was settled."""
    fixed = activity.state_of_play.get("price")
    return Decimal(fixed) if fixed else plan_of(activity).price_at(attendance.taken(activity))


def orders(activity: Activity) -> list[Participation]:
    """The orders that stand, in the order they came."""
    return list(attendance.participants(activity, *IN))


# -- writes


def order(
    activity: Activity, who: Identity, said: Said, *, via: str, key: str, at: datetime | None, now: datetime
) -> str:
    """Order `count` pieces to go to `note`, or change the order. Raises Refused, Closed."""
    with transaction.atomic():
        held = attendance.taking(activity, now, at)
        plan, count, note = plan_of(held), said.number("count", 1), said.text("note")
        if count < 1:
            raise Refused("number")
        if plan.most and count > plan.most:
            raise Refused("buy_most", most=plan.most)
        if plan.address and not note:
            raise Refused("buy_address")
        mine = attendance.row_of(held, who.person)
        had = mine.count if mine is not None and mine.state in IN else 0
        if mine is not None and mine.state in IN and mine.values.get("paid") and count != mine.count:
            raise Refused("buy_paid")
        if plan.stock and attendance.taken(held) - had + count > plan.stock:
            raise Refused("buy_sold_out", left=max(0, plan.stock - attendance.taken(held) + had))
        before = plan.price_at(attendance.taken(held))
        attendance.sign_up(held, who, count=count, note=note, via=via, at=at, now=now)
        after = plan.price_at(attendance.taken(held))
        if after < before:
            herald.tell_groups(held, "tier", _tier_words(held, after), key=str(after), now=now)
    return "buy_changed" if had else "buy_ordered"


def cancel(
    activity: Activity, who: Identity, said: Said, *, via: str, key: str, at: datetime | None, now: datetime
) -> str:
    """Take the order back, until it closes or is paid. Raises Refused, Closed, NotIn."""
    with transaction.atomic():
        held = attendance.taking(activity, now, at)
        mine = attendance.row_of(held, who.person)
        if mine is not None and mine.values.get("paid"):
            raise Refused("buy_paid")
        attendance.sign_off(held, who, now=now)
    return "buy_cancelled"


def _row(held: Activity, said: Said) -> Participation:
    row = held.participations.filter(pk=said.key("which"), state__in=(*IN, LEFT)).first()
    if row is None:
        raise Refused("unknown")
    return row


def paid(activity: Activity, said: Said, *, key: str, by: Account | None, now: datetime) -> str:
    """Tick, or untick (`off`), that somebody has paid. Raises Refused."""
    return _tick(activity, said, "paid", now)


def delivered(activity: Activity, said: Said, *, key: str, by: Account | None, now: datetime) -> str:
    """Tick, or untick (`off`), that somebody got theirs. Raises Refused."""
    return _tick(activity, said, "delivered", now)


def _tick(activity: Activity, said: Said, what: str, now: datetime) -> str:
    with transaction.atomic():
        held = attendance.locked(activity)
        row = _row(held, said)
        if held.state == DRAFT or row.state not in IN:
            raise Refused("unknown")
        values = {k: v for k, v in row.values.items() if k != what}
        if not said.text("off"):
            values[what] = row.values.get(what) or now.isoformat()
        row.values, row.changed = values, now
        row.state = DONE if values.get("paid") else JOINED
        row.save()
    return "done"


def drop(activity: Activity, said: Said, *, key: str, by: Account | None, now: datetime) -> str:
    """Staff cancel an order that is not paid, also after it has closed. Raises Refused."""
    with transaction.atomic():
        held = attendance.locked(activity)
        row = _row(held, said)
        if row.values.get("paid"):
            raise Refused("buy_paid")
        if held.state == SETTLED:
            raise Refused("wrong_moment")
        if row.state in IN:
            row.state, row.changed = LEFT, now
            row.save()
            attendance.tell(held, row.identity, "leave", at=now, by=by, now=now)
    return "done"


def _tier_words(activity: Activity, cost: Decimal) -> str:
    with translation.override(activity.workspace.language):
        return _("“%(title)s”: so many have joined that each piece now costs %(price)s. {link}") % {
            "title": activity.title,
            "price": cost,
        }


def _ready(activity: Activity) -> None:
    plan = plan_of(activity)
    if plan.price <= 0:
        raise Refused("buy_price")
    if plan.stock and plan.least > plan.stock:
        raise Refused("buy_least")


def _closed(activity: Activity, now: datetime) -> None:
    """Say whether enough came together, and at which price."""
    pieces, values = attendance.taken(activity), {"title": activity.title, "price": price(activity)}
    with translation.override(activity.workspace.language):
        if reached(activity):
            text = _("“%(title)s” worked: %(n)s pieces, %(price)s each.") % {**values, "n": pieces}
        else:
            text = _("“%(title)s” did not come together this time. Nobody has to pay.") % values
    herald.tell_groups(activity, "result", text, key=f"{now:%Y%m%d%H%M}", now=now)


def _settled(activity: Activity, now: datetime) -> None:
    """Write the price down; where too few came together, cancel the orders. Raises Refused while money is held."""
    if reached(activity):
        activity.state_of_play = activity.state_of_play | {"price": str(price(activity))}
        return
    rows = orders(activity)
    if any(row.values.get("paid") for row in rows):
        raise Refused("buy_refund")
    for row in rows:
        row.state, row.changed = LEFT, now
        row.save()
        attendance.tell(activity, row.identity, "leave", at=now, now=now)


GROUP_BUY = Kind(
    "group_buy",
    GroupBuyPlan,
    member={"order": order, "cancel": cancel},
    chat={"join": counted("order"), "leave": in_words("cancel")},
    staff={"paid": paid, "delivered": delivered, "drop": drop},
    signs_up=False,
    ready=_ready,
    closed=_closed,
    settled=_settled,
)
