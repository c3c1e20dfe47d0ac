"""Names change; an operator sees one person as one, and never two as one."""

from datetime import datetime, timedelta

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from huoqun.chat.draft import settle
from huoqun.chat.identity import bearer, join_renames
from huoqun.chat.message import Chat

START = datetime(2024, 1, 1, 10)


def chat(*said: tuple[str | None, str] | tuple[str, str, str]) -> Chat:
    """Lines a minute apart: (sender, text), (None, notice) or (id, name, text)."""
    rows = [line if len(line) == 3 else (line[0], line[0], line[1]) for line in said]
    draft = pl.DataFrame(
        {
            "place": range(len(rows)),
            "time": [START + timedelta(minutes=n) for n in range(len(rows))],
            "sender": pl.Series([r[0] for r in rows], dtype=pl.String),
            "name": pl.Series([r[1] for r in rows], dtype=pl.String),
            "kind": ["notice" if r[0] is None else "text" for r in rows],
            "text": [r[2] for r in rows],
        },
        schema_overrides={"place": pl.Int64, "time": pl.Datetime("us")},
    )
    frame, _ = settle(draft, zone="UTC")
    return join_renames(Chat("x", "qq", "g", None, "UTC", "named", None, False, frame))


def speakers(joined: Chat) -> list[str]:
    return joined.rows.filter(pl.col("kind") == "text")["sender"].to_list()


def at(minute: int) -> datetime:
    return START + timedelta(minutes=minute)


def test_a_rename_joins_and_the_old_name_can_pass_to_somebody_new():
    joined = chat(
        ("A", "1"),
        ("C", "2"),
        (None, "“A”修改群昵称为“B”"),
        ("B", "3"),
        ("A", "4"),
        (None, "“B”修改群昵称为“D”"),
        ("D", "5"),
    )
    assert speakers(joined) == ["A", "C", "A", "A#2", "A"]
    assert joined.members.select("id", "name", "aliases").rows() == [
        ("A", "D", ["A", "B"]),
        ("C", "C", []),
        ("A#2", "A", []),
    ]
    assert [bearer(joined, "A", at(m)) for m in (0, 3, 5)] == ["A", "A", "A#2"]
    assert [bearer(joined, "B", at(m)) for m in (0, 3, 6)] == ["A", "A", "A"]
    assert bearer(joined, "@D", at(6)) == "A"
    assert bearer(joined, "nobody", at(6)) is None


def test_two_who_both_talk_are_never_joined():
    joined = chat(("A", "1"), ("B", "2"), ("A", "3"), (None, "“A”修改群昵称为“B”"), ("B", "4"), ("A", "5"))
    assert speakers(joined) == ["A", "B", "A", "B", "A"]
    assert joined.members["aliases"].to_list() == [[], []]


def test_an_announcement_that_comes_late():
    assert speakers(chat(("A", "1"), ("B", "2"), (None, "A将群昵称改为B"), ("B", "3"))) == ["A", "A", "A"]


def test_an_export_that_shows_only_the_newest_name():
    joined = chat(("B", "1"), (None, "“A”修改群昵称为“B”"), ("B", "2"))
    assert speakers(joined) == ["B", "B"]
    assert joined.members.rows() == [("B", "B", None, ["A"])]


def test_an_export_that_goes_on_showing_the_old_name():
    assert speakers(chat(("A", "1"), (None, "“A”修改群昵称为“B”"), ("A", "2"))) == ["A", "A"]


def test_there_and_back_again():
    joined = chat(("A", "1"), (None, "“A”修改群昵称为“B”"), ("B", "2"), (None, "“B”修改群昵称为“A”"), ("A", "3"))
    assert speakers(joined) == ["A", "A", "A"]
    assert joined.members["id"].to_list() == ["A"]


def test_two_who_both_speak_after_a_strange_announcement_stay_two():
    joined = chat(("A", "1"), (None, "“B”修改群昵称为“A”"), ("B", "2"), ("A", "3"))
    assert speakers(joined) == ["A", "B", "A"]


def test_a_changed_phone_number():
    joined = chat(("+1 555", "1"), (None, "+1 555 changed their name to Bo"), ("Bo", "2"))
    assert speakers(joined) == ["+1 555", "+1 555"]


def test_with_ids_names_are_aliases_and_subjects_become_ids():
    joined = chat(("u1", "Ann", "1"), ("u2", "Bo", "2"), ("u1", "Anna", "3"), (None, "“Bo”退出了群聊"))
    assert joined.members.rows() == [("u1", "Anna", None, ["Ann"]), ("u2", "Bo", None, [])]
    assert joined.rows["subject"].to_list()[-1] == "u2"
    assert [bearer(joined, "Ann", at(m)) for m in (0, 3)] == ["u1", "u1"]


NAMES = st.sampled_from("ABCD")
LINES = st.lists(st.one_of(st.tuples(NAMES), st.tuples(NAMES, NAMES)), max_size=25)


@given(LINES)
def test_no_line_is_lost_and_nobody_speaks_under_two_names_at_once(lines: list[tuple[str, ...]]):
    said = [(n[0], "x") if len(n) == 1 else (None, f"“{n[0]}”修改群昵称为“{n[1]}”") for n in lines]
    before = [n[0] for n in lines if len(n) == 1]
    joined = chat(*said)
    assert joined.rows.filter(pl.col("kind") == "text")["name"].to_list() == before
    told = {i for i, n in enumerate(lines) if len(n) == 2}
    for who in set(speakers(joined)):
        rows = joined.rows.filter((pl.col("kind") == "text") & (pl.col("sender") == who)).with_row_index()
        names = rows["name"].to_list()
        minutes = [(t - START).seconds // 60 for t in rows["time"]]
        for n in range(1, len(names)):
            if names[n] != names[n - 1]:  # a change of name needs an announcement somewhere
                assert told
                assert minutes[n] > minutes[n - 1]
        for one, other in {(a, b) for a in names for b in names if a < b}:
            pattern = [n for n in names if n in (one, other)]
            switches = sum(pattern[k] != pattern[k - 1] for k in range(1, len(pattern)))
            assert switches <= len(told), "more changes of name than announcements"
