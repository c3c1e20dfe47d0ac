"""The card of somebody in the spotlight: what they show of themselves, and what of it strangers may see."""

from datetime import datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.db import transaction

from huoqun.activities import attendance
from huoqun.activities.activity import Activity
from huoqun.activities.contribution import let_go, words
from huoqun.activities.kind import Refused, Said
from huoqun.activities.spotlight_part import LONGEST_STORY, Card, line, own
from huoqun.people import consent
from huoqun.people.display import visible
from huoqun.people.person import Identity
from huoqun.people.picture import Picture

SHOWN = (consent.NAME, consent.PHOTO, consent.QUOTE)
"""What a card may show to strangers, each only with the member's yes."""


def keep_card(
    activity: Activity, who: Identity, said: Said, *, via: str, key: str, at: datetime | None, now: datetime
) -> str:
    """One's card as it is to be, and what of it strangers may see (`agree`, any of SHOWN; `public`). Works as long as
    the activity is there: a card is the member's own. Raises Refused."""
    with transaction.atomic():
        held = attendance.locked(activity)
        one = own(held, who.person)
        old = one.card
        card = Card(headline=line(said.text("headline")) or old.headline, gentle=old.gentle, picture=old.picture)
        card.story = words(said.text("story"))[:LONGEST_STORY]
        card.offers, card.wants = line(said.text("offers")), line(said.text("wants"))
        card.voice, card.public = _address(said.text("voice")), bool(said.text("public"))
        if said.picture is not None:
            card.picture = said.picture.pk
        elif said.text("no_picture"):
            card.picture = None
        one.keep(now, card=card)
        if old.picture is not None and old.picture != card.picture:
            for gone in Picture.objects.filter(pk=old.picture):
                let_go(held, gone)
        day = now.astimezone(ZoneInfo(who.group.zone)).date()
        for what in SHOWN:
            given = what in said.all("agree")
            if consent.allows(who.person, what) != given:
                consent.record(who.person, what, given=given, source=held.title, on=day, by=None, now=now)
    return "spotlight_card"


def _address(text: str) -> str:
    """An address of the web, or nothing. Raises Refused."""
    text = visible(text).strip()
    if not text:
        return ""
    try:
        parts = urlsplit(text)
    except ValueError as error:
        raise Refused("spotlight_voice") from error
    if parts.scheme not in {"http", "https"} or not parts.hostname or len(text) > 500 or any(c.isspace() for c in text):
        raise Refused("spotlight_voice")
    return text
