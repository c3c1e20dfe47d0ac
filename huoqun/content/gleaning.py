"""The gleaning (夜间采集): every night the best posts of a workspace's groups are gathered for the morning desk.

A job a night for each workspace whose staff have begun with it; each opens the next one, so that a worker that was
down for days gleans once and goes on. Feeds are looked at by themselves (`content/feed`).
"""

import hashlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from huoqun.base import job
from huoqun.base.clock import naive_utc
from huoqun.content import feed, find
from huoqun.content.find import BEST, Find
from huoqun.insight.sumup import Line, sumup
from huoqun.people import history
from huoqun.people.group import Group, groups
from huoqun.people.person import Identity
from huoqun.people.voice import EMOTIONAL
from huoqun.people.workspace import Workspace

KIND = "glean"
AT = time(4, 30)
"""When, on the workspace's clock: after the day, before the desk. A default."""
BACK = timedelta(hours=36)
"""How far back: last day's evening included, also where the import came late. A default."""
MOST_GROUPS = 300
EACH = 3
"""Posts of a group a night."""
TAKEN_UP = 2
"""People who took something up for it to be a candidate; ours."""


def begin(workspace: Workspace, *, now: datetime) -> None:
    """Glean at once, and from now on every night."""
    day = _here(workspace, now).date()
    job.open_job(KIND, _key(workspace, day, now), now=now)
    feed.hurry(workspace, now=now)


def under_way(workspace: Workspace, *, now: datetime) -> bool:
    """Whether it is being gleaned, or is to be at once."""
    opened = job.Job.objects.filter(kind=KIND, key__startswith=f"{workspace.pk.hex} ")
    return opened.filter(state__in=(job.WAITING, job.RUNNING), due__lte=now).exists()


def tick(hand: job.Hand) -> bool:
    """Glean for one workspace whose night has come."""
    return job.work(KIND, _run, hand)


def _run(lease: job.Lease) -> None:
    workspace = Workspace.objects.filter(pk=lease.key.partition(" ")[0]).first()
    if workspace is None:
        return
    now = lease.now()
    glean(workspace, now=now)
    tomorrow = _next(workspace, now)
    with transaction.atomic():
        job.hold(lease)
        job.open_job(KIND, f"{workspace.pk.hex} {tomorrow:%Y-%m-%d}", due=tomorrow, now=now)


def glean(workspace: Workspace, *, now: datetime) -> int:
    """Keep the best posts of the last day or so; returns how many are new."""
    lively = groups(workspace).filter(last__gte=now - BACK).order_by("-messages", "pk")[:MOST_GROUPS]
    return sum(find.keep(_of_group(group, now)) for group in lively.select_related("workspace"))


def _of_group(group: Group, now: datetime) -> Iterator[Find]:
    since = naive_utc(now - BACK)
    found = sumup(history.rows_of(group, since), since=since, now=naive_utc(now))
    lines = [line for line in found.posts if line.taken_up >= TAKEN_UP][:EACH]
    who = Identity.objects.filter(group=group, account__in=[line.sender for line in lines], bot=False)
    known = {identity.account: identity for identity in who}
    for line in lines:
        identity = known.get(line.sender)
        if identity is not None:
            yield _found(group, line, identity, now)


def _found(group: Group, line: Line, identity: Identity, now: datetime) -> Find:
    key = hashlib.sha256(f"{group.pk.hex}\0{line.key}".encode()).hexdigest()
    made = Find(workspace_id=group.workspace_id, group=group, identity=identity, origin=BEST, key=key, created=now)
    made.source, made.title, made.text = group.name[:200], line.text[:60], line.text
    made.weight, made.told, made.kind = float(line.taken_up), history.aware(line.at), EMOTIONAL
    return made


def _key(workspace: Workspace, day: date, now: datetime) -> str:
    return f"{workspace.pk.hex} now {day} {now:%H%M%S}"


def _here(workspace: Workspace, now: datetime) -> datetime:
    return now.astimezone(ZoneInfo(workspace.zone))


def _next(workspace: Workspace, now: datetime) -> datetime:
    here = _here(workspace, now)
    day = here.date() + timedelta(days=here.time() >= AT)
    return datetime.combine(day, AT, ZoneInfo(workspace.zone))
