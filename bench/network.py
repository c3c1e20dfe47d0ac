"""The network of a group of 500 with 10,000 ties: `insight/graph` against networkx, in the same run.

`python -m bench.network`. The work is circles, exact weighted betweenness, and what is left without the owner (share
of strength, largest connected part). networkx has no Leiden, so its circles are by its own Louvain. Both start from the
same arrays and build their graph inside the measured time; betweenness must come out equal.
"""

import time
from collections.abc import Callable

import networkx
import numpy as np

from bench.row import HEAD, Row
from huoqun.insight.graph import Graph, betweenness, circles, largest_part

PEOPLE, TIES = 500, 10_000
ROUNDS = 5
AIM = 20.0
SEED = 3


def group(people: int = PEOPLE, ties: int = TIES) -> Graph:
    """Ten circles with most of the ties inside them; strengths as uneven as they are in life."""
    chance = np.random.default_rng(SEED)
    circle = chance.integers(0, 10, people)
    a, b = chance.integers(0, people, (2, ties * 40))
    wanted = (a < b) & ((circle[a] == circle[b]) | (chance.random(a.size) < 0.1))
    pairs = chance.permutation(np.unique(np.column_stack([a, b])[wanted], axis=0))[:ties]
    assert len(pairs) == ties
    return Graph(people, pairs[:, 0], pairs[:, 1], chance.pareto(1.5, ties) + 0.25)


def ours(given: Graph, owner: int) -> list[float]:
    """Betweenness, having found the circles and what is left without the owner too."""
    known = Graph(given.count, given.a, given.b, given.strength)
    assert circles(known).max() > 0
    rest = known.without(owner)
    assert 0 < rest.strength.sum() / known.strength.sum() < 1
    assert 0 < largest_part(rest) / largest_part(known) <= 1
    found: list[float] = betweenness(known).tolist()
    return found


def peers(given: Graph, owner: int) -> list[float]:
    """The same in networkx."""
    known = networkx.Graph()
    known.add_nodes_from(range(given.count))
    for a, b, strength in zip(given.a.tolist(), given.b.tolist(), given.strength.tolist(), strict=True):
        known.add_edge(a, b, weight=strength, distance=1 / strength)
    assert len(networkx.community.louvain_communities(known, weight="weight", seed=SEED)) > 1
    rest = known.copy()
    rest.remove_node(owner)
    assert 0 < rest.size("weight") / known.size("weight") < 1
    parts = [max(map(len, networkx.connected_components(one))) for one in (rest, known)]
    assert 0 < parts[0] / parts[1] <= 1
    return list(networkx.betweenness_centrality(known, weight="distance").values())


def timed(work: Callable[[], list[float]]) -> tuple[float, list[float]]:
    """Seconds of processor time, so that other work on the machine counts on neither side, and the result."""
    begin = time.process_time()
    found = work()
    return time.process_time() - begin, found


def run(*, quick: bool = False) -> list[Row]:
    """One line of the table; alternating rounds, medians."""
    given, owner = group(), 0
    seconds: dict[str, list[float]] = {"ours": [], "networkx": []}
    for _ in range(1 if quick else ROUNDS):
        took, found = timed(lambda: ours(given, owner))
        seconds["ours"].append(took)
        took, peer = timed(lambda: peers(given, owner))
        seconds["networkx"].append(took)
        assert np.allclose(found, peer, atol=1e-9), "betweenness differs from networkx"
    mine, theirs = (sorted(took)[len(took) // 2] for took in seconds.values())
    return [
        Row(
            work=f"network of {PEOPLE} people, {TIES:,} ties: circles, betweenness, without owner",
            ours=f"{mine * 1000:.0f} ms",
            reference=f"networkx {theirs * 1000:.0f} ms",
            ratio=theirs / mine,
            aim=f"{AIM:.0f} x",
            met=theirs / mine >= AIM,
        )
    ]


if __name__ == "__main__":
    print(HEAD)
    for row in run():
        print(row)
