"""The right (权限): what a member on duty may do, for as long as they are on duty.

Nothing is granted and nothing has to be revoked: whoever asks is answered by the state of the shift at that moment
(docs/decisions/245). The shift must be agreed, its week must be running, they must still be in the group, and nobody
may be covering for them that day; who covers has the rights of the days they cover.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from huoqun.crew.rota import SET, YES, Exchange, Shift, human, local_day, shift_at
from huoqun.people.group import Group
from huoqun.people.membership import here
from huoqun.people.person import Identity

SHEET, QUESTIONS, NEWCOMERS, TASKS, VOTES = "sheet", "questions", "newcomers", "tasks", "votes"
RIGHTS = (SHEET, QUESTIONS, NEWCOMERS, TASKS, VOTES)
"""What a rota can allow: read and write the hand-over sheet; see the questions that wait and tick them off; see who
came and was not greeted; see the group's tasks that are nobody's by name and tick them off; open a small vote."""


@dataclass(frozen=True)
class OnDuty:
    """A member who is on duty now. `covering`: for somebody else; `until`: when that ends."""

    shift: Shift
    rights: frozenset[str]
    covering: bool
    until: datetime


def holder(group: Group, now: datetime) -> tuple[Shift, UUID] | None:
    """The running shift of a group, and the human who is on duty at this moment; None where nobody is. Whoever has left
    the group is not on duty."""
    shift = shift_at(group, now)
    if shift is None or shift.state != SET:
        return None
    cover = cover_at(shift, now)
    who = human(cover.asked) if cover else human(shift.person)
    if who is None:
        return None
    there = here(group).filter(person=who) | here(group).filter(person__root=who)
    return (shift, who) if there.exists() else None


def cover_at(shift: Shift, now: datetime) -> Exchange | None:
    """Who covers at a moment, by the day on the group's calendar."""
    day = local_day(now, shift.group.zone)
    agreed = Exchange.objects.filter(shift=shift, other=None, state=YES, first__lte=day, last__gte=day)
    return agreed.select_related("asked").order_by("-at").first()


def on_duty(who: Identity, now: datetime) -> OnDuty | None:
    """What a member may do at this moment, because they are on duty."""
    found = holder(who.group, now)
    if found is None or found[1] != (who.person.root_id or who.person_id):
        return None
    shift = found[0]
    covering = human(shift.person) != found[1]
    return OnDuty(shift, frozenset(shift.rota.rights), covering, shift.ends)


def may(who: Identity, right: str, now: datetime) -> OnDuty | None:
    """The same where it includes a right."""
    found = on_duty(who, now)
    return found if found and right in found.rights else None
