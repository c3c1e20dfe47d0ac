"""The profile: what is known of a person beside the archive: facts with source and date, tags, titles, notes.

A row belongs to the person it was written about; whoever was merged shows the rows of all their persons, and unmerging
takes every row back to where it was.
"""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from django.db import transaction
from django.db.models import (
    CASCADE,
    SET_NULL,
    CharField,
    DateField,
    DateTimeField,
    ForeignKey,
    Index,
    QuerySet,
    TextField,
)

from huoqun.base.table import Table
from huoqun.people import audit
from huoqun.people.account import Account
from huoqun.people.display import visible
from huoqun.people.person import Person, ones

OFFERS, NEEDS = "offers", "needs"
FIELDS = ("called", "city", "industry", "work", "company", "interests", "goal", "birthday", "contact", OFFERS, NEEDS)
"""What a fact can be about: the member card of handbook chapter 5, and resources offered and needed."""


class BadSaying(ValueError):
    """What was said of a person is empty, or about a field that does not exist."""


class Saying(Table):
    """Something staff or a source said of a person: what, who wrote it, and when it was last changed."""

    LONGEST: ClassVar[int] = 200

    person = ForeignKey(Person, CASCADE, related_name="%(class)ss")
    text = TextField()
    by = ForeignKey(Account, SET_NULL, null=True, related_name="+")
    """Who wrote it last; null where it came from a survey or a card read from the chat."""
    changed = DateTimeField()

    class Meta(Table.Meta):
        abstract = True


class Fact(Saying):
    """A field of the profile (资料), true as of `on` according to `source`."""

    field = CharField(max_length=20)
    source = CharField(max_length=120, default="")
    """Where it is known from, in words; empty: whoever wrote it."""
    on = DateField(null=True)

    class Meta(Saying.Meta):
        indexes = [Index(fields=["field", "-changed"], name="fact_newest")]


class Tag(Saying):
    """A word put on a person (标签)."""

    LONGEST = 30


class Title(Saying):
    """What a person is called for what they do (头衔)."""

    LONGEST = 60


class Note(Saying):
    """What staff should know (备注)."""

    LONGEST = 2000


KINDS: dict[str, type[Saying]] = {"fact": Fact, "tag": Tag, "title": Title, "note": Note}


def sayings(person: Person, kind: str) -> QuerySet[Saying]:
    """Everything of a kind said of a person, oldest first."""
    found = KINDS[kind]._default_manager.filter(person__in=ones(person))
    return found.select_related("by").order_by("created", "pk")


def saying(person: Person, kind: str, key: UUID) -> Saying | None:
    """One of them; None where it is not of this person."""
    return sayings(person, kind).filter(pk=key).first() if kind in KINDS else None


def say(
    person: Person,
    kind: str,
    text: str,
    *,
    field: str = "",
    source: str = "",
    on: date | None = None,
    by: Account | None,
    now: datetime,
) -> Saying:
    """Say something of a person; what is said already is not said twice. Raises BadSaying."""
    text, more = _checked(kind, text, field, source, on)
    with transaction.atomic():
        Person.objects.select_for_update().get(pk=person.pk)
        same = {k: v for k, v in more.items() if k == "field"}
        there = sayings(person, kind).filter(text=text, **same).first() if kind != "note" else None
        if there is not None:
            return there
        row = KINDS[kind](person=person, text=text, by=by, changed=now, created=now, **more)
        row.save(force_insert=True)
        audit.note(person.workspace, f"{kind}.add", by=by, on=person.pk, title=text, after=_told(row), now=now)
    return row


def change(
    row: Saying, text: str, *, source: str = "", on: date | None = None, by: Account | None, now: datetime
) -> None:
    """Say it anew. Raises BadSaying."""
    kind = type(row).__name__.lower()
    text, more = _checked(kind, text, getattr(row, "field", ""), source, on)
    with transaction.atomic():
        before = _told(row)
        row.text, row.by, row.changed = text, by, now
        for name, value in more.items():
            setattr(row, name, value)
        row.save()
        person = row.person
        audit.note(
            person.workspace,
            f"{kind}.change",
            by=by,
            on=person.pk,
            title=text,
            before=before,
            after=_told(row),
            now=now,
        )


def remove(row: Saying, *, by: Account | None, now: datetime) -> None:
    """Take it back."""
    kind = type(row).__name__.lower()
    with transaction.atomic():
        person = row.person
        audit.note(person.workspace, f"{kind}.remove", by=by, on=person.pk, title=row.text, before=_told(row), now=now)
        row.delete()


def _checked(kind: str, text: str, field: str, source: str, on: date | None) -> tuple[str, dict[str, object]]:
    if kind not in KINDS:
        raise BadSaying(kind)
    lines = [" ".join(visible(line).split()) for line in text.splitlines()]
    text = ("\n" if kind == "note" else " ").join(lines).strip()[: KINDS[kind].LONGEST]
    if not text:
        raise BadSaying(kind)
    if kind != "fact":
        return text, {}
    if field not in FIELDS:
        raise BadSaying(field)
    return text, {"field": field, "source": " ".join(visible(source).split())[:120], "on": on}


def _told(row: Saying) -> dict[str, str]:
    told = {"text": row.text}
    if isinstance(row, Fact):
        told |= {"field": row.field, "source": row.source, "on": row.on.isoformat() if row.on else ""}
    return told
