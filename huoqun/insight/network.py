"""The network: the group as a picture that stays put while time moves.

One layout serves all moments (`insight/place`), so that in each frame a person stands where they stood before and only
lines and sizes change. Chance is seeded: the same history gives the same picture.
"""

from datetime import datetime, timedelta

import numpy as np
import numpy.typing as npt
import polars as pl

from huoqun.insight.document import Frame, Network
from huoqun.insight.film import Film, filmed, still
from huoqun.insight.graph import VISIBLE, bridges, circles, weights, without_owner
from huoqun.insight.place import places
from huoqun.insight.reading import Reading
from huoqun.insight.stratum import STRATA, Past, gone, local_day, past, strata
from huoqun.insight.tie import Ties

FRAMES = 24
"""At most so many moments; never closer than `SHORTEST`."""

SHORTEST = timedelta(days=7)

MOST_PEOPLE = 2000

MOST_TIES = 1500
"""Ties drawn in one frame, the strongest; more is a grey ball, and the page has to stay light."""

ABSENT = len(STRATA)
"""Stratum of who is not yet or no longer there."""


def network(
    reading: Reading, now: Ties, *, known: Past | None = None, begun: pl.DataFrame | None = None
) -> Network | None:
    """The document's picture as of `now`; None where no two people were ever tied.

    `known` is `past(reading, now.evidence)` and `begun` is `starts(reading)` where they are at hand.
    """
    whole = filmed(now.evidence, moments(reading, now.at))
    drawn = _cast(whole, len(reading.people))
    if not drawn.size:
        return None
    people = [reading.people[i] for i in drawn]
    film = whole.among(drawn, len(reading.people))
    place = places(now.evidence, reading.rows["time"].item(0), now.at, drawn, reading.people)
    current = still(film, film.strength[:, -1], drawn.size)
    circle = circles(current)
    owner = reading.card.owner
    return Network(
        people=people,
        x=place[:, 0].round(4).tolist(),
        y=place[:, 1].round(4).tolist(),
        circle=circle.tolist(),
        frames=_frames(reading, known or past(reading, now.evidence), film, drawn),
        owner=people.index(owner) if owner in people else None,
        without_owner=without_owner(reading, now, begun=begun),
        bridges=bridges(current, circle),
        left_out=len(reading.people) - drawn.size,
    )


def moments(reading: Reading, at: datetime) -> list[datetime]:
    """Evenly spaced moments up to `at`, oldest first; the first is one step after the beginning."""
    span = at - reading.rows["time"].item(0) if reading.rows.height else timedelta(0)
    count = max(1, min(FRAMES, int(span / SHORTEST)))
    return [at - span * (count - 1 - i) / count for i in range(count)]


def _cast(film: Film, count: int) -> npt.NDArray[np.int64]:
    """Persons who are drawn, ascending: tied to somebody at some moment; the heaviest, where there are too many."""
    peak = film.strength.max(axis=1, initial=0.0)
    tied = np.zeros(count)
    np.maximum.at(tied, film.a, peak)
    np.maximum.at(tied, film.b, peak)
    weight = np.bincount(film.a, peak, count) + np.bincount(film.b, peak, count)
    order = np.lexsort((np.arange(count), -weight))
    return np.sort(order[tied[order] >= VISIBLE][:MOST_PEOPLE])


def _frames(reading: Reading, known: Past, film: Film, drawn: npt.NDArray[np.int64]) -> list[Frame]:
    left = gone(reading, film.times)
    return [
        Frame(
            day=local_day(at, reading.card.zone),
            ties=_lines(film, i),
            weight=weights(still(film, film.strength[:, i], drawn.size)).round(2).tolist(),
            stratum=_strata_then(known, at, left[i], len(reading.people))[drawn].tolist(),
        )
        for i, at in enumerate(film.times)
    ]


def _lines(film: Film, moment: int) -> list[tuple[int, int, float]]:
    strength = film.strength[:, moment]
    shown = np.flatnonzero(strength >= VISIBLE)
    shown = np.sort(shown[np.lexsort((shown, -strength[shown]))][:MOST_TIES])
    return list(zip(film.a[shown].tolist(), film.b[shown].tolist(), strength[shown].round(2).tolist(), strict=True))


def _strata_then(known: Past, at: datetime, left: pl.Series, count: int) -> npt.NDArray[np.int64]:
    codes = np.full(count, ABSENT)
    then = strata(known, at=at)
    codes[then["person"].to_numpy()] = then["stratum"].to_physical().to_numpy()
    codes[left.to_numpy()] = ABSENT
    return codes
