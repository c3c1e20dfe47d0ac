"""The run board: one run with every step, what is behind each, and what people do about it, with the reason."""

from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from huoqun.base import clock
from huoqun.people.account import Account
from huoqun.people.audit import Entry
from huoqun.people.staff import team
from huoqun.playbooks import run_board, run_words, steering
from huoqun.playbooks.offered import newer, offered
from huoqun.playbooks.run import PAUSED, RUNNING, Run
from huoqun.playbooks.run_board import Card, Tally
from huoqun.web import query, run_said, word
from huoqun.web.gate import Asked
from huoqun.web.when import zone_of

NEED = ("failed", "late", "gated")
"""What stands on top of the board, the worst first."""
FIRST = 6
"""So much of what needs a look is open at once."""
NEAR = 12
"""Of the days ahead so many steps are open at once; the rest unfolds."""


def page(request: Asked, run: Run) -> HttpResponse:
    """The board."""
    return _board(request, run)


def live(request: Asked, run: Run) -> HttpResponse:
    """The part that changes by itself, asked for again and again."""
    return render(request, "run/_board.html", _standing(request, run))


def _board(request: Asked, run: Run, status: int = 200, **said: Any) -> HttpResponse:
    context = _standing(request, run)
    book = run.edition.playbook
    people = [(member.account_id, str(member.account)) for member in team(request.workspace)]
    names = {key.hex: name for key, name in people}
    context |= {
        "newer": newer(run.edition, offered(request.workspace)),
        "roles": [
            {
                "id": name,
                "title": run_said.titled(role.name),
                "who": names.get(run.people.get(name, ""), ""),
                "options": [(key, told, key.hex == run.people.get(name)) for key, told in people],
            }
            for name, role in book.roles.items()
        ],
        "values": [(run_said.titled(v.ask), run.values.get(name, "")) for name, v in book.variables.items()],
        "history": [_change(entry, run) for entry in run_board.history(run)],
        "paths": [run_said.titled(book.paths[path]) for path in run.paths if path in book.paths],
    }
    return render(request, "run/one.html", context | said, status=status)


def _standing(request: Asked, run: Run) -> dict[str, Any]:
    """How the run stands now: one sentence, what needs a look, and every step by its day."""
    now = clock.now()
    tally = run_board.tallies([run.pk], now).get(run.pk, Tally())
    cards = run_board.cards(run, now)
    lines = [line(card, run) for card in cards]
    today = now.astimezone(zone_of(run.group.zone)).date()
    going = run.state in {RUNNING, PAUSED}
    need = sorted(
        (each for each in lines if going and each["state"] in NEED), key=lambda each: NEED.index(each["state"])
    )
    days = [
        {
            "day": day,
            "number": (day - run.begins).days + 1 if day else None,
            "when": "past" if day and day < today else "today" if day == today else "ahead",
            "lines": list(those),
        }
        for day, those in groupby(lines, key=lambda each: each["card"].day)
    ]
    for each in days:
        states = [told["state"] for told in each["lines"]]
        each["done"] = sum(state in {"done", "skipped"} for state in states)
        each["need"] = sum(state in NEED for state in states)
    near = 0
    for each in days:
        near += len(each["lines"]) if each["when"] == "ahead" else 0
        each["open"] = going and each["when"] != "past" and near <= NEAR
    return {
        "run": run,
        "title": run_said.titled(run.edition.playbook.title),
        "header": run_said.header(run, tally, now),
        "tally": tally,
        "proof": run_said.proof(run_board.proof(cards)),
        "need": need[:FIRST],
        "need_more": need[FIRST:],
        "days": days,
        "going": going,
        "zone": run.group.zone,
        "may_edit": request.staff.may("edit_runs"),
        "sees_desk": request.staff.may("see_activities"),
    }


