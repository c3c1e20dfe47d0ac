"""Made-up groups: one rises, lives on its owner and on guests, and falls silent; a small circle talks by itself.

The example group of a new installation. Shaped after the practitioners' story in the handbook's first page
(a thousand messages a day at the start, under a hundred weeks later, awake only on guest days) so that every part
of a diagnosis has something to show. Nothing in it was ever said by a person.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from huoqun.chat.message import Chat
from huoqun.insight.card import Mark
from huoqun.simulation.talk import Line, Talk, load_words
from huoqun.simulation.told import told

ZONE = "Asia/Shanghai"


@dataclass(frozen=True)
class Simulated:
    """A simulated group: its history and what its operator would know of it."""

    chat: Chat
    type: str
    marks: tuple[Mark, ...]
    """The guest evenings."""


@dataclass
class Member:
    """One simulated person."""

    id: str
    name: str
    weight: float
    """How readily they speak."""
    joined: int
    """Day of joining."""
    leaves: int
    """Day from which they are silent."""
    goes: bool = False
    """They leave the group on that day."""


@dataclass(frozen=True)
class Shape:
    """How a simulated group goes."""

    people: int = 330
    """Members on the last day."""
    days: int = 150
    peak: float = 950.0
    """Messages on its best days."""
    fades: float = 0.962
    """What is left of a day's messages on the next one."""
    guests: bool = True
    type: str = "learning"
    name: str = "group"
    """Which word of the word list it is called by."""


RISEN = Shape()
"""It rises, lives on its owner and on guests, and falls silent."""
CIRCLE = Shape(people=42, days=60, peak=60.0, fades=0.995, guests=False, type="regional", name="circle")
"""A small circle of the same people that talks by itself."""


def simulate(
    shape: Shape = RISEN, *, seed: int, end: datetime, lang: str = "zh", known: Sequence[tuple[str, str]] = ()
) -> Simulated:
    """A group of that shape, its last day being that of `end` (naive UTC). Same seed, same group.

    `known`: people of another group who are in this one too: identity and name.
    """
    random = Random(seed)  # noqa: S311
    words = load_words(lang)
    days = shape.days
    last = end.replace(tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo(ZONE)).replace(tzinfo=None)
    first = (last - timedelta(days=days - 1)).replace(hour=0, minute=0, second=0, microsecond=0)
    members = _members(random, words, shape, known)
    talk = Talk(random, words, members[0].id, members[1].id)
    lines: list[Line] = []
    marks: list[Mark] = []
    for day in range(days):
        date = first + timedelta(days=day)
        _arrivals(lines, talk, members, day, date)
        present = [m for m in members if m.joined <= day < m.leaves]
        guest = shape.guests and day >= 21 and day % 7 == 4
        _ordinary_day(lines, talk, present, day, date, shape)
        if guest:
            marks.append(_guest_evening(lines, talk, present, date, len(marks)))
    if shape.guests:
        lines += _cards(words["cards"], members, last)
    lines = [line for line in lines if line.local <= last]
    chat = told(lines, members=[(m.id, m.name) for m in members], group=words[shape.name], zone=ZONE, exported=end)
    return Simulated(chat, shape.type, tuple(m for m in marks if m.start <= end))


def _members(random: Random, words: dict[str, Any], shape: Shape, known: Sequence[tuple[str, str]]) -> list[Member]:
    """The owner, the helper, about one in twenty-five steady members, and many who fall silent after some weeks; and
    some beyond the group's size who leave it."""
    days, staying = shape.days, 2
    found = [
        Member("sim_0000", words["owner"], 0.0, 0, days + 1),
        Member("sim_0001", words["admin"], 0.0, 0, days + 1),
    ]
    begin = 2 if shape.name == "group" else 1000
    others = iter(known)
    while staying < shape.people:
        id, name = next(others, (f"sim_{begin + len(found) - 2:04d}", ""))
        surname, given, suffix = (random.choice(words[part]) for part in ("surnames", "givens", "suffixes"))
        name = name or words["name"].format(surname=surname, given=given, suffix=suffix)
        joined = 0 if random.random() < 0.55 else min(int(random.expovariate(1 / 22)), days - 1)
        steady = random.random() < 0.04
        stays = random.expovariate(1 / 45) + 22 if steady else random.expovariate(1 / 24) + 2
        weight = random.paretovariate(1.25) * (2.5 if steady else 1.0)
        if random.random() < 0.3:
            weight = 0.0
        leaves = joined + int(stays)
        goes = leaves < days and random.random() < 0.12
        staying += not goes
        found.append(Member(id, name, min(weight, 25.0), joined, leaves, goes))
    return found


def _arrivals(lines: list[Line], talk: Talk, members: list[Member], day: int, date: datetime) -> None:
    """Joins and leaves of a day, and a newcomer's greeting; early on somebody answers, later hardly anybody."""
    for member in members[2:]:
        if member.joined == day:
            moment = date + timedelta(hours=9 + 12 * talk.random.random())
            lines.append(talk.event("join", member.id, member.name, moment))
            if member.weight and talk.random.random() < 0.45:
                hello = talk.hello(member.id, moment + timedelta(minutes=talk.random.randint(1, 90)))
                lines.append(hello)
                if talk.random.random() < max(0.25, 0.9 - day / 90):
                    lines.append(talk.welcome(hello))
        if member.leaves == day and member.goes:
            lines.append(talk.event("leave", member.id, member.name, date + timedelta(hours=22)))


def _ordinary_day(lines: list[Line], talk: Talk, present: list[Member], day: int, date: datetime, shape: Shape) -> None:
    """Morning words by the owner, an advert now and then, and conversations until the day's measure is full."""
    lines.append(talk.morning(date, day))
    if day >= 4 and day % (5 if day < shape.days // 2 else 3) == 0:
        lines.append(talk.sell(date))
    measure = shape.peak * (0.35 + 0.65 * min(1.0, day / 6)) * shape.fades ** max(0, day - 6) + 22
    measure *= talk.random.uniform(0.8, 1.2) * (0.8 if date.weekday() >= 5 else 1.0)
    owner_starts = min(0.62, 0.25 + day / 250)
    said = 0
    while said < measure:
        said += talk.conversation(lines, present, date, owner_starts, lively=max(0.1, 1 - day / 110))


def _cards(texts: Sequence[str], members: list[Member], last: datetime) -> list[Line]:
    """Cards that members filled in about themselves, on some of the last days."""
    those = [m for m in members[2:] if m.weight and not m.goes]
    return [Line(last - timedelta(days=6 + 5 * n, minutes=7 * n), those[n].id, text) for n, text in enumerate(texts)]


def _guest_evening(lines: list[Line], talk: Talk, present: list[Member], date: datetime, number: int) -> Mark:
    """A guest speaks from 20:00; two or three hundred messages, and the next day it is quiet again."""
    start = date + timedelta(hours=20)
    title = talk.guest(lines, present, start, number)
    begin = start.replace(tzinfo=ZoneInfo(ZONE)).astimezone(ZoneInfo("UTC")).replace(tzinfo=None)
    return Mark(begin, begin + timedelta(hours=3), title)
