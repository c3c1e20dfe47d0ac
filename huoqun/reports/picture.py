"""The picture: what an outcome was each day and what was to be expected, as numbers that a chart is drawn from."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from huoqun.insight.effect import AFTER, BEFORE, Effect
from huoqun.insight.track import Track


def picture(track: Track, start: date, end: date, effects: Sequence[Effect]) -> dict[str, Any]:
    """Days from eight weeks before to four weeks after, their values (None: not on record), and by window from where to
    where what was to be expected a day, with its bounds."""
    first = max(start - timedelta(days=BEFORE), track.start)
    last = min(end + timedelta(days=AFTER), track.day(track.days))
    places = range(track.place(first), max(track.place(last), track.place(first)))
    values = [float(track.values[place]) if track.seen[place] else None for place in places]
    spans = []
    for one in effects:
        if one.outcome == track.outcome and one.enough:
            begin = start if one.window == "during" else end
            spans.append(_span(one, begin, begin + timedelta(days=one.days)))
    return {
        "outcome": track.outcome,
        "first": first.isoformat(),
        "start": start.isoformat(),
        "end": end.isoformat(),
        "values": values,
        "spans": spans,
    }


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
