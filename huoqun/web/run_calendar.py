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
FULL = 4
"""Steps named in one cell of a week; the rest unfolds."""
NAMED = 6
"""Steps of a day named where somebody points at its number."""
ROOM = 24
"""Letters of a title."""
WORST = ("failed", "late", "gated", "waiting", "ahead", "done")
"""What of a day shows in its number."""
SIGNS = {"late": "!", "failed": "×", "gated": "‖", "waiting": "…", "done": "✓"}
"""Beside the colour; the word stands where somebody points."""


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
        for group, others in calendar.others(groups, wanted.first, wanted.days).items():
            for day, those in others.items():
                found[group][day] = sorted([*found[group].get(day, ()), *those], key=lambda entry: entry.at)
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
    write = _Writer(wanted, today, days, may_edit)
    head = "".join(_head(day, today, wanted.span) for day in days)
    rows = "".join(write.row(group, found[group.pk]) for group in groups)
    corner = escape(_("Group"))
    return mark_safe(  # noqa: S308 - built of escaped parts
        f'<table class="cal {wanted.span}"><thead><tr><th scope="col">{corner}</th>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table>"
    )


def _head(day: date, today: date, span: str) -> str:
    name = date_format(day, "D")
    if span == MONTH:  # 星期一: the last letter tells the day, Mon: the first two do
        name = name[:2] if name.isascii() else name[-1:]
    shown = f"{day.day}" if span == MONTH else f"{day:%m-%d}"
    mark = ' class="today" aria-current="date"' if day == today else ' class="rest"' if day.weekday() > 4 else ""
    return f'<th scope="col"{mark}><abbr title="{day.isoformat()}">{escape(name)} <b>{shown}</b></abbr></th>'


def _mark(day: date, today: date) -> str:
    return " class=today" if day == today else " class=rest" if day.weekday() > 4 else ""


class _Writer:
    """Writes rows: what is the same for all cells is looked up once."""

    def __init__(self, wanted: Wanted, today: date, days: Sequence[date], may_edit: bool) -> None:
        self.wanted, self.today = wanted, today
        nobody = UUID(int=0)
        self.step = reverse("run_step", args=[nobody, nobody])
        self.group = reverse("group_runs", args=[nobody])
        self.nobody = str(nobody)
        self.drags = may_edit and wanted.span == WEEK
        self.words = {id: escape(word.of("run_do", id)) for id in (*STEPS, "starts", "closes", "mark")}
        self.states = {id: escape(word.of("run_step", id)) for id in SIGNS}
        self.cells = [(day, f"<td{_mark(day, today)} data-day={day.isoformat()}>") for day in days]
        self.weeks = {day: escape(self._week(day)) for day in days}
        self.titles: dict[str, str] = {}
        self.shapes: dict[tuple[str, str, str, str, bool], tuple[str, str, str]] = {}

    def row(self, group: Group, found: Mapping[date, list[Entry]]) -> str:
        """One group."""
        name, key = escape(one_line(group.name)), str(group.pk)
        cells = [
            f"{begin}{self._cell(found[day], day)}</td>" if day in found else f"{begin}</td>"
            for day, begin in self.cells
        ]
        link = self.group.replace(self.nobody, key)
        return f'<tr><th scope="row"><a href="{link}"><bdi>{name}</bdi></a></th>{"".join(cells)}</tr>'

    def _cell(self, entries: list[Entry], day: date) -> str:
        if self.wanted.span == MONTH:
            return self._number(entries, day)
        told = [self._entry(entry) for entry in entries[:FULL]]
        if rest := entries[FULL:]:
            shown = ngettext("%(n)s more", "%(n)s more", len(rest)) % {"n": len(rest)}
            body = "".join(self._entry(entry) for entry in rest)
            told.append(f"<details><summary>+{len(rest)}<i> {escape(shown)}</i></summary>{body}</details>")
        return "".join(told)

    def _number(self, entries: list[Entry], day: date) -> str:
        """How many stand on a day, as what is worst of them; it leads to their week."""
        states = {entry.state for entry in entries}
        worst = next((state for state in WORST if state in states), "")
        first = "\n".join(f"{entry.at} {self._title(entry.title)}" for entry in entries[:NAMED])
        sign = SIGNS.get(worst, "")
        return f'<a class="s {worst}" href="?{self.weeks[day]}" title="{first}">{len(entries)}{sign}</a>'

    def _week(self, day: date) -> str:
        monday = day - timedelta(days=day.weekday())
        return replace(self.wanted, first=monday, span=WEEK).query

    def _title(self, title: str) -> str:
        if title not in self.titles:
            self.titles[title] = escape(one_line(title, ROOM))
        return self.titles[title]

    def _entry(self, entry: Entry) -> str:
        told = entry[:5]
        if told not in self.shapes:
            self.shapes[told] = self._shape(entry)
        before, between, after = self.shapes[told]
        return f"{before}{entry.run}{between}{entry.id}{after}" if entry.run else after

    def _shape(self, entry: Entry) -> tuple[str, str, str]:
        """What is written before, between and after its ids: the same for the same step at the same hour in every
        group."""
        title, kind = self._title(entry.title), self.words[entry.what]
        if not entry.run:
            return "", "", f'<span class="s other" title="{kind}">{entry.at} {title}</span>'
        before, between, after = self.step.split(self.nobody)
        state = self.states.get(entry.state)
        sign, told = (f"<i>{SIGNS[entry.state]}</i>", f"{kind} · {state}") if state else ("", kind)
        drag = f' data-t="{entry.at}"' if self.drags and entry.state in {AHEAD, GATED, run_board.LATELY} else ""
        hand = " hand" if entry.by_hand else ""
        after = f'{after}"{drag} title="{told}">{sign}{entry.at} {title}</a>'
        return f'<a class="s {entry.state}{hand}" href="{before}', between, after
