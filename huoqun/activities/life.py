"""The life of an activity: made, opened, begun, closed, settled; announced and reminded of. The same for every kind.

Every deed is a plain function that a scheduled step can call later: it is given `now`, and asked for again it changes
nothing. What a kind adds stands in its `Kind`; what falls due of itself is done by `tick`.
"""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from huoqun.activities import activity as base
from huoqun.activities import attendance, herald, reward
from huoqun.activities.activity import CLOSED, DONE, DRAFT, LIFE, OPEN, RUNNING, SETTLED, Activity, WrongMoment
from huoqun.activities.contribution import words
from huoqun.activities.kind import Kind, Plan, Refused, Said
from huoqun.activities.kinds import KINDS
from huoqun.base.job import Hand
from huoqun.people import audit, joint, mark, outbox
from huoqun.people.account import Account
from huoqun.people.display import one_line
from huoqun.people.group import Group
from huoqun.people.staff import Staff, groups_for
from huoqun.people.workspace import Workspace

LONGEST_MARK = timedelta(hours=6)
"""An event on the pulse is the moment something happens, not the hundred days of a challenge; a default."""
AT_ONCE = 200
"""Activities that one tick looks after at most."""


class Nameless(ValueError):
    """An activity needs a title."""


class Nobody(ValueError):
    """An activity is for at least one group."""


class Frozen(Exception):
    """What members signed up for stays as it was told them."""


# -- reads


def activities_for(staff: Staff, *, removed: bool = False) -> QuerySet[Activity]:
    """The activities a member of staff may see, newest first; surveys have a list of their own. Who is limited sees
    those of their own groups alone. `removed`: also those that can be brought back."""
    found = Activity.objects.filter(base.here(), workspace=staff.workspace, kind__in=KINDS)
    found = found if removed else found.filter(removed=None)
    if staff.duty.limited:
        mine = Group.objects.filter(pk__in=groups_for(staff).values("pk"))
        others = Group.objects.filter(workspace=staff.workspace).exclude(pk__in=mine.values("pk"))
        found = found.filter(groups__in=mine).exclude(groups__in=others).distinct()
    return found.order_by("-created", "-pk")


def kind_of(activity: Activity) -> Kind:
    """What its kind adds."""
    return KINDS[activity.kind]


def plan_of(activity: Activity) -> Any:
    """Its plan, as its kind reads it."""
    return kind_of(activity).plan_of(activity)


# -- writes


def begin(
    workspace: Workspace,
    kind: str,
    *,
    title: str,
    groups: Iterable[Group],
    plan: Plan | None = None,
    about: str = "",
    capacity: int | None = None,
    starts: datetime | None = None,
    closes: datetime | None = None,
    by: Account | None,
    now: datetime,
) -> Activity:
    """A new draft. Raises Nameless, Nobody."""
    wanted = list(groups)
    if not wanted:
        raise Nobody
    with transaction.atomic():
        row = Activity(workspace=workspace, kind=kind, by=by, created=now)
        row.title, row.about, row.capacity = _title(title), words(about), capacity
        row.starts, row.closes = starts, closes
        row.plan = (plan or KINDS[kind].plan()).model_dump(mode="json")
        row.save(force_insert=True)
        row.groups.set(wanted)
        _note(row, "begin", by, now, after={"groups": [g.name for g in wanted]})
    return row


def describe(
    activity: Activity,
    *,
    title: str,
    groups: Iterable[Group] | None = None,
    plan: Plan,
    about: str,
    capacity: int | None,
    starts: datetime | None,
    closes: datetime | None,
    by: Account | None,
    now: datetime,
) -> None:
    """Say it anew: everything while a draft; later words, times and more places, but no other plan. Raises Nameless,
    Nobody, Frozen."""
    with transaction.atomic():
        row = attendance.locked(activity)
        before = _told(row)
        fresh = plan.model_dump(mode="json")
        narrower = capacity is not None and (row.capacity is None or capacity < row.capacity)
        if row.state != DRAFT and (fresh != row.plan or narrower) or row.state == SETTLED:
            raise Frozen
        row.title, row.about, row.capacity = _title(title), words(about), capacity
        row.starts, row.closes = starts, closes
        row.plan = fresh
        if row.state in {OPEN, RUNNING}:
            kind_of(row).refill(row, now)
        row.save()
        if groups is not None and row.state == DRAFT:
            wanted = list(groups)
            if not wanted:
                raise Nobody
            row.groups.set(wanted)
        _note(row, "change", by, now, before=before, after=_told(row))


