"""The code: personal links, signed, so that nobody can make one up, and expiring. They work without any login.

`m` is one member's own and opens everything of theirs in a group; `n` the same for whoever gave that name at a door,
which proves nothing, so it dies when the member logs in; `l` the same over a login (`people/login`), and dies with it;
`d` is the door of an activity, shown to a whole group, which asks for the name first; `p` is what an activity shows to
everybody; `f` asks one friend who is no member. A member's link dies when they leave, and when staff make it anew
(`renewed`).

Who gives a name at a door is believed once: the first browser that takes a name gets its link, and who takes the same
name later is sent to the staff, unless it is the same browser again. Nobody is believed to be a member who logs in.
"""

import secrets
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.db.models import CASCADE, CharField, DateTimeField, ForeignKey, OneToOneField

from huoqun.base.table import Table
from huoqun.people import audit, login
from huoqun.people.account import Account
from huoqun.people.group import Group
from huoqun.people.login import Login
from huoqun.people.membership import gone, here
from huoqun.people.person import Identity, Person

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


def _made(kind: str, of: UUID, group: UUID, ends: datetime) -> str:
    body = _SHAPE.pack(kind.encode(), of.bytes, group.bytes, int(ends.timestamp()))
    return Signer(salt=_SALT, sep=".").sign(urlsafe_b64encode(body).decode().rstrip("="))


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
    try:
        text = Signer(salt=_SALT, sep=".").unsign(token)
        kind, of, group, ends = _SHAPE.unpack(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        link = Link(kind.decode(), UUID(bytes=of), UUID(bytes=group), datetime.fromtimestamp(ends, UTC))
    except (BadSignature, ValueError, struct.error) as error:
        raise Bad from error
    if link.ends <= now:
        raise Expired
    return link


def bearer(link: Link) -> Identity:
    """The member whose link it is. Raises Bad, Gone."""
    if link.kind not in OWN:
        raise Bad
    found = Identity.objects.filter(pk__in=_accounts([link]).values(), group__removed=None)
    who = found.select_related("group__workspace", "person__root", "person__workspace", "claim").first()
    if who is None or not here(who.group).filter(pk=who.pk).exists():
        raise Gone
    claim = getattr(who, "claim", None)
    if claim is not None and claim.renewed is not None and link.ends < claim.renewed + VALID:
        raise Gone
    return who


def bearers(links: Sequence[Link]) -> list[Identity | Exception]:
    """The members whose links these are, found together, with no more than who they are and on whose clock; for each
    that is nobody's, what `bearer` would raise."""
    whose = _accounts(links)
    wanted = Identity.objects.filter(pk__in=set(whose.values()), group__removed=None, bot=False).exclude(gone())
    told = wanted.values_list(
        "pk", "name", "group", "person", "person__root", "group__workspace", "claim__renewed", "group__zone"
    )
    rows = {row[0]: row for row in told}
    groups = {row[2]: Group(pk=row[2], workspace_id=row[5], zone=row[7]) for row in rows.values()}
    found: list[Identity | Exception] = []
    for link in links:
        row = rows.get(whose[link]) if link in whose else None
        if link.kind not in OWN:
            found.append(Bad())
        elif row is None or (row[6] is not None and link.ends < row[6] + VALID):
            found.append(Gone())
        else:
            person = Person(pk=row[3], root_id=row[4], workspace_id=row[5])
            found.append(Identity(pk=row[0], name=row[1], group=groups[row[2]], person=person))
    return found


def _accounts(links: Sequence[Link]) -> dict[Link, UUID]:
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
