"""Signatures: which words a message uses, as bits, so that two messages are compared by counting common bits.

A word is of one of four levels, by how rare it is in this part of the chat, and sets one of the 256 bits of its level;
the commonest words set none. What a word is, `insight.token` says.
"""

import numpy as np
import numpy.typing as npt

from huoqun.insight.token import Codes, Ints

STRETCH = 1500
"""Rarity is counted within about so many neighbouring messages."""
LEVELS = (2, 6, 20, 75)
"""A word is of the first level whose number of messages in a stretch it does not pass."""
WORTH = np.log(STRETCH / np.array(LEVELS)).astype(np.float32)
"""What a word of a level is worth: the logarithm of its rarity."""
WIDTH = 4
"""Length of a level in units of 64 bits (`pair.shared_words` counts on four)."""
PLACES = np.uint64(12)
"""Bits of a text's place within its stretch (at most 1.5 stretches, 2,250 texts)."""
PLACE = np.uint64(4095)
"""Those bits."""
FEWEST = 256
"""A shorter stretch counts as if it had so many messages."""


def signatures(at: Ints, code: Codes, count: int) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.float32]]:
    """(count, levels * WIDTH) bits, and (count, levels + 1) how many words of each level and beyond stand in the texts.

    `at` and `code` are the `tokens` of `count` texts.
    """
    stretches = max(round(count / STRETCH), 1)
    size = count / stretches
    begins = np.ceil(np.arange(stretches) * size).astype(np.int64)
    bits = np.zeros((count, len(LEVELS) * WIDTH), np.uint64)
    weight = np.zeros((count, len(LEVELS) + 1), np.float32)
    scale = STRETCH / max(size, FEWEST)
    for first, last in zip(begins, np.append(begins[1:], count), strict=True):
        words = slice(*np.searchsorted(at, [first, last]).tolist())
        _stretch(at[words] - first, code[words], scale, bits[first:last], weight[first:last])
    return bits, weight


def _stretch(
    at: Ints, code: Codes, scale: float, bits: npt.NDArray[np.uint64], weight: npt.NDArray[np.float32]
) -> None:
    """Fill in the bits and weights of one stretch; a word used in n texts counts as used in n * `scale`."""
    word = np.sort((code >> PLACES << PLACES) | at.astype(np.uint64))
    word = word[_new(word)]
    begins = np.flatnonzero(_new(word >> PLACES))
    uses = np.diff(np.append(begins, len(word)))
    level = np.repeat(np.searchsorted(LEVELS, uses * scale), uses)
    text = (word & PLACE).astype(np.int64)
    width = weight.shape[1]
    weight += np.bincount(text * width + level, minlength=weight.size).reshape(weight.shape)
    kept = level < len(LEVELS)
    text, level, word = text[kept], level[kept], word[kept] >> PLACES
    column = (text * len(LEVELS) + level) * WIDTH + ((word >> np.uint64(6)) % np.uint64(WIDTH)).astype(np.int64)
    np.bitwise_or.at(bits.reshape(-1), column, np.uint64(1) << (word % np.uint64(64)))


def _new(ordered: Codes) -> npt.NDArray[np.bool_]:
    """Which of the ordered numbers differ from the one before."""
    new = np.ones(len(ordered), bool)
    new[1:] = ordered[1:] != ordered[:-1]
    return new
