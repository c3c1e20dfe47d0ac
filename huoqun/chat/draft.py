"""The draft: what a format has read, column by column, before it becomes rows of the schema.

A format fills only the columns it knows. `settle` does for all of them what is easy to forget: times in both clocks,
rows without a time skipped and reported, notices told apart, line ends. Sorting is `chat/rows.py`'s,
keys are `chat/key.py`'s.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

import polars as pl

from huoqun.chat.message import SCHEMA, Chat, Kind, Skipped
from huoqun.chat.notice import classify
from huoqun.chat.placeholder import told_apart
from huoqun.chat.refusal import NotAChat
from huoqun.chat.rows import EARLIEST, LATEST, build, plausible
from huoqun.chat.zone import choose, to_local

MAX_GROUPS = 5000
"""Groups in one file: the archive of a large firm, and not a mangled column."""

_ZONES = {0: "UTC", 330: "Asia/Kolkata", 480: "Asia/Shanghai", 540: "Asia/Tokyo"}
"""The zone an offset (minutes) most likely means, where it is not a whole-hour `Etc` zone."""


_TURNING = (
    "Europe/Berlin", "Europe/London", "Europe/Helsinki", "America/New_York", "America/Chicago", "America/Denver",
    "America/Los_Angeles", "America/Halifax", "America/St_Johns", "America/Santiago", "Australia/Sydney",
    "Australia/Adelaide", "Pacific/Auckland", "Asia/Jerusalem", "Africa/Cairo", "Asia/Beirut", "America/Havana",
)  # fmt: skip
"""A zone for each way of turning the clocks; others with the same hours and days have the same wall times."""
MOST_OFFSETS = 3
"""More than these in one file are those of its authors, not of a clock."""


def settle(draft: pl.DataFrame, *, zone: str) -> tuple[pl.DataFrame, tuple[Skipped, ...]]:
    """Rows of `SCHEMA`, sorted, and the places of those that had no time or a time that cannot be.

    `draft` has `time` (naive UTC) or `local` (naive, on the wall clock of `zone`), `place` (Int64, where skipped rows
    are reported; also the `line` of rows that have none) and any other column of `SCHEMA`, `kind` as a string (null:
    text; `notice`: told apart by its words; unknown: other).
    """
    missing = [c for c in ("kind", "text", "sender", "name", "subject", "key") if c not in draft.columns]
    clock = "time" if "time" in draft.columns else "local"
    fine = plausible(clock)
    skipped = tuple(Skipped(int(p), "bad_time") for p in draft.filter(~fine)["place"].to_list())
    rows = (
        draft.with_columns(pl.lit(None, pl.String).alias(c) for c in missing)
        .filter(fine)
        .with_columns(
            pl.col("kind").cast(pl.String).fill_null("text"),
            _clean("text").fill_null(""),
            *(_clean(c) for c in ("sender", "name", "subject")),
        )
    )
    rows = classify(rows)
    rows = rows.with_columns(
        pl.coalesce("name", "sender").alias("name"),
        pl.col("kind").cast(Kind, strict=False).fill_null("other"),
        pl.coalesce("line", "place").alias("line") if "line" in rows.columns else pl.col("place").alias("line"),
    )
    return build(rows.select(c for c in rows.columns if c in SCHEMA), zone), skipped


def of_names(draft: pl.DataFrame, form: str, network: str, group: str, zone: str | None) -> Chat:
    """The chat of a text export, which has names for identities, no message ids and no zone of its own.

    `draft` is what `settle` takes; `[图片]` and its like are told apart from texts. Own messages signed `我` are noted.
    """
    where, why = choose(zone)
    rows, skipped = settle(told_apart(draft), zone=where)
    return Chat(
        format=form,
        network=network,
        group=group,
        group_id=None,
        zone=where,
        zone_source=why,
        exported_at=None,
        has_ids=False,
        rows=rows,
        skipped=skipped,
        notes=("own_name_unknown",) if "我" in rows["sender"] else (),
    )


def by_group(draft: pl.DataFrame, column: str, name: str) -> list[pl.DataFrame]:
    """The draft of each group of a file, in the order of their first rows. Raises NotAChat where there are too many."""
    parts = draft[column].n_unique()
    if parts > MAX_GROUPS:
        raise NotAChat(name, "too_many_groups", count=parts, most=MAX_GROUPS)
    return draft.partition_by(column, maintain_order=True)


def _clean(column: str) -> pl.Expr:
    text = pl.col(column).cast(pl.String)
    return text.str.replace_all("\r\n", "\n", literal=True).str.replace_all("\r", "\n", literal=True)


def epoch(values: Sequence[object] | pl.Series) -> pl.Series:
    """Epoch numbers (s, ms, µs or ns, told apart by size) as naive UTC; what is no number is null."""
    numbers = pl.Series(values, dtype=pl.Float64, strict=False) if not isinstance(values, pl.Series) else values
    number = pl.col("n")
    size = number.abs()
    scale = pl.when(size < 1e11).then(1e6).when(size < 1e14).then(1e3).when(size < 1e17).then(1.0).otherwise(1e-3)
    micro = (number * scale).round()
    sane = micro.is_finite() & (micro.abs() < 9e15)
    frame = pl.DataFrame({"n": numbers.cast(pl.Float64, strict=False)})
    return frame.select(pl.when(sane).then(micro).cast(pl.Int64).cast(pl.Datetime("us")).alias("time"))["time"]


def offset_zone(minutes: int | None) -> str | None:
    """The zone a constant offset from UTC most likely means; +08:00 is Asia/Shanghai. None where nothing fits."""
    if minutes is None or abs(minutes) > 14 * 60:
        return None
    if minutes in _ZONES:
        return _ZONES[minutes]
    return f"Etc/GMT{-minutes // 60:+d}" if minutes % 60 == 0 else None


def one_offset(time: pl.Series, local: pl.Series) -> str | None:
    """The zone of a file that tells both the moment and its wall clock, of each row; None where nothing fits.

    One offset all the time is a zone without summer time; of several the first of `_TURNING` that turned its clocks on
    the same days.
    """
    both = pl.DataFrame({"time": time.dt.truncate("1s"), "local": local.dt.truncate("1s")}).drop_nulls()
    seconds = (both["local"] - both["time"]).dt.total_seconds().unique()
    if seconds.len() == 1:
        return offset_zone(int(seconds[0]) // 60) if seconds[0] % 60 == 0 else None
    if not 2 <= seconds.len() <= MOST_OFFSETS:
        return None
    return next((zone for zone in _TURNING if to_local(both["time"], zone).equals(both["local"])), None)


def moment(value: object) -> datetime | None:
    """An epoch number as naive UTC; None where it is not one or cannot be."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    time = epoch([value])[0]
    return time if time is not None and EARLIEST <= time <= LATEST else None


def iso(text: str | None) -> datetime | None:
    """An ISO time as naive UTC (a time without offset counts as UTC); None where it is not one."""
    try:
        time = datetime.fromisoformat((text or "").strip())
    except ValueError:
        return None
    return time.astimezone(UTC).replace(tzinfo=None) if time.tzinfo else time
