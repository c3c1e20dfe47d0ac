"""What differs between two versions of a playbook: in lines, and as what happens to each step."""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from huoqun.playbooks.playbook import Playbook
from huoqun.playbooks.step_form import Step, Title, Words

AROUND = 3
"""Lines shown on each side of a change."""
MOST = 2000
"""Lines of a comparison at most."""
WHOLE = (
    "title",
    "about",
    "fits",
    "stages",
    "size",
    "days",
    "load",
    "roles",
    "variables",
    "paths",
    "measures",
    "source",
)
HINGES = frozenset(
    {"gate", "only_if", "patience", "otherwise", "path", "until", "up_to", "ways", "then", "late", "last"}
)
"""Fields on which it hangs whether and which way the run goes."""


@dataclass(frozen=True)
class Line:
    """A line of a comparison: `add`, `less`, `same`, or `gap` where others are left out."""

    how: Literal["add", "less", "same", "gap"]
    text: str


@dataclass(frozen=True)
class Difference:
    """What is another: `added`, `removed`, `moved`, `words`, `hinge`, `field`, `order` of a step; `whole` of all."""

    what: str
    step: Step | None
    field: str = ""
    before: Any = None
    after: Any = None


def lines(old: str, new: str) -> list[Line]:
    """Two texts side by side, by line, without what is the same far and wide."""
    found: list[Line] = []
    for text in difflib.unified_diff(old.splitlines(), new.splitlines(), n=AROUND, lineterm=""):
        if text.startswith(("---", "+++")) and not found:
            continue
        if text.startswith("@@"):
            found.append(Line("gap", text))
        else:
            how: Literal["add", "less", "same"] = "add" if text[:1] == "+" else "less" if text[:1] == "-" else "same"
            found.append(Line(how, text[1:]))
        if len(found) >= MOST:
            break
    return found


def differences(old: Playbook, new: Playbook) -> list[Difference]:
    """What a newer playbook does otherwise, the whole first, then step by step."""
    return [*_of_whole(old, new), *_of_steps(old, new)]


def _of_whole(old: Playbook, new: Playbook) -> Iterator[Difference]:
    for field in WHOLE:
        before, after = getattr(old, field), getattr(new, field)
        if before != after:
            yield Difference("whole", None, field, before, after)


def _of_steps(old: Playbook, new: Playbook) -> Iterator[Difference]:
    before, after = {s.id: s for s in old.steps}, {s.id: s for s in new.steps}
    for step in new.steps:
        if step.id not in before:
            yield Difference("added", step)
        else:
            yield from _of_step(before[step.id], step)
    for step in old.steps:
        if step.id not in after:
            yield Difference("removed", step)
    stay = [s.id for s in old.steps if s.id in after]
    order = [s.id for s in new.steps if s.id in before]
    for id in _shifted(stay, order):
        yield Difference("order", after[id], "", stay.index(id) + 1, order.index(id) + 1)


def _of_step(old: Step, new: Step) -> Iterator[Difference]:
    for field in dict.fromkeys([*type(old).model_fields, *type(new).model_fields]):
        before, after = getattr(old, field, None), getattr(new, field, None)
        if before == after:
            continue
        words = isinstance(before, Title | Words) or isinstance(after, Title | Words)
        what = "moved" if field == "at" else "words" if words else "hinge" if field in HINGES else "field"
        yield Difference(what, new, field, before, after)


def _shifted(old: list[str], new: list[str]) -> list[str]:
    """What stands elsewhere among the others, as few as can be."""
    same = difflib.SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
    stay = {id for block in same for id in old[block.a : block.a + block.size]}
    return [id for id in new if id not in stay]
