"""The sitting (选稿): candidates picked at one go, for chosen groups, flowing out from now on every half hour, or every
hour where material is thin.

In the morning what is picked flows until noon, at noon until the evening, in the evening until the quiet hours. Each
group gets every pick in the same order at its own free moments (`content/spacing`). The whole sitting can be undone as
long as its pieces are not sent.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django.db import transaction

from huoqun.content import find, slot
from huoqun.content.find import NAMED, NO, PICKED, Find, allowed
from huoqun.content.slot import OUT, Slot
from huoqun.content.spacing import every, limits_of, rounded_up
from huoqun.people import outbox
from huoqun.people.account import Account
from huoqun.people.group import Group
from huoqun.people.voice import voices
from huoqun.people.workspace import Workspace

MORNING, NOON, EVENING = "morning", "noon", "evening"
ENDS = {MORNING: time(12), NOON: time(18), EVENING: time(23)}
"""Until when what a sitting picks flows out (handbook chapter 12: shorter sittings at noon and in the evening)."""
HALF, HOUR = timedelta(minutes=30), timedelta(hours=1)


@dataclass(frozen=True)
class Flow:
    """How picks flow out: from when, how far apart; `thin`: they fill less than half of the half hours till the end."""

    sitting: str
    begin: datetime
    step: timedelta
    thin: bool


# -- rules


def sitting_at(now: datetime, zone: str) -> str:
    """Which sitting it is on the clock of `zone`."""
    here = now.astimezone(ZoneInfo(zone)).time()
    return MORNING if here < time(11) else NOON if here < time(16, 30) else EVENING


def flow(picks: int, zone: str, *, now: datetime) -> Flow:
    """How so many picks flow out from now on."""
    sitting = sitting_at(now, zone)
    begin = rounded_up(now, HALF)
    here = begin.astimezone(ZoneInfo(zone))
    ends = datetime.combine(here.date(), ENDS[sitting], ZoneInfo(zone))
    room = max(0, int((ends - begin) / HALF))
    thin = picks * 2 < room
    return Flow(sitting, begin, HOUR if thin else HALF, thin)


def words_of(row: Find) -> str:
    """What is said of a find: its words with link and thanks, with its author's name where they agreed. Raises
    find.NotAgreed where they said no."""
    may = allowed(row)
    if row.identity is None:
        title = "" if row.text.startswith(row.title) else row.title
        lines = [title, row.text, row.link]
        thanks = f"—— {row.source}" if row.origin == find.FEED and row.source else ""
        return "\n".join(line for line in (*lines, thanks) if line)
    if may == NO:
        raise find.NotAgreed
    thanks = f"—— {row.identity.name}" if may == NAMED else ""
    return "\n".join(line for line in (row.text, thanks) if line)


# -- writes


def pick(
    rows: Sequence[Find],
    groups: Sequence[Group],
    *,
    approves: bool,
    by: Account,
    now: datetime,
) -> tuple[UUID, int]:
    """Plan picks in groups, in the order given; returns the sitting and how many pieces stand in the calendar. What a
    member said goes only to the group where they said it, unless they agreed. Raises find.NotAgreed, slot.BadSlot."""
    id = uuid4()
    planned = 0
    with transaction.atomic():
        held = list(Group.objects.select_for_update().filter(pk__in=[g.pk for g in groups]).order_by("pk"))
        rules = voices(held)
        known = slot.taken(held, now - timedelta(days=2), now + timedelta(days=30))
        for group in held:
            wanted = [(row, words_of(row)) for row in rows if _fits(row, group)]
            how = flow(len(rows), group.zone, now=now)
            bound = limits_of(rules[group.pk], group.zone)
            times = every(how.begin, len(wanted), how.step, known[group.pk], bound)
            for (row, text), at in zip(wanted, times, strict=True):
                person = row.identity.person if row.identity else None
                slot.plan(
                    group,
                    text=text,
                    at=at,
                    kind=row.kind,
                    person=person,
                    picture=row.picture,
                    approves=approves,
                    source=f"sitting:{id.hex}",
                    key=f"{id.hex} {row.pk.hex}",
                    by=by,
                    now=now,
                )
                planned += 1
        for row in rows:
            find.decide(row, PICKED, by=by, now=now)
    return id, planned


def _fits(row: Find, group: Group) -> bool:
    """Whether a find may be said in a group: another group's post only with its author's yes, what is for one group
    in no other."""
    if row.identity_id is None:
        return row.group_id in {None, group.pk}
    return row.group_id is None or row.group_id == group.pk or allowed(row) in {NAMED, find.NAMELESS}


def undo(workspace: Workspace, id: UUID, *, by: Account, now: datetime) -> int:
    """Take back a sitting: what is not sent is dropped, and what was picked is to be decided about again; returns how
    many pieces."""
    undone = 0
    with transaction.atomic():
        rows = Slot.objects.filter(workspace=workspace, source=f"sitting:{id.hex}").select_related("out")
        sent = set()
        for row in rows:
            if row.state == OUT and row.proof == outbox.SENT:
                sent.add(row.key)
            elif slot.drop(row, by=by, now=now):
                undone += 1
        keys = {row.key.partition(" ")[2] for row in rows} - {key.partition(" ")[2] for key in sent}
        for one in Find.objects.filter(workspace=workspace, pk__in=[UUID(key) for key in keys]):
            find.decide(one, find.OPEN, by=by, now=now)
    return undone


def last_sitting(workspace: Workspace, *, by: Account, now: datetime) -> UUID | None:
    """The last sitting of somebody today, as far as something of it can still be taken back."""
    rows = Slot.objects.filter(workspace=workspace, by=by, source__startswith="sitting:")
    rows = rows.filter(created__gt=now - timedelta(hours=12)).exclude(state=slot.DROPPED)
    found = rows.order_by("-created").values_list("source", flat=True).first()
    return UUID(found.partition(":")[2]) if found else None
