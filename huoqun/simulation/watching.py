"""The watching: what a trial writes down while it goes on: at which facts gates were shut, and at which they opened."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from huoqun.playbooks import gate, sensing
from huoqun.playbooks.run import AHEAD, DONE, OVER, DueStep
from huoqun.playbooks.step_form import Branch, Step, Wait
from huoqun.simulation.world import World


@dataclass
class Gate:
    """A condition that a run has asked: a step's gate, a wait, or the ways of a branch."""

    step: str
    turn: str
    kind: str
    condition: str
    at: datetime
    """When it was asked first."""
    facts: dict[str, float | None]
    """What was known then of what it asks for."""
    shut: bool
    """It did not hold then."""
    opened: datetime | None = None
    why: str = ""
    facts_at_end: dict[str, float | None] = field(default_factory=dict)
    over: bool = False


class Watching:
    """Looks after each round of the worker."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.gates: dict[tuple[str, str, str], Gate] = {}
        self.asking: list[str] = []
        """The steps that ask something."""
        world.looks.append(self._look)

    def told(self) -> list[Gate]:
        """All there were, in the order in which they were asked."""
        return sorted(self.gates.values(), key=lambda g: (g.at, g.step, g.turn))  # ways as the file has them

    def _look(self) -> None:
        run = self.world.run
        if run is None:
            return
        open_ = [key for key, found in self.gates.items() if not found.over]
        book = run.edition.playbook
        self.asking = self.asking or [step.id for step in book.steps if conditions(step)]
        rows = DueStep.objects.filter(run=run, step__in=self.asking, due__lte=self.world.now)
        for row in rows.order_by("due", "place", "turn"):
            for kind, line in conditions(book.step(row.step)):
                key = (row.step, row.turn, kind)
                if (key not in self.gates and (row.state != AHEAD)) or key in open_:
                    self._see(key, row, line)

    def _see(self, key: tuple[str, str, str], row: DueStep, line: str) -> None:
        if key in self.gates and row.state not in OVER:
            return
        now, asked = self.world.now, gate.read(line)
        known = self._facts(asked.facts)
        held = bool(asked.holds(known))
        if key not in self.gates:
            if row.state in OVER and row.why.startswith("path "):
                return  # a way that was not taken asks nothing
            past = row.state == DONE or (key[2] == "gate" and row.said.get("gate") == "open")
            self.gates[key] = Gate(*key, line, now, known, shut=not (held or (past and key[2] == "gate")))
        found = self.gates[key]
        if row.state in OVER:
            found.over, found.facts_at_end, found.why = True, known, row.why
            gated = key[2] == "gate"
            ways = [g for g in self.gates.values() if (g.step, g.turn) == key[:2] and g.kind.startswith("way ")]
            taken = key[2].startswith("way ") and any(g.opened for g in ways)
            if row.state == DONE and (gated or (held and not taken)):
                found.opened = row.at or now

    def _facts(self, names: frozenset[str]) -> dict[str, float | None]:
        run = self.world.run
        assert run is not None
        run.refresh_from_db()
        known = sensing.facts([run], now=self.world.now)[run.pk]
        return {name: known.get(name) for name in sorted(names)}


def conditions(step: Step) -> list[tuple[str, str]]:
    """What a step asks, by the kind of question."""
    found = [("gate", step.gate)] if step.gate else []
    if isinstance(step, Wait):
        found.append(("wait", step.until))
    if isinstance(step, Branch):
        found += [(f"way {path}", line) for path, line in step.ways.items()]
    return found


def spoken(values: dict[str, float | None]) -> dict[str, Any]:
    """Facts as JSON has them, rounded as people read them."""
    return {name: None if value is None else round(value, 4) for name, value in values.items()}
