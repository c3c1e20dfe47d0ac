"""The calendar of runs (执行日历): every step ahead over very many groups, by group and day of the group's own clock.

Read as narrow rows: hundreds of groups with some twenty steps each are one page (`bench/calendar`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from huoqun.activities.activity import Activity
from huoqun.people.group import Group
from huoqun.people.mark import Mark
from huoqun.playbooks import run_board
from huoqun.playbooks.opening import spoken
from huoqun.playbooks.run import AHEAD, PAUSED, RUNNING, SKIPPED, DueStep, Edition, Run

FAR = timedelta(hours=15)
"""Zones lie so far apart from UTC at most; what is read around the days asked for."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Something on a day of a group: a step (`run` and `step` say which), an activity, or a mark (`run` is None).
    `at`: hour and minute on the group's clock; `state`: as on the board."""

    what: str
    at: str
    title: str
    state: str
    id: UUID
    run: UUID | None = None
    by_hand: bool = False


Days = dict[tuple[UUID, date], list[Entry]]


def groups_on(runs: QuerySet[Run]) -> QuerySet[Group]:
    """The groups in which some runs go on, by name."""
    going = runs.filter(state__in=(RUNNING, PAUSED)).order_by()
    return Group.objects.filter(pk__in=going.values("group")).order_by("name", "pk")


def entries(
    runs: QuerySet[Run],
    groups: Sequence[Group],
    first: date,
    days: int,
    *,
    kinds: Iterable[str] = (),
    look: bool = False,
    language: str,
    now: datetime,
) -> Days:
    """What stands on some days in the calendars of groups: the steps of runs that go on, by the hour. `kinds`: of these
    kinds of step alone; `look`: what needs a look alone."""
    zones = {group.pk: ZoneInfo(group.zone) for group in groups}
    begin = datetime.combine(first, time(), UTC) - FAR
    end = datetime.combine(first + timedelta(days=days), time(), UTC) + FAR
    going = dict(
        runs.filter(state__in=(RUNNING, PAUSED), group__in=groups).order_by().values_list("pk", "edition").iterator()
    )
    home = dict(runs.filter(pk__in=going).order_by().values_list("pk", "group").iterator())
    known = _forms(set(going.values()), language)
    rows = DueStep.objects.filter(run__in=going, due__gte=begin, due__lt=end).exclude(state=SKIPPED)
    if look:
        rows = rows.filter(run_board.trouble(now))
    wanted, found = set(kinds), Days()
    last = first + timedelta(days=days)
    told = rows.order_by("due", "place").values_list("pk", "run", "step", "due", "state", "next", "until", "by")
    for pk, run, step, due, state, next, until, by in told:
        kind, title = known[going[run]][step]
        assert due is not None
        here = due.astimezone(zones[home[run]])
        day = here.date()
        if first <= day < last and (not wanted or kind in wanted):
            slow = (until is not None and until < now) if state != AHEAD else bool(next and next + run_board.LATE < now)
            stands = run_board.LATELY if slow and state in {AHEAD, "waiting"} else state
            entry = Entry(kind, f"{here:%H:%M}", title, stands, pk, run, by is not None)
            found.setdefault((home[run], day), []).append(entry)
    return found


def others(groups: Sequence[Group], first: date, days: int) -> Days:
    """Beside the steps: activities that begin or close, and marks."""
    zones, found = {group.pk: ZoneInfo(group.zone) for group in groups}, Days()
    begin = datetime.combine(first, time(), UTC) - FAR
    end = datetime.combine(first + timedelta(days=days), time(), UTC) + FAR
    last = first + timedelta(days=days)

    def put(group: UUID, moment: datetime, what: str, title: str, id: UUID) -> None:
        here = moment.astimezone(zones[group])
        if first <= here.date() < last:
            found.setdefault((group, here.date()), []).append(Entry(what, f"{here:%H:%M}", title, "", id))

    near = Q(starts__gte=begin, starts__lt=end) | Q(closes__gte=begin, closes__lt=end)
    going = Activity.objects.filter(near, removed=None, groups__in=groups, closed=None)
    for group, starts, closes, title, id in going.values_list("groups", "starts", "closes", "title", "pk"):
        if group in zones and starts:
            put(group, starts, "starts", title, id)
        if group in zones and closes:
            put(group, closes, "closes", title, id)
    marks = Mark.objects.filter(group__in=groups, start__gte=begin, start__lt=end)
    for group, start, title, id in marks.values_list("group", "start", "title", "pk"):
        put(group, start, "mark", title, id)
    return found


def _forms(editions: Iterable[UUID], language: str) -> Mapping[UUID, Mapping[str, tuple[str, str]]]:
    """By edition and step: its kind and its title."""
    books = Edition.objects.in_bulk(list(editions))
    return {
        key: {s.id: (getattr(s, "do", ""), spoken(s.title.model_dump(), language)) for s in row.playbook.steps}
        for key, row in books.items()
    }
