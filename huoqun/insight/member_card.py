"""The member card: what a member filled in about themselves and pasted into the chat, read field by field.

Cards travel by copying: numbered, with emoji, in brackets, on one line or on ten, half of them left empty. A label is a
known word before a colon (or in brackets); its value ends where the next label begins. A card has a person in it (a
name, or what they offer, need, like or want) and at least three filled-in fields; addresses for parcels, vacancies and
empty templates are none. Reading is linear: texts are hostile.
"""

import re
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from huoqun.insight.lexicon import DATA

LONGEST = 3000
"""Signs of a message that are read."""
FEWEST = 3
"""Fields that make a card."""
VALUE = 200
"""Signs of a value kept, as long as a fact of a profile."""
MOST = 2000
"""Cards read from one history, the newest."""

_EMPTY = re.compile(
    r"^(?:[_＿\-–—/\\.…。·*~?？xX×○〇]*|无|暂无|没有|保密|待定|未填|不填|请填写|必填|选填|略|同上|none|n/a|na|tbd|nil)$"
)
_EXAMPLE = re.compile(r"^(?:如|例如|比如|示例|请填|填写|e\.g\.|for example)", re.I)
_PERSON = {"called", "offers", "needs", "interests", "goal"}


def _labels() -> dict[str, str]:
    """The field of each label of `data/card-labels.txt`."""
    lines = (DATA / "card-labels.txt").read_text(encoding="utf-8").splitlines()
    told = [[part.strip() for part in line.split("|")] for line in lines if line and not line.startswith("#")]
    return {label: field for field, *labels in told for label in labels}


_FIELD = _labels()
_WORD = "|".join(re.escape(label) for label in sorted(_FIELD, key=len, reverse=True))
_SIGN = r"[•·●○◆◇■□▪️▶►★☆✦✧‣\-–—*#>+~☞→\ufe0f\u200d\u2600-\u27bf\U0001f000-\U0001faff]"
_BEFORE = rf"(?:(?<!\d)\d{{1,2}}\s?[.、)）．:：]|\d\ufe0f?\u20e3|[①-⑳㈠-㈩⑴-⒇]|[（(]\d{{1,2}}[)）]|{_SIGN})"
_LABEL = re.compile(
    rf"(?:[\s|｜;；，,、/]|{_BEFORE}){{0,8}}(?:[【\[「『《]{{1,2}}|(?<![A-Za-z\u4e00-\u9fff])[*_]{{0,2}})\s?(?:我的|您的|你的|my\s)?(?P<label>{_WORD})"
    r"(?:[（(][^（）()\n]{0,20}[)）])?(?:\s{0,4}[*_]{0,2}[:：﹕＝=][*_]{0,2}|\s?[】\]」』》][:：]?)",
    re.I,
)
_BARE = re.compile(
    rf"^[ \t\u3000]{{0,8}}(?:{_BEFORE}\s?){{0,3}}(?P<label>{_WORD})[ \t\u3000]{{1,8}}(?=\S)", re.I | re.M
)
_ITEM = re.compile(rf"^\s{{0,8}}{_BEFORE}")


@dataclass(frozen=True)
class MemberCard:
    """A card pasted into the chat: who, when (naive UTC) and on which day there, the message, and the fields."""

    sender: str
    key: str
    time: datetime
    local: datetime
    text: str
    fields: dict[str, str]


def fields_of(text: str) -> dict[str, str]:
    """The filled-in fields of a card, in the order of the card; empty where the text is none."""
    text = text[:LONGEST].replace("\r\n", "\n").replace("\r", "\n")
    heads = list(_LABEL.finditer(text))
    if len(heads) < FEWEST:
        heads = list(_BARE.finditer(text))
    if len(heads) < FEWEST or any(_FIELD[h["label"].lower()] == "!" for h in heads):
        return {}
    found: dict[str, str] = {}
    ends = [h.start() for h in heads[1:]] + [len(text)]
    for head, end in zip(heads, ends, strict=True):
        field, value = _FIELD[head["label"].lower()], _value(text[head.end() : end])
        if field in {"-", "!"} or not value:
            continue
        if field in {"offers", "needs"} and field in found:
            found[field] = f"{found[field]}；{value}"[:VALUE]
        else:
            found.setdefault(field, value)
    return found if len(found) >= FEWEST and _PERSON & found.keys() and found.keys() - {"contact", "called"} else {}


def _value(raw: str) -> str:
    """The value on its line, with the lines of a list under it."""
    lines = [line.strip(" \t\u3000|｜;；，,、_*") for line in raw.split("\n")]
    filled = [line for line in lines if line]
    if not filled or lines.index(filled[0]) > 1:
        return ""
    kept = [filled[0]]
    for line in lines[lines.index(filled[0]) + 1 :]:
        if not _ITEM.match(line):
            break
        kept.append(line)
    value = " ".join(" ".join(kept).split())
    return "" if _EMPTY.match(value.lower()) or _EXAMPLE.match(value) else value[:VALUE]


def cards(rows: pl.DataFrame) -> list[MemberCard]:
    """The cards of a history (rows of `chat/message`), the newest of each member, oldest first.

    A card that says what another member's said before, word for word, is passed on and not theirs.
    """
    maybe = rows.filter(
        (pl.col("kind").cast(pl.String) == "text")
        & pl.col("sender").is_not_null()
        & ~pl.col("bot")
        & (pl.col("text").str.len_chars() >= 2 * FEWEST)
    )
    maybe = maybe.filter(pl.col("text").str.slice(0, LONGEST).str.to_lowercase().str.count_matches(_WORD) >= FEWEST)
    newest: dict[str, MemberCard] = {}
    first: dict[tuple[tuple[str, str], ...], str] = {}
    columns = ("sender", "key", "time", "local", "text")
    for told in maybe.sort("time").tail(MOST * 5).select(columns).iter_rows():
        sender, key, time, local, text = told
        card = MemberCard(sender, key, time, local, text, fields_of(text))
        if card.fields and first.setdefault(tuple(sorted(card.fields.items())), card.sender) == card.sender:
            newest[card.sender] = card
    return sorted(newest.values(), key=lambda c: c.time)[-MOST:]
