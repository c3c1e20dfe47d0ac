"""What staff do in a spotlight: ask somebody in, give the three marks, fix the turns, lead the show.

A week holds one or two shows of a group; one week, once, may be the revival week and hold more. The first show is a
demonstration by a strong member who was asked: it draws the others.
"""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl
from django.db import transaction

from huoqun.activities import attendance, spotlight_sheet
from huoqun.activities.activity import DONE, OPEN, RUNNING, Activity, Closed, members
from huoqun.activities.contribution import Contribution, decide
from huoqun.activities.kind import Refused, Said
from huoqun.activities.spotlight_part import (
    KIND,
    MARKS,
    MOST,
    SPAN,
    Candidate,
    Show,
    SpotlightPlan,
    around,
    candidate,
    candidates,
    host_of,
)
from huoqun.base.clock import naive_utc
from huoqun.chat.message import MESSAGE_KINDS
from huoqun.people import history, mark, outbox
from huoqun.people.account import Account

APART = timedelta(hours=2)
"""Two shows in one group begin at least so long after one another; a default."""
LATEST = timedelta(hours=3)
"""Words that should have been said longer ago than this are not put into the outbox any more."""
SAID = (spotlight_sheet.WARM, spotlight_sheet.WAKE, spotlight_sheet.CONTACTS)
"""Steps whose words are for the group, and go into its outbox by themselves."""

# -- who


def invite(activity: Activity, said: Said, *, key: str, by: Account | None, now: datetime) -> str:
    """Ask a member in: `who`, an id of an account; `headline`. Raises Refused, Closed."""
    with transaction.atomic():
        held = attendance.locked(activity)
        if held.state not in {OPEN, RUNNING} or held.removed is not None:
            raise Closed
        who = members(held).filter(pk=said.key("who")).first()
        if who is None:
            raise Refused("spotlight_nobody")
        row = attendance.row_of(held, who.person)
        if row is not None and row.state == DONE:
            raise Refused("spotlight_had")
        part = attendance.sign_up(held, who, note=row.note if row else "", via="staff", now=now)
        one = Candidate(part)
        if headline := said.text("headline"):
            one.keep(now, card=one.card.model_copy(update={"headline": headline[:120]}))
        attendance.tell(held, who, "invite", at=now, key=part.pk.hex, by=by, now=now)
    return "spotlight_invited"


def give_marks(activity: Activity, said: Said, *, key: str, by: Account | None, now: datetime) -> str:
    """The three marks of a candidate: `of`, and `dares`, `able`, `social`, each 0 to 2. Raises Refused."""
    with transaction.atomic():
        one = candidate(attendance.locked(activity), said.text("of"))
        marks = {name: said.number(name) for name in MARKS}
        if any(value > MOST for value in marks.values()):
            raise Refused("number", field="mark")
        one.keep(now, marks=marks)
    return "spotlight_marked"


# -- when


def schedule(activity: Activity, said: Said, *, key: str, by: Account | None, now: datetime) -> str:
    """Fix somebody's turn: `of`, `at` on the workspace's clock, `demo`, `revival`. Raises Refused, Closed."""
    with transaction.atomic():
        held = attendance.locked(activity)
        if held.state not in {OPEN, RUNNING}:
            raise Closed
        one = candidate(held, said.text("of"))
        old = one.show
        if one.over or (old and old.began):
            raise Refused("spotlight_had")
        show = Show(at=_moment(held, said.text("at")), host=old.host if old else host_of(by), fixed=now)
        show.demo, show.revival = bool(said.text("demo")), bool(said.text("revival"))
        if show.at <= now:
            raise Refused("spotlight_past")
        if held.closes is not None and show.at >= held.closes:
            raise Refused("spotlight_after_close")
        if len(one.marks) < len(MARKS) and not show.demo:
            raise Refused("spotlight_unmarked")
        _fits(held, one, show)
        one.keep(now, show=show)
        attendance.tell(held, one.who, "chosen", at=now, key=f"{one.row.pk.hex} {show.at.isoformat()}", by=by, now=now)
        _plan_next(held, now)
        held.save(update_fields=["next"])
    return "spotlight_scheduled"


def unschedule(activity: Activity, said: Said, *, key: str, by: Account | None, now: datetime) -> str:
    """Take somebody's turn back, before it has begun. Raises Refused."""
    with transaction.atomic():
        held = attendance.locked(activity)
        one = candidate(held, said.text("of"))
        if one.show is not None and one.show.began:
            raise Refused("spotlight_had")
        one.keep(now, show=None)
        _plan_next(held, now)
        held.save(update_fields=["next"])
    return "spotlight_unscheduled"


def week_of(moment: datetime, zone: str) -> date:
    """The Monday of the week a moment lies in."""
    day = moment.astimezone(ZoneInfo(zone)).date()
    return day - timedelta(days=day.weekday())


def _fits(held: Activity, one: Candidate, show: Show) -> None:
    """Whether the turn keeps the rules. Raises Refused."""
    plan = SpotlightPlan.model_validate(held.plan)
    others = [(c, s) for c in around(held) if c.row.pk != one.row.pk and (s := c.show)]
    if any(abs(s.at - show.at) < APART for _c, s in others):
        raise Refused("spotlight_clash")
    zone = held.workspace.zone
    week = week_of(show.at, zone)
    same = [s for _c, s in others if week_of(s.at, zone) == week]
    if show.revival and any(s.revival and week_of(s.at, zone) != week for _c, s in others):
        raise Refused("spotlight_revival_used")
    revival = show.revival or any(s.revival for s in same)
    most = plan.revival if revival else plan.a_week
    if len(same) >= most:
        raise Refused("spotlight_week_full", most=most)
    if plan.demonstration:
        ours = [s for c, s in others if c.row.activity_id == held.pk]
        first = min([*ours, show], key=lambda s: s.at)
        if not first.demo:
            raise Refused("spotlight_demo_first")


