"""The verdict: whether a group lives, as three calibrated probabilities, a word, and the reasons that moved them.

It is withheld rather than guessed: below grade B of completeness, for a camp past its end (closed is not dying), and
where nobody ever spoke. With too little history it says what groups like this usually do, widely, and never "dying".
"""

from typing import Literal

import numpy as np

from huoqun.insight.document import Interval, Reason, Verdict
from huoqun.insight.forecast import ENOUGH_DAYS, ENOUGH_MESSAGES, OUTCOMES, Forecast, forecast, prior
from huoqun.insight.past import Past, past_of
from huoqun.insight.reading import Reading
from huoqun.insight.trait import most_regular, record, silences, weekly_speakers

AT_RISK_HALF = 1 / 3
DYING_THIRD = 0.45
DYING_SILENT = 0.35
"""Thresholds by cost. Acting is worth it when the chance of losing half the speakers is above the cost of acting over
the loss it saves: a week of one person against two or three to win half a group back puts that at a third. "Dying"
costs trust when it is wrong: it is said only where the chance of losing two thirds comes near one half, or that of
falling silent passes one third, which is rarer than it sounds: of channels silent for 14 days only 12 % stay so
(docs/decisions/051-thresholds.md)."""

REASONS = 6
"""So many reasons are given, the strongest; weaker ones move nothing."""
LEAST_EFFECT = 0.05

NAMES = {
    "silent": "probability_silent_90d",
    "third": "probability_third_90d",
    "half": "probability_half_90d",
}
State = Literal["living", "at_risk", "dying"]


def verdict(reading: Reading, *, grade: str = "A", anyway: bool = False) -> Verdict:
    """The verdict of a reading. `grade` is that of its completeness; `anyway` gives one below B all the same."""
    if not reading.messages.height:
        return withheld("empty")
    if reading.card.ends is not None and reading.card.ends <= reading.now:
        return withheld("closed")
    if grade > "B" and not anyway:
        return withheld("completeness")
    seen = past_of(reading)
    enough = seen.age >= ENOUGH_DAYS and seen.messages.sum() >= ENOUGH_MESSAGES
    return _by_model(seen) if enough else _by_prior(seen)


def withheld(why: str) -> Verdict:
    """No verdict, and why."""
    return Verdict(
        state="withheld",
        probability_silent_90d=None,
        probability_third_90d=None,
        probability_half_90d=None,
        intervals={},
        reasons=[],
        basis="none",
        why_withheld=why,
    )


def word(silent: float, third: float, half: float) -> State:
    """The word for three probabilities, by the thresholds above."""
    if third >= DYING_THIRD or silent >= DYING_SILENT:
        return "dying"
    return "at_risk" if half >= AT_RISK_HALF else "living"


def _by_model(seen: Past) -> Verdict:
    found = forecast(seen)
    effects = sorted(found.effects.items(), key=lambda item: -abs(item[1]))
    reasons = [
        Reason(id=id, value=shown(seen, id), effect=round(effect, 3))
        for id, effect in effects[:REASONS]
        if abs(effect) >= LEAST_EFFECT
    ]
    return _spoken(found, reasons, "model", word(*found.probability.tolist()))


def _by_prior(seen: Past) -> Verdict:
    found = prior(seen)
    state = word(*found.probability.tolist())
    reasons = [Reason(id="base", value=round(float(found.probability[2]), 4), effect=0.0)]
    return _spoken(found, reasons, "prior", "at_risk" if state == "dying" else state)


def _spoken(found: Forecast, reasons: list[Reason], basis: Literal["model", "prior"], state: State) -> Verdict:
    chance = dict(zip(OUTCOMES, np.round(found.probability, 4).tolist(), strict=True))
    bounds: dict[str, Interval] = {
        NAMES[outcome]: (round(float(low), 4), round(float(high), 4))
        for outcome, low, high in zip(OUTCOMES, found.low, found.high, strict=True)
    }
    return Verdict(
        state=state,
        probability_silent_90d=chance["silent"],
        probability_third_90d=chance["third"],
        probability_half_90d=chance["half"],
        intervals=bounds,
        reasons=reasons,
        basis=basis,
    )


def shown(seen: Past, id: str) -> float | None:
    """The number an operator sees beside a reason; units in `docs/findings.md`."""
    now, before = seen.days(0, 90), seen.days(90, 180)
    count = int((now > 0).sum())
    active, gaps = silences(seen)
    said = np.sort(seen.said(0, 90))[::-1]
    values: dict[str, float | None] = {
        "size": count,
        "recent_speakers": seen.speakers(0, 30) / max(count, 1),
        "speaker_trend": count / int((before > 0).sum()) if (before > 0).any() and seen.age >= 180 else None,
        "peak": count / _usual(seen) if seen.age >= 180 else None,
        "record": _halved(seen),
        "quiet_days": seen.quiet,
        "quiet_habit": seen.quiet / max(float(np.quantile(gaps, 0.9)), 0.5),
        "active_days": float((active < 90).sum()) / min(90.0, max(seen.age, 1.0)),
        "active_weeks": float((weekly_speakers(seen)[:26] > 0).mean()),
        "returning": float((seen.first[now > 0] >= 90).mean()) if count else None,
        "faithful": float((now > 0)[before > 0].mean()) if (before > 0).any() and seen.age >= 180 else None,
        "newcomers": float((seen.first < 90).sum()) / 3,
        "one_timers": float((said == 1).sum()) / max(count, 1),
        "concentration": float(said[: max(1, round(0.2 * count))].sum()) / max(float(said.sum()), 1.0),
        "core_silence": float(seen.recent[most_regular(seen)].mean()),
        "age": seen.age,
    }
    value = values.get(id)
    return None if value is None else round(float(value), 4)


def _halved(seen: Past) -> float | None:
    now, before = record(seen)
    return float((now < before / 2).mean()) if len(now) else None


def _usual(seen: Past) -> float:
    """Mean number of people in the quarters before the last 90 days."""
    return (
        float(np.mean([seen.speakers(90 * k, 90 * k + 90) for k in range(1, int(min(seen.age // 90, 8)))] or [1])) or 1
    )
