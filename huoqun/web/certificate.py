"""The certificate on its pages: made and taken back by its member, a picture to show, a page where anybody who has the
number sees what it says, and staff who can void one."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from huoqun.activities import certificate
from huoqun.activities.activity import DRAFT, Activity
from huoqun.activities.certificate import Certificate
from huoqun.activities.kind import Refused
from huoqun.base import clock
from huoqun.base.poster import Poster, draw
from huoqun.web import pace, query, word
from huoqun.web.gate import Asked
from huoqun.web.member_door import TRIED_WITHIN, bearer, quiet, told
from huoqun.web.said import why

MOST = 60
"""Numbers looked up from one address in `WITHIN`; with 60 bits in a number nobody finds one by trying."""
WITHIN = timedelta(minutes=10)
MOST_MADE = 30


def make(request: HttpRequest, token: str, which: UUID) -> HttpResponse:
    """A member wants their certificate, or takes it back (`do` back)."""
    who = bearer(token)
    if isinstance(who, str):
        return told(request, who, 404 if who == "bad" else 410)
    row = Activity.objects.filter(pk=which, groups=who.group, removed=None).exclude(state=DRAFT).first()
    if row is None:
        return told(request, "draft", 404)
    now, place = clock.now(), reverse("member_activity", args=[token, which])
    if pace.too_often_by_all(f"certificate {who.pk.hex}", most=MOST_MADE, within=TRIED_WITHIN, now=now):
        return told(request, "wait", 429)
    if request.POST.get("do") == "back":
        certificate.take_back(row, who, now=now)
        return quiet(HttpResponseRedirect(f"{place}#certificate"))
    try:
        certificate.issue(row, who, now=now)
    except Refused as error:
        context = {"wrong": why(error), "back": place}
        return quiet(render(request, "member/certificate_none.html", context, status=409))
    return quiet(HttpResponseRedirect(f"{place}#certificate"))


def ask(request: HttpRequest) -> HttpResponse:
    """A number to type, and what it says."""
    number = request.GET.get("number", "")[:60]
    if plain := certificate.plain(number):
        return quiet(redirect("certificate", plain))
    return quiet(render(request, "member/certificate.html", {"row": None, "asked": bool(number.strip())}))


def page(request: HttpRequest, number: str) -> HttpResponse:
    """What a number says: a certificate, or that there is none that holds."""
    row = _found(request, number)
    if isinstance(row, HttpResponse):
        return row
    if row is None:
        context = {"row": None, "asked": True, "number": certificate.plain(number)}
        return quiet(render(request, "member/certificate.html", context, status=404))
    return quiet(render(request, "member/certificate.html", {"row": row, **in_words(row)}))


def picture(request: HttpRequest, number: str) -> HttpResponse:
    """The certificate as a picture, with its number and a code that leads to its page."""
    row = _found(request, number)
    if isinstance(row, HttpResponse):
        return row
    if row is None:
        return told(request, "removed", 410)
    said = in_words(row)
    link = request.build_absolute_uri(reverse("certificate", args=[row.number]))
    foot = _("No. %(number)s") % {"number": row.shown} + "\n" + _("Scan the code to check this certificate")
    poster = Poster(
        " · ".join(part for part in (_("Certificate"), said["issuer"]) if part),
        said["name"],
        [f"{said['deed']} {_('“%(title)s”') % said}", said["dates"]],
        big=said["short"],
        big_means=said["sum"],
        link=link,
        foot=foot,
    )
    answer = HttpResponse(draw(poster), content_type="image/png")
    answer.headers["Content-Disposition"] = 'inline; filename="certificate.png"'
    return quiet(answer)


def declare(request: Asked, row: Activity) -> HttpResponse:
    """Staff void one (`do` void), or let it hold again."""
    found = certificate.of_all(row).filter(pk=query.row(request.POST.get("which", ""))).first()
    void = request.POST.get("do") == "void"
    if found is None:
        messages.warning(request, _("That is not there any more; nothing was changed."))
    else:
        certificate.declare(found, void=void, by=request.user, now=clock.now())
        messages.success(request, _("It is void; its number says so.") if void else _("It holds again."))
    return redirect("activity", row.pk)


def in_words(row: Certificate) -> dict[str, Any]:
    """What it says, in the language of the page."""
    known = row.told
    numbers = {"done": f"{known['done']:g}", "all": f"{known['of']:g}"}
    dates = known["to"] if known["from"] == known["to"] else f"{known['from']} – {known['to']}"
    return {
        "name": known["name"],
        "title": known["title"],
        "issuer": known["issuer"],
        "deed": word.of("certificate_deed", known["kind"]),
        "sum": word.of("certificate_sum", known["kind"]) % numbers,
        "short": f"{numbers['done']}/{numbers['all']}",
        "dates": dates,
    }


def _found(request: HttpRequest, number: str) -> Certificate | HttpResponse | None:
    now = clock.now()
    if pace.too_often(request, "certificate", most=MOST, within=WITHIN, now=now):
        return told(request, "wait", 429)
    return certificate.look_up(number, now=now)
