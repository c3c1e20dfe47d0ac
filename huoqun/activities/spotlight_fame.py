"""Who was seen and who should be: the hall of fame of a workspace, cards for strangers, and a fair turn for the quiet.

A card is shown to strangers only as long as its member wants it to be, is in the group, and agrees to what it shows.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.core.signing import BadSignature, Signer
from django.db.models import QuerySet

from huoqun.activities import spotlight_friend
from huoqun.activities.activity import DONE, Activity, Participation, members
from huoqun.activities.kind import Exhibit
from huoqun.activities.spotlight_part import KIND, Candidate, Card, human, turns
from huoqun.activities.spotlight_voice import ENDORSEMENT, of
from huoqun.people import consent
from huoqun.people.group import Group
from huoqun.people.membership import here
from huoqun.people.person import Identity, Person
from huoqun.people.profile import OFFERS, Fact, Tag
from huoqun.people.workspace import Workspace

_SALT = "huoqun.card"
PROPOSED = 12
QUIET = 30
"""Messages in all below which somebody counts as quiet; a default."""


@dataclass(frozen=True)
class Shown:
    """A card as strangers see it; None and "" is what is not for them. `words`: what members say, with their names;
    `outside`: what friends from outside say, with the names they gave."""

    name: str
    card: Card
    picture: UUID | None
    words: tuple[tuple[str, str], ...]
    outside: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Proposal:
    """Somebody who has not had a turn: what they can do, as it stands in their profile, and whether they are quiet."""

    who: Identity
    can: tuple[str, ...]
    quiet: bool


# -- cards


def token(one: Candidate) -> str:
    """What stands in the address of a card."""
    return Signer(salt=_SALT, sep=".").sign(one.row.pk.hex)


def by_token(text: str) -> Candidate | None:
    """Whose card an address is of; None where there is no such card, or none any more."""
    try:
        key = UUID(Signer(salt=_SALT, sep=".").unsign(text))
    except (BadSignature, ValueError):
        return None
    rows = Participation.objects.filter(pk=key, activity__kind=KIND, activity__removed=None)
    row = rows.select_related("activity__workspace", "identity__group", "person__root").first()
    if row is None or row.identity.group.removed is not None:
        return None
    return Candidate(row) if here(row.identity.group).filter(pk=row.identity_id).exists() else None


def shown(one: Candidate) -> Shown | None:
    """The card of somebody as they agreed to show it; None where it is not for strangers."""
    person, card = one.row.person, one.card
    agreed = {what for what in (consent.NAME, consent.PHOTO, consent.QUOTE) if consent.allows(person, what)}
    if not card.public or not agreed:
        return None
    if consent.QUOTE not in agreed:
        card = Card(gentle=card.gentle, public=True)
    picture = one.card.picture if consent.PHOTO in agreed else None
    told = [row for row in of(one, ENDORSEMENT) if row.values.get("public")]
    free = _willing(row.person for row in told)
    words = tuple((row.identity.name, row.text) for row in told if human(row.person) in free)
    outside = tuple(
        (str(row.values["name"]), row.text) for row in spotlight_friend.heard(one) if row.values.get("public")
    )
    return Shown(one.who.name if consent.NAME in agreed else "", card, picture, words, outside)


def _willing(those: Iterable[Person]) -> set[UUID]:
    """Of members who let their words stand on somebody's card those who have not said no to it elsewhere since."""
    people = {human(person): person for person in those}
    return {id for id, person in people.items() if not _declined(person)}


def _declined(person: Person) -> bool:
    newest = consent.newest(person)
    return any(what in newest and not newest[what].given for what in (consent.NAME, consent.QUOTE))


# -- the hall


def hall(workspace: Workspace, groups: QuerySet[Group]) -> list[Candidate]:
    """Everybody of these groups who has been in the spotlight, the newest first."""
    rows = Participation.objects.filter(activity__kind=KIND, activity__workspace=workspace, activity__removed=None)
    rows = rows.filter(state=DONE, identity__group__in=groups).select_related("activity", "identity__group", "person")
    found = [Candidate(row) for row in rows]
    return sorted(found, key=lambda c: c.show.at.timestamp() if c.show else 0, reverse=True)


def exhibits(activity: Activity) -> list[Exhibit]:
    """The cards of everybody who has been in the spotlight, as they agreed to show them, the newest first."""
    rows = activity.participations.filter(state=DONE, identity__group__removed=None)
    there = [Candidate(row) for row in rows.select_related("identity__group", "activity", "person")]
    there.sort(key=lambda c: c.show.at.timestamp() if c.show else 0, reverse=True)
    found = []
    for one in there:
        card = shown(one)
        if card is None or not here(one.who.group).filter(pk=one.who.pk).exists():
            continue
        at = one.show.at if one.show else one.row.created
        found.append(Exhibit(one.row.pk, card.name, card.card.headline, card.picture, "", at, token(one)))
    return found


# -- a fair turn


def proposed(activity: Activity) -> list[Proposal]:
    """Who of its groups could be next: they can do something, as their profiles tell, and have not had a turn; who says
    little comes first, for nobody will think of them otherwise."""
    had = turns(activity.workspace_id)
    waiting = {human(row.person) for row in activity.participations.exclude(state="left").select_related("person")}
    there: dict[UUID, Identity] = {}
    for who in members(activity):
        there.setdefault(human(who.person), who)
    free = {id: who for id, who in there.items() if id not in had | waiting}
    can = _abilities(activity.workspace_id)
    found = [Proposal(who, tuple(can[id])[:3], who.messages < QUIET) for id, who in free.items() if id in can]
    return sorted(found, key=lambda p: (not p.quiet, -len(p.can), p.who.messages, p.who.name))[:PROPOSED]


def _abilities(workspace: UUID) -> dict[UUID, list[str]]:
    """By human what they can do, in words: what they offer and can speak about, then tags."""
    found: dict[UUID, list[str]] = {}
    facts = Fact.objects.filter(person__workspace=workspace, field__in=[OFFERS, "can_speak_about"])
    for person, root, text in facts.order_by("-changed").values_list("person", "person__root", "text"):
        found.setdefault(root or person, []).append(text)
    tags = Tag.objects.filter(person__workspace=workspace)
    for person, root, text in tags.order_by("-changed").values_list("person", "person__root", "text"):
        found.setdefault(root or person, []).append(text)
    return {id: list(dict.fromkeys(texts)) for id, texts in found.items()}
