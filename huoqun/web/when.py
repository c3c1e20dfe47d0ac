"""When: moments of a diagnosis on the group's wall clock, as the page writes them."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def zone_of(name: str) -> ZoneInfo:
    """The zone of a diagnosis; UTC where its name is not one (a document from elsewhere)."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")


def local(moment: datetime, zone: ZoneInfo) -> datetime:
    """A naive UTC moment on the group's wall clock; clamped where the calendar ends."""
    try:
        return moment.replace(tzinfo=UTC).astimezone(zone)
    except (OverflowError, ValueError):
        return moment.replace(tzinfo=UTC)


def day_text(moment: datetime | date, zone: ZoneInfo) -> str:
    """`2026-03-01`."""
    return (local(moment, zone) if isinstance(moment, datetime) else moment).strftime("%Y-%m-%d")


def minute_text(moment: datetime, zone: ZoneInfo) -> str:
    """`2026-03-01 20:10`."""
    return local(moment, zone).strftime("%Y-%m-%d %H:%M")


def span(day: date, other: date) -> str:
    """Two days as a range, the year said once where it is the same."""
    if day.year == other.year:
        return f"{day:%Y-%m-%d} – {other:%m-%d}"
    return f"{day:%Y-%m-%d} – {other:%Y-%m-%d}"
