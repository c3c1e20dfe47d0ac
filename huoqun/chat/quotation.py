"""The quotation: a text that carries the message it answers, because the export has no other place for it.

    「老王：周末去爬山吗」            WeChat and QQ on a computer, and whatever is copied from them
    - - - - - - - - - - - - - - -
    去！

    > 老王: 周末去爬山吗              WeFlow's Markdown; also as `去！` first and `[引用 老王：周末去爬山吗]` after it

Who is quoted and with which words is matched to the nearest earlier message of somebody of that name with those words.
A quotation that fits none, or only a later one, is no link: anybody can write such a text by hand.
"""

from dataclasses import replace

import polars as pl

from huoqun.chat.message import Chat
from huoqun.chat.placeholder import WORDS

_NETWORKS = frozenset({"wechat", "qq", "wecom", "other"})
_FORMS = (
    r"(?s)^\s*「(?P<who>[^：:\n」]{1,60})[：:][ \t]*(?P<what>.{1,5000}?)」\s*\n[ \t]*(?:[-—–][ \t]?){3,}\n(?P<own>.*)$",
    r"(?s)^\s*>[ \t]?(?P<who>[^：:\n]{1,60})[：:][ \t]*(?P<what>[^\n]{1,5000})\n(?P<own>.*)$",
    r"(?s)^(?P<own>.*?)\s*\[引用\s*(?P<who>[^：:\n\[\]]{1,60})[：:][ \t]*(?P<what>[^\n]{1,5000})\]\s*$",
)
"""The layouts; whom it quotes, the words, and what is said to them."""
_SIGNS = ["「", ">", "[引用"]
_HEAD, _SHORT = 20, 4
"""Letters compared where the words are quoted whole, and the fewest where the quotation is cut off."""
_CUT = r"(?:…|\.\.\.)$"


def linked(chat: Chat) -> Chat:
    """The chat with `reply_to` where a text quotes an earlier message. The chat needs keys."""
    if chat.network not in _NETWORKS:
        return chat
    rows = chat.rows.select("key", "sender", "name", "kind", "text", "reply_to").with_row_index("row")
    said = pl.col("sender").is_not_null()
    asked = rows.filter(said & pl.col("reply_to").is_null() & pl.col("text").str.contains_any(_SIGNS))
    asked = _parted(asked)
    if asked.is_empty():
        return chat
    own = asked.select("row", own="said")
    heard = rows.filter(said).join(own, on="row", how="left", maintain_order="left")
    heard = heard.with_columns(words=_letters(pl.coalesce("own", "text"), pl.col("kind").cast(pl.String)))
    by_name = heard.select("row", "key", "words", who="name")
    by_id = heard.filter(pl.col("sender") != pl.col("name")).select("row", "key", "words", who="sender")
    heard = pl.concat([by_name, by_id]).drop_nulls("who").sort("row", maintain_order=True)
    found = pl.concat([_nearest(asked.filter(~pl.col("cut")), heard, _HEAD), _nearest(asked, heard, _SHORT)])
    found = found.unique("row", keep="first", maintain_order=True).select("row", "target")
    linked_ = rows.select("row", "reply_to").join(found, on="row", how="left", maintain_order="left")
    answered = linked_.select(pl.coalesce("reply_to", "target").alias("reply_to"))
    return replace(chat, rows=chat.rows.with_columns(answered["reply_to"]))


def _parted(asked: pl.DataFrame) -> pl.DataFrame:
    """`row`, who is quoted, the quoted letters, whether they are cut off, and what is said to them."""
    none = pl.DataFrame(
        schema={"row": pl.UInt32, "who": pl.String, "words": pl.String, "cut": pl.Boolean, "said": pl.String}
    )
    parts = [none]
    for form in _FORMS:
        groups = asked.select("row", pl.col("text").str.extract_groups(form).alias("g")).unnest("g")
        parts.append(
            groups.drop_nulls("who").select(
                "row",
                pl.col("who").str.strip_chars().str.strip_prefix("@"),
                words=_letters(pl.col("what").str.replace(_CUT, ""), _kind_of(pl.col("what"))),
                cut=pl.col("what").str.contains(_CUT),
                said=pl.col("own").str.strip_chars(),
            )
        )
    return pl.concat(parts).unique("row", keep="first").filter(pl.col("words") != "").sort("row")


def _kind_of(what: pl.Expr) -> pl.Expr:
    """The kind of what `[图片]` stands for."""
    word = what.str.extract(r"^\s*[\[【]([^\[\]【】]{1,8})[\]】]\s*$", 1)
    return word.replace_strict(WORDS, default=None, return_dtype=pl.String)


def _letters(text: pl.Expr, kind: pl.Expr) -> pl.Expr:
    """Text without blanks; where there is none, or only a placeholder, its kind."""
    bare = text.str.replace_all(r"\s", "")
    placeholder = kind.is_not_null() & ((bare == "") | bare.str.contains(r"^[\[【][^\[\]【】]{1,8}[\]】]$"))
    return pl.when(placeholder).then(pl.format("\u0000{}", kind)).otherwise(bare)


def _nearest(asked: pl.DataFrame, heard: pl.DataFrame, letters: int) -> pl.DataFrame:
    """Of each quotation the nearest earlier message of that name that begins as it does."""
    begin = pl.col("words").str.slice(0, letters).alias("begin")
    long_enough = asked.filter(pl.col("words").str.len_chars() >= letters) if letters == _SHORT else asked
    cut = long_enough.filter(pl.col("cut")) if letters == _SHORT else long_enough
    found = cut.with_columns(begin).join_asof(
        heard.select("row", "who", begin, target="key", there="words").rename({"row": "at"}),
        left_on="row",
        right_on="at",
        by=["who", "begin"],
        strategy="backward",
        allow_exact_matches=False,
        check_sortedness=False,
    )
    fits = pl.when(pl.col("cut")).then(pl.col("there").str.starts_with(pl.col("words"))).otherwise(True)
    return found.drop_nulls("target").filter(fits)
