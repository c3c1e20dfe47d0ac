"""Matching: which offer serves which need, by their words.

A need is served as far as its telling words stand in the offer. Words of one trade (`data/kindred.txt`) are one word;
words that everybody writes (`data/idle-words.txt`) are none; of the rest the rare ones tell more (idf). Chinese is cut
differently in different company, so a long word also holds for the pairs of signs in it, for less.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import polars as pl

from huoqun.insight.lexicon import DATA, listed
from huoqun.insight.word import words

LEAST = 0.2
"""Share of a need that an offer has to serve: of five telling words one, or a trade among eight words more.

Ours: the texts of `tests/test_matching.py` are told apart by it."""
MOST = 10
"""Offers kept for one need."""
HOLDERS = 200
"""Of the offers with one word so many are compared, the first of those given: who serves everybody is found anyway."""
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


def telling(texts: Sequence[str]) -> pl.DataFrame:
    """The telling words of texts: `i` (number of the text), `word`, `weight` (what it counts beside another)."""
    found = words(pl.Series(list(texts), dtype=pl.String)).unique()
    known = [(word, *part) for word in found["word"].unique() for part in _parts(word)]
    parts = pl.DataFrame(known, schema={"word": pl.String, "part": pl.String, "weight": pl.Float64}, orient="row")
    told = found.join(parts, on="word").group_by("i", pl.col("part").alias("word")).agg(pl.col("weight").max())
    return told.with_columns(pl.col("i").cast(pl.Int64))


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


def matches(offers: Sequence[str], needs: Sequence[str], *, least: float = LEAST, most: int = MOST) -> list[Match]:
    """The offers that serve a need at least so far, at most so many for each; the best first."""
    both = telling([*offers, *needs])
    rare = both.group_by("word").agg((1 + both["i"].n_unique() / pl.len()).log().alias("rare"))
    told = both.join(rare, on="word")
    given = told.filter(pl.col("i") < len(offers)).sort("i").group_by("word", maintain_order=True).head(HOLDERS)
    wanted = told.filter(pl.col("i") >= len(offers)).with_columns(need=pl.col("i") - len(offers)).drop("i")
    whole = wanted.filter(pl.col("weight") >= 1).group_by("need").agg((pl.col("rare") * pl.col("weight")).sum())
    shared = wanted.join(given.select("word", pl.col("i").alias("offer"), held=pl.col("weight")), on="word")
    served = (
        shared.sort("rare", "word", descending=[True, False])
        .group_by("need", "offer", maintain_order=True)
        .agg(pl.col("word"), share=(pl.col("rare") * pl.min_horizontal("weight", "held")).sum())
        .join(whole.rename({"rare": "whole"}), on="need")
        .with_columns(score=(pl.col("share") / pl.col("whole")).clip(upper_bound=1.0))
        .filter(pl.col("score") >= least)
        .sort("score", "need", "offer", descending=[True, False, False])
    )
    best = served.group_by("need", maintain_order=True).head(most)
    best = best.sort("score", "need", "offer", descending=[True, False, False])
    return [
        Match(offer, need, score, tuple(by))
        for offer, need, score, by in best.select("offer", "need", "score", "word").iter_rows()
    ]
