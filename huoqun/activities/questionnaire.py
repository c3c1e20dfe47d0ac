"""The questionnaire: the questions of a survey as one value, what may be answered, and how long it takes.

For the operator: choices first. Everything here is a rule on values; nothing is read from or written to the database.
"""

import secrets
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, model_validator

from huoqun.people.display import one_line, visible

ONE: Final = "one"
MANY: Final = "many"
SCALE: Final = "scale"
TEXT: Final = "text"
NUMBER: Final = "number"
PEOPLE: Final = "people"
"""Members of the group, chosen by their names: who knows whom."""
Kind = Literal["one", "many", "scale", "text", "number", "people"]
KINDS: tuple[Kind, ...] = ("one", "many", "scale", "text", "number", "people")

MOST_QUESTIONS = 40
MOST_OPTIONS = 30
LONGEST_QUESTION = 200
LONGEST_OPTION = 80
LONGEST_TEXT = 2000
LARGEST = 1e12
MOST_PEOPLE = 60
"""Members somebody may name; who knows more has named enough."""

MOST_TEXTS = 2
"""More free-text questions draw a warning (handbook chapter 6)."""
MOST_SECONDS = 120
"""A longer survey draws a warning (handbook chapter 6: "about two minutes")."""
SECONDS: Mapping[str, int] = {ONE: 8, MANY: 12, SCALE: 7, TEXT: 30, NUMBER: 10, PEOPLE: 40}
"""Seconds a question of each kind takes. Defaults, not measured: a tap is some 8 s with reading, several taps are more,
a sentence typed on a phone half a minute, a handful of names a little longer."""
SECONDS_AN_OPTION = 0.5
"""Seconds for each choice to be read beyond the first five; a default like the above."""

Answers = dict[str, Any]
"""What somebody answered: by question id a text (one), texts (many), a whole number (scale), a number, a text, or the
ids of accounts (people)."""


def _line(text: str) -> str:
    return one_line(text.replace("\n", " ").replace("\t", " "))


Line = Annotated[str, AfterValidator(_line)]


class Condition(BaseModel):
    """Show a question only to those who answered an earlier one so."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    question: str
    answer: str


class Question(BaseModel):
    """One question (题目)."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    id: str = Field(default_factory=lambda: "q" + secrets.token_hex(4), pattern=r"^[a-z][a-z0-9_]{0,30}$")
    kind: Kind
    text: Line = Field(max_length=LONGEST_QUESTION)
    options: tuple[Line, ...] = ()
    points: int = Field(default=5, ge=2, le=11)
    """Steps of a scale."""
    low: Line = Field(default="", max_length=40)
    high: Line = Field(default="", max_length=40)
    """What the ends of a scale mean."""
    required: bool = False
    show_if: Condition | None = None
    fact: str = Field(default="", max_length=40)
    """Which entry of the profile the answer fills; empty: none."""
    nothing: Line = ""
    """The choice that says that there is nothing, and fills no entry of the profile."""

    @model_validator(mode="after")
    def whole(self) -> "Question":
        """A question has words, and a choice has choices, each once."""
        if not self.text:
            raise ValueError("no_text")
        if self.kind in {ONE, MANY}:
            if not 2 <= len(self.options) <= MOST_OPTIONS:
                raise ValueError("options")
            if len(set(self.options)) < len(self.options) or not all(
                0 < len(o) <= LONGEST_OPTION for o in self.options
            ):
                raise ValueError("options")
        elif self.options:
            raise ValueError("options")
        return self

    def choices(self) -> tuple[str, ...]:
        """What can be ticked: the options, or the steps of a scale."""
        return tuple(str(n) for n in range(1, self.points + 1)) if self.kind == SCALE else self.options


Questions = tuple[Question, ...]
_QUESTIONS: TypeAdapter[Questions] = TypeAdapter(Annotated[Questions, Field(max_length=MOST_QUESTIONS)])


class Unfit(ValueError):
    """Answers that do not fit; `wrong` says by question id why: `missing`, `choice`, `number`, `long`, `nobody`,
    `several`, `crowd`; `names` which name it was."""

    def __init__(self, wrong: Mapping[str, str], names: Mapping[str, str] | None = None) -> None:
        super().__init__(", ".join(wrong.values()))
        self.wrong = dict(wrong)
        self.names = dict(names or {})


class _Bad(ValueError):
    """One answer that does not fit: why, and which name."""

    def __init__(self, why: str, name: str = "") -> None:
        super().__init__(why)
        self.why, self.name = why, name


class BadQuestions(ValueError):
    """Questions that are too many, share an id, depend on what is not asked before them, or fill no entry that profiles
    have."""


def read(value: Any) -> Questions:
    """Questions from their JSON value. Raises BadQuestions, pydantic.ValidationError."""
    questions = _QUESTIONS.validate_python(value)
    if len({q.id for q in questions}) < len(questions) or sound(questions) != questions:
        raise BadQuestions
    return questions


def kept(questions: Questions) -> list[dict[str, Any]]:
    """Questions as the JSON value that is kept."""
    return [q.model_dump(mode="json") for q in questions]


def sound(questions: Iterable[Question]) -> Questions:
    """The questions without conditions that can never hold: of a question that is gone, comes later or has no such
    answer."""
    before: dict[str, tuple[str, ...]] = {}
    out = []
    for q in questions:
        if q.show_if and q.show_if.answer not in before.get(q.show_if.question, ()):
            q = q.model_copy(update={"show_if": None})
        before[q.id] = q.choices()
        out.append(q)
    return tuple(out)


