"""How well links and conversations are found, by the definitions of the corpus's authors (Kummerfeld et al. 2019).

Links: precision, recall and F over pairs (line, line it answers), starts being pairs of a line with itself, summed over
all logs. Conversations are the connected parts of the links. They are compared over all logs together: 1 - VI scaled
by its bound log2(n); one-to-one overlap under the best matching of conversations; F of exactly equal conversations of
more than one line.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from training.irc_corpus import Answers


@dataclass(frozen=True)
class Score:
    """All in percent."""

    precision: float
    recall: float
    f: float
    variation: float
    """1 - VI, scaled."""
    one_to_one: float
    exact: float
    """F of exact conversations, single lines left out."""


def score(gold: Sequence[Answers], found: Sequence[Answers]) -> Score:
    """Compare what was found with the gold of the same logs. Lines outside the gold's are left out."""
    pairs = [_pairs(answers) for answers in gold]
    theirs = [_pairs({line: found[i].get(line, {line}) for line in answers}) for i, answers in enumerate(gold)]
    hits = sum(len(a & b) for a, b in zip(pairs, theirs, strict=True))
    precision, recall = hits / sum(map(len, theirs)), hits / sum(map(len, pairs))
    parts = [_conversations(p, set(g)) for p, g in zip(pairs, gold, strict=True)]
    ours = [_conversations(p, set(g)) for p, g in zip(theirs, gold, strict=True)]
    return Score(
        100 * precision, 100 * recall, 100 * _f(precision, recall), 100 * _variation(parts, ours),
        100 * _one_to_one(parts, ours), 100 * _exact(parts, ours),
    )  # fmt: skip


def _pairs(answers: Answers) -> set[tuple[int, int]]:
    return {(line, to) for line, all_to in answers.items() for to in all_to}


def _f(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _conversations(pairs: set[tuple[int, int]], lines: set[int]) -> list[frozenset[int]]:
    """Connected parts, of the annotated lines only."""
    root: dict[int, int] = {}

    def find(line: int) -> int:
        while root.setdefault(line, line) != line:
            root[line] = root[root[line]]
            line = root[line]
        return line

    for line, to in pairs:
        root[find(line)] = find(to)
    parts = defaultdict(set)
    for line in list(root):
        parts[find(line)].add(line)
    kept = (frozenset(part & lines) for part in parts.values())
    return [part for part in kept if part]


def _tables(gold: list[list[frozenset[int]]], found: list[list[frozenset[int]]]) -> list[np.ndarray]:
    return [np.array([[len(a & b) for b in g] for a in f]) for g, f in zip(gold, found, strict=True)]


def _entropy(counts: np.ndarray, total: int) -> float:
    shares = counts[counts > 0] / total
    return float(-(shares * np.log2(shares)).sum())


def _variation(gold: list[list[frozenset[int]]], found: list[list[frozenset[int]]]) -> float:
    tables = _tables(gold, found)
    total = sum(int(t.sum()) for t in tables)
    joint = _entropy(np.concatenate([t.ravel() for t in tables]), total)
    theirs = _entropy(np.concatenate([t.sum(1) for t in tables]), total)
    true = _entropy(np.concatenate([t.sum(0) for t in tables]), total)
    return 1 - (2 * joint - theirs - true) / float(np.log2(total))


def _one_to_one(gold: list[list[frozenset[int]]], found: list[list[frozenset[int]]]) -> float:
    tables = _tables(gold, found)
    best = sum(int(t[linear_sum_assignment(t, maximize=True)].sum()) for t in tables)
    return best / sum(int(t.sum()) for t in tables)


def _exact(gold: list[list[frozenset[int]]], found: list[list[frozenset[int]]]) -> float:
    true = [{part for part in parts if len(part) > 1} for parts in gold]
    ours = [{part for part in parts if len(part) > 1} for parts in found]
    hits = sum(len(a & b) for a, b in zip(true, ours, strict=True))
    if not hits:
        return 0.0
    return _f(hits / sum(map(len, ours)), hits / sum(map(len, true)))
