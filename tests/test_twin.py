"""What two exporters tell of one talk is told once, whatever each of them knows; and no burst is thinned."""

import random

import polars as pl
from test_key import chat

from huoqun.chat.key import with_keys
from huoqun.chat.redact import REDACTED
from huoqun.chat.twin import unseen


def talk(n: int = 600, seed: int = 1, words: int = 12) -> list[tuple]:
    """(second, person, text, id): bursts, repeated words, several people in a second."""
    dice = random.Random(seed)
    second, rows = 0, []
    for i in range(n):
        second += dice.choice([0, 0, 1, 7, 60, 600])
        rows.append((second, f"p{dice.randrange(6)}", f"word {dice.randrange(words)}", str(1000 + i)))
    return rows


def with_ids(rows) -> pl.DataFrame:
    return with_keys(chat(*((s, f"id_{p}", t, k, "text", p) for s, p, t, k in rows), has_ids=True)).rows


def by_name(rows) -> pl.DataFrame:
    return with_keys(chat(*((s, p, t, None, "text", p) for s, p, t, _ in rows))).rows


def by_minute(rows) -> pl.DataFrame:
    return with_keys(chat(*(((s + 5) // 60 * 60 - 5, p, t, None, "text", p) for s, p, t, _ in rows))).rows


TOLD = {"ids": with_ids, "names": by_name, "minutes": by_minute}


def test_two_tellings_of_one_talk_double_and_lose_nothing():
    rows = talk()
    for one, tell in TOLD.items():
        for other, tell_too in TOLD.items():
            assert unseen(tell(rows), tell_too(rows)).is_empty(), f"{one} then {other}"


def test_overlapping_tellings_add_exactly_what_is_new():
    rows = talk()
    early, late = rows[:400], rows[250:]
    for one, tell in TOLD.items():
        for other, tell_too in TOLD.items():
            if "minutes" in (one, other) and one != other:
                continue  # the minute of the edge cannot be cut exactly
            have = tell(early)
            both = pl.concat([have, unseen(have, tell_too(late))]).sort("time", "order", "key")
            assert both.height == len(rows), f"{one} then {other}"
            assert both["text"].to_list() == [t for _, _, t, _ in rows], f"{one} then {other}: order"


def test_ids_of_one_network_are_never_twins_of_each_other():
    have = with_ids([(0, "a", "+1", "1"), (5, "a", "x", "2"), (70, "b", "y", "3")])
    new = with_ids([(0, "a", "+1", "9")])
    assert unseen(have, new).height == 1


def test_two_namings_of_the_same_messages_are_found_by_mass():
    rows = talk(words=400)
    renamed = [(s, p, t, f"uuid-{k}") for s, p, t, k in rows]
    assert unseen(with_ids(rows), with_ids(renamed)).is_empty()
    assert unseen(with_ids(rows[:300]), with_ids(renamed[200:])).height == 300


def test_an_answer_names_its_message_as_the_record_does():
    have = by_name([(0, "a", "question?", ""), (9, "b", "hm", "")])
    new = with_ids([(0, "a", "question?", "1"), (9, "b", "hm", "2"), (11, "c", "answer!", "3")])
    new = new.with_columns(reply_to=pl.when(pl.col("key") == "3").then(pl.lit("1")))
    assert unseen(have, new)["reply_to"].to_list() == [have["key"][0]]


def test_a_redacted_message_is_not_told_again_by_another_exporter():
    have = by_name([(0, "a", f"{REDACTED} said so", ""), (9, "b", "hm", "")])
    new = with_ids([(0, "a", "Ann said so", "1"), (9, "b", "hm", "2")])
    assert unseen(have, new).is_empty()