def open_up(
    activity: Activity, *, closes: datetime | None = None, told: bool = True, by: Account | None = None, now: datetime
) -> None:
    """Let members in; the groups are told, unless others do that. Raises Refused (not ready), WrongMoment."""
    with transaction.atomic():
        row = attendance.locked(activity)
        if row.standing(now) in {OPEN, RUNNING}:
            return
        first = row.opened is None
        row.closes = closes or row.closes
        if row.closes is not None and row.closes <= now:
            raise Refused("past")
        kind_of(row).ready(row)
        row.become(OPEN, now=now)
        kind_of(row).opened(row, now)
        row.save()
        _note(row, "open", by, now)
        if first and told:
            announce(row, "open", now=now)


def start(activity: Activity, *, by: Account | None = None, now: datetime) -> None:
    """It begins. Raises WrongMoment."""
    _go(activity, RUNNING, by, now)


def close(activity: Activity, *, by: Account | None = None, now: datetime) -> None:
    """Take nothing more. Raises WrongMoment."""
    _go(activity, CLOSED, by, now)


def settle(activity: Activity, *, by: Account | None = None, now: datetime) -> None:
    """Give what was promised: the points of the plan to whoever took part, then what the kind adds. Raises WrongMoment,
    Refused."""
    with transaction.atomic():
        if attendance.locked(activity).standing(now) in {OPEN, RUNNING}:
            close(activity, by=by, now=now)
        _go(activity, SETTLED, by, now)
        if activity.plan.get("weekly"):
            again(activity, by=by, now=now)


def again(activity: Activity, *, after: timedelta = timedelta(weeks=1), by: Account | None, now: datetime) -> Activity:
    """A draft of the same, its times later by so much; the same one when asked for again."""
    with transaction.atomic():
        row = attendance.locked(activity)
        there = Activity.objects.filter(pk=row.state_of_play.get("again"), removed=None).first()
        if there is not None:
            return there
        times = {"starts": row.starts and row.starts + after, "closes": row.closes and row.closes + after}
        fresh = begin(
            row.workspace,
            row.kind,
            title=row.title,
            groups=row.groups.filter(removed=None),
            plan=plan_of(row),
            about=row.about,
            capacity=row.capacity,
            **times,
            by=by,
            now=now,
        )
        row.state_of_play = row.state_of_play | {"again": str(fresh.pk)}
        row.save(update_fields=["state_of_play"])
    return fresh


def remove(activity: Activity, *, by: Account | None, now: datetime) -> None:
    """Take it out of the lists; its links say so, and what waited in the outbox is not said."""
    with transaction.atomic():
        row = attendance.locked(activity)
        if row.removed is None:
            row.removed = now
            row.save()
            outbox.withdraw(row.source, row.workspace, now=now)
            _note(row, "remove", by, now)


def restore(activity: Activity, *, by: Account | None, now: datetime) -> None:
    """Bring it back."""
    with transaction.atomic():
        if Activity.objects.filter(pk=activity.pk).exclude(removed=None).update(removed=None):
            _note(activity, "restore", by, now)


def by_staff(activity: Activity, deed: str, said: Said, *, key: str, by: Account | None, now: datetime) -> str:
    """Do what staff of a kind do, and write it into the log. Raises Refused (also where there is no such deed) and what
    the deed raises."""
    do = kind_of(activity).staff.get(deed)
    if do is None:
        raise Refused("unknown")
    with transaction.atomic():
        answer = do(activity, said, key=key, by=by, now=now)
        _note(activity, "do", by, now, after={"what": deed})
    return answer


