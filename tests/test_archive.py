"""The archive keeps what came in, once, in order, and forgets a person when asked, for good."""

import multiprocessing
import random
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from test_key import chat
from test_twin import by_name, talk, with_ids

from huoqun.chat import archive as record
from huoqun.chat import lake
from huoqun.chat.archive import Archive, allowed, append, archive_in, compact, erase, files, groups
from huoqun.chat.key import with_keys
from huoqun.chat.message import MEMBERS, SCHEMA
from huoqun.chat.proof import remains
from huoqun.chat.redact import REDACTED

NOW = datetime(2025, 1, 1)


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return archive_in(tmp_path / "workspace")


def long(n: int = 3000, seed: int = 0) -> pl.DataFrame:
    """Rows over several months."""
    dice = random.Random(seed)
    return with_ids(
        [(i * 3000 + dice.randrange(3000), f"p{i % 7}", f"text {seed} {i}", f"{seed}-{i}") for i in range(n)]
    )


def same(one: pl.DataFrame, other: pl.DataFrame) -> bool:
    return one.drop("order").equals(other.drop("order"))


def test_what_went_in_comes_out(archive):
    rows = long()
    assert append(archive, "g", rows) == rows.height
    assert same(record.rows(archive, "g"), rows)
    assert record.rows(archive, "g").schema == SCHEMA
    assert record.rows(archive, "nobody").is_empty()
    start, end = datetime(2024, 2, 1), datetime(2024, 3, 1)
    window = rows.filter(pl.col("time").is_between(start, end, closed="left"))
    assert same(record.rows(archive, "g", start, end), window)


def test_the_same_and_overlapping_imports_change_nothing(archive):
    rows = long()
    append(archive, "g", rows[:2000])
    version = lake.snapshot(archive.messages).table.version()
    assert append(archive, "g", rows[:2000]) == 0
    assert append(archive, "g", rows[500:1500]) == 0
    assert lake.snapshot(archive.messages).table.version() == version
    assert append(archive, "g", rows[1000:]) == 1000
    assert same(record.rows(archive, "g"), rows)


def test_another_exporters_file_of_the_same_talk_changes_nothing(archive):
    talked = talk()
    append(archive, "g", by_name(talked))
    assert append(archive, "g", with_ids(talked)) == 0
    assert record.rows(archive, "g")["text"].to_list() == [t for _, _, t, _ in talked]


def test_a_wrong_zone_at_the_second_import_does_not_double(archive):
    rows = long()
    append(archive, "g", rows)
    assert append(archive, "g", rows.with_columns(pl.col("time") + timedelta(hours=8))) == 0


def test_the_words_that_came_first_stay(archive):
    append(archive, "g", with_ids([(0, "a", "first", "1")]))
    append(archive, "g", with_ids([(0, "a", "edited", "1"), (5, "b", "x", "2")]))
    assert record.rows(archive, "g")["text"].to_list() == ["first", "x"]


def test_groups_do_not_touch_each_other(archive):
    for n, name in enumerate(("a", "b", "中'文\"; drop", "../x", "")):
        append(archive, name, long(50, seed=n))
    table = groups(archive)
    assert table["group"].to_list() == sorted(["a", "b", "中'文\"; drop", "../x", ""], key=str.encode)
    for n, name in enumerate(("a", "b", "中'文\"; drop", "../x", "")):
        assert same(record.rows(archive, name), long(50, seed=n))


def test_a_batch_lands_once(archive):
    assert append(archive, "g", long(10), batch="b1") == 10
    assert append(archive, "g", long(20), batch="b1") == 0
    assert append(archive, "g", long(20), batch="b2") == 10
    assert append(archive, "h", long(20), batch="b1") == 20


def test_rows_without_key_are_refused(archive):
    with pytest.raises(ValueError, match="key"):
        append(archive, "g", chat((0, "a", "x")).rows)


def test_files_are_sorted_and_the_log_holds_no_words(archive):
    for n in range(6):
        append(archive, f"g{n}", long(600, seed=n))
    compact(archive)
    paths = files(archive)
    assert len(paths) == len({Path(p).parent for p in paths}), "one file a month"
    for path in paths:
        table = pl.read_parquet(path)
        assert table.equals(table.sort(lake.ORDER))
    log = b"".join(p.read_bytes() for p in Path(archive.where, "messages", "_delta_log").glob("*.json"))
    assert b"text 3" not in log
    assert b"id_p" not in log
    for n in range(6):
        assert same(record.rows(archive, f"g{n}"), long(600, seed=n))
    assert compact(archive) == 0


