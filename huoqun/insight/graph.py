"""The graph: what the ties of a group make together. The one home of igraph.

A graph holds the ties that still count (`VISIBLE`), people as indexes. Everything is deterministic: what igraph does
by chance it does with a seeded generator of its own.
"""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any

import igraph
import numpy as np
import numpy.typing as npt
import polars as pl

from huoqun.insight.document import WithoutOwner
from huoqun.insight.reading import Reading
from huoqun.insight.start import starts
from huoqun.insight.tie import Ties

VISIBLE = 0.25
"""Strength from which a tie counts in the graph: one reply two half-lives ago, more than one fresh chance turn."""

EXACT_WORK = 25_000_000
"""Persons times ties up to which betweenness is exact (500 people with 50,000 ties: about 0.3 s on one core)."""

RECENT = timedelta(days=90)
"""Starts of conversations are counted over this time before now; over all of the history if it holds none."""

ROUNDS = 300
SETTLED_ROUNDS = 15
SETTLED_WARMTH = 0.2
"""Rounds of a layout from nothing, and of one that goes on; and how far people first move in the latter, relative to
the former."""

LAYOUT_WORK = 75_000_000
"""Persons squared times rounds that a layout from nothing may take (500 people: 300 rounds, about 0.2 s)."""

LEAST_ROUNDS = 5

SEED = 20


@dataclass(frozen=True)
class Graph:
    """An undirected weighted graph: `a[i]` and `b[i]` are tied with `strength[i]`; persons are 0 … count - 1."""

    count: int
    a: npt.NDArray[np.int64]
    b: npt.NDArray[np.int64]
    strength: npt.NDArray[np.float64]

    @cached_property
    def inner(self) -> Any:
        """The same as igraph knows it, with `weight` and `distance` (1 / weight) on its edges."""
        made: Any = igraph.Graph(  # type: ignore[no-untyped-call]
            n=self.count, edges=np.column_stack([self.a, self.b])
        )
        made.es["weight"] = self.strength.tolist()
        made.es["distance"] = (1 / self.strength).tolist()
        return made

    def without(self, person: int) -> "Graph":
        """The graph without a person's ties; the numbering stays."""
        keep = (self.a != person) & (self.b != person)
        return Graph(self.count, self.a[keep], self.b[keep], self.strength[keep])


def graph(count: int, pairs: pl.DataFrame, *, least: float = VISIBLE) -> Graph:
    """The graph of `count` people from a frame with `a`, `b`, `strength` (such as `Ties.pairs`)."""
    shown = pairs.filter(pl.col("strength") >= least)
    a, b = (shown[name].to_numpy().astype(np.int64) for name in ("a", "b"))
    return Graph(count, a, b, shown["strength"].to_numpy().astype(np.float64))


@contextmanager
def seeded() -> Iterator[None]:
    """igraph's chance becomes reproducible inside, and is given back to Python's generator afterwards."""
    igraph.set_random_number_generator(random.Random(SEED))  # noqa: S311 - for reproducible pictures, not for secrets
    try:
        yield
    finally:
        igraph.set_random_number_generator(random)


def circles(graph: Graph) -> npt.NDArray[np.int64]:
    """By person: the circle, 0 the largest (equal sizes: the one with the first person first); -1 for who is alone.

    Leiden on modularity, run until it settles: Traag, Waltman, van Eck, *From Louvain to Leiden*, 2019.
    """
    if not graph.a.size:
        return np.full(graph.count, -1)
    with seeded():
        found = graph.inner.community_leiden(objective_function="modularity", weights="weight", n_iterations=-1)
    raw = np.asarray(found.membership)
    size = np.bincount(raw)
    first = np.full(size.size, graph.count)
    np.minimum.at(first, raw, np.arange(graph.count))
    order = np.lexsort((first, -size))
    number = np.empty(size.size, dtype=np.int64)
    number[order] = np.arange(size.size)
    return np.where(size[raw] > 1, number[raw], -1)


