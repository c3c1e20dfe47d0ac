"""The ranker: how likely each candidate is the one that a message answers.

A small neural network (two hidden layers) scores every pair, and the scores of one message's candidates become
probabilities that sum to 1. Its first layer is a sum of three parts: what the message shows, what the candidate shows,
and what the two show together. The first two are computed once a message, not once a pair. The parameters are fitted
by `training/train_reply.py` on the Ubuntu IRC disentanglement corpus (Kummerfeld et al., ACL 2019).
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from huoqun.insight.candidate import Candidates
from huoqun.insight.flow import Floats

FILE = Path(__file__).parent / "data" / "reply.npz"


@dataclass(frozen=True)
class Net:
    """One network, its inputs' scaling folded into the first layer."""

    mine: Floats
    theirs: Floats
    both: Floats
    shift: Floats
    deeper: tuple[tuple[Floats, Floats], ...]
    """Weights and shifts of the layers after the first."""

    def scores(self, own: Floats, traits: Floats, pairs: Candidates) -> Floats:
        """One score a pair; `own` starts with message 0 of the flow."""
        first, last = int(pairs.to.min(initial=0)), int(pairs.of.max(initial=-1)) + 1
        theirs = own[first:last] @ self.theirs
        mine = own[pairs.start : last] @ self.mine + self.shift
        hidden = traits @ self.both
        hidden += mine[pairs.of - pairs.start]
        other = theirs[pairs.to - first]
        other[pairs.begins] = 0
        hidden += other
        for weights, shift in self.deeper:
            np.maximum(hidden, 0, out=hidden)
            hidden = hidden @ weights
            hidden += shift
        scores: Floats = hidden[:, 0]
        return scores


@dataclass(frozen=True)
class Ranker:
    """Networks that vote, and from which probability on a second answer counts."""

    nets: tuple[Net, ...]
    second: float

    def probabilities(self, own: Floats, traits: Floats, pairs: Candidates) -> Floats:
        """By pair: the probability that the message answers the candidate (itself: that it starts something new)."""
        if not len(pairs.of):
            return np.zeros(0, np.float32)
        votes = [share(net.scores(own, traits, pairs), pairs.begins) for net in self.nets]
        return np.asarray(np.mean(votes, axis=0), np.float32)


def share(scores: Floats, begins: npt.NDArray[np.int64]) -> Floats:
    """Scores of neighbouring groups as probabilities (softmax inside each group)."""
    counts = np.diff(np.append(begins, len(scores)))
    powers = np.exp(scores - np.repeat(np.maximum.reduceat(scores, begins), counts))
    found: Floats = powers / np.repeat(np.add.reduceat(powers, begins), counts)
    return found


@cache
def ranker(file: Path = FILE) -> Ranker:
    """The shipped ranker."""
    with np.load(file) as stored:
        count = int(stored["nets"])
        nets = tuple(
            _net({k.split(".", 1)[1]: stored[k] for k in stored.files if k.startswith(f"{i}.")}) for i in range(count)
        )
        return Ranker(nets, float(stored["second"]))


def _net(arrays: dict[str, npt.NDArray[np.generic]]) -> Net:
    """A network from its stored half-precision arrays."""
    full = {name: np.ascontiguousarray(array, np.float32) for name, array in arrays.items()}
    depth = sum(name.startswith("weights") for name in full)
    deeper = tuple((full[f"weights{i}"], full[f"shift{i}"]) for i in range(depth))
    return Net(full["mine"], full["theirs"], full["both"], full["shift"], deeper)
