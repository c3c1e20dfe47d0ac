"""A question as a form shows it: what can be ticked, what was said, what is wrong, on what it depends."""

from collections.abc import Mapping
from dataclasses import dataclass

from huoqun.activities.questionnaire import MOST_PEOPLE, PEOPLE, Question, Questions

EMPTY_LINES = 4
"""Lines for further names behind those that are filled in."""


@dataclass(frozen=True)
class Field:
    """One question of a form."""

    question: Question
    number: int
    choices: tuple[tuple[str, bool], ...]
    """Each choice, and whether it is ticked."""
    text: str
    names: tuple[str, ...]
    """The names given, and some empty lines."""
    wrong: str
    on: Question | None
    """The question it depends on."""


def fields(questions: Questions, said: Mapping[str, list[str]], wrong: Mapping[str, str]) -> list[Field]:
    """All questions of a form with what was said."""
    known = {q.id: q for q in questions}
    out = []
    for number, q in enumerate(questions, 1):
        given = said.get(q.id, [])
        choices = tuple((choice, choice in given) for choice in q.choices())
        on = known.get(q.show_if.question) if q.show_if else None
        out.append(Field(q, number, choices, given[0] if given else "", _names(q, given), wrong.get(q.id, ""), on))
    return out


def _names(question: Question, given: list[str]) -> tuple[str, ...]:
    if question.kind != PEOPLE:
        return ()
    named = [name for name in given if name.strip()]
    return (*named, *[""] * min(EMPTY_LINES, max(1, MOST_PEOPLE - len(named))))
