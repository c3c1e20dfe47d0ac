"""Putting off: an hour, this evening, tomorrow, or a moment of one's own, on the clock of a group."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

HOUR, EVENING, TOMORROW, AT = "hour", "evening", "tomorrow", "at"
EVENINGS = time(20)
"""The golden hour of the evening (handbook chapter 12); after it, that of the next day."""
MORNINGS = time(9)
FURTHEST = timedelta(days=366)


def until(choice: str, told: str, zone: str, *, now: datetime) -> datetime | None:
    """Until when something is put off; None where the form says nothing that can be meant. `told`: the moment of one's
    own as a browser's field says it, on the clock of `zone`."""
    here = now.astimezone(ZoneInfo(zone))
    if choice == HOUR:
        return now + timedelta(hours=1)
    if choice == TOMORROW:
        return datetime.combine(here.date() + timedelta(days=1), MORNINGS, here.tzinfo)
    if choice == EVENING:
        day = here.date() if here.time() < EVENINGS else here.date() + timedelta(days=1)
        return datetime.combine(day, EVENINGS, here.tzinfo)
    try:
        own = datetime.fromisoformat(told).replace(tzinfo=here.tzinfo)
        return own if now < own <= now + FURTHEST else None
    except (ValueError, OverflowError):
        return None
