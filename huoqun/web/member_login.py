"""Logging in as a member: with WeChat or OpenID Connect instead of a link, where the operator has set that up.

Who comes with their own link and logs in is asked once, and is known by the login from then on. Who comes through the
door of a group is shown a code to say in the chat, or says a name, which staff look at; until then they are nobody, and
nobody is listed to them. A login opens pages of members only: staff have another door (`web/door`), another session,
and no path leads from here to there.
"""

from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from huoqun.base import clock, issuer
from huoqun.base.issuer import NotProven, Proven
from huoqun.people import code, login
from huoqun.people.group import Group
from huoqun.people.login import Login
from huoqun.people.person import Identity
from huoqun.web import outside, pace, query
from huoqun.web.member_door import MOST_NAMES, STATUS, TRIED_WITHIN, bearer, named, opened, quiet, told
from huoqun.web.outside import Aim

MOST_LOGINS = 200
"""Ways out and back from one address in `TRIED_WITHIN`: a class-room, or an office, has one address."""


def entrance(request: HttpRequest) -> HttpResponse:
    """My page without a link: who is logged in goes on to it, everybody else may log in."""
    to, who = outside.aim(request), outside.proven(request)
    if who is not None:
        return _on(request, who, to)
    if not settings.MEMBER_ISSUERS:
        return _said(request, "off", to, 404)
    context = {"ways": outside.offered(request), "elsewhere": outside.elsewhere(request), "query": urlencode(to.query)}
    return quiet(render(request, "member/login.html", context | {"out": request.GET.get("done") == "out"}))


def go(request: HttpRequest, which: str) -> HttpResponse:
    """Off to a server outside."""
    found, to = issuer.of(settings.MEMBER_ISSUERS, which), outside.aim(request)
    if found is None:
        raise Http404
    if pace.too_often(request, "login", most=MOST_LOGINS, within=TRIED_WITHIN, now=clock.now()):
        return told(request, "wait", 429)
    if (why := _leads_nowhere(to)) is not None:
        return told(request, why, STATUS.get(why, 410))
    try:
        return quiet(outside.leave(request, found, to))
    except NotProven as error:
        return _said(request, error.why, to, 502)


def back(request: HttpRequest, which: str) -> HttpResponse:
    """Back from there."""
    found = issuer.of(settings.MEMBER_ISSUERS, which)
    if found is None:
        raise Http404
    if pace.too_often(request, "login", most=MOST_LOGINS, within=TRIED_WITHIN, now=clock.now()):
        return told(request, "wait", 429)
    try:
        who, to = outside.arrive(request, found)
    except outside.Stale:
        return _said(request, "stale", Aim(), 400)
    except outside.Refused as error:
        return _said(request, error.why, error.to, 502 if error.why == "down" else 403)
    return outside.remember(request, _on(request, who, to), found, who)


def _on(request: HttpRequest, who: Proven, to: Aim) -> HttpResponse:
    """Where somebody who has logged in comes: to their page, or to the page that binds the login."""
    if to.kind == "m" and (isinstance(mine := bearer(to.token), Identity) or not login.places(who)):
        if isinstance(mine, str):
            return told(request, mine, STATUS.get(mine, 410))
        known = login.member_in(mine.group, who)
        if known is not None and login.human_of(known[1]) != login.human_of(mine):
            return _said(request, "another", to, 409)
        place = reverse("login_bind") if known is None else reverse("member", args=[to.token])
        return quiet(_to(place, to.query if known is None else {}, "#login" if known else ""))
    if to.kind == "d":
        there = opened(to.token)
        if isinstance(there, str):
            return told(request, there, STATUS.get(there, 410))
        known = login.member_in(there[1], who)
        if known is None:
            return quiet(_to(reverse("login_who"), to.query))
        place = reverse("member_activity", args=[_token(*known), there[0].pk])
        return quiet(_to(place, {"code": to.own} if to.own else {}))
    places = login.places(who)
    if len(places) == 1:
        return quiet(_to(reverse("member", args=[_token(*places[0])]), {}))
    mine_ = [(_token(*each), each[1]) for each in places]
    return quiet(render(request, "member/places.html", {"places": mine_, "name": who.name}))


def _token(row: Login, who: Identity) -> str:
    return code.over(row, who.group, now=clock.now())


def _to(place: str, asked: dict[str, str], mark: str = "") -> HttpResponse:
    return HttpResponseRedirect(place + ("?" + urlencode(asked) if asked else "") + mark)


