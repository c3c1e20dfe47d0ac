"""Readymade surveys (问卷模板) of handbook chapter 6, in Chinese and English: copied into a draft, then edited.

The words stand in `data/readymade.toml`, each question once with both languages side by side.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Literal

from huoqun.activities.questionnaire import Condition, Question, Questions

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")


@dataclass(frozen=True)
class Readymade:
    """A survey to begin from."""

    id: str
    title: str
    intro: str
    questions: Questions


def _survey(told: Mapping[str, Any], language: Language) -> Readymade:
    rows = {row["id"]: row for row in told["question"]}
    questions = tuple(_question(row, rows, language) for row in told["question"])
    return Readymade(told["id"], told[language]["title"], told[language]["intro"], questions)


def _question(row: Mapping[str, Any], rows: Mapping[str, Any], language: Language) -> Question:
    words, when = row[language], row.get("when")
    answer = rows[when["question"]][language]["options"][when["choice"]] if when else ""
    return Question(
        id=row["id"],
        kind=row["kind"],
        required=row.get("required", False),
        fact=row.get("fact", ""),
        nothing=words["options"][-1] if row.get("nothing") else "",
        show_if=Condition(question=when["question"], answer=answer) if when else None,
        **words,
    )


_TOLD = tomllib.loads(files("huoqun.activities").joinpath("data", "readymade.toml").read_text(encoding="utf-8"))
READYMADE: Mapping[Language, tuple[Readymade, ...]] = {
    language: tuple(_survey(told, language) for told in _TOLD["survey"]) for language in LANGUAGES
}


def readymade(language: Language, id: str) -> Readymade | None:
    """The survey of an id, in a language; its questions stand on their own."""
    return next((r for r in READYMADE[language] if r.id == id), None)
