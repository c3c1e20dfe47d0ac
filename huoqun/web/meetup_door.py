"""The door of a meetup, and its wall: check-in by code or name, which goes on without a network and is sent when it is
back; and the picture that grows with each fingerprint."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.crypto import get_random_string
from django.utils.safestring import mark_safe

from huoqun.activities import activity as base
from huoqun.activities import attendance, meetup, meetup_plan
from huoqun.activities.activity import DONE, JOINED, WAITING, Activity
from huoqun.base import clock
from huoqun.web import fingerprint, member_door, qr_code
from huoqun.web.activity import door as door_of
from huoqun.web.gate import Asked

KIND = "meetup"
CAMERA = "camera=(self), microphone=(), geolocation=()"
MOST = 2000
"""People that the door knows without a network."""


def door(request: Asked, row: Activity) -> HttpResponse:
    """The page of the door: everybody who may come, with a button each; works on without a network."""
    if row.kind != KIND:
        return redirect("activity", row.pk)
    known = base.counting(row)
    people = []
    for human, who in base.people(row).items():
        part = known.get(human)
        state = part.state if part else ""
        people.append((state not in {JOINED, WAITING, DONE}, who.name, who, state, meetup_plan.code_of(row, who)))
    people.sort(key=lambda each: each[:2])
    given = request.GET.get("code", "")[:400]
    asked = meetup_plan.code_in(given)
    context = {
        "activity": row,
        "tab": "door",
        "state": row.standing(clock.now()),
        "people": people[:MOST],
        "guests": meetup_plan.guests(row),
        "came": sum(1 for each in people if each[3] == DONE),
        "room": meetup_plan.room(row),
        "over": {p.identity_id for p in meetup_plan.came(row) if p.values.get("over")},
        "walked_in": {p.identity_id for p in meetup_plan.came(row) if meetup_plan.without_place(p)},
        "asked": next((each for each in people if each[4] == asked), None),
        "unknown": bool(given.strip()) and all(each[4] != asked for each in people),
        "early": row.starts is not None and clock.now() < row.starts - meetup.EARLY,
        "form_key": get_random_string(12),
    }
    answer = render(request, "activity/check_in.html", context)
    answer.headers["Permissions-Policy"] = CAMERA
    return answer


def worker(request: Asked, row: Activity) -> HttpResponse:
    """What keeps the page of the door in the browser, so that it opens without a network."""
    if row.kind != KIND:
        return redirect("activity", row.pk)
    context = {"page": reverse("activity_check_in", args=[row.pk]), "static": static("").rstrip("/") + "/"}
    return render(request, "activity/check_in.js", context, content_type="text/javascript")


def wall(request: Asked, row: Activity) -> HttpResponse:
    """The wall, for a large screen in the room: the picture, the word, the code that leads to the member's page."""
    if row.kind != KIND:
        return redirect("activity", row.pk)
    inner = "part" in request.GET
    context = {
        "activity": row,
        "picture": mark_safe(picture(row)),  # noqa: S308 - numbers and colours of our own
        "word": row.state_of_play.get("word", ""),
    }
    if not inner:
        first = row.groups.filter(removed=None).order_by("name").first()
        address = door_of(request, row, first) if first else ""
        context["code"] = mark_safe(qr_code.svg(address)) if address else ""  # noqa: S308 - an address of ours
    return render(request, "activity/_wall.html" if inner else "activity/wall.html", context)


def picture(row: Activity) -> str:
    """The tree with a print of everybody who came, guests too."""
    came = [(p.values.get("arrived", ""), p.pk.hex) for p in attendance.participants(row, DONE)]
    return fingerprint.svg([id for _at, id in sorted([*came, *((g.at, g.id) for g in meetup_plan.guests(row))])])


def member_picture(request: HttpRequest, token: str, which: UUID, what: str) -> HttpResponse:
    """For the page of a member: the same picture (`wall`), or their own code (`code`), which opens the page of the door
    and is of use to staff alone."""
    who = member_door.bearer(token)
    if isinstance(who, str):
        return member_door.told(request, who, 404 if who == "bad" else 410)
    row = Activity.objects.filter(pk=which, groups=who.group, kind=KIND, removed=None).first()
    if row is None or row.state == base.DRAFT or what not in {"wall", "code"}:
        return member_door.told(request, "draft", 404)
    if what == "wall":
        body = picture(row)
    else:
        address = request.build_absolute_uri(reverse("activity_check_in", args=[row.pk]))
        body = qr_code.svg(f"{address}?code={meetup_plan.code_of(row, who)}")
    return member_door.quiet(HttpResponse(body, content_type="image/svg+xml"))
