"""The playbook (打法): a method written down as steps over days, in a file that a person can read.

`read` takes the text of a file and gives the playbook, or every mistake with its line and field.
"""

import json
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property, lru_cache
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, ValidationError, WithJsonSchema

from huoqun.insight.card import TYPES
from huoqun.playbooks import audience, gate, opening, timing, yaml_lines
from huoqun.playbooks.fact import FACTS
from huoqun.playbooks.opening import SLOT
from huoqun.playbooks.step_form import AnyStep, Form, Name, Short, Step, Title, Variable, Words
from huoqun.playbooks.yaml_lines import Mistake

STAGES = ("cold_start", "growing", "active", "declining", "silent", "closed")
MEASURES = ("pulse", "speakers", "ties", "newcomers", "answers", "mood", "orders")
"""What an effect report can look at."""
ALWAYS = frozenset({"group", "link", "name", "day"})
"""What words may name in every playbook: the group's name, the way to what was opened, the one who is spoken to, the
day of the run. The date of a day of the run is `{day_8}` (`timing.dates`)."""
SOME_DAY = date(2026, 12, 7)
"""A day on which a run could begin, for what is checked before one does."""


def _one_of(those: tuple[str, ...]) -> AfterValidator:
    def check(text: str) -> str:
        if text not in those:
            raise ValueError(f"say one of {', '.join(those)}")
        return text

    return AfterValidator(check)


def _listed(those: tuple[str, ...]) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "enum": list(those)})


Type = Annotated[str, _one_of(TYPES), _listed(TYPES)]
Stage = Annotated[str, _one_of(STAGES), _listed(STAGES)]
Measured = Annotated[str, _one_of(MEASURES), _listed(MEASURES)]


class Role(Form):
    """Somebody who is needed: what they are called, and how many minutes a day it takes."""

    name: Title
    minutes: Annotated[int, Field(ge=0, le=1440)]
    many: Annotated[int, Field(ge=1, le=100)] = 1


class Asked(Form):
    """Something that is asked when a run starts."""

    ask: Title
    kind: Literal["text", "number", "time", "date", "link", "picture", "file"] = "text"
    default: Title | Annotated[int, Field(ge=0)] | None = None
    """A text in both languages, or a number; without one it has to be said."""


class Load(Form):
    """What a group can bear in a day of the run: how much is said by us at least and at most, and how much sells."""

    floor: Annotated[int, Field(ge=0, le=50)] = 0
    ceiling: Annotated[int, Field(ge=1, le=50)]
    selling: Annotated[int, Field(ge=0, le=10)] = 0


class Size(Form):
    """How many members a group it fits has."""

    least: Annotated[int, Field(ge=1)] = 1
    most: Annotated[int, Field(ge=1)] = 100_000


class Playbook(Form):
    """A whole playbook."""

    id: Name
    version: Annotated[int, Field(ge=1, le=9999)]
    title: Title
    about: Words
    """What it is for, when not to use it."""
    fits: Annotated[list[Type], Field(min_length=1)]
    """Types of group."""
    stages: Annotated[list[Stage], Field(min_length=1)]
    size: Size = Size()
    days: Annotated[int, Field(ge=1, le=timing.LONGEST)]
    load: Load
    roles: Annotated[dict[Name, Role], Field(min_length=1)]
    variables: dict[Variable, Asked] = {}
    paths: dict[Name, Title] = {}
    """Ways that a branch, a wait or a gate may choose."""
    measures: Annotated[list[Measured], Field(min_length=1)]
    source: Short = "handbook 8"
    steps: Annotated[list[AnyStep], Field(min_length=1, max_length=500)]

    def step(self, id: str) -> Step:
        """The step of an id. Raises KeyError."""
        return self._by_id[id]

    @cached_property
    def _by_id(self) -> dict[str, Step]:
        return {step.id: step for step in self.steps}


class Wrong(ValueError):
    """The text is no playbook; `mistakes` says where and why, in the order of the lines."""

    def __init__(self, mistakes: list[Mistake]) -> None:
        super().__init__("; ".join(f"{m.line}: {m.field}: {m.why}" for m in mistakes))
        self.mistakes = mistakes


@dataclass(frozen=True)
class _Fault:
    place: tuple[str | int, ...]
    why: str


@dataclass(frozen=True)
class Seen:
    """What can be seen of a text: the playbook, as far as it can be read; every mistake; the line of each part.
    `numbers`: which step of the text each of the playbook's is."""

    book: Playbook | None
    mistakes: list[Mistake]
    lines: dict[yaml_lines.Place, int]
    numbers: list[int]


def read(text: str) -> Playbook:
    """The playbook that a file says. Raises Wrong, with every mistake that can be seen."""
    seen = see(text)
    if seen.mistakes or seen.book is None:
        raise Wrong(seen.mistakes)
    return seen.book


