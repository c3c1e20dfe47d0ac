"""WhatsApp's messages: which kind each is, by the words the app puts in place of what was sent."""

import re

import polars as pl

from huoqun.chat.formats.whatsapp_words import ATTACHED, EDITED, KIND_OF_ENDING, MARKS, PLACEHOLDERS, SAID
from huoqun.chat.message import Kind

_TELL = (
    ["<", "\u200e", "•", "null", "POLL:", "omi", "Omi", "省略", "忽略", "略去", "遗漏", "delet", "删除", "刪除", "call"]
    + [
        "通话",
        "通話",
        "來電",
        "View once",
        "Waiting for",
        "ocation",
        "位置",
        "eliminad",
        "eliminó",
        "Eliminaste",
        "gelöscht",
    ]
    + ["apagada", "supprimé", "eliminato", "verwijderd", "удалено", "dihapus", "silindi", "삭제", "ocult", "absent"]
    + ["weggelassen", "weggelaten", "ausgeschlossen", "опущен", "пропущен", "tidak", "dihilangkan", "dahil", "pominięt"]
    + [
        "생략",
        "attached",
        "adjunto",
        "angehängt",
        "anexado",
        "joint",
        "allegato",
        "bijgevoegd",
        "добавлен",
        "terlampir",
    ]
    + ["ekli", "附件", "附加", "添付", "첨부", "含まれ", "Standort", "ubicaci", "localiza"]
)
"""Pieces without which no text is one of the app's own."""
_LONGEST = 300
"""Bytes: the app's own words are short."""
_MENTION = "@\u2068([^\u2069]{1,100})\u2069"


def classify(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with `kind`, `mentions` and `own` (the app's words under a person's name), texts cleaned.

    `text` is "" where only a medium stood, the caption where there was one.
    """
    suspect = frame["said"] & frame["text"].str.contains_any(_TELL)
    frame = frame.with_columns(
        kind=pl.lit("text", Kind), mentions=pl.lit([], pl.List(pl.String)), own=pl.lit(False), suspect=suspect
    )
    if suspect.any():
        frame = _judged(frame)
    mentioned = pl.col("text").str.contains("@\u2068", literal=True)
    if frame.select(mentioned.any()).item():
        frame = _mentions(frame, mentioned)
    return frame.drop("suspect")


def _judged(frame: pl.DataFrame) -> pl.DataFrame:
    found = frame.filter("suspect")["text"].unique()
    judged = [_judge(text) for text in found.to_list()]
    table = pl.DataFrame(
        [(text, *result) for text, result in zip(found.to_list(), judged, strict=True)],
        schema={"text": pl.String, "now": pl.String, "what": Kind, "mine": pl.Boolean},
        orient="row",
    )
    frame = frame.join(table, on="text", how="left", maintain_order="left")
    hit = pl.col("suspect") & pl.col("what").is_not_null()
    frame = frame.with_columns(
        kind=pl.when(hit).then("what").otherwise("kind"),
        text=pl.when(hit).then("now").otherwise("text"),
        own=hit & pl.col("mine"),
    )
    return frame.drop("now", "what", "mine")


def _mentions(frame: pl.DataFrame, mentioned: pl.Expr) -> pl.DataFrame:
    names = pl.col("text").str.extract_all(_MENTION).list.eval(pl.element().str.replace_all("[@~\u2068\u2069]", ""))
    return frame.with_columns(mentions=pl.when(mentioned).then(names).otherwise("mentions"))


def _judge(text: str) -> tuple[str, str, bool]:
    """The text as kept, its kind, and whether these are the app's own words but none of the known."""
    text = EDITED.sub("", text)
    marked = text.startswith("\u200e")
    plain = text.lstrip("\u200e\u200f")
    if len(plain) <= _LONGEST or plain.startswith("POLL:"):
        clean = MARKS.sub("", plain)
        for kind, pattern in SAID:
            if re.match(pattern, clean, re.IGNORECASE):
                return (clean if kind in ("recall", "poll", "location") else ""), kind, False
        for kind, place in PLACEHOLDERS:
            if place.match(clean.strip()):
                return "", kind, False
    attached = ATTACHED.match(plain)
    if attached:
        return _attached(attached, plain)
    return plain, "text", marked


def _attached(found: re.Match[str], text: str) -> tuple[str, str, bool]:
    name = found["ios"] or found["android"]
    ending = (found["a"] or found["b"]).lower()
    kind = KIND_OF_ENDING.get(ending, "file")
    if "STICKER" in name or name.startswith("STK-"):
        kind = "sticker"
    caption = text[found.end() :].lstrip("\u200e\r\n ")
    return caption or (name if kind == "file" else ""), kind, False
