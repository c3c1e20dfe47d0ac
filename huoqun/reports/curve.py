"""The curve: what an outcome was each day and what was to be expected, as numbers that a chart is drawn from."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from huoqun.insight.effect import AFTER, BEFORE, STOCKS, Effect
from huoqun.insight.track import WEEK, Track


def curve(track: Track, start: date, end: date, effects: Sequence[Effect]) -> dict[str, Any]:
    """Days from eight weeks before to four weeks after, their values (None: not on record), and by window from where to
    where what was to be expected a day, with its bounds."""
    first = max(start - timedelta(days=BEFORE), track.start)
    last = min(end + timedelta(days=AFTER), track.day(track.days))
    places = range(track.place(first), max(track.place(last), track.place(first)))
    spans = []
    for one in effects:
        if one.outcome == track.outcome and one.enough:
            begin = start if one.window == "during" else end
            if track.outcome in STOCKS:
                begin += timedelta(days=one.days - 1)
                one = replace(one, days=1)
            spans.append(_span(one, begin, begin + timedelta(days=one.days)))
    return {
        "outcome": track.outcome,
        "first": first.isoformat(),
        "start": start.isoformat(),
        "end": end.isoformat(),
        "values": [_value(track, place) for place in places],
        "share": track.cases is not None,
        "spans": spans,
    }


def _value(track: Track, place: int) -> float | None:
    """What a day had; of a share, that of the week up to it, since a day has few cases. None: not on record."""
    if not track.seen[place]:
        return None
    if track.cases is None:
        return float(track.values[place])
    begin = max(place + 1 - WEEK, 0)
    cases = float(track.asked[place + 1] - track.asked[begin])
    return float(track.total[place + 1] - track.total[begin]) / cases if cases else None


def _span(one: Effect, begin: date, end: date) -> dict[str, Any]:
    assert one.against is not None and one.estimate is not None and one.low is not None and one.high is not None
    had = one.against + one.estimate
    return {
        "begin": begin.isoformat(),
        "end": end.isoformat(),
        "had": had,
        "expected": one.against,
        "low": had - one.high,
        "high": had - one.low,
    }
