"""The attending: what a good team does of itself where a playbook counts on it, and no step says word for word: waiting
questions are answered, newcomers are greeted, people who need something are introduced to those who offer it.
"""

import re
from datetime import timedelta
from functools import partial
from random import Random
from typing import Any

from huoqun.people import introduction
from huoqun.people.dealing import DONE, Dealing, conclude, settle
from huoqun.people.introduction import OFFER
from huoqun.people.rapport import acquaintance
from huoqun.people.task import Task
from huoqun.playbooks import sensing_checkup
from huoqun.playbooks.playbook import Playbook
from huoqun.playbooks.step_form import Measure, Step
from huoqun.simulation.talk import Line
from huoqun.simulation.world import World

ANSWERS = re.compile(
    r"没人[答接]|没答|等着?回?答|回话|逐个答|unanswered|nobody (has )?answered|without an answer|a reply", re.I
)
GREETS = re.compile(r"新人|新同学|新朋友|新来|刚进|newcomer|just joined|who (came|joined)|new (here|member)", re.I)
"""By what words of a task it is about those."""
KNOWN, OLD = timedelta(days=3), timedelta(days=7)
"""How old an examination may be from which staff answer, and a question that is still answered; defaults."""
BRINGS_IN = timedelta(minutes=20)
"""After what time staff have brought in that they answered."""
A_DAY = 3
"""People introduced to each other on a day, at most; a default of a team with little time."""
LATER = timedelta(days=2)
"""Until two who were introduced have met."""


class Attending:
    """The team, beside the steps."""

    def __init__(self, world: World, book: Playbook) -> None:
        self.world = world
        asked = {fact for step in book.steps if not isinstance(step, Measure) for fact in step.asks}
        self.introduces = not asked.isdisjoint({"needs", "needs_solved"})

    def attend(self, row: Task, step: Step | None) -> None:
        """A task was done: whoever it is about has been answered."""
        words = " ".join((row.title, row.text, row.ready, step.at if step else ""))
        random = self.world.society.random("attends", row.key.split("/", 1)[-1], self.world.day)
        if ANSWERS.search(words) or "when asked" in words:
            self._answer(random)
        if GREETS.search(words):
            self._greet(random)

    def day(self) -> None:
        """On an evening: who needs something meets who offers it."""
        group = self.world.group
        if not self.introduces or group is None:
            return
        known, words = acquaintance(group), self.world.society.words["care"]["introduce"]
        found = introduction.proposals(group, known, introduction.members_of(group, known))
        for pair in [p for p in found if any(kind == OFFER for kind, _values in p.reasons)][:A_DAY]:
            said = words.format(one=pair.one.name, other=pair.other.name)
            row = introduction.decide(group, pair.key, accept=True, words=said, by=self.world.by, now=self.world.now)
            accounts = (*pair.one.accounts[:1], *pair.other.accounts[:1])
            self.world.at(self.world.now + LATER, partial(self._met, row, accounts), stirs=False)

    def _met(self, row: Dealing, accounts: tuple[str, ...]) -> None:
        """They have written to each other, and staff put that down."""
        world = self.world
        those = [world.society.fellows[account] for account in accounts if account in world.society.fellows]
        if len(those) == 2:
            world.society.meet(those[0], those[1], 1.0)
        told: dict[str, Any] = {"person": row.person, "other": row.other, "by": world.by, "now": world.now}
        conclude(settle(row.group, row.kind, row.key, state=DONE, **told), "met", by=world.by, now=world.now)

    def _answer(self, random: Random) -> None:
        """Every question that waits, as the newest examination knows them; and the talk is brought in afterwards."""
        world = self.world
        if world.group is None:
            return
        done = {id(line.answers) for line in world.lines if line.answers is not None}
        known = sensing_checkup.documents([world.group], world.now - KNOWN)
        quotes = [quote for _group, told in known for quote in sensing_checkup.waiting(told, world.now - OLD)]
        asked = [line for quote in quotes if (line := self._line(quote["key"] or "")) and id(line) not in done]
        for line in asked:
            self._reply(line, random.choice(world.society.words["answer"]))
        if asked:
            world.at(world.now + BRINGS_IN, world.bring_in)

    def _line(self, key: str) -> Line | None:
        number = key.removeprefix("sim-")
        known = number.isdecimal() and int(number) < len(self.world.record)
        return self.world.record[int(number)] if known else None

    def _greet(self, random: Random) -> None:
        """Whoever has said their first words today and heard nothing."""
        chatter, here = self.world.chatter, self.world.local(self.world.now)
        for who, hello in sorted(chatter.hellos.items()):
            if hello.local < here and not chatter.fresh.get(who, True):
                chatter.fresh[who] = True
                self._reply(hello, random.choice(self.world.society.words["welcome"]))

    def _reply(self, asked: Line, text: str) -> None:
        world = self.world
        world.say([Line(world.local(world.now), world.society.helper, text, answers=asked)])
        who = world.society.fellows.get(asked.sender)
        if who is not None:
            who.feel(0.05)
