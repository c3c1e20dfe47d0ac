"""The gleaning (夜间采集): every night what is worth saying is gathered for the morning desk: the best posts of a
workspace's groups, works that members agreed to show, messages in which watchwords fell, what a group talks about.

A job a night for each workspace whose staff have begun with it; each opens the next one, so that a worker that was
down for days gleans once and goes on. Feeds are looked at by themselves (`content/feed`).
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from huoqun.base import job
from huoqun.base.clock import naive_utc
from huoqun.content import feed, find, topic_bank
from huoqun.content.find import BEST, NAMED, NAMELESS, TALK, WATCH, WORK, Find
from huoqun.content.watchword import Sighting
from huoqun.insight.sumup import Line, sumup
from huoqun.people import history
from huoqun.people.group import Group, groups
from huoqun.people.person import Identity
from huoqun.people.voice import EMOTIONAL, INTERACTIVE
from huoqun.people.workspace import Workspace

KIND = "glean"
AT = time(4, 30)
"""When, on the workspace's clock: after the day, before the desk. A default."""
BACK = timedelta(hours=36)
"""How far back: last day's evening included, also where the import came late. A default."""
MOST_GROUPS = 300
EACH = 3
"""Posts of a group a night, and works, and messages with watchwords."""
TAKEN_UP = 2
"""People who took something up for it to be a candidate; ours."""
TALKED = {
    "zh": "最近大家常说起：{words}。你怎么看？",
    "en": "We have been talking a lot about {words} lately. What do you think?",
}


@dataclass(frozen=True)
class Work:
    """Something a member made and agreed to show everybody, `named` or without their name."""

    id: UUID
    identity: Identity
    title: str
    text: str
    link: str
    picture: UUID | None
    named: bool
    at: datetime


Shown = Callable[[Group, datetime], Iterable[Work]]
"""The works of a group that everybody may see now, the newest first."""


def begin(workspace: Workspace, *, now: datetime) -> None:
    """Glean at once, and from now on every night."""
    day = _here(workspace, now).date()
    job.open_job(KIND, _key(workspace, day, now), now=now)
    feed.hurry(workspace, now=now)


def under_way(workspace: Workspace, *, now: datetime) -> bool:
    """Whether it is being gleaned, or is to be at once."""
    opened = job.Job.objects.filter(kind=KIND, key__startswith=f"{workspace.pk.hex} ")
    return opened.filter(state__in=(job.WAITING, job.RUNNING), due__lte=now).exists()


def nothing(_group: Group, _now: datetime) -> Iterable[Work]:
    """Nobody shows anything."""
    return ()


def tick(hand: job.Hand, *, shown: Shown = nothing) -> bool:
    """Glean for one workspace whose night has come."""
    return job.work(KIND, lambda lease: _run(lease, shown), hand)


def _run(lease: job.Lease, shown: Shown) -> None:
    workspace = Workspace.objects.filter(pk=lease.key.partition(" ")[0]).first()
    if workspace is None:
        return
    now = lease.now()
    glean(workspace, shown=shown, now=now)
    tomorrow = _next(workspace, now)
    with transaction.atomic():
        job.hold(lease)
        job.open_job(KIND, f"{workspace.pk.hex} {tomorrow:%Y-%m-%d}", due=tomorrow, now=now)


def glean(workspace: Workspace, *, shown: Shown = nothing, now: datetime) -> int:
    """Keep what is worth saying of the last day or so; returns how many are new."""
    lively = groups(workspace).filter(last__gte=now - BACK).order_by("-messages", "pk")[:MOST_GROUPS]
    many = sum(find.keep(_of_group(group, now)) for group in lively.select_related("workspace"))
    many += sum(find.keep(_of_talk(group, now)) for group in lively.select_related("workspace"))
    many += find.keep(_of_words(workspace, now))
    every = groups(workspace).order_by("-messages", "pk")[:MOST_GROUPS]
    return many + sum(find.keep(_of_works(group, shown(group, now), now)) for group in every)


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
    made = Find(workspace_id=group.workspace_id, group=group, identity=identity, origin=BEST, created=now)
    made.key = _digest(group, line.key)
    made.source, made.title, made.text = group.name[:200], line.text[:60], line.text
    made.weight, made.told, made.kind = float(line.taken_up), history.aware(line.at), EMOTIONAL
    return made


def _digest(group: Group, key: str) -> str:
    """What makes a message of a group itself, whatever brings it here."""
    return hashlib.sha256(f"{group.pk.hex}\0{key}".encode()).hexdigest()


def _of_words(workspace: Workspace, now: datetime) -> Iterator[Find]:
    """The newest messages in which watchwords fell; of each group and word a few."""
    rows = Sighting.objects.filter(watchword__workspace=workspace, watchword__on=True, group__removed=None)
    rows = rows.filter(at__gte=now - BACK).select_related("watchword", "group", "identity").order_by("-at", "pk")
    many: dict[tuple[UUID, UUID], int] = {}
    for row in rows[:1000]:
        place = (row.group_id, row.watchword_id)
        many[place] = many.get(place, 0) + 1
        if many[place] <= EACH:
            made = Find(workspace=workspace, group=row.group, identity=row.identity, origin=WATCH, created=now)
            made.key, made.text, made.title = _digest(row.group, row.key), row.text, row.text[:60]
            made.source = f"{row.watchword.name} · {row.group.name}"[:200]
            made.told, made.kind = row.at, EMOTIONAL
            yield made


def _of_talk(group: Group, now: datetime) -> Iterator[Find]:
    """What stood out in a group's talk lately, as a question to the group."""
    newest = next(iter(topic_bank.talked(group)), None)
    if newest is None:
        return
    language = "en" if group.workspace.language == "en" else "zh"
    sign = ", " if language == "en" else "、"
    made = Find(workspace_id=group.workspace_id, group=group, origin=TALK, created=now)
    made.text = TALKED[language].format(words=newest.text.replace(" · ", sign))
    made.key = _digest(group, f"talk {newest.why['day']} {newest.text}")
    made.source, made.title, made.kind = group.name[:200], newest.text, INTERACTIVE
    made.weight, made.told = 0.0, now
    yield made


def _of_works(group: Group, works: Iterable[Work], now: datetime) -> Iterator[Find]:
    """Works that members agreed to show, a few a night."""
    wanted = list(works)
    keys = {work.id: f"work {work.id.hex}" for work in wanted}
    known = set(Find.objects.filter(workspace=group.workspace_id, key__in=keys.values()).values_list("key", flat=True))
    for work in [w for w in wanted if keys[w.id] not in known][:EACH]:
        made = Find(workspace_id=group.workspace_id, group=group, identity=work.identity, origin=WORK, created=now)
        made.key, made.agreed = keys[work.id], NAMED if work.named else NAMELESS
        made.source, made.title, made.text = group.name[:200], work.title[:200], work.text[: find.LONGEST_TEXT]
        made.link, made.picture_id = work.link[: find.LONGEST_LINK], work.picture
        made.told, made.kind = work.at, EMOTIONAL
        yield made


def _key(workspace: Workspace, day: date, now: datetime) -> str:
    return f"{workspace.pk.hex} now {day} {now:%H%M%S}"


def _here(workspace: Workspace, now: datetime) -> datetime:
    return now.astimezone(ZoneInfo(workspace.zone))


def _next(workspace: Workspace, now: datetime) -> datetime:
    here = _here(workspace, now)
    day = here.date() + timedelta(days=here.time() >= AT)
    return datetime.combine(day, AT, ZoneInfo(workspace.zone))
