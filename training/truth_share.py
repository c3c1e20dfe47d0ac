"""What effects on shares are worth: made-up beginnings, and shares moved by a known amount.

Of group-lives no texts are known. Stand-ins tell how intervals of such shares hold: questions after which somebody else
spoke within the hour, and messages with a link, that name somebody, or that are long. Moods themselves are read of the
logs of the IRC corpus, one log taken as one day.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache

import numpy as np

from huoqun.chat.message import people_messages
from huoqun.insight.effect import Effect, Numbers, effect
from huoqun.insight.expected_share import ShareModel
from huoqun.insight.mood import tones
from huoqun.insight.track import Track
from training.effect_cases import PARTS
from training.irc_corpus import logs
from training.train_share import LEARNED, ShareCase, learned, material, share_cases, share_tracks
from training.truth_effect import spread

EACH = 200
SEED = 31
SHIFTS = (-0.3, -0.1, 0.1, 0.3)
"""Of the answers, or of the others, what share is turned."""


@dataclass(frozen=True)
class ToldShare:
    """What was told of a case, and what had been put in."""

    case: ShareCase
    effect: Effect
    true: float

    @property
    def held(self) -> bool:
        """Whether the interval holds what is true."""
        assert self.effect.low is not None and self.effect.high is not None
        return self.effect.low - 1e-9 <= self.true <= self.effect.high + 1e-9


@cache
def tracks() -> list[dict[str, Track]]:
    """The shares of all channels."""
    return share_tracks()


@cache
def unseen(outcome: str) -> list[ShareModel]:
    """By part of the channels, the numbers made on the others."""
    made = []
    for part in range(PARTS):
        others = [one for number, one in enumerate(tracks()) if number % PARTS != part]
        made.append(learned(material(others, outcome)))
    return made


@cache
def told(outcome: str, name: str, shift: float = 0.0) -> list[ToldShare]:
    """Of every made-up beginning what is said of a share."""
    chance = np.random.default_rng(SEED + 1)
    models = unseen(outcome)
    kept = []
    for case in share_cases(tracks(), name, each=EACH if not shift else EACH // 3, seed=SEED):
        begin = case.at + case.gap
        track, true = moved(case.track, begin, begin + case.width, shift, chance)
        track = replace(track, outcome=outcome)
        one = said(track, case, models[case.channel % PARTS])
        if one.enough:
            kept.append(ToldShare(case, one, true))
    return kept


def moved(track: Track, begin: int, end: int, shift: float, chance: np.random.Generator) -> tuple[Track, float]:
    """A track of whose hits (below zero) or other cases so large a share was turned, and what that made of the share of
    these days."""
    assert track.cases is not None
    values, cases = track.values.copy(), track.cases[begin:end]
    here = values[begin:end].astype(int)
    turned = chance.binomial(cases.astype(int) - here, shift) if shift > 0 else -chance.binomial(here, -shift)
    values[begin:end] += turned
    return replace(track, values=values), float(turned.sum()) / float(cases.sum())


def said(track: Track, case: ShareCase, model: ShareModel) -> Effect:
    """What is said of a made-up beginning; with a gap, of the days after something that went on so long."""
    start, using = track.day(case.at), Numbers(share=lambda _: model)
    end = start + timedelta(days=case.gap or case.width)
    if not case.gap:
        return effect(track, (), start, end, using=using)
    assert track.cases is not None
    last = case.at + case.gap + case.width
    short = replace(track, values=track.values[:last], cases=track.cases[:last])
    return effect(short, (), start, end, window="after", using=using)


def section() -> str:
    """Markdown for docs/truth.md."""
    lines = [*HEAD, "", *_placebo(), "", *_parts(), "", *_planted(), "", *_mood()]
    return "\n".join(lines) + "\n"


HEAD = (
    "## Effects on shares",
    "",
    "`python -m training.truth_share`. The share of questions that are answered and of messages that are negative, against",
    "the group's own past. No texts of group-lives are known, so stand-ins tell how such intervals hold: questions after",
    "which somebody else spoke within the hour (`answers`), and for `mood` messages that are as rare. Made-up beginnings,",
    "each channel judged by numbers made on other channels.",
)


def _placebo() -> list[str]:
    lines = [
        "| outcome | stand-in | cases | channels | holds zero | 95 % over channels | said to be more | less |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for outcome, names in LEARNED.items():
        for name in names:
            every = told(outcome, name)
            side = np.array([one.effect.seen for one in every])
            channel = np.array([one.case.channel for one in every])
            low, high = spread(side == "none", channel)
            lines.append(
                f"| {outcome} | {name} | {len(every)} | {len(np.unique(channel))} | {(side == 'none').mean():.1%} "
                f"| {low:.1%}–{high:.1%} | {(side == 'more').mean():.1%} | {(side == 'less').mean():.1%} |"
            )
    return lines


def _cases(one: ToldShare) -> float:
    begin = one.case.at + one.case.gap
    return float(one.case.track.asked[begin + one.effect.days] - one.case.track.asked[begin])


ASKED: dict[str, Callable[[ToldShare], bool]] = {
    "5 to 9 cases in the days asked for": lambda one: _cases(one) < 10,
    "10 to 29": lambda one: 10 <= _cases(one) < 30,
    "30 to 99": lambda one: 30 <= _cases(one) < 100,
    "100 and more": lambda one: _cases(one) >= 100,
    "while it goes on": lambda one: not one.case.gap,
    "after its end": lambda one: one.case.gap > 0,
}


def _parts() -> list[str]:
    lines = ["| | answers: holds zero | cases | half width | mood: holds zero | cases | half width |"]
    lines.append("| --- | --- | --- | --- | --- | --- | --- |")
    for name, inside in ASKED.items():
        cells = []
        for outcome, names in LEARNED.items():
            some = [one for stand_in in names for one in told(outcome, stand_in) if inside(one)]
            width = np.median([(one.effect.high or 0) - (one.effect.low or 0) for one in some]) / 2
            cells.append(f"{np.mean([one.held for one in some]):.1%} | {len(some)} | {100 * width:.0f} points")
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return lines


def _planted() -> list[str]:
    lines = [
        "Of the others so many turned into hits, or of the hits so many into others:",
        "",
        "| outcome | stand-in | turned | cases | interval holds the true effect | seen, right way | seen, wrong way |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for outcome, names in LEARNED.items():
        for name in names:
            for shift in SHIFTS:
                every = told(outcome, name, shift)
                wanted = "more" if shift > 0 else "less"
                seen = np.array([one.effect.seen for one in every])
                lines.append(
                    f"| {outcome} | {name} | {shift:+.0%} | {len(every)} | {np.mean([one.held for one in every]):.1%} "
                    f"| {(seen == wanted).mean():.1%} | {((seen != wanted) & (seen != 'none')).mean():.1%} |"
                )
    return lines


def _mood() -> list[str]:
    track, texts = irc_mood()
    assert track.cases is not None
    found = [
        one for one in (_of_irc(track, at, width) for at in range(28, track.days - 8) for width in (1, 3, 7)) if one
    ]
    hold = np.mean([one.seen == "none" for one in found])
    share = track.values.sum() / track.cases.sum()
    return [
        f"Moods as they are read: {texts:,} English messages of {track.days} logs of one channel (Ubuntu IRC), in the order",
        f"of their dates, one log taken as one day; {share:.1%} of them negative. Of {len(found)} made-up beginnings with the",
        f"shipped numbers {hold:.1%} of the intervals hold zero. The logs lie weeks apart, and no Chinese ones are to be had.",
    ]


def irc_mood() -> tuple[Track, int]:
    """Negative messages by log, and how many messages were read."""
    every = logs("train")
    hits, cases = np.zeros(len(every)), np.zeros(len(every))
    for place, log in enumerate(every):
        texts = people_messages(log.chat.rows)["text"].drop_nulls()
        hits[place], cases[place] = float(tones(texts)["negative"].sum()), float(len(texts))
    return Track("mood", date(2000, 1, 3), hits, cases=cases), int(cases.sum())


def _of_irc(track: Track, at: int, width: int) -> Effect | None:
    start = track.day(at)
    one = effect(track, (), start, start + timedelta(days=width))
    return one if one.enough else None


if __name__ == "__main__":
    print(section())
