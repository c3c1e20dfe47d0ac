"""Numbers as people write them before a line: 1. １． ① ⑴ ⒈ Ⅰ 1️⃣ 🔟 (1) 【1】 No.1 第1位 一、 壹、 A、"""

import re
import unicodedata

CHINESE = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "俩": 2, "仨": 3, "半": 0}
_FORMAL = dict(zip("壹贰叁肆伍陆柒捌玖拾貳參陸", "一二三四五六七八九十二三六", strict=True))
_FORMALLY = re.compile(rf"^([\s(\[（【]*)([{''.join(_FORMAL)}]{{1,3}})(?=\s*[、.．,，:：)）\]】])", re.MULTILINE)
_LETTER = re.compile(r"^(\s*[(（\[【]?\s*)([A-Za-zＡ-Ｚａ-ｚ])(\s*[、.．:：)）\]】]\s*)(?=\S)")
_KEYCAPS = re.compile("((?:[0-9]\ufe0f?\u20e3\ufe0f?)+)")
_UNSEEN = re.compile("[\u200b\u200c\u200e\u200f\u2060\ufeff\x00-\x08]")
MARK = "\x02"
"""Stands on both sides of a number that was one sign (①, 1️⃣): it may begin an entry in the middle of a line."""
_FIRST = re.compile(rf"^(\W*){MARK}(\d+){MARK}\s*[.．。、､,，:：;；)）]*", re.MULTILINE)
_OPEN, _CLOSE = r"[(\[（【〔［「<《]", r"[)\]）】〕］」>》]"
_CHINESE = r"(?:[一二三四五六七八九]?十[一二三四五六七八九]?|[一二三四五六七八九])"
_BEFORE = re.compile(
    rf"""^[\s\u200b\ufeff]*(?:[\-*•·>》👉▶►✅☑️✔️🔹🔸🌸🌟⭐️💐🎈]+\s*)?
    (?:
      {_OPEN}\s*(?:[Nn][Oo]\.?\s*|第)?(?P<within>\d{{1,4}}|{_CHINESE})\s*[号位楼名个]?\s*{_CLOSE}
    | (?:[Nn][Oo]\s*[.．:]?\s*|\#\s*|第\s*)(?P<named>\d{{1,4}})\s*[号位楼名个]?
    | 第(?P<ordinal>{_CHINESE})[号位楼名个]
    | (?P<plain>\d{{1,4}})\s*[号位楼](?=[\s.．、,，:：)）])
    | (?P<digits>\d{{1,4}})(?!\d)
    | (?P<chinese>{_CHINESE})(?=\s*[、.．,，:：)）])
    )
    (?P<sign>\s*(?:[.．。、､,，:：;；)）\]】—–～|]|-(?!-)|~(?!~))+|\s+|)\s*(?P<rest>.*)$""",
    re.VERBOSE,
)


def plain(text: str) -> str:
    """The text with its digits as ASCII (full width, keycaps, circled and dotted numbers) and without what is unseen;
    a number that was one sign stands between `MARK`s unless it begins its line."""
    text = _KEYCAPS.sub(lambda m: MARK + re.sub(r"\D", "", m[1]) + MARK, _UNSEEN.sub("", text))
    out = []
    for char in text.replace("🔟", f"{MARK}10{MARK}"):
        if char.isascii() or char in CHINESE or unicodedata.category(char) not in {"No", "Nd", "Nl"}:
            out.append(char)
            continue
        value = unicodedata.numeric(char, None)
        whole = value is not None and value == int(value)
        digits = unicodedata.category(char) == "Nd"
        told = f"{int(value)}" if whole and value is not None else char
        out.append(told if digits or not whole else MARK + told + MARK)
    told = _FORMALLY.sub(lambda m: m[1] + "".join(_FORMAL[c] for c in m[2]), "".join(out))
    return _lettered(_FIRST.sub(r"\1\2. ", told))


def _lettered(text: str) -> str:
    """A list numbered A, B, C … with numbers instead. Letters count only where they follow each other from A on and no
    line below the first has a number: “A. Smith” alone is a name."""
    lines, there = text.split("\n"), list[int]()
    for place, line in enumerate(lines):
        found = _LETTER.match(line)
        if found and unicodedata.normalize("NFKC", found[2]).upper() == chr(ord("A") + len(there)):
            there.append(place)
        elif there and numbered(line):
            return text
    if len(there) > 1:
        for count, place in enumerate(there, 1):
            lines[place] = _LETTER.sub(rf"\g<1>{count}\g<3>", lines[place])
    return "\n".join(lines)


def value(text: str) -> int:
    """A number in digits or Chinese, up to 99. Raises ValueError."""
    if text.isdecimal():
        return int(text)
    tens, ten, ones = text.partition("十")
    if ten:
        return 10 * (CHINESE[tens] if tens else 1) + (CHINESE[ones] if ones else 0)
    if text in CHINESE:
        return CHINESE[text]
    raise ValueError(text)


def numbered(line: str) -> tuple[int, bool, str] | None:
    """The number a line begins with, whether a sign parts it from the rest, and the rest; None where there is none."""
    found = _BEFORE.match(line)
    if found is None:
        return None
    kind = next(k for k in ("within", "named", "ordinal", "plain", "digits", "chinese") if found[k])
    sign = found["sign"].strip() != "" or kind not in {"digits", "chinese"}
    return value(found[kind]), sign, found["rest"].strip()
