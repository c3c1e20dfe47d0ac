"""The doing: one step of one run at its moment, with everything that carrying it out needs."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from huoqun.activities.activity import Activity
from huoqun.people.group import Group
from huoqun.playbooks import reason, timing
from huoqun.playbooks.fact import FACTS
from huoqun.playbooks.opening import SLOT
from huoqun.playbooks.run import DONE, OVER, DueStep, Run
from huoqun.playbooks.step_form import Step, Title, Words


@dataclass
class Doing:
    """A step that is due. `before`: what the steps of its run have made so far, by step."""

    row: DueStep
    run: Run
    form: Step
    facts: dict[str, float | None]
    before: dict[str, Any]
    people: dict[str, UUID]
    """By role, the account that does it, where there still is one."""
    opened: Activity | None = None
    """The activity that its `of` names, as it stands, also where it was withdrawn."""
    chose: bool = False
    """It has chosen a path, or told the run a number: the run is to be saved."""

    @property
    def group(self) -> Group:
        """Where it happens."""
        return self.run.group

    @property
    def key(self) -> str:
        """What it writes has this key."""
        return self.row.key

    @property
    def withdrawn(self) -> bool:
        """What it is about was taken out of the lists."""
        return self.opened is not None and self.opened.removed is not None

    @cached_property
    def values(self) -> dict[str, Any]:
        """What was said of the playbook's variables, and the date of each day of the run."""
        return {**timing.dates(self.run.begins, self.run.edition.playbook.days), **self.run.values}

    @property
    def of_nothing(self) -> str:
        """Why it cannot speak of what its `of` names: the step that should have opened it is over and has not. "": it
        can, or that step is yet to come."""
        of = getattr(self.form, "of", None)
        if of is None or self.opened is not None:
            return ""
        there = self.run.steps.filter(step=of)
        return reason.of("unopened", of) if there and all(row.state in OVER for row in there) else ""

    def words(self, told: Title | Words | None, field: str = "text", *, keep: str = "") -> str:
        """What is said, in the run's language: what somebody has put in its place for this once, else the
        playbook's, with the values of the run in it, and who or what it happened to; `keep` stays as it is."""
        own = self.row.said.get(field)
        text = own if isinstance(own, str) else getattr(told, self.run.language) if told else ""
        return SLOT.sub(lambda found: found[0] if found[1] == keep else self._shown(self._known(found[1]), found), text)

    def _known(self, name: str) -> Any:
        happened = self.row.result.get("words", {})
        places = (happened, self.run.values, self.run.numbers, self.facts)
        return next((place[name] for place in places if name in place), None if name == "group" else self._date(name))

    def _date(self, name: str) -> Any:
        return self.values.get(name) if name.startswith("day_") else None

    def _shown(self, value: Any, found: Any) -> str:
        if found[1] == "group":
            return self.group.name
        if isinstance(value, float):
            fact = FACTS.get(found[1])
            return f"{value:.0%}" if fact and fact.share else f"{round(value, 1):g}"
        return found[0] if value is None else str(value)


def ids(told: Iterable[str]) -> list[UUID]:
    """The ids in what a step has made; in place of somebody who was erased stands none."""
    return [UUID(text) for text in told if _ID.fullmatch(text)]


_ID = re.compile(r"[0-9a-f]{32}")


@dataclass
class Outcome:
    """What became of a step: its state, what it made, the path it chose, when to look at it again."""

    state: str = DONE
    result: dict[str, Any] = field(default_factory=dict)
    path: str = ""
    why: str = ""
    next: datetime | None = None
    until: datetime | None = None
    numbers: dict[str, float] = field(default_factory=dict)
    """Facts that the run knows from now on."""