# -- the show itself


def begin(activity: Activity, said: Said, *, key: str, by: Account | None, now: datetime) -> str:
    """The show begins: from now on the sheet runs by this moment. Asked again it changes nothing. Raises Refused."""
    with transaction.atomic():
        one, show = _turn(activity, said)
        if show.began is None:
            show.began, show.host = now, host_of(by) or show.host
            one.keep(now, show=show)
    return "spotlight_begun"


def tick(activity: Activity, said: Said, *, key: str, by: Account | None, now: datetime) -> str:
    """A step of the sheet is done: `of`, `step`; `undo` takes it back. Raises Refused."""
    with transaction.atomic():
        one, show = _turn(activity, said)
        step = said.text("step")
        if step not in spotlight_sheet.minutes(one):
            raise Refused("unknown")
        if said.text("undo"):
            show.ticks.pop(step, None)
        else:
            show.ticks.setdefault(step, now)
            if step == spotlight_sheet.INTRODUCE and show.began is None:
                show.began, show.host = now, host_of(by) or show.host
        one.keep(now, show=show)
    return "spotlight_ticked"


def finish(activity: Activity, said: Said, *, key: str, by: Account | None, now: datetime) -> str:
    """The show is over: they have had their turn, and the pulse of their group bears a mark. Raises Refused."""
    with transaction.atomic():
        one, show = _turn(activity, said)
        if show.began is None:
            raise Refused("spotlight_not_begun")
        if show.ended is None:
            show.ended = now
            one.keep(now, show=show)
            attendance.arrive(activity, one.who, via="staff", at=show.began, by=by, now=now)
            held = attendance.locked(activity)
            _plan_next(held, now)
            held.save(update_fields=["next"])
            title = f"{held.title}: {one.card.headline or one.who.name}"[: mark.LONGEST_TITLE]
            ends = max(min(now, show.began + SPAN), show.began + timedelta(minutes=1))
            mark.add(one.who.group, title=title, start=show.began, end=ends, by_owner=False, by=by, now=now)
    return "spotlight_ended"


def measure(activity: Activity, said: Said, *, key: str, by: Account | None, now: datetime) -> str:
    """Count in the archive what was said from the beginning until `SPAN` later. Raises Refused."""
    with transaction.atomic():
        one, show = _turn(activity, said)
        if show.began is None:
            raise Refused("spotlight_not_begun")
        rows = history.rows_of(one.who.group, naive_utc(show.began))
        until = naive_utc(show.began + SPAN)
        there = rows.filter((pl.col("time") < until) & (pl.col("kind").to_physical() < len(MESSAGE_KINDS)))
        if not rows.filter(pl.col("time") >= until).height and not there.height:
            raise Refused("spotlight_no_history")
        show.messages, show.speakers = there.height, there["sender"].drop_nulls().n_unique()
        one.keep(now, show=show)
    return "spotlight_measured"


def answered(activity: Activity, said: Said, *, key: str, by: Account | None, now: datetime) -> str:
    """A question was answered, or is put aside (`state`: accepted, refused, given). Raises Refused."""
    row = Contribution.objects.filter(activity=activity, what="question", pk=said.key("question")).first()
    state = said.text("state") or "accepted"
    if row is None or state not in {"accepted", "refused", "given"}:
        raise Refused("unknown")
    decide(row, state, by=by)
    return "spotlight_answered"


# -- of itself


def fall_due(activity: Activity, now: datetime) -> None:
    """Put into the outbox what is to be said before and after the shows, each once."""
    if activity.state not in {OPEN, RUNNING}:
        return
    for one in candidates(activity):
        show = one.show
        if show is None:
            continue
        for step in SAID:
            wanted = spotlight_sheet.due(one, show, step) if step in spotlight_sheet.minutes(one) else None
            if wanted is None or not wanted <= now < wanted + LATEST or _idle(step, show):
                continue
            text = spotlight_sheet.words(one, step)
            key = f"{one.row.pk.hex} {step} {show.at:%Y%m%d%H%M}"
            outbox.say(one.who.group, text, what=f"{KIND}.{step}", key=key, source=activity.source, now=now)
    _plan_next(activity, now)


def _idle(step: str, show: Show) -> bool:
    """Whether a step's words would be out of place: before a show that has begun, after one that was not held."""
    return (show.ended is None) if step == spotlight_sheet.CONTACTS else show.began is not None


def _plan_next(activity: Activity, now: datetime) -> None:
    moments = []
    for one in candidates(activity):
        show = one.show
        if show is not None:
            steps = [s for s in SAID if s in spotlight_sheet.minutes(one) and not _idle(s, show)]
            moments += [due for s in steps if (due := spotlight_sheet.due(one, show, s)) > now]
    activity.next = min(moments, default=None)


# -- shared


def _turn(activity: Activity, said: Said) -> tuple[Candidate, Show]:
    """The candidate that `of` names, held, with their turn. Raises Refused."""
    one = candidate(attendance.locked(activity), said.text("of"))
    show = one.show
    if show is None:
        raise Refused("spotlight_no_turn")
    return one, show


def _moment(activity: Activity, text: str) -> datetime:
    try:
        naive = datetime.fromisoformat(text)
        moment = naive if naive.tzinfo else naive.replace(tzinfo=ZoneInfo(activity.workspace.zone))
        return moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Refused("spotlight_when") from error
