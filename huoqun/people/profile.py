"""The profile: what is known of a person beside the archive: facts with source and date, tags, titles, notes.

A row belongs to the person it was written about; whoever was merged shows the rows of all their persons, and unmerging
takes every row back to where it was. Each write is a deed of the person, and `people/revision` can undo it.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import (
    CASCADE,
    SET_NULL,
    CharField,
    DateField,
    DateTimeField,
    Exists,
    ForeignKey,
    Index,
    OuterRef,
    Q,
    QuerySet,
    TextField,
)

from huoqun.base.table import Table
from huoqun.people import audit, deed
from huoqun.people.account import Account
from huoqun.people.deed import Deed
from huoqun.people.display import visible
from huoqun.people.person import Person, ones

OFFERS, NEEDS = "offers", "needs"
CARD = ("called", "city", "industry", "work", "company", "interests", "goal", "birthday", "contact", OFFERS, NEEDS)
ASKED = ("sources", "time", "rhythm", "liked_groups", "wants_to_meet", "free_at", "can_speak_about")
FIELDS = CARD + ASKED
"""What a fact can be about: the member card of handbook chapter 5 with resources offered and needed, and what the
surveys of chapter 6 ask for beside it."""


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
    origin = CharField(max_length=60, default="", db_index=True)
    """What the product learnt it from (`survey:…`); empty: somebody wrote it. See `learn`."""

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
    """Everything of a kind said of a person, oldest first. Where two who were merged said different things to the same
    survey, the newer one stands; unmerging brings the older one back."""
    found = KINDS[kind]._default_manager.filter(person__in=ones(person))
    if kind == "fact":
        newer = Fact.objects.filter(person__in=ones(person), origin=OuterRef("origin"), changed__gt=OuterRef("changed"))
        found = found.exclude(~Q(origin="") & Exists(newer))
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
        audit.note(person.workspace, f"{kind}.add", by=by, on=person.pk, title=text, after=told(row), now=now)
        _write_down(row, "add", {}, by=by, now=now)
    return row


def change(
    row: Saying, text: str, *, source: str = "", on: date | None = None, by: Account | None, now: datetime
) -> None:
    """Say it anew; what was learnt from a survey is from now on what its writer says. Raises BadSaying."""
    kind = type(row).__name__.lower()
    text, more = _checked(kind, text, getattr(row, "field", ""), source, on)
    with transaction.atomic():
        before = told(row)
        row.text, row.by, row.changed = text, by, now
        for name, value in more.items():
            setattr(row, name, value)
        if isinstance(row, Fact):
            row.origin = ""
        row.save()
        person = row.person
        audit.note(
            person.workspace,
            f"{kind}.change",
            by=by,
            on=person.pk,
            title=text,
            before=before,
            after=told(row),
            now=now,
        )
        _write_down(row, "change", before, by=by, now=now)


def learn(
    person: Person, origin: str, told: Iterable[tuple[str, str]], *, source: str, on: date, now: datetime
) -> list[tuple[str, str]]:
    """All that one origin says of a person, as (field, text): it takes the place of what the same origin said before.

    Returns the field and text of what stands now. What is new and what is gone are deeds of the person like every
    write; the audit log of the staff is left alone. Call it in a transaction. Raises BadSaying.
    """
    if not origin:
        raise BadSaying(origin)
    wanted: dict[tuple[str, str], dict[str, object]] = {}
    for field, text in told:
        text, more = _checked("fact", text, field, source, on)
        wanted[field, text] = more
    Person.objects.select_for_update().get(pk=person.pk)
    there = {(row.field, row.text): row for row in Fact.objects.filter(person=person, origin=origin)}
    _unlearn([row for key, row in there.items() if key not in wanted], by=None, now=now)
    Fact.objects.filter(person=person, origin=origin).update(changed=now, on=on, source=source)
    new = [
        Fact(person=person, text=key[1], origin=origin, by=None, changed=now, created=now, **more)
        for key, more in wanted.items()
        if key not in there
    ]
    Fact.objects.bulk_create(new)
    deed.write_all(_deed_of(row, "add", {}, by=None, now=now) for row in new)
    return list(wanted)


def forget_learnt(origin: str, *, by: Account | None, now: datetime) -> int:
    """Take back all that one origin said of anybody; how much that was. Call it in a transaction."""
    rows = list(learnt(origin).select_related("person"))
    _unlearn(rows, by=by, now=now)
    return len(rows)


def _unlearn(rows: list[Fact], *, by: Account | None, now: datetime) -> None:
    deed.write_all(_deed_of(row, "remove", told(row), by=by, now=now) for row in rows)
    for begin in range(0, len(rows), 500):
        Fact.objects.filter(pk__in=[row.pk for row in rows[begin : begin + 500]]).delete()


def learnt(origin: str) -> QuerySet[Fact]:
    """Every fact that came from one origin."""
    return Fact.objects.filter(origin=origin)


def remove(row: Saying, *, by: Account | None, now: datetime) -> None:
    """Take it back."""
    kind = type(row).__name__.lower()
    with transaction.atomic():
        person = row.person
        audit.note(person.workspace, f"{kind}.remove", by=by, on=person.pk, title=row.text, before=told(row), now=now)
        _write_down(row, "remove", told(row), by=by, now=now)
        row.delete()


def bring_back(
    person: Person, kind: str, key: UUID, *, text: str, by: Account | None, now: datetime, **more: object
) -> Saying:
    """Say again what was removed, under the id it had."""
    with transaction.atomic():
        row = KINDS[kind](id=key, person=person, text=text, by=by, changed=now, created=now, **more)
        row.save(force_insert=True)
        audit.note(person.workspace, f"{kind}.add", by=by, on=person.pk, title=text, after=told(row), now=now)
        _write_down(row, "add", {}, by=by, now=now)
    return row


def _write_down(row: Saying, verb: str, before: dict[str, str], *, by: Account | None, now: datetime) -> None:
    deed.write_all([_deed_of(row, verb, before, by=by, now=now)])


def _deed_of(row: Saying, verb: str, before: dict[str, str], *, by: Account | None, now: datetime) -> Deed:
    """The deed of a write: what is said from now on, and in its evidence which row it is and what was said before."""
    return Deed(
        person=row.person,
        kind=f"{type(row).__name__.lower()}.{verb}",
        at=now,
        key=f"{row.pk.hex} {uuid4().hex[:8]}",
        values={} if verb == "remove" else told(row),
        evidence={"row": row.pk.hex, "before": before},
        by=by,
        created=now,
    )


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


def told(row: Saying) -> dict[str, str]:
    """What a row says, as plain values."""
    plain = {"text": row.text}
    if isinstance(row, Fact):
        plain |= {"field": row.field, "source": row.source, "on": row.on.isoformat() if row.on else ""}
    return plain
