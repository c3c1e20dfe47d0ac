"""A group over any period, and two periods side by side: the address holds both, so that a comparison can be sent."""

import csv
import io
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from huoqun.base import clock, job
from huoqun.insight.period import IDS, Difference, Period, Worth, differences
from huoqun.people import stretch
from huoqun.people.checkup import latest
from huoqun.people.group import Group
from huoqun.web import amount, phrase, query, word
from huoqun.web.gate import Asked
from huoqun.web.word_group import GROUP

DAYS = (7, 28, 90)
"""Lengths of the ready-made periods, up to the last day of the history."""
MARKS = 20
"""Newest marks since which a period can be asked for."""
STEPS = (job.WAITING, stretch.READING, stretch.MEASURING)
"""The way of a period that a worker measures."""


@dataclass(frozen=True)
class Span:
    """A period as asked for."""

    begin: date
    end: date

    @property
    def days(self) -> int:
        """How many, both ends included."""
        return (self.end - self.begin).days + 1

    @property
    def before(self) -> "Span":
        """The same length just before."""
        return Span(self.begin - timedelta(days=self.days), self.begin - timedelta(days=1))


def page(request: Asked, group: Group) -> HttpResponse:
    """What was measured, or that it is being measured; the part that follows asks for itself again."""
    found = latest(group)
    context: dict[str, Any] = {"group": group, "checkup": found, "tab": "period", "none": group.last is None}
    if group.last is not None:
        span, other = _asked(request, group)
        context |= {
            "span": span,
            "other": other,
            "presets": _presets(group),
            "events": _events(group),
            **_compared(group, span, other),
        }
        context["address"] = _address(span, other)
    part = "group/_period.html" if request.headers.get("HX-Request") else "group/period.html"
    return render(request, part, context)


def again(request: Asked, group: Group) -> HttpResponse:
    """Measure once more what of the address could not be measured."""
    if group.last is None:
        return redirect("period", group.pk)
    span, other = _asked(request, group)
    with suppress(stretch.BadStretch):
        for one in (span, other):
            if one is not None:
                stretch.again(group, one.begin, one.end, now=clock.now())
    return redirect(reverse("period", args=[group.pk]) + "?" + _address(span, other))


def as_csv(request: Asked, group: Group) -> HttpResponse:
    """The comparison as a spreadsheet reads it; empty cells where it is not measured yet."""
    out = io.StringIO()
    write = csv.writer(out)
    ends = [_("value"), _("low"), _("high"), _("cases")]
    write.writerow([_("Measure"), *ends, *ends, _("difference"), _("low"), _("high")])
    if group.last is not None:
        span, other = _asked(request, group)
        known = _compared(group, span, other)
        for row in known["rows"]:
            now, was, apart = row["now"], row["was"], row["difference"]
            around = apart.interval if apart and apart.interval else (None, None)
            write.writerow([row["name"], *_cells(now), *_cells(was), apart.value if apart else None, *around])
    response = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="period.csv"'
    return response


def _cells(worth: Worth | None) -> list[Any]:
    if worth is None:
        return [None] * 4
    return [worth.value, *(worth.interval or (None, None)), worth.sample]


def _asked(request: Asked, group: Group) -> tuple[Span, Span | None]:
    """The period of the address, else the last 28 days; and the one beside it: `beside` is `before` (also where
    nothing is said), `none`, or `own` with days of its own."""
    last = _last(group)
    span = _span(request.GET.get("from", ""), request.GET.get("to", ""))
    span = span or Span(last - timedelta(days=DAYS[1] - 1), last)
    beside = request.GET.get("beside", "")
    if beside == "none":
        return span, None
    own = _span(request.GET.get("from2", ""), request.GET.get("to2", ""))
    return span, own if beside == "own" and own is not None else span.before


def _span(begin: str, end: str) -> Span | None:
    first, last = query.day(begin), query.day(end)
    return Span(first, last) if first and last and first <= last else None


def _last(group: Group) -> date:
    assert group.last is not None
    return group.last.astimezone(ZoneInfo(group.zone)).date()


