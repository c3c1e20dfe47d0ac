"""The token: a key with which a program acts for a member of staff in one workspace.

It never can more than its owner: what it may is its scopes as far as the owner's role has them at the time of use, on
the groups the owner may see. Only a digest of the secret is kept; it is told once.
"""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import CASCADE, CharField, DateTimeField, ForeignKey, JSONField, QuerySet

from huoqun.base.table import Table
from huoqun.people import audit
from huoqun.people.display import visible
from huoqun.people.role import PERMISSIONS
from huoqun.people.staff import Staff
from huoqun.people.workspace import Workspace

MARK = "huoqun_"
"""How every secret begins, so that scanners of leaked keys know it."""
SEEN_EVERY = timedelta(minutes=1)
"""How exactly `used` tells the last use."""
LONGEST_NAME = 80


class BadScopes(ValueError):
    """A token needs at least one scope, each a permission that its maker has."""


class Token(Table):
    """A key for a program (密钥)."""

    workspace = ForeignKey(Workspace, CASCADE, related_name="tokens")
    staff = ForeignKey(Staff, CASCADE, related_name="tokens")
    """For whom it acts."""
    name = CharField(max_length=LONGEST_NAME)
    scopes = JSONField(default=list)
    digest = CharField(max_length=64, unique=True)
    expires = DateTimeField()
    revoked = DateTimeField(null=True)
    used = DateTimeField(null=True)


def make(staff: Staff, *, name: str, scopes: Iterable[str], valid: timedelta, now: datetime) -> tuple[Token, str]:
    """A new token of somebody for themselves, and its secret, which is told once. Raises BadScopes."""
    wanted = set(scopes)
    if not wanted or not all(staff.may(scope) for scope in wanted):
        raise BadScopes
    secret = MARK + secrets.token_urlsafe(32)
    with transaction.atomic():
        row = Token.objects.create(
            workspace=staff.workspace,
            staff=staff,
            name=" ".join(visible(name).split())[:LONGEST_NAME],
            scopes=[p for p in PERMISSIONS if p in wanted],
            digest=_digest(secret),
            expires=now + valid,
            created=now,
        )
        after = {"scopes": row.scopes, "expires": row.expires.isoformat()}
        audit.note(staff.workspace, "token.make", by=staff.account, on=row.pk, title=row.name, after=after, now=now)
    return row, secret


def revoke(row: Token, *, by: Staff, now: datetime) -> None:
    """It opens nothing any more. A second time changes nothing."""
    with transaction.atomic():
        if Token.objects.filter(pk=row.pk, revoked=None).update(revoked=now):
            audit.note(row.workspace, "token.revoke", by=by.account, on=row.pk, title=row.name, now=now)


def tokens(workspace: Workspace) -> QuerySet[Token]:
    """The tokens of everybody who works here that are not revoked, the newest first."""
    found = Token.objects.filter(workspace=workspace, revoked=None, staff__ended=None)
    return found.select_related("staff__account").order_by("-created")


def staff_by(secret: str, *, now: datetime) -> Staff | None:
    """For whom a secret acts, with `only` set to its scopes; None where it opens nothing. Notes the use."""
    found = Token.objects.select_related("staff__account", "staff__workspace")
    row = found.filter(digest=_digest(secret), revoked=None, expires__gt=now, staff__ended=None).first()
    if row is None or not row.staff.account.is_active:
        return None
    if row.used is None or now - row.used > SEEN_EVERY:
        Token.objects.filter(pk=row.pk).update(used=now)
    row.staff.only = frozenset(row.scopes)
    return row.staff


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
