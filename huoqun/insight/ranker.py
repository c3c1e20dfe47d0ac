"""The ranker: how likely each candidate is the one that a message answers.

A small neural network (two hidden layers) scores every pair, and the scores of one message's candidates become
probabilities that sum to 1. Its first layer is a sum of three parts: what the message shows, what the candidate shows,
and what the two show together. The first two are computed once a message, not once a pair.

Two looks: the first judges each message alone and leaves few candidates; the second judges again, knowing what the
first made of all the others (`insight.conversation`); there several networks vote. The parameters are fitted by
`training/train_reply.py` on the Ubuntu IRC disentanglement corpus (Kummerfeld et al., ACL 2019).
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from huoqun.insight.candidate import Candidates
from huoqun.insight.flow import Floats

BLOCK = 4096
"""Pairs scored at a time, so that their hidden layers stay in the processor's cache."""
NEAR = 1000
"""Messages before the first one asked about whose part of the first layer is computed at once."""
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
        nearest = max(pairs.start - NEAR, 0)
        end = pairs.start + len(pairs.begins)
        theirs = own[nearest:end] @ self.theirs
        mine = own[pairs.start : end] @ self.mine + self.shift
        scores = np.empty(len(pairs.of), np.float32)
        alone = pairs.of == pairs.to
        for at in range(0, len(scores), BLOCK):
            block = slice(at, at + BLOCK)
            of, to = pairs.of[block], pairs.to[block]
            hidden = traits[block] @ self.both
            hidden += mine.take(of - pairs.start, axis=0)
            other = theirs.take(to - nearest, axis=0, mode="clip")
            far = np.flatnonzero(to < nearest)
            other[far] = own[to[far]] @ self.theirs
            other[alone[block]] = 0
            hidden += other
            for weights, shift in self.deeper:
                np.maximum(hidden, 0, out=hidden)
                hidden = hidden @ weights
                hidden += shift
            scores[block] = hidden[:, 0]
        return scores


@dataclass(frozen=True)
class Ranker:
    """The networks of both looks, and from which probability on a second answer counts."""

    first: tuple[Net, ...]
    again: tuple[Net, ...]
    second: float


def probabilities(nets: tuple[Net, ...], own: Floats, traits: Floats, pairs: Candidates) -> Floats:
    """By pair: the probability that the message answers the candidate (itself: that it starts something new)."""
    votes = [share(net.scores(own, traits, pairs), pairs.begins) for net in nets]
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
        arrays = {name: stored[name] for name in stored.files}
    return Ranker(_nets(arrays, "first"), _nets(arrays, "again"), float(arrays["second"]))


def _nets(arrays: dict[str, npt.NDArray[np.generic]], look: str) -> tuple[Net, ...]:
    """The networks of a look; arrays are called `look.number.part`."""
    split = [(name.split("."), array) for name, array in arrays.items() if name.startswith(f"{look}.")]
    numbers = sorted({int(parts[1]) for parts, _ in split})
    return tuple(net({parts[2]: array for parts, array in split if parts[1] == str(n)}) for n in numbers)


def net(arrays: dict[str, npt.NDArray[np.generic]]) -> Net:
    """A network from its stored arrays."""
    full = {name: np.ascontiguousarray(array, np.float32) for name, array in arrays.items()}
    depth = sum(name.startswith("weights") for name in full)
    deeper = tuple((full[f"weights{i}"], full[f"shift{i}"]) for i in range(depth))
    return Net(full["mine"], full["theirs"], full["both"], full["shift"], deeper)
