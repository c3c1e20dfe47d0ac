"""The journey: a revival week on 330 made-up people, over eight days, from the survey to the report of its effect."""

import json
import os
import resource
import subprocess
import sys
from datetime import datetime

import pytest

from huoqun.__main__ import main
from huoqun.simulation.chatter import Chatter
from huoqun.simulation.rhythm import rhythm
from huoqun.simulation.society import COURSES, Society
from huoqun.simulation.talk import load_words

SMALL = """
id: two-days
version: 1
title: {zh: 两天, en: Two days}
about: {zh: 试, en: try}
fits: [core]
stages: [active]
days: 2
load: {ceiling: 5}
roles: {host: {name: {zh: 主持, en: Host}, minutes: 10}}
paths: {on: {zh: 成, en: On}, off: {zh: 不成, en: Off}}
measures: [pulse]
steps:
  - id: draw
    title: {zh: 抽奖, en: Draw}
    at: day 1 10:00
    do: open
    activity: lottery
    name: {zh: 抽奖, en: Draw}
    plan: {prizes: [书 | 2]}
    closes: 8 h
  - id: enough
    title: {zh: 够不够, en: Enough}
    at: day 1 20:00
    do: wait
    until: signed_up >= 400
    up_to: 3 h
    then: "on"
    late: "off"
  - id: asked
    title: {zh: 问, en: Ask}
    at: day 2 10:00
    do: task
    role: host
    proof: photo
    text: {zh: 问一句, en: Ask}
"""


def simulated(out, *more, seed="0"):
    told = [sys.executable, "-m", "huoqun", "simulate", *more, "--json", str(out)]
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    own = {name: value for name, value in os.environ.items() if not name.startswith("DJANGO")}
    done = subprocess.run(told, capture_output=True, text=True, env=own | {"PYTHONHASHSEED": seed}, check=False)
    assert done.returncode == 0, done.stderr
    return (
        json.loads(out.read_text(encoding="utf-8")),
        done.stdout,
        resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before,
    )


def test_the_week_goes_from_the_survey_to_the_hand_over_and_the_report(tmp_path):
    week = simulated(tmp_path / "out.json", "revival-week", "--people", "330", "--days", "8")
    went_from_the_survey_to_the_hand_over(week)
    had_gates_shut_until_what_they_ask_for_was_there(week)
    came_back_as_much_as_was_planted(week)


def went_from_the_survey_to_the_hand_over(week):
    told, said, _seconds = week
    assert told["simulated"] is True
    assert said.startswith("simulated:")
    assert told["run"]["state"] == "ended"
    steps = {(s["id"], s["turn"]): s for s in told["steps"]}
    assert {s["state"] for s in told["steps"]} <= {"done", "skipped"}
    way = ["open-survey", "close-survey", "picture", "open-spotlight", "open-meetup", "open-teams", "meetup-host"]
    for step in [*way, "hand-over-sheet", "hand-over", "settle-shows", "settle-meetup", "measure-after", "review"]:
        assert steps[step, ""]["state"] == "done", steps[step, ""]
        assert steps[step, ""]["due"] <= steps[step, ""]["done"]
    assert told["run"]["paths"] == ["well-answered", "signed-up", "meet", "teams", "handed"]


def had_gates_shut_until_what_they_ask_for_was_there(week):
    gates = {(g["step"], g["kind"]): g for g in week[0]["gates"]}
    hand = gates["who-takes", "gate"]
    assert hand["shut_first"]
    assert hand["facts"] == {"agreed": None}
    assert hand["opened"] > hand["asked"]
    assert hand["facts_at_end"]["agreed"] >= 1
    back = gates["recovered", "gate"]
    assert back["opened"]
    assert back["facts_at_end"]["spotlights"] >= 5
    assert 0 < gates["enough", "way well-answered"]["facts"]["answered"] < 1


def came_back_as_much_as_was_planted(week):
    told = week[0]
    assert [row["day"] for row in told["messages"]] == list(range(1, 9))
    usual = sum(row["messages"] for row in told["before"][-28:]) / 28
    assert sum(row["messages"] for row in told["messages"][1:]) / 7 > 1.5 * usual
    assert told["ties"]["after"]["number"] > told["ties"]["before"]["number"]
    effect, planted = told["effect"], told["planted"]["during"]["difference"]
    assert effect["estimate"] > 0
    assert effect["low"] < effect["estimate"] < effect["high"]
    assert effect["words"]["zh"]
    assert effect["low"] <= planted <= effect["high"]


def test_the_same_seed_is_the_same_file_and_another_is_not(tmp_path):
    book = tmp_path / "two-days.yaml"
    book.write_text(SMALL, encoding="utf-8")
    first, _said, _ = simulated(tmp_path / "a.json", str(book), "--people", "40", "--seed", "7", seed="1")
    again, _said, _ = simulated(tmp_path / "b.json", str(book), "--people", "40", "--seed", "7", seed="2")
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()
    assert first["run"]["paths"] == ["off"]
    (wait,) = [g for g in first["gates"] if g["kind"] == "wait"]
    assert (wait["opened"], wait["otherwise"]) == (None, "off")
    assert [row["date"] for row in again["messages"]] == ["2026-03-02", "2026-03-03"]


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (["revival-week", "--people", "4"], "--people 4: from 5 to 5000"),
        (["revival-week", "--people", "5001"], "--people 5001: from 5 to 5000"),
        (["revival-week", "--days", "0"], "--days 0: from 1 to 400"),
        (["revival-week", "--seed", "-1"], "--seed -1: 0 or more"),
        (["no-such-book"], "no-such-book: no such playbook"),
        (["revival-week", "--json", "/nowhere/at/all.json"], "there is no folder /nowhere/at"),
    ],
)
def test_wrong_use_is_one_clear_line(wrong, why, capsys):
    assert main(["simulate", *wrong]) == 2
    told = capsys.readouterr().err
    assert why in told
    assert told.count("\n") == 1


def test_mistakes_of_a_file_have_their_line(tmp_path, capsys):
    book = tmp_path / "book.yaml"
    book.write_text(SMALL.replace("do: task", "do: dance"), encoding="utf-8")
    assert main(["simulate", str(book)]) == 2
    assert f"{book}:33: steps.2.do: no kind of step" in capsys.readouterr().err


def test_a_society_goes_by_its_seed_and_keeps_its_measure():
    def days(seed):
        society = Society(120, COURSES["active"], rhythm(), load_words("en"), seed)
        chatter = Chatter(society)
        from_day = COURSES["active"].before
        moment = datetime(2026, 3, 2)
        chatter.burn_in(moment)
        found = []
        for day in range(-from_day, 0):
            found.append([(line.local, line.sender, line.text) for line in chatter.day(day, moment)])
            society.overnight(day)
        return found, society.wanted

    one, wanted = days(3)
    assert one == days(3)[0] != days(4)[0]
    assert wanted / 3 < sum(map(len, one)) / len(one) < wanted * 3
