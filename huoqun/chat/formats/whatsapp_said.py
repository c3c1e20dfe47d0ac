"""WhatsApp's messages: which kind each is, by the words the app puts in place of what was sent."""

import re

import numpy as np
import polars as pl

from huoqun.chat.formats.whatsapp_words import ATTACHED, EDITED, KIND_OF_ENDING, MARKS, PLACEHOLDERS, SAID
from huoqun.chat.message import Kind
from huoqun.chat.records import parted

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
    """The frame with `kind` and `own` (the app's words under a person's name), texts cleaned.

    `text` is "" where only a medium stood, the caption where there was one.
    """
    suspect = (frame["said"] & frame["text"].str.contains_any(_TELL)).arg_true()
    kinds = np.zeros(frame.height, np.uint8)
    own = np.zeros(frame.height, np.bool_)
    text = frame["text"]
    if suspect.len():
        judged = _judged(text.gather(suspect))
        kinds[suspect.to_numpy()] = judged["what"].to_physical().to_numpy()
        own[suspect.to_numpy()] = judged["mine"].to_numpy()
        text = text.scatter(suspect, judged["now"])
    return frame.with_columns(text, pl.Series("kind", kinds).cat.to(Kind), pl.Series("own", own))


def _judged(texts: pl.Series) -> pl.DataFrame:
    """What `_judge` says of each text, asked once of those that are the same."""
    found = texts.unique()
    table = pl.DataFrame(
        [(text, *_judge(text)) for text in found.to_list()],
        schema={"text": pl.String, "now": pl.String, "what": Kind, "mine": pl.Boolean},
        orient="row",
    )
    return texts.to_frame().join(table, on="text", how="left", maintain_order="left")


def mentions(text: pl.Series) -> pl.Series:
    """Who is named in each text between the marks that the app puts around mentions."""
    mentioned = text.str.contains("@\u2068", literal=True).arg_true()
    if not mentioned.len():
        return pl.repeat([], text.len(), dtype=pl.List(pl.String), eager=True)
    names = text.gather(mentioned).str.extract_all(_MENTION)
    counts = np.zeros(text.len(), np.int64)
    counts[mentioned.to_numpy()] = names.list.len().to_numpy()
    return parted(names.explode(empty_as_null=False).str.replace_all("[@~\u2068\u2069]", ""), counts)


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
