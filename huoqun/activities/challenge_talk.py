"""What is said of a check-in: likes and comments of others who take part, and words and picks of the staff."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from huoqun.activities import attendance
from huoqun.activities.activity import SETTLED, Activity
from huoqun.activities.challenge_count import COMMENT, LIKE, STAFF_WORD
from huoqun.activities.check_in import CHECK_IN, MADE_UP
from huoqun.activities.contribution import GIVEN, REFUSED, WITHDRAWN, Contribution, decide, hand_in
from huoqun.activities.kind import Refused, Said
from huoqun.people.account import Account
from huoqun.people.person import Identity, root_of

LONGEST_COMMENT = 300
MOST_COMMENTS = 60
"""Comments of one member within a day."""


# -- reads


def found(activity: Activity, said: Said, *, whats: tuple[str, ...] = (CHECK_IN, MADE_UP)) -> Contribution:
    """What `which` names. Raises Refused."""
    try:
        key = UUID(said.text("which"))
    except ValueError:
        raise Refused("unknown") from None
    rows = Contribution.objects.filter(activity=activity, pk=key, what__in=whats)
    row = rows.select_related("identity__group", "person__root", "on").first()
    if row is None:
        raise Refused("unknown")
    return row


def _others(activity: Activity, who: Identity, said: Said) -> Contribution:
    """A check-in of somebody else in the same group. Raises Refused."""
    row = found(activity, said)
    if row.identity.group_id != who.group_id or row.state in {REFUSED, WITHDRAWN}:
        raise Refused("unknown")
    if root_of(row.person).pk == root_of(who.person).pk:
        raise Refused("challenge_own")
    if activity.state == SETTLED:
        raise Refused("closed")
    return row


# -- writes


def like(
    activity: Activity, who: Identity, said: Said, *, via: str, key: str, at: datetime | None, now: datetime
) -> str:
    """Like a check-in: `which`. Raises Refused."""
    row = _others(activity, who, said)
    with transaction.atomic():
        there, new = hand_in(activity, who, LIKE, key=f"{row.pk.hex} {root_of(who.person).pk.hex}", on=row, now=now)
        if not new:
            decide(there, GIVEN, by=None)
    return "challenge_liked"


def unlike(
    activity: Activity, who: Identity, said: Said, *, via: str, key: str, at: datetime | None, now: datetime
) -> str:
    """Take a like back. Raises Refused."""
    row = _others(activity, who, said)
    mine = Contribution.objects.filter(activity=activity, what=LIKE, on=row, person__in=[who.person_id])
    mine.exclude(state=WITHDRAWN).update(state=WITHDRAWN)
    return "challenge_unliked"


def comment(
    activity: Activity, who: Identity, said: Said, *, via: str, key: str, at: datetime | None, now: datetime
) -> str:
    """Say something to a check-in: `which`, `text`. Raises Refused."""
    row = _others(activity, who, said)
    text = said.text("text")[:LONGEST_COMMENT]
    if not text:
        raise Refused("challenge_proof_text")
    recent = Contribution.objects.filter(activity=activity, what=COMMENT, identity=who, at__gte=now - timedelta(days=1))
    if recent.count() >= MOST_COMMENTS:
        raise Refused("challenge_enough")
    with transaction.atomic():
        _there, new = hand_in(activity, who, COMMENT, key=f"{who.pk.hex} {key}", text=text, on=row, at=at, now=now)
        if new:
            other = {"with": [str(row.person_id)]}
            attendance.tell(activity, who, "comment", at=at or now, key=key, evidence=other, now=now)
    return "challenge_commented"


def pick(activity: Activity, said: Said, *, key: str, by: Account | None, now: datetime) -> str:
    """Pick a check-in as one of the best, or (`off`) no longer. Raises Refused."""
    row = found(activity, said)
    off = bool(said.text("off"))
    Contribution.objects.filter(pk=row.pk).update(score=None if off else 1)
    return "challenge_unpicked" if off else "challenge_picked"


def say(activity: Activity, said: Said, *, key: str, by: Account | None, now: datetime) -> str:
    """Staff say something to a check-in: `which`, `text`. Raises Refused."""
    row = found(activity, said)
    text = said.text("text")[:LONGEST_COMMENT]
    if not text:
        raise Refused("challenge_proof_text")
    hand_in(activity, row.identity, STAFF_WORD, key=f"{row.pk.hex} {key}", text=text, on=row, by=by, now=now)
    return "challenge_commented"
