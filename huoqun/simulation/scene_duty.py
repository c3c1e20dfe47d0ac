"""Duty weeks of the example: one is over and handed over, one is running, the next are planned and partly agreed."""

from datetime import datetime

from django.db import transaction

from huoqun.crew import duty, handover, planning, right
from huoqun.crew.handover import Around
from huoqun.crew.rota import VOLUNTEER, WEEK, Rota, Shift, shift_at, shifts
from huoqun.people.account import Account
from huoqun.people.group import Group
from huoqun.people.person import Identity
from huoqun.simulation.scene import Cast


def duty_weeks(cast: Cast, by: Account) -> None:
    """Last week, this one, and those ahead."""
    words, begun = cast.words["duty"], cast.now - WEEK
    rule = {"ahead": 8, "rest": 4, "among": "anybody", "points": 60, "reward": words["reward"]}
    planning.set_up(
        cast.group, **rule, rights=list(right.RIGHTS[:4]), chores=words["chores"], told=True, by=by, now=begun
    )
    first, second, glad = cast.those[2], cast.those[5], cast.those[7]
    planning.wish(cast.group, glad.person, VOLUNTEER, holds=True, by=None, now=begun)
    _go_on(cast.group, begun)
    last = _named(cast.group, first, by, begun)
    handover.write(last, words["sheet"], person=first.person, now=begun)
    _go_on(cast.group, cast.now)
    running = _named(cast.group, second, by, cast.now)
    for line in words["chores"][:1]:
        running.ticks = [[line, cast.now.isoformat()]]
    running.save(update_fields=["ticks"])
    for shift in list(shifts(cast.group, since=running.begins + WEEK).exclude(person=None))[:2]:
        assert shift.person is not None
        planning.accept(shift, shift.person, now=cast.now)


def _named(group: Group, who: Identity, by: Account, now: datetime) -> Shift:
    shift = shift_at(group, now)
    assert shift is not None
    return planning.name_one(shift, who, agreed=True, by=by, now=now)


def _go_on(group: Group, now: datetime) -> None:
    with transaction.atomic():
        rota = Rota.objects.select_for_update(of=("self",)).select_related("group__workspace").get(group=group)
        duty.go_on(rota, lambda _group, _now: Around(), now=now)
