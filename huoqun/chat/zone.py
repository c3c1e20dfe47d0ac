"""The zone: which clock an export's times were read from, and how wall time becomes UTC and back.

Exports write wall-clock times without a zone far more often than not. The operator's word wins, then the file's,
then Asia/Shanghai.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

DEFAULT = "Asia/Shanghai"

_BACKWARDS = timedelta(minutes=2)
"""How far wall time must step back inside a repeated hour to mean that the clocks were turned, not mere jitter."""


_MANY = 10_000
_DAY = 86_400_000_000
"""A day in microseconds."""


class UnknownZone(ValueError):
    """No such zone in the IANA database."""


def choose(named: str | None, from_file: str | None = None) -> tuple[str, str]:
    """The zone and where it comes from (`named`, `file`, `default`). Raises UnknownZone for a bad `named`.

    A file's zone that does not exist is passed over in silence: it is the file's word, not the operator's.
    """
    if named is not None:
        if not _exists(named):
            raise UnknownZone(f"no such time zone: {named}")
        return named, "named"
    if from_file is not None and _exists(from_file):
        return from_file, "file"
    return DEFAULT, "default"


def _exists(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # not there, not a name, a folder of names
        return False
    return True


def to_local(time: pl.Series, zone: str) -> pl.Series:
    """Naive UTC to the zone's naive wall clock."""
    steady = _by_day(time, lambda times: _local(times, zone))
    return _local(time, zone) if steady is None else steady


def _local(time: pl.Series, zone: str) -> pl.Series:
    return time.dt.replace_time_zone("UTC").dt.convert_time_zone(zone).dt.replace_time_zone(None)


def to_utc(local: pl.Series, zone: str) -> pl.Series:
    """The zone's naive wall clock to naive UTC; rows stand in the order of the file.

    An hour that occurs twice (clocks turned back) is the first until the file's times step backwards in it, then the
    second. A time that never was (clocks turned forward) is read with the offset from before the turn.
    """
    try:
        steady = _by_day(local, lambda times: _utc(times, zone, "raise", "raise"))
        return _utc(local, zone, "raise", "raise") if steady is None else steady
    except pl.exceptions.ComputeError:
        pass  # some times came twice or never
    early = _utc(local, zone, "earliest")
    late = _utc(local, zone, "latest")
    twice = (early != late).fill_null(False)
    if twice.any():
        early = _second_time(local, early, late, twice)
    never = early.is_null() & local.is_not_null()
    if never.any():
        clock = ZoneInfo(zone)
        early = early.scatter(
            never.arg_true(),
            pl.Series([_naive(t, clock) for t in local.filter(never)], dtype=early.dtype),
        )
    return early


def _by_day(times: pl.Series, convert: Callable[[pl.Series], pl.Series]) -> pl.Series | None:
    """The times converted, where there are many and no clock was turned on any of their days; else None.

    A day has one offset where it has the same at both ends, and days are few.
    """
    if times.len() < _MANY or times.null_count():
        return None
    day = times.cast(pl.Datetime("us")).to_physical().to_numpy() // _DAY
    begins = np.flatnonzero(np.diff(day, prepend=day[0] - 1))
    days, which = np.unique(day[begins], return_inverse=True)
    ends = np.concatenate((days, days + 1)) * _DAY
    offsets = convert(pl.Series(ends).cast(pl.Datetime("us"))).to_physical().to_numpy() - ends
    if (offsets[: len(days)] != offsets[len(days) :]).any():
        return None
    shift = np.repeat(offsets[which], np.diff(begins, append=len(day)))
    return (times.cast(pl.Datetime("us")).to_physical() + pl.Series(shift)).cast(pl.Datetime("us"))


def _utc(local: pl.Series, zone: str, which: str, missing: str = "null") -> pl.Series:
    read: Callable[..., pl.Series] = local.dt.replace_time_zone
    return read(zone, ambiguous=which, non_existent=missing).dt.convert_time_zone("UTC").dt.replace_time_zone(None)


def _second_time(local: pl.Series, early: pl.Series, late: pl.Series, twice: pl.Series) -> pl.Series:
    frame = pl.DataFrame({"local": local, "early": early, "late": late, "twice": twice})
    back = pl.col("local") < pl.col("local").cum_max() - _BACKWARDS
    turned = back.cast(pl.Int8).cum_max().over(pl.col("local").dt.date(), pl.col("twice")) == 1
    return frame.select(pl.when(pl.col("twice") & turned).then("late").otherwise("early").alias("early"))["early"]


def _naive(local: datetime, clock: ZoneInfo) -> datetime:
    return local.replace(tzinfo=clock).astimezone(UTC).replace(tzinfo=None)
