"""Swapping: two members change weeks, or one covers some days for another. Both agree, or staff say it."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from huoqun.crew.planning import NotHere, NotTheirs, end_exchanges, held
from huoqun.crew.rota import ASKED, NO, SET, YES, Exchange, Shift, human, local_day, seats
from huoqun.people import audit
from huoqun.people.account import Account
from huoqun.people.person import Identity, Person, ones, root_of


class BadDays(ValueError):
    """A cover is of days within the shift that are not over."""


# -- reads


def asked_of(who: Identity) -> QuerySet[Exchange]:
    """What others ask of a member in their group and they have not answered."""
    found = Exchange.objects.filter(shift__group=who.group, asked__in=ones(who.person), state=ASKED)
    return found.select_related("shift", "other", "asker__root").order_by("created")


def of_shifts(those: list[Shift]) -> QuerySet[Exchange]:
    """What is asked or agreed about some shifts, the oldest first."""
    found = Exchange.objects.filter(Q(shift__in=those) | Q(other__in=those), state__in=(ASKED, YES))
    return found.select_related("shift", "other", "asker__root", "asked__root").order_by("created")


# -- writes


def ask_swap(shift: Shift, other: Shift, person: Person, *, now: datetime) -> Exchange:
    """Who has a shift asks who has another one to change with them. Raises NotTheirs."""
    with transaction.atomic():
        mine, theirs = held(shift), held(other)
        if human(mine.person) != root_of(person).pk or not _can(mine, theirs, now):
            raise NotTheirs
        return _asked(mine, theirs, person, theirs.person, None, now)


def ask_cover(shift: Shift, who: Identity, person: Person, first: date, last: date, *, now: datetime) -> Exchange:
    """Who has a shift asks another member to stand in for some days. Raises NotTheirs, NotHere, BadDays."""
    with transaction.atomic():
        mine = held(shift)
        if human(mine.person) != root_of(person).pk:
            raise NotTheirs
        _check_cover(mine, who, first, last, now)
        return _asked(mine, None, person, who.person, (first, last), now)


def answer(row: Exchange, person: Person, *, yes: bool, now: datetime) -> Exchange:
    """Who was asked agrees, or does not. Raises NotTheirs where it is not theirs to say, or things have changed."""
    with transaction.atomic():
        mine = held(row.shift)
        fresh = Exchange.objects.select_for_update().get(pk=row.pk)
        if fresh.state != ASKED or root_of(fresh.asked).pk != root_of(person).pk:
            raise NotTheirs
        if human(mine.person) != root_of(fresh.asker).pk:
            raise NotTheirs
        fresh.state, fresh.at = YES if yes else NO, now
        if yes and fresh.other is not None:
            theirs = held(fresh.other)
            if human(theirs.person) != root_of(person).pk or not _can(mine, theirs, now):
                raise NotTheirs
            _change(mine, theirs, now)
        elif yes and (fresh.last is None or fresh.last < local_day(now, mine.group.zone)):
            raise NotTheirs
        fresh.save(update_fields=["state", "at"])
        _note(mine, "exchange" if yes else "exchange_no", None, now, {"week": str(mine.begins)})
    return fresh


def swap(shift: Shift, other: Shift, *, by: Account, now: datetime) -> None:
    """Staff change two shifts. Raises NotTheirs."""
    with transaction.atomic():
        one, two = held(shift), held(other)
        if not _can(one, two, now):
            raise NotTheirs
        _change(one, two, now)
        _note(one, "swap", by, now, {"week": str(one.begins), "other": str(two.begins)})


def cover(shift: Shift, who: Identity, first: date, last: date, *, by: Account, now: datetime) -> Exchange:
    """Staff say who stands in for some days. Raises NotTheirs, NotHere, BadDays."""
    with transaction.atomic():
        mine = held(shift)
        if mine.person is None:
            raise NotTheirs
        _check_cover(mine, who, first, last, now)
        row = _asked(mine, None, mine.person, who.person, (first, last), now)
        row.state, row.at, row.by = YES, now, by
        row.save(update_fields=["state", "at", "by"])
        _note(mine, "cover", by, now, {"week": str(mine.begins), "first": str(first), "last": str(last)})
    return row


def call_off(row: Exchange, *, person: Person | None = None, by: Account | None = None, now: datetime) -> None:
    """Who asked, or staff, take it back; a swap that has happened stays. Raises NotTheirs."""
    with transaction.atomic():
        mine = held(row.shift)
        fresh = Exchange.objects.select_for_update().get(pk=row.pk)
        theirs = person is not None and root_of(fresh.asker).pk == root_of(person).pk
        if not (theirs or by) or fresh.state not in {ASKED, YES} or (fresh.other_id and fresh.state == YES):
            raise NotTheirs
        fresh.state, fresh.at, fresh.by = NO, now, by
        fresh.save(update_fields=["state", "at", "by"])
        _note(mine, "exchange_off", by, now, {"week": str(mine.begins)})


def _can(one: Shift, two: Shift, now: datetime) -> bool:
    """Both in one group, agreed, still ahead, and of two humans."""
    ahead = min(one.starts, two.starts) > now
    agreed = one.state == two.state == SET and one.person is not None and two.person is not None
    return (
        one.group_id == two.group_id
        and one.pk != two.pk
        and ahead
        and agreed
        and human(one.person) != human(two.person)
    )


def _change(one: Shift, two: Shift, now: datetime) -> None:
    for shift in (one, two):
        end_exchanges(shift, now)
    one.person, two.person = two.person, one.person
    one.basis, two.basis = {}, {}
    for shift in (one, two):
        shift.save(update_fields=["person", "basis"])


def _check_cover(shift: Shift, who: Identity, first: date, last: date, now: datetime) -> None:
    today = local_day(now, shift.group.zone)
    within = shift.begins <= first <= last and (last - shift.begins).days < 7
    if shift.state != SET or root_of(who.person).pk == human(shift.person):
        raise NotTheirs
    if root_of(who.person).pk not in seats(shift.group):
        raise NotHere
    if not within or last < today:
        raise BadDays


def _asked(
    shift: Shift,
    other: Shift | None,
    asker: Person,
    asked: Person | None,
    days: tuple[date, date] | None,
    now: datetime,
) -> Exchange:
    """What is asked, once: the same asked again is the row there is."""
    assert asked is not None
    first, last = days or (None, None)
    same = Exchange.objects.filter(
        shift=shift, other=other, asked__in=ones(asked), first=first, last=last, state__in=(ASKED, YES)
    )
    row = same.first()
    if row is None:
        row = Exchange(
            shift=shift, other=other, asker=root_of(asker), asked=root_of(asked), first=first, last=last, created=now
        )
        row.save(force_insert=True)
    return row


def _note(shift: Shift, what: str, by: Account | None, now: datetime, told: dict[str, Any]) -> None:
    group = shift.group
    audit.note(group.workspace, f"duty.{what}", by=by, on=group.pk, title=group.name, after=told, now=now)
