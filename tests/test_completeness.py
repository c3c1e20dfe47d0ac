"""Exporters say "done" with half of the messages missing: an operator is told how far the history can be trusted."""

import os
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from huoqun.chat.completeness import completeness
from huoqun.chat.hole import holes
from huoqun.chat.message import Chat, Skipped
from huoqun.chat.rows import build

START = datetime(2024, 1, 1)
HERE = os.environ.get("HUOQUN_DATA")


def chat(times: list[datetime], sequence: list[int] | None = None, *, network: str = "other", **more: object) -> Chat:
    columns: dict[str, object] = {"time": pl.Series(times, dtype=pl.Datetime("us")), "sender": ["a"] * len(times)}
    if sequence is not None:
        columns["sequence"] = sequence
        columns["key"] = [str(s) for s in sequence]
    frame = build(pl.DataFrame(columns), "UTC")
    return replace(Chat("x", network, "g", None, "UTC", "named", None, sequence is not None, frame), **more)  # type: ignore[arg-type]


def hourly(count: int) -> list[datetime]:
    return [START + timedelta(hours=n) for n in range(count)]


def kinds(told: Chat) -> list[str]:
    return [gap.kind for gap in completeness(told).gaps]


def test_running_numbers_without_a_hole_prove_the_whole():
    found = completeness(chat(hourly(1000), list(range(1, 1001))))
    assert (found.grade, found.gaps) == ("A", ())


def test_without_numbers_b_at_best():
    found = completeness(chat(hourly(1000)))
    assert (found.grade, [g.kind for g in found.gaps]) == ("B", ["no_ids"])


def test_fourteen_silent_gaps_of_an_exporter_that_said_success():
    jumps = np.ones(329, int)
    jumps[20:300:20] += 48
    found = completeness(chat(hourly(329), list(np.cumsum(jumps))))
    assert found.grade == "F"
    jumped = [gap.missing for gap in found.gaps if gap.kind == "sequence"]
    assert jumped == [48] * 14
    assert found.gaps[0].start == START + timedelta(hours=19)


def test_a_few_deleted_messages_are_no_hole():
    jumps = np.ones(2000, int)
    jumps[::40] += 2
    assert completeness(chat(hourly(2000), list(np.cumsum(jumps)))).grade == "A"


def test_numbers_shared_with_other_chats_prove_nothing():
    jumps = np.random.default_rng(1).geometric(0.2, 2000)
    found = completeness(chat(hourly(2000), list(np.cumsum(jumps))))
    assert (found.grade, [g.kind for g in found.gaps]) == ("B", ["no_ids"])


def test_only_the_last_week_was_exported():
    found = completeness(chat(hourly(400), list(range(50_001, 50_401))))
    assert found.grade == "B"
    assert [(g.kind, g.missing, g.detail) for g in found.gaps] == [("short", 50_000, "beginning_missing")]


def test_a_hole_of_days_in_a_busy_group():
    times = [t for t in hourly(24 * 200) if not 80 <= (t - START).days < 110]
    found = completeness(chat(times))
    gap = next(g for g in found.gaps if g.kind == "days")
    assert found.grade == "C" or found.grade == "D"
    assert gap.missing == 30
    assert gap.start == START + timedelta(days=80, hours=-1)
    assert gap.end == START + timedelta(days=110)


def test_the_same_silence_with_running_numbers_is_no_hole():
    times = [t for t in hourly(24 * 200) if not 80 <= (t - START).days < 110]
    assert completeness(chat(times, list(range(1, len(times) + 1)))).grade == "A"


def test_an_office_is_silent_at_weekends_and_over_the_holidays():
    times = [t for t in hourly(24 * 300) if t.weekday() < 5 and not 150 <= (t - START).days < 160]
    assert completeness(chat(times)).grade == "B"


