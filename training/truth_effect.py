"""What effect reports are worth: beginnings that never were, and effects of known size put into real records.

Every figure is of channels that the numbers behind it were not made on: five parts of the channels, each judged by
numbers made on the other four.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache

import numpy as np

from huoqun.insight.comparison import Donor
from huoqun.insight.effect import STOCKS, Effect, Numbers, effect
from huoqun.insight.expected import Model
from huoqun.insight.outcome import FROM_WORDS
from huoqun.insight.track import Track
from training.effect_cases import PARTS, Case, Channel, channels, drawn
from training.train_effect import numbers

EACH = {"messages": 150, "speakers": 100, "ties": 150, "newcomers": 250, "bonds": 150}
"""Moments of each channel."""
PLANTED = 60
"""The same, where something is put in."""
SEED = 20
BASES = {"own": "own forecast", "groups": "comparable groups"}
SAMPLES = 400
"""Resamplings of channels."""
ENOUGH = 50
"""Cases below which nothing is told."""


@dataclass(frozen=True)
class Plant:
    """What is put into the days ahead: each so many `times`, and at random so many of the `level` before, and so many
    `more`, a day."""

    times: float = 1.0
    level: float = 0.0
    more: float = 0.0

    def into(self, real: np.ndarray, before: float, chance: np.random.Generator) -> np.ndarray:
        """The days with it."""
        whole = int(self.times)
        part = chance.binomial(real.astype(int), self.times - whole)
        return whole * real + part + chance.poisson(self.level * before + self.more, len(real))


PLANTS = {
    "half of it taken away": Plant(times=0.5),
    "half as much again": Plant(times=1.5),
    "three times as much": Plant(times=3),
    "the level before, added": Plant(level=1),
    "ten a day, added": Plant(more=10),
    "forty a day, added": Plant(more=40),
}


@dataclass(frozen=True)
class Told:
    """What was told of a case."""

    case: Case
    effect: Effect
    track: Track
    """With what was put into it."""
    real: Track


@cache
def community() -> list[Channel]:
    """All channels."""
    return channels()


@cache
def learned(outcome: str) -> list[dict[str, Model]]:
    """By part of the channels, the numbers made on the others."""
    every = community()
    return [numbers([one for one in every if one.part != part], outcome) for part in range(PARTS)]


def unseen(outcome: str, part: int) -> Numbers:
    """The numbers by which a part is judged."""
    made = learned(outcome)[part]
    return Numbers(count=lambda basis, _: made[basis])


@cache
def told(outcome: str, basis: str, plant: Plant | None = None) -> list[Told]:
    """Of every made-up beginning what `insight/effect` says of the days ahead."""
    chance = np.random.default_rng(SEED + 1)
    found, kept = community(), []
    donors = [Donor(str(number), one.tracks[outcome]) for number, one in enumerate(found)]
    each = EACH[outcome] if plant is None else PLANTED
    for case in drawn(found, each=each, seed=SEED, outcome=outcome):
        real = found[case.channel].tracks[outcome]
        track = real if plant is None else planted(real, case, chance, plant)
        others = donors[: case.channel] + donors[case.channel + 1 :] if basis == "groups" else []
        one = said(track, others, case, unseen(outcome, found[case.channel].part))
        if one.enough and one.basis == basis:
            kept.append(Told(case, one, track, real))
    return kept


def said(track: Track, others: list[Donor], case: Case, using: Numbers) -> Effect:
    """What is said of a made-up beginning; with a gap, of the days after something that went on so long."""
    start = track.day(case.at)
    end = start + timedelta(days=case.gap or case.width)
    if not case.gap:
        return effect(track, others, start, end, using=using)
    short = replace(track, values=track.values[: case.at + case.gap + case.width])
    return effect(short, others, start, end, window="after", using=using)


def planted(track: Track, case: Case, chance: np.random.Generator, plant: Plant) -> Track:
    """A track with something put into the days that are asked for."""
    values = track.values.copy()
    begin, end = case.at + case.gap, case.at + case.gap + case.width
    level = values[max(case.at - 56, 0) : case.at].mean()
    values[begin:end] = plant.into(values[begin:end], float(level), chance)
    return replace(track, values=values)


def holds(one: Told) -> bool:
    """Whether the interval holds the true difference."""
    begin = one.case.at + one.case.gap
    end = begin + one.effect.days
    more = one.track.values[begin:end] - one.real.values[begin:end]
    true = float(more[-1] if one.track.outcome in STOCKS else more.mean())
    assert one.effect.low is not None and one.effect.high is not None
    return one.effect.low - 1e-9 <= true <= one.effect.high + 1e-9


def spread(hit: np.ndarray, channel: np.ndarray) -> tuple[float, float]:
    """95 % of the share over resampled channels."""
    chance = np.random.default_rng(1)
    names = np.unique(channel)
    sums = np.array([(hit[channel == name].sum(), (channel == name).sum()) for name in names])
    picks = sums[chance.integers(0, len(names), (SAMPLES, len(names)))].sum(axis=1)
    low, high = np.quantile(picks[:, 0] / picks[:, 1], (0.025, 0.975))
    return float(low), float(high)


def section() -> str:
    """Markdown for docs/truth.md."""
    lines = [*HEAD, "", *_placebo(), "", *_parts(), "", *_planted(), "", *_power()]
    return "\n".join(lines) + "\n"


HEAD = (
    "## Effects",
    "",
    "`python -m training.truth_effect`. Made-up beginnings at random moments of the channels of group-lives: nothing",
    "began, so that a 95 % interval should hold zero in 95 of 100 cases, and miss on either side. Each channel is judged",
    "by numbers made on other channels (five parts by a hash of their names); what is shipped is made on all of them.",
    "Days ahead: 1 to 56, right after the moment or up to 28 days later (what comes after the end of something).",
)


def _placebo() -> list[str]:
    lines = [
        "| outcome | against | cases | channels | holds zero | 95 % over channels | said to be more | less |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for outcome in FROM_WORDS:
        for basis, name in BASES.items():
            every = told(outcome, basis)
            if len(every) < ENOUGH:
                lines.append(f"| {outcome} | {name} | {len(every)} | | too few to tell | | | |")
                continue
            side = np.array([one.effect.seen for one in every])
            channel = np.array([one.case.channel for one in every])
            low, high = spread(side == "none", channel)
            lines.append(
                f"| {outcome} | {name} | {len(every)} | {len(np.unique(channel))} | {(side == 'none').mean():.1%} "
                f"| {low:.1%}–{high:.1%} | {(side == 'more').mean():.1%} | {(side == 'less').mean():.1%} |"
            )
    return lines


def _parts() -> list[str]:
    lines = [
        "Messages by what is asked, share of intervals that hold zero:",
        "",
        "| | own forecast | 95 % over channels | cases | comparable groups | 95 % over channels | cases |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for name, inside in ASKED.items():
        cells = [_held([one for one in told("messages", basis) if inside(one)]) for basis in BASES]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return lines


def _held(some: list[Told]) -> str:
    hit = np.array([one.effect.seen == "none" for one in some])
    if len(some) < ENOUGH:
        return f"– | | {len(some)}"
    low, high = spread(hit, np.array([one.case.channel for one in some]))
    return f"{hit.mean():.1%} | {low:.1%}–{high:.1%} | {len(some)}"


def _before(one: Told) -> float:
    return one.effect.before or 0.0


ASKED: dict[str, Callable[[Told], bool]] = {
    "1 to 3 days ahead": lambda one: one.case.width <= 3,
    "5 to 8": lambda one: 3 < one.case.width <= 8,
    "14 to 28": lambda one: 8 < one.case.width <= 28,
    "56": lambda one: one.case.width > 28,
    "while it goes on": lambda one: not one.case.gap,
    "after its end": lambda one: one.case.gap > 0,
    "under one message a day before": lambda one: _before(one) < 1,
    "one to five": lambda one: 1 <= _before(one) < 5,
    "five to twenty": lambda one: 5 <= _before(one) < 20,
    "over twenty": lambda one: _before(one) >= 20,
    "over five": lambda one: _before(one) >= 5,
    "under 90 days of record": lambda one: one.case.at < 90,
    "over a year": lambda one: one.case.at > 365,
    "5 to 9 groups to compare with": lambda one: 5 <= len(one.effect.donors) < 10,
    "20 groups": lambda one: len(one.effect.donors) >= 20,
}


def _planted() -> list[str]:
    lines = [
        "Effects of known size put into the days ahead of the same moments. The interval is that of what would have",
        "been, so its coverage does not hang on what is put in; how often it is seen does:",
        "",
        "| outcome | put in | against | cases | interval holds the true effect | seen, right way | seen, wrong way |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for outcome in FROM_WORDS:
        for name, plant in PLANTS.items():
            for basis in BASES:
                every = told(outcome, basis, plant)
                if len(every) >= ENOUGH:
                    lines.append(f"| {outcome} | {name} | {BASES[basis]} | {_seen(every, plant)} |")
    return lines


def _seen(every: list[Told], plant: Plant) -> str:
    wanted = "less" if plant.times < 1 else "more"
    held = np.mean([holds(one) for one in every])
    seen = np.array([one.effect.seen for one in every])
    right, wrong = (seen == wanted).mean(), ((seen != wanted) & (seen != "none")).mean()
    return f"{len(every)} | {held:.1%} | {right:.1%} | {wrong:.1%}"


def _power() -> list[str]:
    lines = [
        "Smallest effect that is found in half of the cases, as messages a day against what was to be expected:",
        "",
        "| messages a day before | own forecast | comparable groups |",
        "| --- | --- | --- |",
    ]
    for name, (low, high) in {"under 1": (0, 1), "1 to 5": (1, 5), "5 to 20": (5, 20), "over 20": (20, 1e9)}.items():
        cells = []
        for basis in BASES:
            found_at = [_needed(one) for one in told("messages", basis) if low <= _before(one) < high]
            cells.append(f"{np.median(found_at):.1f} times" if len(found_at) >= ENOUGH else "–")
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return lines


def _needed(one: Told) -> float:
    """How many times of what was to be expected a group of these days needs to have for its interval to leave out zero."""
    assert one.effect.against is not None and one.effect.low is not None and one.effect.estimate is not None
    highest = one.effect.against + one.effect.estimate - one.effect.low
    return (highest * one.effect.days + 1) / (one.effect.against * one.effect.days + 1)


if __name__ == "__main__":
    print(section())
