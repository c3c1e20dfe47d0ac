"""Picture: what the charts draw, as one compact value for the page's script.

Sizes decide the form: the network of 500 people over two years stays in the hundreds of kilobytes because a tie is
written once with its life as a short string, not once a frame. `frontend/network.js` reads it back.
"""

import math
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import numpy as np

from huoqun.insight.document import Diagnosis, Frame, Network
from huoqun.web.phrase import Lang, book, spaced, stratum_text
from huoqun.web.plain import name
from huoqun.web.when import day_text, local, zone_of

LEVELS = "0123456789abcdefghijklmnopqrstuvwxyz"
"""Digits of a tie's strength in a frame, faintest to strongest."""
TIES_DRAWN = 12_000
"""Ties over all frames that a page carries; the faintest are left out, and the page says how many."""
TIES_LISTED = 10_000
"""Ties of today with their evidence that a page carries for the cards of people."""
SHORT = 75
"""Up to so many days the days themselves are the line of the pulse; beyond, their 7-day mean is."""
STRATA = ("kol", "core", "regular", "word_of_mouth", "silent")
_EPOCH = date(1970, 1, 1)


def number(value: float | None, digits: int = 4) -> float | int | None:
    """A number as JSON knows it, no longer than it needs to be; None for what JSON cannot hold."""
    if value is None or not math.isfinite(value):
        return None
    short = round(value, digits)
    return int(short) if float(short).is_integer() else short


def _days(moments: Iterable[datetime], zone_name: str) -> list[int]:
    zone = zone_of(zone_name)
    return [(local(m, zone).date() - _EPOCH).days for m in moments]


def _pulse(document: Diagnosis) -> dict[str, Any]:
    zone = zone_of(document.zone)
    start = document.pulse.start
    events = [
        {
            "from": (local(e.start, zone).date() - start).days,
            "to": (local(e.end, zone).date() - start).days,
            "at": f"{local(e.start, zone):%m-%d %H:%M} – {local(e.end, zone):%H:%M}",
            "title": name(e.title, 40) or name(" ".join(e.words[:4]), 40),
            "marked": e.source == "marked",
            "messages": e.messages,
        }
        for e in document.marks
    ]
    return {
        "start": (start - _EPOCH).days,
        "short": len(document.pulse.messages) <= SHORT,
        "messages": document.pulse.messages,
        "speakers": document.pulse.speakers,
        "events": events,
    }


def people(document: Diagnosis, lang: Lang) -> dict[str, list[Any]]:
    """The table of people by column, in the order of the document."""
    table = document.people_table
    return {
        "id": [name(p.id, 80) for p in table],
        "name": [name(p.name) for p in table],
        "role": ["owner" if document.owner and p.id == document.owner.id else p.role or "" for p in table],
        "bot": [int(p.bot) for p in table],
        "stratum": [STRATA.index(p.stratum) for p in table],
        "why": [stratum_text(p.stratum_reason, lang) for p in table],
        "messages": [p.messages for p in table],
        "days": [p.days for p in table],
        "recent": [p.messages_90d for p in table],
        "recentDays": [p.days_90d for p in table],
        "first": _days((p.first for p in table), document.zone),
        "last": _days((p.last for p in table), document.zone),
        "ties": [p.ties for p in table],
        "strong": [p.strong_ties for p in table],
        "circle": [-1 if p.circle is None else p.circle for p in table],
        "answers": [p.answers for p in table],
        "answered": [p.answered for p in table],
    }


def _ties(document: Diagnosis, place: dict[str, int]) -> dict[str, Any]:
    known = [t for t in document.ties if t.a in place and t.b in place]
    kept = sorted(known, key=lambda t: -t.strength)[:TIES_LISTED]
    kinds = sorted({kind for t in kept for kind in t.kinds})
    return {
        "a": [place[t.a] for t in kept],
        "b": [place[t.b] for t in kept],
        "strength": [number(t.strength, 1) for t in kept],
        "strong": "".join("1" if t.strong else "0" for t in kept),
        "returned": "".join("1" if t.returned else "0" for t in kept),
        "kinds": {kind: [t.kinds.get(kind, 0) for t in kept] for kind in kinds},
    }