def test_compaction_deletes_what_it_replaced(archive):
    for n in range(4):
        append(archive, f"g{n}", long(200, seed=n))
    compact(archive)
    on_disk = list(Path(archive.where, "messages").glob("month=*/*"))
    assert sorted(map(str, on_disk)) == sorted(files(archive))


def test_large_months_become_several_files_without_overlap(archive, monkeypatch):
    monkeypatch.setattr(record, "FILE_ROWS", 500)
    for n in range(6):
        append(archive, f"g{n}", with_ids([(i, "a", f"{n} {i}", str(i)) for i in range(200)]))
    compact(archive)
    added = lake.snapshot(archive.messages).added.sort("first")
    assert added.height > 1
    assert (added["first"].shift(-1) > added["last"]).all()
    assert groups(archive)["rows"].to_list() == [200] * 6


def test_leftovers_of_killed_writers_are_ignored_and_swept(archive):
    append(archive, "g", long(100))
    month = next(Path(archive.where, "messages").glob("month=*"))
    lake.write(archive.messages, "2024-01", long(5, seed=9).with_columns(group=pl.lit("g"), kind=pl.lit("text")))
    (month / "cut.parquet").write_bytes(b"PAR1 half a file")
    (month / "staged.parquet#1").write_bytes(b"PAR1")
    assert record.rows(archive, "g").height == 100
    compact(archive)
    assert {str(p) for p in Path(archive.where, "messages").glob("month=*/*")} == set(files(archive))


ANN = "the plan is to meet at the old bridge"


def with_ann() -> pl.DataFrame:
    rows = [(i * 40_000, "u2", f"other words {i}", f"b{i}", "text", "Bob") for i in range(100)]
    rows += [(i * 40_000 + 5, "u1", f"{ANN} {i}", f"a{i}", "text", "Ann") for i in range(100)]
    rows += [(4_000_000 + i, "u2", f"「Ann: {ANN} {i}」\n- - -\nyes", f"q{i}", "text", "Bob") for i in range(5)]
    rows += [(4_100_000, None, "Bob invited Ann", "e1", "join")]
    frame = with_keys(chat(*rows)).rows
    return frame.with_columns(
        mentions=pl.when(pl.col("key") == "b7").then(pl.lit(["u1", "u2"])).otherwise(pl.lit([], pl.List(pl.String))),
        reply_to=pl.when(pl.col("key") == "b8").then(pl.lit("a7")),
        subject=pl.when(pl.col("kind") == "join").then(pl.lit("u1")),
    )


def test_an_erased_person_is_on_no_file_and_does_not_come_back(archive):
    rows = with_ann()
    append(archive, "g", rows)
    append(archive, "other", long(500))
    compact(archive)
    append(archive, "g", with_ids([(9_000_000, "b", "later", "z")]))
    assert remains(archive, [ANN, "u1", "Ann"])
    assert erase(archive, "g", "u1", now=NOW) == 101
    assert remains(archive, [ANN, "u1", "Ann", "old bridge"]) == []
    left = record.rows(archive, "g")
    assert left.height == 106
    assert left.filter(pl.col("key") == "q0")["text"].item() == f"「{REDACTED}」\n- - -\nyes"
    assert left.filter(pl.col("key") == "b7")["mentions"].to_list() == [["u2"]]
    assert left.filter(pl.col("key") == "b8")["reply_to"].to_list() == [None]
    assert same(record.rows(archive, "other"), long(500))

    assert append(archive, "g", rows) == 0
    more = with_keys(
        chat((10_000_000, "u1", "I am back", "x1", "text", "Ann"), (10_000_001, "u2", "@Ann hi", "x2"))
    ).rows
    assert append(archive, "g", more) == 1
    assert remains(archive, ["u1", "Ann", "I am back"]) == []
    assert append(archive, "elsewhere", rows) == rows.height, "another group is another matter"


