"""What simulated people say: sentences put together from a word list, in conversations with questions and answers."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.resources import files
from random import Random
from typing import Any, Protocol

GOLDEN = ((7, 3), (9, 4), (10, 4), (12, 3), (15, 4), (16, 4), (20, 5), (21, 7), (22, 5), (23, 2))
"""Hours at which conversations start, with weights: the golden hours of handbook chapter 12, and early birds."""


@dataclass
class Line:
    """One thing said or reported, on the group's wall clock."""

    local: datetime
    sender: str
    text: str
    kind: str = "text"
    answers: "Line | None" = None
    mentions: tuple[str, ...] = ()
    key: str = ""
    """By what the record knows it, where it was given one."""


class Speaker(Protocol):
    """Somebody who may speak."""

    id: str
    name: str
    weight: float


def load_words(lang: str) -> dict[str, Any]:
    """The word list of a language, `zh` or `en`."""
    text = files("huoqun.simulation").joinpath("data", f"{lang}.json").read_text(encoding="utf-8")
    words: dict[str, Any] = json.loads(text)
    return words


class Talk:
    """A source of lines: one random stream, one word list, the owner and the helper."""

    def __init__(self, random: Random, words: dict[str, Any], owner: str, helper: str) -> None:
        """`owner` and `helper` are identities."""
        self.random = random
        self.words = words
        self.owner = owner
        self.helper = helper

    def event(self, kind: str, sender: str, name: str, moment: datetime) -> Line:
        """A join or a leave, as the network reports it."""
        return Line(moment, sender, self.words["joined" if kind == "join" else "left"].format(name=name), kind)

    def hello(self, sender: str, moment: datetime) -> Line:
        """A newcomer's first words."""
        words = self.words
        city, job = self.random.choice(words["cities"]), self.random.choice(words["jobs"])
        return Line(moment, sender, self.random.choice(words["greet"]).format(city=city, job=job))

    def welcome(self, hello: Line) -> Line:
        """The owner or the helper greets back within the hour."""
        moment = hello.local + timedelta(minutes=self.random.randint(1, 50))
        who = self.random.choice((self.owner, self.helper))
        return Line(moment, who, self.random.choice(self.words["welcome"]), answers=hello)

    def morning(self, date: datetime, day: int) -> Line:
        """The owner's morning words."""
        moment = date + timedelta(hours=7, minutes=self.random.randint(0, 9))
        text = self.random.choice(self.words["morning"]).format(n=day * 7 % 180 + 20, m=day * 7 % 180 + 40)
        return Line(moment, self.owner, text)

    def sell(self, date: datetime) -> Line:
        """The helper's advert at ten."""
        text = self.random.choice(self.words["sell"]).format(n=self.random.randint(3, 20))
        return Line(date + timedelta(hours=10, minutes=self.random.randint(0, 20)), self.helper, text)

    def conversation(
        self, lines: list[Line], present: Sequence[Speaker], date: datetime, owner_starts: float, lively: float
    ) -> int:
        """One conversation; returns how many lines it added. `lively` in (0, 1]: how long and how well answered."""
        random = self.random
        hours, weights = zip(*GOLDEN, strict=True)
        moment = date + timedelta(hours=random.choices(hours, weights)[0], seconds=random.randint(0, 3599))
        speakers = [m for m in present if m.weight]
        topic = random.choice(self.words["topics"])
        starter = self.owner if random.random() < owner_starts or not speakers else self._somebody(speakers)
        asks = random.random() < 0.3
        text = random.choice(self.words["ask"]).format(topic=topic["name"]) if asks else random.choice(topic["lines"])
        opened = Line(moment, starter, text)
        lines.append(opened)
        if asks and starter != self.owner and random.random() > 0.35 + 0.6 * lively:
            return 1
        size = 1 + int(random.expovariate(1 / (2 + 7 * lively)))
        circle = [self._somebody(speakers) for _ in range(random.randint(1, 4))] if speakers else []
        previous = opened
        for _ in range(size):
            moment += timedelta(seconds=int(random.expovariate(1 / 55)) + 3)
            previous = self._turn(previous, opened, circle, topic, moment, asks)
            lines.append(previous)
        return size + 1

    def guest(self, lines: list[Line], present: Sequence[Speaker], start: datetime, number: int) -> str:
        """A guest's evening; returns its title."""
        random, words = self.random, self.words
        guest = words["guests"][number % len(words["guests"])]
        topic = words["topics"][number % len(words["topics"])]
        title: str = words["guest_open"].format(guest=guest, topic=topic["name"])
        lines.append(Line(start - timedelta(hours=3), self.owner, title))
        moment = start
        speakers = [m for m in present if m.weight]
        for part in words["guest_line"]:
            moment += timedelta(minutes=random.randint(4, 9))
            opened = Line(moment, self.owner, f"{guest}：" + part.format(topic=topic["name"]))
            lines.append(opened)
            at = moment
            for _ in range(random.randint(28, 46)):
                at += timedelta(seconds=random.expovariate(1 / 14) + 1)
                who = self._somebody(speakers) if speakers else self.owner
                pool = words["small"] if random.random() < 0.6 else topic["lines"]
                lines.append(Line(at, who, random.choice(pool), answers=opened if random.random() < 0.2 else None))
        return f"{guest}《{topic['name']}》"

    def _turn(
        self, previous: Line, opened: Line, circle: list[str], topic: dict[str, Any], moment: datetime, asks: bool
    ) -> Line:
        """The next line of a conversation: mostly to the one before, often by the owner."""
        random = self.random
        others = [m for m in circle if m != previous.sender]
        owner = previous.sender != self.owner and (not others or random.random() < 0.42)
        who = self.owner if owner else random.choice(others) if others else self.helper
        roll = random.random()
        if roll < 0.03:
            text = random.choice(self.words["negative"])
        elif asks and roll < 0.5:
            text = random.choice(self.words["answer"])
        elif roll < 0.75:
            text = random.choice(topic["lines"])
        else:
            text = random.choice(self.words["small"])
        target = previous if random.random() < 0.8 else opened
        told = random.random() < 0.22
        named = target.sender if told and random.random() < 0.5 and target.sender != who else None
        return Line(moment, who, text, answers=target if told else None, mentions=(named,) if named else ())

    def _somebody(self, speakers: Sequence[Speaker]) -> str:
        """The identity of a speaker, by weight."""
        return self.random.choices(speakers, [m.weight for m in speakers])[0].id
