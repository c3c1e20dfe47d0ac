"""Said: which messages of a history are the words that somebody was to say there, though a hand has passed them on.

People edit what they paste: a greeting before it, an emoji after it, another line break, another link, a word better
said; some send it in two pieces. So texts are compared as sets of pairs of neighbouring tokens (a Han character, or a
run of other letters and digits; links, signs and emoji count for nothing): Dice's coefficient where the message is the
words, the share of the words that it holds where it says more. Pairs of words rather than of letters: two English
sentences share most pairs of letters. How sure it is: tests/test_said.py.

A text of fewer than `FEWEST` tokens ("早安") is said by anybody at any time: it proves nothing.
"""

from collections.abc import Collection
from datetime import timedelta

import polars as pl

FEWEST = 5
"""Tokens of the shortest text that can be told from what everybody says."""
ALIKE = 0.7
"""Dice's coefficient from which on a message is the words, edited."""
HOLDS = 0.85
"""Share of the words' pairs that a longer message holds."""
LONGER = 6
"""So many times as long a message may be that holds them."""
PIECES = 0.75
"""The same share for words sent in pieces: where they were cut, pairs are lost."""
PIECE = 0.7
"""Share of a piece that is of the words."""
SITTING = timedelta(minutes=10)
"""Pieces follow each other within this time."""
AT_ONCE = 25
"""Texts that are looked for together, in the order of their time: more at once would be compared with messages of times
that are not asked about."""
SPOKEN = ("text", "link", "share", "forward", "other")
"""Kinds of messages in which words stand."""

_NO_WORDS = r"https?://[!-~]+|www\.[!-~]+|\{link\}|\[[^\[\]\s]{1,8}\]|@所有人|@all\b|@everyone\b"
_WORD = r"\p{Han}|[\p{L}\p{N}&&[^\p{Han}]]+"

WANTED = pl.Schema(
    {
        "id": pl.String(),
        "text": pl.String(),
        "at": pl.Datetime("us"),
        "start": pl.Datetime("us"),
        "end": pl.Datetime("us"),
    }
)
"""What was to be said: `at` when it is thought to have been, somewhere from `start` to `end` (naive UTC)."""
FOUND = pl.Schema(
    {"id": pl.String(), "key": pl.String(), "sender": pl.String(), "time": pl.Datetime("us"), "score": pl.Float64()}
)


def tellable(texts: pl.Series) -> pl.Series:
    """Of texts, whether they are long enough to be found at all."""
    return _tokens(texts).list.len() >= FEWEST


def said(wanted: pl.DataFrame, rows: pl.DataFrame, *, used: Collection[str] = ()) -> pl.DataFrame:
    """For what of `wanted` was said in `rows` (of one group), the message (`FOUND`). One message proves one text, the
    one most like it and nearest in time; messages with keys in `used` prove nothing any more.

    A million messages take some seconds at worst, and less the fewer lie in the times that are asked about.
    """
    wanted = wanted.filter(tellable(wanted["text"])).sort("start") if wanted.height else wanted
    if not wanted.height:
        return pl.DataFrame(schema=FOUND)
    parts = [_pairs(part, rows, used) for part in wanted.iter_slices(AT_ONCE)]
    return _each_once(pl.concat(parts))


def _pairs(wanted: pl.DataFrame, rows: pl.DataFrame, used: Collection[str]) -> pl.DataFrame:
    """Every message that could be one of these texts, with how like it is."""
    near = _near(wanted, rows, used)
    wanted = wanted.with_columns(words=pl.col("text").rank("dense").cast(pl.UInt32))
    texts = wanted.unique("words", maintain_order=True)
    grams = _grams(texts["words"], texts["text"]).rename({"place": "words"})
    heard = _grams(near["place"], near["text"])
    sizes = heard.group_by("place").agg(heard=pl.len())
    asked = grams.group_by("words").agg(asked=pl.len())
    both = heard.join(grams, on="gram").join(asked, on="words").join(sizes, on="place")
    known = near.select("place", "key", "sender", "time")
    pairs = pl.concat([_whole(both), _in_pieces(both, known)]).join(known, on="place")
    return wanted.join(pairs, on="words").filter(pl.col("time").is_between("start", "end"))


