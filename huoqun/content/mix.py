"""The mix (内容配比): what kinds of pieces a group gets in a week, from what was planned and what was sent, against the
target of its voice; and what to add.

Counted are pieces of the calendar that are proposed or approved, and what stands in the outbox or was sent, also by
playbooks. What a run will say later in the week is not known here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q

from huoqun.content.slot import AHEAD, Slot
from huoqun.people import outbox
from huoqun.people.group import Group
from huoqun.people.outbox import PIECES, Outgoing
from huoqun.people.selling_guard import kind_of
from huoqun.people.voice import KINDS, voices


@dataclass(frozen=True)
class Mix:
    """A week of a group: pieces by kind, the target as shares, and what would bring it there."""

    counts: Mapping[str, int]
    target: Mapping[str, float]
    missing: Mapping[str, int]

    @property
    def total(self) -> int:
        """Pieces of the week."""
        return sum(self.counts.values())


def missing(counts: Mapping[str, int], target: Mapping[str, float]) -> dict[str, int]:
    """How many pieces of which kinds to add, one after another where most is wanting, until each kind is less than one
    piece away from its target. A kind whose target is nought cannot be made up for and is left out of the count."""
    wanted = {kind: share for kind, share in target.items() if share > 0}
    have = {kind: counts.get(kind, 0) for kind in wanted}
    whole = sum(wanted.values())
    added: dict[str, int] = {}
    while any(abs(have[kind] - sum(have.values()) * share / whole) >= 1 for kind, share in wanted.items()):
        total = sum(have.values()) + 1
        kind = max(wanted, key=lambda one: total * wanted[one] / whole - have[one])
        have[kind] += 1
        added[kind] = added.get(kind, 0) + 1
    return added


def week_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def bounds(monday: date, zone: str) -> tuple[datetime, datetime]:
    """A week's first moment and the first of the next, on the clock of `zone`."""
    begin, end = (datetime.combine(monday + timedelta(days=n), time(0), ZoneInfo(zone)) for n in (0, 7))
    return begin, end


def mixes(groups: Sequence[Group], monday: date) -> dict[UUID, Mix]:
    """By group, the week that begins on a Monday, each on its own calendar."""
    rules = voices(groups)
    counts: dict[UUID, dict[str, int]] = {group.pk: dict.fromkeys(KINDS, 0) for group in groups}
    for zone in {group.zone for group in groups}:
        there = [group.pk for group in groups if group.zone == zone]
        begin, end = bounds(monday, zone)
        ahead = Slot.objects.filter(group__in=there, state__in=AHEAD, at__gte=begin, at__lt=end)
        for group, kind in ahead.values_list("group", "kind"):
            counts[group][kind] += 1
        said = Q(state__in=(outbox.WAITING, outbox.SENT, outbox.HELD), what__in=PIECES)
        rows = Outgoing.objects.filter(said, group__in=there, due__gte=begin, due__lt=end)
        for group, what in rows.values_list("group", "what"):
            counts[group][kind_of(what)] += 1
    return {
        group.pk: Mix(counts[group.pk], rules[group.pk].mix, missing(counts[group.pk], rules[group.pk].mix))
        for group in groups
    }
