"""The challenge on its pages: the calendar of days, what others handed in, the board, what staff decide."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from huoqun.activities import challenge_count as count
from huoqun.activities import challenge_dispute, challenge_leave, streak
from huoqun.activities.activity import Activity, Participation
from huoqun.activities.challenge_count import COMMENT, LIKE, STAFF_WORD
from huoqun.activities.challenge_plan import ChallengePlan, plan_of
from huoqun.activities.check_in import CHECK_IN, MADE_UP
from huoqun.activities.contribution import REFUSED, Contribution, contributions
from huoqun.people.person import Identity, ones, root_of

SHOWN, LISTED, NEWEST, TOLD = 12, 50, 20, 6
"""Check-ins of others on a member's page, lines of the board and check-ins for staff, words under one check-in."""
ZONES = (
    "Asia/Shanghai", "Asia/Hong_Kong", "Asia/Taipei", "Asia/Singapore", "Asia/Tokyo", "Asia/Seoul", "Asia/Bangkok",
    "Asia/Kolkata", "Asia/Dubai", "Europe/Moscow", "Europe/Berlin", "Europe/Paris", "Europe/London",
    "America/Sao_Paulo", "America/New_York", "America/Toronto", "America/Chicago", "America/Denver",
    "America/Los_Angeles", "America/Vancouver", "Pacific/Honolulu",
    "Australia/Perth", "Australia/Sydney", "Pacific/Auckland",
)  # fmt: skip
"""Clocks that a member is offered; any other can be typed."""
SIGNS = {
    streak.CHECKED: "✓",
    streak.MADE_UP: "+",
    streak.BREAK: "~",
    streak.VOID: "~",
    streak.BEFORE: "·",
    streak.MISSED: "×",
    streak.OPEN: "",
    streak.AHEAD: "",
}


def staff(activity: Activity, now: datetime) -> dict[str, Any]:
    """Today in numbers, the board, the newest check-ins, objections and leaves that wait."""
    groups = list(activity.groups.filter(removed=None))
    rows = contributions(activity, CHECK_IN).select_related("identity__group", "person__root", "picture")[:NEWEST]
    return {
        "today": sum(count.checked_today(activity, group, now=now).count() for group in groups),
        "part_count": len(count.taking_part(activity)),
        "board": count.board(activity, most=LISTED, now=now),
        "check_ins": _with_words(rows),
        "objections": challenge_dispute.open_objections(activity),
        "leaves": challenge_leave.asked(activity),
        "those": sorted(count.taking_part(activity).values(), key=lambda who: who.name)[:500],
    }


def member(activity: Activity, who: Identity, mine: Participation | None, now: datetime) -> dict[str, Any]:
    """A member's calendar, what they may do now, and today in their group."""
    plan, way = plan_of(activity), count.way_of(activity, who, now=now)
    today, root = way.course.day(now), root_of(who.person).pk
    others = count.checked_today(activity, who.group, now=now)
    ahead = [day for day, state in way.standing.days if state in {streak.OPEN, streak.AHEAD}]
    taken = {*way.known.checked, *way.known.made_up}
    return {
        "way": way.standing,
        "days": _cells(way, today),
        "number": (min(today, way.course.last) - way.course.first).days + 1,
        "next_day": streak.counts_for(way.course, now, way.known.days.keys(), way.known.breaks),
        "today_done": today in taken,
        "today": today,
        "ends": f"{way.course.end(today).astimezone(ZoneInfo(way.course.zone(today))):%m-%d %H:%M}",
        "clock": way.course.zone(today),
        "next_clock": way.course.zone(way.course.last),
        "needed": count.needed_days(activity, way.standing),
        "late": way.late,
        "late_free": way.standing.count(streak.BEFORE),
        "reachable": count.within_reach(activity, way),
        "makeup_left": count.made_up_left(activity, way),
        "makeup_days": count.may_make_up(activity, way, now=now),
        "ahead": ahead,
        "counters": count.counters(activity, [root])[root],
        "others": _with_words(others.exclude(person__in=ones(who.person))[:SHOWN], who),
        "others_count": others.count(),
        "mine_said": _mine(activity, who),
        "board": _near(count.board(activity, most=10, now=now, group=who.group), root),
        "leaves": contributions(activity, challenge_leave.LEAVE).filter(person__in=ones(who.person)),
        "zones": ZONES if plan.zone == "zone_member" else (),
        "share": _share(activity, plan, way, mine),
    }


def _cells(way: count.Way, today: date) -> list[dict[str, Any]]:
    words = {
        streak.CHECKED: _("checked in"),
        streak.MADE_UP: _("caught up"),
        streak.BREAK: _("on leave"),
        streak.VOID: _("does not count"),
        streak.BEFORE: _("before you joined, does not count"),
        streak.MISSED: _("missed"),
        streak.OPEN: _("open"),
        streak.AHEAD: _("to come"),
    }
    return [
        {"day": day, "number": n, "state": state, "sign": SIGNS[state], "word": words[state], "today": day == today}
        for n, (day, state) in enumerate(way.standing.days, start=1)
    ]


def _with_words(rows: Any, who: Identity | None = None) -> list[dict[str, Any]]:
    """Check-ins with what was said of them, read together."""
    found = list(rows)
    said: dict[Any, dict[str, list[Contribution]]] = {row.pk: {LIKE: [], COMMENT: [], STAFF_WORD: []} for row in found}
    words = Contribution.objects.filter(on__in=list(said), what__in=(LIKE, COMMENT, STAFF_WORD), state="given")
    for word in words.select_related("identity").order_by("at", "pk"):
        said[word.on_id][word.what].append(word)
    return [
        {
            "row": row,
            "likes": len(said[row.pk][LIKE]),
            "liked": who is not None and any(w.person_id == who.person_id for w in said[row.pk][LIKE]),
            "comments": said[row.pk][COMMENT][-TOLD:],
            "staff": said[row.pk][STAFF_WORD][-TOLD:],
        }
        for row in found
    ]


def _mine(activity: Activity, who: Identity) -> list[dict[str, Any]]:
    """One's own check-ins that somebody said something of, or that were refused, with the objection."""
    rows = Contribution.objects.filter(activity=activity, what__in=(CHECK_IN, MADE_UP), person__in=ones(who.person))
    told = _with_words(rows.select_related("picture").order_by("-day")[:60])
    refused = [one["row"].pk for one in told if one["row"].state == REFUSED]
    objections = Contribution.objects.filter(what=challenge_dispute.OBJECTION, on__in=refused)
    by_row = {row.on_id: row for row in objections}
    for one in told:
        one["refused"] = one["row"].state == REFUSED
        one["objection"] = by_row.get(one["row"].pk)
    return [one for one in told if one["refused"] or one["comments"] or one["staff"]][:TOLD]


def _near(rows: list[count.Row], root: Any) -> list[tuple[count.Row, bool]]:
    return [(row, root_of(row.who.person).pk == root) for row in rows]


def _share(activity: Activity, plan: ChallengePlan, way: count.Way, mine: Participation | None) -> str:
    """Words to share, with the member's own code; empty before their first day."""
    if mine is None or not way.standing.done:
        return ""
    words = {
        "title": activity.title,
        "done": way.standing.done,
        "all": plan.days,
        "streak": way.standing.streak,
        "code": count.code_of(mine),
    }
    return _("“%(title)s”: %(done)s of %(all)s days done, %(streak)s in a row. Come along! My code: %(code)s") % words