def line(card: Card, run: Run) -> dict[str, Any]:
    """A step as pages show it."""
    book, form, zone = run.edition.playbook, card.form, zone_of(run.group.zone)
    role = book.roles.get(form.role or "")
    moved = card.moved.astimezone(zone) if card.moved else None
    return {
        "card": card,
        "state": card.state,
        "do": word.of("run_do", getattr(form, "do", "")),
        "title": run_said.titled(form.title),
        "clock": f"{card.when.astimezone(zone):%H:%M}" if card.when else "",
        "about": card.row.due is None and card.when is not None,
        "words": [
            (name, word.of("run_field", name), run_said.legible(text, book))
            for name, text in card.words.items()
            if text
        ],
        "short": [run_said.short(missed, book) for missed in card.short],
        "why": "" if card.short else run_said.why(card.row.why, book),
        "moved": f"{moved:%m-%d %H:%M}" if moved else "",
        "role": run_said.titled(role.name) if role else "",
        "who": run_said.who(who, book) if (who := getattr(form, "who", "")) else "",
        "people": len(card.row.result.get("people", ())),
        "gate": run_said.condition(form.gate, book) if form.gate else "",
        "only_if": run_said.condition(form.only_if, book) if form.only_if else "",
        "path": run_said.titled(book.paths[form.path]) if form.path else "",
        "edited": bool(card.written),
    }


def _change(entry: Entry, run: Run) -> dict[str, Any]:
    """A change by hand, with what was before and after."""
    book, after, before = run.edition.playbook, entry.after, entry.before
    at = str(after.get("at", ""))
    step = next((s for s in book.steps if s.id == at), None)
    zone, pairs = zone_of(run.group.zone), []
    if "due" in after or "due" in before:
        pairs.append((_moment(before.get("due"), zone), _moment(after.get("due"), zone)))
    old, new = before.get("said") or {}, after.get("said") or {}
    for name in run_words.FIELDS:
        if old.get(name) != new.get(name):
            own = run_words.written(step, run.language).get(name, "") if step else ""
            pairs.append((old.get(name) or own, new.get(name) or own))
    if "role" in after or "who" in after:
        people = {key.hex: key for text in (before.get("who"),) if text and (key := query.key(str(text)))}
        known = {who.pk.hex: str(who) for who in Account.objects.filter(pk__in=people.values())}
        pairs.append((known.get(str(before.get("who") or ""), ""), str(after.get("who") or "")))
    return {
        "entry": entry,
        "what": word.of("deed", entry.what),
        "step": run_said.titled(step.title) if step else "",
        "pairs": pairs,
        "why": str(after.get("why", "")),
    }


def _moment(told: Any, zone: Any) -> str:
    try:
        return f"{datetime.fromisoformat(str(told)).astimezone(zone):%m-%d %H:%M}"
    except ValueError:
        return "–"


def go(request: Asked, run: Run) -> HttpResponse:
    """Pause, resume, stop; give a role to somebody else."""
    do, why, now, by = request.POST.get("do", ""), _text(request, "why"), clock.now(), request.user
    told = {"pause": _("Paused."), "resume": _("It goes on."), "stop": _("Stopped.")}
    try:
        if do == "pause":
            steering.pause(run, why=why, by=by, now=now)
        elif do == "resume":
            steering.resume(run, by=by, now=now)
        elif do == "stop":
            steering.stop(run, why=why, by=by, now=now)
        elif do == "reassign":
            return _reassign(request, run, now)
        else:
            return _refuse(request, run, do, "unknown", 422)
    except steering.Late:
        return _refuse(request, run, do, "late", 409)
    except steering.NoReason:
        return _refuse(request, run, do, "why", 422)
    messages.success(request, told[do])
    return redirect("run", run.pk)


def _reassign(request: Asked, run: Run, now: datetime) -> HttpResponse:
    role, sent = request.POST.get("role", ""), request.POST.get("who", "")
    member = team(request.workspace).filter(account=query.row(sent)).first() if sent else None
    if role not in run.edition.playbook.roles or (sent and member is None):
        return _refuse(request, run, "reassign", "role", 422)
    steering.reassign(run, role, member.account if member else None, by=request.user, now=now)
    messages.success(request, _("The role and its open tasks are handed on."))
    return redirect("run", run.pk)


def _refuse(request: Asked, run: Run, do: str, why: str, status: int) -> HttpResponse:
    fresh = Run.objects.select_related("group", "edition", "workspace").get(pk=run.pk)
    typed = {"do": do, "why": _text(request, "why")}
    return _board(request, fresh, status, wrong=word.of("run_refused", why), typed=typed)


def _text(request: Asked, name: str) -> str:
    return request.POST.get(name, "").replace("\0", "").strip()


def back(run: Run, row: UUID) -> str:
    """Where one step stands on the board."""
    return f"{reverse('run', args=[run.pk])}#s{row.hex}"
