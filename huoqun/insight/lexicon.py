"""The lexicon: words with a mood, from text files anybody can edit, and how they add up in a text.

A line of a file is a word and its weight (above 0 is warm, below is cold); `! negators …` lists the words that turn
the next one round; `#` begins a comment. Chinese words are found anywhere in a text, the longest first, and a negator
directly before turns them. English words are found whole, and a negator among the four words before, in the same
clause, turns them. What is turned keeps a quarter of its weight where it was cold: 不难过 is not yet glad.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import polars as pl

DATA = Path(__file__).parent / "data"

REACH = 4
"""English words a negator reaches over."""

LONGEST = 300
"""Characters of a text that are read."""


class BadLine(Exception):
    """A line of a word list is not a word and its weight; the message names file and line."""


@dataclass(frozen=True)
class Lexicon:
    """Weights by word, and negators, of Chinese (with faces) and of English."""

    chinese: dict[str, float]
    chinese_negators: tuple[str, ...]
    english: dict[str, float]
    english_negators: tuple[str, ...]


@cache
def lexicon(folder: Path = DATA) -> Lexicon:
    """The lexicon of the files `mood-zh.txt` and `mood-en.txt`."""
    chinese, chinese_negators = _read(folder / "mood-zh.txt")
    english, english_negators = _read(folder / "mood-en.txt")
    return Lexicon(chinese, chinese_negators, english, english_negators)


def listed(path: Path) -> list[str]:
    """The words of a plain word list: several may share a line, `#` begins a comment line."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [word for line in lines if not line.startswith("#") for word in line.split()]


def moods(texts: pl.Series, known: Lexicon | None = None) -> pl.Series:
    """By text: the summed weights of its words. Floats; 0 for a text without any."""
    known = known or lexicon()
    plain = texts.fill_null("").str.slice(0, LONGEST).str.to_lowercase().rename("text")
    frame = plain.to_frame().with_row_index("i")
    found = pl.concat([_chinese(frame, known), _english(frame, known)]).group_by("i").agg(pl.col("weight").sum())
    return frame.join(found, on="i", how="left", maintain_order="left")["weight"].fill_null(0.0)


def _read(path: Path) -> tuple[dict[str, float], tuple[str, ...]]:
    weights: dict[str, float] = {}
    negators: list[str] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if line.startswith("! negators"):
            negators += line.split()[2:]
        elif line.strip() and not line.startswith("#"):
            try:
                word, weight = line.split()
                weights[word.lower()] = float(weight)
            except ValueError:
                raise BadLine(f"{path.name}, line {number}: a word and its weight expected, not {line!r}") from None
    return weights, tuple(negators)


def _turned(weight: float) -> float:
    return -weight if weight > 0 else -weight / 4


def _with_negations(words: dict[str, float], negators: Iterable[str]) -> dict[str, float]:
    """`words`, and each of them after each negator; what the file says of such a pair itself wins."""
    turned = {no + word: _turned(weight) for no in negators for word, weight in words.items() if weight}
    return turned | words


def _chinese(frame: pl.DataFrame, known: Lexicon) -> pl.DataFrame:
    """i, weight of every find."""
    weights = _with_negations(known.chinese, known.chinese_negators)
    longest_first = sorted(weights, key=lambda word: (-len(word), word))
    finds = pl.col("text").str.extract_many(longest_first, leftmost=True)
    return (
        frame.filter(pl.col("text").str.contains_any(list(known.chinese)))
        .select("i", finds.alias("word"))
        .explode("word")
        .drop_nulls()
        .select("i", pl.col("word").replace_strict(weights, return_dtype=pl.Float64).alias("weight"))
    )


def _english(frame: pl.DataFrame, known: Lexicon) -> pl.DataFrame:
    """i, weight of every find."""
    words = (
        frame.filter(pl.col("text").str.contains_any(list(known.english)))
        .select("i", pl.col("text").str.replace_all("’", "'").str.extract_all(r"[\p{L}']+|[,.!?;]").alias("word"))
        .explode("word")
        .drop_nulls()
        .with_columns(clause=pl.col("word").str.contains(r"^[,.!?;]").cum_sum())
    )
    no = pl.col("word").is_in(known.english_negators)
    near = pl.any_horizontal(no.shift(step, fill_value=False).over("i", "clause") for step in range(1, REACH + 1))
    weights = pl.DataFrame({"word": list(known.english), "weight": list(known.english.values())})
    return (
        words.with_columns(near.alias("near"))
        .join(weights, on="word", how="inner")
        .select(
            "i",
            pl.when(~pl.col("near"))
            .then("weight")
            .when(pl.col("weight") > 0)
            .then(-pl.col("weight"))
            .otherwise(-pl.col("weight") / 4)
            .alias("weight"),
        )
    )
