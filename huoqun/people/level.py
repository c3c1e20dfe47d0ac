"""The level (等级): how far somebody has come by the points they ever earned. Spending takes nobody down; a reversal of
what was earned does, for it was not earned.

Everything here is a rule on numbers; the steps of a workspace stand in `people/scheme`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field, field_validator

from huoqun.people.display import visible

MOST_STEPS = 20


class Step(BaseModel):
    """One level: its name, and the points ever earned that it begins at."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: str = Field(min_length=1, max_length=30)
    points: int = Field(ge=0, le=100_000_000)

    @field_validator("name")
    @classmethod
    def _line(cls, text: str) -> str:
        text = " ".join(visible(text).split())
        if not text:
            raise ValueError("empty")
        return text


DEFAULT = tuple(Step(name=f"Lv {n}", points=p) for n, p in enumerate((0, 50, 150, 400, 1000, 2500), 1))
"""Each step about two and a half times as far as the one before, so that a way up is always in sight; a default."""


@dataclass(frozen=True)
class Level:
    """Where somebody stands. `number` from 1; `share`: how much of the way to the next level is done, 1 at the top."""

    number: int
    name: str
    earned: int
    next: Step | None
    share: float

    @property
    def missing(self) -> int:
        """Points to the next level; 0 at the top."""
        return self.next.points - self.earned if self.next else 0


class Uneven(ValueError):
    """Steps begin at nought, rise, and have names of their own."""


def checked(steps: Sequence[Step]) -> tuple[Step, ...]:
    """The steps, if they make a stair. Raises Uneven."""
    marks = [s.points for s in steps]
    rising = all(a < b for a, b in zip(marks, marks[1:], strict=False))
    if not steps or len(steps) > MOST_STEPS or marks[0] != 0 or not rising or len({s.name for s in steps}) < len(steps):
        raise Uneven
    return tuple(steps)


def level_of(earned: int, steps: Sequence[Step] = DEFAULT) -> Level:
    """The level of somebody who has earned so many points."""
    earned = max(0, earned)
    number = sum(1 for s in steps if s.points <= earned)
    here, after = steps[number - 1], steps[number] if number < len(steps) else None
    share = (earned - here.points) / (after.points - here.points) if after else 1.0
    return Level(number, here.name, earned, after, share)
