"""The API of cards that members pasted into the chat: drafts of profiles, taken over field by field or put aside."""

from datetime import date
from typing import Annotated
from uuid import UUID

from ninja import Query, Schema
from pydantic import Field

from huoqun.people import pasted
from huoqun.people.dealing import PROPOSED, Dealing, dealings
from huoqun.people.group import Group
from huoqun.people.profile import FIELDS
from huoqun.web import spoken
from huoqun.web.api_dealings import DealingTold, by_now, dealing_told
from huoqun.web.api_facts import NotThere
from huoqun.web.api_shape import OneOf, Page, Paging, Sent, Words, paged
from huoqun.web.gate import Asked


class CardDraft(Schema):
    """A card as it was pasted: whose, the message, and what was read in it, by field of the profile."""

    id: UUID
    person: UUID
    name: str
    text: str
    on: date
    fields: dict[str, str]


class CardTaken(Sent):
    """What is taken over, by field of the profile, as read or put right."""

    fields: dict[Annotated[str, OneOf(FIELDS)], Words] = Field(min_length=1, max_length=len(FIELDS))


def list_cards(request: Asked, group: Group, paging: Query[Paging]) -> Page[CardDraft]:
    """The cards that nobody has decided about, the oldest first."""
    found = dealings(group, pasted.KIND).filter(state=PROPOSED).order_by("created", "pk")
    return paged(found, paging, lambda rows: [_draft(row) for row in rows])


def _draft(row: Dealing) -> CardDraft:
    told = row.reason
    person = row.person.root_id or row.person_id
    on = date.fromisoformat(told["on"])
    return CardDraft(id=row.pk, person=person, name=told["name"], text=row.words, on=on, fields=told["fields"])


def take_card(request: Asked, group: Group, which: UUID, said: CardTaken) -> DealingTold:
    """Take fields of a card over into the profile, with the card as their source."""
    row = _card(group, which)
    pasted.accept(row, said.fields, source=spoken.source_of_card(group), **by_now(request))
    return dealing_told(_card(group, which))


def put_aside(request: Asked, group: Group, which: UUID) -> DealingTold:
    """Not this card, and never again."""
    pasted.decline(_card(group, which), **by_now(request))
    return dealing_told(_card(group, which))


def _card(group: Group, which: UUID) -> Dealing:
    row = dealings(group, pasted.KIND).filter(pk=which).first()
    if row is None:
        raise NotThere("which")
    return row
