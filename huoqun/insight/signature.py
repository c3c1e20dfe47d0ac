"""Signatures: which words a message uses, as bits, so that two messages are compared by counting common bits.

A word sets one bit in each of three signatures: of words that are rare in this part of the chat, of fairly rare
ones, and of all but the commonest. Words are runs of Latin letters and digits, and pairs of neighbouring Chinese
characters. Two words may share a bit (of 64, 128 and 128; a message has some ten words): the model has learnt with it.
"""

import numpy as np
import numpy.typing as npt
import polars as pl

WORD = r"[a-z0-9][a-z0-9'._/+-]*[a-z0-9]|[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]"
STRETCH = 1024
"""Rarity is counted within so many neighbouring messages."""
RARITY = (2.5, 8.0, 40.0)
"""A word belongs to a signature when no more than so many messages of a stretch use it."""
WIDTH = (1, 2, 2)
"""Length of the signatures in units of 64 bits."""
FEWEST = 256
"""A shorter stretch counts as if it had so many messages."""


def tokens(text: pl.Series) -> pl.DataFrame:
    """The different words of each text: `at` (index of the text), `word`."""
    words = (
        pl.DataFrame({"word": text.str.to_lowercase().str.extract_all(WORD)})
        .with_row_index("at")
        .explode("word")
        .drop_nulls()
    )
    single = pl.col("word").str.len_bytes() >= 3
    han = single & (pl.col("word").str.len_chars() == 1)
    following = pl.col("word").shift(-1)
    pair = han & han.shift(-1) & (pl.col("at") == pl.col("at").shift(-1))
    return words.with_columns(pl.when(pair).then(pl.col("word") + following).otherwise("word").alias("word")).unique(
        maintain_order=True
    )


def signatures(words: pl.DataFrame, count: int) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.float32]]:
    """(count, 5) bits, and (count, 3) how many words stand in each signature, for the `tokens` of `count` texts."""
    stretch = (pl.col("at") // STRETCH).alias("stretch")
    spread = words.with_columns(stretch, pl.col("word").hash(7).alias("code")).with_columns(
        pl.len().over("code", "stretch").alias("uses")
    )
    at = spread["at"].to_numpy()
    uses = spread["uses"].to_numpy() * (
        STRETCH / np.maximum(np.minimum(STRETCH, count - at // STRETCH * STRETCH), FEWEST)
    )
    code = spread["code"].to_numpy()
    bits = np.zeros((count, sum(WIDTH)), np.uint64)
    weight = np.zeros((count, len(WIDTH)), np.float32)
    column = 0
    for number, (limit, width) in enumerate(zip(RARITY, WIDTH, strict=True)):
        rare = uses <= limit
        where, which = at[rare], code[rare]
        weight[:, number] = np.bincount(where, minlength=count)
        bit = np.uint64(1) << (which % np.uint64(64))
        np.bitwise_or.at(bits, (where, column + (which >> np.uint64(8)) % np.uint64(width)), bit)
        column += width
    return bits, weight
