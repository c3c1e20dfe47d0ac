"""One step of a run: what it will say or has said, what stands behind it, and what people change of it, with the
reason."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from huoqun.base import clock
from huoqun.playbooks import run_board, run_words, steering
from huoqun.playbooks.run import AHEAD, FAILED, GATED, PAUSED, RUNNING, WAITING, DueStep, Run
from huoqun.playbooks.run_board import Card
from huoqun.web import run_said, word
from huoqun.web.gate import Asked
from huoqun.web.run_page import back, line

LONGEST = 2000
"""Of words said otherwise."""
SOON = timedelta(minutes=1)
"""A moment typed may be this minute."""


class Refused(Exception):
    """What was sent cannot be done; by field, the id of why."""

    def __init__(self, wrong: dict[str, str], status: int = 422) -> None:
        super().__init__(wrong)
        self.wrong, self.status = wrong, status


def page(request: Asked, run: Run, which: UUID) -> HttpResponse:
    """The step, and its forms; sent back they are done."""
    row = run.steps.filter(pk=which).first()
    if row is None:
        messages.warning(request, _("That is not there any more; nothing was changed."))
        return redirect("run", run.pk)
    row.run = run
    if request.method == "POST":
        return _do(request, run, row)
    return _page(request, run, row)


def _page(request: Asked, run: Run, row: DueStep, status: int = 200, **said: Any) -> HttpResponse:
    now = clock.now()
    card = run_board.cards(run, now, only=row.pk)[0]
    zone, going = ZoneInfo(run.group.zone), run.state in {RUNNING, PAUSED}
    own = run_words.written(card.form, run.language)
    typed = said.get("typed", {})
    at = card.row.due or card.row.planned
    context = {
        "run": run,
        "line": line(card, run),
        "card": card,
        "book": run_said.titled(run.edition.playbook.title),
        "zone": run.group.zone,
        "texts": [
            {
                "name": name,
                "label": word.of("run_field", name),
                "value": typed.get(name, row.said.get(name, own[name])),
                "own": own[name] if row.said.get(name, own[name]) != own[name] else "",
            }
            for name in own
        ],
        "due": typed.get("due", f"{at.astimezone(zone):%Y-%m-%dT%H:%M}" if at else ""),
        "may_edit": request.staff.may("edit_runs"),
        "wrong": {},
        "can": _can(card, row, going=going),
        "back": _back(request, run, row),
        **said,
    }
    return render(request, "run/step.html", context, status=status)


def _can(card: Card, row: DueStep, *, going: bool) -> set[str]:
    """What may be done with it as it stands."""
    if not going:
        return set()
    found = {"move", "edit"} if row.state in {AHEAD, GATED} else set()
    found -= {"edit"} if not run_words.fields_of(card.form) else set()
    found |= {"skip"} if row.state in {AHEAD, GATED, WAITING, FAILED} else set()
    found |= {"go_on"} if row.state == GATED else set()
    return found | ({"again"} if row.state == FAILED else set())


def _do(request: Asked, run: Run, row: DueStep) -> HttpResponse:
    do = request.POST.get("do", "")
    typed = {name: request.POST.get(name, "").replace("\0", "").replace("\r\n", "\n").strip() for name in request.POST}
    try:
        told = _done(request, run, row, do, typed)
    except Refused as error:
        wrong = {name: word.of("run_refused", why) if " " not in why else why for name, why in error.wrong.items()}
        fresh = run.steps.get(pk=row.pk)
        fresh.run = run
        return _page(request, run, fresh, error.status, wrong=wrong, typed=typed, did=do)
    messages.success(request, told)
    return redirect(_back(request, run, row))


def _done(request: Asked, run: Run, row: DueStep, do: str, typed: dict[str, str]) -> str:
    """Do what a form asks; the sentence that says so. Raises Refused."""
    why, by, now = typed.get("why", ""), request.user, clock.now()
    try:
        if do == "move":
            steering.move(row, _due(typed, run, now), why=why, by=by, now=now)
            return _("Moved.")
        if do == "skip":
            steering.skip(row, why=why, by=by, now=now)
            return _("Left out.")
        if do == "edit":
            steering.edit(row, _texts(typed, run, row), why=why, by=by, now=now)
            return _("The words are changed for this once.")
        if do == "again":
            steering.again(row, by=by, now=now)
            return _("It is tried once more.")
        if do == "go_on":
            steering.go_on(row, why=why, by=by, now=now)
            return _("The gate is open.")
    except steering.Late as error:
        raise Refused({"do": "late"}, 409) from error
    except steering.NoReason as error:
        raise Refused({"why": "why"}) from error
    raise Refused({"do": "unknown"})


def _due(typed: dict[str, str], run: Run, now: datetime) -> datetime:
    """The moment typed, on the group's clock. Raises Refused."""
    try:
        due = datetime.fromisoformat(typed.get("due", "")).replace(tzinfo=ZoneInfo(run.group.zone)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Refused({"due": "due"}) from error
    if not now - SOON <= due <= now + timedelta(days=730):
        raise Refused({"due": "due"})
    return due


def _texts(typed: dict[str, str], run: Run, row: DueStep) -> dict[str, str]:
    """The words typed that differ from what holds now; as the playbook says them they are its own again. Raises
    Refused."""
    book = run.edition.playbook
    own, found, wrong = run_words.written(book.step(row.step), run.language), {}, {}
    for name in own:
        if name not in typed:
            continue
        text = "" if typed[name] == own[name] else typed[name][:LONGEST]
        if text != row.said.get(name, ""):
            found[name] = text
        if unknown := run_words.unknown(text, book):
            names = _(", ").join(f"{{{each}}}" for each in unknown)
            wrong[name] = _("Nothing is called %(names)s here.") % {"names": names}
    if wrong:
        raise Refused(wrong)
    if not found:
        raise Refused({"do": "empty"})
    return found


def _back(request: Asked, run: Run, row: DueStep) -> str:
    """Where to afterwards: the calendar, where that was the way here, else the board."""
    told = request.POST.get("back", "") or request.GET.get("back", "")
    calendar = told.startswith(f"/w/{run.workspace.slug}/runs/calendar")
    return told if calendar and url_has_allowed_host_and_scheme(told, None) else back(run, row.pk)
