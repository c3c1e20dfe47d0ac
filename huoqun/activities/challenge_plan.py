"""The plan of a challenge: how many days, when a day ends and on whose clock, what proves it, what it gives."""

import re
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator

from huoqun.activities import streak
from huoqun.activities.activity import Activity
from huoqun.activities.kind import Plan, Refused, Said
from huoqun.activities.streak import Course

FROM_JOINING = "late_joining"
LAST_ZONE = "Etc/GMT+12"
"""Where every day ends last."""
LONGEST_LINK = 500
_TIME = re.compile(r"([01]?\d|2[0-3])[:：]([0-5]\d)")


class ChallengePlan(Plan):
    """What is done every day."""

    days: int = Field(default=21, ge=1, le=400)
    cutoff: str = "00:00"
    """When a day ends, `HH:MM`; before noon it is the morning after: 00:00 is midnight, 04:00 suits night owls."""
    zone: Literal["zone_group", "zone_member"] = "zone_group"
    """On whose clock."""
    grace: int = Field(default=0, ge=0, le=360)
    """Minutes after the cut-off in which a check-in still counts."""
    proof: Literal["proof_none", "proof_text", "proof_picture", "proof_link"] = "proof_none"
    makeups: int = Field(default=0, ge=0, le=400)
    """Days that a member may make up."""
    makeup_back: int = Field(default=3, ge=1, le=400)
    """How many days back."""
    late: Literal["late_missed", "late_joining"] = "late_missed"
    """Who joins late: the days before are missed, and may be made up within `makeups` however long ago they are; or
    their days count from joining."""
    break_days: int = Field(default=0, ge=0, le=400)
    """Days of leave that a member may ask for; staff may give more."""
    day_points: int = Field(default=0, ge=0, le=1000)
    """Points for each check-in, at once; none for days made up."""
    needed: int = Field(default=0, ge=0, le=400)
    """Days to have finished; 0: every day that counts."""
    bonus: int = Field(default=0, ge=0, le=100_000)
    """Points for having finished, at settlement."""
    reward: str = Field(default="", max_length=120)
    """The real reward for having finished: five books."""
    remind: int = Field(default=0, ge=0, le=720)
    """Minutes before the cut-off in which the group is reminded of who is wanting; 0: never."""

    @field_validator("cutoff")
    @classmethod
    def _clock(cls, text: str) -> str:
        found = _TIME.fullmatch(text.strip())
        if found is None:
            raise ValueError("HH:MM")
        return f"{int(found[1]):02}:{found[2]}"

    @property
    def ends(self) -> time:
        """The cut-off on the clock."""
        return time.fromisoformat(self.cutoff)


def plan_of(activity: Activity) -> ChallengePlan:
    """The plan of a challenge."""
    return ChallengePlan.model_validate(activity.plan)


def begins(activity: Activity) -> datetime:
    """The moment from which check-ins count. A challenge that was never opened has none; it begins when it was made."""
    return max(moment for moment in (activity.starts, activity.opened or activity.created) if moment is not None)


def course_of(activity: Activity, plan: ChallengePlan, group_zone: str, values: Iterable[dict[str, Any]]) -> Course:
    """The way of one human through a challenge; `values` are those of their participations."""
    since = begins(activity)
    zones: tuple[tuple[date, str], ...] = ((date.min, group_zone),)
    if plan.zone == "zone_member":
        chosen = [v["zones"] for v in values if v.get("zones")]
        zones = tuple((date.fromisoformat(day), name) for day, name in chosen[-1]) if chosen else zones
    first = streak.first_day(since, plan.ends, group_zone)
    return Course(since, first, plan.days, plan.ends, timedelta(minutes=plan.grace), zones)


def last_end(activity: Activity, plan: ChallengePlan) -> datetime:
    """When the last day of the last member is over, with its grace."""
    zones = list(activity.groups.values_list("zone", flat=True)) or ["UTC"]
    courses = [course_of(activity, plan, zone, ()) for zone in zones]
    ends = [course.end(course.last) for course in courses]
    if plan.zone == "zone_member":
        last = max(course.last for course in courses)
        there = Course(begins(activity), last, 1, plan.ends, timedelta(0), ((date.min, LAST_ZONE),))
        ends.append(there.end(last))
    return max(ends) + timedelta(minutes=plan.grace)


def proved(plan: ChallengePlan, said: Said) -> dict[str, Any]:
    """What a check-in brings beside its text and picture, once its proof is there. Raises Refused."""
    link = said.text("link")[:LONGEST_LINK]
    if link and not _is_link(link):
        raise Refused("challenge_link")
    missing = {
        "proof_text": not said.text("text"),
        "proof_picture": said.picture is None,
        "proof_link": not link,
    }
    if missing.get(plan.proof):
        raise Refused(f"challenge_{plan.proof}")
    return {"link": link} if link else {}


def is_zone(name: str) -> bool:
    """Whether there is such a clock."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def _is_link(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and not any(c.isspace() for c in text)
