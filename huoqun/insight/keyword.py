"""Keywords: the messages in which somebody's words fall, as people write them: small or capital, full or half width.

A word of letters and digits is found where it stands by itself ("art" is not in "start"), a Chinese one anywhere.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence

import polars as pl

LONGEST = 300
"""Signs of a message that are kept."""
ASIDE = 100
"""Of a long message so many of them stand before the word."""
_EDGE = re.compile(r"[a-z0-9_]")


def plain(text: str) -> str:
    """The text in the shape in which words are compared."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def pattern(words: Sequence[str]) -> str:
    """What finds any of the words in a plain text, as the regular expressions of Polars are written."""
    parts = []
    for word in sorted({plain(w) for w in words} - {""}, key=lambda w: (-len(w), w)):
        before = r"(?:^|[^a-z0-9_])" if _EDGE.match(word[0]) else ""
        after = r"(?:$|[^a-z0-9_])" if _EDGE.match(word[-1]) else ""
        parts.append(f"{before}{_quoted(word)}{after}")
    return "|".join(parts)


def _quoted(word: str) -> str:
    return re.sub(r"[^\w\s]", lambda sign: rf"\x{{{ord(sign[0]):x}}}", word)


def mentions(rows: pl.DataFrame, wanted: Mapping[str, Sequence[str]]) -> pl.DataFrame:
    """Of a group's rows (layout `chat.message.SCHEMA`) those in which wanted words fall, by the id of the words:
    `id`, `key`, `time`, `sender`, `text` (cut around the first word), the oldest first. What machines say is left
    out."""
    said = rows.filter(
        pl.col("sender").is_not_null()
        & ~pl.col("bot").fill_null(False)
        & pl.col("kind").cast(pl.String).is_in(["text", "link"])
        & pl.col("text").is_not_null()
    ).select("key", "time", "sender", "text")
    said = said.with_columns(
        pl.col("text").str.normalize("NFKC").str.to_lowercase().str.replace_all(r"\s+", " ").alias("plain")
    )
    found = []
    for id, words in wanted.items():
        if told := pattern(words):
            hit = said.filter(pl.col("plain").str.contains(told))
            place = pl.col("plain").str.find(told).alias("place")
            found.append(hit.select(pl.lit(id).alias("id"), "key", "time", "sender", "text", "plain", place))
    if not found:
        return pl.DataFrame(schema={"id": pl.String, **said.drop("plain").schema})
    whole = pl.concat(found).sort("time", "key", "id")
    cut = [_cut(text, plain_, place) for text, plain_, place in whole.select("text", "plain", "place").iter_rows()]
    return whole.drop("plain", "place").with_columns(pl.Series("text", cut, dtype=pl.String))


def _cut(text: str, plain_: str, place: int) -> str:
    """A long message around the word; `place`: in bytes of the plain text."""
    text = " ".join(text.split())
    if len(text) <= LONGEST:
        return text
    at = len(plain_.encode()[:place].decode(errors="ignore"))
    begin = max(0, min(at - ASIDE, len(text) - LONGEST))
    return ("…" if begin else "") + text[begin : begin + LONGEST] + ("…" if begin + LONGEST < len(text) else "")
