"""The network's own page: everybody of a group and every tie over time, drawn in the browser, with tables beside it."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from django.http import HttpResponse
from django.shortcuts import redirect, render

from huoqun.base import clock, job
from huoqun.people import checkup, portrait, role
from huoqun.people.group import Group
from huoqun.people.person import Identity
from huoqun.people.portrait import Portrait
from huoqun.web import phrase, plain, word
from huoqun.web.gate import Asked
from huoqun.web.packed import packed
from huoqun.web.word_network import words

STATES = ("ready", "working", "failed", "empty")
"""How far the picture is."""


def page(request: Asked, group: Group) -> HttpResponse:
    """The page without its numbers: the browser asks for them, and says so while they are being made."""
    context = {"group": group, "tab": "network", "checkup": checkup.latest(group), "words": words()}
    return render(request, "group/network.html", context)


def data(request: Asked, group: Group) -> HttpResponse:
    """What `told` says, for the page's script: in one, where the column `reason` stands over that of a failure."""
    how_far, drawn = told(request, group)
    return packed(request, orjson.dumps(how_far | (drawn or {})), "application/json")


def told(request: Asked, group: Group) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """How far it is, and what the picture is made of: as `insight/panorama.Panorama` explains it, with names and links.

    `state` says whether it is there: `ready`, also while it is being drawn anew (then `fresh` is false); `working`;
    `failed`, with `reason`; `empty`, where the group has no rows.
    """
    found = portrait.portrait_of(group)
    fresh = found is not None and portrait.fresh(found, group)
    work = None if fresh else portrait.ask(group, now=clock.now())
    failed = work is not None and work.state == job.FAILED
    known: dict[str, Any] = {"fresh": fresh, "failed": failed, "reason": work.reason if work and failed else ""}
    if found is not None:
        return known | {"state": "ready"}, _drawn(request, group, found)
    return known | {"state": "empty" if work is None else "failed" if failed else "working"}, None


def again(request: Asked, group: Group) -> HttpResponse:
    """Draw it once more after a failure."""
    portrait.again(group, now=clock.now())
    return redirect("group_network", group.pk)


def _drawn(request: Asked, group: Group, found: Portrait) -> dict[str, Any]:
    drawn = portrait.content(found)
    known = _identities(group)
    lang = word.language()
    may = role.SEE_PEOPLE in request.staff.duty.may
    reasons = {reason: phrase.stratum_text(reason, lang) for reason in set(drawn["reason"])}
    return drawn | {
        "group": plain.name(group.name),
        "as_of": _day(found.as_of, group),
        "names": [plain.name(known[a][0]) if a in known else "" for a in drawn["people"]],
        "person": [known[a][1] if may and a in known else None for a in drawn["people"]],
        "reason": [reasons[reason] for reason in drawn["reason"]],
        "unheard": Identity.objects.filter(group=group, messages=0, listed=True, bot=False).count(),
        "marks": [
            {"title": plain.name(m.title, 80), "start": _day(m.start, group), "end": _day(m.end, group)}
            for m in group.marks.order_by("start")
        ],
    }


def _identities(group: Group) -> dict[str, tuple[str, str]]:
    """By account: name, and the person they are now."""
    rows = Identity.objects.filter(group=group).values_list("account", "name", "person__root_id", "person_id")
    return {account: (name, str(root or person)) for account, name, root, person in rows}


def _day(moment: datetime, group: Group) -> str:
    return moment.astimezone(ZoneInfo(group.zone)).date().isoformat()
