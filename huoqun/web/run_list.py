"""The runs of a workspace: those that need a look first; what was begun together is one line; as a table too."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, F, IntegerField, Max, Min, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from huoqun.base import clock
from huoqun.people.group import Group
from huoqun.people.staff import groups_for
from huoqun.people.workspace import Workspace
from huoqun.playbooks import run_board
from huoqun.playbooks.offered import offered
from huoqun.playbooks.run import ENDED, PAUSED, RUNNING, STOPPED, Edition, Run, runs_for
from huoqun.playbooks.run_board import Tally
from huoqun.web import query, run_said, word
from huoqun.web.dealing import Page, paged
from huoqun.web.gate import Asked
from huoqun.web.sheet import file_of

STATES = (RUNNING, PAUSED, ENDED, STOPPED)
LOOK = "look"
"""Of the states one can ask for: whatever goes on and needs a look."""
ORDERS: Mapping[str, tuple[str, ...]] = {
    "look": ("-urgent", "-going", "-newest"),
    "newest": ("-newest",),
    "begins": ("-begins", "-newest"),
    "group": ("name", "-newest"),
}
SIZE = 50


@dataclass
class Line:
    """A line of the list: one run, or several begun together. `urgent`: how many of these need a look."""

    first: Run
    many: int
    states: dict[str, int]
    tally: Tally
    urgent: int
    header: str
    troubles: list[str]


def filtered(request: Asked) -> tuple[QuerySet[Run], dict[str, Any]]:
    """The runs that the address asks for, and what it asked."""
    asked = request.GET
    found = runs_for(request.staff).order_by()
    state, book = asked.get("state", ""), asked.get("playbook", "")[:40].replace("\0", "")
    words = " ".join(asked.get("q", "").replace("\0", "").split())[:100]
    group = groups_for(request.staff).filter(pk=query.row(asked.get("group", ""))).first()
    together = query.key(asked.get("together", ""))
    if state in STATES:
        found = found.filter(state=state)
    elif state == LOOK:
        found = found.filter(run_board.needing_look(clock.now()))
    if book:
        found = found.filter(book=book)
    if group:
        found = found.filter(group=group)
    if together:
        found = found.filter(together=together)
    if words:
        found = found.filter(group__name__icontains=words)
    order = asked.get("order", "")
    known = {"state": state, "playbook": book, "q": words, "group": group, "together": together}
    return found, known | {"order": order if order in ORDERS else "look"}


def page(request: Asked, workspace: Workspace) -> HttpResponse:
    """The list."""
    found, asked = filtered(request)
    listed = folded(request, found, str(asked["order"]), fold=not asked["together"])
    any_run = listed.rows or runs_for(request.staff).exists()
    titles = {name: run_said.titled(offer.head["title"]) for name, offer in offered(workspace).items()}
    for name in runs_for(request.staff).order_by().values_list("book", flat=True).distinct():
        titles.setdefault(name, name)
    context = {
        "page": listed,
        "lines": listed.rows,
        "asked": asked,
        "any": any_run,
        "titles": titles,
        "books": sorted(titles.items(), key=lambda item: item[1]),
        "states": [(LOOK, _("Needs a look")), *((s, word.of("run_state", s)) for s in STATES)],
        "orders": [
            ("look", _("Needs a look first")),
            ("newest", _("Started last")),
            ("begins", _("First day")),
            ("group", _("Group")),
        ],
        "whole": _together(found) if asked["together"] else None,
    }
    return render(request, "run/list.html", context)


def _together(found: QuerySet[Run]) -> dict[str, Any]:
    """What was begun together, as one: how far all of it is."""
    now = clock.now()
    ids = list(found.values_list("pk", flat=True))
    sums = run_board.tallies(ids, now).values()
    names = ("done", "skipped", "late", "waiting", "gated", "failed", "ahead")
    whole = Tally(**{name: sum(getattr(tally, name) for tally in sums) for name in names})
    return {"many": len(ids), "tally": whole, "troubles": run_said.troubles(whole)}


def folded(request: Asked, found: QuerySet[Run], order: str, *, fold: bool = True) -> Page:
    """A page of lines; what was begun together in several groups is one."""
    now = clock.now()
    urgent = run_board.needing_look(now)
    bundle = Coalesce("together", "id") if fold else F("id")
    going = Q(state__in=(RUNNING, PAUSED))
    rows = found.annotate(bundle=bundle, troubled=_flag(urgent)).values("bundle")
    rows = rows.annotate(
        many=Count("pk"),
        urgent=Max("troubled"),
        going=Max(Case(When(going, then=Value(1)), default=Value(0), output_field=IntegerField())),
        newest=Max("created"),
        begins=Max("begins"),
        name=Min("group__name"),
    )
    listed = paged(request, rows.order_by(*ORDERS[order], "bundle"), SIZE)
    return Page(_lines(found, [row["bundle"] for row in listed.rows], fold=fold), listed.number, listed.more)


def _flag(urgent: Q) -> Case:
    return Case(When(urgent, then=Value(1)), default=Value(0), output_field=IntegerField())


def _lines(found: QuerySet[Run], bundles: list[UUID], *, fold: bool) -> list[Line]:
    """The lines of some bundles, in their order."""
    now = clock.now()
    of = Q(together__in=bundles) | Q(pk__in=bundles) if fold else Q(pk__in=bundles)
    rows = list(found.filter(of).values_list("pk", "together", "state"))
    held: dict[UUID, list[tuple[UUID, str]]] = {}
    for pk, together, state in rows:
        held.setdefault((together if fold else None) or pk, []).append((pk, state))
    tallies = run_board.tallies([pk for pk, _together, _state in rows], now)
    shown = Run.objects.select_related("group", "workspace", "edition").in_bulk([held[b][0][0] for b in bundles])
    lines = []
    for bundle in bundles:
        mine = held[bundle]
        first = shown[mine[0][0]]
        states: dict[str, int] = {}
        for _pk, state in mine:
            states[state] = states.get(state, 0) + 1
        going = [tallies.get(pk, Tally()) for pk, state in mine if state in {RUNNING, PAUSED}]
        total = _sum([tallies.get(pk, Tally()) for pk, _state in mine])
        troubles = run_said.troubles(_sum(going))
        header = run_said.header(first, total, now) if len(mine) == 1 else ""
        urgent = sum(bool(tally.look) for tally in going)
        lines.append(Line(first, len(mine), states, total, urgent, header, troubles))
    return lines


def _sum(tallies: list[Tally]) -> Tally:
    names = ("done", "skipped", "late", "waiting", "gated", "failed", "ahead")
    return Tally(**{name: sum(getattr(tally, name) for tally in tallies) for name in names})


def as_csv(request: Asked, workspace: Workspace) -> HttpResponse:
    """The runs as filtered, each on a line of its own."""
    found, _asked = filtered(request)
    now = clock.now()
    head = [_("Group"), _("Playbook"), _("Version"), _("State"), _("First day"), _("Started"), _("Ended"), _("Steps")]
    head += [word.of("run_step", name) for name in ("done", "late", "gated", "failed", "waiting", "ahead", "skipped")]
    columns = ("pk", "group__name", "book", "edition__version", "state", "begins", "created", "ended", "edition")
    rows = list(found.order_by("-created", "pk").values_list(*columns))
    editions = Edition.objects.in_bulk({row[-1] for row in rows})
    tallies = run_board.tallies([row[0] for row in rows], now)

    def lines() -> Any:
        yield head
        for pk, group, _book, version, state, begins, created, ended, edition in rows:
            tally = tallies.get(pk, Tally())
            title = run_said.titled(editions[edition].playbook.title)
            told = [group, title, version, word.of("run_state", state), begins.isoformat()]
            told += [f"{moment:%Y-%m-%dT%H:%M}Z" if moment else "" for moment in (created, ended)]
            counts = (tally.done, tally.late, tally.gated, tally.failed, tally.waiting, tally.ahead, tally.skipped)
            yield [*told, tally.all, *counts]

    return file_of(lines(), "runs", "csv")


def of_group(request: Asked, group: Group) -> HttpResponse:
    """The runs of one group: what goes on, what comes next, what was."""
    now = clock.now()
    there = list(runs_for(request.staff).filter(group=group).select_related("workspace")[:SIZE])
    tallies = run_board.tallies([run.pk for run in there], now)
    lines = [(run, tallies.get(run.pk, Tally())) for run in there]
    going = []
    for run, tally in lines:
        if run.state in {RUNNING, PAUSED}:
            ahead = [c for c in run_board.cards(run, now) if c.state not in {"done", "skipped"} and c.when]
            going.append((run, run_said.header(run, tally, now), [_next(c) for c in ahead[:5]]))
    past = [(run, tally) for run, tally in lines if run.state not in {RUNNING, PAUSED}]
    context = {"group": group, "tab": "runs", "going": going, "past": past}
    context["titles"] = {run.pk: run_said.titled(run.edition.playbook.title) for run, _tally in lines}
    return render(request, "run/group.html", context)


def _next(card: run_board.Card) -> dict[str, Any]:
    do = getattr(card.form, "do", "")
    return {"card": card, "title": run_said.titled(card.form.title), "do": word.of("run_do", do)}
