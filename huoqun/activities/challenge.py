"""The challenge (打卡): something is done every day for N days.

For the operator: the plan says when a day ends and on whose clock, how long the grace is, what proves a check-in, how
many days may be made up, what each day and having finished gives. The group is reminded once a day of who is wanting.
Staff can refuse a check-in and must hear the objection before the challenge is settled.
"""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from huoqun.activities import activity as base
from huoqun.activities import (
    attendance,
    challenge_count,
    challenge_dispute,
    challenge_leave,
    challenge_talk,
    reward,
    streak,
)
from huoqun.activities.activity import Activity, Participation
from huoqun.activities.challenge_count import taking_part, wanting, way_of, ways
from huoqun.activities.challenge_plan import ChallengePlan, course_of, is_zone, last_end, plan_of, proved
from huoqun.activities.check_in import MADE_UP, CheckIn, check_in_all
from huoqun.activities.contribution import REFUSED, hand_in, mine
from huoqun.activities.kind import Finished, Kind, Refused, Said
from huoqun.activities.streak import Course
from huoqun.people import outbox
from huoqun.people.code import as_bearer
from huoqun.people.group import Group
from huoqun.people.person import Identity, root_of

MOST_NAMES = 40
"""Names in one reminder."""
_STEP = timedelta(minutes=30)


# -- what members do


def check_in(
    activity: Activity, who: Identity, said: Said, *, via: str, key: str, at: datetime | None, now: datetime
) -> str:
    """Check in for the day that runs: `text`, `link`, a picture. Raises Refused, Closed."""
    (answer,) = check_in_all(activity, [CheckIn(as_bearer(who), said, via, at or now)], now=now)
    if isinstance(answer, Exception):
        raise answer
    return answer


def spoken(activity: Activity, words: str) -> tuple[str, Said]:
    """A check-in in the chat: the words behind it, and the link among them."""
    link = next((part for part in words.split() if part.startswith(("http://", "https://"))), "")
    return "check_in", Said({"text": [words], "link": [link]})


def make_up(
    activity: Activity, who: Identity, said: Said, *, via: str, key: str, at: datetime | None, now: datetime
) -> str:
    """Make up a missed day: `day`, and the proof. It counts, and pays no points. Raises Refused, Closed."""
    with transaction.atomic():
        held = attendance.taking(activity, now, at)
        plan, way = plan_of(held), way_of(held, who, now=now)
        try:
            day = date.fromisoformat(said.text("day"))
        except ValueError:
            raise Refused("challenge_dates") from None
        if day in way.known.made_up:
            return "challenge_made_up"
        if challenge_count.made_up_left(held, way) <= 0:
            raise Refused("challenge_no_makeups")
        if day not in challenge_count.may_make_up(held, way, now=now):
            raise Refused("challenge_makeup_day", back=plan.makeup_back)
        if mine(held, who.person, MADE_UP).filter(day=day, state=REFUSED).exists():
            raise Refused("challenge_refused_today")
        values, text = proved(plan, said), said.text("text")
        its = f"{who.person_id.hex} {day}"
        hand_in(held, who, MADE_UP, key=its, text=text, values=values, picture=said.picture, day=day, at=at, now=now)
        attendance.arrive(held, who, via=via, at=at, now=now)
    return "challenge_made_up"


def set_zone(
    activity: Activity, who: Identity, said: Said, *, via: str, key: str, at: datetime | None, now: datetime
) -> str:
    """The member's own clock: `zone`. The day that runs still ends by the old one. Raises Refused, Closed."""
    zone = said.text("zone")[:60]
    if not is_zone(zone):
        raise Refused("challenge_zone")
    with transaction.atomic():
        held = attendance.taking(activity, now, at)
        if plan_of(held).zone != "zone_member":
            raise Refused("challenge_zone_group")
        way = way_of(held, who, now=now)
        zones = streak.with_zone(way.course, zone, now, fresh=not way.known.days)
        part = base.row_for(held, who, now=now)
        part.values = part.values | {"zones": [[str(day), name] for day, name in zones]}
        part.save(update_fields=["values"])
    return "challenge_zone_set"


def brought(
    activity: Activity, who: Identity, said: Said, *, via: str, key: str, at: datetime | None, now: datetime
) -> str:
    """Say by whose `code` one came, once. Raises Refused."""
    with transaction.atomic():
        held = attendance.locked(activity)
        other = challenge_count.brought_by(held, said.text("code")[:40])
        if other is None or root_of(other.person).pk == root_of(who.person).pk:
            raise Refused("challenge_code")
        part = base.row_for(held, who, now=now)
        if "brought_by" not in part.values:
            part.values = part.values | {"brought_by": str(other.person_id)}
            part.save(update_fields=["values"])
            evidence = {"with": [str(other.person_id)]}
            attendance.tell(held, who, "brought", at=at or now, key="brought", evidence=evidence, now=now)
    return "challenge_brought"


# -- what it does of itself


def _opened(activity: Activity, now: datetime) -> None:
    end = last_end(activity, plan_of(activity))
    if activity.closes is None:
        activity.closes = end
    elif activity.closes < end:
        raise Refused("challenge_closes")
    activity.next = _next(activity, now)


