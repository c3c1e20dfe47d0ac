"""kill -9 during import, batch, compaction and erasure loses and doubles nothing (the long run is `make torture`)."""

from pathlib import Path

import polars as pl
import pytest

from huoqun.chat.archive import archive_in, erase
from huoqun.chat.lake import commit, snapshot, write
from torture import kill


def test_twenty_kills_break_no_promise():
    assert "20 kills" in kill.run(20, seed=7)


def known(*acts: str, begun: tuple[str, ...] = ()) -> kill.Known:
    return kill.Known(done=set(acts), begun={*acts, *begun})


@pytest.fixture
def archive(tmp_path: Path):
    archive = archive_in(tmp_path)
    for number in (1, 2):
        kill.append(archive, "one", kill.import_rows("one", number))
    return archive


ACTS = ("append one 1", "append one 2")


def test_the_check_sees_what_is_lost(archive):
    kill.check(archive, known(*ACTS))
    with pytest.raises(kill.Broken, match="lost"):
        kill.check(archive, known(*ACTS, "append one 4"))


def test_the_check_sees_what_nobody_sent(archive):
    with pytest.raises(kill.Broken, match="unknown"):
        kill.check(archive, known("append one 1"))


def test_the_check_sees_what_is_doubled(archive):
    snap = snapshot(archive.messages)
    rows = pl.read_parquet([f"{snap.lake.where}/{path}" for path in snap.paths()])
    month = rows.filter(pl.col("time").dt.strftime("%Y-%m") == "2024-01")
    commit(snap, [write(archive.messages, "2024-01", month)], {})
    with pytest.raises(kill.Broken, match="doubled"):
        kill.check(archive, known(*ACTS))


def test_the_check_sees_half_an_import(archive):
    kill.append(archive, "one", kill.import_rows("one", 9)[:20])
    with pytest.raises(kill.Broken, match="in part"):
        kill.check(archive, known(*ACTS, begun=("append one 9",)))


def test_the_check_sees_words_that_remain(archive):
    person = kill.person_of(35)
    kill.check(archive, known(*ACTS, begun=(f"erase one {person}",)))
    with pytest.raises(kill.Broken, match="erased"):
        kill.check(archive, known(*ACTS, f"erase one {person}"))
    erase(archive, "one", person, now=kill.NOW)
    kill.check(archive, known(*ACTS, f"erase one {person}"))
    leftover = kill.import_rows("one", 1).with_columns(group=pl.lit("one"), kind=pl.lit("text"))
    write(archive.messages, "2024-01", leftover)
    with pytest.raises(kill.Broken, match="remain"):
        kill.check(archive, known(*ACTS, f"erase one {person}"))
