"""The page of a friend from outside, who was asked to say a word for somebody in the spotlight: a name and some words,
on a phone, without login and without script. It shows who asks, and nobody else."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from huoqun.activities import spotlight_friend
from huoqun.activities.activity import Closed
from huoqun.activities.contribution import WITHDRAWN, Contribution
from huoqun.activities.kind import Refused
from huoqun.activities.spotlight_part import Candidate
from huoqun.base import clock
from huoqun.people import code
from huoqun.web import pace
from huoqun.web.member_door import BROWSER, KEPT, quiet, told
from huoqun.web.said import why

MOST = 30
"""Words sent from one address in `WITHIN`; over one link, a third."""
WITHIN = timedelta(minutes=10)


def page(request: HttpRequest, token: str) -> HttpResponse:
    """The form; what was said before stands in it, for the browser that said it."""
    now, browser = clock.now(), request.COOKIES.get(BROWSER, "")
    try:
        row = spotlight_friend.asked_by(code.read(token, now=now), now=now)
        if request.method == "POST":
            return _said(request, row, browser)
        there = spotlight_friend.said_by(row, browser)
    except code.Bad:
        return told(request, "bad", 404)
    except code.Expired:
        return told(request, "expired", 410)
    except code.Gone:
        return told(request, "removed", 410)
    except Closed:
        return told(request, "over", 410)
    except code.Taken:
        return told(request, "used", 409)
    known = there if there is not None and there.state != WITHDRAWN else None
    typed = {"name": known.values.get("name", ""), "text": known.text} if known else {"name": row.text}
    typed |= {"public": "yes"} if known and known.values.get("public") else {}
    return _form(request, row, typed=typed, known=known is not None, done=request.GET.get("done", ""))


def _said(request: HttpRequest, row: Contribution, browser: str) -> HttpResponse:
    """What a friend sent. Raises what the deed raises, but Refused."""
    now, form = clock.now(), {name: request.POST.get(name, "").replace("\0", "")[:4000] for name in request.POST}
    many = pace.too_often(request, "friend", most=MOST, within=WITHIN, now=now)
    if pace.too_often_by_all(f"friend {row.pk.hex}", most=MOST // 3, within=WITHIN, now=now) or many:
        return told(request, "wait", 429)
    if form.get("do") == "back":
        spotlight_friend.take_back(row, browser=browser, now=now)
        return quiet(HttpResponseRedirect(f"{request.path}?done=back"))
    name, text, public = form.get("name", ""), form.get("text", ""), bool(form.get("public"))
    try:
        key = spotlight_friend.speak(row, name=name, text=text, public=public, browser=browser, now=now)
    except Refused as error:
        there = spotlight_friend.said_by(row, browser)
        return _form(request, row, 422, typed=form, known=there is not None, wrong=why(error))
    answer = HttpResponseRedirect(f"{request.path}?done=said")
    answer.set_cookie(BROWSER, key, max_age=KEPT, httponly=True, samesite="Lax", secure=request.is_secure())
    return quiet(answer)


def _form(request: HttpRequest, row: Contribution, status: int = 200, **known: Any) -> HttpResponse:
    assert row.of is not None
    one = Candidate(row.of)
    context = {"activity": row.activity, "guest": one.who, "card": one.card, **known}
    return quiet(render(request, "member/spotlight_outside.html", context, status=status))
