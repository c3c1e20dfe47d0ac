"""Duty weeks over all groups: who runs which group in the next twelve weeks, and where nobody does."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from huoqun.base import clock
from huoqun.crew.rota import MISSED, SET, WEEK, Rota, Shift, human, local_day, monday
from huoqun.people.group import Group
from huoqun.people.person import Identity
from huoqun.people.staff import groups_for
from huoqun.people.workspace import Workspace
from huoqun.web import query, word
from huoqun.web.gate import Asked
from huoqun.web.sheet import file_of

WEEKS = 12
SHOWN = 60
"""Groups on a page."""


@dataclass(frozen=True)
class Cell:
    """One week of one group: its state and who."""

    week: date
    state: str
    name: str


def page(request: Asked, workspace: Workspace) -> HttpResponse:
    """The next twelve weeks by group."""
    now, number = clock.now(), query.number(request.GET.get("page", "1"))
    only = request.GET.get("only", "")
    found = groups_for(request.staff).select_related("workspace", "rota").order_by("name", "pk")
    found = found.filter(rota__on=True) if only != "without" else found.exclude(rota__on=True)
    weeks = weeks_from(local_day(now, workspace.zone))
    if only == "vacant":
        found = found.filter(pk__in=gaps(weeks, now).values("group"))
    begin = (number - 1) * SHOWN
    rows = list(found[begin : begin + SHOWN + 1])
    lines = list(zip(rows, table(rows, weeks, now), strict=True))[:SHOWN]
    context: dict[str, Any] = {
        "weeks": weeks,
        "lines": lines,
        "only": only,
        "number": number,
        "more": len(rows) > SHOWN,
        "vacant": gaps(weeks[:2], now).filter(group__in=groups_for(request.staff), rota__on=True).count(),
        "without": groups_for(request.staff).exclude(rota__on=True).count(),
        "any": Rota.objects.filter(group__in=groups_for(request.staff), on=True).exists(),
    }
    return render(request, "duty/all.html", context)


def as_csv(request: Asked, workspace: Workspace) -> HttpResponse:
    """The same for a spreadsheet: a line for each group and week."""
    now = clock.now()
    groups = list(groups_for(request.staff).filter(rota__on=True).select_related("rota").order_by("name", "pk"))
    weeks = weeks_from(local_day(now, workspace.zone))
    rows = [
        [group.name, str(cell.week), word.of("duty_state", cell.state), cell.name]
        for group, cells in zip(groups, table(groups, weeks, now), strict=True)
        for cell in cells
        if cell.state
    ]
    return file_of([[_("Group"), _("Week from"), _("State"), _("Who")], *rows], "duty", "csv")


def weeks_from(today: date) -> list[date]:
    """The Mondays of this week and the next."""
    return [monday(today) + WEEK * n for n in range(WEEKS)]


def table(groups: Sequence[Group], weeks: Sequence[date], now: datetime) -> list[list[Cell]]:
    """For each group a cell for each week, all asked for at once; the state "" where no week is planned."""
    found = Shift.objects.filter(group__in=list(groups), begins__in=list(weeks)).select_related("person")
    there = {(shift.group_id, shift.begins): shift for shift in found}
    called = called_all([shift for shift in there.values() if shift.person_id])
    return [
        [
            Cell(week, state_of(shift, now) if shift else "", called.get(shift.pk, "") if shift else "")
            for week in weeks
            for shift in [there.get((group.pk, week))]
        ]
        for group in groups
    ]


def gaps(weeks: Sequence[date], now: datetime) -> QuerySet[Shift]:
    """The weeks ahead for which nobody has said yes: `vacant` or `open` (`state_of`)."""
    ahead = Shift.objects.filter(begins__in=list(weeks), outcome="", ends__gt=now)
    return ahead.filter(Q(person=None) | ~Q(state=SET))


def called_all(those: Sequence[Shift]) -> dict[UUID, str]:
    """What whoever has them is called in the group, by the id of the shift."""
    wanted = {human(shift.person) for shift in those}
    groups = {shift.group_id for shift in those}
    rows = Identity.objects.filter(group__in=groups, person__in=wanted) | Identity.objects.filter(
        group__in=groups, person__root__in=wanted
    )
    names: dict[tuple[UUID, UUID], str] = {}
    for who in rows.select_related("person").order_by("-messages", "name"):
        names.setdefault((who.group_id, who.person.root_id or who.person_id), who.name)
    return {s.pk: names.get((s.group_id, key), "") for s in those if (key := human(s.person))}


def state_of(shift: Shift, now: datetime) -> str:
    """What is shown of a week."""
    if shift.outcome:
        return shift.outcome
    if shift.ends <= now:
        return "over"
    if shift.person_id is None:
        return "vacant"
    if shift.state != SET:
        return "open"
    return "running" if shift.starts <= now else "set"


def why(basis: dict[str, Any]) -> str:
    """Why somebody was proposed, in a sentence; "" where they were named by hand."""
    if not basis.get("why"):
        return ""
    ago, load = basis.get("ago"), basis.get("load") or 0
    fresh = basis["why"] in {"equal", "spoke"} and ago is None and not load
    told = [*([word.of("duty_why", "never")] if fresh else []), word.of("duty_why", str(basis["why"]))]
    if ago is not None and basis["why"] != "never":
        told.append(ngettext("last turn %(n)s week before", "last turn %(n)s weeks before", ago) % {"n": ago})
    if load:
        told.append(_("%(n)s turns within a year") % {"n": f"{load:g}"})
    if not basis.get("rested", True):
        told.append(_("although the rest is not over: nobody else can"))
    others = int(basis.get("others") or 0)
    if others:
        told.append(ngettext("%(n)s other could have", "%(n)s others could have", others) % {"n": others})
    passed = [f"{word.of('duty_passed', reason)} {n}" for reason, n in (basis.get("passed") or {}).items()]
    text = _("; ").join(told)
    return text + (_(". Left out: %(why)s") % {"why": _(", ").join(passed)} if passed else "")


def days(begins: date) -> str:
    """A week as its first and last day."""
    return f"{begins:%m-%d} – {begins + timedelta(days=6):%m-%d}"


def judged(shift: Shift, now: datetime) -> bool:
    """Staff can say whether it was done."""
    return shift.state == SET and shift.person_id is not None and shift.starts <= now


def missed(shift: Shift) -> bool:
    """It was not done."""
    return shift.outcome == MISSED
