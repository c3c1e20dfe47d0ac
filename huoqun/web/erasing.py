"""Erasing a person: what would go, asked for in words, how far it is, and the proof afterwards."""

from datetime import timedelta
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from huoqun.base import clock, job
from huoqun.people import dossier, forgotten
from huoqun.people.forgotten import BACKUPS, Forgotten
from huoqun.people.person import Person, root_of
from huoqun.people.staff import groups_for
from huoqun.people.workspace import Workspace
from huoqun.web import word
from huoqun.web.gate import Asked
from huoqun.web.person import name_of

SHOWN = 50
"""Erasures on one page."""


def ask(request: Asked, person: Person) -> HttpResponse:
    """What would go, and the form that asks for it in words."""
    person = root_of(person)
    there = forgotten.under_way(person) or forgotten.stone(person)
    if there is not None:
        return redirect("erasure", there.pk)
    typed, wanted = request.POST.get("word", "").strip(), _("erase")
    if request.method == "POST" and typed.casefold() == wanted.casefold():
        return redirect("erasure", forgotten.ask(person, by=request.user, now=clock.now()).pk)
    those = dossier.presences(person, groups_for(request.staff))
    context = {
        "person": person,
        "name": name_of(those),
        "presences": those,
        "messages_total": sum(p.identity.messages for p in those),
        "rows": _rows(forgotten.holdings(person)),
        "wanted": wanted,
        "typed": typed,
        "wrong": request.method == "POST",
        "days": BACKUPS.days,
    }
    return render(request, "people/erase.html", context, status=422 if request.method == "POST" else 200)


def _rows(counts: dict[str, int]) -> list[tuple[str, int]]:
    """How much of what, in words."""
    return [(word.of("holding", name), n) for name, n in counts.items()]


def page(request: Asked, erasure: Forgotten) -> HttpResponse:
    """How far an erasure is, or its proof."""
    return render(request, "people/erasure.html", _told(erasure))


def progress(request: Asked, erasure: Forgotten) -> HttpResponse:
    """The part of it that changes."""
    return render(request, "people/_erasure.html", _told(erasure))


def _told(erasure: Forgotten) -> dict[str, Any]:
    work = forgotten.work_of(erasure)
    return {
        "erasure": erasure,
        "work": work,
        "failed": work is not None and work.state == job.FAILED and erasure.finished is None,
        "going": erasure.finished is None and work is not None and work.state in {job.WAITING, job.RUNNING},
        "rows": _rows(erasure.counts.get("rows", {})),
        "backups": erasure.finished + timedelta(days=BACKUPS.days) if erasure.finished else None,
    }


def again(request: Asked, erasure: Forgotten) -> HttpResponse:
    """Go on after a failure."""
    if erasure.finished is None:
        forgotten.again(erasure, by=request.user, now=clock.now())
    return redirect("erasure", erasure.pk)


def as_json(request: Asked, erasure: Forgotten) -> HttpResponse:
    """The proof as a file: it names nobody."""
    options = {"ensure_ascii": False, "indent": 1}
    response = JsonResponse(forgotten.proof(erasure), encoder=DjangoJSONEncoder, json_dumps_params=options)
    response.headers["Content-Disposition"] = 'attachment; filename="erasure.json"'
    return response


def all_of_them(request: Asked, workspace: Workspace) -> HttpResponse:
    """The erasures of a workspace."""
    text = request.GET.get("page", "1")
    number = int(text) if text.isdecimal() and 0 < int(text) < 100_000 else 1
    begin = (number - 1) * SHOWN
    rows = list(forgotten.all_forgotten(workspace)[begin : begin + SHOWN + 1])
    context = {"erasures": rows[:SHOWN], "number": number, "older": number + 1 if len(rows) > SHOWN else 0}
    return render(request, "people/erasures.html", context)
