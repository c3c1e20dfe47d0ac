"""The society: made-up people of one group with habits, ties and moods, and what moves them.

Everybody has a measure of how much they say, favourite hours, a readiness to answer and a mood; pairs that talked have
a tie. What is answered lifts a mood, what is not lowers it; moods and ties make people say more, and both fade. Nothing
here knows of playbooks: a word in private, an evening together or a call in the group are the same for all of them, so
that what a playbook does to a group is what its steps do to its people.

The numbers below are defaults, chosen so that the handbook's own figures come out (a good evening makes new contacts,
17 % of a cold group answer a survey); how people are spread and when they speak is fitted (`simulation/rhythm`).
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from random import Random
from statistics import NormalDist
from typing import Any

from huoqun.simulation.rhythm import Rhythm

TIE_FADES, MOOD_FADES, WARM_FADES = 0.975, 0.85, 0.93
"""What is left of each on the next day."""
USED = 0.03
"""How far somebody gets used to their ties in a day."""
TIE_LIFTS = 0.16
"""How much more somebody says for each doubling of their ties."""
STRONG = 3.0
"""A tie at its strongest."""
WARMEST = 5.0
SILENT = 0.45
"""Share of members who never begin of themselves; a default of cold groups."""


@dataclass
class Fellow:
    """One made-up person."""

    id: str
    name: str
    measure: float
    """How much they say, the mean of those who speak being 1; 0: nothing of themselves."""
    ready: float
    """How readily they do what they are asked, from 0 to 1."""
    hours: tuple[int, ...]
    """Their favourite hours."""
    joined: int
    leaves: int | None = None
    mood: float = 0.0
    """From -1 to 1."""
    warm: float = 1.0
    """How much more than usual they take part; 1 is usual."""
    new: bool = False
    """They have just come, and whether they stay is not decided."""
    said: int = 0
    near: dict[str, float] = field(default_factory=dict)
    """Ties with others, by id: how strong."""
    usual: float = 0.0
    """How tied they are used to be: what was gained lifts them, until they are used to it."""

    @property
    def tied(self) -> float:
        """How tied they are; one more is twice as much."""
        return math.log2(1 + sum(self.near.values()))

    @property
    def lively(self) -> float:
        """How much they say today against usual."""
        return self.warm * (1 + 0.3 * self.mood) * max(0.5, 1 + TIE_LIFTS * (self.tied - self.usual))

    def feel(self, mood: float, warm: float = 0.0) -> None:
        """Something happened to them."""
        self.mood = max(-1.0, min(1.0, self.mood + mood))
        self.warm = max(0.1, min(WARMEST, self.warm + warm))


@dataclass(frozen=True)
class Course:
    """How a group goes by itself. `a_member`: messages a day for each member at the beginning of the run; `turns`: in
    how many days it is e times as much (less than 0: e times as little); `before`: days before the run."""

    a_member: float
    turns: float
    before: int


COURSES = {
    "cold_start": Course(0.30, 0.0, 10),
    "growing": Course(0.45, 120.0, 56),
    "active": Course(0.45, 0.0, 56),
    "declining": Course(0.20, -60.0, 56),
    "silent": Course(0.04, -200.0, 56),
    "closed": Course(0.02, 0.0, 56),
}
"""By stage of life (handbook chapter 9); defaults. `declining` is the group of the first page: under a hundred messages
a day among 330."""


class Society:
    """The people of a group, from the first to the last."""

    def __init__(self, many: int, course: Course, rhythm: Rhythm, words: dict[str, Any], seed: int) -> None:
        """`many` members on the day the run begins (day 0), the owner and the helper among them."""
        self.course, self.rhythm, self.words, self.seed = course, rhythm, words, seed
        self.fellows: dict[str, Fellow] = {}
        self._count = 0
        self._names: set[str] = set()
        random = self.random("people")
        self.goodwill = random.lognormvariate(0.0, 0.35)
        """How well this group takes what is done for it."""
        self.owner = self._add(words["owner"], 0.0, random, -course.before).id
        self.helper = self._add(words["admin"], 0.0, random, -course.before).id
        quiet = min(SILENT, 0.9 - 4 / many)
        late = min(0.9, rhythm.arrivals * course.before if course.turns else 0.9 if course.before < 28 else 0.2)
        while len(self.fellows) < many:
            measure = 0.0 if random.random() < quiet else random.lognormvariate(0.0, rhythm.spread)
            first = random.randrange(1, course.before) if random.random() < late else 0
            self._add(self._named(random), measure, random, first - course.before).new = first > 0
        speak = [f.measure for f in self.fellows.values() if f.measure]
        self.mean = sum(speak) / len(speak)
        for who in self.fellows.values():
            who.measure = self._bounded(who.measure)
        self.wanted = course.a_member * many
        """Messages on day 0 as the group goes by itself."""
        self.unit = self.wanted / len(speak) / (1 + rhythm.replies)
        """Conversations a day that somebody with a measure of 1 begins; `Chatter.burn_in` settles it."""
        self._acquaint(random)

    def random(self, *about: object) -> Random:
        """Chance for one purpose: the same for the same seed, whatever else was drawn."""
        return Random(" ".join(str(part) for part in (self.seed, *about)))  # noqa: S311

    # -- who is there

    def there(self, day: int) -> list[Fellow]:
        """The members on a day, staff aside."""
        staff = {self.owner, self.helper}
        return [f for f in self.all_there(day) if f.id not in staff]

    def all_there(self, day: int) -> list[Fellow]:
        """The members on a day, in the order they came."""
        return [f for f in self.fellows.values() if f.joined <= day and (f.leaves is None or day < f.leaves)]

    def tide(self, day: int) -> float:
        """How the group goes by itself, against day 0."""
        turns = self.course.turns
        return max(0.25, min(3.0, math.exp(day / turns))) if turns else 1.0

    # -- what moves them

    def meet(self, one: Fellow, other: Fellow, strength: float) -> None:
        """Two have talked, or sat together."""
        if one is other:
            return
        strong = min(STRONG, one.near.get(other.id, 0.0) + strength)
        one.near[other.id] = other.near[one.id] = strong

    def asked(self, who: Fellow) -> None:
        """Somebody has written to them in private."""
        who.feel(0.15, 0.25 * self.goodwill)

    def together(
        self, those: Sequence[Fellow], about: Fellow | None, strength: float, random: Random, moved: float = 1.0
    ) -> None:
        """An evening or a meeting: everybody with the one it is about, and each with a few others. `moved`: how much
        it means to them, against such an evening."""
        for who in those:
            who.feel(0.25 * moved, 0.45 * self.goodwill * moved)
            if about is not None:
                self.meet(who, about, strength)
            for other in random.sample(those, min(2, len(those))):
                self.meet(who, other, strength / 2)
        if about is not None:
            about.feel(0.4, 0.8)

    def overnight(self, day: int) -> None:
        """Everything fades a little; some leave, newcomers come."""
        for who in self.fellows.values():
            who.mood *= MOOD_FADES
            who.warm = 1 + (who.warm - 1) * WARM_FADES
            for other in [other for other, strong in who.near.items() if strong * TIE_FADES < 0.05]:
                del who.near[other]
            for other in who.near:
                who.near[other] *= TIE_FADES
            who.usual += USED * (who.tied - who.usual)
        if day < 0:  # how it came to be as large as it is was settled at its beginning
            return
        random = self.random("overnight", day)
        for who in self.there(day):
            if random.random() < 0.0006 * (1.0 - min(0.9, who.mood)) / max(0.3, who.warm):
                who.leaves = day + 1
        for _ in range(self._arriving(random)):
            self._add(self._named(random), 0.0, random, day + 1).new = True

    def settle_in(self, who: Fellow, *, answered: bool) -> None:
        """A newcomer has spoken, and was answered or not: whether they become a voice of the group."""
        random = self.random("settles", who.id)
        stays = self.rhythm.stays_answered if answered else self.rhythm.stays_unanswered
        who.new = False
        measure = self._bounded(random.lognormvariate(0.0, self.rhythm.spread))
        who.measure = max(0.1, measure) if random.random() < stays else 0.0

    # -- how it began

    def _bounded(self, measure: float) -> float:
        return min(measure / self.mean, 40.0)

    def _add(self, name: str, measure: float, random: Random, day: int) -> Fellow:
        weekday = random.randrange(7)
        hours = tuple(self.rhythm.hour(weekday, random) for _ in range(3))
        who = Fellow(f"sim_{self._count:05d}", name, measure, random.betavariate(1.3, 3.2), hours, day)
        self._count += 1
        self.fellows[who.id] = who
        return who

    def _named(self, random: Random) -> str:
        words = self.words
        part = {"surname": "surnames", "given": "givens", "suffix": "suffixes"}
        name = str(words["name"]).format(**{slot: random.choice(words[those]) for slot, those in part.items()})
        number, plain = 2, name
        while name in self._names:
            name, number = f"{plain}{number}", number + 1
        self._names.add(name)
        return name

    def _acquaint(self, random: Random) -> None:
        """Who talks much has talked with some of the others."""
        speak = [f for f in self.fellows.values() if f.measure]
        weights = [f.measure for f in speak]
        for _ in range(round(len(speak) * 0.8)):
            one, other = random.choices(speak, weights, k=2)
            self.meet(one, other, 0.4)

    def _arriving(self, random: Random) -> int:
        voices = sum(1 for f in self.fellows.values() if f.measure and f.leaves is None)
        return poisson(random, self.rhythm.arrivals * voices)


def poisson(random: Random, mean: float) -> int:
    """How often something happens that happens so often in the mean. Takes one draw, whatever comes out, so that what
    is drawn next is the same."""
    drawn = random.random()
    if mean > 60:
        return max(0, round(mean + math.sqrt(mean) * NormalDist().inv_cdf(min(max(drawn, 1e-9), 1 - 1e-9))))
    chance = reached = math.exp(-mean)
    many = 0
    while drawn > reached and chance > 1e-12:
        many += 1
        chance *= mean / many
        reached += chance
    return many


def likely(those: Iterable[Fellow], chance: float, random: Random) -> list[Fellow]:
    """Who of some does something they are asked for, each by their readiness and how warm they are; `chance`: of
    somebody who is always ready. Everybody's luck is drawn, so that others' does not depend on it."""
    luck = [(who, random.random()) for who in those]
    return [who for who, drawn in luck if drawn < min(0.95, chance * who.ready * (0.4 + 0.6 * who.warm))]
