"""The calendar over groups: every step ahead, group by day, for a week or a month.

The grid is written as text here, not by a template: three hundred groups with twenty steps each are six thousand
links, and the page is to stand within 300 ms (`bench/calendar`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from huoqun.base import clock
from huoqun.people.display import one_line
from huoqun.people.group import Group
from huoqun.people.workspace import Workspace
from huoqun.playbooks import calendar, run_board
from huoqun.playbooks.calendar import Days, Entry
from huoqun.playbooks.offered import offered
from huoqun.playbooks.run import AHEAD, GATED, runs_for
from huoqun.playbooks.step import STEPS
from huoqun.web import query, run_said, word
from huoqun.web.gate import Asked

WEEK, MONTH = "week", "month"
SPANS = {WEEK: 7, MONTH: 28}
"""Days shown: a month is four whole weeks, so that weekdays stand under each other."""
GROUPS = 300
"""Groups on one page."""
FULL = {WEEK: 4, MONTH: 1}
"""Steps named in one cell; the rest is a number that leads to the day."""
ROOM = {WEEK: 24, MONTH: 10}
"""Letters of a title."""


@dataclass(frozen=True)
class Wanted:
    """What the address asks for."""

    first: date
    span: str = WEEK
    q: str = ""
    playbook: str = ""
    do: str = ""
    look: str = ""
    page: int = 1

    @property
    def days(self) -> int:
        """How many days are shown."""
        return SPANS[self.span]

    @property
    def query(self) -> str:
        """The address of just this."""
        return query.asking(replace(self, page=self.page))


def _wanted(asked: Mapping[str, str], today: date) -> Wanted:
    monday = today - timedelta(days=today.weekday())
    first = query.day(asked.get("first", "")) or monday
    span, do = asked.get("span", WEEK), asked.get("do", "")
    return Wanted(
        first=min(first, date(9000, 1, 1)),
        span=span if span in SPANS else WEEK,
        q=" ".join(asked.get("q", "").replace("\0", "").split())[:100],
        playbook=asked.get("playbook", "")[:40].replace("\0", ""),
        do=do if do in STEPS else "",
        look="yes" if asked.get("look") == "yes" else "",
        page=query.number(asked.get("page", "1"), most=1000),
    )


def page(request: Asked, workspace: Workspace) -> HttpResponse:
    """The calendar."""
    now = clock.now()
    today = now.astimezone(ZoneInfo(workspace.zone)).date()
    wanted = _wanted(request.GET, today)
    runs = runs_for(request.staff).order_by()
    if wanted.playbook:
        runs = runs.filter(book=wanted.playbook)
    if wanted.look:
        runs = runs.filter(run_board.needing_look(now))
    there = calendar.groups_on(runs)
    if wanted.q:
        there = there.filter(name__icontains=wanted.q)
    begin = (wanted.page - 1) * GROUPS
    groups = list(there.only("name", "zone")[begin : begin + GROUPS + 1])
    more, groups = len(groups) > GROUPS, groups[:GROUPS]
    kinds = (wanted.do,) if wanted.do else ()
    found = calendar.entries(
        runs, groups, wanted.first, wanted.days, kinds=kinds, look=bool(wanted.look), language=word.language(), now=now
    )
    if not (wanted.do or wanted.look or wanted.playbook):
        for place, those in calendar.others(groups, wanted.first, wanted.days).items():
            found[place] = sorted([*found.get(place, ()), *those], key=lambda entry: entry.at)
    step = timedelta(days=wanted.days)
    context = {
        "wanted": wanted,
        "grid": _grid(groups, found, wanted, today, may_edit=request.staff.may("edit_runs")) if groups else "",
        "more": more,
        "previous": replace(wanted, first=wanted.first - step, page=1).query,
        "next": replace(wanted, first=wanted.first + step, page=1).query,
        "now_query": replace(wanted, first=today - timedelta(days=today.weekday()), page=1).query,
        "spans": [(s, word.of("run_span", s), replace(wanted, span=s).query) for s in SPANS],
        "last": wanted.first + step - timedelta(days=1),
        "books": [(name, run_said.titled(offer.head["title"])) for name, offer in offered(workspace).items()],
        "kinds": [(do, word.of("run_do", do)) for do in STEPS],
        "filtered": bool(wanted.q or wanted.playbook or wanted.do or wanted.look),
        "zones": len({group.zone for group in groups}) > 1,
        "here": f"{request.path}?{wanted.query}",
        "pages": (wanted.page, replace(wanted, page=max(1, wanted.page - 1)).query),
        "next_page": replace(wanted, page=wanted.page + 1).query,
    }
    return render(request, "run/calendar.html", context)


def _grid(groups: Sequence[Group], found: Days, wanted: Wanted, today: date, *, may_edit: bool) -> SafeString:
    """The table: days across, groups down. Every text in it is escaped here."""
    days = [wanted.first + timedelta(days=n) for n in range(wanted.days)]
    write = _Writer(wanted, today, may_edit)
    head = "".join(_head(day, today, wanted.span) for day in days)
    rows = "".join(write.row(group, days, found) for group in groups)
    corner = escape(_("Group"))
    return mark_safe(  # noqa: S308 - built of escaped parts
        f'<table class="cal {wanted.span}"><thead><tr><th scope="col">{corner}</th>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table>"
    )


def _head(day: date, today: date, span: str) -> str:
    name = date_format(day, "D")
    shown = f"{day.day}" if span == MONTH else f"{day:%m-%d}"
    mark = ' class="today" aria-current="date"' if day == today else ' class="rest"' if day.weekday() > 4 else ""
    return f'<th scope="col"{mark}><abbr title="{day.isoformat()}">{escape(name)} <b>{shown}</b></abbr></th>'


class _Writer:
    """Writes rows: what is the same for all cells is looked up once."""

    def __init__(self, wanted: Wanted, today: date, may_edit: bool) -> None:
        self.wanted, self.today = wanted, today
        self.full, self.room = FULL[wanted.span], ROOM[wanted.span]
        nobody = UUID(int=0)
        self.step = reverse("run_step", args=[nobody, nobody])
        self.group = reverse("group_runs", args=[nobody])
        self.nobody = str(nobody)
        self.drags = may_edit and wanted.span == WEEK
        self.words = {id: escape(word.of("run_do", id)) for id in (*STEPS, "starts", "closes", "mark")}
        self.states = {id: escape(word.of("run_step", id)) for id in ("late", "gated", "failed", "waiting", "done")}
        self.titles: dict[str, str] = {}

    def row(self, group: Group, days: Sequence[date], found: Days) -> str:
        """One group."""
        name, key = escape(one_line(group.name)), str(group.pk)
        cells = []
        for day in days:
            entries = found.get((group.pk, day))
            mark = " class=today" if day == self.today else " class=rest" if day.weekday() > 4 else ""
            cells.append(f"<td{mark} data-day={day.isoformat()}>{self._cell(entries) if entries else ''}</td>")
        link = self.group.replace(self.nobody, key)
        return f'<tr><th scope="row"><a href="{link}"><bdi>{name}</bdi></a></th>{"".join(cells)}</tr>'

    def _cell(self, entries: list[Entry]) -> str:
        told = [self._entry(entry) for entry in entries[: self.full]]
        if rest := entries[self.full :]:
            shown = ngettext("%(n)s more", "%(n)s more", len(rest)) % {"n": len(rest)}
            body = "".join(self._entry(entry) for entry in rest)
            told.append(f"<details><summary>+{len(rest)}<i> {escape(shown)}</i></summary>{body}</details>")
        return "".join(told)

    def _entry(self, entry: Entry) -> str:
        title = self.titles.get(entry.title)
        if title is None:
            title = self.titles[entry.title] = escape(one_line(entry.title, self.room))
        kind = self.words[entry.what]
        if entry.run is None:
            return f'<span class="s other" title="{kind}">{entry.at} {title}</span>'
        state = self.states.get(entry.state, "")
        link = self.step.replace(self.nobody, str(entry.run), 1).replace(self.nobody, str(entry.id), 1)
        sign = f"<i>{state}</i>" if state else ""
        drag = f' data-t="{entry.at}"' if self.drags and entry.state in {AHEAD, GATED, run_board.LATELY} else ""
        hand = " hand" if entry.by_hand else ""
        return f'<a class="s {entry.state}{hand}" href="{link}"{drag} title="{kind}">{sign}{entry.at} {title}</a>'