@pytest.mark.parametrize("pause", [20, 60, 200, 400])
def test_a_quiet_group_is_not_a_gap(pause: int):
    small = [START + timedelta(days=3 * n + (pause if n > 40 else 0)) for n in range(80)]
    assert completeness(chat(small)).grade == "B"


def test_a_slow_decline_and_a_burst_after_silence_stay_b():
    decline = [START + timedelta(days=float(d)) for d in np.cumsum(np.geomspace(0.05, 40, 200))]
    burst = hourly(24 * 40) + [START + timedelta(days=400, hours=n) for n in range(24 * 4)]
    assert completeness(chat(decline)).grade == "B"
    assert completeness(chat(burst)).grade == "B"


def test_skipped_places_lower_the_grade_by_their_share():
    rows = hourly(1000)
    few, many, most = (tuple(Skipped(n, "bad_time") for n in range(count)) for count in (10, 300, 3000))
    assert [completeness(chat(rows, skipped=s)).grade for s in (few, many, most)] == ["B", "D", "F"]


def test_an_export_without_pictures_and_system_lines_is_told():
    assert "types" in kinds(chat(hourly(600), network="wechat"))
    assert "types" not in kinds(chat(hourly(600), network="irc"))


def test_messages_without_a_sender():
    told = chat(hourly(1000))
    nobody = told.rows.with_columns(
        pl.when(pl.int_range(pl.len()) < 300).then(None).otherwise("sender").alias("sender")
    )
    found = completeness(replace(told, rows=nobody))
    assert found.grade == "C"
    assert next(g.missing for g in found.gaps if g.kind == "names") == 300


def test_clocks_that_cannot_be():
    far = chat([datetime(2001, 1, 1), *hourly(1000)])
    late = chat(hourly(1000), exported_at=START)
    assert "far_away" in [g.detail for g in completeness(far).gaps]
    assert "after_export" in [g.detail for g in completeness(late).gaps]
    assert completeness(far).grade == completeness(late).grade == "B"


def test_missing_chunks_and_nothing_at_all():
    assert completeness(chat(hourly(1000), list(range(1, 1001)), notes=("chunks_missing",))).grade == "C"
    assert completeness(chat([])).grade == "F"
    assert completeness(chat(hourly(3))).grade == "B"


@pytest.fixture(scope="module")
def lives() -> dict[str, pl.Series]:
    if not HERE:
        pytest.skip("HUOQUN_DATA names no folder with group-lives.parquet")
    table = pl.read_parquet(Path(HERE) / "group-lives.parquet").filter(~pl.col("is_bot")).sort("sent_at")
    times = pl.col("sent_at").dt.replace_time_zone(None)
    return {c: part["time"] for (c,), part in table.select("channel", times.alias("time")).group_by("channel")}


@pytest.mark.data
def test_real_channels_cut_at_many_days_are_whole(lives: dict[str, pl.Series]):
    graded, doubted = 0, []
    for channel, times in lives.items():
        first, last = times[0], times[-1]
        for day in range(30, (last - first).days + 60, 200):
            told = times.filter(times <= first + timedelta(days=day))
            graded += 1
            found = completeness(chat(told.to_list()))
            if found.grade > "B":
                doubted.append((channel, day, found))
    assert graded > 500
    assert len(doubted) <= 0.01 * graded, doubted


@pytest.mark.data
def test_a_tenth_cut_out_of_a_busy_channel_is_noticed(lives: dict[str, pl.Series]):
    chance = np.random.default_rng(1)
    noticed = []
    for times in lives.values():
        days = times.dt.date().to_physical().to_numpy()
        spoken, span = len(np.unique(days)), int(days[-1] - days[0]) + 1
        if len(days) < 500 or span < 365 or spoken < 0.3 * span:
            continue
        size = len(days) // 10
        for start in chance.integers(1, len(days) - size - 1, 20).tolist():
            noticed.append(bool(holes(np.delete(days, slice(start, start + size)))))
    assert len(noticed) >= 200
    assert np.mean(noticed) > 0.7
