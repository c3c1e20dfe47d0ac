"""Keywords: which words are watched, where they fell and by whom, how often a day; ticked off, taken into the bank."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from huoqun.base import clock
from huoqun.content import topic_bank, watchword
from huoqun.content.topic_bank import WATCH
from huoqun.content.watchword import STATES, BadWatchword, Sighting, Watchword
from huoqun.people.role import EDIT_CONTENT, EXPORT, SEND
from huoqun.people.staff import groups_for
from huoqun.people.workspace import Workspace
from huoqun.web import query, word
from huoqun.web.dealing import paged
from huoqun.web.gate import Asked
from huoqun.web.sheet import file_of

SHOWN = 30
DAYS = 28
CHOICES = 500
EXPORTED = 20_000


def page(request: Asked, workspace: Workspace) -> HttpResponse:
    """The words, and where they fell."""
    return _do(request, workspace) if request.method == "POST" else _page(request, workspace)


def _asked(request: Asked) -> dict[str, Any]:
    form = request.GET
    text = form.get("q", "").replace("\0", "").strip()[:100]
    state = form.get("state", "") if form.get("state", "") in STATES else ""
    return {"word": query.key(form.get("word", "")), "group": query.key(form.get("group", "")), "state": state} | {
        "text": text
    }


def _page(request: Asked, workspace: Workspace, status: int = 200, **said: Any) -> HttpResponse:
    now, asked = clock.now(), _asked(request)
    every = watchword.sightings_for(request.staff)
    found = watchword.sightings_for(request.staff, **asked)
    listed = paged(request, found, SHOWN)
    near = query.key(request.GET.get("near", ""))
    context = {
        "tab": "content_words",
        "page": listed,
        "rows": [(row, watchword.around(row) if row.pk == near else []) for row in listed.rows],
        "asked": asked,
        "words": _words(workspace, watchword.counted(every)),
        "days": _days(workspace, found, now) if listed.rows else [],
        "groups": groups_for(request.staff).order_by("name").values_list("pk", "name")[:CHOICES],
        "states": [(id, word.of("sighting", id)) for id in STATES],
        "fresh": every.filter(state=watchword.NEW).count(),
        "searching": sum(group.workspace_id == workspace.pk for group, _model in watchword.stale()),
        "known": request.GET.copy(),
        "may_edit": request.staff.may(EDIT_CONTENT),
        "may_tick": request.staff.may(SEND),
        "may_export": request.staff.may(EXPORT),
        "typed": {name: request.POST.get(name, "") for name in ("name", "others", "note")},
        **said,
    }
    return render(request, "content/words.html", context, status=status)


def _words(workspace: Workspace, counts: dict[Any, dict[str, int]]) -> list[dict[str, Any]]:
    none = {"count": 0, "fresh": 0, "people": 0}
    return [
        {"row": row, "others": "，".join(row.words[1:])} | counts.get(row.pk, none)
        for row in watchword.watched(workspace)
    ]


def _days(workspace: Workspace, found: Any, now: datetime) -> list[dict[str, Any]]:
    """The last four weeks of what is listed, day by day, as bars."""
    today = now.astimezone(ZoneInfo(workspace.zone)).date()
    counts = watchword.by_day(found, workspace.zone, since=now - timedelta(days=DAYS))
    days = [today - timedelta(days=DAYS - 1 - n) for n in range(DAYS)]
    most = max([counts.get(day.isoformat(), 0) for day in days] or [0]) or 1
    return [
        {
            "day": day,
            "count": (n := counts.get(day.isoformat(), 0)),
            "x": place * 12,
            "high": round(48 * n / most),
            "y": 50 - round(48 * n / most),
        }
        for place, day in enumerate(days)
    ]


def as_csv(request: Asked, workspace: Workspace) -> HttpResponse:
    """Where words fell, as listed."""
    found = watchword.sightings_for(request.staff, **_asked(request))[:EXPORTED]
    head = (_("Keyword"), _("Group"), _("Who"), _("When"), _("What was said"), _("State"))
    lines = (
        (
            row.watchword.name,
            row.group.name,
            row.identity.name,
            row.at.astimezone(ZoneInfo(row.group.zone)).isoformat(timespec="minutes"),
            row.text,
            word.of("sighting", row.state),
        )
        for row in found.iterator(500)
    )
    return file_of([head, *lines], "keywords", "csv")


def _do(request: Asked, workspace: Workspace) -> HttpResponse:
    do, _colon, which = request.POST.get("do", "").partition(":")
    if do in STATES:
        return _settle(request, workspace, do, which)
    if not request.staff.may(EDIT_CONTENT):
        messages.warning(request, _("Your role may tick off, but not change which words are watched."))
        return _back(request, workspace)
    try:
        told = _change(request, workspace, do, which)
    except BadWatchword as error:
        why = {"there": "word_there", "many": "word_many"}.get(error.why, "words")
        return _page(request, workspace, 422, wrong=word.of("content_wrong", why))
    messages.success(request, told) if told else messages.warning(request, word.of("content_wrong", "gone"))
    return _back(request, workspace)


def _change(request: Asked, workspace: Workspace, do: str, which: str) -> str:
    """Change what is watched; what was done, in words, "" where there is no such thing. Raises BadWatchword."""
    form, by, now = request.POST, request.user, clock.now()
    told = {name: form.get(name, "").replace("\0", "") for name in ("others", "note")}
    if do == "add":
        watchword.add(workspace, name=form.get("name", "").replace("\0", ""), by=by, now=now, **told)
        return _("It is watched; where it fell stands here in a moment.")
    row = watchword.watched(workspace).filter(pk=query.row(which)).select_related("workspace").first()
    if row is None:
        return ""
    if do == "change":
        watchword.change(row, by=by, now=now, **told)
        return _("It is changed; the groups are looked through anew.")
    if do in {"on", "off"}:
        watchword.switch(row, do == "on", by=by, now=now)
        return _("It is watched.") if do == "on" else _("It is not watched; what was found stays.")
    if do == "topic":
        _into_bank(row, request)
        return _("It is in the bank.")
    if do == "remove":
        watchword.remove(row, by=by, now=now)
        return _("It is off the list.")
    return ""


def _into_bank(row: Watchword, request: Asked) -> None:
    """A topic for every group, with how many people spoke of it."""
    told = watchword.counted(watchword.sightings_for(request.staff, word=row.pk)).get(row.pk, {})
    why = {"origin": WATCH, "people": told.get("people", 0), "count": told.get("count", 0)}
    sort, now = topic_bank.PROFESSIONAL, clock.now()
    topic_bank.add(row.workspace, group=None, sort=sort, text=row.name, why=why, by=request.user, now=now)


def _settle(request: Asked, workspace: Workspace, state: str, which: str) -> HttpResponse:
    """Tick off one, or all that are listed."""
    if which == "all":
        rows: list[Sighting] = list(watchword.sightings_for(request.staff, **_asked(request))[:1000])
    else:
        rows = list(watchword.sightings_for(request.staff).filter(pk=query.row(which)))
    done = watchword.settle(rows, state, by=request.user, now=clock.now()) if rows else 0
    if done:
        told = ngettext("%(n)s place is ticked off.", "%(n)s places are ticked off.", done) % {"n": done}
        messages.success(request, told if state != watchword.NEW else _("It is to be looked at again."))
    return _back(request, workspace)


def _back(request: Asked, workspace: Workspace) -> HttpResponse:
    there = reverse("content_words", args=[workspace.slug])
    return redirect(there + (f"?{request.GET.urlencode()}" if request.GET else ""))
