"""Traits: what the forecast knows of a group's past, as numbers without a unit.

Every trait depends on people and times only, and nearly all are ratios or logarithms of ratios, so that they mean the
same in a chat of eight friends and in one of two thousand strangers, in one community and in another. Each belongs to
a family with the id of a reason (`docs/findings.md`), by which the verdict explains itself.
"""

import numpy as np

from huoqun.insight.past import Floats, Ints, Past

FAMILIES: dict[str, tuple[str, ...]] = {
    "size": ("speakers_90", "speakers_30", "speakers_7", "weekly_2", "weekly_4", "weekly_13", "regulars"),
    "recent_speakers": (
        "share_7",
        "share_14",
        "share_30",
        "share_60",
        "quickening_2",
        "quickening_4",
        "spread",
        "pace",
    ),
    "speaker_trend": ("against_previous", "slope_13", "slope_26"),
    "peak": ("against_usual", "against_mean", "lowest", "swing"),
    "record": ("halved", "volatility"),
    "quiet_days": ("quiet",),
    "quiet_habit": ("usual_gap", "longest_gap", "mean_gap", "quiet_to_gap", "quiet_to_mean"),
    "active_days": ("active_90", "active_30", "empty_weeks"),
    "returning": ("old_share", "tenure"),
    "faithful": ("kept",),
    "newcomers": ("new_30", "new_90"),
    "one_timers": ("once", "twice", "core_90", "core_30"),
    "concentration": ("loudest", "top_fifth", "messages_each"),
    "core_silence": ("core_silence",),
    "age": ("age",),
}
"""Traits by family."""

TRAITS = tuple(trait for family in FAMILIES.values() for trait in family)
"""All traits, in the order of a vector."""

OLD = 400.0
"""Days after which a group is simply old: beyond a year, age would only tell which year it was in the training data."""
WEEKS = 52
"""How far back weekly speakers are followed: a year."""
USUAL_BLOCKS = 8
"""How many quarters (90 days) make the usual: two years."""
RECORD = 24
"""How many times, 30 days apart, a quarter is compared with the one before it: the record of two years."""
COMPARED = 3
"""Quarters with fewer people than this have no record: one person more or less is no news."""


def traits(past: Past) -> Floats:
    """The vector of `TRAITS`."""
    found = {
        **_people(past),
        **_usual(past),
        **_record(past),
        **_weeks(past),
        **_silence(past),
        **_turnover(past),
        **_evenness(past),
        "age": _log(min(past.age, OLD)),
    }
    return np.array([found[name] for name in TRAITS], dtype=np.float64)


def _log(value: float) -> float:
    return float(np.log(value))


def _people(past: Past) -> dict[str, float]:
    """How many, and how recently."""
    count = {days: past.speakers(0, days) for days in (7, 14, 30, 60, 90)}
    share = {f"share_{days}": _log((count[days] + 0.5) / (count[90] + 0.5)) for days in (7, 14, 30, 60)}
    said = past.said(0, 90).sum()
    return {
        **share,
        "speakers_90": _log(count[90] + 0.01),
        "speakers_30": _log(count[30] + 0.5),
        "speakers_7": _log(count[7] + 0.5),
        "pace": _log((past.said(0, 30).sum() + 1) / (said / 3 + 1)),
        "messages_each": _log((said + 0.5) / (count[90] + 0.5)),
    }