def _due(activity: Activity, now: datetime) -> None:
    """Remind each group whose reminder is due of who is wanting, in one message."""
    if not activity.takes(now):
        return
    plan = plan_of(activity)
    for group in activity.groups.filter(removed=None):
        course = course_of(activity, plan, group.zone, ())
        day = course.day(now)
        if day <= course.last and _remind_at(course, plan, group, day) <= now:
            _remind(activity, group, day, now)
    activity.next = _next(activity, now)


def _remind(activity: Activity, group: Group, day: date, now: datetime) -> None:
    those = wanting(activity, group, now=now)
    if not those:
        return
    with translation.override(activity.workspace.language):
        names = _(", ").join(who.name for who in those[:MOST_NAMES])
        if len(those) > MOST_NAMES:
            names = _("%(names)s and %(n)s more") % {"names": names, "n": len(those) - MOST_NAMES}
        text = _("“%(title)s”: %(n)s still to check in today until %(cutoff)s: %(names)s. %(link)s") % {
            "title": activity.title,
            "n": len(those),
            "cutoff": plan_of(activity).cutoff,
            "names": names,
            "link": outbox.LINK,
        }
    key = f"{activity.pk.hex} wanting {day}"
    outbox.say(group, text, what="challenge.remind", key=key, source=activity.source, now=now)


def _remind_at(course: Course, plan: ChallengePlan, group: Group, day: date) -> datetime:
    """When a group is reminded: so many minutes before the cut-off, earlier where that is in its quiet hours."""
    moment = course.end(day) - timedelta(minutes=plan.remind)
    while outbox.not_quiet(moment, group.zone) > moment:
        moment -= _STEP
    return moment


def _next(activity: Activity, now: datetime) -> datetime | None:
    """When the next reminder of any group is due."""
    plan = plan_of(activity)
    if not plan.remind:
        return None
    found = []
    for group in activity.groups.filter(removed=None):
        course = course_of(activity, plan, group.zone, ())
        day = course.day(now)
        while day <= course.last and (moment := _remind_at(course, plan, group, day)) <= now:
            day += timedelta(days=1)
        if day <= course.last:
            found.append(moment)
    return min(found, default=None)


def _settled(activity: Activity, now: datetime) -> None:
    """Who finished gets the bonus; the groups hear how many did. Raises Refused while an objection is open."""
    if challenge_dispute.open_objections(activity).exists():
        raise Refused("challenge_objections")
    plan = plan_of(activity)
    finished: dict[str, list[Identity]] = {}
    roots = set()
    there = taking_part(activity)
    for root, who, way in ways(activity, there, now=now):
        if way.standing.finished(plan.needed):
            finished.setdefault(str(who.group_id), []).append(who)
            roots.add(root)
    won = [who for those in finished.values() for who in those]
    if plan.bonus:
        bonus = [(who, plan.bonus) for who in won]
        reward.pay_all(activity, bonus, "finish", key="", note=activity.title, now=now)
    parts = list(Participation.objects.filter(activity=activity, identity__in=[who.pk for who in won]))
    for part in parts:
        part.values = part.values | {"finished": True}
    Participation.objects.bulk_update(parts, ["values"], batch_size=500)
    activity.state_of_play = activity.state_of_play | {"finished": len(won), "took_part": len(there)}
    _tell_result(activity, finished, plan, now)


def _tell_result(activity: Activity, finished: dict[str, list[Identity]], plan: ChallengePlan, now: datetime) -> None:
    for group in activity.groups.filter(removed=None):
        those = sorted(finished.get(str(group.pk), []), key=lambda who: who.name)
        with translation.override(activity.workspace.language):
            text = _("“%(title)s” is settled: %(n)s finished.") % {"title": activity.title, "n": len(those)}
            if those:
                names = _(", ").join(who.name for who in those[:MOST_NAMES])
                text += " " + names + (" …" if len(those) > MOST_NAMES else "")
            if plan.reward and those:
                text += " " + _("They get: %(reward)s.") % {"reward": plan.reward}
        key = f"{activity.pk.hex} settle"
        outbox.say(group, text, what="challenge.settle", key=key, source=activity.source, now=now)


def _finished(activity: Activity, part: Participation, now: datetime) -> Finished | None:
    """The days they did, of all; known once it is settled."""
    if activity.state != base.SETTLED or not part.values.get("finished"):
        return None
    way = way_of(activity, part.identity, now=now)
    last_moment = way.course.end(way.course.last) - timedelta(microseconds=1)
    return Finished(way.standing.done, plan_of(activity).days, last_moment)


CHALLENGE = Kind(
    "challenge",
    ChallengePlan,
    member={
        "check_in": check_in,
        "make_up": make_up,
        "zone": set_zone,
        "like": challenge_talk.like,
        "unlike": challenge_talk.unlike,
        "comment": challenge_talk.comment,
        "object": challenge_dispute.object_to,
        "brought": brought,
        "leave_of_absence": challenge_leave.ask,
    },
    staff={
        "pick": challenge_talk.pick,
        "say": challenge_talk.say,
        "refuse": challenge_dispute.refuse,
        "judge": challenge_dispute.judge,
        "answer_leave": challenge_leave.answer,
        "give_leave": challenge_leave.give,
    },
    chat={"check_in": spoken},
    signs_up=False,
    opened=_opened,
    due=_due,
    settled=_settled,
    finished=_finished,
)
