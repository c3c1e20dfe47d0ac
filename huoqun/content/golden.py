"""Golden hours (黄金时段): when a group is there to be spoken to: three windows of two hours a day.

The handbook's (9–11, 15–17, 21–23) until the group's own record says better: then the two-hour windows in which most is
said there, outside of the quiet hours, from the heat map of its newest checkup.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import F, Value
from django.db.models.functions import StrIndex, Substr

from huoqun.people.checkup import Checkup
from huoqun.people.group import Group
from huoqun.people.outbox import QUIET

DEFAULT = ((9, 11), (15, 17), (21, 23))
"""Handbook chapter 12."""
ENOUGH = 300
"""Messages of the heat map below which it says nothing of a group's habits; ours."""
LONG = 2
"""Hours of a window."""
_KEY = '"heatmap":'
_ROOM = 4000
"""Signs in which a heat map (168 counts) stands."""


@dataclass(frozen=True)
class Golden:
    """Windows as hours from and until; `share`: of what is said in the group, how much is said within; None where the
    windows are the handbook's."""

    windows: tuple[tuple[int, int], ...] = DEFAULT
    share: float | None = None


def golden(heat: Sequence[Sequence[int]]) -> Golden:
    """The golden hours of a heat map (seven days of 24 hours)."""
    hours = [sum(day[hour] for day in heat) for hour in range(24)] if heat else []
    total = sum(hours)
    if total < ENOUGH:
        return Golden()
    starts = range(QUIET[1].hour, QUIET[0].hour - LONG + 1)
    found: list[int] = []
    for start in sorted(starts, key=lambda hour: (-sum(hours[hour : hour + LONG]), hour)):
        if all(abs(start - other) >= LONG for other in found) and len(found) < len(DEFAULT):
            found.append(start)
    inside = sum(sum(hours[start : start + LONG]) for start in found)
    return Golden(tuple((start, start + LONG) for start in sorted(found)), inside / total)


def golden_of(groups: Sequence[Group]) -> dict[UUID, Golden]:
    """By group, in one query; only the heat maps leave the database, not the checkups."""
    rows = Checkup.objects.filter(pk__in=[group.newest_id for group in groups if group.newest_id])
    place = StrIndex(F("document"), Value(_KEY))
    told = dict(rows.annotate(heat=Substr("document", place, _ROOM)).values_list("group", "heat"))
    return {group.pk: golden(_heat(told.get(group.pk, ""))) for group in groups}


def _heat(text: str) -> list[list[int]]:
    if not text.startswith(_KEY):
        return []
    try:
        found, _end = json.JSONDecoder().raw_decode(text[len(_KEY) :].lstrip())
    except ValueError:
        return []
    return found if isinstance(found, list) and len(found) == 7 and all(len(day) == 24 for day in found) else []
