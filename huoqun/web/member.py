"""The member's pages: their own page, an activity, the door of a group. Opened from a link in the chat, on a phone,
without login and without script.

A door asks for the name; the first browser that takes a name gets that member's own link, and keeps it. Nobody is
listed to strangers: a door says of a name only whether it is somebody's.
"""

from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.crypto import get_random_string
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from huoqun.activities import activity as base
from huoqun.activities import attendance, certificate, exhibit
from huoqun.activities.activity import Activity
from huoqun.activities.kind import Said
from huoqun.activities.kinds import KINDS
from huoqun.base import clock
from huoqun.base.poster import draw
from huoqun.people import code, consent, login, points
from huoqun.people.person import Identity
from huoqun.people.picture import Picture
from huoqun.web import doors, duty_member, member_reward, outside, pace, putting, word
from huoqun.web.kinds import VIEWS
from huoqun.web.member_door import (
    BROWSER,
    KEPT,
    MOST_DEEDS,
    MOST_NAMES,
    STATUS,
    TRIED_WITHIN,
    bearer,
    named,
    opened,
    quiet,
    told,
)
from huoqun.web.reward import earned_for
from huoqun.web.said import NOT_DONE, said, why

MOST_POSTERS = 60
"""Posters drawn for one member in `TRIED_WITHIN`."""


def home(request: HttpRequest, token: str) -> HttpResponse:
    """My page: what is on, my points, what I take part in, my consent."""
    who = bearer(token)
    if isinstance(who, str):
        return told(request, who, 404 if who == "bad" else 410)
    now = clock.now()
    going = Activity.objects.filter(groups=who.group, removed=None, kind__in=KINDS).exclude(state=base.DRAFT)
    rows = list(going.order_by("-created")[:40])
    logins = list(login.logins_of(who))
    mine = {row.pk: attendance.row_of(row, who.person) for row in rows}
    context = {
        "who": who,
        "token": token,
        "open": [(a, mine[a.pk]) for a in rows if a.takes(now)],
        "past": [(a, mine[a.pk]) for a in rows if not a.takes(now) and mine[a.pk]],
        "points": points.balance(who.person),
        "postings": [(p, earned_for(p.what)) for p in points.postings(who.person)[:10]],
        **member_reward.own(who),
        "ways": outside.offered(request, there=[row.issuer for row in logins]),
        "elsewhere": outside.elsewhere(request),
        "logins": [(row, outside.name_of(row.issuer)) for row in logins],
        "done": request.GET.get("done", ""),
        "works": exhibit.mine(who),
        "duty": duty_member.standing(who, now),
        "consents": [(c, consent.allows(who.person, c)) for c in consent.THINGS],
    }
    return quiet(render(request, "member/home.html", context))


def activity(request: HttpRequest, token: str, which: UUID) -> HttpResponse:
    """One activity, and what a member does in it."""
    who = bearer(token)
    if isinstance(who, str):
        return told(request, who, 404 if who == "bad" else 410)
    row = Activity.objects.filter(pk=which, groups=who.group, kind__in=KINDS).select_related("workspace").first()
    if row is None or row.state == base.DRAFT:
        return told(request, "draft", 404)
    if row.removed is not None:
        return told(request, "removed", 410)
    if request.method == "POST":
        return _do(request, token, row, who)
    return _activity(request, token, row, who)


def check_in(request: HttpRequest, token: str, which: UUID) -> HttpResponse:
    """A check-in that `web/burst` did not simply take: with a picture, or one that is refused, and why."""
    return activity(request, token, which)


def _activity(
    request: HttpRequest, token: str, row: Activity, who: Identity, status: int = 200, **known: Any
) -> HttpResponse:
    now, mine = clock.now(), attendance.row_of(row, who.person)
    kind = KINDS[row.kind]
    context = {
        "activity": row,
        "kind": kind,
        "plan": kind.plan_of(row),
        "who": who,
        "token": token,
        "mine": mine,
        "inside": mine is not None and mine.state in base.IN,
        "state": row.standing(now),
        "takes": row.takes(now),
        "signs_up": kind.signs_up,
        "free": None if row.capacity is None else max(0, row.capacity - attendance.taken(row)),
        "certified": certificate.earned(row, mine, now=now) is not None,
        "certificate": certificate.of(row, who) if certificate.gives(row) else None,
        "works": [w for w in exhibit.mine(who) if w.row.activity_id == row.pk] if exhibit.has_works(row) else [],
        "answer": word.named("answer", request.GET.get("done", "")),
        "form_key": get_random_string(12),
        "kind_page": f"member/kind/{row.kind}.html",
        "logs_in": bool(settings.MEMBER_ISSUERS),
        **VIEWS[row.kind].member(row, who, mine, now),
        **known,
    }
    return quiet(render(request, "member/activity.html", context, status=status))


