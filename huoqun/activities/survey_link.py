"""The survey's links: signed, so that nobody can make one up, and expiring. They work without any login.

`p` is one person's own; `g` is a whole group's, which asks for the name first; `a` lets the browser that answered over
the group's link change that one answer. A signed `w` says, inside a form, which member a typed name was.
"""

import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.core.signing import BadSignature, Signer

from huoqun.activities.survey import OPEN_FOR, Answer, Survey
from huoqun.people.group import Group
from huoqun.people.person import Identity

KEPT = timedelta(days=30)
"""How long after closing a link still tells what became of the survey; then it has expired."""
PERSONAL, GROUP, ANSWER, WHO = "p", "g", "a", "w"
_SHAPE = struct.Struct(">c16s16sI")
_SALT = "huoqun.survey"


class Bad(Exception):
    """Nobody here made this link, or not whole."""


class Expired(Exception):
    """The link's time is over."""


@dataclass(frozen=True)
class Link:
    """What a link says: its kind, the survey, and the identity, group or answer it is of."""

    kind: str
    survey: UUID
    of: UUID
    key: str = ""


def _made(kind: str, survey: Survey, of: UUID, key: str = "") -> str:
    ends = (survey.closes or (survey.opened or survey.created) + OPEN_FOR) + KEPT
    body = _SHAPE.pack(kind.encode(), survey.pk.bytes, of.bytes, int(ends.timestamp())) + key.encode()
    return Signer(salt=_SALT, sep=".").sign(urlsafe_b64encode(body).decode().rstrip("="))


def personal(survey: Survey, identity: Identity) -> str:
    """The token of one member's own link."""
    return _made(PERSONAL, survey, identity.pk)


def for_group(survey: Survey, group: Group) -> str:
    """The token of a group's link."""
    return _made(GROUP, survey, group.pk)


def of_answer(survey: Survey, answer: Answer) -> str:
    """The token with which the browser that just answered changes its answer."""
    return _made(ANSWER, survey, answer.pk, answer.key)


def who(survey: Survey, identity: Identity) -> str:
    """Which member a typed name was, for the next page of the same visit."""
    return _made(WHO, survey, identity.pk)


def read(token: str, *, now: datetime) -> Link:
    """What a token says. Raises Bad, Expired."""
    try:
        text = Signer(salt=_SALT, sep=".").unsign(token)
        body = urlsafe_b64decode(text + "=" * (-len(text) % 4))
        kind, survey, of, ends = _SHAPE.unpack(body[: _SHAPE.size])
        link = Link(kind.decode(), UUID(bytes=survey), UUID(bytes=of), body[_SHAPE.size :].decode())
    except (BadSignature, ValueError, struct.error) as error:
        raise Bad from error
    if datetime.fromtimestamp(ends, UTC) <= now:
        raise Expired
    return link
