"""The clock: the only place that reads it. Everything else is given `now`."""

import time
from datetime import UTC, datetime


def now() -> datetime:
    """The present moment, aware, UTC."""
    return datetime.now(UTC)


def naive_utc(moment: datetime) -> datetime:
    """The same moment as naive UTC, as CHAT and INSIGHT keep times. Raises ValueError for a naive argument."""
    if moment.tzinfo is None:
        raise ValueError("naive moment: its zone is unknown")
    return moment.astimezone(UTC).replace(tzinfo=None)


def milliseconds() -> int:
    """Since 1970, by which ids are put in order."""
    return time.time_ns() // 1_000_000
