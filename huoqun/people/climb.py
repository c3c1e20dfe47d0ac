"""The climb: somebody came to stand in another stratum, higher or lower. It is a deed, and so in the timeline."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import QuerySet

from huoqun.people.deed import Deed, write_all
from huoqun.people.person import Person, ones

KIND = "person.stratum"


class Climb(NamedTuple):
    """One human who was in a stratum and is in another, by which reason."""

    person: UUID
    before: str
    after: str
    why: str


def write_down(moved: Sequence[Climb], *, now: datetime) -> None:
    """Keep them."""
    write_all(
        Deed(
            person_id=s.person,
            kind=KIND,
            at=now,
            key=now.isoformat(),
            values={"before": s.before, "after": s.after, "why": s.why},
            created=now,
        )
        for s in moved
    )


def climbs_of(person: Person) -> QuerySet[Deed]:
    """How somebody came to stand where they stand, newest first."""
    return Deed.objects.filter(person__in=ones(person), kind=KIND).order_by("-at", "-created")
