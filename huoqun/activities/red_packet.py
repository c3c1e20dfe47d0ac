"""The red packet (红包): a spark that wakes a group, within a budget, and whose effect is measured.

For the operator: the sum one may spend and the words that go with it. Each packet that was sent is written down with
its moment, sum and pieces; the sum never goes over the budget. Once an import covers the hours around it, the page
tells what it stirred: the hour before, the hour after, the same hour of other weeks, who was woken and who stayed.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from django.db import transaction
from pydantic import Field

from huoqun.activities import attendance
from huoqun.activities.activity import DRAFT, SETTLED, Activity
from huoqun.activities.kind import Kind, Plan, Refused, Said
from huoqun.base.clock import naive_utc
from huoqun.insight import stir
from huoqun.people import audit, history
from huoqun.people.account import Account
from huoqun.people.group import Group

MOST_SENT = 200
LOOKED_BACK = timedelta(weeks=stir.WEEKS, days=1)


class RedPacketPlan(Plan):
    """What may be spent, and why."""

    money: Decimal = Field(default=Decimal(0), ge=0, le=1_000_000, decimal_places=2)
    """The sum of all packets at most."""
    task: str = Field(default="", max_length=200)
    """What members are asked to do with it: who is quickest tells a story."""


@dataclass(frozen=True)
class Sent:
    """One packet: when, in which group, how much, in how many pieces."""

    at: datetime
    group: str
    money: Decimal
    pieces: int
    key: str


# -- reads


def plan_of(activity: Activity) -> RedPacketPlan:
    """What may be spent."""
    return RedPacketPlan.model_validate(activity.plan)


def sent(activity: Activity) -> list[Sent]:
    """The packets, the oldest first."""
    rows = activity.state_of_play.get("sent", [])
    found = [
        Sent(datetime.fromisoformat(r["at"]), r["group"], Decimal(r["money"]), int(r["pieces"]), r["key"]) for r in rows
    ]
    return sorted(found, key=lambda s: s.at)


def spent(activity: Activity) -> Decimal:
    """What they cost together."""
    return sum((s.money for s in sent(activity)), Decimal(0))


def effect(activity: Activity, packet: Sent) -> stir.Stir | None:
    """What a packet stirred in its group; None until an import covers the two hours after it."""
    group = activity.groups.filter(pk=packet.group, removed=None).first()
    if group is None or group.last is None or group.last < packet.at + 2 * stir.HOUR:
        return None
    rows = history.rows_of(group, naive_utc(packet.at) - LOOKED_BACK)
    return stir.stir(rows, naive_utc(packet.at))


# -- writes


def give(activity: Activity, said: Said, *, key: str, by: Account | None, now: datetime) -> str:
    """Write down that a packet was sent: `money`, `pieces`, `group`, and `when` (on the group's clock; empty: now).
    Raises Refused."""
    with transaction.atomic():
        held = attendance.locked(activity)
        if held.standing(now) in {DRAFT, SETTLED}:
            raise Refused("wrong_moment")
        there = held.state_of_play.get("sent", [])
        if any(r["key"] == key for r in there):
            return "done"
        groups = list(held.groups.filter(removed=None).order_by("name"))
        wanted = said.text("group")
        group = next((g for g in groups if str(g.pk) == wanted), None if wanted or len(groups) != 1 else groups[0])
        if group is None:
            raise Refused("spark_group")
        money, pieces = _money(said), said.number("pieces", 1)
        if not 0 < pieces <= 500 or len(there) >= MOST_SENT:
            raise Refused("number")
        if spent(held) + money > plan_of(held).money:
            raise Refused("spark_budget", left=plan_of(held).money - spent(held))
        at = _when(said, group, now)
        row = {"at": at.isoformat(), "group": str(group.pk), "money": str(money), "pieces": pieces, "key": key}
        held.state_of_play = held.state_of_play | {"sent": [*there, row]}
        held.save(update_fields=["state_of_play"])
        told = {"amount": str(money), "group": group.name}
        audit.note(held.workspace, "activity.packet", by=by, on=held.pk, title=held.title, after=told, now=now)
    return "done"


def undo(activity: Activity, said: Said, *, key: str, by: Account | None, now: datetime) -> str:
    """Take back what was written down by mistake: `which`, the key of a packet. Raises Refused."""
    with transaction.atomic():
        held = attendance.locked(activity)
        if held.state == SETTLED:
            raise Refused("wrong_moment")
        left = [r for r in held.state_of_play.get("sent", []) if r["key"] != said.text("which")]
        held.state_of_play = held.state_of_play | {"sent": left}
        held.save(update_fields=["state_of_play"])
    return "done"


def _money(said: Said) -> Decimal:
    try:
        money = Decimal(said.text("money"))
    except InvalidOperation as error:
        raise Refused("number", field="money") from error
    if not money.is_finite() or not 0 < money <= 1_000_000:
        raise Refused("number", field="money")
    return money.quantize(Decimal("0.01"))


def _when(said: Said, group: Group, now: datetime) -> datetime:
    if not said.text("when"):
        return now
    try:
        at = datetime.fromisoformat(said.text("when")).replace(tzinfo=ZoneInfo(group.zone)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Refused("spark_when") from error
    if not now - timedelta(days=366) < at <= now + timedelta(minutes=5):
        raise Refused("spark_when")
    return at


def _ready(activity: Activity) -> None:
    if plan_of(activity).money <= 0:
        raise Refused("spark_money")


RED_PACKET = Kind(
    "red_packet", RedPacketPlan, staff={"give": give, "undo": undo}, signs_up=False, ready=_ready, marked=True
)
