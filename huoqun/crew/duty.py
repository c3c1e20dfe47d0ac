"""The duty week (轮值) as it goes by itself: weeks are planned, vacancies told, shifts begun, sheets filled in, rewards
given. Everything due is found through `Rota.next`; nobody sleeps, and done twice it is done once."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from huoqun.base.job import Hand
from huoqun.crew import handover, planning
from huoqun.crew.handover import Around
from huoqun.crew.planning import NotTheirs, held
from huoqun.crew.rota import DONE, MISSED, SET, Rota, Shift, names, shifts
from huoqun.people import audit, deed, outbox, points, profile
from huoqun.people import task as tasks
from huoqun.people.account import Account
from huoqun.people.group import Group
from huoqun.people.person import root_of
from huoqun.people.points import Reversed, Short
from huoqun.people.profile import BadSaying
from huoqun.people.task import Task

Knows = Callable[[Group, datetime], Around]
"""What other parts know of a group; see `handover.Around`."""
ALERT = timedelta(days=5)
"""So long before a week that nobody has said yes to staff are told; a default: time for two to be asked."""
OFTEN = timedelta(days=1)
"""How often a rota is looked at where nothing is due: somebody may have left."""
AT_ONCE = 50
"""Rotas looked after in one tick."""


def tick(hand: Hand, knows: Knows) -> bool:
    """Do what is due in the rotas of all groups."""
    now = hand.clock()
    due = Rota.objects.filter(on=True, next__lte=now, group__removed=None).order_by("next")
    keys = list(due.values_list("pk", flat=True)[:AT_ONCE])
    for key in keys:
        with transaction.atomic():
            row = Rota.objects.select_for_update(of=("self",)).select_related("group__workspace").get(pk=key)
            if row.on and row.next is not None and row.next <= now:
                go_on(row, knows, now=now)
    return len(keys) == AT_ONCE


def go_on(rota: Rota, knows: Knows, *, now: datetime) -> None:
    """Do what is due in one rota. Call it with the rota held."""
    planning.fill(rota, now=now)
    with translation.override(rota.group.workspace.language):
        for shift in shifts(rota.group).filter(settled=None, ends__lte=now):
            _end(shift, knows, now)
        for shift in shifts(rota.group).filter(settled=None, ends__gt=now, starts__lte=now + ALERT):
            if shift.state == SET and shift.begun is None and shift.starts <= now:
                _begin(shift, now)
            elif shift.state != SET and shift.alerted is None and shift.starts > rota.created:
                _alert(shift, now)
    rota.next = _next(rota, now)
    rota.save(update_fields=["next"])


def _next(rota: Rota, now: datetime) -> datetime:
    ahead = list(shifts(rota.group).filter(settled=None).values_list("starts", "ends"))
    moments = [m for starts, ends in ahead for m in (starts - ALERT, starts, ends) if m > now]
    return min([*moments, now + OFTEN])


def _alert(shift: Shift, now: datetime) -> None:
    """A task for who looks after the group: nobody has said yes to a week that comes."""
    name = _called(shift)
    if name:
        title = _("Duty week from %(day)s: ask %(name)s, who has not said yes") % {"day": shift.begins, "name": name}
        ready = _("Hi %(name)s, would you run our group for the week from %(day)s? A yes or no is enough.")
        ready = ready % {"name": name, "day": shift.begins}
    else:
        title, ready = _("Duty week from %(day)s: nobody is on duty yet") % {"day": shift.begins}, ""
    given = Task(
        workspace=shift.group.workspace,
        group=shift.group,
        title=title[:120],
        ready=ready,
        source=_source(shift),
        key=f"duty vacancy {shift.pk.hex}",
        due=max(shift.starts - timedelta(days=1), now + timedelta(hours=4)),
        created=now,
    )
    tasks.give([given])
    shift.alerted = now
    shift.save(update_fields=["alerted"])


def _begin(shift: Shift, now: datetime) -> None:
    shift.begun = now
    shift.save(update_fields=["begun"])
    tasks.withdraw(_source(shift), shift.group.workspace, why=_("Somebody has said yes."), now=now)
    if shift.rota.told and now < shift.ends - timedelta(days=1):
        text = _("This week %(name)s looks after our group. Turn to them with questions and ideas.")
        _tell(shift, "begin", text % {"name": _called(shift)}, now)


def _end(shift: Shift, knows: Knows, now: datetime) -> None:
    shift.settled = now
    tasks.withdraw(_source(shift), shift.group.workspace, why=_("The week is over."), now=now)
    if shift.state == SET and shift.person is not None:
        handover.fill_in(shift, knows(shift.group, now), now=now)
        if shift.outcome != MISSED:
            shift.outcome = DONE
            _reward(shift, now)
    shift.save(update_fields=["settled", "outcome"])


def _reward(shift: Shift, now: datetime) -> None:
    """What a week on duty brings: points, a title, a line in the timeline, thanks in the group. Once."""
    rota, person = shift.rota, shift.person
    assert person is not None
    who = root_of(person)
    told = {"week": str(shift.begins), "points": rota.points}
    deed.write(who, "duty.week", at=shift.ends, group=shift.group, key=shift.pk.hex, values=told, now=now)
    if rota.points:
        key = _paid(shift)
        points.award(who, rota.points, key=key, what="duty.week", source=_source(shift), group=shift.group, now=now)
    if rota.reward:
        with suppress(BadSaying):
            profile.say(who, "title", rota.reward, by=None, now=now)
    if rota.told:
        _tell(
            shift,
            "end",
            _("Thank you, %(name)s, for looking after our group this week.") % {"name": _called(shift)},
            now,
        )


def judge(shift: Shift, *, done: bool, by: Account, now: datetime) -> Shift:
    """Staff say whether who had a week did it, while it runs or after: who did not is paid nothing, and what was paid
    is taken back. Raises NotTheirs where nobody had it, or it has not begun."""
    with transaction.atomic():
        row = held(shift)
        if row.state != SET or row.person is None or row.starts > now:
            raise NotTheirs
        outcome = DONE if done else MISSED
        if row.outcome == outcome or (done and row.settled is None and row.outcome == ""):
            return row
        before, row.outcome = row.outcome, outcome if row.settled or not done else ""
        row.save(update_fields=["outcome"])
        if row.settled:
            with translation.override(row.group.workspace.language):
                (_pay_again if done else _take_back)(row, by, now)
        told = {"before": {"outcome": before}, "after": {"outcome": row.outcome}}
        audit.note(row.group.workspace, "duty.judge", by=by, on=row.group_id, title=row.group.name, now=now, **told)
    return row


def _pay_again(row: Shift, by: Account, now: datetime) -> None:
    """As at first; what was taken back is given anew, under a key of that moment."""
    _reward(row, now)
    assert row.person is not None
    if row.rota.points and points.paid(row.group.workspace_id, _source(row)) == 0:
        key = f"{_paid(row)} {now.isoformat()}"
        who = root_of(row.person)
        points.award(
            who, row.rota.points, key=key, what="duty.week", source=_source(row), group=row.group, by=by, now=now
        )


def _take_back(row: Shift, by: Account, now: datetime) -> None:
    given = points.Posting.objects.filter(workspace=row.group.workspace_id, source=_source(row), kind=points.AWARD)
    for posting in given.filter(reversed_by=None):
        with suppress(Reversed, Short):
            points.reverse(posting, why=_("The duty week was not done."), by=by, now=now, whole=False)


def _tell(shift: Shift, what: str, text: str, now: datetime) -> None:
    outbox.say(
        shift.group, text, what=f"duty.{what}", key=f"duty {what} {shift.pk.hex}", source=_source(shift), now=now
    )


def _source(shift: Shift) -> str:
    return f"duty:{shift.pk.hex}"


def _paid(shift: Shift) -> str:
    return f"duty {shift.pk.hex}"


def _called(shift: Shift) -> str:
    """What whoever has the shift is called in the group."""
    who = root_of(shift.person).pk if shift.person else None
    return names(shift.group, {who}).get(who, "") if who else ""
