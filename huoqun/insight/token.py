"""Tokens: the words of texts as numbers, the same on every machine and with every version of every library.

Words are runs of Latin letters and digits (with the signs that stand inside words, such as `'` and `.`), and pairs of
neighbouring Chinese, Japanese or Korean characters. All texts are read at once, as one array of characters.
"""

import numpy as np
import numpy.typing as npt
import polars as pl

Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[np.uint64]
STEM = 6
"""Words are compared by so many first letters: `installed` is `install`."""
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
INSIDE = "'._/+-"
"""Signs that stand inside a Latin word, not at its ends."""
SCRIPTS = (
    (0x1100, 0x11FF), (0x2E80, 0x2FD5), (0x3005, 0x3007), (0x3021, 0x3029), (0x3041, 0x3096), (0x309D, 0x309F),
    (0x30A1, 0x30FA), (0x30FD, 0x30FF), (0x3131, 0x318E), (0x31F0, 0x31FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF),
    (0xAC00, 0xD7FB), (0xF900, 0xFAD9), (0xFF66, 0xFFDC), (0x1B000, 0x1B167), (0x20000, 0x323AF),
)  # fmt: skip
"""Characters (Unicode 15, first and last) of scripts that write no spaces, or short words: Han, kana, Hangul."""
_BREAK, _SIGN, _CJK = 0, len(LETTERS) + 1, 63
_BITS = 6
"""A letter or sign inside a word is a number of so many bits."""


def _table() -> npt.NDArray[np.uint8]:
    """By character: 0 ends words; 1 to 36 a letter or digit; 37 to 42 a sign inside words; 63 one of `SCRIPTS`."""
    table = np.zeros(0x110000, np.uint8)
    for number, letter in enumerate(LETTERS + INSIDE, start=1):
        table[ord(letter)] = table[ord(letter.upper())] = number
    for first, last in SCRIPTS:
        table[first : last + 1] = _CJK
    return table


_KIND = _table()


def tokens(text: pl.Series) -> tuple[Ints, Codes]:
    """The words of the texts in their order: the index of the text, and a number for the word, well mixed."""
    whole = "\n".join(text.to_list())
    character = np.frombuffer(whole.encode("utf-32-le"), np.uint32)
    kind = _KIND.take(character)
    break_after = text.str.len_chars().to_numpy().astype(np.int64) + 1
    latin, word = _latin(kind)
    script = np.flatnonzero(kind == _CJK)
    place = np.concatenate([latin, script])
    order = np.argsort(place, kind="stable") if len(latin) and len(script) else np.arange(len(place))
    at = np.searchsorted(np.cumsum(break_after), place, side="right")[order]
    code = np.concatenate([word, character[script].astype(np.uint64) << np.uint64(40)])[order]
    paired = np.flatnonzero((order[1:] >= len(latin)) & (order[:-1] >= len(latin)) & (at[1:] == at[:-1]))
    pair = code[paired] | (code[paired + 1] >> np.uint64(21))
    code[paired] = pair
    return at, mixed(code)


def _latin(kind: npt.NDArray[np.uint8]) -> tuple[Ints, Codes]:
    """Where Latin words begin, and a number for each."""
    letter = np.flatnonzero((kind > _BREAK) & (kind < _SIGN))
    breaks = np.cumsum((kind == _BREAK) | (kind == _CJK), dtype=np.int32)[letter]
    first = np.ones(len(letter), bool)
    first[1:] = breaks[1:] != breaks[:-1]
    begins = np.flatnonzero(first)
    start, end = letter[begins], letter[np.append(begins[1:], len(letter)) - 1] if len(begins) else letter[:0]
    padded = np.append(kind, np.zeros(STEM, np.uint8))
    code = np.zeros(len(start), np.uint64)
    for step in range(STEM):
        one = padded[start + step] * (start + step <= end)
        code |= one.astype(np.uint64) << np.uint64(_BITS * step)
    return start, code


def mixed(code: Codes) -> Codes:
    """The finaliser of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014): different numbers stay different, bits spread."""
    code = (code ^ (code >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    code = (code ^ (code >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(code ^ (code >> np.uint64(31)))
