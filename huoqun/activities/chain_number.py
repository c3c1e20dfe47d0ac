"""Numbers as people write them before a line: 1. １． ① ⑴ ⒈ 1️⃣ 🔟 (1) 【1】 No.1 第1位 一、"""

import re
import unicodedata

CHINESE = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "俩": 2, "仨": 3, "半": 0}
_KEYCAPS = re.compile("([0-9])\ufe0f?\u20e3")
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
    (?P<sign>\s*[.．。、､,，:：;；)）\]】\-—–~～|]+|\s+|)\s*(?P<rest>.*)$""",
    re.VERBOSE,
)


def plain(line: str) -> str:
    """The line with its digits as ASCII: full width, keycaps, circled and dotted numbers."""
    line = _KEYCAPS.sub(r"\1", line.replace("🔟", "10."))
    out = []
    for char in line:
        if char.isascii() or char in CHINESE or unicodedata.category(char) not in {"No", "Nd"}:
            out.append(char)
            continue
        value = unicodedata.numeric(char, None)
        whole = value is not None and value == int(value)
        digits = unicodedata.category(char) == "Nd"
        out.append(f"{int(value)}{'' if digits else '. '}" if whole and value is not None else char)
    return "".join(out)


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
