"""What the pages about content share: the kinds of pieces with their words, moments as a form says them, a week."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from huoqun.people import voice
from huoqun.web import word


def kinds() -> list[tuple[str, str, str]]:
    """Each kind with its name and what it is."""
    return [(id, word.of("piece", id), word.of("piece_what", id)) for id in voice.KINDS]


def moment(text: str, zone: str) -> datetime | None:
    """A moment as a form gives it, on the clock of `zone`; None where it is none. An hour that the clock leaves out is
    the one after it."""
    try:
        naive = datetime.fromisoformat(text.strip()[:19])
    except ValueError:
        return None
    if naive.tzinfo is not None or not 2000 < naive.year < 2200:
        return None
    there = naive.replace(tzinfo=ZoneInfo(zone))
    return there.astimezone(ZoneInfo("UTC")).astimezone(ZoneInfo(zone))


def week(text: str, today: date) -> date:
    """The Monday that an address asks for; this week's where it asks for none."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = today
    day = day if 2000 < day.year < 2200 else today
    return day - timedelta(days=day.weekday())
