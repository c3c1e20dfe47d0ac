"""The time of day: hours, minutes and the words that tell morning from evening, in Chinese and other languages."""

import re

import polars as pl

NONE, MORNING, AFTERNOON, NIGHT = 0, 1, 2, 3
"""No word; 12 is midnight; 12 is noon and hours go on to 23; as afternoon, but 12 is midnight."""

_WORDS = (
    (MORNING, r"\ba\.?\s?m\b|上午|凌晨|清晨|早上|早晨|半夜|오전|午前|ص|\bÖÖ\b|dop\."),
    (AFTERNOON, r"\bp\.?\s?m\b|下午|中午|午後|오후|م|\bÖS\b|odp\."),
    (NIGHT, r"晚上|傍晚|夜里|夜間|晚间"),
)


def half(text: str) -> int:
    """Which half of the day a piece of a header names: `NONE`, `MORNING`, `AFTERNOON` or `NIGHT`."""
    for which, words in _WORDS:
        if re.search(words, text, re.IGNORECASE):
            return which
    return NONE


def halves(pieces: pl.Series) -> pl.Series:
    """`half` of each piece, worked out once per different piece."""
    different = pieces.unique()
    known = [half(text) for text in different.to_list()]
    return pieces.replace_strict(different, pl.Series(known, dtype=pl.Int64), return_dtype=pl.Int64)