def test_another_exporter_does_not_bring_an_erased_person_back(archive):
    rows = with_ann()
    append(archive, "g", rows)
    erase(archive, "g", "u1", now=NOW)
    names = rows.with_columns(sender="name", mentions=pl.lit([], pl.List(pl.String)), key=pl.lit(None, pl.String))
    told = with_keys(
        type(chat())(
            **{
                **chat((0, "a", "x")).__dict__,
                "rows": names.drop("subject").with_columns(subject=pl.lit(None, pl.String)).select(SCHEMA.names()),
            }
        )
    ).rows
    append(archive, "g", told)
    assert remains(archive, [ANN, "u1", "Ann"]) == []


def test_a_quote_is_redacted_although_the_quoted_words_are_not_in_the_file(archive):
    append(archive, "g", with_ann())
    erase(archive, "g", "u1", now=NOW)
    append(
        archive,
        "g",
        with_keys(chat((50, "u2", "「Ann：something unheard of」\nyes", "n1"), (60, "u2", "> <Ann> hm", "n2"))).rows,
    )
    assert remains(archive, ["unheard", "Ann"]) == []


def test_a_newcomer_of_the_same_name_is_welcome(archive):
    append(archive, "g", with_ann())
    erase(archive, "g", "u1", now=NOW)
    years = int((datetime(2026, 1, 1) - datetime(2024, 1, 1)).total_seconds())
    assert append(archive, "g", with_keys(chat((years, "u9", "new here", "n1", "text", "Ann"))).rows) == 1


def test_erasing_again_finishes_and_changes_nothing_more(archive):
    append(archive, "g", with_ann())
    erase(archive, "g", "u1", now=NOW)
    before = record.rows(archive, "g")
    assert erase(archive, "g", "u1", now=NOW) == 0
    assert record.rows(archive, "g").equals(before)


def test_a_chat_loses_the_erased_from_its_members_too(archive):
    told = chat((0, "u1", "hi", "1", "text", "Ann"), (1, "u2", "hm", "2", "text", "Bob"), owner="u1")
    listed = pl.DataFrame([("u1", "Ann", "owner", []), ("u2", "Bob", None, [])], schema=MEMBERS, orient="row")
    told = type(told)(**{**told.__dict__, "members": listed})
    append(archive, "g", told.rows)
    assert allowed(archive, "g", told) == told
    erase(archive, "g", "u1", now=NOW)
    clean = allowed(archive, "g", told)
    assert (clean.members["id"].to_list(), clean.owner, clean.rows["sender"].to_list()) == (["u2"], None, ["u2"])


def _import(archive: Archive, group: str, part: int) -> None:
    append(archive, group, long()[part * 300 : part * 300 + 1500])


def test_writers_at_the_same_moment_all_land_and_double_nothing(archive):
    spawn = multiprocessing.get_context("spawn")
    same_group = [spawn.Process(target=_import, args=(archive, "g", part)) for part in (0, 5)]
    others = [spawn.Process(target=_import, args=(archive, "h", 5))]
    for each in same_group + others:
        each.start()
    for each in same_group + others:
        each.join(60)
        assert each.exitcode == 0
    assert same(record.rows(archive, "g"), long())
    assert same(record.rows(archive, "h"), long()[1500:])


def test_two_who_compact_at_once_double_nothing(archive, monkeypatch):
    for n in range(3):
        append(archive, f"g{n}", long(100, seed=n))
    old = lake.snapshot(archive.messages)
    looks = iter([old, old])
    monkeypatch.setattr(lake, "snapshot", lambda which, look=lake.snapshot: next(looks, None) or look(which))
    month = old.added["month"][0]
    assert record._compact(archive, month) == 3
    with pytest.raises(lake.Conflict):
        record._compact(archive, month)
    for n in range(3):
        assert same(record.rows(archive, f"g{n}"), long(100, seed=n))


def test_without_the_secret_nobody_knows_who_was_erased(archive, tmp_path):
    append(archive, "g", with_ann())
    erase(archive, "g", "u1", now=NOW)
    assert archive_in(tmp_path / "workspace").secret == archive.secret
    assert (tmp_path / "workspace" / "erasure.secret").stat().st_mode & 0o77 == 0
    marks = pl.concat([pl.read_parquet(p) for p in Path(archive.where, "erased").glob("*.parquet")])
    assert marks["mark"].str.len_chars().unique().to_list() == [64]
