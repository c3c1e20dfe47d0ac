"""Changing a playbook on its timeline: a step is moved to another day, said otherwise, added, taken out, put before
another. Each is one change of the text at its own place (`yaml_splice`)."""

from collections.abc import Mapping
from typing import Any

from huoqun.activities.readymade import READYMADE
from huoqun.playbooks import yaml_lines, yaml_splice
from huoqun.playbooks.yaml_splice import Cannot, Value

LINES = ("at", "if", "gate", "otherwise", "path", "role", "within", "closes", "who")
"""Fields of one line that a form of the timeline has; an empty one is taken out, where it may be."""
NEEDED = frozenset({"at"})
SPOKEN = ("title", "name", "about", "text", "ready")
"""Fields in both languages."""
LANGUAGES = ("zh", "en")
NEW = ("say", "task", "invite", "number", "digest", "measure", "survey")
"""What can be added; anything else is written in the text."""
_BEHIND = {"if": "at", "gate": "at", "otherwise": "gate", "path": "at", "role": "do", "ready": "text"}
"""Behind which field a new one is written."""


def step_of(text: str, number: int) -> dict[str, Any]:
    """A step as the file says it. Raises Cannot."""
    steps = _steps(text)
    if not 0 <= number < len(steps) or not isinstance(steps[number], dict):
        raise Cannot("nowhere")
    found: dict[str, Any] = steps[number]
    return found


def move(text: str, number: int, day: int, clock: str) -> str:
    """A step on another day, at a time of the group's clock; where none is said, at the one it has. Raises Cannot."""
    said = str(step_of(text, number).get("at", ""))
    clock = clock or (said.split() or ["20:00"])[-1]
    return yaml_splice.put(text, ("steps", number, "at"), f"day {day} {clock}")


def reword(text: str, number: int, values: Mapping[str, str]) -> str:
    """What a form says of a step: fields of one line by name, words as `text.zh`. What is not said stays. Raises
    Cannot."""
    for field in LINES:
        if field in values:
            text = _line(text, number, field, " ".join(values[field].split()))
    for field in SPOKEN:
        said = {lang: values.get(f"{field}.{lang}") for lang in LANGUAGES}
        if any(words is not None for words in said.values()):
            text = _words(text, number, field, {lang: (words or "").strip() for lang, words in said.items()})
    return text


def _line(text: str, number: int, field: str, value: str) -> str:
    there = step_of(text, number)
    if value == str(there.get(field, "")).strip() or (not value and field in NEEDED):
        return text
    if not value:
        return yaml_splice.drop(text, ("steps", number, field))
    return yaml_splice.put(text, ("steps", number, field), value, after=_after(field, there))


def _words(text: str, number: int, field: str, said: dict[str, str]) -> str:
    """In both languages; where one is left empty it says what the other does."""
    there = step_of(text, number).get(field)
    whole = {lang: said[lang] or said["en" if lang == "zh" else "zh"] for lang in LANGUAGES}
    if there is None:
        if not any(whole.values()):
            return text
        return yaml_splice.put(text, ("steps", number, field), whole, after=_after(field, step_of(text, number)))
    if not any(whole.values()) and field == "ready":
        return yaml_splice.drop(text, ("steps", number, field))
    for lang, words in whole.items():
        old = there.get(lang) if isinstance(there, dict) else None
        if words and words != str(old or "").strip():
            text = yaml_splice.put(text, ("steps", number, field, lang), words)
    return text


def _after(field: str, there: Mapping[str, Any]) -> str | None:
    wanted = _BEHIND.get(field)
    return wanted if wanted in there else "at" if "at" in there else None


def add(text: str, number: int, do: str, at: str, title: str) -> str:
    """A new step before the one of that number, or as the last one. Raises Cannot."""
    steps = _steps(text)
    if do not in NEW:
        raise Cannot("unknown")
    used = {step.get("id") for step in steps if isinstance(step, dict)}
    free, n = do, 2
    while free in used:
        free, n = f"{do}-{n}", n + 1
    words = {"zh": title or "新的一步", "en": title or "A new step"}
    fields: dict[str, Value] = {"id": free, "title": words, "at": " ".join(at.split()) or "day 1 20:00"}
    return yaml_splice.add_item(text, ("steps",), max(0, min(number, len(steps))), fields | _rest_of(do, text))


def _rest_of(do: str, text: str) -> dict[str, Value]:
    """What a new step of a kind has besides, so that it is whole at once."""
    told = yaml_lines.read(text)[0]
    roles = told.get("roles") if isinstance(told, dict) else None
    role = next(iter(roles), "host") if isinstance(roles, dict) else "host"
    words = {"zh": "在这里写要说的话", "en": "Write the words here"}
    named = {"zh": "认识一下", "en": "Who we are"}
    kinds: dict[str, dict[str, Value]] = {
        "say": {"do": "say", "text": words},
        "task": {"do": "task", "role": role, "within": "24 h", "text": words},
        "invite": {"do": "invite", "who": "core", "role": role, "most": 10, "text": words},
        "number": {"do": "number", "role": role, "text": words},
        "digest": {"do": "digest", "days": 1},
        "measure": {"do": "measure"},
        "survey": {"do": "open", "survey": READYMADE["zh"][0].id, "name": named, "closes": "2 days"},
    }
    return kinds[do]


def remove(text: str, number: int) -> str:
    """A step goes. Raises Cannot."""
    return yaml_splice.drop_item(text, ("steps",), number)


def reorder(text: str, number: int, to: int) -> str:
    """A step gets another place in the file: what is due at the same moment is done in that order. Raises Cannot."""
    return yaml_splice.move_item(text, ("steps",), number, max(0, min(to, len(_steps(text)) - 1)))


def _steps(text: str) -> list[Any]:
    told = yaml_lines.read(text)[0]
    steps = told.get("steps") if isinstance(told, dict) else None
    if not isinstance(steps, list):
        raise Cannot("no_steps")
    return steps
