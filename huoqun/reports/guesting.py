"""What guests' visits did to their groups, beside what members' own spotlights did for nothing (handbook chapter 12).

Both stand on the pulse as marks, both are measured by the same reports; here they are pooled (`insight/pooling`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from huoqun.activities.activity import Activity
from huoqun.activities.spotlight_part import KIND
from huoqun.content.guest import DONE, visits_for
from huoqun.insight.pooling import Pooled, pooled
from huoqun.people.mark import Mark
from huoqun.people.staff import Staff, groups_for
from huoqun.reports.report import Report, reports_for


@dataclass(frozen=True)
class Beside:
    """How often, what it did in all, and what it cost."""

    times: int
    effect: Pooled
    cost: float = 0.0
    drawn: int = 0


def guests(staff: Staff) -> Beside:
    """All visits that took place in the groups somebody sees."""
    rows = list(visits_for(staff).filter(state=DONE))
    marks = [row.mark_id for row in rows if row.mark_id]
    return Beside(len(rows), _pooled(staff, marks), sum(row.cost for row in rows), sum(row.drawn for row in rows))


def spotlights(staff: Staff) -> Beside:
    """All shows of members' spotlights there: the marks that a show leaves are called after its activity."""
    groups = groups_for(staff)
    titles = Activity.objects.filter(kind=KIND, groups__in=groups).values_list("groups", "title").distinct()
    called: dict[UUID, tuple[str, ...]] = {}
    for group, title in titles:
        called[group] = (*called.get(group, ()), f"{title}: ")
    shows = Mark.objects.filter(group__in=called, by_owner=False).values_list("pk", "group", "title")
    marks = [pk for pk, group, title in shows if title.startswith(called[group])]
    return Beside(len(marks), _pooled(staff, marks))


def reports_by_mark(staff: Staff, marks: Iterable[UUID]) -> dict[UUID, Report]:
    """By mark what was found of it."""
    return {row.mark_id: row for row in reports_for(staff).filter(mark__in=list(marks)) if row.mark_id}


def _pooled(staff: Staff, marks: list[UUID]) -> Pooled:
    rows = reports_for(staff).filter(mark__in=marks)
    told = rows.order_by("start", "pk").values_list("ratio", "error")
    return pooled([(ratio, error) for ratio, error in told if ratio is not None and error is not None])
