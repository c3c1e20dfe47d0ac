"""The leave of absence: days that do not count. A member asks for it beforehand, within what the plan allows; staff say
yes or no, and may set one for anybody, also for days gone by."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from huoqun.activities import activity as base
from huoqun.activities import attendance
from huoqun.activities.activity import SETTLED, Activity
from huoqun.activities.challenge_count import way_of
from huoqun.activities.challenge_plan import plan_of
from huoqun.activities.challenge_talk import found
from huoqun.activities.contribution import ACCEPTED, GIVEN, REFUSED, Contribution, contributions, decide, hand_in, mine
from huoqun.activities.kind import Refused, Said
from huoqun.people.account import Account
from huoqun.people.person import Identity

LEAVE = "break"


# -- reads


def asked(activity: Activity) -> QuerySet[Contribution]:
    """The leaves that wait for an answer."""
    return contributions(activity, LEAVE).filter(state=GIVEN)


def span(said: Said) -> tuple[date, date]:
    """`from` and `to` (else the same day). Raises Refused."""
    try:
        start = date.fromisoformat(said.text("from"))
        end = date.fromisoformat(said.text("to") or said.text("from"))
    except ValueError:
        raise Refused("challenge_dates") from None
    if not (2000 < start.year < 2200 and start <= end <= start + timedelta(days=400)):
        raise Refused("challenge_dates")
    return start, end


# -- writes


def ask(
    activity: Activity, who: Identity, said: Said, *, via: str, key: str, at: datetime | None, now: datetime
) -> str:
    """Ask for leave: `from`, `to`, `text` (why). Raises Refused, Closed."""
    with transaction.atomic():
        held = attendance.taking(activity, now, at)
        start, end = span(said)
        way = way_of(held, who, now=now)
        if start < way.course.day(now) or end > way.course.last:
            raise Refused("challenge_leave_days")
        before = mine(held, who.person, LEAVE)
        if before.filter(key=f"{who.pk.hex} {key}").exists():
            return "challenge_leave_asked"
        spans = [row.values for row in before.exclude(state=REFUSED).filter(by=None)]
        had = sum(_length(date.fromisoformat(v["from"]), date.fromisoformat(v["to"])) for v in spans)
        allowed = plan_of(held).break_days
        if had + _length(start, end) > allowed:
            raise Refused("challenge_leave_long", most=max(0, allowed - had))
        values = {"from": str(start), "to": str(end)}
        hand_in(held, who, LEAVE, key=f"{who.pk.hex} {key}", text=said.text("text"), values=values, at=at, now=now)
    return "challenge_leave_asked"


def answer(activity: Activity, said: Said, *, key: str, by: Account | None, now: datetime) -> str:
    """Say yes (`grant`) or no to a leave: `which`. Raises Refused."""
    with transaction.atomic():
        held = _held(activity)
        row = found(held, said, whats=(LEAVE,))
        grant = bool(said.text("grant"))
        if row.state == GIVEN:
            # `by` stays empty: it says that the member asked
            decide(row, ACCEPTED if grant else REFUSED, reason=said.text("reason"), by=None)
            if grant:
                _keep(held, row, by, now)
    return "challenge_leave_granted" if grant else "challenge_leave_denied"


def give(activity: Activity, said: Said, *, key: str, by: Account | None, now: datetime) -> str:
    """Staff set a leave for somebody: `who`, `from`, `to`, `text`. Raises Refused."""
    with transaction.atomic():
        held = _held(activity)
        start, end = span(said)
        who = next((i for i in base.members(held) if str(i.pk) == said.text("who")), None)
        if who is None:
            raise Refused("unknown")
        values = {"from": str(start), "to": str(end)}
        text, its = said.text("text"), f"staff {who.pk.hex} {key}"
        row, new = hand_in(held, who, LEAVE, key=its, text=text, values=values, by=by, now=now)
        if new:
            decide(row, ACCEPTED, by=by)
            _keep(held, row, by, now)
    return "challenge_leave_granted"


def _keep(activity: Activity, row: Contribution, by: Account | None, now: datetime) -> None:
    part = base.row_for(activity, row.identity, now=now)
    spans = [*part.values.get("breaks", ()), [row.values["from"], row.values["to"]]]
    part.values = part.values | {"breaks": spans}
    part.save(update_fields=["values"])
    attendance.tell(activity, row.identity, "leave_given", at=now, key=row.pk.hex, values=row.values, by=by, now=now)


def _held(activity: Activity) -> Activity:
    held = attendance.locked(activity)
    if held.state == SETTLED:
        raise Refused("challenge_settled")
    return held


def _length(start: date, end: date) -> int:
    return (end - start).days + 1
