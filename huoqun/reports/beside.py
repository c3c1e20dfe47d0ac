"""Beside: the outcomes of a group day by day, and the other groups of its workspace that it may be compared with.

Of a group itself shares are read too, with who answered whom (`insight/outcome_share`); of the others only what its
rows count, since inferring answers costs seconds a group.
"""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import log
from uuid import UUID
from zoneinfo import ZoneInfo

from huoqun.insight import coming
from huoqun.insight.comparison import Donor
from huoqun.insight.diagnosis import moment_of
from huoqun.insight.outcome import counts
from huoqun.insight.outcome_share import read, shares, waits
from huoqun.insight.reading import Reading
from huoqun.insight.track import Track
from huoqun.people import checkup, history
from huoqun.people.group import Group
from huoqun.people.mark import Mark
from huoqun.playbooks.run import Run

CANDIDATES = 60
"""Groups looked at for likeness: those nearest in size."""
KEPT = 400
"""Groups whose outcomes a process remembers, as long as their rows stay what they are."""
_KNOWN: OrderedDict[tuple[UUID, str, str], dict[str, Track]] = OrderedDict()


def tracks_of(group: Group) -> dict[str, Track]:
    """The outcomes of a group by id, to before the day on which its record ends."""
    key = (group.pk, group.version, group.zone)
    if key not in _KNOWN:
        chat = history.chat_of(group)
        _KNOWN[key] = counts(chat.rows, _ends(moment_of(chat)[0], group)) if chat.rows.height else {}
        while len(_KNOWN) > KEPT:
            _KNOWN.popitem(last=False)
    _KNOWN.move_to_end(key)
    return _KNOWN[key]


@dataclass(frozen=True)
class Own:
    """What is known of the group itself: its outcomes by id, and what was said in it (None where nothing was)."""

    tracks: dict[str, Track]
    said: Reading | None

    def members(self, days: list[date]) -> list[int | None]:
        """How many people were in the group at the end of each of the days; None before its record and after it."""
        if self.said is None or not self.said.rows.height:
            return [None for _ in days]
        first, last = (self.said.rows["local"].dt.date().item(place) for place in (0, -1))
        found = coming.members_by_day(self.said, coming.moves(self.said), days)
        return [count if first <= day <= last else None for day, count in zip(days, found, strict=True)]

    def waited(self, begin: date, end: date) -> list[float]:
        """How many minutes each answered question of these days waited."""
        return waits(self.said, begin, end) if self.said is not None else []


def own_of(group: Group) -> Own:
    """What is known of a group, its shares too."""
    chat = history.chat_of(group)
    tracks = tracks_of(group)
    if not tracks:
        return Own(tracks, None)
    now: datetime = moment_of(chat)[0]
    said = read(chat.rows, checkup.card_of(group, chat), now=now)
    return Own(tracks | shares(said, _ends(now, group)), said)


def _ends(moment: object, group: Group) -> date:
    known: date = history.aware(moment).astimezone(ZoneInfo(group.zone)).date()
    return known


def candidates(group: Group) -> list[Group]:
    """Other groups of the workspace, as real as this one, nearest in size first."""
    others = Group.objects.filter(workspace=group.workspace_id, removed=None, rows__gt=0, simulated=group.simulated)
    size = log(group.messages + 1)
    found = sorted(others.exclude(pk=group.pk), key=lambda one: (abs(log(one.messages + 1) - size), one.pk))
    return found[:CANDIDATES]


def busy(groups: list[Group], start: date, end: date) -> set[UUID]:
    """Those of the groups in which a run or an event of the owner's went on in that time."""
    ids = [group.pk for group in groups]
    runs = Run.objects.filter(group__in=ids, begins__lt=end).select_related("edition")
    found = {run.group_id for run in runs if run.begins + timedelta(days=run.edition.playbook.days) > start}
    marks = Mark.objects.filter(group__in=ids, by_owner=True, start__date__lt=end, end__date__gt=start)
    return found | set(marks.values_list("group_id", flat=True))


def donors(groups: list[Group], outcome: str) -> list[Donor]:
    """Groups as donors of one outcome."""
    known = [(group, tracks_of(group).get(outcome)) for group in groups]
    return [Donor(group.pk.hex, track, group.type, group.stage) for group, track in known if track is not None]
