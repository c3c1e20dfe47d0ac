"""The opening: what an `open` step says of an activity or a survey, in one language, checked against its kind."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from huoqun.activities import questionnaire
from huoqun.activities.kind import Kind
from huoqun.activities.kinds import KINDS
from huoqun.activities.readymade import LANGUAGES, READYMADE
from huoqun.playbooks.step_form import Choose, Open, Step

SLOT = re.compile(r"\{([^{}]*)\}")
"""Where a value stands in words."""
SURVEYS = tuple(survey.id for survey in READYMADE["zh"])


def spoken(told: Any, language: str) -> Any:
    """A plan in one language: wherever both stand side by side, the one wanted."""
    if isinstance(told, dict):
        if told.keys() == set(LANGUAGES):
            return told[language]
        return {name: spoken(value, language) for name, value in told.items()}
    if isinstance(told, list):
        return [spoken(value, language) for value in told]
    return told


def kind_of(name: str | None) -> Kind | None:
    """The kind of activity that a file calls so: `group-buy` is `group_buy`."""
    return KINDS.get((name or "").replace("-", "_"))


def filled(told: Any, values: Mapping[str, str | int]) -> Any:
    """A plan with the values of the run in it: `{prize}` in a text, or alone, where a number stays one."""
    if isinstance(told, dict):
        return {name: filled(value, values) for name, value in told.items()}
    if isinstance(told, list):
        return [filled(value, values) for value in told]
    if not isinstance(told, str):
        return told
    if (alone := SLOT.fullmatch(told)) and alone[1] in values:
        return values[alone[1]]
    return SLOT.sub(lambda found: str(values.get(found[1], found[0])), told)


def asked(step: Open, language: str, values: Mapping[str, str | int]) -> questionnaire.Questions:
    """The questions of a survey of the playbook's own, in one language. Raises questionnaire.BadQuestions,
    pydantic.ValidationError."""
    return questionnaire.read(filled(spoken(step.questions, language), values))


def faults(
    step: Step, there: dict[str, Step], values: Mapping[str, str | int]
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """What an activity's kind does not take: the field of the step, and why."""
    if isinstance(step, Open):
        yield from _of_open(step, values)
    elif isinstance(step, Choose):
        opened = there.get(step.of)
        kind = kind_of(opened.activity) if isinstance(opened, Open) else None
        if kind and step.deed not in kind.staff:
            yield ("deed",), f"{kind.id} has: {', '.join(sorted(kind.staff)) or 'none'}"


def _of_open(step: Open, values: Mapping[str, str | int]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if step.questions:
        yield from _of_questions(step, values)
        return
    if step.survey is not None:
        if step.survey not in SURVEYS:
            yield ("survey",), f"the readymade surveys are {', '.join(SURVEYS)}"
        return
    kind = kind_of(step.activity)
    if kind is None:
        yield ("activity",), f"the kinds of activity are {', '.join(sorted(KINDS)).replace('_', '-')}"
        return
    for language in LANGUAGES:
        try:
            kind.plan.model_validate(filled(spoken(step.plan, language), values))
        except ValidationError as error:
            for each in error.errors():
                yield ("plan", *each["loc"]), each["msg"].removeprefix("Value error, ")
            return


def _of_questions(step: Open, values: Mapping[str, str | int]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    for language in LANGUAGES:
        try:
            found = asked(step, language, values)
        except ValidationError as error:
            for each in error.errors():
                yield ("questions", *each["loc"]), each["msg"].removeprefix("Value error, ")
            return
        except questionnaire.BadQuestions:
            yield ("questions",), "an id comes twice, a question hangs on a later one, or fills no entry of profiles"
            return
        if questionnaire.warnings(found):
            yield ("questions",), "it takes over two minutes, or has more than two texts to write"
            return