@lru_cache(maxsize=100)
def see(text: str) -> Seen:
    """What a text says so far, while somebody writes it: steps and parts that cannot be read are left out."""
    try:
        told, known = yaml_lines.read(text)
    except yaml_lines.Unread as error:
        return Seen(None, [error.mistake], {}, [])
    try:
        found = Playbook.model_validate(told)
    except ValidationError as error:
        faults = [_fault(e, told) for e in error.errors()]
        book, numbers = _rest(told, faults)
        return Seen(book, _ordered(faults, known), known, numbers)
    return Seen(found, _ordered(list(_faults(found)), known), known, list(range(len(found.steps))))


_FOR_WANT = {
    "id": "untitled",
    "version": 1,
    "title": {"zh": "未命名", "en": "Untitled"},
    "about": {"zh": "…", "en": "…"},
}
_FOR_WANT |= {"fits": ["core"], "stages": ["active"], "days": timing.LONGEST, "load": {"ceiling": 50}}
_FOR_WANT |= {"roles": {"host": {"name": {"zh": "主持", "en": "Host"}, "minutes": 0}}, "measures": ["pulse"]}
"""What stands in place of a part that cannot be read, so that the rest can be shown."""


def _rest(told: Any, faults: list[_Fault]) -> tuple[Playbook | None, list[int]]:
    """The playbook without what is wrong in it, and which steps are left."""
    steps = told.get("steps") if isinstance(told, dict) else None
    if not isinstance(steps, list):
        return None, []
    bad = {fault.place[1] for fault in faults if fault.place[:1] == ("steps",) and len(fault.place) > 1}
    wrong = {fault.place[0] for fault in faults if fault.place and fault.place[0] != "steps"}
    numbers = [n for n in range(len(steps)) if n not in bad]
    kept = {name: value for name, value in told.items() if name in Playbook.model_fields and name not in wrong}
    kept = _FOR_WANT | kept | {"steps": [steps[n] for n in numbers]}
    try:
        return Playbook.model_validate(kept), numbers
    except ValidationError:
        return None, []


@cache
def schema() -> str:
    """The JSON Schema of a playbook, for editors."""
    return json.dumps(Playbook.model_json_schema(by_alias=True), ensure_ascii=False, indent=2)


def _fault(error: Any, told: Any) -> _Fault:
    """Of pydantic's: the way to the field without the names of forms between."""
    place: list[str | int] = []
    here = told
    for part in error["loc"]:
        if isinstance(here, dict) and (part in here or part == error["loc"][-1]):
            place.append(part)
            here = here.get(part)
        elif isinstance(here, list) and isinstance(part, int) and part < len(here):
            place.append(part)
            here = here[part]
    why = error["msg"].removeprefix("Value error, ")
    if error["type"] == "missing":
        why = "is missing"
    elif error["type"] == "extra_forbidden":
        why = "is no field here"
    elif error["type"] == "union_tag_invalid":
        place.append("do")
        why = f"no kind of step; there are {error['ctx']['expected_tags']}"
    elif error["type"] == "union_tag_not_found":
        why = "`do` is missing"
    return _Fault(tuple(place), why[:1].lower() + why[1:])


def _ordered(faults: list[_Fault], known: dict[yaml_lines.Place, int]) -> list[Mistake]:
    found = [Mistake(yaml_lines.line_of(f.place, known), ".".join(map(str, f.place)), f.why) for f in faults]
    return sorted(dict.fromkeys(found), key=lambda m: (m.line, m.field))


def _faults(book: Playbook) -> Any:
    """What does not fit together, though each part is well said."""
    there: dict[str, Step] = {}
    for n, step in enumerate(book.steps):
        if step.id in there:
            yield _Fault(("steps", n, "id"), f"another step is called {step.id}")
        there[step.id] = step
    for n, step in enumerate(book.steps):
        for field, why in _of_step(book, step, there):
            yield _Fault(("steps", n, *field), why)
    if book.size.most < book.size.least:
        yield _Fault(("size", "most"), "less than the least")
    if book.load.ceiling < max(book.load.floor, book.load.selling):
        yield _Fault(("load", "ceiling"), "lower than the floor or than what sells")
    for name in sorted(set(book.paths) - {p for s in book.steps for p in chosen(s).values()}):
        yield _Fault(("paths", name), "no step ever chooses this path")
    yield from _circles(book, there)


def chosen(step: Step) -> dict[str, str]:
    """The paths that a step may choose, by the field that names each (`ways.NAME` names itself)."""
    found = {"otherwise": step.otherwise}
    found |= {field: getattr(step, field, None) for field in ("then", "late", "last")}
    return {field: path for field, path in found.items() if path} | {f"ways.{p}": p for p in getattr(step, "ways", {})}


