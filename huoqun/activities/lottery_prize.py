"""The prize of a lottery: what can be won, how many there are, who gave it."""

from typing import Literal

from pydantic import Field, field_validator

from huoqun.activities.activity import Activity
from huoqun.activities.kind import Plan
from huoqun.activities.plan_line import parts
from huoqun.activities.stake import Prize, Stakes

LISTED = "entry_listed"
MOST_CHANCES = 100
"""Chances of one member at most."""
MOST_PRIZES = 1000


class LotteryPlan(Plan):
    """What can be won, and who may win."""

    prizes: list[str] = Field(default_factory=list, max_length=50)
    """One a line, the best first: `name | how many | sponsor | cost of one`."""
    entry: Literal["entry_open", "entry_listed"] = "entry_open"
    """Members sign up themselves, and staff may put in more; or staff alone say who is in."""
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


def stakes(activity: Activity) -> Stakes:
    """What is drawn for."""
    return Stakes(tuple(prizes(activity)), LotteryPlan.model_validate(activity.plan).outside)
