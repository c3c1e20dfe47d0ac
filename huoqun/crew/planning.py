"""Planning the rota: whom to ask for which week, what they say, and who is set by staff."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from huoqun.crew import fairness
from huoqun.crew.fairness import Candidate
from huoqun.crew.right import RIGHTS
from huoqun.crew.rota import (
    AMONG,
    ANYBODY,
    ASKED,
    BLOCKED,
    EVER,
    LAPSED,
    LONGEST,
    MISSED,
    MOST_CHORES,
    NO,
    OPEN,
    OUT,
    SET,
    VOLUNTEER,
    WEEK,
    WILLING,
    YES,
    Exchange,
    Offer,
    Rota,
    Shift,
    Wish,
    human,
    local_day,
    monday,
    seats,
    shifts,
    span,
)
from huoqun.people import audit
from huoqun.people.account import Account
from huoqun.people.display import one_line
from huoqun.people.group import Group
from huoqun.people.person import Identity, Person, ones, root_of

KEEN = frozenset({"kol", "core"})
"""Strata that are asked where volunteers do not suffice (handbook chapter 13: 52 deeply engaged members)."""
AHEAD = range(1, 53)


class NotTheirs(Exception):
    """The shift is not theirs to answer, or is over."""


class NotHere(LookupError):
    """They are not in the group, or wish no turn then."""


class BadRota(ValueError):
    """Weeks ahead are 1 to 52, weeks of rest 0 to 51, points at most 100,000."""


# -- the rota


def set_up(group: Group, *, by: Account, now: datetime, **values: Any) -> Rota:
    """Begin a rota, or say anew how it works. Raises BadRota."""
    told = _checked(values)
    with transaction.atomic():
        Group.objects.select_for_update().get(pk=group.pk)
        row = Rota.objects.filter(group=group).first()
        before = _told(row) if row else {}
        row = row or Rota(group=group, created=now)
        for name, value in told.items():
            setattr(row, name, value)
        row.next = now if row.on else None
        row.save()
        _note(group, "set_up", by, now, before=before, after=_told(row))
    return row


def _checked(values: Mapping[str, Any]) -> dict[str, Any]:
    told = dict(values)
    ahead, rest, points = told.get("ahead", 8), told.get("rest", 4), told.get("points", 0)
    if ahead not in AHEAD or not 0 <= rest < 52 or not 0 <= points <= 100_000 or told.get("among") not in AMONG:
        raise BadRota
    told["reward"] = one_line(told.get("reward", ""), 30)
    told["rights"] = [right for right in RIGHTS if right in told.get("rights", ())]
    chores = [one_line(line, 120) for line in told.get("chores", ())]
    told["chores"] = list(dict.fromkeys(line for line in chores if line))[:MOST_CHORES]
    return told


def _told(row: Rota) -> dict[str, Any]:
    names = ("ahead", "rest", "among", "points", "reward", "rights", "chores", "told")
    return {"active": row.on, **{name: getattr(row, name) for name in names}}


# -- whom to ask


def candidates(rota: Rota) -> list[Candidate]:
    """Who may be asked, with all that decides it; who said no to a week is only left out of that one."""
    group = rota.group
    there = seats(group)
    wishes: dict[UUID, set[tuple[str, date]]] = defaultdict(set)
    for wish in Wish.objects.filter(group=group).select_related("person"):
        wishes[wish.person.root_id or wish.person_id].add((wish.kind, wish.week))
    served, helped, refused = _past(group)
    traces = _traces(there)
    return [
        Candidate(
            id=str(who),
            served=frozenset(served[who]),
            helped=helped[who],
            volunteers=(VOLUNTEER, EVER) in wishes[who],
            wanted=frozenset(week for kind, week in wishes[who] if kind == VOLUNTEER and week != EVER),
            blocked=frozenset(week for kind, week in wishes[who] if kind == BLOCKED),
            refused=frozenset(refused[who]),
            spoke=traces[who][1],
        )
        for who, seat in there.items()
        if (OUT, EVER) not in wishes[who] and _asked(rota, seat, wishes[who], traces[who])
    ]


def _asked(rota: Rota, seat: Identity, wishes: set[tuple[str, date]], trace: tuple[str, int]) -> bool:
    if any(kind == VOLUNTEER for kind, _week in wishes):
        return True
    if rota.among == ANYBODY:
        return seat.messages > 0
    return rota.among != WILLING and trace[0] in KEEN


def _past(group: Group) -> tuple[dict[UUID, set[date]], dict[UUID, int], dict[UUID, set[date]]]:
    """By human: the weeks they had or have, the days they covered, the weeks to which they said no."""
    served: dict[UUID, set[date]] = defaultdict(set)
    helped: dict[UUID, int] = defaultdict(int)
    refused: dict[UUID, set[date]] = defaultdict(set)
    for shift in shifts(group).exclude(person=None).exclude(outcome=MISSED):
        served[human(shift.person) or UUID(int=0)].add(shift.begins)
    taken = Exchange.objects.filter(shift__group=group, other=None, state=YES).select_related("asked")
    for cover in taken:
        if cover.first and cover.last:
            helped[human(cover.asked) or UUID(int=0)] += (cover.last - cover.first).days + 1
    said = Offer.objects.filter(shift__group=group, state__in=(NO, LAPSED)).select_related("person", "shift")
    for offer in said:
        refused[human(offer.person) or UUID(int=0)].add(offer.shift.begins)
    return served, helped, refused


def _traces(there: Mapping[UUID, Identity]) -> dict[UUID, tuple[str, int]]:
    """The stratum of each, and on how many of the last 30 days they spoke; nothing where no checkup tells."""
    rows = Identity.objects.filter(pk__in=[who.pk for who in there.values()]).values_list(
        "pk", "trace__stratum", "trace__spoke"
    )
    known = {pk: (stratum or "", int(spoke or 0).bit_count()) for pk, stratum, spoke in rows}
    return {who: known.get(seat.pk, ("", 0)) for who, seat in there.items()}


def fill(rota: Rota, *, now: datetime) -> int:
    """Ask somebody for each week ahead that has nobody; returns for how many somebody was found. Who has left the group
    since has no shift any more. Call it with the rota held."""
    this = monday(local_day(now, rota.group.zone))
    there = _laid(rota, [this + WEEK * n for n in range(rota.ahead + 1)], now)
    present = set(seats(rota.group))
    for shift in there.values():
        if shift.person is not None and human(shift.person) not in present:
            _vacate(shift)
    wanted = [week for week, shift in there.items() if week > this and shift.person_id is None]
    found = fairness.plan(wanted, candidates(rota), rest=rota.rest)
    for week, choice in found.items():
        _ask(there[week], Person.objects.get(pk=choice.id), choice.told(), now)
    return len(found)


def _laid(rota: Rota, weeks: list[date], now: datetime) -> dict[date, Shift]:
    """A shift for each week, at the moments at which it begins and ends on the group's clock of today."""
    found = {shift.begins: shift for shift in shifts(rota.group).filter(begins__in=weeks)}
    for week in weeks:
        starts, ends = span(week, rota.group.zone)
        shift = found.get(week)
        if shift is None:
            shift = found[week] = Shift(rota=rota, group=rota.group, begins=week, created=now)
            shift.starts, shift.ends = starts, ends
            shift.save(force_insert=True)
        elif (shift.starts, shift.ends) != (starts, ends):
            shift.starts, shift.ends = starts, ends
            shift.save(update_fields=["starts", "ends"])
    return dict(sorted(found.items()))