def _usual(past: Past) -> dict[str, float]:
    """The last 90 days against the quarters before: a peak passes, a trough fills. 0 where there is no before."""
    now = past.speakers(0, 90)
    whole = int(min(past.age // 90, USUAL_BLOCKS))
    before = np.array([past.speakers(90 * k, 90 * k + 90) for k in range(1, whole)], dtype=np.float64)
    if not before.size:
        return {"against_previous": 0.0, "against_usual": 0.0, "against_mean": 0.0, "lowest": 0.0, "swing": 0.4}
    weight = 0.7 ** np.arange(len(before))
    usual = float((weight @ before + now) / (weight.sum() + 1))
    return {
        "against_previous": float(np.clip(_log((now + 1) / (before[0] + 1)), -2, 2)),
        "against_usual": _log((now + 1) / (usual + 1)),
        "against_mean": _log((now + 1) / (float(before.mean()) + 1)),
        "lowest": _log((float(before.min()) + 1) / (now + 1)),
        "swing": float(np.log(np.append(before, now) + 1).std()),
    }


def record(past: Past) -> tuple[Floats, Floats]:
    """People in a quarter and in the one before it, at up to `RECORD` moments 30 days apart, the newest first.

    Only pairs that the history covers, and only where the one before had `COMPARED` people or more.
    """
    count = int(np.clip((past.age - 180) // 30, 0, RECORD))
    month = past.ago // 30
    recent = month < RECORD + 6
    seen = np.zeros((len(past.begin), RECORD + 6), dtype=bool)
    seen[past.person[recent], month[recent]] = True
    quarters = (seen[:, :-2] | seen[:, 1:-1] | seen[:, 2:]).sum(axis=0).astype(np.float64)
    now, before = quarters[:count], quarters[3 : 3 + count]
    known = before >= COMPARED
    return now[known], before[known]


def _record(past: Past) -> dict[str, float]:
    """How often this group has halved before, and how much its quarters differ. Few comparisons are drawn towards what
    is common (one in five, 0.35)."""
    now, before = record(past)
    steps = np.log((now + 1) / (before + 1))
    return {
        "halved": (float((now < before / 2).sum()) + 0.6) / (len(now) + 3),
        "volatility": float(steps.std()) if len(steps) > 2 else 0.35,
    }


def weekly_speakers(past: Past) -> Floats:
    """Distinct people in each of the last `WEEKS` whole weeks (short histories: fewer), newest first."""
    key = np.unique(past.person * (1 << 20) + past.ago // 7)
    count = np.bincount(key % (1 << 20), minlength=WEEKS).astype(np.float64)
    return count[: int(min(WEEKS, max(past.age // 7, 4)))]


def _weeks(past: Past) -> dict[str, float]:
    """Slopes and faded means of weekly speakers."""
    weeks = weekly_speakers(past)
    back = np.arange(len(weeks))
    faded = {half: float((0.5 ** (back / half)) @ weeks / (0.5 ** (back / half)).sum()) for half in (2, 4, 13)}
    slope = {}
    for span in (13, 26):
        size = min(span, len(weeks))
        slope[f"slope_{span}"] = float(np.polyfit(-back[:size], np.log1p(weeks[:size]), 1)[0]) * size
    return {
        **slope,
        **{f"weekly_{half}": _log(value + 0.1) for half, value in faded.items()},
        "quickening_2": _log((faded[2] + 0.1) / (faded[13] + 0.1)),
        "quickening_4": _log((faded[4] + 0.1) / (faded[13] + 0.1)),
        "spread": _log((faded[13] * 13 + 0.5) / (past.speakers(0, 90) + 0.5)),
        "empty_weeks": float((weeks[:26] == 0).mean()),
    }


def silences(past: Past) -> tuple[Floats, Floats]:
    """Days ago on which anybody spoke, and the gaps between them, over the last year. A lone day has a gap of 30."""
    ago = np.unique(past.ago)
    active: Floats = ago[ago < 365].astype(np.float64)
    gaps: Floats = np.diff(active)
    return active, gaps if gaps.size else np.array([30.0])


def _silence(past: Past) -> dict[str, float]:
    """How long it has been quiet, against how long it usually is."""
    active, gaps = silences(past)
    usual = float(np.quantile(gaps, 0.9))
    mean = min(past.age, 365.0) / max(len(active), 1)
    return {
        "quiet": _log(past.quiet + 0.25),
        "usual_gap": _log(usual),
        "longest_gap": _log(float(gaps.max())),
        "mean_gap": _log(mean),
        "quiet_to_gap": _log((past.quiet + 0.5) / (usual + 0.5)),
        "quiet_to_mean": _log((past.quiet + 0.5) / mean),
        "active_90": _log((float((active < 90).sum()) + 0.5) / 90),
        "active_30": _log((float((active < 30).sum()) + 0.5) / 30),
    }


def _turnover(past: Past) -> dict[str, float]:
    """Who is old, who is new, who came back. `kept` is a third, `new_90` scaled up, where the history is short."""
    now, before = past.days(0, 90) > 0, past.days(90, 180) > 0
    count = int(now.sum())
    span = 90.0 if past.age >= 180 else max(min(90.0, past.age - 30), 1.0)
    new = float((past.first < span).sum()) * 90 / span
    kept = (float((now & before).sum()) + 1) / (float(before.sum()) + 3) if past.age >= 120 else 1 / 3
    return {
        "old_share": (float((past.first[now] >= 90).sum()) + 0.5) / (count + 1),
        "tenure": float(np.log1p(np.minimum(past.first[now], OLD)).mean()) if count else 0.0,
        "kept": kept,
        "new_30": _log((float((past.first < 30).sum()) + 0.5) / (count + 0.5)),
        "new_90": _log((new + 0.5) / (count + 0.5)),
    }


def most_regular(past: Past) -> Ints:
    """The five people who spoke on most days of half a year; of equals those who spoke last, so that nobody's name or
    place in the file decides."""
    found: Ints = np.lexsort((past.recent, -past.days(0, 180)))[:5]
    return found


def _evenness(past: Past) -> dict[str, float]:
    """How many carry the talk, and how long the five most regular people of half a year have been silent."""
    said, days, month = past.said(0, 90), past.days(0, 90), past.days(0, 30)
    count = int((days > 0).sum())
    loud = np.sort(said[said > 0])[::-1]
    total = max(float(loud.sum()), 1.0)
    return {
        "once": (float((said == 1).sum()) + 0.5) / (count + 1),
        "twice": _log((float((days >= 2).sum()) + 0.5) / (count + 0.5)),
        "core_90": _log((float((days >= 3).sum()) + 0.5) / (count + 0.5)),
        "core_30": _log((float((month >= 2).sum()) + 0.5) / (count + 0.5)),
        "regulars": _log(float((days >= 3).sum()) + 0.5),
        "loudest": float(loud[:1].sum()) / total,
        "top_fifth": float(loud[: max(1, round(0.2 * len(loud)))].sum()) / total,
        "core_silence": float(np.log1p(past.recent[most_regular(past)]).mean()),
    }
