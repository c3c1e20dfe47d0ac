"""The rhythm: what made-up people have in common with real ones, as a few numbers that `training/train_society` has
fitted to the lives of real groups, and the draws that follow them.

Hours are those of the group's own clock; the quietest of the real day is set at 04:00, for that community wrote all
around the world. Nothing but these numbers was taken from the data.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from random import Random

HOURS = 24


@dataclass(frozen=True)
class Rhythm:
    """What was fitted. Spans are in minutes."""

    week: tuple[tuple[float, ...], ...]
    """By weekday (0 Monday) and hour, the share of the messages of a week."""
    gap_middle: float
    """The median gap between two messages of one conversation."""
    gap_spread: float
    """The standard deviation of the gap's natural logarithm."""
    replies: float
    """What follows the first message of a conversation, in the mean."""
    alone: float
    """Share of first messages that nobody takes up."""
    spread: float
    """The standard deviation of the natural logarithm of how much people say: how few say most."""
    stays_answered: float
    """Of newcomers whose first words were answered within a day, the share that becomes a regular voice."""
    stays_unanswered: float
    """The same of the others."""
    arrivals: float
    """People who join a group and say something, a day, for each who speaks in a month."""

    def weekday(self, day: int) -> float:
        """How lively a day of the week is; 1 is the mean."""
        return 7 * sum(self.week[day])

    def hour(self, day: int, random: Random) -> int:
        """An hour of a weekday, as often as it is spoken in."""
        return random.choices(range(HOURS), self.week[day])[0]

    def gap(self, random: Random) -> timedelta:
        """Until the next message of a conversation."""
        minutes = self.gap_middle * random.lognormvariate(0.0, self.gap_spread)
        return timedelta(seconds=max(1, round(60 * min(minutes, 240.0))))

    def follow(self, random: Random, lively: float) -> int:
        """How many messages follow a first one; `lively` is 1 as usual."""
        if random.random() < self.alone / max(lively, 0.2):
            return 0
        mean = max(1.05, self.replies * lively / (1 - self.alone))
        return 1 + _geometric(random, 1 / mean)


def _geometric(random: Random, end: float) -> int:
    """How often something goes on that ends with a chance."""
    many = 0
    while random.random() > end and many < 400:
        many += 1
    return many


@cache
def rhythm() -> Rhythm:
    """The fitted one."""
    told = json.loads(files("huoqun.simulation").joinpath("data", "society.json").read_text(encoding="utf-8"))
    week = tuple(tuple(day) for day in told["week"])
    return Rhythm(week=week, **told["numbers"])


def awake(moment: datetime) -> datetime:
    """The moment, or nine in the morning where people sleep; on the wall clock it is given on."""
    if 8 <= moment.hour < 23:
        return moment
    day = moment + timedelta(days=1) if moment.hour >= 23 else moment
    return day.replace(hour=9, minute=moment.minute, second=moment.second)
