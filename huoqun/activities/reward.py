"""The reward: points for what members do in an activity, within its budget, once for each deed."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import UUID

from huoqun.activities.activity import Activity
from huoqun.people import points
from huoqun.people.account import Account
from huoqun.people.code import Bearer
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
    activity: Activity, those: Sequence[Bearer], each: int, what: str, *, key: str, note: str = "", now: datetime
) -> None:
    """The same for a crowd that waits, nobody in it twice."""
    left = _left(activity)
    amounts = [each] * len(those) if left is None else [min(each, left - n * each) for n in range(len(those))]
    paid = [(who, amount) for who, amount in zip(those, amounts, strict=True) if amount > 0]
    if not paid:
        return
    start = f"{activity.pk.hex} {what} {key}"
    columns: dict[str, list[Any]] = {
        "person_id": [who.person for who, _amount in paid],
        "group_id": [who.group for who, _amount in paid],
        "amount": [amount for _who, amount in paid],
        "key": [f"{start} {who.person.hex}" for who, _amount in paid],
    }
    same = {"what": f"{activity.kind}.{what}", "source": activity.source, "note": note}
    points.award_crowd(activity.workspace_id, columns, same, now=now)


def _left(activity: Activity) -> int | None:
    """How many points the activity may still pay; None: as many as it likes."""
    budget = int(activity.plan.get("budget") or 0)
    return budget - points.paid(activity.workspace_id, activity.source) if budget else None


def _dues(activity: Activity, those: Iterable[tuple[Identity, int]], what: str, key: str, note: str) -> list[Due]:
    """What is to be paid, as far as the budget goes."""
    left = _left(activity)
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