def bind(request: HttpRequest) -> HttpResponse:
    """Shall this login be me from now on? With one's own link it is, with a link that only a name opened staff, or the
    chat, have to say so too."""
    to, who = outside.aim(request), outside.proven(request)
    if who is None:
        return quiet(_to(reverse("login"), to.query))
    mine = bearer(to.token) if to.kind == "m" else "bad"
    if isinstance(mine, str):
        return told(request, mine, STATUS.get(mine, 410))
    if request.method != "POST":
        context = {"who": mine, "outside": who, "called": outside.name_of(who.issuer), "token": to.token}
        return quiet(render(request, "member/bind.html", context))
    now = clock.now()
    try:
        if code.read(to.token, now=now).kind == code.NAMED:
            login.claim(login.ask(who, mine.group, now=now), mine, now=now)
            return quiet(_to(reverse("login_who"), to.query))
        row = login.bind(who, mine, now=now)
    except login.Another:
        return _said(request, "another", to, 409)
    except login.Declined:
        return quiet(_to(reverse("login_who"), to.query))
    except login.Crowded:
        return told(request, "wait", 429)
    return quiet(_to(reverse("member", args=[_token(row, mine)]), {"done": "bound"}, "#login"))


def who(request: HttpRequest) -> HttpResponse:
    """Somebody who has logged in and is nobody in this group yet: a code to say in the chat, or a name for staff."""
    to, known = outside.aim(request), outside.proven(request)
    if known is None:
        return quiet(_to(reverse("login"), to.query))
    group = _group(to)
    now = clock.now()
    if isinstance(group, str) or login.member_in(group, known) is not None:
        return _on(request, known, to)
    if request.method == "POST" and pace.too_often(request, "door", most=MOST_NAMES, within=TRIED_WITHIN, now=now):
        return told(request, "wait", 429)
    try:
        row = login.ask(known, group, now=now)
        wrong, typed = _claimed(request, row, group) if request.method == "POST" else ("", "")
    except login.Crowded:
        return told(request, "wait", 429)
    row.refresh_from_db()
    context = {"group": group, "row": row, "to": to, "wrong": wrong, "name": typed, "query": urlencode(to.query)}
    context |= {"called": outside.name_of(row.issuer), "ids": bool(group.facts.get("has_ids"))}
    if request.method == "POST" and not wrong:
        return quiet(_to(reverse("login_who"), to.query))
    return quiet(render(request, "member/who.html", context, status=422 if wrong else 200))


def _claimed(request: HttpRequest, row: Login, group: Group) -> tuple[str, str]:
    """What is wrong with the name that was said, and the name; nothing where staff will see it."""
    name = request.POST.get("name", "").replace("\0", "")[:300]
    found = named(group, name)
    if len(found) != 1:
        return ("several" if found else "nobody"), name
    try:
        login.claim(row, found[0], now=clock.now())
    except login.Declined:
        return "declined", name
    return "", name


def _group(to: Aim) -> Group | str:
    """The group somebody came to, or why they came to none."""
    if to.kind == "m":
        mine = bearer(to.token)
        return mine if isinstance(mine, str) else mine.group
    there = opened(to.token) if to.kind == "d" else "bad"
    return there if isinstance(there, str) else there[1]


def _leads_nowhere(to: Aim) -> str | None:
    """Why a link does not lead anywhere, before anybody logs in for it."""
    found = _group(to) if to.kind else ""
    return found if isinstance(found, str) and found else None


def out(request: HttpRequest) -> HttpResponse:
    """This browser is nobody's any more."""
    return outside.forget(quiet(_to(reverse("login"), {"done": "out"})))


def unbind(request: HttpRequest, token: str) -> HttpResponse:
    """A member does away with one of their logins; what it opened is shut at once."""
    mine = bearer(token)
    if isinstance(mine, str):
        return told(request, mine, STATUS.get(mine, 410))
    row = login.logins_of(mine).filter(pk=query.row(request.POST.get("which", ""))).first()
    if row is not None:
        login.remove(row, by=None, now=clock.now())
    if isinstance(bearer(token), str):
        return _said(request, "removed", Aim(), 200)
    return quiet(_to(reverse("member", args=[token]), {"done": "unbound"}, "#login"))


def proof(request: HttpRequest, which: str) -> HttpResponse:
    """The file by which WeChat knows that the domain of an official account is the operator's."""
    name = f"MP_verify_{which}.txt"
    if name != settings.WECHAT_PROOF:
        raise Http404
    return HttpResponse(which, content_type="text/plain")


def _said(request: HttpRequest, what: str, to: Aim, status: int) -> HttpResponse:
    """A page that says what became of a login."""
    context = {"what": what, "query": urlencode(to.query), "to": to}
    return quiet(render(request, "member/login_told.html", context, status=status))
