"""The staffing calculator: how many people the groups need, by role, and whose hands can serve which groups."""

from collections import defaultdict
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from huoqun.base import clock
from huoqun.crew import staffing
from huoqun.crew.inquiry import Inquiry
from huoqun.crew.staffing import LIMITS, SIZES, Assumed, BadNumber, Class, Need
from huoqun.crew.target import target
from huoqun.people.group import Group
from huoqun.people.outbox import Outgoing
from huoqun.people.staff import groups_for
from huoqun.people.workspace import Workspace
from huoqun.web import word
from huoqun.web.gate import Asked
from huoqun.web.sheet import file_of

BACK = timedelta(days=28)
MOST = {"groups": 100_000, "members": 100_000, "messages": 1_000_000, "questions": 100_000, "sends": 10_000}
SHOWN = 30
"""People on the page; the download has all."""


@dataclass(frozen=True)
class Count_:
    """What was counted: what was typed or found, and what comes of it; None where a number is none."""

    classes: list[dict[str, str]]
    assumed: dict[str, str]
    need: Need | None
    hands: list[float]
    """By class how many such groups one person can serve by hand."""
    wrong: list[str]


def page(request: Asked, workspace: Workspace) -> HttpResponse:
    """The calculator, with the numbers of these groups or with those typed."""
    now = clock.now()
    groups = list(groups_for(request.staff).select_related("newest").order_by("name", "pk"))
    found = measured(groups, now)
    counted = _counted(request, workspace, list(found.values()))
    people = _people(groups, found, counted)
    context: dict[str, Any] = {
        "sizes": _sizes(),
        "lines": list(zip(_sizes(), counted.classes, counted.hands or [None] * 5, strict=True)),
        "assumed": counted.assumed,
        "need": counted.need,
        "roles": [(r, word.of("staff_role", r.id)) for r in counted.need.roles] if counted.need else [],
        "wrong": counted.wrong,
        "people": people[:SHOWN],
        "hidden": max(0, len(people) - SHOWN),
        "groups": len(groups),
    }
    return render(request, "level/staffing.html", context, status=422 if counted.wrong else 200)


def as_csv(request: Asked, workspace: Workspace) -> HttpResponse:
    """The same for a spreadsheet: the need by role, what it rests on, and who serves which groups."""
    groups = list(groups_for(request.staff).select_related("newest").order_by("name", "pk"))
    found = measured(groups, clock.now())
    counted = _counted(request, workspace, list(found.values()))
    rows: list[list[object]] = [[_("Role"), _("By heads"), _("By work"), _("By presence"), _("Needed")]]
    if counted.need:
        rows += [[word.of("staff_role", r.id), r.heads, r.work, r.presence, r.needed] for r in counted.need.roles] + [
            [_("Together"), "", "", "", counted.need.total]
        ]
    rows += [[], [_("Assumed"), _("Value")], *([name, value] for name, value in counted.assumed.items())]
    rows += [[], [_("Size"), *[f.name for f in fields(Class)]]]
    rows += [[size, *line.values()] for size, line in zip(_sizes(), counted.classes, strict=True)]
    rows += [[], [_("Name"), _("Group"), _("Minutes a day")]]
    for n, one in enumerate(_people(groups, found, counted), 1):
        rows += [[n, name, round(minutes)] for name, minutes in one["groups"]]
    return file_of(rows, "staffing", "csv")


def measured(groups: list[Group], now: datetime) -> dict[UUID, Class]:
    """What is known of each group: members, and a day's messages (of the last four full weeks of its record),
    questions, and things to send."""
    since = now - BACK
    asked: dict[UUID, int] = defaultdict(int)
    sent: dict[UUID, int] = defaultdict(int)
    for table, counts, when in ((Inquiry, asked, "at"), (Outgoing, sent, "due")):
        rows = table._base_manager.filter(group__in=groups, **{f"{when}__gte": since, f"{when}__lte": now})
        counts.update(dict(rows.values_list("group").annotate(n=Count("pk"))))
    found = {}
    for group in groups:
        newest = group.newest
        weeks = list(newest.spark[-5:-1]) if newest else []
        found[group.pk] = Class(
            groups=1,
            members=float((newest.members or newest.people) if newest else 0),
            messages=round(sum(weeks) / (7 * len(weeks)), 1) if weeks else 0.0,
            questions=round(asked[group.pk] / BACK.days, 2),
            sends=round(sent[group.pk] / BACK.days, 2),
        )
    return found


def _counted(request: Asked, workspace: Workspace, found: list[Class]) -> Count_:
    """With what stands in the address; what does not, from the groups and the target of the workspace."""
    aim = target(workspace)
    usual = Assumed(hours=aim.closes - aim.opens, target=aim.minutes)
    asked, wrong = request.GET, []
    assumed = {name: asked.get(name, f"{value:g}").strip()[:20] for name, value in asdict(usual).items()}
    classes = [
        {f: asked.get(f"{f}{n}", f"{value:g}").strip()[:20] for f, value in asdict(one).items()}
        for n, one in enumerate(staffing.classes_of(found))
    ]
    numbers: dict[str, float] = {}
    for name, text in assumed.items():
        numbers[name] = _number(text, *LIMITS[name], wrong)
    given = [Class(**{f: _number(text, 0, MOST[f], wrong) for f, text in line.items()}) for line in classes]
    if wrong:
        return Count_(classes, assumed, None, [], wrong)
    told = Assumed(**numbers)
    hands = [told.day / staffing.by_hand(one, told) if staffing.by_hand(one, told) else 0 for one in given]
    return Count_(classes, assumed, staffing.need(given, told), hands, wrong)


def _number(text: str, low: float, high: float, wrong: list[str]) -> float:
    try:
        return staffing.number(text, low, high)
    except BadNumber:
        wrong.append(text)
        return low


def _people(groups: list[Group], found: dict[UUID, Class], counted: Count_) -> list[dict[str, Any]]:
    """The groups as they are, shared out over people who serve them by hand."""
    if counted.wrong:
        return []
    told = Assumed(**{name: float(text.replace(",", ".")) for name, text in counted.assumed.items()})
    minutes = {key: staffing.by_hand(one, told) for key, one in found.items()}
    called = {group.pk: group.name for group in groups}
    return [
        {
            "groups": [(called[key], minutes[key]) for key in those],
            "minutes": sum(minutes[key] for key in those),
            "full": sum(minutes[key] for key in those) > told.day,
        }
        for those in staffing.shared_out(minutes, told.day)
    ]


def _sizes() -> list[str]:
    lows = (0, *SIZES)
    return [*(f"{low + 1}–{high}" for low, high in zip(lows, SIZES, strict=False)), f"> {SIZES[-1]}"]
