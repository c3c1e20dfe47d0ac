"""The chatter: what a society says of itself on a day, what it answers to a call in the group, what is said in an
evening together. Who talks follows from who they are, their ties and their moods; and talking changes these.
"""

from bisect import bisect
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import accumulate
from random import Random

from huoqun.simulation.society import Fellow, Society, likely, poisson
from huoqun.simulation.talk import Line

CALLS = {"interactive": 0.16, "useful": 0.07, "emotional": 0.12, "selling": 0.02}
"""By the kind of content, how likely somebody who is always ready takes up words of staff; defaults."""
OTHER_CALL = 0.05
ASKS, NEGATIVE = 0.3, 0.03
GREETS, WELCOMED = 0.5, 0.45
"""Of newcomers, who says a first word; and how likely somebody answers it of themselves; defaults."""
EVENING = timedelta(minutes=75)


BURN_IN, WEEK = 35, 7
"""Days."""


class Crowd:
    """Who may speak, each as often as their weight."""

    def __init__(self, those: Sequence[Fellow]) -> None:
        self.those = those
        self.sums = list(accumulate(max(weight(who), 1e-9) for who in those))

    def one(self, random: Random) -> Fellow:
        """Somebody."""
        return self.those[min(bisect(self.sums, random.random() * self.sums[-1]), len(self.those) - 1)]


def weight(who: Fellow) -> float:
    """How much they say just now. Who never begins of themselves joins in once they have warmed up."""
    own = who.measure or 0.12 * max(0.0, who.warm - 1.15)
    return own * who.lively


def _bounded(who: Fellow) -> float:
    """How well what somebody begins is taken up; 1 is usual."""
    return max(0.55, min(1.8, 0.5 + 0.5 * who.lively))


