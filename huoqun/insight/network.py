"""The network: the group as a picture that stays put while time moves.

One layout is made for all moments together, over every tie that ever counted, so that in each frame a person stands
where they stood before and only lines and sizes change. Where somebody begins is drawn from their identity and chance
is seeded: the same history gives the same picture on every machine run.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b

import numpy as np
import numpy.typing as npt
import polars as pl

from huoqun.insight.document import Frame, Network
from huoqun.insight.graph import VISIBLE, Graph, bridges, circles, graph, positions, weights, without_owner
from huoqun.insight.reading import Reading
from huoqun.insight.stratum import STRATA, Past, gone, local_day, past, strata
from huoqun.insight.tie import HALF_LIFE, Ties, fading

FRAMES = 24
"""At most so many moments; never closer than `SHORTEST`."""

SHORTEST = timedelta(days=7)

MOST_PEOPLE = 2000

MOST_TIES = 1500
"""Ties drawn in one frame, the strongest; more is a grey ball, and the page has to stay light."""

BACKBONE = 8
"""Strongest ties of each person that pull in the layout."""

ABSENT = len(STRATA)
"""Stratum of who is not yet or no longer there."""


@dataclass(frozen=True)
class Film:
    """Strength of pairs at several moments."""

    times: list[datetime]
    a: npt.NDArray[np.int64]
    b: npt.NDArray[np.int64]
    strength: npt.NDArray[np.float64]
    """Pair by moment."""


def network(
    reading: Reading, now: Ties, *, known: Past | None = None, begun: pl.DataFrame | None = None
) -> Network | None:
    """The document's picture as of `now`; None where no two people were ever tied.

    `known` is `past(reading, now.evidence)` and `begun` is `starts(reading)` where they are at hand.
    """
    film, drawn = _cast(filmed(now.evidence, moments(reading, now.at)), len(reading.people))
    if not drawn.size:
        return None
    people = [reading.people[i] for i in drawn]
    place = positions(_graph(film, film.strength.max(axis=1), drawn.size, BACKBONE), beginnings(people))
    current = _graph(film, film.strength[:, -1], drawn.size)
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


def filmed(evidence: pl.DataFrame, times: list[datetime]) -> Film:
    """The strength of every pair at every moment: each moment's own evidence, plus what is left of the one before."""
    moment = pl.Series(times, dtype=pl.Datetime("us"))
    frame = pl.Series("frame", moment.search_sorted(evidence["time"], side="left"), dtype=pl.Int64)
    counted = evidence.with_columns(frame).filter(pl.col("frame") < len(times))
    fresh = (
        counted.with_columns(moment.gather(counted["frame"]).alias("at"))
        .group_by(pl.min_horizontal("a", "b").alias("a"), pl.max_horizontal("a", "b").alias("b"), "frame")
        .agg((pl.col("weight") * fading(pl.col("at") - pl.col("time"))).sum().alias("strength"))
    )
    pairs = fresh.select("a", "b").unique().sort("a", "b").with_row_index("pair")
    cells = fresh.join(pairs, on=["a", "b"])
    strength = np.zeros((pairs.height, len(times)))
    strength[cells["pair"].to_numpy(), cells["frame"].to_numpy()] = cells["strength"].to_numpy()
    for i in range(1, len(times)):
        strength[:, i] += strength[:, i - 1] * 0.5 ** ((times[i] - times[i - 1]) / HALF_LIFE)
    return Film(times, pairs["a"].to_numpy().astype(np.int64), pairs["b"].to_numpy().astype(np.int64), strength)


def beginnings(people: list[str]) -> npt.NDArray[np.float64]:
    """Places on a disc drawn from the identities, so that they do not depend on who else is there."""
    digests = b"".join(blake2b(person.encode(), digest_size=8).digest() for person in people)
    draws = np.frombuffer(digests, dtype="<u4").reshape(-1, 2) / 2**32
    angle, radius = 2 * np.pi * draws[:, 0], np.sqrt(draws[:, 1] * len(people))
    return np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])


def _cast(film: Film, count: int) -> tuple[Film, npt.NDArray[np.int64]]:
    """The film among those who are drawn (numbered by their place in the second value): tied at some moment."""
    peak = film.strength.max(axis=1, initial=0.0)
    tied = np.zeros(count)
    np.maximum.at(tied, film.a, peak)
    np.maximum.at(tied, film.b, peak)
    weight = np.bincount(film.a, peak, count) + np.bincount(film.b, peak, count)
    order = np.lexsort((np.arange(count), -weight))
    drawn = np.sort(order[tied[order] >= VISIBLE][:MOST_PEOPLE])
    new = np.full(count, -1)
    new[drawn] = np.arange(drawn.size)
    inside = (new[film.a] >= 0) & (new[film.b] >= 0)
    return Film(film.times, new[film.a[inside]], new[film.b[inside]], film.strength[inside]), drawn


def _graph(film: Film, strength: npt.NDArray[np.float64], count: int, per_person: int | None = None) -> Graph:
    """The graph of visible strengths; with `per_person` only those among the strongest so many of either end."""
    pairs = pl.DataFrame({"a": film.a, "b": film.b, "strength": strength})
    if per_person is None:
        return graph(count, pairs)
    ends = pl.concat(
        [pairs.with_row_index("i").select("i", person, "strength") for person in ("a", "b")], how="diagonal"
    )
    ends = ends.select("i", "strength", person=pl.coalesce("a", "b")).sort("strength", "i", descending=[True, False])
    kept = ends.group_by("person", maintain_order=True).head(per_person)["i"].unique().sort()
    return graph(count, pairs[kept])


def _frames(reading: Reading, known: Past, film: Film, drawn: npt.NDArray[np.int64]) -> list[Frame]:
    return [
        Frame(
            day=local_day(at, reading.card.zone),
            ties=_lines(film, i),
            weight=weights(_graph(film, film.strength[:, i], drawn.size)).round(2).tolist(),
            stratum=_strata_then(reading, known, at)[drawn].tolist(),
        )
        for i, at in enumerate(film.times)
    ]


def _lines(film: Film, moment: int) -> list[tuple[int, int, float]]:
    strength = film.strength[:, moment]
    shown = np.flatnonzero(strength >= VISIBLE)
    shown = np.sort(shown[np.lexsort((shown, -strength[shown]))][:MOST_TIES])
    return list(zip(film.a[shown].tolist(), film.b[shown].tolist(), strength[shown].round(2).tolist(), strict=True))


def _strata_then(reading: Reading, known: Past, at: datetime) -> npt.NDArray[np.int64]:
    codes = np.full(len(reading.people), ABSENT)
    then = strata(known, at=at)
    codes[then["person"].to_numpy()] = then["stratum"].to_physical().to_numpy()
    codes[gone(reading, at).to_numpy()] = ABSENT
    return codes
