"""Words: what a text is made of, Chinese cut by rjieba (its one home), other scripts at spaces.

Chat text is hostile: texts are cut to a length before anything else, addresses, names and placeholders are taken out,
and all texts go through the cutter as one, so that a million tiny calls are a few.
"""

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING

import polars as pl

from huoqun.base.later import later
from huoqun.insight.lexicon import DATA, listed

if TYPE_CHECKING:
    import rjieba
else:
    rjieba = later("rjieba")

LONGEST = 200
"""Characters of a text that are read."""

NOISE = r"(?:https?://|www\.)[^\s\p{Han}，。！？]+|\S+@\S+\.\w+|@[^\s@\x{2005}]{1,32}|\[[^\[\]]{1,8}\]|<[^<>]{1,40}>"
"""Addresses, mails, mentions, placeholders such as [图片] and <Media omitted>."""

NOT_A_WORD = r"[^\p{Han}\p{Latin}\p{Cyrillic}\p{Hangul}\p{Hiragana}\p{Katakana}\p{N}'+#-]+"

BATCH = 1_000_000
"""Characters that go through the cutter at once."""

SHORTEST_NAME = 2
"""Names of one character are not taken out: they would take words apart."""


@cache
def stop_words() -> frozenset[str]:
    """The words of `data/stopwords-zh.txt` and `data/stopwords-en.txt`."""
    return frozenset(listed(DATA / "stopwords-zh.txt")) | frozenset(listed(DATA / "stopwords-en.txt"))


def cleaned(texts: pl.Series, hidden: Iterable[str] = ()) -> pl.Series:
    """Texts in lower case, cut to `LONGEST`, on one line, without noise and without the `hidden` names."""
    plain = texts.fill_null("").str.slice(0, LONGEST).str.to_lowercase()
    plain = plain.str.replace_all(NOISE, " ")
    names = sorted({name.lower().strip() for name in hidden}, key=lambda name: (-len(name), name))
    names = [name for name in names if len(name) >= SHORTEST_NAME]
    if names:
        plain = plain.str.replace_many(names, [" "], leftmost=True)
    return plain.str.replace_all(NOT_A_WORD, " ").str.strip_chars()


def words(texts: pl.Series, hidden: Iterable[str] = ()) -> pl.DataFrame:
    """`i` (index of the text) and `word`, in the order of the texts, without stop words and numbers.

    Chinese words of two characters and more; others of two letters and more. `hidden` names are no words.
    """
    plain = cleaned(texts, hidden).rename("text").to_frame().with_row_index("i").filter(pl.col("text") != "")
    plain = plain.with_columns(batch=pl.col("text").str.len_chars().cum_sum() // BATCH)
    found = [_cut(part) for part in plain.partition_by("batch", maintain_order=True)]
    if not found:
        return pl.DataFrame(schema={"i": pl.UInt32, "word": pl.String})
    word = pl.col("word")
    return pl.concat(found).filter(
        (word.str.len_chars() > 1) & word.str.contains(r"\p{L}") & ~word.is_in(list(stop_words()))
    )


def _cut(texts: pl.DataFrame) -> pl.DataFrame:
    """i, word. Texts hold no newline, so that one between two of them comes back as a word of its own."""
    cut = pl.Series("word", rjieba.cut("\n".join(texts["text"].to_list()), True), dtype=pl.String)
    ends = cut == "\n"
    owner = texts["i"].gather(ends.cum_sum().cast(pl.UInt32))
    return pl.DataFrame([owner.alias("i"), cut.str.strip_chars("' -+#")]).filter(~ends)
