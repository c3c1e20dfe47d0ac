"""Pages of the spotlight beside its activity: the host's live run sheet, the hall of fame, a card for strangers."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.crypto import get_random_string

from huoqun.activities import attendance, spotlight_fame, spotlight_sheet, spotlight_voice
from huoqun.activities.activity import IN, Activity
from huoqun.activities.kind import Refused
from huoqun.activities.spotlight_part import Show, candidate
from huoqun.base import clock
from huoqun.people import outbox
from huoqun.people.staff import groups_for
from huoqun.people.workspace import Workspace
from huoqun.web.activity import door, personal
from huoqun.web.gate import Asked
from huoqun.web.kind_spotlight import Told
from huoqun.web.member_door import quiet
from huoqun.web.member_door import told as gone

SHOWN = 60
"""Guests in the hall, the newest."""


def sheet(request: Asked, row: Activity, which: UUID) -> HttpResponse:
    """The run sheet of one guest."""
    return _sheet(request, row, which, "activity/spotlight_sheet.html")


def live(request: Asked, row: Activity, which: UUID) -> HttpResponse:
    """The part of it that changes while the show goes on."""
    return _sheet(request, row, which, "activity/_spotlight_live.html")


def _sheet(request: Asked, row: Activity, which: UUID, template: str) -> HttpResponse:
    try:
        one = candidate(row, str(which))
    except Refused:
        return redirect("activity", row.pk)
    show, now = one.show, clock.now()
    if row.kind != "spotlight" or show is None:
        return redirect("activity", row.pk)
    link = door(request, row, one.who.group)
    zone = ZoneInfo(one.who.group.zone)
    steps = [
        (s, s.words.replace(outbox.LINK, link), _clock(s.due.astimezone(zone), show.at.astimezone(zone)))
        for s in spotlight_sheet.sheet(one, now=now)
    ]
    context = {
        "activity": row,
        "guest": Told(one),
        "show": show,
        "steps": steps,
        "silent": [(friend, personal(request, row, friend)) for friend in spotlight_voice.still_silent(one)],
        "done": sum(s.done is not None for s, _words, _at in steps),
        "late_by": spotlight_sheet.late_by(show),
        "state": row.standing(now),
        "at_hand": _at_hand(show, now),
        "may_edit": request.staff.may("edit_activities"),
        "form_key": get_random_string(12),
        "zone": one.who.group.zone,
    }
    answer = render(request, template, context)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _at_hand(show: Show, now: datetime) -> dict[str, Any]:
    """How the show stands: minutes until it begins, minutes it has been going on, or that it is over."""
    if show.ended is not None and show.began is not None:
        return {"is": "over", "minutes": _minutes(show.ended - show.began)}
    if show.began is not None:
        return {"is": "on", "minutes": _minutes(now - show.began)}
    return {"is": "due" if show.at <= now else "before", "minutes": _minutes(abs(show.at - now))}


def _clock(due: datetime, show: datetime) -> str:
    """The hour of a step, with its day where that is another than the show's."""
    return f"{due:%H:%M}" if due.date() == show.date() else f"{due:%m-%d %H:%M}"


def _minutes(span: timedelta) -> int:
    return int(span.total_seconds() // 60)


def hall(request: Asked, workspace: Workspace) -> HttpResponse:
    """Everybody who has been in the spotlight."""
    found = spotlight_fame.hall(workspace, groups_for(request.staff))
    return render(
        request, "activity/spotlight_hall.html", {"guests": [Told(one) for one in found[:SHOWN]], "all": len(found)}
    )


def card(request: HttpRequest, token: str) -> HttpResponse:
    """The card of a member, as they agreed to show it; anybody who has the address may see it."""
    one = spotlight_fame.by_token(token)
    shown = spotlight_fame.shown(one) if one is not None and one.row.state in IN else None
    if one is None or shown is None:
        return gone(request, "removed", 410)
    context = {"card": shown.card, "name": shown.name, "picture": shown.picture, "words": shown.words, "one": one}
    context["outside"] = shown.outside
    context |= {"show": one.show, "count": attendance.taken(one.row.activity)}
    return quiet(render(request, "member/spotlight_card.html", context))
