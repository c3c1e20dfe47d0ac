"""The benefit after a threshold (门槛福利): “join, and you get it once you have stayed and done something”.

For the operator: what one gets (the same words for all, or one code for each), and what must be true first: so many
days in the group, so many messages, so many points ever earned, a yes of the staff. Whoever signs up is looked at every
hour; who meets all of it gets the benefit, in the order of signing up, as long as there are codes. Who leaves the
group before that gets nothing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from pydantic import Field, field_validator

from huoqun.activities import attendance
from huoqun.activities.activity import CLOSED, DONE, JOINED, LEFT, SETTLED, Activity, Participation
from huoqun.activities.kind import Kind, Plan, Refused, Said
from huoqun.people import points
from huoqun.people.account import Account
from huoqun.people.membership import Membership, here
from huoqun.people.person import Identity

EVERY = timedelta(hours=1)


class BenefitPlan(Plan):
    """What one gets, and what must be true first."""

    gift: str = Field(default="", max_length=500)
    """What everybody is told who gets it: where to fetch it, how to use it."""
    codes: list[str] = Field(default_factory=list, max_length=5000)
    """One for each, given out from the first; empty: the words above are enough."""
    days: int = Field(default=7, ge=0, le=3650)
    """Days in the group, from joining it, or from signing up where nobody saw them join."""
    messages: int = Field(default=0, ge=0, le=1_000_000)
    """Messages said in the group, as far as imports tell."""
    earned: int = Field(default=0, ge=0, le=100_000_000)
    """Points ever earned."""
    review: bool = False
    """Staff must say yes."""

    @field_validator("codes")
    @classmethod
    def _distinct(cls, codes: list[str]) -> list[str]:
        return list(dict.fromkeys(c.strip()[:100] for c in codes if c.strip()))


@dataclass(frozen=True)
class Lacks:
    """What somebody still lacks: `left` of days, messages or points; a yes of staff; a code."""

    what: str
    left: int


# -- reads


def plan_of(activity: Activity) -> BenefitPlan:
    """What one gets."""
    return BenefitPlan.model_validate(activity.plan)


def lacks(activity: Activity, row: Participation, now: datetime) -> list[Lacks]:
    """What somebody who signed up still lacks; empty: they get it."""
    plan, who = plan_of(activity), row.identity
    stay = Membership.objects.filter(identity=who, left=None).order_by("-number").first()
    since = (stay.joined if stay else None) or who.first or row.at or now
    have = {
        "days": (plan.days, (now - min(since, now)).days),
        "messages": (plan.messages, who.messages),
        "earned": (plan.earned, points.earned(row.person)),
        "review": (int(plan.review), int(bool(row.values.get("approved")))),
    }
    return [Lacks(what, wanted - there) for what, (wanted, there) in have.items() if there < wanted]


def codes_left(activity: Activity) -> int | None:
    """How many codes were not given out; None where everybody gets the same words."""
    codes = plan_of(activity).codes
    given = {r.values.get("code") for r in activity.participations.filter(state=DONE)}
    return sum(1 for c in codes if c not in given) if codes else None


# -- writes


def release(activity: Activity, *, now: datetime) -> int:
    """Give it to whoever meets everything, in the order of signing up; returns how many got it. Who left the group is
    signed off. Call it under the activity's lock."""
    plan, count = plan_of(activity), 0
    given = {r.values.get("code") for r in activity.participations.filter(state=DONE)}
    free = [c for c in plan.codes if c not in given]
    present: dict[object, set[object]] = {}
    for row in attendance.participants(activity, JOINED):
        group = row.identity.group
        there = present.setdefault(group.pk, set(here(group).values_list("pk", flat=True)))
        if row.identity_id not in there:
            row.state, row.changed = LEFT, now
            row.save()
            continue
        if lacks(activity, row, now) or (plan.codes and not free):
            continue
        row.values = row.values | {"given": now.isoformat(), "code": free.pop(0) if free else ""}
        row.save()
        attendance.arrive(activity, row.identity, via=row.via, now=now)
        count += 1
    return count


def approve(activity: Activity, said: Said, *, key: str, by: Account | None, now: datetime) -> str:
    """Staff say yes to somebody (`which`), or take it back (`off`). Raises Refused."""
    with transaction.atomic():
        held = attendance.locked(activity)
        row = attendance.participants(held, JOINED, "waiting").filter(pk=said.key("which")).first()
        if row is None or held.state == SETTLED:
            raise Refused("unknown")
        row.values = row.values | {"approved": "" if said.text("off") else now.isoformat()}
        row.save()
        release(held, now=now)
    return "done"


def look(activity: Activity, said: Said, *, key: str, by: Account | None, now: datetime) -> str:
    """Look now, without waiting for the hour."""
    with transaction.atomic():
        held = attendance.locked(activity)
        if held.opened is not None and held.state != SETTLED:
            release(held, now=now)
    return "done"


def apply(
    activity: Activity, who: Identity, said: Said, *, via: str, key: str, at: datetime | None, now: datetime
) -> str:
    """Ask for it. Raises Closed."""
    with transaction.atomic():
        held = attendance.locked(activity)
        row = attendance.sign_up(held, who, note=said.text("note"), via=via, at=at, now=now)
        release(held, now=now)
        row.refresh_from_db()
    return "benefit_given" if row.state == DONE else row.state


def _ready(activity: Activity) -> None:
    plan = plan_of(activity)
    if not plan.gift and not plan.codes:
        raise Refused("benefit_gift")


def _opened(activity: Activity, now: datetime) -> None:
    activity.next = now + EVERY


def _due(activity: Activity, now: datetime) -> None:
    """Look at everybody; also after it has closed, for whoever signed up in time, until it is settled."""
    if activity.standing(now) == SETTLED:
        return
    release(activity, now=now)
    waits = attendance.participants(activity, JOINED).exists()
    if activity.standing(now) != CLOSED or waits:
        activity.next = now + EVERY


BENEFIT = Kind(
    "benefit",
    BenefitPlan,
    member={"join": apply},
    staff={"approve": approve, "look": look},
    ready=_ready,
    opened=_opened,
    due=_due,
)
