"""Keys make a row the same row in every export, on every machine and in every version."""

import hashlib
import time
from datetime import datetime, timedelta

import polars as pl
import pytest

from huoqun.chat import key
from huoqun.chat.key import FEW, is_digest, with_keys
from huoqun.chat.message import SCHEMA, Chat

START = datetime(2024, 1, 2, 3, 4, 5)


def chat(*rows: tuple, **about) -> Chat:
    """A chat of (seconds after START, sender, text[, key[, kind[, name]]])."""
    table = []
    for order, row in enumerate(rows):
        seconds, sender, text, key, kind, name = (*row, None, None, None)[:3] + ((*row[3:], None, None, None)[:3])
        at = START + timedelta(seconds=seconds)
        table.append(
            dict.fromkeys(SCHEMA)
            | {"key": key, "time": at, "local": at, "order": order, "sender": sender, "name": name or sender}
            | {"kind": kind or "text", "text": text, "mentions": [], "bot": False}
        )
    frame = pl.DataFrame(table, schema=SCHEMA).sort("time", "order", "key")
    known = {"format": "test", "network": "other", "group": "g", "group_id": None, "zone": "Asia/Shanghai"}
    known |= {"zone_source": "default", "exported_at": None, "has_ids": False}
    return Chat(**(known | about), rows=frame)


@pytest.mark.parametrize("few", [0, FEW], ids=["many rows", "few rows"])
def test_the_digest_is_what_the_docstring_says_for_ever(monkeypatch: pytest.MonkeyPatch, few: int):
    monkeypatch.setattr(key, "FEW", few)
    keys = with_keys(chat((0, "老王", "你好\n大家"), (0, None, "x joined", None, "join"))).rows["key"].to_list()
    micro = "1704164645000000"
    assert keys == [
        "~" + hashlib.md5("\x1f".join([micro, "text", "6", "老王", "你好\n大家"]).encode()).hexdigest()[:20],
        "~" + hashlib.md5("\x1f".join([micro, "join", "-1", "", "x joined"]).encode()).hexdigest()[:20],
    ]
    assert keys == ["~747a0e2413db9522bbd3", "~1b3f1d709dfdcdce39e5"], keys


def test_keys_of_the_network_stay_and_only_gaps_are_filled():
    rows = with_keys(chat((0, "a", "one", "17"), (1, "a", "two"), (2, "a", "three", ""))).rows
    assert rows["key"][0] == "17"
    assert rows.select(is_digest(pl.col("key")))["key"].to_list() == [False, True, True]


def test_an_id_on_messages_of_different_people_or_times_is_no_id():
    rows = with_keys(
        chat((0, "a", "one", "0"), (1, "b", "two", "0"), (2, "b", "three", "0"), (3, "b", "four", "9"))
    ).rows
    assert rows.height == 4
    assert rows["key"].n_unique() == 4
    assert rows["key"].to_list().count("0") == 0


def test_a_message_written_twice_into_a_file_is_one():
    rows = with_keys(chat((0, "a", "one", "5"), (0, "a", "one", "5"), (1, "a", "two", "6"))).rows
    assert rows["key"].to_list() == ["5", "6"]


def test_the_same_words_in_the_same_second_stay_apart():
    keys = with_keys(chat((0, "a", "+1"), (0, "a", "+1"), (0, "b", "+1"), (0, "a", "+1"), (1, "a", "+1"))).rows["key"]
    assert keys.n_unique() == 5
    assert keys[1] == keys[0] + "-1"
    assert keys[3] == keys[0] + "-2"


def test_an_export_that_begins_later_gives_the_same_keys():
    rows = [(i // 3, f"p{i % 5}", f"word {i % 4}") for i in range(200)]
    whole = set(with_keys(chat(*rows)).rows["key"])
    assert set(with_keys(chat(*rows[90:])).rows["key"]) <= whole


def test_a_rename_known_only_later_does_not_change_keys():
    before = chat((0, "Old", "hi"))
    after = chat((0, "New", "hi", None, "text", "Old"), (9, "New", "hello", None, "text", "New"))
    assert with_keys(before).rows["key"][0] == with_keys(after).rows["key"][0]


def test_where_senders_have_ids_the_shown_name_does_not_matter():
    one, two = (chat((0, "wxid_1", "hi", None, "text", shown)) for shown in ("Ann", "Annie"))
    assert with_keys(one).rows["key"].equals(with_keys(two).rows["key"])


def test_a_million_rows_are_keyed_in_moments():
    n = 1_000_000
    at = pl.lit(START) + pl.duration(seconds=pl.col("i") // 3)
    frame = pl.select(i=pl.int_range(n)).select(
        time=at.cast(pl.Datetime("us")),
        local=at.cast(pl.Datetime("us")),
        order=(pl.col("i") % 3).cast(pl.Int32),
        sender=pl.format("person {}", pl.col("i") % 500),
        text=pl.format("今天的消息 number {}", pl.col("i") % 1000),
    )
    rows = frame.with_columns(
        [
            pl.lit(None).cast(t).alias(c)
            for c, t in SCHEMA.items()
            if c not in frame.columns and c not in ("kind", "bot")
        ]
    ).with_columns(name="sender", kind=pl.lit("text", SCHEMA["kind"]), bot=pl.lit(False))
    big = chat((0, "a", "x"))
    big = type(big)(**{**big.__dict__, "rows": rows.select(SCHEMA.names())})
    begin = time.perf_counter()
    keyed = with_keys(big).rows["key"]
    assert time.perf_counter() - begin < 5, "a second is usual; five are far too many"
    assert keyed.n_unique() == n
