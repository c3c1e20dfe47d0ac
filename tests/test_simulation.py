"""The example group: the same every time, and with the story it is meant to tell."""

from datetime import datetime

import polars as pl

from huoqun.chat.message import SCHEMA, messages
from huoqun.playbooks import library
from huoqun.simulation.story import Shape, simulate
from huoqun.simulation.teamwork import NAMED, NUMBER
from huoqun.simulation.world import examined

END = datetime(2026, 6, 30, 12)


def test_the_same_seed_is_the_same_group():
    assert simulate(Shape(days=40), seed=3, end=END).chat.rows.equals(
        simulate(Shape(days=40), seed=3, end=END).chat.rows
    )


def test_it_rises_falls_and_lives_on_guest_evenings():
    told = simulate(seed=7, end=END)
    assert told.chat.rows.schema == SCHEMA
    days = messages(told.chat.rows).group_by(pl.col("local").dt.date()).len().sort("local")["len"].to_list()
    assert max(days[:14]) > 700
    assert sorted(days[-30:])[15] < 100
    assert max(days[-30:]) > 200
    assert len(told.marks) == 18
    assert told.chat.rows["reply_to"].drop_nulls().is_in(told.chat.rows["key"].to_list()).all()


def test_it_speaks_english_too():
    assert "simulated" in simulate(Shape(days=20), seed=7, end=END, lang="en").chat.group


def test_a_team_says_one_of_the_numbers_that_the_words_offer():
    told = {step.id: step.text.zh for step in library.playbooks()["crisis"].steps if step.id in {"severity", "fault"}}
    offered = {name: {int(n) for n in NUMBER.findall(" ".join(NAMED.findall(text)))} for name, text in told.items()}
    assert offered == {"severity": {1, 2, 3}, "fault": {0, 1}}
    assert not NAMED.findall("百分之几？填 0 到 100。")


def test_an_examination_is_made_anew_for_steps_that_ask_for_what_it_tells():
    books = library.playbooks()
    assert {s.id for s in books["weekly-feedback-day"].steps if examined(s)} >= {"feedback", "say-owed"}
    assert not any(examined(s) for s in books["challenge-100"].steps)
