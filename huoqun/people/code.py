"""The code: personal links, signed, so that nobody can make one up, and expiring. They work without any login.

`m` is one member's own and opens everything of theirs in a group; `n` the same for whoever gave that name at a door,
which proves nothing, so it dies when the member logs in; `l` the same over a login (`people/login`), and dies with it;
`d` is the door of an activity, shown to a whole group, which asks for the name first; `p` is what an activity shows to
everybody; `f` asks one friend who is no member. A member's link dies when they leave, and when staff make it anew
(`renewed`).

Who gives a name at a door is believed once: the first browser that takes a name gets its link, and who takes the same
name later is sent to the staff, unless it is the same browser again. Nobody is believed to be a member who logs in.
"""

import hashlib
import hmac
import secrets
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import CASCADE, CharField, DateTimeField, ForeignKey, OneToOneField

from huoqun.base.round_trip import Question
from huoqun.base.table import Table
from huoqun.people import audit, login
from huoqun.people.account import Account
from huoqun.people.group import Group
from huoqun.people.login import Login
from huoqun.people.membership import gone, here
from huoqun.people.person import Identity

MEMBER, NAMED, LOGIN, DOOR, PUBLIC, FRIEND = "m", "n", "l", "d", "p", "f"
OWN = frozenset({MEMBER, NAMED, LOGIN})
"""Links that are of one member."""
VALID = timedelta(days=180)
"""How long a member's link works; every visit in the second half of that makes it anew. A default."""
PUBLIC_FOR = timedelta(days=3650)
_SHAPE = struct.Struct(">c16s16sI")
_SALT = "huoqun.code"


class Bad(Exception):
    """Nobody here made this link, or not whole."""


class Expired(Exception):
    """The link's time is over."""


class Gone(Exception):
    """The member has left, or the link was made anew."""


class Taken(Exception):
    """Somebody else goes by this name already."""


class Claim(Table):
    """That a browser, or staff, speaks for a member (认领)."""

    identity = OneToOneField(Identity, CASCADE, related_name="claim")
    group = ForeignKey(Group, CASCADE, related_name="claims")
    key = CharField(max_length=32)
    """What the browser that took the name holds; empty where nobody has come over a door."""
    renewed = DateTimeField(null=True)
    """Links made before this moment are dead."""


@dataclass(frozen=True)
class Link:
    """What a link says: its kind, what it is of (a member; an activity), in which group, and until when it holds."""

    kind: str
    of: UUID
    group: UUID
    ends: datetime


class Bearer(NamedTuple):
    """A member with no more than who they are and on whose clock, by ids; `human`: their person after merges."""

    identity: UUID
    person: UUID
    human: UUID
    group: UUID
    workspace: UUID
    zone: str


def as_bearer(who: Identity) -> Bearer:
    """The same of a member who is known already."""
    human = who.person.root_id or who.person_id
    return Bearer(who.pk, who.person_id, human, who.group_id, who.group.workspace_id, who.group.zone)


@cache
def _secret() -> bytes:
    return hashlib.sha256(f"{_SALT}signer{settings.SECRET_KEY}".encode()).digest()


def _signature(text: str) -> str:
    """As `django.core.signing.Signer` makes it, at a third of its cost: ten thousand links may come in a minute."""
    return urlsafe_b64encode(hmac.digest(_secret(), text.encode(), "sha256")).decode().rstrip("=")


def _made(kind: str, of: UUID, group: UUID, ends: datetime) -> str:
    body = _SHAPE.pack(kind.encode(), of.bytes, group.bytes, int(ends.timestamp()))
    text = urlsafe_b64encode(body).decode().rstrip("=")
    return f"{text}.{_signature(text)}"


def personal(identity: Identity, *, now: datetime) -> str:
    """The token of a member's own link."""
    return _made(MEMBER, identity.pk, identity.group_id, now + VALID)


def named(identity: Identity, *, now: datetime) -> str:
    """The token of whoever gave a member's name at a door."""
    return _made(NAMED, identity.pk, identity.group_id, now + VALID)


def over(row: Login, group: Group, *, now: datetime) -> str:
    """The token of a member who has logged in, in one of their groups."""
    return _made(LOGIN, row.pk, group.pk, now + VALID)


def door(activity: UUID, group: Group, *, ends: datetime) -> str:
    """The token of an activity's door in a group."""
    return _made(DOOR, activity, group.pk, ends)


def friend(invitation: UUID, group: UUID, *, ends: datetime) -> str:
    """The token by which a member asks one friend who is in none of the groups."""
    return _made(FRIEND, invitation, group, ends)


