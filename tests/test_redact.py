"""A person is taken out of a group: their rows, their name, their quoted words, and nothing else."""

import polars as pl
from test_key import chat

from huoqun.chat.key import with_keys
from huoqun.chat.redact import REDACTED, forget, trace


def without(rows: pl.DataFrame, *identities: str) -> pl.DataFrame:
    return forget(rows, trace(rows, identities))


def test_their_rows_and_events_about_them_are_gone():
    rows = with_keys(
        chat(
            (0, "u1", "my secret plan", None, "text", "Ann"),
            (1, "u2", "ok", None, "text", "Bob"),
            (2, None, "Ann joined", None, "join"),
        )
    ).rows
    rows = rows.with_columns(subject=pl.when(pl.col("kind") == "join").then(pl.lit("u1")))
    assert without(rows, "u1")["text"].to_list() == ["ok"]


def test_quotes_of_them_are_redacted_in_every_shape_clients_write():
    lines = [
        "「Ann: 明天」\n- - - -\n好",
        "[引用](2024-01-02 03:04:05)Ann:明天 见",
        "> Ann: hi\nyes",
        "> <Ann> hi\nyes",
        "she said: my secret plan!",
        "@Ann come",
        "ask Ann about it",
        "Anna is here, annual too",
    ]
    rows = with_keys(
        chat(
            (0, "u1", "my secret plan", None, "text", "Ann"),
            *((i + 1, "u2", text, None, "text", "Bob") for i, text in enumerate(lines)),
        )
    ).rows
    assert without(rows, "u1")["text"].to_list() == [
        f"「{REDACTED}」\n- - - -\n好",
        f"[引用](2024-01-02 03:04:05){REDACTED}",
        f"> {REDACTED}\nyes",
        f"> {REDACTED}\nyes",
        f"she said: {REDACTED}!",
        f"@{REDACTED} come",
        f"ask {REDACTED} about it",
        "Anna is here, annual too",
    ]


def test_short_words_that_everybody_says_stay():
    rows = with_keys(chat((0, "a", "收到"), (1, "b", "收到"), (2, "c", "ok a ok"))).rows
    assert without(rows, "a")["text"].to_list() == ["收到", "ok a ok"]


def test_a_name_that_is_an_ordinary_word_is_redacted_only_after_an_at():
    rows = [(0, "u1", "x", None, "text", "哈哈")]
    rows += [(i, "u2", "哈哈 笑死" if i % 2 else "@哈哈 来", None, "text", "Bob") for i in range(1, 101)]
    texts = set(without(with_keys(chat(*rows)).rows, "u1")["text"])
    assert texts == {"哈哈 笑死", f"@{REDACTED} 来"}


def test_a_name_that_somebody_else_bears_too_stays():
    rows = with_keys(
        chat((0, "u1", "hello world", None, "text", "Ann"), (1, "u2", "I am Ann too", None, "text", "Ann"))
    ).rows
    assert without(rows, "u1")["text"].to_list() == ["I am Ann too"]


def test_marks_of_the_network_are_gone_and_other_mentions_stay():
    rows = with_keys(chat((0, "u1", "first words", "1"), (1, "u2", "hey", "2"), (2, "u3", "both", "3"))).rows
    rows = rows.with_columns(
        mentions=pl.when(pl.col("key") == "2").then(pl.lit(["u1", "u3"])).otherwise(pl.lit([], pl.List(pl.String))),
        reply_to=pl.Series([None, "1", "2"]),
    )
    left = without(rows, "u1")
    assert left["mentions"].to_list() == [["u3"], []]
    assert left["reply_to"].to_list() == [None, "2"]
    assert left["key"].to_list() == ["2", "3"]


def test_names_full_of_signs_are_taken_by_the_letter():
    for name in ("a.*b", "(", "$1 ${mark}", "老王🐱", "[a]\\", "^|$"):
        rows = with_keys(
            chat((0, name, "some long words"), (1, "b", f"@{name} hi axxb"), (2, "c", f"> {name}: cut off\nre"))
        ).rows
        assert without(rows, name)["text"].to_list() == [f"@{REDACTED} hi axxb", f"> {REDACTED}\nre"], name


def test_a_second_time_changes_nothing():
    rows = with_keys(chat((0, "a", "some long words"), (1, "b", "some long words"), (2, "b", "@a hi"))).rows
    once = without(rows, "a")
    assert without(once, "a").equals(once)
