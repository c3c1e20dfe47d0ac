"""The consent: what a person agreed to, when, and from where that is known; and what they took back.

Nothing is ever changed: each yes and each no is a row, and the newest about a thing decides. Without any, the answer
is no. Features that would quote, show or write to somebody ask `allows` first.
"""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import (
    CASCADE,
    SET_NULL,
    BooleanField,
    CharField,
    DateField,
    ForeignKey,
    Index,
    Q,
    QuerySet,
)

from huoqun.base.table import Table
from huoqun.people import audit, deed
from huoqun.people.account import Account
from huoqun.people.display import visible
from huoqun.people.person import Person, ones

QUOTE, MESSAGE, PHOTO, NAME, PROFILE, INTRODUCE = "quote", "message", "photo", "name", "profile", "introduce"
THINGS = (QUOTE, NAME, PHOTO, MESSAGE, PROFILE, INTRODUCE)
"""What can be agreed to: being quoted in public, named in public, shown on photos; being written to in private; having
a profile kept; being introduced to others."""
LONGEST_SOURCE = 120


class NoSource(ValueError):
    """An agreement without saying from where it is known proves nothing."""


class UnknownThing(ValueError):
    """Nobody can agree to this."""


class Consent(Table):
    """A yes or a no of a person (同意)."""

    person = ForeignKey(Person, CASCADE, related_name="consents")
    what = CharField(max_length=20)
    given = BooleanField()
    source = CharField(max_length=LONGEST_SOURCE)
    """Where it is known from, in words: "form of 1 March", "told me on the phone"."""
    on = DateField()
    """The day they said so."""
    by = ForeignKey(Account, SET_NULL, null=True, related_name="+")
    """Who wrote it down; null where they said it themselves, over a form."""

    class Meta(Table.Meta):
        indexes = [Index(fields=["person", "what", "-created"], name="consent_newest")]


def record(
    person: Person, what: str, *, given: bool, source: str, on: date, by: Account | None, now: datetime
) -> Consent:
    """Write down that somebody agreed, or no longer does. What stands already is not written twice.

    Raises UnknownThing, NoSource.
    """
    source = " ".join(visible(source).split())[:LONGEST_SOURCE]
    if what not in THINGS:
        raise UnknownThing(what)
    if not source:
        raise NoSource
    with transaction.atomic():
        Person.objects.select_for_update().get(pk=person.pk)
        last = newest(person).get(what)
        if last is not None and (last.given, last.source, last.on) == (given, source, on):
            return last
        row = Consent.objects.create(person=person, what=what, given=given, source=source, on=on, by=by, created=now)
        told = {"what": what, "source": source, "on": on.isoformat()}
        kind = "consent.give" if given else "consent.withdraw"
        deed.write(person, kind, at=now, key=row.pk.hex, values=told, by=by, now=now)
        audit.note(person.workspace, kind, by=by, on=person.pk, after=told, now=now)
    return row


def consents(person: Person) -> QuerySet[Consent]:
    """Every yes and no of a human, newest first; of whom they are now, whatever the caller read before a merge."""
    mine = ones(Person.objects.get(pk=person.pk))
    return Consent.objects.filter(person__in=mine).select_related("by").order_by("-created", "-pk")


def newest(person: Person) -> dict[str, Consent]:
    """What stands, by thing."""
    found: dict[str, Consent] = {}
    for row in consents(person):
        found.setdefault(row.what, row)
    return found


def allows(person: Person, what: str) -> bool:
    """Whether a human agreed to this and has not taken it back. Raises UnknownThing."""
    if what not in THINGS:
        raise UnknownThing(what)
    row = consents(person).filter(what=what).first()
    return row is not None and row.given


def allowing(persons: Iterable[UUID], what: str) -> set[UUID]:
    """Of many roots those who agreed, in one query. Raises UnknownThing."""
    if what not in THINGS:
        raise UnknownThing(what)
    wanted = set(persons)
    rows = Consent.objects.filter(Q(person__in=wanted) | Q(person__root__in=wanted), what=what)
    told: dict[UUID, bool] = {}
    for person, root, given in rows.order_by("created", "pk").values_list("person", "person__root", "given"):
        told[root or person] = given
    return {person for person, given in told.items() if given and person in wanted}