def public(activity: UUID, *, since: datetime) -> str:
    """The token of what an activity shows to everybody; always the same, and as good as for ever."""
    return _made(PUBLIC, activity, activity, since + PUBLIC_FOR)


def read(token: str, *, now: datetime) -> Link:
    """What a token says. Raises Bad, Expired."""
    text, _dot, signature = token.rpartition(".")
    try:
        if not hmac.compare_digest(signature.encode(), _signature(text).encode()):
            raise Bad
        kind, of, group, ends = _SHAPE.unpack(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        link = Link(kind.decode(), UUID(bytes=of), UUID(bytes=group), datetime.fromtimestamp(ends, UTC))
    except (ValueError, struct.error) as error:
        raise Bad from error
    if link.ends <= now:
        raise Expired
    return link


def bearer(link: Link) -> Identity:
    """The member whose link it is. Raises Bad, Gone."""
    if link.kind not in OWN:
        raise Bad
    found = Identity.objects.filter(pk__in=accounts([link]).values(), group__removed=None)
    who = found.select_related("group__workspace", "person__root", "person__workspace", "claim").first()
    if who is None or not here(who.group).filter(pk=who.pk).exists():
        raise Gone
    claim = getattr(who, "claim", None)
    if claim is not None and claim.renewed is not None and link.ends < claim.renewed + VALID:
        raise Gone
    return who


BEARING = Question(
    lambda of: (
        Identity.objects.filter(pk__among=of, group__removed=None, bot=False)
        .exclude(gone())
        .values_list("pk", "person", "person__root", "group", "group__workspace", "group__zone", "claim__renewed")
    ),
    "of",
)
"""By the accounts that links are of, the rows from which `bearers` knows whose it is."""


def bearers(
    links: Sequence[Link], whose: Mapping[Link, UUID], rows: Iterable[tuple[Any, ...]]
) -> list[Bearer | Exception]:
    """The members whose links these are, by what `accounts` and `BEARING` said; for each that is nobody's, what
    `bearer` would raise."""
    there = {row[0]: row for row in rows}
    found: list[Bearer | Exception] = []
    for link in links:
        row = there.get(whose[link]) if link in whose else None
        if link.kind not in OWN:
            found.append(Bad())
        elif row is None or (row[6] is not None and link.ends < row[6] + VALID):
            found.append(Gone())
        else:
            found.append(Bearer(row[0], row[1], row[2] or row[1], row[3], row[4], row[5]))
    return found


def accounts(links: Sequence[Link]) -> dict[Link, UUID]:
    """By link the account it is of; a login is asked for what it is bound to now, and of whoever logs in no name given
    at a door is believed."""
    over = {(link.of, link.group) for link in links if link.kind == LOGIN}
    said = {link.of for link in links if link.kind == NAMED}
    bound, known = login.accounts(over) if over else {}, login.known(said) if said else set()
    found = {link: link.of for link in links if link.kind == MEMBER}
    found |= {link: link.of for link in links if link.kind == NAMED and link.of not in known}
    return found | {link: bound[link.of, link.group] for link in links if (link.of, link.group) in bound}


def claim(identity: Identity, *, key: str, now: datetime) -> str:
    """Speak for a member over a door: the first browser may, and later the same one (it holds `key`); none where the
    member logs in.

    Returns the key to hold. Raises Taken.
    """
    if login.known({identity.pk}):
        raise Taken
    with transaction.atomic():
        fresh = Claim(identity=identity, group_id=identity.group_id, key="", created=now)
        Claim.objects.bulk_create([fresh], ignore_conflicts=True)
        row = Claim.objects.select_for_update().get(identity=identity)
        if row.key:
            if not key or not secrets.compare_digest(row.key, key):
                raise Taken
            return row.key
        row.key = key or secrets.token_urlsafe(16)
        row.save(update_fields=["key"])
    return row.key


def renew(identity: Identity, *, by: Account, now: datetime) -> None:
    """Let go of whoever speaks for a member: all their links are dead, their logins gone, and the name is free at the
    door again."""
    with transaction.atomic():
        login.let_go(identity)
        fresh = Claim(identity=identity, group_id=identity.group_id, key="", created=now)
        Claim.objects.bulk_create([fresh], ignore_conflicts=True)
        Claim.objects.filter(identity=identity).update(key="", renewed=now)
        told = {"name": identity.name}
        audit.note(identity.group.workspace, "code.renew", by=by, on=identity.person_id, after=told, now=now)