def _presets(group: Group) -> list[tuple[str, str]]:
    """Ready-made periods: name and address. They end with the history, for what came after it is not known."""
    last = _last(group)
    month = last.replace(day=1)
    before = month - timedelta(days=1)
    spans = [(_("%(n)s days") % {"n": n}, Span(last - timedelta(days=n - 1), last)) for n in DAYS]
    spans += [
        (_("This month"), Span(month, last)),
        (_("The month before"), Span(before.replace(day=1), before)),
    ]
    return [(name, _address(span, span.before)) for name, span in spans]


def _events(group: Group) -> list[tuple[str, str]]:
    """Periods since the newest marks, likewise."""
    last, spans = _last(group), []
    for mark in group.marks.order_by("-start")[:MARKS]:
        begin = mark.start.astimezone(ZoneInfo(group.zone)).date()
        if begin <= last:
            spans.append((mark.title, Span(begin, last)))
    return [(name, _address(span, span.before)) for name, span in spans]


def _address(span: Span, other: Span | None) -> str:
    asked = {"from": span.begin, "to": span.end}
    if other is None:
        return urlencode(asked | {"beside": "none"})
    return urlencode(
        asked if other == span.before else asked | {"beside": "own", "from2": other.begin, "to2": other.end}
    )


def _compared(group: Group, span: Span, other: Span | None) -> dict[str, Any]:
    """Both periods and what differs, as far as they are measured."""
    beside = (other.begin, other.end) if other else None
    try:
        found = stretch.compared(group, (span.begin, span.end), beside, now=clock.now())
    except stretch.BadStretch:
        return {"wrong": _("A period is of at most ten years."), "rows": []}
    told: dict[str, Any] = {"now": found.now, "was": found.was, "rows": _rows(found.now, found.was)}
    return told | {"failed": found.failed, "working": found.working, **_under_way(found.work)}


def _under_way(work: Sequence[job.Job]) -> dict[str, Any]:
    """How far the worker is with what is missing: the step of the one that is furthest, and how many are left."""
    if not work:
        return {}
    step = {
        one: STEPS.index(one.stage if one.state == job.RUNNING and one.stage in STEPS else STEPS[0]) for one in work
    }
    furthest = max(work, key=lambda one: step[one])
    steps = [
        (s, "done" if k < step[furthest] else "now" if k == step[furthest] else "todo") for k, s in enumerate(STEPS)
    ]
    why = next((one.reason for one in work if one.state == job.FAILED), "")
    return {"work": furthest, "steps": steps, "left": len(work), "why": why, "at": clock.now()}


def _rows(now: Period | None, was: Period | None) -> list[dict[str, Any]]:
    """One row for each measure, with words."""
    there, here = (({w.id: w for w in one.measures} if one else {}) for one in (was, now))
    apart = {d.id: d for d in differences(was, now)} if now and was else {}
    return [
        {
            "id": id,
            "name": word.of("measure", id) if id in GROUP["measure"] else _sign(id),
            "now": here.get(id),
            "was": there.get(id),
            "difference": apart.get(id),
            "now_text": _text(here.get(id)),
            "was_text": _text(there.get(id)),
            "apart_text": _apart(apart.get(id), here.get(id)),
        }
        for id in IDS
        if id in here or id in there
    ]


def _sign(id: str) -> str:
    return phrase.book(word.language()).signs[id].name


def _said(value: float, unit: str) -> str:
    return amount.percent(value) if unit == "share" else amount.whole(value)


def _text(worth: Worth | None) -> tuple[str, str]:
    """Value and interval."""
    if worth is None or worth.value is None:
        return "–", ""
    around = "–".join(_said(end, worth.unit) for end in worth.interval) if worth.interval else ""
    return _said(worth.value, worth.unit), around


def _apart(found: Difference | None, worth: Worth | None) -> tuple[str, str]:
    """The difference and its interval; shares differ by points."""
    if found is None or found.value is None or worth is None:
        return "–", ""
    unit = _(" pts") if worth.unit == "share" else ""

    def one(value: float) -> str:
        size = f"{abs(value) * 100:.0f}" if worth and worth.unit == "share" else amount.whole(abs(value))
        return ("+" if value > 0 else "−" if value < 0 else "±") + size

    around = " … ".join(one(end) for end in found.interval) + unit if found.interval else ""
    return one(found.value) + unit, around
