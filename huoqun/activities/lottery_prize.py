"""The prize of a lottery: what can be won, how many there are, who gave it; and who has won it."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from pydantic import Field, field_validator

from huoqun.activities.activity import Activity, Participation
from huoqun.activities.kind import Plan
from huoqun.activities.plan_line import parts

MOST_CHANCES = 100
"""Chances of one member at most."""
MOST_PRIZES = 1000


@dataclass(frozen=True)
class Prize:
    """A prize: how many there are, who gave it and what one costs, in words, where that was said."""

    name: str
    count: int = 1
    sponsor: str = ""
    cost: str = ""


class LotteryPlan(Plan):
    """What can be won, and who may win."""

    prizes: list[str] = Field(default_factory=list, max_length=50)
    """One a line, the best first: `name | how many | sponsor | cost of one`."""
    chances: Literal["equal", "active"] = "equal"
    """One chance for each; or one more for every activity they took part in lately."""
    most_chances: int = Field(default=5, ge=1, le=MOST_CHANCES)
    outside: str = Field(default="", max_length=200)
    """A number of the outside world, known only after the list is frozen, that goes into the draw."""
    claim_days: int = Field(default=7, ge=1, le=90)

    @field_validator("prizes")
    @classmethod
    def _read(cls, prizes: list[str]) -> list[str]:
        found = prizes_of(prizes)
        if sum(p.count for p in found) > MOST_PRIZES:
            raise ValueError("too many prizes")
        return [" | ".join([p.name, str(p.count), p.sponsor, p.cost]).rstrip(" |") for p in found]


def prizes_of(lines: list[str]) -> list[Prize]:
    """The prizes as lines say them. Raises ValueError for a count that is none."""
    found = []
    for line in lines:
        name, count, sponsor, cost, *_rest = [*parts(line, 80), "", "", "", ""]
        if name:
            if count and not (count.isdecimal() and 0 < len(count) <= 4 and int(count)):
                raise ValueError(f"how many? {line}")
            found.append(Prize(name, int(count or 1), sponsor, cost))
    return found


def prizes(activity: Activity) -> list[Prize]:
    """The prizes of a lottery."""
    return prizes_of(LotteryPlan.model_validate(activity.plan).prizes)


@dataclass(frozen=True)
class Win:
    """One prize with who has it now; `part` is None where they were erased."""

    prize: int
    number: int
    part: Participation | None

    @property
    def claimed(self) -> str:
        """When they claimed it; "" where they did not yet."""
        return str(self.part.values.get("claimed", "")) if self.part else ""

    @property
    def handed(self) -> bool:
        """They have it in their hands."""
        return bool(self.part and self.part.values.get("handed"))


def wins(activity: Activity) -> list[Win]:
    """The winners as they stand, the best prize first."""
    play = activity.state_of_play
    keys = {n: UUID(hex=key) for n, key, _chances, _digest in play.get("entries", ())}
    won = [(prize, number) for prize, number in play.get("winners", ())]
    wanted = [keys[number] for _prize, number in won]
    there = {p.pk: p for p in Participation.objects.filter(pk__in=wanted).select_related("identity__group", "person")}
    return [Win(prize, number, there.get(keys[number])) for prize, number in won]
