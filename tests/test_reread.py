"""A file read in the wrong zone is read again in its group's, so that nothing stands there twice."""

from datetime import timedelta

import polars as pl
import pytest
from test_key import START, chat
from test_twin import talk

from huoqun.chat.intake import merge
from huoqun.chat.key import with_keys
from huoqun.chat.likeness import YES, Known, like
from huoqun.chat.reread import reread
from huoqun.chat.rows import build

SAID = [(s, p, t) for s, p, t, _ in talk(120, seed=3)]


def read_in(zone, source, *, moments=False, rows=SAID):
    """The same export as a reader gives it in one zone or another; START is what the wall clock showed."""
    told = chat(*rows, zone=zone, zone_source=source, moments=moments)
    frame = told.rows.drop("time") if not moments else told.rows
    return with_keys(type(told)(**{**told.__dict__, "rows": build(frame.drop("local" if moments else "order"), zone)}))


def test_wall_times_become_the_moments_of_the_other_zone_with_the_keys_they_would_have_had():
    berlin = read_in("Europe/Berlin", "named")
    again = reread(read_in("Asia/Shanghai", "default"), "Europe/Berlin", "named")
    assert again.rows.equals(berlin.rows)
    assert (again.zone, again.zone_source) == ("Europe/Berlin", "named")


def test_moments_stay_and_only_the_wall_clock_is_turned():
    there = reread(read_in("Asia/Shanghai", "default", moments=True), "Europe/Berlin", "named")
    assert there.rows["time"][0] == START + timedelta(seconds=SAID[0][0])
    assert there.rows["local"][0] - there.rows["time"][0] == timedelta(hours=1)
    named = read_in("Asia/Shanghai", "named")
    assert reread(named, "UTC", "file").rows["time"].equals(named.rows["time"]), "the operator named it for this file"


def test_answers_follow_the_new_keys():
    told = read_in("Asia/Shanghai", "default")
    first = told.rows["key"][0]
    told = type(told)(**{**told.__dict__, "rows": told.rows.with_columns(reply_to=pl.lit(first))})
    again = reread(told, "UTC", "file").rows
    assert again["key"][0] != first
    assert set(again["reply_to"]) == {again["key"][0]}


@pytest.mark.parametrize("cut", [60, 0])
def test_files_given_together_are_read_in_the_zone_that_one_of_them_tells(cut):
    zoned = read_in("Europe/Berlin", "file", rows=SAID[:100])
    wall = read_in("Asia/Shanghai", "default", rows=SAID[cut:])
    assert like(Known(zoned), Known(wall)) == YES
    for files in ([zoned, wall], [wall, zoned]):
        whole = merge(files)
        assert whole.zone == "Europe/Berlin"
        assert whole.rows["text"].to_list() == [t for _, _, t in SAID]


def test_a_changed_clock_gives_no_message_a_time_that_never_was():
    spring = [(hour * 1800, "a", f"m{hour}") for hour in range(8)]
    at = START.replace(month=3, day=31, hour=0, minute=0, second=0)
    told = read_in("Asia/Shanghai", "default", rows=spring)
    moved = told.rows.with_columns(local=pl.lit(at) + (pl.col("local") - START))
    again = reread(type(told)(**{**told.__dict__, "rows": moved}), "Europe/Berlin", "named").rows
    assert again.height == 8
    assert again["time"].is_sorted()
