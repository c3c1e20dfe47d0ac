"""Matching: which offer serves which need, by their words.

A need is served as far as its telling words stand in the offer. Words of one trade (`data/kindred.txt`) are one word;
words that everybody writes (`data/idle-words.txt`) are none; of the rest the rare ones tell more (idf). Chinese is cut
differently in different company, so a long word also holds for the pairs of signs in it, for less.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import log

import polars as pl

from huoqun.insight.lexicon import DATA, listed
from huoqun.insight.word import words

LEAST = 0.2
"""Share of a need that an offer has to serve: of five telling words one, or a trade among eight words more.

Ours: the texts of `tests/test_matching.py` are told apart by it."""
TRADE = 2.0
"""What a word of a known trade counts beside another word: it is what the need is about."""
PART = 0.6
"""What a pair of signs out of a longer word counts beside the word."""
_HAN = re.compile(r"^[\u4e00-\u9fff]{3,}$")


@dataclass(frozen=True)
class Match:
    """An offer that serves a need, both by their number. `score`: the share served, 0 to 1; `words`: by what."""

    offer: int
    need: int
    score: float
    words: tuple[str, ...]


@cache
def kindred() -> dict[str, str]:
    """The word that names its family, for every word of `data/kindred.txt`."""
    lines = (DATA / "kindred.txt").read_text(encoding="utf-8").splitlines()
    families = [line.split() for line in lines if line.strip() and not line.startswith("#")]
    return {word: family[0] for family in families for word in family}


@cache
def idle() -> frozenset[str]:
    """Words that say nothing of a need."""
    return frozenset(listed(DATA / "idle-words.txt"))


def telling(texts: Sequence[str]) -> list[dict[str, float]]:
    """For each text its telling words and what each counts."""
    found: list[dict[str, float]] = [{} for _ in texts]
    for i, word in words(pl.Series(list(texts), dtype=pl.String)).iter_rows():
        for part, weight in _parts(word):
            found[i][part] = max(weight, found[i].get(part, 0.0))
    return found


def _parts(word: str) -> list[tuple[str, float]]:
    if word in idle():
        return []
    if word in kindred():
        return [(kindred()[word], TRADE)]
    if _HAN.match(word):
        pairs = [word[i : i + 2] for i in range(len(word) - 1)]
        trades = {kindred()[p] for p in pairs if p in kindred()}
        if trades:
            return [(trade, TRADE) for trade in sorted(trades)]
        return [(word, 1.0), *((p, PART) for p in pairs if p not in idle())]
    if word.isascii() and len(word) > 3:
        single = word[:-3] + "y" if word.endswith("ies") else word.removesuffix("s")
        known = next((w for w in (single, word.removesuffix("es")) if w in kindred()), "")
        return [(kindred()[known], TRADE)] if known else [(single, 1.0)] * (single not in idle())
    return [(word, 1.0)]


def matches(offers: Sequence[str], needs: Sequence[str], *, least: float = LEAST) -> list[Match]:
    """Every offer that serves a need at least so far, the best first."""
    both = telling([*offers, *needs])
    given, wanted = both[: len(offers)], both[len(offers) :]
    spread = Counter(word for told in both for word in told)
    rare = {word: log(1 + len(both) / count) for word, count in spread.items()}
    holders: dict[str, list[int]] = defaultdict(list)
    for i, told in enumerate(given):
        for word in told:
            holders[word].append(i)
    found = []
    for need, told in enumerate(wanted):
        whole = sum(rare[word] * weight for word, weight in told.items() if weight >= 1)
        served: dict[int, float] = defaultdict(float)
        by: dict[int, list[str]] = defaultdict(list)
        for word, weight in told.items():
            for i in holders[word]:
                served[i] += rare[word] * min(weight, given[i][word])
                by[i].append(word)
        for i, share in served.items():
            score = min(share / whole, 1.0) if whole else 0.0
            if score >= least:
                found.append(Match(i, need, score, tuple(sorted(by[i], key=lambda w: -rare[w]))))
    return sorted(found, key=lambda m: (-m.score, m.need, m.offer))
