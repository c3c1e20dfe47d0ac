"""The positioning card of handbook chapter 1: what a group is for, and the three elements that make it a community.

What operators answer for. An element left empty on a card that says something is a finding of the diagnosis; on a blank
card it is asked for.
"""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from huoqun.insight.card import ELEMENTS
from huoqun.people.account import Account
from huoqun.people.display import visible
from huoqun.people.group import Group, changed, refresh

LONGEST = {
    "goal": 300,
    "core": 500,
    "strata": 500,
    "field": 80,
    "persona": 1000,
    "value": 1000,
    "slogan": 80,
    "rules": 3000,
    "threshold": 300,
    "orientation": 20,
}
"""The parts of the card, in the order pages show them, with the most signs of each."""
ORIENTATIONS = ("", "product", "knowledge", "both")


class BadCard(ValueError):
    """A part is too long, or an orientation that does not exist. `parts`: which, with `long` or `unknown`."""

    def __init__(self, parts: dict[str, str]) -> None:
        super().__init__(parts)
        self.parts = parts


def card_of(group: Group) -> dict[str, str]:
    """All parts of a group's card, empty where nothing is said."""
    return {part: str(group.positioning.get(part, "")) for part in LONGEST}


def missing(group: Group) -> list[str]:
    """The elements nobody has named."""
    card = card_of(group)
    return [part for part in ELEMENTS if not card[part]]


def set_positioning(group: Group, said: Mapping[str, str], *, by: Account | None, now: datetime) -> None:
    """Keep what was said of all parts. Raises BadCard; then nothing is changed."""
    card = {part: _clean(said.get(part, "")) for part in LONGEST}
    wrong = {part: "long" for part, text in card.items() if len(text) > LONGEST[part]}
    if card["orientation"] not in ORIENTATIONS:
        wrong["orientation"] = "unknown"
    if wrong:
        raise BadCard(wrong)
    with transaction.atomic():
        row = Group.objects.select_for_update().get(pk=group.pk)
        before = card_of(row)
        if before == card:
            return
        row.positioning = {part: text for part, text in card.items() if text}
        row.save(update_fields=["positioning"])
        refresh(row)
        changed(row, "group.positioning", by=by, before=before, after=card, now=now)


def _clean(text: str) -> str:
    """Lines stay lines; browsers send them with carriage returns."""
    return "\n".join(visible(line).rstrip() for line in text.replace("\r\n", "\n").split("\n")).strip()
