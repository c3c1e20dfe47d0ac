"""The room: how many members fit into a group on its network, and how full it is.

Limits are the networks' own as of 2026: WeChat 500, QQ 200 to 3000 depending on what its owner paid or earned (handbook
chapter 1), WeCom customer groups 500 (older official pages say 200), WhatsApp 1024, Telegram 200,000. Networks that
set no limit that matters are not listed. Where a limit depends on the group the operator says which one it has.
"""

import math
from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from huoqun.people import alert
from huoqun.people.account import Account
from huoqun.people.group import Group, changed

LIMITS = {"wechat": 500, "wecom": 500, "whatsapp": 1024, "telegram": 200_000}
QQ = (200, 500, 1000, 2000, 3000)
"""The sizes a QQ group can have; which one, its owner knows."""
NEAR = 0.9
"""From this share on the owner is told."""
MOST = 10_000_000


class BadLimit(ValueError):
    """Not a number of members that a group can have."""


class Room(NamedTuple):
    """How full a group is. `said`: the limit is the operator's word, else the network's."""

    members: int | None
    limit: int | None
    said: bool
    share: float | None
    near: bool

    @property
    def full(self) -> bool:
        """Nobody fits in any more."""
        return self.share is not None and self.share >= 1

    @property
    def warns(self) -> int:
        """From how many members on the owner is told."""
        return math.ceil((self.limit or 0) * NEAR)


def room(group: Group, members: int | None) -> Room:
    """How full the group is with so many members; what is not known stays None and warns of nothing."""
    limit = group.limit or LIMITS.get(group.network)
    share = members / limit if members is not None and limit else None
    return Room(members, limit, bool(group.limit), share, share is not None and share >= NEAR)


def set_limit(group: Group, limit: int | None, *, by: Account, now: datetime) -> None:
    """What the operator says of the limit; None: the network's. Raises BadLimit."""
    if limit is not None and not 0 < limit <= MOST:
        raise BadLimit
    with transaction.atomic():
        row = Group.objects.select_for_update().get(pk=group.pk)
        before = row.limit
        if before == limit:
            return
        row.limit = limit
        row.save(update_fields=["limit"])
        if row.newest is not None:
            watch(row, row.newest.members, now=now)
        changed(row, "group.limit", by=by, before={"limit": before}, after={"limit": limit}, now=now)


def watch(group: Group, members: int | None, *, now: datetime) -> None:
    """Let the group's alert say whether it is near its limit."""
    full = room(group, members)
    why = {"members": full.members, "limit": full.limit} if full.near else None
    alert.put(group, alert.FULL, why, since=now, now=now)