def announce(
    activity: Activity,
    what: str,
    *,
    text: str = "",
    key: str = "",
    values: Mapping[str, Any] | None = None,
    now: datetime,
) -> None:
    """Put words into the outbox of each of its groups: those given, or those of `announcement(what)`; once per key."""
    herald.tell_groups(activity, what, text or announcement(activity, what, **(values or {})), key=key, now=now)


def announcement(activity: Activity, what: str, **values: Any) -> str:
    """The words for a turn in an activity's life, in the workspace's language."""
    with translation.override(activity.workspace.language):
        said = {
            "open": _("“%(title)s” is open. Join here: %(link)s"),
            "run": _("“%(title)s” begins now."),
            "close": _("“%(title)s” is closed. Thank you all."),
            "settle": _("“%(title)s” is settled. Thank you all."),
            "remind": _("Still open: “%(title)s”. %(link)s"),
        }[what]
        return said % {"title": activity.title, "link": outbox.LINK, **values}


def tick(hand: Hand) -> bool:
    """Do what is due: close what is over, start what starts, and what each kind has to do of itself."""
    now = hand.clock()
    live = Activity.objects.filter(removed=None, kind__in=KINDS)
    for row in live.filter(state__in=(OPEN, RUNNING), closes__lte=now)[:AT_ONCE]:
        close(row, now=now)
    for row in live.filter(next__lte=now)[:AT_ONCE]:
        with transaction.atomic():
            fresh = attendance.locked(row)
            if fresh.next is not None and fresh.next <= now:
                fresh.next = None
                kind_of(fresh).due(fresh, now)
                fresh.save()
    return False


def _go(activity: Activity, wanted: str, by: Account | None, now: datetime) -> None:
    """On to a state, with what its kind does then; asked for again it changes nothing."""
    with transaction.atomic():
        row = attendance.locked(activity)
        there = row.standing(now)
        if row.state == wanted or LIFE.index(row.state) > LIFE.index(wanted):
            if row.state == wanted:
                return
            raise WrongMoment(f"{row.state} to {wanted}")
        if wanted == CLOSED and there == CLOSED:
            row.state, row.closed = CLOSED, row.closes
        else:
            row.become(wanted, now=now)
        kind = kind_of(row)
        if wanted == SETTLED:
            _pay(row, now)
        {RUNNING: kind.begun, CLOSED: kind.closed, SETTLED: kind.settled}[wanted](row, now)
        row.save()
        if wanted == CLOSED and kind.marked:
            _mark(row, now)
        if wanted in {CLOSED, SETTLED}:
            for group in row.groups.filter(removed=None):
                joint.tell(group.pk, now=now)
        _note(row, {RUNNING: "start", CLOSED: "close", SETTLED: "settle"}[wanted], by, now)


def _pay(row: Activity, now: datetime) -> None:
    amount = int(row.plan.get("points") or 0)
    if amount:
        came = [(p.identity, amount) for p in attendance.participants(row, DONE)]
        reward.pay_all(row, came, "took_part", key="", note=row.title, now=now)


def _mark(row: Activity, now: datetime) -> None:
    """An event on the pulse of each group, from its start, or its opening, for some hours at most."""
    begins = row.starts or row.opened or now
    ends = min(row.closed or now, begins + LONGEST_MARK)
    for group in row.groups.filter(removed=None):
        with suppress(mark.BadMark):
            mark.add(group, title=row.title, start=begins, end=ends, by_owner=True, now=now)


def _title(text: str) -> str:
    text = one_line(text, base.LONGEST_TITLE)
    if not text:
        raise Nameless
    return text


def _told(row: Activity) -> dict[str, Any]:
    times = {
        name: value.isoformat() if value else "" for name, value in (("starts", row.starts), ("closes", row.closes))
    }
    return {"title": row.title, "about": row.about, "capacity": row.capacity, **times, "plan": row.plan}


def _note(row: Activity, what: str, by: Account | None, now: datetime, **told: Any) -> None:
    audit.note(row.workspace, f"activity.{what}", by=by, on=row.pk, title=row.title, now=now, **told)
