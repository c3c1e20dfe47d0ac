"""The signs of many groups at once are those that a plain computation gives for each group alone."""

import math
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from huoqun.chat import archive as record
from huoqun.chat.archive import append, archive_in, files
from huoqun.chat.message import SCHEMA, Kind, people_messages
from huoqun.insight import fleet
from huoqun.insight.fleet import SIGNS, anywhere, signs
from huoqun.insight.share import gini, top_share

NOW = datetime(2025, 1, 1, 12)
DAY = timedelta(days=1)


def group(seed: int, n: int) -> pl.DataFrame:
    """Rows of a group: bursts in the same second, bots, events, people who come late, questions."""
    dice = np.random.default_rng(seed)
    start = NOW - timedelta(days=int(dice.integers(20, 400)))
    gaps = dice.choice([0, 0, 5, 300, 4_000, 90_000, 900_000], n, p=[0.2, 0.2, 0.2, 0.2, 0.1, 0.09, 0.01])
    seconds = np.cumsum(gaps * dice.uniform(0.1, 1)).astype(np.int64)
    time = (pl.Series(seconds) * 1_000_000).cast(pl.Duration("us")) + start
    who = (dice.random(n) ** 2 * np.minimum(np.arange(n) // 8 + 2, 40)).astype(int)
    texts = dice.choice(["好的", "去哪里？", "ok", "anyone? ", "来吗", "a? no"], n)
    kinds = dice.choice(["text", "image", "join", "system", "link"], n, p=[0.8, 0.08, 0.05, 0.02, 0.05])
    frame = pl.DataFrame({"time": time, "text": texts, "kind": kinds, "who": who, "bot": dice.random(n) < 0.05})
    frame = frame.filter(pl.col("time") < NOW + 2 * DAY).with_columns(
        key=pl.format("k{}", pl.int_range(pl.len())),
        local=pl.col("time") + timedelta(hours=8),
        order=pl.int_range(pl.len()).over("time").cast(pl.Int32),
        sender=pl.format("p{}", "who"),
        kind=pl.col("kind").cast(Kind),
        mentions=pl.lit([], pl.List(pl.String)),
    )
    frame = frame.with_columns(name="sender")
    blank = [pl.lit(None, t).alias(c) for c, t in SCHEMA.items() if c not in frame.columns]
    return frame.with_columns(blank).select(SCHEMA.names()).cast(SCHEMA)


def alone(rows: pl.DataFrame, now: datetime) -> dict[str, object]:
    """The signs of one group, straight from their definitions, person by person and message by message."""
    said = people_messages(rows).filter(pl.col("time") <= now).sort("time", "order", "key")
    if said.is_empty():
        return {}
    times, who, days = said["time"].to_list(), said["sender"].to_list(), said["local"].dt.date().to_list()
    texts = said["text"].to_list()
    first: dict[str, int] = {}
    for i, person in enumerate(who):
        first.setdefault(person, i)
    follow: list[datetime | None] = [None] * len(who)
    for i in range(len(who) - 2, -1, -1):
        follow[i] = times[i + 1] if who[i + 1] != who[i] else follow[i + 1]
    per_day = {d: days.count(d) for d in set(days)}
    best = max(sum(per_day.get(d - k * DAY, 0) for k in range(7)) for d in per_day) / 7
    recent = [i for i, t in enumerate(times) if t > now - 90 * DAY]
    counts = np.array(list(pl.Series([who[i] for i in recent], dtype=pl.String).value_counts()["count"]), float)
    arrivals = {p: i for p, i in first.items() if times[i] >= times[0] + 30 * DAY}
    today = now.date()
    cohort = {p: days[i] for p, i in arrivals.items() if times[i] > now - 180 * DAY and days[i] + 13 * DAY < today}

    def kept(low: int, high: int) -> list[bool]:
        return [
            any(w == p and low <= (d - arrived).days <= high for w, d in zip(who, days, strict=True))
            for p, arrived in cohort.items()
            if arrived + high * DAY < today
        ]

    def hit(i: int, span: timedelta) -> bool:
        return follow[i] is not None and follow[i] <= times[i] + span

    ten, day = timedelta(minutes=10), timedelta(hours=24)
    asks = [i for i in recent if texts[i].rstrip().endswith(("?", "？", "吗"))]
    asks = [i for i in asks if hit(i, ten) or times[i] <= now - ten]
    new = [i for i in arrivals.values() if times[i] > now - 90 * DAY]
    met = [hit(i, day) for i in new if hit(i, day) or times[i] <= now - day]
    one, four = kept(7, 13), kept(28, 34)

    def share(hits: list[bool]) -> float | None:
        return sum(hits) / len(hits) if hits else None

    week = sum(t > now - 7 * DAY for t in times)
    return {
        "messages": len(who),
        "people": len(first),
        "first": times[0],
        "last": times[-1],
        "pulse_7d": week / 7,
        "pulse_28d": sum(t > now - 28 * DAY for t in times) / 28,
        "pulse_best": best,
        "pulse_of_best": week / 7 / best,
        "speakers_7d": len({w for w, t in zip(who, times, strict=True) if t > now - 7 * DAY}),
        "speakers_90d": len({who[i] for i in recent}),
        "top_fifth": top_share(counts),
        "gini": gini(counts),
        "arrived_1": len(one),
        "retention_1": share(one),
        "arrived_4": len(four),
        "retention_4": share(four),
        "asked": len(asks),
        "answer_rate": share([hit(i, ten) for i in asks]),
        "newcomers": len(new),
        "welcomed": share(met),
    }


@pytest.mark.parametrize("tidy", [False, True], ids=["as appended", "compacted"])
def test_every_group_gets_what_it_would_get_alone(tmp_path: Path, tidy: bool):
    archive = archive_in(tmp_path)
    rows = {f"g{seed:02}": group(seed, 40 * (seed + 1)) for seed in range(25)}
    for name, frame in rows.items():
        append(archive, name, frame[: frame.height // 2])
        append(archive, name, frame[frame.height // 3 :])
    if tidy:
        record.compact(archive)
    table = signs(files(archive), now=NOW)
    assert tuple(table.columns) == SIGNS
    assert table["group"].to_list() == sorted(name for name, frame in rows.items() if alone(frame, NOW))
    for row in table.iter_rows(named=True):
        for sign, value in alone(rows[row["group"]], NOW).items():
            got = row[sign]
            close = math.isclose(got, value) if isinstance(got, float) and value is not None else got == value
            assert close, f"{row['group']}: {sign} is {got}, alone {value}"


def test_groups_taken_a_few_at_a_time_get_the_same_and_so_does_any_engine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    archive = archive_in(tmp_path)
    for seed in range(12):
        append(archive, f"g{seed:02}", group(seed, 60 * (seed + 1)))
    whole = signs(files(archive), now=NOW)
    monkeypatch.setattr(fleet, "SHELF", 300)
    assert_frame_equal(signs(files(archive), now=NOW), whole)
    assert_frame_equal(anywhere(files(archive), now=NOW), whole, check_dtypes=False)
    assert whole["asked"].sum() > 0
    assert whole["newcomers"].sum() > 0


def test_rows_of_one_time_without_an_order_of_their_own_follow_their_keys(tmp_path: Path):
    archive = archive_in(tmp_path)
    for seed in range(12):
        append(archive, f"g{seed:02}", group(seed, 60 * (seed + 1)).with_columns(order=pl.lit(0, pl.Int32)))
    rows = pl.read_parquet(files(archive), hive_partitioning=False)
    assert rows.select("group", "time", "order").is_duplicated().any()
    table = signs(files(archive), now=NOW)
    assert_frame_equal(table, anywhere(files(archive), now=NOW), check_dtypes=False)
    assert table["newcomers"].sum() > 0


def test_no_files_give_no_signs():
    assert signs([], now=NOW).is_empty()
    assert tuple(signs([], now=NOW).columns) == SIGNS
