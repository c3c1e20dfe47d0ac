"""The proposal (提议): what a member would lead or begin, on which staff say yes or no.

Who is told no is told why: the reason is asked for, stands on the member's own page and on their timeline. A no can be
turned into a yes later.
"""

from datetime import datetime
from typing import Literal
from uuid import UUID

from django.db.models import QuerySet

from huoqun.activities import attendance
from huoqun.activities.activity import Activity
from huoqun.activities.contribution import ACCEPTED, GIVEN, REFUSED, Contribution, contributions, decide
from huoqun.activities.kind import Refused, Said
from huoqun.people.account import Account
from huoqun.people.person import Person, ones

Answer = Literal["yes", "no", "same"]
LONGEST_REASON = 300


# -- reads


def name_of(row: Contribution) -> str:
    """What a proposal is called: by its own name, else by its words."""
    return str(row.values.get("name") or row.text)


def declined(activity: Activity, what: str, person: Person | None = None) -> QuerySet[Contribution]:
    """What staff said no to, newest first; of one human."""
    rows = contributions(activity, what).filter(state=REFUSED).select_related("by")
    return rows.filter(person__in=ones(person)) if person else rows


def open_to_all(activity: Activity, what: str) -> QuerySet[Contribution]:
    """What was proposed and not declined, newest first."""
    return contributions(activity, what).exclude(state=REFUSED)


# -- writes


def judged(
    held: Activity, what: str, which: UUID, said: Said, *, by: Account | None, now: datetime
) -> tuple[Contribution, Answer]:
    """Take the word of staff on a proposal: `state` (refused for a no), `reason`. A no is written down and told; a yes
    is for the kind to carry out, and then to write (`agree`). Call it under the lock. Raises Refused."""
    row = contributions(held, what).filter(pk=which).first()
    if row is None:
        raise Refused("unknown")
    if said.text("state") == REFUSED:
        if row.state != GIVEN:
            return row, "same"
        decline(held, row, said, by=by, now=now)
        return row, "no"
    return row, "same" if row.state == ACCEPTED else "yes"


def agree(row: Contribution, said: Said, *, by: Account | None) -> None:
    """Write a yes down."""
    decide(row, ACCEPTED, reason=said.text("reason"), by=by)
    row.refresh_from_db()


def decline(held: Activity, row: Contribution, said: Said, *, by: Account | None, now: datetime) -> None:
    """Say no: `reason`, which the proposer reads. Call it under the lock. Raises Refused without one."""
    reason = said.text("reason")[:LONGEST_REASON]
    if not reason:
        raise Refused("proposal_reason")
    if decide(row, REFUSED, reason=reason, by=by):
        row.refresh_from_db()
        told = {"text": name_of(row)[:80], "because": row.reason}
        key = f"{row.pk.hex} {now.isoformat()}"
        attendance.tell(held, row.identity, "declined", at=now, key=key, values=told, by=by, now=now)
