"""A group that is dropped leaves nothing in any file; the others stay as they were."""

from datetime import datetime, timedelta
from pathlib import Path

import polars as pl

from huoqun.chat import archive
from huoqun.chat.message import SCHEMA, Kind


def rows(name, count=300):
    start = datetime(2026, 1, 20)
    frame = pl.DataFrame(
        {
            "key": [f"{name}{n}" for n in range(count)],
            "time": [start + timedelta(hours=n) for n in range(count)],
            "sender": [f"{name}-secret-{n % 7}" for n in range(count)],
            "text": [f"{name} said {n}" for n in range(count)],
        }
    )
    given = {"kind": pl.lit("text", Kind), "order": pl.lit(0, pl.Int32), "bot": pl.lit(False)}
    given |= {"local": pl.col("time"), "name": pl.col("sender"), "mentions": pl.lit([], pl.List(pl.String))}
    frame = frame.with_columns(**given)
    missing = {column: pl.lit(None, kind) for column, kind in SCHEMA.items() if column not in frame.columns}
    return frame.with_columns(**missing).select(SCHEMA.names())


def test_a_dropped_group_is_in_no_file_and_the_others_stay(tmp_path):
    place = archive.archive_in(tmp_path)
    for name in ("one", "two"):
        archive.append(place, name, rows(name))
    archive.compact(place)
    before = archive.rows(place, "two")
    assert archive.drop(place, "one") == 300
    assert archive.rows(place, "one").is_empty()
    assert archive.rows(place, "two").equals(before)
    files = [path for path in Path(place.where).rglob("*") if path.is_file()]
    kept = [path for path in files if path.suffix == ".parquet"]
    assert {group for path in kept for group in pl.read_parquet(path)["group"]} == {"two"}
    assert archive.drop(place, "one") == 0
    assert archive.append(place, "one", rows("one")) == 300, "it may be imported again"
