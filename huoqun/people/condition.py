"""The condition: one test of a person as a value, and blocks of conditions: all, any or none of them must hold.

Everything here is a rule on values; what a condition asks of the database stands in `people/sieve`.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Final, Literal, Union
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from huoqun.insight.stratum import STRATA
from huoqun.people.display import visible
from huoqun.people.profile import FIELDS

MOST_PARTS = 20
DEEPEST = 3
LONGEST = 200
LARGEST = 1_000_000_000
MOST_DAYS = 36_500

NUMBERS: Final = (
    *("messages", "messages_30", "messages_7", "days_30", "days_7"),
    *("groups", "ties", "strong_ties", "answered_by", "brought"),
)
"""Columns of a tally that are counts."""
DATES: Final = ("last", "first", "joined", "since")
"""When they spoke last and first, came into a group, came to stand in their stratum."""

_COUNT = ("at_least", "at_most")
_TIME = ("within", "not_within", "from", "until", "never")
HOWS: Mapping[str, tuple[str, ...]] = {
    "stratum": ("is", "is_not"),
    "profile": ("is", "contains", "known", "unknown"),
    "tag": ("has", "lacks"),
    "title": ("has", "lacks"),
    "last": _TIME,
    "messages_30": _COUNT,
    "messages_7": _COUNT,
    "days_30": _COUNT,
    "days_7": _COUNT,
    "messages": _COUNT,
    "first": _TIME,
    "group": ("in", "not_in"),
    "joined": _TIME[:4],
    "groups": _COUNT,
    "ties": _COUNT,
    "strong_ties": _COUNT,
    "isolated": ("yes", "no"),
    "answered_by": _COUNT,
    "brought": _COUNT,
    "since": _TIME[:4],
    "survey": ("answered", "not_answered", "said"),
}
"""What a condition can be about, in the order the builder shows it, and how each can be asked."""
PLAIN = frozenset({"known", "unknown", "never", "yes", "no", "answered", "not_answered"})
"""Ways of asking that need no value."""


def _line(text: str) -> str:
    return " ".join(visible(text).split())


Line = Annotated[str, AfterValidator(_line)]


class Condition(BaseModel):
    """One test (条件). `key`: the field of the profile, or a survey's id; `value`: what is compared with, as text."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    of: str
    how: str
    key: Line = Field(default="", max_length=64)
    value: Line = Field(default="", max_length=LONGEST)

    @model_validator(mode="after")
    def whole(self) -> "Condition":
        """Raises the id of what is wrong: `of`, `how`, `key`, `missing`, `number`, `date`, `choice`."""
        if self.of not in HOWS:
            raise ValueError("of")
        if self.how not in HOWS[self.of]:
            raise ValueError("how")
        if (self.of == "profile" and self.key not in FIELDS) or (self.of == "survey" and not _is_id(self.key)):
            raise ValueError("key")
        if self.how in PLAIN:
            return self
        if not self.value:
            raise ValueError("missing")
        if self.of in NUMBERS and not _is_number(self.value, LARGEST):
            raise ValueError("number")
        if self.of in DATES:
            if self.how in {"within", "not_within"} and not _is_number(self.value, MOST_DAYS):
                raise ValueError("number")
            if self.how in {"from", "until"} and not _is_date(self.value):
                raise ValueError("date")
        if (self.of == "stratum" and self.value not in STRATA) or (self.of == "group" and not _is_id(self.value)):
            raise ValueError("choice")
        if self.how == "said" and not all(self.value.partition("=")):
            raise ValueError("missing")
        return self


class Block(BaseModel):
    """Conditions, or blocks of them, that must hold together (条件组)."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    how: Literal["all", "any", "none"] = "all"
    parts: tuple[Union["Block", Condition], ...] = Field(min_length=1, max_length=MOST_PARTS)

    @model_validator(mode="after")
    def shallow(self) -> "Block":
        """Nobody reads a rule that is nested deeper than `DEEPEST`, or longer than the builder makes them; a database
        does not read every length either."""
        if _depth(self) > DEEPEST:
            raise ValueError("deep")
        if sum(1 for _ in self.conditions()) > MOST_PARTS**2:
            raise ValueError("many")
        return self

    def conditions(self) -> Iterator[Condition]:
        """All of them, in their order."""
        for part in self.parts:
            if isinstance(part, Block):
                yield from part.conditions()
            else:
                yield part


def wrong(error: ValidationError) -> str:
    """The id of the first thing that is wrong with a condition."""
    first = error.errors()[0]
    return str(first["ctx"]["error"]) if first["type"] == "value_error" else "long"


def _depth(block: Block) -> int:
    return 1 + max((_depth(part) for part in block.parts if isinstance(part, Block)), default=0)


def _is_number(text: str, most: int) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 12 and int(text) <= most


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).year > 1900
    except ValueError:
        return False


def _is_id(text: str) -> bool:
    try:
        return bool(UUID(text))
    except ValueError:
        return False
