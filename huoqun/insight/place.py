"""Places: where people stand in the picture, so that they stay there when time moves on.

A layout made from nothing turns and mirrors itself with every new message. Here it grows as the group did: over blocks
of days counted from the first row, each block's layout begins where the last one ended, newcomers beside those they
know. A later look at the same group repeats the same steps and adds a few.
docs/decisions/062-places-that-stay.md tells how much that helps.
"""

from datetime import datetime, timedelta
from hashlib import blake2b

import numpy as np
import numpy.typing as npt
import polars as pl

from huoqun.insight.film import Film, filmed, still
from huoqun.insight.graph import VISIBLE, Graph, drift

BLOCK = timedelta(days=30)
MOST_BLOCKS = 24
"""A history of more blocks has blocks of twice the length, and so on."""

BACKBONE = 20
"""Strongest ties of each person that pull in the layout: with fewer, circles come loose and shrink to spots; with more,
the picture is less steady."""

RIM = 0.98
"""Where the outermost stand."""

APART = 0.5
"""How far from the middle of their acquaintances a newcomer begins, in lengths of a tie."""

Places = npt.NDArray[np.float64]


def places(
    evidence: pl.DataFrame, begun: datetime, at: datetime, drawn: npt.NDArray[np.int64], people: list[str]
) -> Places:
    """Places in [-1, 1] of the persons `drawn` (indexes into `people`), by their ties from `begun` up to `at`."""
    film = filmed(evidence, blocks(begun, at)).among(drawn, len(people))
    ever = np.maximum.accumulate(film.strength, axis=1)
    place = beginnings([people[i] for i in drawn])
    known = np.zeros(drawn.size, dtype=bool)
    for block in range(len(film.times)):
        here = _present(film, ever[:, block], drawn.size)
        if here.size:
            part = film.among(here, drawn.size)
            inside = np.isin(film.a, here) & np.isin(film.b, here)
            pulled = still(part, ever[inside, block], here.size, per_person=BACKBONE)
            before = _welcomed(pulled, place[here], known[here])
            after = drift(pulled, before, settled=bool(known.any()))
            place[here] = _turned_back(after, before, known[here])
            known[here] = True
    return _framed(place)


def blocks(begun: datetime, at: datetime) -> list[datetime]:
    """Ends of the blocks from `begun`, the last one `at` itself."""
    length = BLOCK
    while (at - begun) / length > MOST_BLOCKS:
        length *= 2
    whole = max(int((at - begun) / length), 0)
    ends = [begun + length * (i + 1) for i in range(whole)]
    return ends if ends and ends[-1] == at else [*ends, at]


def beginnings(people: list[str]) -> npt.NDArray[np.float64]:
    """Places on a disc drawn from the identities, so that they do not depend on who else is there."""
    digests = b"".join(blake2b(person.encode(), digest_size=8).digest() for person in people)
    draws = np.frombuffer(digests, dtype="<u4").reshape(-1, 2) / 2**32
    angle, radius = 2 * np.pi * draws[:, 0], np.sqrt(draws[:, 1] * len(people))
    return np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])


def _present(film: Film, strength: npt.NDArray[np.float64], count: int) -> npt.NDArray[np.int64]:
    seen = np.zeros(count, dtype=bool)
    for ends in (film.a, film.b):
        seen[ends[strength >= VISIBLE]] = True
    return np.flatnonzero(seen)


def _welcomed(graph: Graph, place: Places, known: npt.NDArray[np.bool_]) -> Places:
    """`place`, with those not yet `known` moved beside the middle of the known ones they are tied to."""
    total, number = np.zeros_like(place), np.zeros(graph.count)
    for one, other in ((graph.a, graph.b), (graph.b, graph.a)):
        met = known[other] & ~known[one]
        np.add.at(total, one[met], place[other[met]])
        np.add.at(number, one[met], 1)
    guided = number > 0
    length = np.maximum(np.hypot(place[:, 0], place[:, 1]), 1e-9)[:, None]
    moved = place.copy()
    moved[guided] = total[guided] / number[guided, None] + APART * (place / length)[guided]
    return moved


def _turned_back(after: Places, before: Places, known: npt.NDArray[np.bool_]) -> Places:
    """`after`, moved, turned and mirrored as a whole so that the `known` are nearest to where they stood (igraph turns
    its layouts as it likes). Orthogonal Procrustes: Schönemann 1966."""
    if not known.any():
        return after
    middle, home = after[known].mean(axis=0), before[known].mean(axis=0)
    left, _, right = np.linalg.svd((after[known] - middle).T @ (before[known] - home))
    return np.asarray((after - middle) @ (left @ right) + home, dtype=np.float64)


def _framed(place: Places) -> Places:
    """Into [-1, 1] round the middle, drawn together at the rim, where the hardly tied would otherwise drift away."""
    place = place - np.median(place, axis=0)
    radius = np.hypot(place[:, 0], place[:, 1])
    drawn = place / (radius + (np.median(radius) or 1.0))[:, None]
    return np.asarray(drawn * RIM / max(np.abs(drawn).max(), 1e-9), dtype=np.float64)
