"""Signatures: which words a message uses, as bits, so that two messages are compared by counting common bits.

A word is of one of four levels, by how rare it is in this part of the chat, and sets one of the 256 bits of its level;
the commonest words set none. Words are runs of Latin letters and digits, and pairs of neighbouring Chinese characters.
"""

import numpy as np
import numpy.typing as npt
import polars as pl

WORD = r"[a-z0-9][a-z0-9'._/+-]*[a-z0-9]|[a-z0-9]|[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]"
STEM = 6
"""Words are compared by so many first letters: `installed` is `install`."""
STRETCH = 1500
"""Rarity is counted within about so many neighbouring messages."""
LEVELS = (2, 6, 20, 75)
"""A word is of the first level whose number of messages in a stretch it does not pass."""
WORTH = np.log(STRETCH / np.array(LEVELS)).astype(np.float32)
"""What a word of a level is worth: the logarithm of its rarity."""
WIDTH = 4
"""Length of a level in units of 64 bits (`pair.shared_words` counts on four)."""
FEWEST = 256
"""A shorter stretch counts as if it had so many messages."""


def tokens(text: pl.Series) -> pl.DataFrame:
    """The different words of each text: `at` (index of the text), `code` (a number for the word)."""
    words = (
        pl.DataFrame({"word": text.str.to_lowercase().str.extract_all(WORD)})
        .with_row_index("at")
        .explode("word")
        .drop_nulls()
    )
    han = (pl.col("word").str.len_bytes() >= 3) & (pl.col("word").str.len_chars() == 1)
    pair = han & han.shift(-1) & (pl.col("at") == pl.col("at").shift(-1))
    whole = pl.when(pair).then(pl.col("word") + pl.col("word").shift(-1)).otherwise(pl.col("word").str.slice(0, STEM))
    return words.select("at", whole.hash(7).alias("code")).unique()


def signatures(words: pl.DataFrame, count: int) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.float32]]:
    """(count, levels * WIDTH) bits, and (count, levels + 1) how many words of each level and beyond stand in the texts.

    `words` are the `tokens` of `count` texts.
    """
    stretches = max(round(count / STRETCH), 1)
    size = count / stretches
    counted = words.with_columns((pl.col("at") / size).floor().cast(pl.UInt32).alias("stretch")).with_columns(
        pl.len().over("code", "stretch").alias("uses")
    )
    at, code = counted["at"].to_numpy(), counted["code"].to_numpy()
    uses = counted["uses"].to_numpy() * (STRETCH / max(size, FEWEST))
    level = np.searchsorted(LEVELS, uses)
    weight = np.bincount(at * (len(LEVELS) + 1) + level, minlength=count * (len(LEVELS) + 1))
    bits = np.zeros((count, len(LEVELS) * WIDTH), np.uint64)
    kept = level < len(LEVELS)
    column = level * WIDTH + ((code >> np.uint64(8)) % np.uint64(WIDTH)).astype(np.int64)
    np.bitwise_or.at(bits, (at[kept], column[kept]), np.uint64(1) << (code[kept] % np.uint64(64)))
    return bits, weight.reshape(count, len(LEVELS) + 1).astype(np.float32)