def _near(wanted: pl.DataFrame, rows: pl.DataFrame, used: Collection[str]) -> pl.DataFrame:
    """The messages with words in them, at the times that are asked about."""
    spans = wanted.sort("start").select("start", "end")
    new = spans["start"] > spans["end"].cum_max().shift(1)
    spans = spans.group_by(new.fill_null(True).cum_sum().alias("n"), maintain_order=True).agg(
        pl.col("start").min(), pl.col("end").max()
    )
    first, last = spans["start"].min(), spans["end"].max()
    rows = rows.filter(
        pl.col("time").is_between(pl.lit(first), pl.lit(last)),
        pl.col("kind").cast(pl.String).is_in(SPOKEN),
        pl.col("sender").is_not_null(),
        pl.col("text").str.len_bytes() >= 2,
    )
    rows = rows.select("key", "sender", "time", "text").sort("time", maintain_order=True)
    rows = rows.join_asof(spans, left_on="time", right_on="start", strategy="backward")
    rows = rows.filter(pl.col("time") <= pl.col("end"))
    rows = rows.filter(~pl.col("key").is_in(list(used))) if used else rows
    return rows.with_row_index("place")


def _tokens(texts: pl.Series) -> pl.Series:
    plain = texts.str.normalize("NFKC").str.to_lowercase().str.replace_all(_NO_WORDS, " ")
    return plain.str.extract_all(_WORD)


def _grams(place: pl.Series, texts: pl.Series) -> pl.DataFrame:
    """The different pairs of neighbouring tokens in each text, as numbers."""
    split = pl.DataFrame({"place": place.cast(pl.UInt32), "token": _tokens(texts)}).explode("token").drop_nulls()
    pair = pl.struct(a="token", b=pl.col("token").shift(-1))
    paired = split.select("place", gram=pair.hash(seed=3), same=pl.col("place") == pl.col("place").shift(-1))
    return paired.filter("same").select("place", "gram").unique()


def _whole(both: pl.DataFrame) -> pl.DataFrame:
    """Messages that are the words, or hold them."""
    counted = both.group_by("words", "place").agg(shared=pl.len(), asked=pl.first("asked"), heard=pl.first("heard"))
    alike = 2 * pl.col("shared") / (pl.col("asked") + pl.col("heard"))
    holds = (pl.col("shared") >= HOLDS * pl.col("asked")) & (pl.col("heard") <= LONGER * pl.col("asked"))
    return (
        counted.with_columns(score=alike).filter((pl.col("score") >= ALIKE) | holds).select("words", "place", "score")
    )


def _in_pieces(both: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """The first of several messages of one sender that are the words together."""
    counted = both.group_by("words", "place").agg(shared=pl.len(), heard=pl.first("heard"))
    parts = counted.filter(pl.col("shared") >= PIECE * pl.col("heard")).join(known, on="place").sort("time", "place")
    apart = pl.col("time").diff().over("words", "sender") > SITTING
    parts = parts.with_columns(sitting=apart.fill_null(False).cum_sum().over("words", "sender"))
    parts = parts.filter(pl.len().over("words", "sender", "sitting") > 1)
    if parts.is_empty():
        return pl.DataFrame(schema={"words": pl.UInt32, "place": pl.UInt32, "score": pl.Float64})
    whole = both.join(parts.select("words", "place", "sender", "sitting"), on=["words", "place"])
    whole = whole.group_by("words", "sender", "sitting").agg(
        pl.col("place").min(), score=pl.n_unique("gram") / pl.first("asked")
    )
    return whole.filter(pl.col("score") >= PIECES).select("words", "place", pl.col("score") * ALIKE)


def _each_once(pairs: pl.DataFrame) -> pl.DataFrame:
    """Each text and each message once: what is most alike first, then what is nearest."""
    far = (pl.col("time") - pl.col("at")).abs()
    pairs = pairs.sort((pl.col("score") * 20).round().cast(pl.Int32) * -1, far, "time", "id")
    found, proven, spent = [], set(), set()
    for pair in pairs.select(*FOUND.names()).iter_rows(named=True):
        if pair["id"] not in proven and pair["key"] not in spent:
            found.append(pair)
            proven.add(pair["id"])
            spent.add(pair["key"])
    return pl.DataFrame(found, schema=FOUND)
