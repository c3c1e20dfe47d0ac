"""Content in the example: pieces, a week of slots, topics, keywords, guests and the owner's plan."""

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from huoqun.content import brand_plan, guest, material, slot, topic_bank, watchword
from huoqun.content.guest import Person
from huoqun.content.material import Piece
from huoqun.people.group import Group
from huoqun.simulation.minding import Carer

HOURS = (10, 16, 21)
"""Golden hours (handbook 12), one piece in each."""


def fill(main: Group, carer: Carer) -> None:
    """What an editor has prepared, in the words of `content`. Its checkup has to be there. Call it in a transaction."""
    told = carer.words["content"]
    for days, (hour, (kind, title, text)) in enumerate(zip(HOURS, told["pieces"], strict=True), 1):
        row = material.add(main.workspace, Piece(title=title, text=text, kind=kind), **carer.done(9))
        planned: dict[str, Any] = {"text": text, "kind": kind, "material": row, "key": f"example {hour}"}
        slot.plan(main, at=_at(main, carer, days, hour), approves=days < len(HOURS), **planned, **carer.done(0))
    for sort, text in told["topics"]:
        topic_bank.add(main.workspace, group=main, sort=sort, text=text, **carer.done(12))
    words = [_watched(main, name, others, note, carer) for name, others, note in told["keywords"]]
    watchword.look(main, now=carer.now)
    _guests(main, told, carer)
    for stage, text, target, unit, days, done in told["aims"]:
        by_word = words[0] if done is None else None
        aimed: dict[str, Any] = {"target": target, "unit": unit, "until": carer.day(main, -days), "watchword": by_word}
        row_of = brand_plan.aim(main.workspace, stage=stage, text=text, **aimed, **carer.done(30))
        for number, amount in enumerate(done or ()):
            day = carer.day(main, 21 - 7 * number)
            brand_plan.count(row_of, amount, day=day, key=f"example {number}", **carer.done(21 - 7 * number))


def _watched(main: Group, name: str, others: str, note: str, carer: Carer) -> watchword.Watchword:
    return watchword.add(main.workspace, name=name, others=others, note=note, **carer.done(20))


def _guests(main: Group, told: dict[str, Any], carer: Carer) -> None:
    """One was here last night, and somebody has to say so; one comes next week."""
    for number, (name, topics, relation, cost, terms, topic, days) in enumerate(told["guests"]):
        who = Person(name=name, topics=topics, relation=relation, cost=cost, terms=terms)
        row = guest.keep(main.workspace, who, **carer.done(25))
        start = _at(main, carer, days, 20)
        told_of: dict[str, Any] = {"minutes": 60, "topic": topic, "series": told["series"], "key": f"example {number}"}
        guest.plan(row, main, start=start, **told_of, **carer.done(15))


def _at(main: Group, carer: Carer, days: int, hour: int) -> datetime:
    zone = ZoneInfo(main.zone)
    return datetime.combine(carer.now.astimezone(zone).date() + timedelta(days=days), time(hour), zone)