def _ask(shift: Shift, person: Person, basis: Mapping[str, Any], now: datetime) -> None:
    shift.person, shift.state, shift.basis = person, OPEN, dict(basis)
    shift.save(update_fields=["person", "state", "basis"])
    _say(shift, person, ASKED, None, None, now)


def _vacate(shift: Shift) -> None:
    shift.person, shift.state, shift.basis, shift.alerted = None, OPEN, {}, None
    shift.save(update_fields=["person", "state", "basis", "alerted"])


def _say(shift: Shift, person: Person, state: str, by: Account | None, at: datetime | None, now: datetime) -> None:
    row = Offer.objects.filter(shift=shift, person__in=ones(person)).first()
    row = row or Offer(shift=shift, person=person, created=now)
    row.state, row.by, row.at = state, by, at
    row.save()


# -- what is said to it


def held(shift: Shift) -> Shift:
    """The shift as it is now, held with its rota until the transaction ends: changes of one rota happen one after the
    other."""
    Rota.objects.select_for_update().get(pk=shift.rota_id)
    return shifts(shift.group).get(pk=shift.pk)


def accept(shift: Shift, person: Person, *, by: Account | None = None, now: datetime) -> Shift:
    """Who is asked says yes; again it changes nothing. Raises NotTheirs."""
    with transaction.atomic():
        row = held(shift)
        if human(row.person) != root_of(person).pk or row.ends <= now:
            raise NotTheirs
        if row.state != SET:
            row.state = SET
            row.save(update_fields=["state"])
            _say(row, person, YES, by, now, now)
            _note(row.group, "accept", by, now, after={"week": str(row.begins)})
    return row


