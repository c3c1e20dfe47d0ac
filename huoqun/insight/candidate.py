"""Candidates: the few earlier messages that a message may answer, and itself (it may start something new)."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from huoqun.insight.flow import NOBODY, Flow, Ints

NEAR = 15
"""The last so many messages are candidates whatever they are."""


@dataclass(frozen=True)
class Candidates:
    """Pairs of a message and one it may answer, by message, then newest first; each message's first is itself."""

    start: int
    """The first message asked about; they are neighbours."""
    begins: Ints
    """Where the pairs of each message begin."""
    of: Ints
    """By pair: the message."""
    to: Ints
    """By pair: the candidate."""


def candidates(flow: Flow, start: int, end: int) -> Candidates:
    """The candidates of messages `start` to `end`: the nearest; the last of those named, of the author, of those who
    named the author, of those whom the author named before."""
    at = np.arange(start, end)
    person, named = flow.person[start:end], flow.named[start:end]
    last = flow.before[start:end]
    partner = np.where(last >= 0, flow.named[last, 0], NOBODY)
    caller = flow.called[start:end, 0]
    caller = np.where(caller >= 0, flow.person[caller], NOBODY)
    found = np.concatenate(
        [
            at[:, None] - np.arange(NEAR + 1),
            flow.spoken.before(named[:, 0], at, 3),
            flow.spoken.before(named[:, 1], at, 2),
            flow.spoken.before(person, at, 4),
            flow.called[start:end],
            flow.spoken.before(partner, at, 2),
            flow.spoken.before(caller, at, 2),
        ],
        axis=1,
    )
    found = -np.sort(-found, axis=1)
    kept = found >= 0
    kept[:, 1:] &= found[:, 1:] != found[:, :-1]
    counts = kept.sum(1)
    return Candidates(start, np.cumsum(counts) - counts, np.repeat(at, counts), found[kept])


def part(pairs: Candidates, start: int, end: int) -> Candidates:
    """The candidates of messages `start` to `end` only."""
    first, last = pairs.start, pairs.start + len(pairs.begins)
    bounds = np.append(pairs.begins, len(pairs.of))
    low, high = bounds[min(max(start, first), last) - first], bounds[min(max(end, first), last) - first]
    begins = pairs.begins[max(start, first) - first : max(end, first) - first] - low
    return Candidates(max(start, first), begins, pairs.of[low:high], pairs.to[low:high])


def kept(pairs: Candidates, which: npt.NDArray[np.bool_]) -> Candidates:
    """Some of the pairs; every message must keep one."""
    counts = np.add.reduceat(which, pairs.begins, dtype=np.int64)
    return Candidates(pairs.start, np.cumsum(counts) - counts, pairs.of[which], pairs.to[which])
