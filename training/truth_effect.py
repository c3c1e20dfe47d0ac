"""What effect reports are worth: beginnings that never were, and effects of known size put into real records."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np

from huoqun.insight.comparison import Donor
from huoqun.insight.effect import Effect, effect
from huoqun.insight.outcome import COUNTS
from huoqun.insight.track import Track
from training.effect_cases import Case, Channel, channels, drawn

EACH = {"messages": 150, "speakers": 100, "ties": 150, "newcomers": 250}
"""Moments of each channel."""
SEED = 20
BASES = ("own", "groups")
BASIS = {"own": "own forecast", "groups": "comparable groups"}
SAMPLES = 400
"""Resamplings of channels."""


@dataclass(frozen=True)
class Plant:
    """What is put into the days ahead: each message so many `times`, and at random so many of the `level` before, and
    so many `more`, a day."""

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
}


@dataclass(frozen=True)
class Told:
    """What was told of a case."""

    case: Case
    effect: Effect
    track: Track


def told(found: list[Channel], outcome: str, basis: str, *, plant: Plant | None = None) -> list[Told]:
    """Of every made-up beginning on the reporting half what `insight/effect` says of the days ahead."""
    chance = np.random.default_rng(SEED + 1)
    kept = []
    donors = [Donor(str(number), one.tracks[outcome]) for number, one in enumerate(found)]
    for case in drawn(found, each=EACH[outcome], seed=SEED, outcome=outcome):
        track = found[case.channel].tracks[outcome]
        if plant is not None:
            track = planted(track, case, chance, plant)
        others = donors[: case.channel] + donors[case.channel + 1 :] if basis == "groups" else []
        one = said(track, others, case)
        if one.enough and one.basis == basis:
            kept.append(Told(case, one, track))
    return kept


def said(track: Track, others: list[Donor], case: Case) -> Effect:
    """What is said of a made-up beginning; with a gap, of the days after something that went on so long."""
    start = track.day(case.at)
    end = start + timedelta(days=case.gap or case.width)
    if not case.gap:
        return effect(track, others, start, end)
    short = replace(track, values=track.values[: case.at + case.gap + case.width])
    return effect(short, others, start, end, window="after")


def planted(track: Track, case: Case, chance: np.random.Generator, plant: Plant) -> Track:
    """A track with something put into the days that are asked for."""
    values = track.values.copy()
    begin, end = case.at + case.gap, case.at + case.gap + case.width
    level = values[max(case.at - 56, 0) : case.at].mean()
    values[begin:end] = plant.into(values[begin:end], float(level), chance)
    return replace(track, values=values)


def holds(one: Told, real: Track) -> int:
    """0 where the interval holds the true difference, -1 where it lies below the interval, 1 above."""
    begin = one.case.at + one.case.gap
    end = begin + one.effect.days
    true = float(one.track.values[begin:end].sum() - real.values[begin:end].sum()) / one.effect.days
    assert one.effect.low is not None and one.effect.high is not None
    return -1 if true < one.effect.low - 1e-9 else 1 if true > one.effect.high + 1e-9 else 0


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
    found = [one for one in channels() if not one.tuning]
    lines = [*HEAD, "", *_placebo(found), "", *_parts(found), "", *_planted(found), "", *_power(found)]
    return "\n".join(lines) + "\n"


HEAD = (
    "## Effects",
    "",
    "`python -m training.truth_effect`. Made-up beginnings at random moments of the channels of group-lives: nothing",
    "began, so that a 95 % interval should hold zero in 95 of 100 cases, and miss on either side. The numbers behind",
    "the intervals were made on one half of the channels (by a hash of their names, `training/train_effect.py`); what",
    "follows is of the other half only, groups to compare with included. Days ahead: 1 to 56, right after the moment or",
    "up to 28 days later (what comes after the end of something).",
)


def _placebo(found: list[Channel]) -> list[str]:
    lines = [
        "| outcome | against | cases | channels | holds zero | 95 % over channels | said to be more | less |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for outcome in COUNTS:
        for basis in BASES:
            every = told(found, outcome, basis)
            if len(every) < 50:
                lines.append(f"| {outcome} | {BASIS[basis]} | {len(every)} | | too few to tell | | | |")
                continue
            side = np.array([one.effect.seen for one in every])
            channel = np.array([one.case.channel for one in every])
            low, high = spread(side == "none", channel)
            lines.append(
                f"| {outcome} | {BASIS[basis]} | {len(every)} | {len(np.unique(channel))} | {(side == 'none').mean():.1%} "
                f"| {low:.1%}–{high:.1%} | {(side == 'more').mean():.1%} | {(side == 'less').mean():.1%} |"
            )
    return lines


def _parts(found: list[Channel]) -> list[str]:
    lines = [
        "Messages by what is asked, share of intervals that hold zero:",
        "",
        "| | own forecast | cases | comparable groups | cases |",
        "| --- | --- | --- | --- | --- |",
    ]
    every = {basis: told(found, "messages", basis) for basis in BASES}
    for name, inside in PARTS.items():
        cells = []
        for basis in BASES:
            hits = [one.effect.seen == "none" for one in every[basis] if inside(one)]
            cells += [f"{np.mean(hits):.1%}" if len(hits) >= 30 else "–", str(len(hits))]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return lines


PARTS: dict[str, Callable[[Told], bool]] = {
    "1 to 3 days ahead": lambda one: one.case.width <= 3,
    "5 to 8": lambda one: 3 < one.case.width <= 8,
    "14 to 28": lambda one: 8 < one.case.width <= 28,
    "56": lambda one: one.case.width > 28,
    "while it goes on": lambda one: not one.case.gap,
    "after its end": lambda one: one.case.gap > 0,
    "under one message a day before": lambda one: (one.effect.before or 0) < 1,
    "one to five": lambda one: 1 <= (one.effect.before or 0) < 5,
    "over five": lambda one: (one.effect.before or 0) >= 5,
    "under 90 days of record": lambda one: one.case.at < 90,
    "over a year": lambda one: one.case.at > 365,
}


def _planted(found: list[Channel]) -> list[str]:
    lines = [
        "Effects of known size put into the days ahead of the same moments (messages). The interval is that of what",
        "would have been, so its coverage does not hang on what is put in; how often it is seen does:",
        "",
        "| put in | against | cases | interval holds the true effect | seen, right way | seen, wrong way |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for name, plant in PLANTS.items():
        wanted = "less" if plant.times < 1 else "more"
        for basis in BASES:
            every = told(found, "messages", basis, plant=plant)
            real = [found[one.case.channel].tracks["messages"] for one in every]
            held = np.array([holds(one, track) == 0 for one, track in zip(every, real, strict=True)])
            seen = np.array([one.effect.seen for one in every])
            right, wrong = (seen == wanted).mean(), ((seen != wanted) & (seen != "none")).mean()
            lines.append(f"| {name} | {BASIS[basis]} | {len(every)} | {held.mean():.1%} | {right:.1%} | {wrong:.1%} |")
    return lines


def _power(found: list[Channel]) -> list[str]:
    lines = [
        "Smallest effect that is found in half of the cases, as messages a day against what was to be expected:",
        "",
        "| messages a day before | own forecast | comparable groups |",
        "| --- | --- | --- |",
    ]
    every = {basis: told(found, "messages", basis) for basis in BASES}
    for name, (low, high) in {"under 1": (0, 1), "1 to 5": (1, 5), "5 to 20": (5, 20), "over 20": (20, 1e9)}.items():
        cells = []
        for basis in BASES:
            found_at = [_needed(one) for one in every[basis] if low <= (one.effect.before or 0) < high]
            cells.append(f"{np.median(found_at):.1f} times" if len(found_at) >= 30 else "–")
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return lines


def _needed(one: Told) -> float:
    """How many times of what was to be expected a group of these days needs to have for its interval to leave out zero."""
    assert one.effect.against is not None and one.effect.low is not None and one.effect.estimate is not None
    highest = one.effect.against + one.effect.estimate - one.effect.low
    return (highest * one.effect.days + 1) / (one.effect.against * one.effect.days + 1)


if __name__ == "__main__":
    print(section())
