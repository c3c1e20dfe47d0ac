"""The frame: what every page of the console shows around its content."""

import shutil
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

from huoqun.base import clock, job, presence
from huoqun.people.account import Account
from huoqun.people.staff import Staff, groups_for, workspaces_of
from huoqun.playbooks import watchdog
from huoqun.web.place import COOKIE, place_of, places, shut_of

MANY_LATE = 1000
"""Late steps are counted no further."""
LITTLE = 64 << 20
"""Bytes left on the disk of the data folder, below which pages say so: less than one import may need."""


def frame(request: HttpRequest) -> dict[str, Any]:
    """The moment, the language, who is looking, and where."""
    staff = getattr(request, "staff", None)
    account = request.user if isinstance(getattr(request, "user", None), Account) else None
    known = {
        "now": clock.now(),
        "place": place_of((request.resolver_match.url_name or "") if request.resolver_match else ""),
        "language": get_language() or settings.LANGUAGE_CODE,
        "upload_limit": settings.UPLOAD_LIMIT,
        "upload_files": settings.DATA_UPLOAD_MAX_NUMBER_FILES,
        "account": account,
        "staff": staff,
        "may": staff.duty.may if staff else frozenset(),
        "workspace": staff.workspace if staff else None,
        **well(staff),
    }
    if staff:
        known["places"] = places(staff.duty.may, here=known["place"], shut=shut_of(request.COOKIES.get(COOKIE, "")))
        known["group_count"] = groups_for(staff).count()
        known["other_workspaces"] = workspaces_of(staff.account).exclude(pk=staff.workspace_id)
    return known


def well(staff: Staff | None = None) -> dict[str, Any]:
    """Whether there is room, whether a worker is alive, since when none is, and how much waits for it. To staff who see
    runs also how many steps of theirs nobody has carried out in time: this is counted here, because a worker that is
    stuck tells nothing."""
    now = clock.now()
    return {
        "disk_left": left if (left := shutil.disk_usage(settings.HOME).free) < LITTLE else None,
        "worker_alive": presence.anybody(now),
        "worker_seen": presence.last_seen(),
        "steps_late": _late(staff, now) if staff and staff.may("see_runs") else 0,
        "jobs_waiting": job.Job.objects.filter(state__in=[job.WAITING, job.RUNNING]).count(),
    }


def _late(staff: Staff, now: datetime) -> int:
    if not watchdog.late_steps(now, workspace=staff.workspace).exists():
        return 0
    mine = watchdog.late_steps(now, workspace=staff.workspace, group__in=groups_for(staff))
    return len(mine.values_list("pk")[:MANY_LATE])
