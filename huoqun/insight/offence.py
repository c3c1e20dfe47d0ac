"""Offence: how likely a Chinese text insults somebody, by a small linear model over hashed characters.

Trained on COLD (Deng et al., *COLD: A Benchmark for Chinese Offensive Language Detection*, 2022, Apache-2.0) by
`training/train_mood.py`; the parameters are in `data/offence.npz`. COLD is about region, race and gender on social
media: elsewhere the model knows insults, and little of other anger. docs/truth.md has its figures and their limits.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

PARAMETERS = Path(__file__).parent / "data" / "offence.npz"

BITS = 17
"""The hash has 2^17 places; two sequences in one place share a weight."""

LONGEST = 200
"""Characters of a text that are read."""

SEED = np.uint32(2654435761)
"""2^32 over the golden ratio: Knuth's multiplicative hash."""


@dataclass(frozen=True)
class Model:
    """The parameters: log-odds = bias + sum of the weights of a text's sequences / sqrt(their number)."""

    weight: npt.NDArray[np.float32]
    bias: float
    source: str


@cache
def model(path: Path = PARAMETERS) -> Model:
    """The shipped model."""
    with np.load(path, allow_pickle=False) as kept:
        weight = kept["weight"].astype(np.float32) * np.float32(kept["scale"])
        return Model(weight, float(kept["bias"]), str(kept["source"]))


def offence(texts: pl.Series) -> npt.NDArray[np.float64]:
    """By text: the probability that it offends, as the model sees it; that of an empty text is the model's bias."""
    known = model()
    total, number = np.zeros(len(texts)), np.zeros(len(texts))
    for rows, buckets in grams(texts):
        total += np.bincount(rows, known.weight[buckets], minlength=len(texts))
        number += np.bincount(rows, minlength=len(texts))
    return np.asarray(1 / (1 + np.exp(-known.bias - total / np.sqrt(np.maximum(number, 1)))), dtype=np.float64)


def grams(texts: pl.Series) -> Iterator[tuple[npt.NDArray[np.int64], npt.NDArray[np.uint32]]]:
    """For sequences of one, two and three characters: index of the text and bucket of each; case and space aside.

    A mark stands between texts, so that sequences know where a text begins and ends.
    """
    plain = texts.fill_null("").str.slice(0, LONGEST).str.to_lowercase().str.replace_all(r"[\s\x00]+", "")
    joined = "\x00" + "\x00".join(plain.to_list()) + "\x00"
    code = np.frombuffer(joined.encode("utf-32-le"), dtype="<u4")
    inside = code != 0
    owner = np.cumsum(~inside) - 1
    value = np.zeros(code.size, dtype=np.uint32)
    for length in (1, 2, 3):
        count = code.size - length + 1
        value = value[:count] * SEED + code[length - 1 :]
        whole = inside[:count] | inside[length - 1 :]
        if length == 3:
            whole &= inside[1:-1]
        yield owner[:count][whole], (value[whole] * SEED) >> np.uint32(32 - BITS)