def _do(request: HttpRequest, token: str, row: Activity, who: Identity) -> HttpResponse:
    """What a member does: sign up or off, or what the kind offers; then the page again, with the answer."""
    now, what = clock.now(), request.POST.get("do", "")
    if pace.too_often_by_all(f"deed {who.pk.hex}", most=MOST_DEEDS, within=TRIED_WITHIN, now=now):
        return told(request, "wait", 429)
    kind = KINDS[row.kind]
    if what not in kind.member and not (kind.signs_up and what in {"join", "leave"}):
        return _activity(request, token, row, who, 404, wrong=word.of("refused", "unknown"))
    key = request.POST.get("key", "")[:40] or get_random_string(12)
    try:
        with said(request, row, who.person) as sent:
            answer = _done(row, who, what, sent, key, now)
    except NOT_DONE as error:
        typed = {name: request.POST.get(name, "") for name in request.POST}
        return _activity(request, token, row, who, 409, wrong=why(error), typed=typed)
    place = reverse("member_activity", args=[token, row.pk])
    return HttpResponseRedirect(f"{place}?done={answer}")


def _done(row: Activity, who: Identity, what: str, sent: Said, key: str, now: datetime) -> str:
    """What it is answered: a deed of the kind, else signing up or off. Raises what that raises."""
    deed = KINDS[row.kind].member.get(what)
    if deed is None and what == "join":
        count = sent.number("count", 1)
        return attendance.sign_up(row, who, count=count, note=sent.text("note"), via="personal", now=now).state
    if deed is None:
        return attendance.sign_off(row, who, now=now).state
    return deed(row, who, sent, via="personal", key=key, at=None, now=now)


def poster(request: HttpRequest, token: str, which: UUID) -> HttpResponse:
    """A picture to share an activity with: its title, what the kind adds of this member, a QR code of its door."""
    who = bearer(token)
    if isinstance(who, str):
        return told(request, who, 404 if who == "bad" else 410)
    row = Activity.objects.filter(pk=which, groups=who.group, removed=None, kind__in=KINDS).exclude(state=base.DRAFT)
    if (found := row.first()) is None:
        return told(request, "draft", 404)
    now = clock.now()
    if pace.too_often_by_all(f"poster {who.pk.hex}", most=MOST_POSTERS, within=TRIED_WITHIN, now=now):
        return told(request, "wait", 429)
    more = VIEWS[found.kind].poster(found, who, attendance.row_of(found, who.person), now)
    own = more.pop("code", "")
    link = request.build_absolute_uri(doors.address(found, who.group, now=now)) + (f"?code={own}" if own else "")
    drawn = draw(putting.poster_of(found, who.group, link, **more))
    answer = HttpResponse(drawn, content_type="image/png")
    answer.headers["Content-Disposition"] = 'inline; filename="poster.png"'
    return quiet(answer)


def agree(request: HttpRequest, token: str) -> HttpResponse:
    """A yes or a no of a member, said by themselves."""
    who = bearer(token)
    if isinstance(who, str):
        return told(request, who, 404 if who == "bad" else 410)
    what, given = request.POST.get("what", ""), request.POST.get("given") == "yes"
    if what in consent.THINGS:
        now = clock.now()
        day = now.astimezone(ZoneInfo(who.group.zone)).date()
        consent.record(who.person, what, given=given, source=_("their own page"), on=day, by=None, now=now)
    return HttpResponseRedirect(reverse("member", args=[token]) + "#consent")


def door(request: HttpRequest, token: str) -> HttpResponse:
    """The link of a whole group: who are you? Then the page of the activity, as that member."""
    there = opened(token)
    if isinstance(there, str):
        return told(request, there, STATUS.get(there, 410))
    now, (row, group) = clock.now(), there
    who = outside.proven(request)
    context: dict[str, Any] = {"activity": row, "group": group, "takes": row.takes(now), "token": token}
    context |= {
        "ways": outside.offered(request),
        "elsewhere": outside.elsewhere(request),
        "shared": request.GET.get("code", "")[:40],
    }
    context["mine"] = login.member_in(group, who) if who else None
    if request.method != "POST":
        return quiet(render(request, "member/door.html", context))
    if pace.too_often(request, "door", most=MOST_NAMES, within=TRIED_WITHIN, now=now):
        return told(request, "wait", 429)
    name = request.POST.get("name", "").replace("\0", "")[:300]
    found = named(group, name)
    if len(found) != 1:
        context |= {"name": name, "wrong": "several" if found else "nobody"}
        return quiet(render(request, "member/door.html", context, status=422))
    try:
        key = code.claim(found[0], key=request.COOKIES.get(BROWSER, ""), now=now)
    except code.Taken:
        context |= {"name": name, "wrong": "taken"}
        return quiet(render(request, "member/door.html", context, status=409))
    mine = code.named(found[0], now=now)
    place = reverse("member_activity", args=[mine, row.pk])
    own = request.GET.get("code", "")[:40]
    answer = HttpResponseRedirect(place + ("?" + urlencode({"code": own}) if own else ""))
    answer.set_cookie(BROWSER, key, max_age=KEPT, httponly=True, samesite="Lax", secure=request.is_secure())
    return quiet(answer)


def photo(request: HttpRequest, which: UUID) -> HttpResponse:
    """A picture; its id is random, and stands only on pages that one must be let in to see."""
    row = Picture.objects.filter(pk=which).first()
    if row is None:
        return told(request, "removed", 404)
    answer = HttpResponse(bytes(row.body), content_type="image/jpeg")
    answer.headers["Cache-Control"] = "private, max-age=86400"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer
