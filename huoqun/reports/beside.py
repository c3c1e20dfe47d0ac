"""Beside: the outcomes of a group day by day, and the other groups of its workspace that it may be compared with."""

from collections import OrderedDict
from datetime import date, timedelta
from math import log
from uuid import UUID
from zoneinfo import ZoneInfo

from huoqun.insight.comparison import Donor
from huoqun.insight.diagnosis import moment_of
from huoqun.insight.outcome import counts
from huoqun.insight.track import Track
from huoqun.people import history
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