def _lives(frames: list[Frame]) -> tuple[list[int], list[int], list[str], int]:
    """Ties over the frames: ends, ends, and for each a string: its first frame, then a level per frame; and how many
    were left out. Strength is written on a root scale, so that faint ties keep differing."""
    drawn = np.array([tie for f in frames for tie in f.ties], dtype=np.float64).reshape(-1, 3)
    frame = np.repeat(np.arange(len(frames)), [len(f.ties) for f in frames])
    real = (drawn[:, 2] > 0) & np.isfinite(drawn[:, 2])
    if not real.any():
        return [], [], [], 0
    ends, met, pair = np.unique(drawn[real, :2].astype(np.int64), axis=0, return_index=True, return_inverse=True)
    strength = np.zeros((len(ends), len(frames)))
    strength[pair.reshape(-1), frame[real]] = drawn[real, 2]
    kept = np.lexsort((met, -strength.max(axis=1, initial=0)))[:TIES_DRAWN]
    shown = strength[kept]
    strongest = drawn[real, 2].max()
    level = np.where(shown > 0, np.maximum(1, np.rint(np.sqrt(shown / strongest) * (len(LEVELS) - 1))), 0)
    digits = np.frombuffer(LEVELS.encode(), dtype=np.uint8)[level.astype(np.intp)]
    first, end = (shown > 0).argmax(axis=1), len(frames) - (shown[:, ::-1] > 0).argmax(axis=1)
    lives = [
        f"{k}:{life[k:e].tobytes().decode()}" for life, k, e in zip(digits, first.tolist(), end.tolist(), strict=True)
    ]
    return ends[kept, 0].tolist(), ends[kept, 1].tolist(), lives, len(ends) - len(kept)


def _weights(frames: list[Frame]) -> list[str]:
    """Per frame one digit a person, root scale over all frames."""
    heaviest = max((w for f in frames for w in f.weight if math.isfinite(w)), default=1.0) or 1.0
    top = len(LEVELS) - 1

    def level(weight: float) -> str:
        if not math.isfinite(weight) or weight <= 0:
            return LEVELS[0]
        return LEVELS[max(1, round(math.sqrt(weight / heaviest) * top))]

    return ["".join(map(level, f.weight)) for f in frames]


def network(picture: Network, place: dict[str, int]) -> dict[str, Any]:
    """The network with its frames, positions in thousandths."""
    a, b, lives, faint = _lives(picture.frames)
    return {
        "person": [place.get(p, -1) for p in picture.people],
        "x": [round(1000 * (number(v) or 0)) for v in picture.x],
        "y": [round(1000 * (number(v) or 0)) for v in picture.y],
        "circle": picture.circle,
        "days": [str(f.day) for f in picture.frames],
        "weight": _weights(picture.frames),
        "stratum": ["".join(str(min(5, max(0, s))) for s in f.stratum) for f in picture.frames],
        "a": a,
        "b": b,
        "life": lives,
        "faint": faint,
        "owner": -1 if picture.owner is None else picture.owner,
        "bridges": picture.bridges[:12],
    }


def _signs(document: Diagnosis, lang: Lang) -> list[dict[str, Any]]:
    words = book(lang).signs
    return [
        {
            "id": s.id,
            "name": words[s.id].name if s.id in words else spaced(s.id),
            "unit": s.unit,
            "low": number(s.low),
            "high": number(s.high),
            "day": [(d - _EPOCH).days for d, _ in s.series],
            "value": [number(v) for _, v in s.series],
        }
        for s in document.vital_signs
    ]


def data(document: Diagnosis, lang: Lang) -> dict[str, Any]:
    """Everything the page's script needs, safe to be written as JSON: cleaned texts, finite numbers."""
    words = book(lang)
    place = {p.id: k for k, p in enumerate(document.people_table)}
    picture = document.network_picture
    return {
        "lang": lang,
        "title": name(document.group) or words.label["nameless_group"],
        "asOf": day_text(document.as_of, zone_of(document.zone)),
        "words": words.label,
        "weekdays": words.weekdays,
        "strata": words.strata,
        "tieKinds": words.ties,
        "pulse": _pulse(document),
        "stages": [
            {"day": (s.day - _EPOCH).days, "stage": s.stage, "name": words.stages[s.stage]} for s in document.stages
        ],
        "heat": document.heatmap,
        "signs": _signs(document, lang),
        "mood": {
            "day": [(m.start - _EPOCH).days for m in document.mood],
            "messages": [m.messages for m in document.mood],
            "negative": [number(m.negative) for m in document.mood],
            "positive": [number(m.positive) for m in document.mood],
        },
        "people": people(document, lang),
        "ties": _ties(document, place),
        "network": network(picture, place) if picture and picture.people and picture.frames else None,
    }
