"""Rows: times of every zone, also where the clocks are turned, and the order of the file within one moment."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from huoqun.chat.message import SCHEMA
from huoqun.chat.rows import build
from huoqun.chat.zone import UnknownZone, choose, to_local, to_utc


def at(*parts):
    return datetime(*parts)


def test_missing_columns_get_their_defaults():
    rows = build(pl.DataFrame({"local": [at(2024, 1, 2, 3, 4)], "sender": ["a"], "name": ["A"]}), "Asia/Shanghai")
    assert rows.schema == SCHEMA
    row = rows.row(0, named=True)
    assert row["time"] == at(2024, 1, 1, 19, 4)
    assert (row["kind"], row["text"], row["mentions"], row["bot"], row["order"]) == ("text", "", [], False, 0)
    assert row["key"] is None


def test_rows_of_one_minute_keep_the_order_of_the_file():
    minute = at(2024, 1, 2, 3, 4)
    frame = pl.DataFrame({"time": [minute, minute - timedelta(minutes=1), minute, minute], "text": list("abcd")})
    rows = build(frame, "UTC")
    assert rows["text"].to_list() == list("bacd")
    assert rows["order"].to_list() == [0, 0, 1, 2]


def test_nobody_has_no_name():
    rows = build(pl.DataFrame({"time": [at(2024, 1, 1)], "sender": [""], "name": ["x"]}), "UTC")
    assert rows["sender"][0] is None
    assert rows["name"][0] is None


def test_the_hour_that_comes_twice_is_split_where_time_steps_back():
    local = pl.Series([at(2024, 10, 27, 2, 10), at(2024, 10, 27, 2, 50), at(2024, 10, 27, 2, 5)])
    assert to_utc(local, "Europe/Berlin").to_list() == [
        at(2024, 10, 27, 0, 10),
        at(2024, 10, 27, 0, 50),
        at(2024, 10, 27, 1, 5),
    ]


def test_the_hour_that_never_was_is_read_with_the_offset_before():
    assert to_utc(pl.Series([at(2024, 3, 31, 2, 30)]), "Europe/Berlin").to_list() == [at(2024, 3, 31, 1, 30)]


@given(
    st.lists(st.datetimes(at(1990, 1, 1), at(2040, 1, 1)), min_size=1),
    st.sampled_from(["Asia/Shanghai", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "UTC"]),
)
def test_local_and_utc_are_the_same_moment(times, zone):
    local = to_local(pl.Series(times, dtype=pl.Datetime("us")), zone)
    for moment, wall in zip(times, local, strict=True):
        aware = moment.replace(tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo(zone))
        assert aware.replace(tzinfo=None) == wall
    for moment, back in zip(times, to_utc(local, zone), strict=True):
        assert abs(moment - back) <= timedelta(hours=1)


def test_the_operators_zone_wins_and_must_exist():
    assert choose("Europe/Berlin", "UTC") == ("Europe/Berlin", "named")
    assert choose(None, "UTC") == ("UTC", "file")
    assert choose(None, "Nowhere/Land") == ("Asia/Shanghai", "default")
    with pytest.raises(UnknownZone):
        choose("Nowhere/Land")
    with pytest.raises(UnknownZone):
        choose("../etc/passwd")
