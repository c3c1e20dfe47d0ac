"""The hole: days that are missing from a history, told apart from days on which nobody spoke.

Silence is normal: groups slow down, sleep for months and wake up. A hole is abrupt: the group spoke on many days of
the weeks before and of the weeks after, and between them is a silence that its own habit makes implausible. Rules:

1. the group spoke on at least `STEADY` of the `WINDOW` days on either side, `BUSY` times or more;
2. the silence is longer than every other within a year around it;
3. by the habit of *either* side its chance is below `CHANCE`. The habit is a two-state chain over days (spoke, silent):
   silence breeds silence, so that days are not independent; both its numbers are smoothed by half a day.

Weekdays on which the group hardly ever speaks (an office at the weekend) do not count on either side or between.

Measured (docs/decisions/020-what-is-a-hole.md): of 4,373 whole histories of real channels none is said to have a hole;
of holes cut into channels that speak on three days of ten for a year, 77 % are found.
"""

from bisect import bisect_left

import numpy as np
import numpy.typing as npt

Days = npt.NDArray[np.integer]

WINDOW = 60
STEADY = 18
BUSY = 60
"""Once a day on average: a small group that speaks every third day may fall silent at any time."""
CHANCE = 1e-6
_YEAR = 365
_SHORTEST = 3
_SELDOM = 0.1
"""A weekday with words in a smaller share of weeks is one on which the group does not speak."""


def holes(days: Days) -> list[tuple[int, int]]:
    """The last day before each hole and the number of days missing. `days` are day numbers, sorted, repeats allowed."""
    spoken = np.unique(days).astype(np.int64)
    silences = np.diff(spoken) - 1
    if not len(silences):
        return []
    before = np.arange(1, len(spoken)) - np.searchsorted(spoken, spoken[:-1] - WINDOW, side="right")
    after = np.searchsorted(spoken, spoken[1:] + WINDOW) - np.arange(1, len(spoken))
    wanted = (silences >= _SHORTEST) & (before >= STEADY) & (after >= STEADY)
    rows = np.sort(days)
    said = np.searchsorted(rows, spoken, side="right"), np.searchsorted(rows, spoken)
    early, late = np.searchsorted(rows, spoken - WINDOW, side="right"), np.searchsorted(rows, spoken + WINDOW)
    wanted &= (said[0] - early)[:-1] >= BUSY
    wanted &= (late - said[1])[1:] >= BUSY
    return [
        (int(spoken[place]), int(silences[place]))
        for place in np.flatnonzero(wanted).tolist()
        if _longest(spoken, silences, place) and _chance(spoken, place) < CHANCE
    ]


def _longest(spoken: Days, silences: Days, place: int) -> bool:
    """Whether no other silence within a year is as long."""
    low = bisect_left(spoken, spoken[place] - _YEAR)
    high = bisect_left(spoken, spoken[place + 1] + _YEAR)
    others = np.concatenate([silences[low:place], silences[place + 1 : high]])
    return not len(others) or bool(silences[place] > others.max())


def _chance(spoken: Days, place: int) -> float:
    """The chance of such a silence by the habit of the side on which it is likelier."""
    last, next_ = int(spoken[place]), int(spoken[place + 1])
    left = np.arange(max(last - WINDOW + 1, int(spoken[0])), last + 1)
    right = np.arange(next_, min(next_ + WINDOW, int(spoken[-1]) + 1))
    beside = np.concatenate([left, right])
    talked = np.isin(beside, spoken)
    counts = np.bincount(beside % 7, minlength=7)
    alive = np.bincount(beside[talked] % 7, minlength=7) > _SELDOM * counts
    length = int(alive[np.arange(last + 1, next_) % 7].sum())
    if length < _SHORTEST:
        return 1.0
    return max(_by_habit(np.isin(side[alive[side % 7]], spoken), length) for side in (left, right))


def _by_habit(talked: npt.NDArray[np.bool_], length: int) -> float:
    """The chance that a silence of so many days begins on a given day."""
    silent = ~talked
    begun = int((silent & ~np.concatenate([[False], silent[:-1]])).sum())
    falls = (int(silent.sum()) + 0.5) / (len(silent) + 1)
    stays = (int(silent.sum()) - begun + 1) / (int(silent.sum()) + 2)
    return float(falls * stays ** (length - 1))
