"""Posters of the spotlight: the turn of a guest, for the group; a member's card, for whoever has its address."""

from datetime import timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from huoqun.activities import spotlight_fame
from huoqun.activities.activity import IN, Activity
from huoqun.activities.kind import Refused
from huoqun.activities.spotlight_part import Candidate, Card, candidate
from huoqun.base import clock
from huoqun.base.poster import Poster, draw
from huoqun.people.picture import Picture
from huoqun.web import doors, pace
from huoqun.web.gate import Asked
from huoqun.web.member_door import quiet
from huoqun.web.member_door import told as gone

WITHIN = timedelta(minutes=10)
MOST = 60
"""Posters of cards drawn for one address in `WITHIN`."""


def turn(request: Asked, row: Activity, which: UUID) -> HttpResponse:
    """The poster that the host puts into the group before the show; its code leads to the activity's door."""
    try:
        one = candidate(row, str(which))
    except Refused:
        return redirect("activity", row.pk)
    return _sent(drawn_turn(request, row, one))


def drawn_turn(request: Asked, row: Activity, one: Candidate) -> bytes:
    """The same as a PNG."""
    card, show, group = one.card, one.show, one.who.group
    when = show.at.astimezone(ZoneInfo(group.zone)).strftime("%m-%d %H:%M") if show else ""
    link = request.build_absolute_uri(doors.address(row, group, now=clock.now()))
    foot = _("Press and hold the code to ask your question")
    return _drawn(card, one.who.name, card.picture, " · ".join(t for t in (when, row.title) if t), link, foot)


def card(request: HttpRequest, token: str) -> HttpResponse:
    """A member's card as a picture: what the card shows to strangers, and no more."""
    if pace.too_often(request, "card poster", most=MOST, within=WITHIN, now=clock.now()):
        return gone(request, "wait", 429)
    one = spotlight_fame.by_token(token)
    shown = spotlight_fame.shown(one) if one is not None and one.row.state in IN else None
    if one is None or shown is None:
        return gone(request, "removed", 410)
    link = request.build_absolute_uri(reverse("spotlight_card", args=[token]))
    kicker = _("One of us") if shown.card.gentle else _("In the spotlight")
    foot = _("Press and hold the code to see the card")
    return quiet(_sent(_drawn(shown.card, shown.name, shown.picture, kicker, link, foot)))


def _drawn(card: Card, name: str, picture: UUID | None, kicker: str, link: str, foot: str) -> bytes:
    photo = Picture.objects.filter(pk=picture).first() if picture else None
    lines = [name] if card.headline and name else []
    lines += [f"{_('Can give')}: {card.offers}"] if card.offers else []
    lines += [f"{_('Looks for')}: {card.wants}"] if card.wants else []
    lines += card.story.splitlines()[:2]
    poster = Poster(
        kicker, card.headline or name, lines, photo=bytes(photo.body) if photo else None, link=link, foot=foot
    )
    return draw(poster)


def _sent(body: bytes) -> HttpResponse:
    answer = HttpResponse(body, content_type="image/png")
    answer.headers["Content-Disposition"] = 'inline; filename="spotlight.png"'
    return answer