class Chatter:
    """A source of lines for one society."""

    def __init__(self, society: Society) -> None:
        self.society, self.words, self.rhythm = society, society.words, society.rhythm
        self.fresh: dict[str, bool] = {}
        """Newcomers who have spoken today, and whether somebody answered them."""
        self.hellos: dict[str, Line] = {}
        """Their words."""

    def day(self, day: int, date: datetime, *, like: int | None = None) -> list[Line]:
        """What is said on a day of itself. The moods and ties of everybody are those of its evening afterwards.
        `like`: with the people of another day, and as lively as that."""
        of = day if like is None else like
        society, lines = self.society, list[Line]()
        there = society.there(of)
        self._settle()
        lines += self._comings(day, date)
        if len(there) < 2:
            return lines
        crowd = Crowd(there)
        rate = society.unit * society.tide(of) * self.rhythm.weekday(date.weekday())
        for who in there:
            for number in range(poisson(society.random("talks", day, who.id), rate * weight(who))):
                own = society.random("begins", day, who.id, number)
                hour = own.choice(who.hours) if own.random() < 0.4 else self.rhythm.hour(date.weekday(), own)
                moment = date + timedelta(hours=hour, seconds=own.randrange(3600))
                lines += self.conversation(self.opening(who, moment, own), crowd, own)
        return lines

    def burn_in(self, date: datetime) -> None:
        """Weeks before anything is recorded: until ties, moods and how much is said go with each other."""
        society, said = self.society, list[float]()
        first = -society.course.before
        for back in range(BURN_IN, 0, -1):
            said.append(len(self.day(first - back, date - timedelta(days=back), like=0)))
            society.overnight(first - back)
            lately = sum(said[-WEEK:]) / len(said[-WEEK:])
            society.unit *= min(1.25, max(0.6, society.wanted / max(lately, 0.2))) ** 0.5
            for who in society.fellows.values():
                who.usual = who.tied
        for who in society.fellows.values():
            who.said = 0
        self.fresh, self.hellos = {}, {}

    def opening(self, who: Fellow, moment: datetime, random: Random) -> Line:
        """The first line of a conversation."""
        topic = random.choice(self.words["topics"])
        asks = random.random() < ASKS
        text = random.choice(self.words["ask"]).format(topic=topic["name"]) if asks else random.choice(topic["lines"])
        return self.line(who, moment, text)

    def line(self, who: Fellow, moment: datetime, text: str, answers: Line | None = None) -> Line:
        """Something said."""
        who.said += 1
        return Line(moment, who.id, text, answers=answers)

    def conversation(self, opened: Line, crowd: Crowd, random: Random, lively: float = 1.0) -> list[Line]:
        """The first line and what follows it."""
        fellows = self.society.fellows
        first = fellows[opened.sender]
        follow = self.rhythm.follow(random, lively * _bounded(first))
        if not follow:
            first.feel(-0.03)
        lines, inside, previous, moment = [opened], [first], opened, opened.local
        for _ in range(follow):
            moment += self.rhythm.gap(random)
            speaker = self._next(fellows[previous.sender], inside, crowd, random)
            previous = self.line(speaker, moment, self._text(random, opened), self._told(previous, random))
            self._heard(fellows[lines[-1].sender], speaker)
            if speaker not in inside:
                inside.append(speaker)
            lines.append(previous)
        return lines

    def call(self, opened: Line, piece: str, day: int, random: Random) -> list[Line]:
        """What words of staff in the group bring: who takes them up, and what others say to that."""
        society, lines = self.society, list[Line]()
        there = society.there(day)
        if len(there) < 2:
            return lines
        chance = CALLS.get(piece, OTHER_CALL) * society.goodwill * min(1.0, 40 / len(there) ** 0.75 + 0.25)
        crowd = Crowd(there)
        moment = opened.local
        for who in likely(there, chance, random):
            moment += self.rhythm.gap(random) * 2
            said = self.line(who, moment, random.choice(self.words["answer"]), opened)
            who.feel(-0.05 if piece == "selling" else 0.05, 0.06)
            lines += self.conversation(said, crowd, random, 0.6)
        return lines

    def evening(self, start: datetime, about: Fellow, those: Sequence[Fellow], random: Random) -> list[Line]:
        """An evening in the group about somebody: their story, questions, words of friends."""
        topic = random.choice(self.words["topics"])
        lines = [self.line(about, start, text) for text in random.sample(topic["lines"], 3)]
        moment = start + timedelta(minutes=10)
        many = round(sum(random.uniform(1, 5) for _ in those)) + 8
        for _ in range(many):
            moment += timedelta(seconds=random.expovariate(many / (EVENING.total_seconds() - 600)))
            who = about if not those or random.random() < 0.25 else random.choice(those)
            text = random.choice(self.words["answer"] if who is about else topic["lines"] + self.words["small"])
            lines.append(self.line(who, moment, text, lines[-1] if random.random() < 0.3 else None))
        self.society.together(those, about, 1.2, random)
        return lines

    def among(self, opened: Line, those: Sequence[Fellow], random: Random) -> list[Line]:
        """A conversation of some who do something together."""
        return self.conversation(opened, Crowd(those), random)

    # -- parts

    def _comings(self, day: int, date: datetime) -> list[Line]:
        society, lines = self.society, list[Line]()
        for who in society.fellows.values():
            if who.joined == day and (who.new or day >= 0):
                random = society.random("comes", who.id)
                moment = date + timedelta(hours=9 + 12 * random.random())
                lines.append(Line(moment, who.id, self.words["joined"].format(name=who.name), "join"))
                if random.random() < GREETS:
                    lines += self._hello(who, moment + timedelta(minutes=random.randint(1, 90)), day, random)
            if who.leaves == day:
                lines.append(Line(date + timedelta(hours=8), who.id, self.words["left"].format(name=who.name), "leave"))
        return lines

    def _hello(self, who: Fellow, moment: datetime, day: int, random: Random) -> list[Line]:
        words = self.words
        city, job = random.choice(words["cities"]), random.choice(words["jobs"])
        hello = self.line(who, moment, random.choice(words["greet"]).format(city=city, job=job))
        self.hellos[who.id] = hello
        others = [other for other in self.society.there(day) if other is not who]
        self.fresh[who.id] = bool(others) and random.random() < WELCOMED
        if not self.fresh[who.id]:
            return [hello]
        host = Crowd(others).one(random)
        self._heard(who, host)
        answer = self.line(host, moment + self.rhythm.gap(random), random.choice(words["welcome"]), hello)
        return [hello, answer]

    def _settle(self) -> None:
        """Yesterday's newcomers stay or do not."""
        for id, answered in self.fresh.items():
            who = self.society.fellows[id]
            self.society.settle_in(who, answered=answered or bool(who.near))
        self.fresh, self.hellos = {}, {}

    def _heard(self, who: Fellow, by: Fellow) -> None:
        """Somebody was answered."""
        if who is not by:
            who.feel(0.03)
            self.society.meet(who, by, 0.2)

    def _next(self, last: Fellow, inside: list[Fellow], crowd: Crowd, random: Random) -> Fellow:
        """Who speaks after somebody: mostly who is in the conversation already, or knows them."""
        others = [who for who in inside if who is not last]
        drawn = random.random()
        if others and drawn < 0.55:
            return random.choice(others)
        if last.near and drawn < 0.75:
            those = [(other, strong * weight(other)) for id, strong in last.near.items() if (other := self._here(id))]
            if sum(much for _other, much in those) > 0:
                return random.choices([other for other, _ in those], [much for _, much in those])[0]
        return crowd.one(random)

    def _here(self, id: str) -> Fellow | None:
        """Somebody, if they are still in the group."""
        who = self.society.fellows[id]
        return who if who.leaves is None else None

    def _text(self, random: Random, opened: Line) -> str:
        drawn = random.random()
        if drawn < NEGATIVE:
            return str(random.choice(self.words["negative"]))
        if drawn < 0.35 and opened.text.endswith(("？", "?")):
            return str(random.choice(self.words["answer"]))
        return str(random.choice(random.choice(self.words["topics"])["lines"] if drawn < 0.7 else self.words["small"]))

    def _told(self, previous: Line, random: Random) -> Line | None:
        return previous if random.random() < 0.22 else None
