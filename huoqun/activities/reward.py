"""The reward: points for what members do in an activity, within its budget, once for each deed."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from uuid import UUID

from huoqun.activities.activity import Activity
from huoqun.people import points
from huoqun.people.account import Account
from huoqun.people.person import Identity
from huoqun.people.points import Due, Posting


def pay(activity: Activity, who: Identity, amount: int, what: str, *, key: str, note: str = "", now: datetime) -> int:
    """Points for one deed; how many were paid: 0 where it was paid before, or where the budget is used up."""
    return sum(p.amount for p in pay_all(activity, [(who, amount)], what, key=key, note=note, now=now))


def pay_all(
    activity: Activity, those: Iterable[tuple[Identity, int]], what: str, *, key: str, note: str = "", now: datetime
) -> list[Posting]:
    """Points for many, in the order given, as far as the budget goes. Call it under the activity's lock where it has a
    budget. Returns what was paid now."""
    dues = _dues(activity, those, what, key, note)
    return points.award_all(activity.workspace, dues, now=now) if dues else []


def pay_crowd(
    activity: Activity, those: Iterable[tuple[Identity, int]], what: str, *, key: str, note: str = "", now: datetime
) -> int:
    """The same for a crowd that waits, nobody in it twice; how many points were paid."""
    dues = _dues(activity, those, what, key, note)
    return points.award_crowd(activity.workspace_id, dues, now=now) if dues else 0


def _dues(activity: Activity, those: Iterable[tuple[Identity, int]], what: str, key: str, note: str) -> list[Due]:
    """What is to be paid, as far as the budget goes."""
    budget = int(activity.plan.get("budget") or 0)
    left = budget - points.paid(activity.workspace, activity.source) if budget else None
    dues = []
    for who, amount in those:
        if left is not None:
            amount = min(amount, left)
            left -= max(amount, 0)
        if amount > 0:
            each = f"{activity.pk.hex} {what} {key} {who.person_id.hex}"
            dues.append(Due(who.person, amount, each, f"{activity.kind}.{what}", activity.source, who.group, note))
    return dues


def take_back(
    activity: Activity, person: UUID, what: str, *, key: str, why: str, by: Account | None, now: datetime
) -> int:
    """Take back what a person was paid for one deed and still has; how many points that were."""
    keys = {"key__startswith": f"{activity.pk.hex} {what} {key} ", "key__endswith": f" {person.hex}"}
    found = points.Posting.objects.filter(workspace=activity.workspace_id, kind=points.AWARD, reversed_by=None, **keys)
    taken = 0
    for posting in found:
        with suppress(points.Short):
            taken -= points.reverse(posting, why=why, by=by, now=now, whole=False).amount
    return taken