def _of_step(book: Playbook, step: Step, there: dict[str, Step]) -> Any:
    when = timing.read(step.at)
    if isinstance(when, timing.On) and when.day > book.days:
        yield ("at",), f"the run has {book.days} days"
    if isinstance(when, timing.Every) and max(when.first, when.last or 0) > book.days:
        yield ("at",), f"the run has {book.days} days"
    if isinstance(when, timing.Beside) and when.step and (when.step not in there or when.step == step.id):
        yield ("at",), f"there is no other step called {when.step}"
    if step.path and step.path not in book.paths:
        yield ("path",), f"there is no path called {step.path}"
    if step.role and step.role not in book.roles:
        yield ("role",), f"there is no role called {step.role}"
    for field, path in chosen(step).items():
        if path not in book.paths:
            yield tuple(field.split(".")), f"there is no path called {path}"
    if (of := getattr(step, "of", None)) and getattr(there.get(of), "do", "") != "open":
        yield ("of",), f"{of} opens nothing"
    attached = getattr(step, "attach", None)
    if attached and getattr(book.variables.get(attached), "kind", "") not in {"picture", "file"}:
        yield ("attach",), f"{attached} is no variable that holds a picture or a file"
    marks = getattr(step, "marks", None)
    if marks and getattr(book.variables.get(marks), "kind", "") != "text":
        yield ("marks",), f"{marks} is no variable that holds a text"
    if marks and getattr(step, "by", "") != "priority":
        yield ("marks",), "marks are for by: priority"
    places = getattr(step, "capacity", None)
    if isinstance(places, str) and getattr(book.variables.get(places[1:-1]), "kind", "") != "number":
        yield ("capacity",), f"{places} is no variable that holds a number"
    if (who := getattr(step, "who", None)) and (named := audience.read(who).step) and named not in there:
        yield ("who",), f"there is no step called {named}"
    numbers = {s.id.replace("-", "_") for s in there.values() if getattr(s, "do", "") == "number"}
    for asked, line in _conditions(step):
        for name in sorted(gate.read(line).facts - set(FACTS) - numbers):
            yield asked, f"there is no fact called {name}"
    yield from opening.faults(step, there, samples(book))
    for field, words in [*_words(step, ()), *_plans(step)]:
        for name in SLOT.findall(words):
            if name not in ALWAYS | set(FACTS) | set(samples(book)) | numbers:
                yield field, f"{{{name}}} is no variable and no fact"


def _conditions(step: Step) -> Any:
    named: dict[tuple[str, ...], str | None] = {("if",): step.only_if, ("gate",): step.gate}
    named[("until",)] = getattr(step, "until", None)
    named |= {("ways", name): line for name, line in getattr(step, "ways", {}).items()}
    return [(field, line) for field, line in named.items() if line]


def _words(part: Any, place: tuple[str, ...]) -> Any:
    """Every text of a step that is said to somebody."""
    if isinstance(part, Title | Words):
        yield (*place, "zh"), part.zh
        yield (*place, "en"), part.en
    elif isinstance(part, Step):
        for name in type(part).model_fields:
            yield from _words(getattr(part, name), (name,))


def _plans(step: Step) -> Any:
    """Every text of a step that its activity or survey will say."""
    for field in ("plan", "questions"):
        yield from _planned(getattr(step, field, {}), (field,))


def _planned(told: Any, place: tuple[str | int, ...]) -> Any:
    """Every text of a plan."""
    if isinstance(told, str):
        yield place, told
    inner = told.items() if isinstance(told, dict) else enumerate(told) if isinstance(told, list) else ()
    for name, value in inner:
        yield from _planned(value, (*place, name))


_COULD_BE: dict[str, str | int] = {
    "number": 1,
    "link": "https://example.org/",
    "date": SOME_DAY.isoformat(),
    "time": "20:00",
}
"""What could be said of a variable, by its kind; any other is a text."""


def samples(book: Playbook, language: str = "zh") -> dict[str, str | int]:
    """A value for each variable: its default, or one that could be; and the dates of a run that could be."""
    found: dict[str, str | int] = {**timing.dates(SOME_DAY, book.days)}
    for name, variable in book.variables.items():
        told = variable.default
        plain = _COULD_BE.get(variable.kind, variable.ask.zh)
        found[name] = getattr(told, language) if isinstance(told, Title) else plain if told is None else told
    return found


def _circles(book: Playbook, there: dict[str, Step]) -> Any:
    """Steps that wait for each other."""
    for n, step in enumerate(book.steps):
        seen = {step.id}
        here: Step = step
        while isinstance(when := timing.read(here.at), timing.Beside) and when.step in there:
            if when.step == step.id:
                yield _Fault(("steps", n, "at"), "it waits for itself, by way of others")
            if when.step in seen:
                break
            seen.add(when.step)
            here = there[when.step]