def move(questions: Questions, id: str, by: int) -> Questions:
    """A question some places further down (or up, below zero); at the ends it stays."""
    rows = list(questions)
    at = next((i for i, q in enumerate(rows) if q.id == id), None)
    if at is None:
        return questions
    row = rows.pop(at)
    rows.insert(max(0, min(len(rows), at + by)), row)
    return sound(rows)


def put(questions: Questions, question: Question) -> Questions:
    """A question in the place of the one with its id, or at the end. Raises BadQuestions."""
    known = any(q.id == question.id for q in questions)
    rows = [question if q.id == question.id else q for q in questions] if known else [*questions, question]
    if len(rows) > MOST_QUESTIONS:
        raise BadQuestions
    return sound(rows)


def twice(questions: Questions, id: str) -> Questions:
    """The questions with a copy of one below it, which fills no profile. Raises BadQuestions."""
    if len(questions) >= MOST_QUESTIONS:
        raise BadQuestions
    rows = list(questions)
    at = next((i for i, q in enumerate(rows) if q.id == id), None)
    if at is not None:
        fresh = Question(kind=TEXT, text="-").id
        rows.insert(at + 1, rows[at].model_copy(update={"id": fresh, "fact": ""}))
    return tuple(rows)


def without(questions: Questions, id: str) -> Questions:
    """All questions but one."""
    return sound(q for q in questions if q.id != id)


def seconds(questions: Questions) -> int:
    """How long everybody's questions take, in seconds; those that only some see count half."""
    total = 0.0
    for q in questions:
        needed = SECONDS[q.kind] + SECONDS_AN_OPTION * max(0, len(q.options) - 5)
        total += needed / 2 if q.show_if else needed
    return round(total)


def warnings(questions: Questions) -> list[str]:
    """What chapter 6 warns of: `texts`, `long`."""
    told = []
    if sum(q.kind == TEXT for q in questions) > MOST_TEXTS:
        told.append("texts")
    if seconds(questions) > MOST_SECONDS:
        told.append("long")
    return told


def shown(questions: Questions, answers: Answers) -> Questions:
    """The questions that somebody who answers so is asked. A hidden question answers nothing."""
    out: list[Question] = []
    seen: Answers = {}
    for q in questions:
        if q.show_if is None or _has(seen.get(q.show_if.question), q.show_if.answer):
            out.append(q)
            if q.id in answers:
                seen[q.id] = answers[q.id]
    return tuple(out)


def _has(answer: Any, wanted: str) -> bool:
    return wanted in answer if isinstance(answer, list) else answer is not None and str(answer) == wanted


def fold(name: str) -> str:
    """A name as it is compared: letters of full and half width, large and small are the same."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


Known = Mapping[str, Sequence[str]]
"""By folded name the ids of the accounts that bear it."""


def check(questions: Questions, said: Mapping[str, list[str]], known: Known | None = None) -> Answers:
    """Answers out of the texts of a form, by question id. What was answered to a question that is not shown is dropped.

    `known`: who can be named. Raises Unfit.
    """
    found: Answers = {}
    wrong: dict[str, str] = {}
    names: dict[str, str] = {}
    for q in questions:
        texts = [t.replace("\r\n", "\n").strip() for t in said.get(q.id, [])]
        try:
            value = _people(texts, known or {}) if q.kind == PEOPLE else _value(q, [t for t in texts if t])
        except _Bad as error:
            wrong[q.id], names[q.id] = error.why, error.name
            continue
        if value is not None:
            found[q.id] = value
    asked = shown(questions, found)
    ids = {q.id for q in asked}
    missing = {q.id: "missing" for q in asked if q.required and q.id not in found and q.id not in wrong}
    wrong = {id: why for id, why in wrong.items() if id in ids} | missing
    if wrong:
        raise Unfit({q.id: wrong[q.id] for q in asked if q.id in wrong}, names)
    return {id: value for id, value in found.items() if id in ids}


def _value(q: Question, texts: list[str]) -> Any:
    """One answer; None where nothing was said. Raises _Bad."""
    if not texts:
        return None
    if q.kind == MANY:
        if not set(texts) <= set(q.options):
            raise _Bad("choice")
        return [o for o in q.options if o in texts]
    text = texts[0]
    if q.kind == ONE or q.kind == SCALE:
        if text not in q.choices():
            raise _Bad("choice")
        return int(text) if q.kind == SCALE else text
    if q.kind == NUMBER:
        return _number(text)
    text = "\n".join(visible(line.replace("\t", " ")) for line in text.split("\n")).strip()
    if len(text) > LONGEST_TEXT:
        raise _Bad("long")
    return text or None


def _people(names: Iterable[str], known: Known) -> list[str] | None:
    """The accounts behind names, each once; None where nobody is named. Raises _Bad."""
    found: dict[str, None] = {}
    for name in names:
        if wanted := fold(name):
            ids = known.get(wanted, ())
            if len(ids) != 1:
                raise _Bad("several" if ids else "nobody", name)
            found[ids[0]] = None
    if len(found) > MOST_PEOPLE:
        raise _Bad("crowd")
    return list(found) or None


def _number(text: str) -> float | int:
    try:
        value = float(text.replace(",", "").replace("，", ""))
    except ValueError:
        raise _Bad("number") from None
    if not -LARGEST <= value <= LARGEST:
        raise _Bad("number")
    return int(value) if value.is_integer() else value
