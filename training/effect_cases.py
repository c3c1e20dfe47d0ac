"""Made-up beginnings: moments of the channels of group-lives at which nothing is known to have begun.

Channels are parted by a hash of their name: figures are told of each part by numbers made on the others
(`training/truth_effect.py`); those that are shipped are made on all (`training/train_effect.py`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import sha256

import numpy as np
import polars as pl

from huoqun.chat.message import SCHEMA
from huoqun.insight.comparison import LEAST, LEAST_SUM, Donor, common, matched
from huoqun.insight.effect import BEFORE, STOCKS
from huoqun.insight.expected import LEAST_DAYS
from huoqun.insight.outcome import counts
from huoqun.insight.track import Track
from training.lives import frame, rows

WIDTHS = (1, 2, 3, 5, 7, 8, 14, 21, 28, 56)
"""Days ahead."""
GAPS = (0, 0, 0, 3, 8, 28)
"""Days between the moment and the days ahead: what comes after the end of something."""
PARTS = 5


@dataclass(frozen=True)
class Channel:
    """One channel: its outcomes day by day."""

    name: str
    tracks: dict[str, Track]

    @property
    def part(self) -> int:
        """Which of the `PARTS` it belongs to."""
        return part_of(self.name)


@dataclass(frozen=True)
class Case:
    """A moment of a channel and the days ahead that are asked for."""

    channel: int
    at: int
    width: int
    gap: int


def part_of(name: str) -> int:
    """The part of a channel, by a hash of its name."""
    return sha256(name.encode()).digest()[0] % PARTS


def channels() -> list[Channel]:
    """All channels without bots; each track ends with the record of the whole community."""
    whole = frame().filter(~pl.col("is_bot"))
    end = whole["sent_at"].max().date()  # type: ignore[union-attr]
    found = []
    for (name,), part in sorted(whole.group_by("channel"), key=lambda pair: str(pair[0][0])):
        said = rows(part)
        assert list(said.columns) == list(SCHEMA)
        found.append(Channel(str(name), counts(said, end)))
    return found


def drawn(found: list[Channel], *, each: int, seed: int, outcome: str = "messages") -> list[Case]:
    """`each` random moments of every channel, without those of which nothing is said (`insight/effect`)."""
    chance = np.random.default_rng(seed)
    cases = []
    for number, channel in enumerate(found):
        track = channel.tracks[outcome]
        width, gap = chance.choice(WIDTHS, each), chance.choice(GAPS, each)
        last = track.days - width - gap
        at = LEAST_DAYS + np.floor(chance.random(each) * np.maximum(last - LEAST_DAYS + 1, 0)).astype(np.int64)
        for here, wide, far in zip(
            at[last >= LEAST_DAYS], width[last >= LEAST_DAYS], gap[last >= LEAST_DAYS], strict=True
        ):
            before = track.total[here] - track.total[max(here - BEFORE, 0)]
            if before >= LEAST_SUM[outcome]:
                cases.append(Case(number, int(here), int(wide), int(far)))
    return cases


def summed(cases: Sequence[Case], outcome: str) -> list[Case]:
    """The days whose sum is asked for: of a stock the last one."""
    if outcome not in STOCKS:
        return list(cases)
    return [replace(case, width=1, gap=case.gap + case.width - 1) for case in cases]


def shifts(found: list[Channel], cases: list[Case], outcome: str) -> np.ndarray:
    """By case what the comparison adds to the logarithm of what is expected; NaN where there are too few groups."""
    donors = [Donor(channel.name, channel.tracks[outcome]) for channel in found]
    made = np.full(len(cases), np.nan)
    for place, case in enumerate(cases):
        track = found[case.channel].tracks[outcome]
        start = track.day(case.at)
        others = donors[: case.channel] + donors[case.channel + 1 :]
        like = matched(track, others, start, start + timedelta(days=case.gap + case.width))
        if len(like) >= LEAST:
            made[place] = common(track, like, start, case.width, case.gap).shift
    return made
