"""An operator sees circles, who connects them, and what would be left without the owner."""

from datetime import timedelta

import networkx
import numpy as np
import polars as pl
import pytest
from group_rows import START, links, row, rows

from huoqun.insight import graph as chapter
from huoqun.insight.card import Card
from huoqun.insight.graph import (
    Graph,
    betweenness,
    bridges,
    circles,
    cores,
    graph,
    largest_part,
    weights,
    without_owner,
)
from huoqun.insight.reading import reading
from huoqun.insight.tie import ties


def of(count, edges):
    frame = pl.DataFrame(edges, schema={"a": pl.UInt32, "b": pl.UInt32, "strength": pl.Float64}, orient="row")
    return graph(count, frame)


def two_circles_and_a_bridge():
    left = [(a, b, 3.0) for a in range(5) for b in range(a + 1, 5)]
    right = [(a, b, 3.0) for a in range(6, 11) for b in range(a + 1, 11)]
    return of(12, [*left, *right, (4, 5, 2.0), (5, 6, 2.0)])


def test_circles_and_their_bridge_are_found():
    found = two_circles_and_a_bridge()
    circle = circles(found)
    assert len(set(circle[:5])) == len(set(circle[6:11])) == 1
    assert circle[0] != circle[10]
    assert circle[11] == -1
    assert bridges(found, circle)[0] in (4, 5, 6)
    assert set(bridges(found, circle)) <= {4, 5, 6}


def test_circles_are_the_same_every_time():
    generator = np.random.default_rng(1)
    found = of(80, [(int(a), int(b), float(w)) for a, b, w in zip(*ends(generator, 80, 400), strict=True)])
    assert all(np.array_equal(circles(found), circles(found)) for _ in range(5))


def ends(generator, count, ties):
    pairs = np.unique(np.sort(generator.integers(0, count, (ties, 2)), axis=1), axis=0)
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    return pairs[:, 0], pairs[:, 1], generator.uniform(0.3, 4, len(pairs))


def test_betweenness_is_what_networkx_computes():
    a, b, strength = ends(np.random.default_rng(2), 60, 200)
    known = networkx.Graph()
    known.add_nodes_from(range(60))
    known.add_weighted_edges_from(zip(a.tolist(), b.tolist(), (1 / strength).tolist(), strict=True))
    peer = networkx.betweenness_centrality(known, weight="weight")
    assert betweenness(Graph(60, a, b, strength)) == pytest.approx([peer[i] for i in range(60)])


def test_betweenness_of_a_large_group_is_estimated_without_bias(monkeypatch):
    a, b, strength = ends(np.random.default_rng(3), 200, 1000)
    exact = betweenness(Graph(200, a, b, strength))
    monkeypatch.setattr(chapter, "EXACT_WORK", 200 * len(a) // 4)
    near = betweenness(Graph(200, a, b, strength))
    assert near.sum() == pytest.approx(exact.sum(), rel=0.1)
    assert np.corrcoef(near, exact)[0, 1] > 0.8


def test_cores_and_weights():
    found = two_circles_and_a_bridge()
    assert cores(found)[[0, 5, 11]].tolist() == [4, 2, 0]
    assert weights(found)[[0, 5, 11]].tolist() == [12.0, 4.0, 0.0]
    assert largest_part(found) == 11


def test_faded_ties_are_not_drawn_into_circles():
    assert circles(of(3, [(0, 1, 0.1), (1, 2, 0.2)])).tolist() == [-1, -1, -1]
    assert circles(of(0, [])).tolist() == []
    assert betweenness(of(2, [(0, 1, 1.0)])).tolist() == [0.0, 0.0]
    assert largest_part(of(4, [])) == 0


def star(owner="群主", leaves=6, extra=()):
    """The owner starts and everybody answers an hour later; `extra` pairs of leaves talk among themselves. Talks
    are nine hours apart, so that none is taken for an answer to the one before."""
    said, pairs = [], []
    for leaf in range(leaves):
        said += [row(len(said) * 300, owner, "今天聊什么"), row(len(said) * 300 + 60, f"叶{leaf}")]
        pairs.append((len(said) - 1, len(said) - 2))
    for a, b in extra:
        said += [row(len(said) * 300, f"叶{a}"), row(len(said) * 300 + 60, f"叶{b}")]
        pairs.append((len(said) - 1, len(said) - 2))
    return reading(rows(said), links(pairs), Card(owner=owner), now=START + timedelta(days=5))


def test_a_star_falls_apart_without_its_owner():
    left = without_owner(star(), ties(star()))
    assert left is not None
    assert left.ties_left == 0
    assert left.largest_left == 0
    assert left.starts_left == 0


def test_what_members_have_of_each_other_stays():
    group = star(extra=[(0, 1), (1, 2), (2, 3)])
    left = without_owner(group, ties(group))
    assert left is not None
    assert left.ties_left == pytest.approx(3 / 9, abs=0.02)
    assert left.largest_left == pytest.approx(4 / 7)
    assert left.starts_left == pytest.approx(3 / 9)


def test_without_a_known_owner_nothing_is_said():
    group = star()
    nobody = reading(group.rows, group.links, Card(), now=group.now)
    stranger = reading(group.rows, group.links, Card(owner="谁"), now=group.now)
    assert without_owner(nobody, ties(nobody)) is None
    assert without_owner(stranger, ties(stranger)) is None