def decline(shift: Shift, person: Person, *, by: Account | None = None, now: datetime) -> Shift:
    """Who is asked says no, or takes a yes back before the week begins; the next one is asked. Raises NotTheirs."""
    with transaction.atomic():
        row = held(shift)
        if human(row.person) != root_of(person).pk or row.starts <= now:
            raise NotTheirs
        _say(row, person, NO, by, now, now)
        _let_go(row, now)
        _note(row.group, "decline", by, now, after={"week": str(row.begins)})
    return row


def another(shift: Shift, *, by: Account, now: datetime) -> Shift:
    """Staff let somebody else be asked. Raises NotTheirs where the week has begun."""
    with transaction.atomic():
        row = held(shift)
        if row.starts <= now:
            raise NotTheirs
        if row.person is not None:
            _say(row, row.person, LAPSED, by, now, now)
        _let_go(row, now)
        _note(row.group, "another", by, now, after={"week": str(row.begins)})
    return row


def _let_go(row: Shift, now: datetime) -> None:
    """Nobody has it; who could is asked at once."""
    end_exchanges(row, now)
    _vacate(row)
    if row.rota.on:
        fill(row.rota, now=now)
        row.refresh_from_db()


def name_one(shift: Shift, who: Identity, *, agreed: bool, by: Account, now: datetime) -> Shift:
    """Staff name a member: who has said yes to them (`agreed`), or who is to be asked. Raises NotTheirs, NotHere."""
    with transaction.atomic():
        row = held(shift)
        if row.ends <= now:
            raise NotTheirs
        if root_of(who.person).pk not in seats(row.group):
            raise NotHere
        if row.person is not None and human(row.person) != root_of(who.person).pk:
            _say(row, row.person, LAPSED, by, now, now)
            end_exchanges(row, now)
        row.person, row.state, row.basis = root_of(who.person), SET if agreed else OPEN, {}
        row.save(update_fields=["person", "state", "basis"])
        _say(row, who.person, YES if agreed else ASKED, by if agreed else None, now if agreed else None, now)
        Rota.objects.filter(pk=row.rota_id, on=True).update(next=now)
        _note(row.group, "name", by, now, after={"week": str(row.begins), "agreed": agreed})
    return row


def end_exchanges(shift: Shift, now: datetime) -> None:
    """What was asked about a shift, or agreed of days of it, is off."""
    mine = Exchange.objects.filter(Q(shift=shift) | Q(other=shift), state__in=(ASKED, YES))
    mine.exclude(other__isnull=False, state=YES).update(state=LAPSED, at=now)


# -- wishes


def wish(
    group: Group, person: Person, kind: str, week: date = EVER, *, holds: bool, by: Account | None, now: datetime
) -> None:
    """A member gladly takes a week (or any), or cannot, or wants no turn at all; `holds`: or takes it back."""
    if kind not in {VOLUNTEER, BLOCKED, OUT} or (kind == BLOCKED and week == EVER):
        raise BadRota
    week = EVER if kind == OUT or week == EVER else monday(week)
    with transaction.atomic():
        mine = Wish.objects.filter(group=group, person__in=ones(person))
        if holds:
            row = Wish(group=group, person=root_of(person), kind=kind, week=week, created=now)
            Wish.objects.bulk_create([row], ignore_conflicts=True)
            against = {VOLUNTEER: [BLOCKED, OUT], BLOCKED: [VOLUNTEER], OUT: [VOLUNTEER]}[kind]
            same = Q(week=week) if week != EVER else Q()
            mine.filter(same | Q(kind=OUT), kind__in=against).delete()
        else:
            mine.filter(kind=kind, week=week).delete()
        _note(group, "wish", by, now, after={"wish": kind, "week": str(week), "holds": holds})


def wishes(group: Group, persons: Collection[UUID] = ()) -> dict[UUID, list[Wish]]:
    """What members wish, by the id of their person after merges; of some, or of all."""
    found: dict[UUID, list[Wish]] = defaultdict(list)
    rows = Wish.objects.filter(group=group).select_related("person").order_by("week", "kind")
    for row in rows:
        who = row.person.root_id or row.person_id
        if not persons or who in persons:
            found[who].append(row)
    return found


def weeks_ahead(rota: Rota, *, now: datetime, most: int = 12) -> list[date]:
    """The Mondays of the next weeks, the current one first."""
    first = monday(local_day(now, rota.group.zone))
    return [first + timedelta(weeks=n) for n in range(most)]


def shortened(text: str) -> str:
    """Free words, as long as may be."""
    return text.replace("\0", "").strip()[:LONGEST]


def _note(group: Group, what: str, by: Account | None, now: datetime, **told: Any) -> None:
    audit.note(group.workspace, f"duty.{what}", by=by, on=group.pk, title=group.name, now=now, **told)