def betweenness(graph: Graph) -> npt.NDArray[np.float64]:
    """By person: share of the shortest ways between two others that lead through them (0 to 1).

    A strong tie is a short way (length 1 / strength): Freeman 1977, weights as in Newman 2001. Above `EXACT_WORK` the
    ways are counted from an even sample of starting points and scaled up.
    """
    if graph.count < 3 or not graph.a.size:
        return np.zeros(graph.count)
    pairs = (graph.count - 1) * (graph.count - 2) / 2
    work = graph.count * graph.a.size
    if work <= EXACT_WORK:
        return np.asarray(graph.inner.betweenness(directed=False, weights="distance")) / pairs
    step = -(-work // EXACT_WORK)
    sources = list(range(0, graph.count, step))
    partial = graph.inner.betweenness(directed=False, weights="distance", sources=sources)
    return np.asarray(partial, dtype=np.float64) * (graph.count / len(sources)) / pairs


def bridges(graph: Graph, circle: npt.NDArray[np.int64], *, most: int = 10) -> list[int]:
    """Persons with ties into at least two circles, by betweenness, strongest first; at most `most`."""
    between = betweenness(graph)
    ends = np.concatenate([np.column_stack([graph.a, circle[graph.b]]), np.column_stack([graph.b, circle[graph.a]])])
    touched = np.bincount(np.unique(ends, axis=0)[:, 0], minlength=graph.count)
    linking = np.flatnonzero((touched > 1) & (between > 0))
    return [int(person) for person in linking[np.lexsort((linking, -between[linking]))][:most]]


def cores(graph: Graph) -> npt.NDArray[np.int64]:
    """By person: the largest k so that they stand in a part where everybody has k ties (Seidman 1983)."""
    return np.asarray(graph.inner.coreness(), dtype=np.int64)


def weights(graph: Graph) -> npt.NDArray[np.float64]:
    """By person: the strength of all their ties together."""
    by_a = np.bincount(graph.a, graph.strength, graph.count)
    return np.asarray(by_a + np.bincount(graph.b, graph.strength, graph.count), dtype=np.float64)


def drift(graph: Graph, begin: npt.NDArray[np.float64], *, settled: bool) -> npt.NDArray[np.float64]:
    """Places after tied people have drawn near each other and all others apart, from the places of `begin`.

    Fruchterman and Reingold 1991; a tie pulls by the logarithm of its strength, or the closest would stand on one
    spot. `settled` people only shift a little; otherwise the places are found from nothing.
    """
    rounds, warm = (SETTLED_ROUNDS, SETTLED_WARMTH) if settled else (ROUNDS, 1.0)
    rounds = int(np.clip(LAYOUT_WORK / max(graph.count, 1) ** 2 * rounds / ROUNDS, LEAST_ROUNDS, rounds))
    with seeded():
        made = graph.inner.layout_fruchterman_reingold(
            weights=np.log1p(graph.strength).tolist(),
            seed=begin.tolist(),
            niter=rounds,
            start_temp=warm * np.sqrt(graph.count) / 10,
            grid=False,
        )
    return np.asarray(made.coords, dtype=np.float64)


def largest_part(graph: Graph) -> int:
    """People in the largest connected part; 0 where nobody is tied."""
    if not graph.a.size:
        return 0
    return int(max(graph.inner.connected_components().sizes()))


def without_owner(reading: Reading, ties: Ties, *, begun: pl.DataFrame | None = None) -> WithoutOwner | None:
    """What is left when the card's owner is taken out; None where there is no owner among the speakers, or no tie.

    `begun` is `starts(reading)` where it is at hand.
    """
    if reading.card.owner not in reading.people:
        return None
    owner = reading.people.index(reading.card.owner)
    whole = graph(len(reading.people), ties.pairs)
    if not whole.a.size:
        return None
    rest = whole.without(owner)
    begun = (starts(reading) if begun is None else begun).filter(pl.col("time") <= ties.at)
    recent = begun.filter(pl.col("time") > ties.at - RECENT)
    counted = recent if recent.height else begun
    return WithoutOwner(
        ties_left=float(rest.strength.sum() / whole.strength.sum()),
        largest_left=largest_part(rest) / largest_part(whole),
        starts_left=float((counted["person"] != owner).sum() / counted.height) if counted.height else 1.0,
    )
