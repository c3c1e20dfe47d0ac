"""The calendar of runs (执行日历): every step ahead over very many groups, by group and day of the group's own clock.

Read as narrow rows: hundreds of groups with some twenty steps each are one page (`bench/calendar`).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Case, CharField, F, Q, QuerySet, Value, When
from django.db.models.functions import Cast

from huoqun.activities.activity import Activity
from huoqun.people.group import Group
from huoqun.people.mark import Mark
from huoqun.playbooks import run_board
from huoqun.playbooks.opening import spoken
from huoqun.playbooks.run import PAUSED, RUNNING, SKIPPED, DueStep, Edition, Run

FAR = timedelta(hours=15)
"""Zones lie so far apart from UTC at most; what is read around the days asked for."""


class Entry(NamedTuple):
    """Something on a day of a group: a step (`run` and `id` say which), an activity, or a mark (`run` is "").

    `at`: hour and minute on the group's clock; `state`: as on the board; ids as they stand in addresses."""

    what: str
    at: str
    title: str
    state: str
    by_hand: bool
    run: str
    id: str


Days = dict[UUID, dict[date, list[Entry]]]
"""By group and day."""
BARE = 32
"""Letters of an id without hyphens."""


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
    zones = {group.pk: group.zone for group in groups}
    begin = datetime.combine(first, time(), UTC) - FAR
    end = datetime.combine(first + timedelta(days=days), time(), UTC) + FAR
    going = runs.filter(state__in=(RUNNING, PAUSED), group__in=groups).order_by()
    told = list(going.values_list("pk", "group", "edition"))
    known = _forms({edition for _run, _group, edition in told}, language)
    found: Days = {group.pk: {} for group in groups}
    homes = {run.hex: (str(run), zones[group], known[edition], found[group]) for run, group, edition in told}
    rows = DueStep.objects.filter(run__in=going.values("pk"), due__gte=begin, due__lt=end).exclude(state=SKIPPED)
    if look:
        rows = rows.filter(run_board.trouble(now))
    wanted, hours = set(kinds), _Hours(first, days)
    for id, run, step, due, state, by_hand in _narrow(rows, now):
        name, zone, steps, place = homes[run.replace("-", "")]
        day, at = hours.of(due, zone)
        kind, title = steps[step]
        if day is not None and (not wanted or kind in wanted):
            place.setdefault(day, []).append(Entry(kind, at, title, state, by_hand == "yes", name, _key(id)))
    return found


def _narrow(rows: QuerySet[DueStep], now: datetime) -> Iterator[tuple[str, str, str, str, str, str]]:
    """Id, run, step, moment, state and whether somebody has changed it, by the hour; all as the texts that the database
    has, for most of them say the same: making objects of six thousand of each takes longer than all the rest."""
    shown = Case(When(run_board.late(now), then=Value(run_board.LATELY)), default=F("state"))
    hand = Case(When(by__isnull=False, then=Value("yes")), default=Value(""))
    texts = {f"{name}_text": Cast(name, CharField()) for name in ("id", "run_id", "due")}
    told = rows.order_by("due", "place").annotate(shown=shown, hand=hand, **texts)
    return told.values_list("id_text", "run_id_text", "step", "due_text", "shown", "hand").iterator(4000)


def _key(text: str) -> str:
    """An id as it stands in addresses; SQLite keeps it without hyphens."""
    if len(text) != BARE:
        return text
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


class _Hours:
    """Days and hours on the clocks of groups: each moment is read once for each clock."""

    def __init__(self, first: date, days: int) -> None:
        self.first, self.last = first, first + timedelta(days=days)
        self.known: dict[tuple[str, str], tuple[date | None, str]] = {}

    def of(self, due: str, zone: str) -> tuple[date | None, str]:
        """The day (None: none of those wanted) and the hour and minute of a moment, as the database writes it."""
        if (due, zone) not in self.known:
            moment = datetime.fromisoformat(due)
            moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
            here = moment.astimezone(ZoneInfo(zone))
            wanted = self.first <= here.date() < self.last
            self.known[due, zone] = here.date() if wanted else None, f"{here:%H:%M}"
        return self.known[due, zone]


def others(groups: Sequence[Group], first: date, days: int) -> Days:
    """Beside the steps: activities that begin or close, and marks."""
    zones = {group.pk: ZoneInfo(group.zone) for group in groups}
    found: Days = {group.pk: {} for group in groups}
    begin = datetime.combine(first, time(), UTC) - FAR
    end = datetime.combine(first + timedelta(days=days), time(), UTC) + FAR
    last = first + timedelta(days=days)

    def put(group: UUID, moment: datetime, what: str, title: str, id: UUID) -> None:
        here = moment.astimezone(zones[group])
        if first <= here.date() < last:
            found[group].setdefault(here.date(), []).append(Entry(what, f"{here:%H:%M}", title, "", False, "", str(id)))

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
