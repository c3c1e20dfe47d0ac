"""The desk: what staff of the example have made of the whole: tree, goal, research, segments, views, a list taken in,
and another rule of strata."""

from datetime import timedelta
from typing import Any

from huoqun.people import branch, goal, group, judgement, ladder, research, roll, segment, view
from huoqun.people.condition import Block, Condition
from huoqun.people.group import Group
from huoqun.people.ladder import Rule
from huoqun.people.membership import here
from huoqun.people.spreadsheet import ACCOUNT, TAG, Line
from huoqun.simulation.minding import Carer

RULE = Rule(core_days=2, core_pace=8, kol_answered_by=6)
"""A group that fell silent looks for its core among fewer."""
COUNTED = ((34, 61), (27, 92), (20, 148), (13, 37), (6, 44))
"""Days ago, and by how much the counter of the goal rose."""


CAME = 12
"""Of those who are seen now and then, so many came to the meeting."""


def furnish_desk(main: Group, circle: Group, carer: Carer, survey: str) -> None:
    """Make what a team would have made in some weeks; `survey`: the id of one that was asked. Call it in a
    transaction."""
    words = carer.words
    group.entrust(main, carer.by, **carer.done(45))
    branch.settle(main, parent=None, kind="main", layout="region", place="", way="strategic", **carer.done(44))
    placed: dict[str, Any] = {"kind": "local", "layout": "", "place": words["place"], "way": "intensive"}
    branch.settle(circle, parent=main, **placed, **carer.done(44))
    _goal(main, carer)
    _studies(main, carer)
    _roll(main, carer)
    for name, query in zip(words["views"], ("state=dying", "alert=any"), strict=True):
        view.keep(main.workspace, carer.by, name=name, query=query, now=carer.now - timedelta(days=14))
    ladder.set_rule(main.workspace, RULE, **carer.done(6))
    judgement.judge(main.workspace, now=carer.now - timedelta(days=6))
    _segments(main, carer, survey)


def _goal(main: Group, carer: Carer) -> None:
    told = carer.words["goal"]
    until = carer.day(main, -60)
    goal.aim(main, text=told["text"], target=1000, unit=told["unit"], until=until, **carer.done(36))
    for (days, amount), note in zip(COUNTED, told["notes"], strict=True):
        goal.count(main, amount, day=carer.day(main, days), note=note, **carer.done(days))


def _studies(main: Group, carer: Carer) -> None:
    """One is overdue, one comes, two are done."""
    for kind, title, text, ahead, finished in carer.words["studies"]:
        told: dict[str, Any] = {"kind": kind, "title": title, "text": text, "due": carer.day(main, -ahead)}
        row = research.write(main.workspace, group=main, who=carer.by, **told, **carer.done(50))
        if finished:
            research.finish(row, **carer.done(1 - ahead))


def _roll(main: Group, carer: Carer) -> None:
    """Who came to a meeting, from a spreadsheet."""
    stands = here(main).filter(role="member", person__tally__stratum="regular")
    came = stands.filter(last__lt=carer.now - timedelta(days=8)).order_by("-messages", "account")[:CAME]
    lines = [Line(1, tuple(carer.words["headings"]))]
    cells = (carer.words["place"], carer.words["came"])
    lines += [Line(number, (i.account, *cells)) for number, i in enumerate(came, 2)]
    row = roll.give(main, carer.words["roll"], lines, **carer.done(16))
    roll.take(row, [ACCOUNT, "city", TAG], add=False, skip=False, **carer.done(16))


def _segments(main: Group, carer: Carer, survey: str) -> None:
    place = carer.words["place"]
    said = Condition(of="survey", how="not_answered", key=survey)
    rules: tuple[tuple[Condition, ...], ...] = (
        (
            Condition(of="stratum", how="is", value="regular"),
            Condition(of="profile", how="contains", key="city", value=place),
            Condition(of="last", how="not_within", value="7"),
        ),
        (Condition(of="messages", how="at_least", value="30"), Condition(of="stratum", how="is", value="silent")),
        (Condition(of="stratum", how="is", value="core"), said),
    )
    for name, parts in zip(carer.words["segments"], rules, strict=True):
        rule = Block(parts=parts)
        row = segment.keep(main.workspace, name=name.format(city=place), rule=rule, **carer.done(10))
        segment.counted(row, segment.size(main.workspace, rule, now=carer.now), now=carer.now)
