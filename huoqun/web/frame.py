"""The frame: what every page of the console shows around its content."""

import shutil
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

from huoqun.base import clock, job, presence
from huoqun.people.group import groups
from huoqun.people.workspace import local

LITTLE = 64 << 20
"""Bytes left on the disk of the data folder, below which pages say so: less than one import may need."""


def frame(request: HttpRequest) -> dict[str, Any]:
    """The moment, how many groups there are, the language, and whether work is being done."""
    now = clock.now()
    workspace = local(now=now)
    return {
        "now": now,
        "place": _place(request),
        "group_count": groups(workspace).count(),
        "language": get_language() or settings.LANGUAGE_CODE,
        "upload_limit": settings.UPLOAD_LIMIT,
        "upload_files": settings.DATA_UPLOAD_MAX_NUMBER_FILES,
        **well(),
    }


def _place(request: HttpRequest) -> str:
    """Which line of the side bar the page belongs to."""
    name = (request.resolver_match.url_name or "") if request.resolver_match else ""
    return "imports" if name.startswith("import") else "groups"


def well() -> dict[str, Any]:
    """Whether there is room, whether a worker is alive, since when none is, and how much waits for it."""
    now = clock.now()
    return {
        "disk_left": left if (left := shutil.disk_usage(settings.HOME).free) < LITTLE else None,
        "worker_alive": presence.anybody(now),
        "worker_seen": presence.last_seen(),
        "jobs_waiting": job.Job.objects.filter(state__in=[job.WAITING, job.RUNNING]).count(),
    }
