"""Ringing: who is told of what waits for them, by their bell: looked at every quarter of a minute, one notification for
all that came together, of one client only, none in quiet hours; what was settled meanwhile is not told at all."""

from collections.abc import Callable, Sequence
from datetime import datetime

from django.db import transaction

from huoqun.people import bell, device, ring, staff
from huoqun.people.account import Account
from huoqun.people.bell import LATE, TASK, Bell
from huoqun.people.device import Device
from huoqun.people.ring import Told
from huoqun.people.workspace import Workspace
from huoqun.playbooks.matter import Matter, matters

Says = Callable[[Sequence[Matter], str], Told]
"""Some matters (never none) as one notification in a language."""


def what_waits(account: Account, *, now: datetime) -> dict[str, Matter]:
    """Everything that waits for an account over all workspaces where it works, by key."""
    found: dict[str, Matter] = {}
    for workspace in staff.workspaces_of(account):
        who = staff.staff_of(account, workspace)
        if who is not None:
            who.workspace, who.account = workspace, account
            found |= {matter.key: matter for matter in matters(who, now=now)}
    return found


def switch_on(account: Account, *, zone: str, now: datetime) -> None:
    """Somebody is told from now on: what waits already they can see."""
    bell.begin(account, zone=zone, now=now)
    bell.note(account, _where(what_waits(account, now=now)), told=True, now=now)


def look(now: datetime, *, says: Says) -> int:
    """Look at the things of everybody who is told; returns how many notifications were written. Cheap upkeep of the
    worker, in a thread of its own."""
    told = 0
    due = Account.objects.filter(bell__looked__lte=now - bell.LOOK) | Account.objects.filter(bell__looked=None)
    for account in due.filter(devices__isnull=False, is_active=True).distinct().order_by("pk"):
        if bell.claim(account, now=now) and (devices := device.devices_of(account, now=now)):
            told += _look_at(account, devices, says, now)
    return told


def _look_at(account: Account, devices: Sequence[Device], says: Says, now: datetime) -> int:
    here = what_waits(account, now=now)
    bell.note(account, _where(here), now=now)
    with transaction.atomic():
        row = Bell.objects.select_for_update().get(account=account)
        if row.quiet(now) or row.soon(now):
            return 0
        keys = bell.untold(account, now=now)
        if not keys:
            return 0
        bell.was_told(account, keys, now=now)
        wanted = _once([here[key] for key in sorted(keys) if key in here and here[key].kind not in row.off])
        if not wanted:
            return 0
        row.rang = now
        row.save(update_fields=["rang"])
        said = {language: says(wanted, language) for language in {each.language for each in devices}}
        there = {matter.workspace.pk: matter.workspace for matter in wanted}
        of: Workspace | None = next(iter(there.values())) if len(there) == 1 else None
        ring.ring(devices, said, workspace=of, now=now)
    return 1


def _where(found: dict[str, Matter]) -> dict[str, Workspace]:
    return {key: matter.workspace for key, matter in found.items()}


def _once(found: Sequence[Matter]) -> list[Matter]:
    """A task that has run late while nobody was told of it is late, and not also new."""
    late = {matter.about for matter in found if matter.kind == LATE}
    return [matter for matter in found if matter.kind != TASK or matter.about not in late]
